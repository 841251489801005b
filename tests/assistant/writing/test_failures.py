"""Everything that goes wrong with a model's server ends in a ModelError in our own words, soon, and without the key."""

from __future__ import annotations

import socket
import ssl
import time
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from assistant.core.errors import ModelError
from assistant.core.settings import load_settings
from assistant.writing.failures import explained
from assistant.writing.limits import retry_after
from tests.assistant.writing.test_serving import KEY, WITH_SCHEMA, asked, read
from tests.openai_server import Answer, OpenAIServer, Raw, Reply, Silence, Status, openai_server

pytestmark = pytest.mark.system

AT_ONCE = {"Retry-After": "0"}
LIMITS = (0.3, 3.0, 30.0)
"""Seconds that a server is waited for: where a busy machine has not even asked in that time, the next."""
OWN_WORDS = "the server's own words"
CHUNK = b'data: {"choices":[{"index":0,"delta":{"content":"Yes."},"finish_reason":null}]}\n\n'
LAST = b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_LLM_KEY", KEY)


def failure(server: OpenAIServer, **limits: Any) -> str:
    """What is said when it is asked; nobody may see the key or the server's words, not in a traceback either."""
    with asked(server, **limits) as model, pytest.raises(ModelError) as caught:
        read(model)
    error = caught.value
    shown = "".join([str(error), repr(error), *traceback.format_exception(error), repr(error.__context__)])
    assert KEY not in shown
    assert OWN_WORDS not in shown
    assert server.llm in str(error)
    return str(error)


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (Status(401), "FOOTNOTE_LLM_KEY"),
        (Status(403), "FOOTNOTE_LLM_KEY"),
        (Status(404), "not known at that address (HTTP 404)"),
        (Status(400), "llm_passage_tokens"),
        (Status(413), "llm_passage_tokens"),
        (Status(429, AT_ONCE), "(HTTP 429), asked 4 times"),
        (Status(500, AT_ONCE), "(HTTP 500), asked 4 times"),
        (Status(503, AT_ONCE), "(HTTP 503), asked 4 times"),
        (Status(302, {"Location": "http://127.0.0.1:9/"}), "elsewhere"),
        (Reply("a b c", cut_after=0), "broke off"),
        (Reply("a b c", cut_after=2), "broke off"),
        (Reply("a b c", end_after=2), "broke off"),
        (Raw(CHUNK + b"data: [DONE]\n\n"), "broke off"),
        (Raw(CHUNK + b'data: {"error":{"message":"the server\'s own words"}}\n\n'), "reports a failure"),
        (Raw(CHUNK + b"data: {the server's own words\n\n"), "no reply that can be read"),
        (Raw(CHUNK + b"data: \xff\n\n"), "no reply that can be read"),
        (Raw(b'data: {"choices":"the server\'s own words"}\n\n'), "no reply that can be read"),
        (Raw(b'data: {"choices":[{"delta":{"content":{"a":1}}}]}\n\n'), "no reply that can be read"),
        (Raw(b"data: [1]\n\n"), "no reply that can be read"),
        (Raw(b"data: [DONE]\n\n"), "no reply that can be read"),
        (Raw(b'{"choices":[]}', "application/json"), "no reply that can be read"),
        (Raw(b"<html>the server's own words</html>", "text/html"), "no reply that can be read"),
        (Raw(b"x" * 10_000_000), "no reply that can be read"),
        (Raw(b""), "no reply that can be read"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_fault_is_told_in_our_own_words(script: Answer, told: str) -> None:
    with openai_server(script) as server:
        assert told in failure(server)


@pytest.mark.parametrize(
    ("script", "passed"),
    [
        (Silence(), "llm_first_token_seconds"),
        (Reply("a b c", hang_after=1), "llm_first_token_seconds"),
        (Raw(CHUNK, drip=0.05), "llm_first_token_seconds"),
        (Reply("a " * 1_000, delay=0.05), "llm_seconds"),
        (Raw(b": still here\n\n" * 100, drip=0.05), "llm_first_token_seconds"),
    ],
    ids=["silence", "hanging", "dripping", "endless", "dripping comments"],
)
def test_a_slow_server_is_not_waited_for(script: Answer, passed: str) -> None:
    for limit in LIMITS:
        with openai_server(script) as server:
            assert passed in failure(server, **{"llm_first_token_seconds": 60, "llm_seconds": 60, passed: limit})
            if server.requests:
                assert server.gone.wait(30)
                break
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", [CHUNK + LAST, CHUNK + LAST + b"data: {torn"])
def test_a_reply_that_said_that_it_ends_is_whole_whatever_comes_after(body: bytes) -> None:
    with openai_server(Raw(body)) as server, asked(server) as model:
        assert read(model) == "Yes."


# Asking again


@pytest.mark.parametrize("code", [429, 500, 502, 503, 529])
def test_a_server_that_was_busy_is_asked_again(code: int) -> None:
    with openai_server(Status(code, AT_ONCE), Status(code, AT_ONCE), "Yes.") as server, asked(server) as model:
        assert read(model) == "Yes."
        assert len(server.requests) == 3


def test_it_is_asked_again_as_often_as_is_set() -> None:
    with openai_server(Status(429, AT_ONCE)) as server:
        assert "asked once" in failure(server, llm_retries=0)
        assert "asked 2 times" in failure(server, llm_retries=1)
        assert len(server.requests) == 3


def test_without_a_word_of_when_it_is_asked_again_after_longer_and_longer_times() -> None:
    times = []

    def script(_: dict[str, Any]) -> Answer:
        times.append(time.monotonic())
        return Status(503)

    with openai_server(script) as server:
        failure(server, llm_retries=2)
    first, second = times[1] - times[0], times[2] - times[1]
    assert first >= 0.4
    assert second >= 0.8


def test_the_time_that_the_server_names_is_kept() -> None:
    with openai_server(Status(429, {"Retry-After": "0.3"}), "Yes.") as server, asked(server) as model:
        begun = time.monotonic()
        assert read(model) == "Yes."
        assert time.monotonic() - begun >= 0.3


@pytest.mark.parametrize(
    "after", ["3600", format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)], ids=["seconds", "date"]
)
def test_a_time_beyond_the_limit_is_not_waited_for(after: str) -> None:
    with openai_server(Status(429, {"Retry-After": after})) as server:
        assert "HTTP 429" in failure(server, llm_seconds=100)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("0", 0),
        ("1.5", 1.5),
        ("-3", 0),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("soon", None),
        ("", None),
        ("nan", None),
    ],
)
def test_when_a_server_wants_to_be_asked_again(said: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": said}) == seconds


@pytest.mark.parametrize("script", [Status(401), Status(403), Reply("a b", cut_after=1), Raw(b"")])
def test_what_will_not_pass_is_not_asked_again(script: Answer) -> None:
    with openai_server(script, "Yes.") as server:
        failure(server, llm_first_token_seconds=60)
        assert len(server.requests) == 1


def test_each_form_of_a_request_is_refused_once() -> None:
    with openai_server(Status(404)) as server, asked(server) as model:
        with pytest.raises(ModelError):
            read(model, WITH_SCHEMA)
        assert len(server.requests) == 2


# No connection


def failure_at(address: str, **limits: Any) -> str:
    """What is said when a server is asked at another address than its own."""
    with openai_server("Yes.") as server:
        server.llm = f"openai-like:scripted@{address}"
        said = failure(server, **limits)
        assert server.requests == []
        return said


def test_a_refused_connection() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        said = failure_at(f"http://127.0.0.1:{unused.getsockname()[1]}/v1")
    assert "the connection was refused. Start its server." in said


def test_a_connection_that_does_not_come_about() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        said = failure_at(f"http://127.0.0.1:{full.getsockname()[1]}/v1", llm_connect_seconds=0.4)
        assert "llm_connect_seconds" in said
        for one in waiting:
            one.close()


def test_a_server_that_speaks_no_tls() -> None:
    with openai_server("Yes.") as server:
        assert "TLS" in failure_at(server.address.replace("http://", "https://"))
        assert server.requests == []


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (socket.gaierror(-2, OWN_WORDS), "host is not known"),
        (ssl.SSLCertVerificationError(OWN_WORDS), "certificate"),
        (ConnectionRefusedError(OWN_WORDS), "refused"),
        (ConnectionResetError(OWN_WORDS), "broke off"),
        (TimeoutError(OWN_WORDS), "llm_first_token_seconds"),
        (ValueError(OWN_WORDS), "no reply that can be read (AdapterError)"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_adapters_errors_are_known_by_their_causes(cause: Exception, told: str) -> None:
    class AdapterError(Exception):
        pass

    error = AdapterError(KEY)
    error.__cause__ = cause
    said = str(explained(error, "a model", load_settings()))
    assert told in said
    assert OWN_WORDS not in said
    assert KEY not in said
