"""A page in the network: with a login, and with the tools of MCP behind the same guard, by the clients that people use."""

from __future__ import annotations

import asyncio
import base64
import importlib.metadata
import socket
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from assistant import Answer, Assistant
from assistant.core.errors import PageError
from assistant.page import PageOptions, create_app
from tests.browser.server import HTTP, SECONDS_TO_HANG, Server, running

pytestmark = pytest.mark.system

AUTH = ("ann", "se:cret ✓")
HEADER = {"Authorization": "Basic " + base64.b64encode(":".join(AUTH).encode()).decode()}


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A page on every address, with a login and the tools of MCP."""
    folder = tmp_path_factory.mktemp("locked")
    options = ("--host", "0.0.0.0", "--auth", ":".join(AUTH), "--mcp", "--allow-host", "articles.example")
    yield from running(folder / "library", folder / "log", *options)
    assert AUTH[1] not in (folder / "log").read_text()


@pytest.mark.parametrize(
    "path", ["/", "/favicon.ico", "/page/js/main.js", "/config", "/gradio_api/info", "/mcp", "/no/such/page"]
)
def test_nothing_is_served_without_the_login(locked: Server, path: str) -> None:
    for response in (HTTP.get(locked.url + path), HTTP.post(locked.url + path, json={"data": []})):
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == 'Basic realm="Footnote", charset="UTF-8"'
        assert "default-src 'none'" in response.headers["content-security-policy"]


def test_the_wrong_login_is_none(locked: Server) -> None:
    assert HTTP.get(locked.url, auth=("ann", "secret")).status_code == 401
    assert HTTP.get(locked.url, auth=AUTH).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("192.168.1.5:7860", 200),
        ("[fe80::1]:7860", 200),
        ("articles.example", 200),
        (f"{socket.gethostname()}:80", 200),
        ("evil.test", 400),
    ],
)
def test_the_network_reaches_it_by_number_by_the_machine_s_name_and_by_those_allowed(
    locked: Server, host: str, status: int
) -> None:
    assert HTTP.get(locked.url, auth=AUTH, headers={"Host": host}).status_code == status


def test_gradio_s_client_logs_in(locked: Server) -> None:
    from gradio_client import Client

    client = Client(
        locked.url, verbose=False, analytics_enabled=False, headers=HEADER, httpx_kwargs={"timeout": SECONDS_TO_HANG}
    )
    assert Answer.from_dict(client.predict("Who is John Kirby?", api_name="/ask")).status == "answered"


def _with_client(server: Server, work: Callable[[Any], Awaitable[None]]) -> None:
    """With the SDK's own client, in a thread of its own: in this one, Playwright's loop may be running."""
    import httpx2
    from mcp.client import Client
    from mcp.client.streamable_http import streamable_http_client

    async def connected() -> None:
        async with (
            httpx2.AsyncClient(headers=HEADER, timeout=SECONDS_TO_HANG) as http,
            Client(streamable_http_client(f"{server.url}/mcp", http_client=http)) as client,
        ):
            await work(client)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, connected()).result(timeout=SECONDS_TO_HANG)


def test_the_tools_are_three_and_explain_themselves(locked: Server) -> None:
    async def work(client: Any) -> None:
        assert client.server_info.name == "footnote"
        assert client.server_info.version == importlib.metadata.version("footnote")
        tools = (await client.list_tools()).tools
        assert [tool.name for tool in tools] == ["ask", "list_articles", "read_article"]
        for tool in tools:
            assert tool.description
            assert "\n  " not in tool.description.replace("\n    ", "")
            assert tool.annotations.read_only_hint
        assert tools[0].input_schema["required"] == ["question"]
        assert tools[2].input_schema["required"] == ["article_id"]

    _with_client(locked, work)


def test_the_tools_ask_list_and_read(locked: Server, sample_text: str) -> None:
    async def work(client: Any) -> None:
        (listed,) = (await client.call_tool("list_articles", {})).structured_content["result"]
        assert listed["title"] in sample_text
        read = (await client.call_tool("read_article", {"article_id": listed["id"]})).structured_content
        asked = await client.call_tool("ask", {"question": "Who is John Kirby?", "articles": [listed["id"]]})
        answer = Answer.from_dict(asked.structured_content)
        assert answer.status == "answered"
        assert not asked.is_error
        for citation in answer.citations:
            assert read["text"][citation.start : citation.end] == citation.quote
            assert read["content_hash"] == citation.content_hash

    _with_client(locked, work)


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("read_article", {"article_id": "none"}, "has no article 'none'"),
        ("ask", {"question": "Who is it?", "articles": []}, "at least one article id"),
        ("ask", {"question": "Who is it?", "articles": ["none"]}, "has no article 'none'"),
        ("ask", {"question": 7}, "valid string"),
        ("ask", {}, "required"),
    ],
)
def test_errors_come_as_errors_of_the_tool(locked: Server, tool: str, arguments: dict[str, Any], said: str) -> None:
    async def work(client: Any) -> None:
        result = await client.call_tool(tool, arguments)
        assert result.is_error
        assert said in result.content[0].text
        assert "Traceback" not in result.content[0].text

    _with_client(locked, work)


def test_questions_that_can_not_be_asked_are_answered_politely(locked: Server) -> None:
    async def work(client: Any) -> None:
        for question in ("", "x" * 100_000, "\x00", "😀"):
            asked = await client.call_tool("ask", {"question": question})
            assert Answer.from_dict(asked.structured_content).status == "unclear"

    _with_client(locked, work)


def test_the_tools_stand_behind_the_guard(locked: Server) -> None:
    address, message = f"{locked.url}/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    assert HTTP.post(address, json=message, auth=AUTH, headers={"Origin": "http://evil.test"}).status_code == 403
    assert HTTP.post(address, json=message, auth=AUTH, headers={"Host": "evil.test"}).status_code == 400
    assert HTTP.post(address, content=b" " * 2_000_000, auth=AUTH).status_code == 413
    for method in ("GET", "DELETE"):  # no stream, no session: nothing that could hold the end up
        refused = HTTP.request(method, address, auth=AUTH, headers={"Accept": "text/event-stream"})
        assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


def test_without_the_sdk_the_error_says_what_to_install(
    fast_assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    with pytest.raises(PageError, match=r'pip install "footnote\[mcp\]"'):
        create_app(fast_assistant, options=PageOptions(mcp=True))
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "1.28.0")
    with pytest.raises(PageError, match=r"version 1\.28\.0 is installed"):
        create_app(fast_assistant, options=PageOptions(mcp=True))
