"""The guard as plain ASGI: streams pass through as they come and end with the server; further hosts can be named."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from assistant.page.guard import Closing, Guard

Message = dict[str, Any]
ASGI = Callable[..., Coroutine[Any, Any, None]]


def _scope(path: str = "/config", *, method: str = "GET", **headers: str) -> dict[str, Any]:
    named = [
        (name.replace("_", "-").encode(), value.encode()) for name, value in {"host": "localhost", **headers}.items()
    ]
    return {"type": "http", "method": method, "path": path, "headers": named, "query_string": b""}


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
        thread.submit(asyncio.run, work).result(timeout=30)


def _status(guard: Guard, scope: dict[str, Any], *messages: Message) -> int:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    _run(guard(scope, _client(*(messages or ({"type": "http.request", "body": b""},))), send))
    return int(sent[0]["status"])


async def _echo(scope: Message, receive: Any, send: Any) -> None:
    body = (await receive())["body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def guard() -> Guard:
    return Guard(_echo, hosts=["localhost", "articles.example", "[fd00::1]"], closing=Closing(), max_body_bytes=100)


@pytest.mark.parametrize("host", ["articles.example", "Articles.Example:8080", "[fd00::1]:80"])
def test_named_hosts_are_let_in(guard: Guard, host: str) -> None:
    assert _status(guard, _scope(host=host)) == 200


@pytest.mark.parametrize("host", ["example", "articles.example.org", "x.articles.example", "[fd00::2]"])
def test_others_are_not(guard: Guard, host: str) -> None:
    assert _status(guard, _scope(host=host)) == 400


@pytest.mark.parametrize(("size", "status"), [(100, 200), (101, 413)])
def test_the_limit_holds_to_the_byte(guard: Guard, size: int, status: int) -> None:
    body = {"type": "http.request", "body": b"x" * size}
    assert _status(guard, _scope(method="POST"), body) == status
    halves = [
        {"type": "http.request", "body": b"x" * (size - 50), "more_body": True},
        {"type": "http.request", "body": b"x" * 50},
    ]
    assert _status(guard, _scope(method="POST"), *halves) == status


def test_a_body_cut_off_is_not_taken_for_a_whole_one(guard: Guard) -> None:
    cut = [{"type": "http.request", "body": b"x", "more_body": True}, {"type": "http.disconnect"}]
    assert _status(guard, _scope(method="POST"), *cut) == 413


def test_websockets_are_closed() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    guard = Guard(_echo, hosts=["localhost"], closing=Closing())
    _run(guard({**_scope(), "type": "websocket"}, _client(), send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


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

        guard = Guard(stream, hosts=["localhost"], closing=closing)
        request = _client({"type": "http.request", "body": b""})
        running = asyncio.ensure_future(guard(_scope(), request, arrived.put))
        assert (await asyncio.wait_for(arrived.get(), 5))["type"] == "http.response.start"
        assert (await asyncio.wait_for(arrived.get(), 5))["body"] == b"one"
        assert not running.done()
        closing.begin()
        await asyncio.wait_for(running, 5)
        assert ended == [{"type": "http.disconnect"}]

    _run(scenario())
