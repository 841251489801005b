"""The guard as plain ASGI: what it lets in, how large; streams pass through as they come and end with the server."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request

from assistant.core.settings import load_settings
from assistant.page.serving.access import Hosts, Login
from assistant.page.serving.closing import Closing
from assistant.page.serving.guard import Guard, Limits
from tests.assistant.page.site import SECONDS_TO_HANG

Message = dict[str, Any]
ASGI = Callable[..., Coroutine[Any, Any, None]]
UPLOAD = "/gradio_api/upload"


def _scope(path: str = "/config", *, method: str = "GET", **headers: str) -> dict[str, Any]:
    named = [
        (name.replace("_", "-").encode(), value.encode()) for name, value in {"host": "localhost", **headers}.items()
    ]
    return {"type": "http", "method": method, "path": path, "headers": named, "query_string": b""}


def _parts(*bodies: bytes, ends: bool = True) -> list[Message]:
    last = len(bodies) - 1
    return [{"type": "http.request", "body": body, "more_body": n < last or not ends} for n, body in enumerate(bodies)]


def _client(*messages: Message) -> Callable[[], Coroutine[Any, Any, Message]]:
    """Sends these, then stays connected and silent."""
    waiting = list(messages)

    async def receive() -> Message:
        if waiting:
            return waiting.pop(0)
        await asyncio.Event().wait()
        raise AssertionError("never reached")

    return receive


def _run(work: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own: in this one, Playwright's loop may be running."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result(timeout=SECONDS_TO_HANG)


def _sent(guard: Guard, scope: dict[str, Any], *messages: Message) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    _run(guard(scope, _client(*(messages or _parts(b""))), send))
    return sent


def _status(guard: Guard, scope: dict[str, Any], *messages: Message) -> int:
    sent = _sent(guard, scope, *messages)
    assert [message["type"] for message in sent].count("http.response.start") == 1
    return int(sent[0]["status"])


async def _echo(scope: Message, receive: Any, send: Any) -> None:
    body = await Request(scope, receive).body()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def guard() -> Guard:
    limits = Limits(question=100, text=200, upload=300)
    return Guard(_echo, hosts=Hosts(allowed=["articles.example"]), closing=Closing(), limits=limits)


@pytest.mark.parametrize("host", ["articles.example", "Articles.Example:8080", "127.0.0.1"])
def test_named_hosts_are_let_in(guard: Guard, host: str) -> None:
    assert _status(guard, _scope(host=host)) == 200


@pytest.mark.parametrize("host", ["example", "articles.example.org", "x.articles.example", "[fd00::2]"])
def test_others_are_not_and_hear_how_they_would_be(guard: Guard, host: str) -> None:
    sent = _sent(guard, _scope(host=host))
    assert sent[0]["status"] == 400
    assert b"--allow-host" in sent[1]["body"]


SIZES = [
    ("/gradio_api/call/chat", 100),
    ("/gradio_api/run/rate", 100),
    ("/gradio_api/queue/join", 100),
    ("/gradio_api/call/add_text", 200),
    ("/gradio_api/call/v2/add_text", 200),
    ("/gradio_api/run/add_text", 200),
    ("/gradio_api/call/add_text/x", 100),
    (UPLOAD, 300),
]


@pytest.mark.parametrize(("path", "limit"), SIZES)
@pytest.mark.parametrize(("over", "status"), [(0, 200), (1, 413), (10_000, 413)])
def test_the_limit_holds_to_the_byte_announced_or_not(
    guard: Guard, path: str, limit: int, over: int, status: int
) -> None:
    body = b"x" * (limit + over)
    post = _scope(path, method="POST")
    for bodies in ([body], [body[:90], body[90:]], [bytes([byte]) for byte in body], [body, b""]):
        assert _status(guard, post, *_parts(*bodies)) == status
    assert _status(guard, _scope(path, method="POST", content_length=str(len(body))), *_parts(body)) == status


@pytest.mark.parametrize("length", ["-1", "1e9", "", "x"])
def test_a_length_that_is_none_is_refused(guard: Guard, length: str) -> None:
    for path in ("/gradio_api/call/chat", UPLOAD):
        assert _status(guard, _scope(path, method="POST", content_length=length), *_parts(b"x")) == 413


def test_the_limits_follow_the_settings() -> None:
    limits = Limits.of(load_settings(max_file_bytes=50_000_000, max_article_chars=3_000_000))
    assert 50_000_000 < limits.at(UPLOAD) < 52_000_000
    assert 12_000_000 < limits.at("/gradio_api/call/add_text") < 14_000_000
    assert limits.at("/gradio_api/call/chat") == 1024 * 1024


@pytest.mark.parametrize("path", ["/gradio_api/call/chat", UPLOAD])
def test_a_body_cut_off_is_not_taken_for_a_whole_one(path: str) -> None:
    read: list[bytes] = []

    async def application(scope: Message, receive: Any, send: Any) -> None:
        read.append(await Request(scope, receive).body())

    guard = Guard(application, hosts=Hosts(), closing=Closing())
    assert _sent(guard, _scope(path, method="POST"), *_parts(b"x", ends=False), {"type": "http.disconnect"}) == []
    assert read == []


def test_an_upload_passes_through_as_it_comes_and_its_answer_waits_until_all_is_read() -> None:
    order: list[str] = []
    parts = _parts(b"one", b"two", b"three")

    async def receive() -> Message:
        part = parts.pop(0)
        order.append(f"client {part['body'].decode()}")
        return part

    async def application(scope: Message, receive: Any, send: Any) -> None:
        order.append(f"application {(await receive())['body'].decode()}")
        await send({"type": "http.response.start", "status": 400, "headers": []})
        await send({"type": "http.response.body", "body": b"too odd"})

    async def send(message: Message) -> None:
        order.append(message["type"])

    _run(Guard(application, hosts=Hosts(), closing=Closing())(_scope(UPLOAD, method="POST"), receive, send))
    assert order == [
        "client one",
        "application one",
        "client two",
        "client three",
        "http.response.start",
        "http.response.body",
    ]


def test_an_application_sees_an_upload_that_is_too_large_as_cut_off(guard: Guard) -> None:
    seen: list[bytes] = []

    async def application(scope: Message, receive: Any, send: Any) -> None:
        try:
            async for part in Request(scope, receive).stream():
                seen.append(part)
        except ClientDisconnect:
            seen.append(b"cut off")
            await send({"type": "http.response.start", "status": 500, "headers": []})
            await send({"type": "http.response.body", "body": b"its own words"})
            raise

    guard = Guard(application, hosts=Hosts(), closing=Closing(), limits=Limits(upload=5))
    sent = _sent(guard, _scope(UPLOAD, method="POST"), *_parts(b"four", b"more", b"and more"))
    assert seen == [b"four", b"cut off"]
    assert [message.get("status", message.get("body")) for message in sent] == [
        413,
        b"The request is larger than 5 bytes.",
    ]


def _login(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.fixture
def locked() -> Guard:
    return Guard(_echo, hosts=Hosts(), closing=Closing(), login=Login(("ann", "secret")), further_paths=["/mcp"])


@pytest.mark.parametrize(
    "path", ["/", "/favicon.ico", "/page/js/main.js", "/config", "/page-picture/a1", UPLOAD, "/mcp", "/no/such/page"]
)
def test_without_login_nothing_is_served_and_the_browser_is_asked_for_one(locked: Guard, path: str) -> None:
    for method in ("GET", "POST", "HEAD", "OPTIONS"):
        sent = _sent(locked, _scope(path, method=method))
        assert sent[0]["status"] == 401
        headers = dict(sent[0]["headers"])
        assert headers[b"www-authenticate"].startswith(b"Basic realm=")
        assert headers[b"x-frame-options"] == b"DENY"


def test_with_it_all_is_as_without_a_lock(locked: Guard) -> None:
    for path, status in (
        ("/", 200),
        ("/page-picture/a1", 200),
        ("/mcp", 200),
        ("/page-picture/a1/b", 404),
        ("/no/such/page", 404),
    ):
        assert _status(locked, _scope(path, authorization=_login("ann:secret"))) == status
    assert _status(locked, _scope(authorization=_login("ann:secret"), origin="http://evil.test")) == 403
    assert _status(locked, _scope(authorization=_login("ann:secret"), host="evil.test")) == 400


def test_a_wrong_password_waits_a_missing_one_does_not(locked: Guard) -> None:
    begin = time.monotonic()
    assert _status(locked, _scope()) == 401
    missing = time.monotonic()
    assert _status(locked, _scope(authorization=_login("ann:wrong"))) == 401
    waited = time.monotonic() - missing
    assert waited > 0.9
    assert missing - begin < waited


def test_paths_are_opened_by_name_only(guard: Guard, locked: Guard) -> None:
    assert _status(guard, _scope("/mcp")) == 404
    assert _status(locked, _scope("/mcp/x", authorization=_login("ann:secret"))) == 404


def test_websockets_are_closed(guard: Guard) -> None:
    assert _sent(guard, {**_scope(), "type": "websocket"}) == [{"type": "websocket.close", "code": 1008}]


def test_a_stream_passes_as_it_comes_and_ends_with_the_server() -> None:
    async def scenario() -> None:
        closing = Closing()
        arrived: asyncio.Queue[Message] = asyncio.Queue()
        ended: list[Message] = []

        async def stream(scope: Message, receive: Any, send: Any) -> None:
            await receive()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"one", "more_body": True})
            ended.append(await receive())
            await send({"type": "http.response.body", "body": b""})

        guard = Guard(stream, hosts=Hosts(), closing=closing)
        running = asyncio.ensure_future(guard(_scope(), _client(*_parts(b"")), arrived.put))
        assert (await asyncio.wait_for(arrived.get(), SECONDS_TO_HANG))["type"] == "http.response.start"
        assert (await asyncio.wait_for(arrived.get(), SECONDS_TO_HANG))["body"] == b"one"
        assert not running.done()
        closing.begin()
        await asyncio.wait_for(running, SECONDS_TO_HANG)
        assert ended == [{"type": "http.disconnect"}]

    _run(scenario())


def test_an_upload_ends_with_the_server_too() -> None:
    async def scenario() -> None:
        closing = Closing()
        guard = Guard(_echo, hosts=Hosts(), closing=closing)
        sent: asyncio.Queue[Message] = asyncio.Queue()
        scope = _scope(UPLOAD, method="POST")
        running = asyncio.ensure_future(guard(scope, _client(*_parts(b"half", ends=False)), sent.put))
        await asyncio.sleep(0.05)
        assert not running.done()
        closing.begin()
        await asyncio.wait_for(running, SECONDS_TO_HANG)
        assert sent.empty()

    _run(scenario())
