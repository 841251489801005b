"""The server around the page, without a browser: headers, hosts, origins, sizes, paths, crowds, a clean start and end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pytest

from assistant import Answer, Assistant
from assistant.page.serving.files import STATIC
from index.embedding import Embedder
from tests.browser.server import HTTP, ROOT, SECONDS_TO_HANG, Server, running, serving
from tests.helpers import free_port

pytestmark = pytest.mark.system

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
SCRIPTS_AND_STYLES = sorted(
    path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.suffix in (".js", ".css")
)


@pytest.mark.parametrize(
    "path", ["/", "/page/icon.svg", "/favicon.ico", "/config", "/gradio_api/info", "/page/none", "/no/such/page"]
)
def test_every_response_carries_the_security_headers(server: Server, path: str) -> None:
    headers = HTTP.get(server.url + path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cache-control"].startswith(("no-cache", "no-store"))


class _Elements(HTMLParser):
    """All elements of a page: (tag, attributes)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_page_has_nothing_inline_and_nothing_foreign(server: Server) -> None:
    response = HTTP.get(server.url)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    elements = _Elements(response.text).found
    for tag, attributes in elements:
        assert tag != "style"
        assert tag != "script" or "src" in attributes or attributes["type"] == "application/json"
        assert not any(name == "style" or name.startswith("on") for name in attributes)
        for name in ("src", "href", "action"):
            assert (attributes.get(name) or "/").startswith(("/", "#"))
            assert not (attributes.get(name) or "/").startswith("//")
    assert ("script", {"type": "module", "src": "/page/js/main.js"}) in elements
    assert "{{" not in response.text


@pytest.mark.parametrize("path", SCRIPTS_AND_STYLES)
def test_static_files_are_served_whole_and_of_the_right_type(server: Server, path: str) -> None:
    response = HTTP.get(f"{server.url}/page/{path}")
    assert response.content == (STATIC / path).read_bytes()
    kind = "text/javascript" if path.endswith(".js") else "text/css"
    assert response.headers["content-type"] == f"{kind}; charset=utf-8"


def test_static_files_are_asked_for_each_time_and_sent_again_when_they_differ(server: Server) -> None:
    address = f"{server.url}/page/icon.svg"
    first = HTTP.get(address)
    assert first.headers["cache-control"] == "no-cache"
    same = HTTP.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert HTTP.get(address, headers={"If-None-Match": '"another"'}).content == first.content
    icon = HTTP.get(f"{server.url}/favicon.ico")
    assert (icon.content, icon.headers["content-type"]) == (first.content, "image/svg+xml")
    assert HTTP.head(address).content == b""


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1.evil.test", "localhost@evil.test", "", "[::2]", "a b"])
def test_foreign_hosts_are_refused(server: Server, host: str) -> None:
    assert HTTP.get(server.url, headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:{port}", "127.0.0.1:{port}", "[::1]:{port}"])
def test_local_hosts_are_let_in(server: Server, host: str) -> None:
    assert HTTP.get(server.url, headers={"Host": host.format(port=server.port)}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.test", "null", "http://127.0.0.1:1", "http://localhost.evil.test", "http://["]
)
def test_foreign_origins_are_refused(server: Server, origin: str) -> None:
    address = f"{server.url}/gradio_api/call/ask"
    assert HTTP.post(address, json={"data": ["When?", None]}, headers={"Origin": origin}).status_code == 403
    assert HTTP.get(f"{server.url}/config", headers={"Origin": origin}).status_code == 403
    assert HTTP.post(address, json={"data": ["When?", None]}, headers={"Origin": server.url}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/file=/etc/passwd",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file%3D/etc/passwd",
        "/gradio_api/file=..%2f..%2f..%2fetc%2fpasswd",
        "/gradio_api/proxy=http://127.0.0.1/",
        "/page/..%2fserver.py",
        "/page/../server.py",
        "/static/..%2f..%2f..%2frouting.py",
        "/assets/%2e%2e/%2e%2e/routing.py",
        "/assets/index.js",
        "/svelte/svelte.js",
        "/theme.css",
        "/gradio_api/theme.css",
        "/gradio_api/component_server",
        "/gradio_api/queue/status",
        "//etc/passwd",
        "/monitoring",
        "/login",
        "/docs",
        "/mcp",
        "/gradio_api/mcp/",
    ],
)
def test_nothing_else_is_served(server: Server, path: str) -> None:
    for response in (HTTP.get(server.url + path), HTTP.post(server.url + path)):
        assert response.status_code == 404
        assert response.text == "Not found."


@pytest.mark.parametrize("path", ["/page/", "/page/index.html", "/page/js", "/page/none.js"])
def test_of_the_static_folder_only_what_a_page_loads_is_served(server: Server, path: str) -> None:
    assert HTTP.get(server.url + path).status_code == 404


@pytest.mark.parametrize("question", ["", "   ", "😀😀😀", "\x00", "x" * 500_000])
def test_what_is_no_question_is_refused_politely(server: Server, question: str) -> None:
    answer = _answer(server.ask(question))
    assert answer.status == "unclear"
    assert answer.message.startswith(("Please ask", "That question is too long"))


@pytest.mark.parametrize("question", [None, 7, {"a": 1}, ["When?"]])
def test_what_is_no_text_is_refused_politely(server: Server, question: object) -> None:
    assert _answer(server.ask(question)).status == "unclear"


def test_halves_of_characters_do_no_harm(server: Server) -> None:
    address = f"{server.url}/gradio_api/call/ask"
    body = b'{"data": ["Who is \\ud800John \\u0000Kirby?", null]}'
    joined = HTTP.post(address, content=body, headers={"Content-Type": "application/json"})
    answer = _answer(HTTP.get(f"{address}/{joined.json()['event_id']}"))
    assert answer.status in ("answered", "not_found", "unclear")


def test_the_api_gives_the_answer_as_json(server: Server, sample_text: str) -> None:
    from gradio_client import Client

    client = Client(server.url, verbose=False, analytics_enabled=False, httpx_kwargs={"timeout": SECONDS_TO_HANG})
    answer = Answer.from_dict(client.predict("Who is John Kirby?", api_name="/ask"))
    assert answer.status == "answered"
    assert all(citation.quote in sample_text for citation in answer.citations)
    named = client.view_api(return_format="dict")["named_endpoints"]
    assert sorted(named) == ["/ask", "/list_articles", "/read_article"]


def test_twenty_ask_at_once_and_each_gets_their_own_answer(server: Server) -> None:
    questions = [f"What did speaker {n} say about North Korea?" for n in range(20)]
    with ThreadPoolExecutor(20) as crowd:
        answers = list(crowd.map(lambda question: _answer(server.ask(question)), questions))
    assert [answer.question for answer in answers] == questions


def test_who_leaves_before_the_answer_blocks_nobody(server: Server) -> None:
    address = f"{server.url}/gradio_api/call/ask"

    def leave(number: int) -> None:
        joined = HTTP.post(address, json={"data": [f"Who is person {number}?", None]})
        with HTTP.stream("GET", f"{address}/{joined.json()['event_id']}"):
            pass

    with ThreadPoolExecutor(24) as crowd:
        list(crowd.map(leave, range(24)))
    assert _answer(server.ask("Who is John Kirby?")).question == "Who is John Kirby?"


def test_a_busy_port_is_an_error_that_names_the_next_free_one(server: Server, tmp_path: Path) -> None:
    command = [sys.executable, "app.py", "--library", str(tmp_path / "library"), "--port", str(server.port)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS_TO_HANG, check=False)
    assert ended.returncode == 2
    assert f"Port {server.port} on 127.0.0.1 is in use" in ended.stderr
    assert "Traceback" not in ended.stderr
    free = int(ended.stderr.rpartition("--port ")[2].strip(" .\n"))
    assert free > server.port
    assert not (tmp_path / "library").exists()


def test_the_server_reaches_out_to_nobody_not_even_the_proxy(server: Server) -> None:
    assert _answer(server.ask("Who is John Kirby?")).citations
    assert server.reached() == []


def test_the_watch_over_what_is_reached_can_see(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import socket; socket.socket().connect_ex(('127.0.0.1', 9)); socket.getaddrinfo('localhost', 1)"
    )
    command = [sys.executable, "tests/browser/watched.py", str(tmp_path / "log"), str(program)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=SECONDS_TO_HANG)
    assert (tmp_path / "log").read_text().splitlines() == ["connect 127.0.0.1 9", "look up localhost"]


def test_the_command_line_asks_while_the_page_serves(server: Server) -> None:
    code = "from assistant.cli import main; main()"
    command = [sys.executable, "-c", code, "ask", "Who is John Kirby?", "--library", str(server.library), "--json"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS_TO_HANG, check=False)
    assert ended.returncode == 0, ended.stderr
    assert Answer.from_dict(json.loads(ended.stdout)).citations


def test_a_second_page_over_the_same_library_answers_without_storing(
    server: Server, embedder: Embedder, tmp_path: Path
) -> None:
    """The library is held by the process of the first page; this one is another."""
    with Assistant.open(server.library, embedder=embedder) as reader, serving(reader, tmp_path / "log") as second:
        assert not reader.can_write
        assert _answer(second.ask("Who is John Kirby?")).status == "answered"


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_sigterm_ends_it_and_frees_the_library_though_a_tab_is_open(alone: Server) -> None:
    alone.ask("Who is John Kirby?")
    with HTTP.stream("GET", f"{alone.url}/gradio_api/heartbeat/open-tab") as tab:
        assert alone.stop(signal.SIGTERM) == 0
        for _ in tab.iter_raw():  # it was let go, not cut off
            pass
    log = alone.log.read_text()
    assert "Traceback" not in log
    with Assistant.open(alone.library) as assistant:
        assert assistant.can_write
        assert len(assistant.articles()) == 1
        assistant.remove(assistant.articles()[0].id)


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
@pytest.mark.parametrize(
    ("signal_number", "begun"),
    [
        (signal.SIGINT, "models"),
        *(
            pytest.param(number, begun, marks=pytest.mark.slow)
            for number, begun in [
                (signal.SIGTERM, "page"),
                (signal.SIGTERM, "import"),
                (signal.SIGTERM, "models"),
                (signal.SIGINT, "page"),
                (signal.SIGINT, "import"),
            ]
        ),
    ],
)
def test_it_ends_well_while_it_is_still_starting(tmp_path: Path, signal_number: int, begun: str) -> None:
    """As soon as the page is served, while Gradio is imported (which is waited for), and while the models load."""
    for starting in running(tmp_path / "library", tmp_path / "log"):
        with socket.create_connection(("127.0.0.1", starting.port), timeout=SECONDS_TO_HANG) as connection:
            connection.sendall(b"GET /config HTTP/1.1\r\nHost: localhost\r\n\r\n")
            waiting = connection.makefile("rb")
            HTTP.get(starting.url)  # who came before is let in by then
            if begun == "import":
                time.sleep(1)
            said = waiting.readline() if begun == "models" else b""
            status = starting.stop(signal_number)
            assert (said or waiting.readline()).startswith((b"HTTP/1.1 200", b"HTTP/1.1 503"))
    assert status == 0
    assert "ERROR" not in (tmp_path / "log").read_text()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "0.0.0.0"], "--auth USER:PASSWORD"),
        (["--host", "::"], "--auth USER:PASSWORD"),
        (["--host", "192.168.1.5"], "--auth USER:PASSWORD"),
        (["--auth", "only-a-user"], "FOOTNOTE_AUTH"),
        (["--auth", "user:", "--host", "0.0.0.0"], "FOOTNOTE_AUTH"),
    ],
)
def test_what_can_not_be_served_safely_is_refused_before_anything_is_opened(
    tmp_path: Path, options: list[str], said: str
) -> None:
    library = tmp_path / "library"
    command = [sys.executable, "app.py", "--library", str(library), "--port", str(free_port()), *options]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS_TO_HANG, check=False)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert not library.exists()


def test_the_login_can_come_from_the_environment(tmp_path: Path) -> None:
    locked = Server(tmp_path / "library", tmp_path / "log", settings={"FOOTNOTE_AUTH": "ann:secret"})
    locked.start()
    try:
        assert HTTP.get(locked.url).status_code == 401
        assert HTTP.get(locked.url, auth=("ann", "secret")).status_code == 200
    finally:
        locked.kill()
    assert "secret" not in (tmp_path / "log").read_text()


def _answer(response: httpx.Response) -> Answer:
    """The answer in an event stream that went well."""
    assert "event: complete" in response.text, response.text
    return Answer.from_dict(json.loads(response.text.rpartition("data: ")[2])[0])
