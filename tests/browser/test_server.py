"""The server around the page, without a browser: headers, hosts, origins, sizes, paths, crowds, a clean start and end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from assistant import Answer, Assistant
from tests.browser.conftest import ROOT, Server, running


def test_every_response_carries_the_security_headers(server: Server) -> None:
    for path in ("/", "/page/page.css", "/config", "/gradio_api/info", "/no/such/page"):
        headers = httpx.get(server.url + path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "http" not in policy
        assert "unsafe-eval" not in policy
        assert "'unsafe-inline'" not in policy.partition("script-src")[2].partition(";")[0]
        for directive in ("frame-ancestors 'none'", "object-src 'none'", "base-uri 'self'", "form-action 'self'"):
            assert directive in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert "camera=()" in headers["permissions-policy"]


def test_the_scripts_may_run_by_a_nonce_that_is_new_each_time(server: Server) -> None:
    def nonce() -> str:
        response = httpx.get(server.url)
        found = response.headers["content-security-policy"].partition("'nonce-")[2].partition("'")[0]
        assert response.text.count("<script") == response.text.count(f'<script nonce="{found}"') > 0
        return found

    assert nonce() != nonce()


@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1.evil.test", "localhost@evil.test", "", "[::2]", "a b"])
def test_foreign_hosts_are_refused(server: Server, host: str) -> None:
    assert httpx.get(server.url, headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:{port}", "127.0.0.1:{port}", "[::1]:{port}"])
def test_local_hosts_are_let_in(server: Server, host: str) -> None:
    assert httpx.get(server.url, headers={"Host": host.format(port=server.port)}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.test", "null", "http://127.0.0.1:1", "http://localhost.evil.test", "http://["]
)
def test_foreign_origins_are_refused(server: Server, origin: str) -> None:
    address = f"{server.url}/gradio_api/call/ask"
    assert httpx.post(address, json={"data": ["When?"]}, headers={"Origin": origin}).status_code == 403
    assert httpx.get(f"{server.url}/config", headers={"Origin": origin}).status_code == 403
    assert httpx.post(address, json={"data": ["When?"]}, headers={"Origin": server.url}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/file=/etc/passwd",
        "/gradio_api/file=/etc/passwd",
        "/gradio_api/file%3D/etc/passwd",
        "/gradio_api/file=..%2f..%2f..%2fetc%2fpasswd",
        "/gradio_api/proxy=http://127.0.0.1/",
        "/page/..%2fserver.py",
        "/static/..%2f..%2f..%2frouting.py",
        "/assets/%2e%2e/%2e%2e/routing.py",
        "//etc/passwd",
        "/monitoring",
        "/docs",
        "/gradio_api/upload",
    ],
)
def test_nothing_else_is_served(server: Server, path: str) -> None:
    response = httpx.get(server.url + path)
    assert response.status_code == 404
    assert response.text == "Not found."


def test_files_can_not_be_uploaded(server: Server) -> None:
    response = httpx.post(f"{server.url}/gradio_api/upload", files={"files": b"x"})
    assert response.status_code == 404


def test_a_body_over_the_limit_is_refused_whether_announced_or_not(server: Server) -> None:
    address = f"{server.url}/gradio_api/call/ask"
    body = b'{"data": ["%s"]}' % (b"x" * 20_000_000)
    assert httpx.post(address, content=body, timeout=30).status_code == 413
    chunks = (body[start : start + 100_000] for start in range(0, len(body), 100_000))
    assert httpx.post(address, content=chunks, timeout=30).status_code == 413
    assert server.ask("Who is John Kirby?").status_code == 200


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
    body = b'{"data": ["Who is \\ud800John \\u0000Kirby?"]}'
    joined = httpx.post(address, content=body, headers={"Content-Type": "application/json"})
    answer = _answer(httpx.get(f"{address}/{joined.json()['event_id']}", timeout=60))
    assert answer.status in ("answered", "not_found", "unclear")


def test_the_api_gives_the_answer_as_json(server: Server, sample_text: str) -> None:
    from gradio_client import Client

    client = Client(server.url, verbose=False, analytics_enabled=False)
    answer = Answer.from_dict(client.predict("Who is John Kirby?", api_name="/ask"))
    assert answer.status == "answered"
    assert all(citation.quote in sample_text for citation in answer.citations)
    assert list(client.view_api(return_format="dict")["named_endpoints"]) == ["/ask"]


def test_twenty_ask_at_once_and_each_gets_their_own_answer(server: Server) -> None:
    questions = [f"What did speaker {n} say about North Korea?" for n in range(20)]
    with ThreadPoolExecutor(20) as crowd:
        answers = list(crowd.map(lambda question: _answer(server.ask(question)), questions))
    assert [answer.question for answer in answers] == questions


def test_who_leaves_before_the_answer_blocks_nobody(server: Server) -> None:
    address = f"{server.url}/gradio_api/call/ask"

    def leave(number: int) -> None:
        joined = httpx.post(address, json={"data": [f"Who is person {number}?"]}, timeout=60)
        with httpx.stream("GET", f"{address}/{joined.json()['event_id']}", timeout=60):
            pass

    with ThreadPoolExecutor(24) as crowd:
        list(crowd.map(leave, range(24)))
    begin = time.monotonic()
    assert _answer(server.ask("Who is John Kirby?")).question == "Who is John Kirby?"
    assert time.monotonic() - begin < 15


def test_a_busy_port_is_an_error_that_names_the_next_free_one(server: Server, tmp_path: Path) -> None:
    command = [sys.executable, "app.py", "--library", str(tmp_path / "library"), "--port", str(server.port)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
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
    subprocess.run(command, cwd=ROOT, check=True, timeout=30)
    assert (tmp_path / "log").read_text().splitlines() == ["connect 127.0.0.1 9", "look up localhost"]


def test_the_command_line_asks_while_the_page_serves(server: Server) -> None:
    code = "from assistant.cli import main; main()"
    command = [sys.executable, "-c", code, "ask", "Who is John Kirby?", "--library", str(server.library), "--json"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    assert Answer.from_dict(json.loads(ended.stdout)).citations


def test_a_second_page_over_the_same_library_answers_without_storing(server: Server, tmp_path: Path) -> None:
    for second in running(server.library, tmp_path / "log"):
        assert _answer(second.ask("Who is John Kirby?")).status == "answered"


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_sigterm_ends_it_soon_and_frees_the_library_though_a_tab_is_open(alone: Server) -> None:
    alone.ask("Who is John Kirby?")
    with httpx.stream("GET", f"{alone.url}/gradio_api/heartbeat/open-tab", timeout=30):
        status, seconds = alone.stop(signal.SIGTERM)
    assert status == 0
    assert seconds < 8
    log = alone.log.read_text()
    assert "Traceback" not in log
    with Assistant.open(alone.library) as assistant:
        assert assistant.can_write
        assert len(assistant.articles()) == 1
        assistant.remove(assistant.articles()[0].id)


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, to be stopped."""
    yield from running(tmp_path / "library", tmp_path / "log")


def _answer(response: httpx.Response) -> Answer:
    """The answer in an event stream that went well."""
    assert "event: complete" in response.text, response.text
    return Answer.from_dict(json.loads(response.text.rpartition("data: ")[2])[0])
