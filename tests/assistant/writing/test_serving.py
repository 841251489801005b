"""A language model through the real adapter and client, against a real server: what is sent, what comes, who may stop it."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from importlib.abc import MetaPathFinder
from typing import Any

import pytest

from assistant.core.errors import ModelError, SettingsError
from assistant.core.settings import load_settings
from assistant.writing.model import LanguageModel, Message, Request, SchemaRefusedError
from assistant.writing.passages import estimate_tokens
from assistant.writing.serving import LlamaModel, open_model
from tests.openai_server import Answer, OpenAIServer, Reply, Silence, Status, openai_server

pytestmark = pytest.mark.system

KEY = "sk-a-key-that-nobody-may-see"
TEXT = "What did the harbour fair draw?"
REQUEST = Request("answer: test", (Message("system", "Be brief."), Message("user", TEXT)), max_tokens=70)
SCHEMA = {"type": "object", "properties": {"found": {"type": "boolean"}}, "required": ["found"]}
WITH_SCHEMA = Request("answer: test", REQUEST.messages, max_tokens=70, schema=SCHEMA)


@contextmanager
def asked(server: OpenAIServer, **limits: Any) -> Iterator[LlamaModel]:
    """The model that the server has."""
    with closing(open_model(load_settings(llm=server.llm, **limits))) as model:
        yield model


def read(model: LanguageModel, request: Request = REQUEST) -> str:
    with closing(model.stream(request)) as stream:
        return "".join(stream)


# What is sent, and what comes


def test_a_reply_comes_in_pieces() -> None:
    with openai_server(Reply(["The ", "fair", " drew 12,400."])) as server, asked(server) as model:
        with closing(model.stream(REQUEST)) as stream:
            assert [piece for piece in stream if piece] == ["The ", "fair", " drew 12,400."]
        assert isinstance(model, LanguageModel)
        assert model.name == server.llm
    sent = server.requests[0]
    assert sent["messages"] == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": TEXT}]
    assert (sent["model"], sent["max_tokens"], sent["temperature"], sent["stream"]) == ("scripted", 70, 0, True)
    assert "response_format" not in sent


def test_the_server_counts_the_tokens() -> None:
    with openai_server(Reply("The fair.", usage=(321, 45))) as server, asked(server) as model:
        with closing(model.stream(REQUEST)) as stream:
            assert stream.usage.seconds == 0
            list(stream)
        assert (stream.usage.requests, stream.usage.prompt_tokens, stream.usage.completion_tokens) == (1, 321, 45)


def test_tokens_are_estimated_where_the_server_does_not_count_or_is_cut_off() -> None:
    prompt = sum(estimate_tokens(message.text) for message in REQUEST.messages)
    uncounted = Reply("The fair drew many.", thinking="Let me think.", usage=None)
    with openai_server(uncounted, Reply("The fair drew many.", cut_after=2)) as server, asked(server) as model:
        with closing(model.stream(REQUEST)) as stream:
            assert "".join(stream) == "The fair drew many."
        written = estimate_tokens("Let me think.The fair drew many.")
        assert (stream.usage.prompt_tokens, stream.usage.completion_tokens) == (prompt, written)
        with closing(model.stream(REQUEST)) as stream, pytest.raises(ModelError):
            list(stream)
        assert (stream.usage.prompt_tokens, stream.usage.completion_tokens) == (prompt, estimate_tokens("The fair "))


def test_only_the_time_that_was_waited_counts() -> None:
    with openai_server(Reply(["a", "b"], delay=0.2)) as server, asked(server) as model:
        begun = time.monotonic()
        with closing(model.stream(REQUEST)) as stream:
            for piece in stream:
                time.sleep(0.3 if piece else 0)
        assert 0.1 < stream.usage.seconds <= time.monotonic() - begun - 0.6


def test_thoughts_are_no_part_of_the_reply() -> None:
    replies = Reply("Yes.", thinking="Hm, no."), Reply(["<thi", "nk>Hm, no.</th", "ink>", "Yes."])
    with openai_server(*replies) as server, asked(server) as model:
        assert read(model) == "Yes."
        assert read(model) == "Yes."


def test_thoughts_without_an_end_are_an_empty_reply() -> None:
    with openai_server("<think>Hm, and so on", "") as server, asked(server) as model:
        assert read(model) == ""
        assert read(model) == ""


def test_empty_pieces_come_while_nothing_else_does() -> None:
    with openai_server(Silence()) as server, asked(server) as model, closing(model.stream(REQUEST)) as stream:
        pieces = iter(stream)
        assert [next(pieces) for _ in range(3)] == ["", "", ""]


def test_a_reply_that_never_ends_is_cut() -> None:
    endless = Reply(["x" * 10_000] * 1_000)
    with openai_server(Reply(["x" * 10_000_000]), endless) as server, asked(server) as model:
        assert len(read(model)) == 200_000
        assert len(read(model)) == 200_000
        assert server.gone.wait(30)


# Schema and usage: what a server doesn't know is left out


def test_the_server_is_asked_to_hold_the_reply_to_the_schema() -> None:
    with openai_server('{"found":false}') as server, asked(server) as model:
        assert read(model, WITH_SCHEMA) == '{"found":false}'
    asked_for = server.requests[0]["response_format"]
    assert asked_for == {"type": "json_schema", "json_schema": {"name": "reply", "schema": SCHEMA, "strict": True}}
    assert server.requests[0]["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize("code", [400, 404, 422])
@pytest.mark.parametrize("request_", [REQUEST, WITH_SCHEMA], ids=["text", "schema"])
def test_a_server_that_can_not_say_its_usage_is_not_asked_for_it_again(code: int, request_: Request) -> None:
    def script(body: dict[str, Any]) -> Answer:
        return Status(code) if "stream_options" in body else Reply("Yes.")

    with openai_server(script) as server, asked(server) as model:
        assert read(model, request_) == "Yes."
        assert read(model, request_) == "Yes."
        assert ["stream_options" in body for body in server.requests] == [True, False, False]
        assert ["response_format" in body for body in server.requests] == [bool(request_.schema)] * 3


@pytest.mark.parametrize("code", [400, 404, 422])
def test_a_server_that_takes_no_schema_is_told_from_one_that_fails(code: int) -> None:
    def script(body: dict[str, Any]) -> Answer:
        return Status(code) if "response_format" in body else Reply("Yes.")

    with openai_server(script) as server, asked(server) as model:
        with pytest.raises(SchemaRefusedError, match=f"HTTP {code}"):
            read(model, WITH_SCHEMA)
        assert read(model, REQUEST) == "Yes."
    with openai_server(Status(code)) as server, asked(server) as model:
        with pytest.raises(ModelError, match=f"HTTP {code}") as error:
            read(model, REQUEST)
        assert not isinstance(error.value, SchemaRefusedError)


# Stopping and closing


@pytest.mark.parametrize("script", [Silence(), Reply("The fair drew", hang_after=2)])
def test_stopping_ends_the_connection_at_once(script: Answer) -> None:
    with openai_server(script) as server, asked(server) as model:
        with closing(model.stream(REQUEST)) as stream:
            pieces = iter(stream)
            for _ in range(4):
                next(pieces)
            assert server.reached()
            assert not server.gone.is_set()
        assert server.gone.wait(30)
        stream.close()
        assert list(stream) == []


def test_leaving_a_reply_half_read_ends_its_connection() -> None:
    with openai_server(Reply("The fair drew", hang_after=2)) as server, asked(server) as model:
        for piece in model.stream(REQUEST):
            if piece:
                break
        assert server.gone.wait(30)


def test_another_thread_may_stop() -> None:
    with openai_server(Silence()) as server, asked(server) as model, ThreadPoolExecutor() as pool:
        stream = model.stream(REQUEST)
        pieces = pool.submit(lambda: list(stream))
        assert server.reached()
        stream.close()
        assert set(pieces.result(timeout=60)) <= {""}


def test_closing_the_model_ends_its_replies() -> None:
    with openai_server(Silence()) as server, asked(server) as model, ThreadPoolExecutor() as pool:
        reading = [pool.submit(read, model) for _ in range(6)]
        assert server.reached(4)
        model.close()
        for one in reading:
            with pytest.raises(ModelError, match="closed"):
                one.result(timeout=60)
        assert server.gone.wait(30)
        model.close()
        with pytest.raises(ModelError, match="closed"):
            read(model)


def test_at_most_so_many_requests_are_open_at_once_in_this_process() -> None:
    with openai_server(Reply("a b c", delay=0.03)) as server, ThreadPoolExecutor(8) as pool:
        with asked(server, llm_requests=2) as one, asked(server, llm_requests=2) as other:
            start = threading.Barrier(8)

            def ask(n: int) -> str:
                start.wait()
                return read((one, other)[n % 2])

            assert list(pool.map(ask, range(8))) == ["a b c"] * 8
        assert (len(server.requests), server.most_open) == (8, 2)


def test_waiting_for_a_place_can_be_stopped_and_has_its_limit() -> None:
    with openai_server(Silence()) as server, asked(server, llm_requests=1) as model:
        first, second = model.stream(REQUEST), model.stream(REQUEST)
        running, waiting = iter(first), iter(second)
        assert [next(running), next(waiting)] == ["", ""]
        second.close()
        assert list(waiting) == []
        with asked(server, llm_requests=1, llm_seconds=0.3) as hasty, pytest.raises(ModelError, match="llm_seconds"):
            read(hasty)
        assert (next(running), len(server.requests)) == ("", 1)
        first.close()


def test_places_are_given_back_whatever_becomes_of_a_reply() -> None:
    scripts = Status(401), Reply("a b", cut_after=1), Silence(), "Yes."
    with openai_server(*scripts) as server, asked(server, llm_requests=1) as model:
        for _ in range(2):
            with pytest.raises(ModelError):
                read(model)
        with closing(model.stream(REQUEST)) as stopped:
            assert next(iter(stopped)) == ""
        assert read(model) == "Yes."


def test_a_process_ends_while_a_reply_is_running_and_a_forked_one_can_ask() -> None:
    script = """if True:
        import os, sys
        from assistant.writing.model import SchemaRefusedError, Message, Request
        from assistant.writing.serving import open_model
        from assistant.settings import load_settings
        model = open_model(load_settings(llm=sys.argv[1], llm_requests=1))
        assert not {"llama_index", "openai", "httpx"} & set(sys.modules), "imported before the first request"
        def begun():
            return iter(model.stream(Request("test", (Message("user", "Hello"),), 20)))
        assert "".join(begun()) == "One."
        if child := os.fork():
            assert os.waitpid(child, 0)[1] == 0
        else:
            os._exit(0 if "".join(begun()) == "Two." else 1)
        running = begun()
        while not next(running): pass
        print("done")
    """
    with openai_server("One.", "Two.", Reply("Three and", hang_after=1)) as server:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", script, server.llm], capture_output=True, text=True, timeout=120
        )
        assert (done.stdout, done.stderr, done.returncode) == ("done\n", "", 0)


# Keys, other programs' variables, proxies


FOREIGN = {
    "OPENAI_API_KEY": "foreign-key",
    "OPENAI_ADMIN_KEY": "foreign-admin",
    "OPENAI_BASE_URL": "http://127.0.0.1:9/foreign",
    "OPENAI_API_BASE": "http://127.0.0.1:9/foreign",
    "OPENAI_ORG_ID": "foreign-organisation",
    "OPENAI_PROJECT_ID": "foreign-project",
    "OPENAI_CUSTOM_HEADERS": "X-Foreign: foreign\nAuthorization: foreign\nHost: foreign\nUser-Agent: foreign",
    "OPENAI_LOG": "info",
}
NEEDED = {"host", "accept", "accept-encoding", "connection", "content-type", "content-length", "user-agent"}


@pytest.mark.parametrize("key", ["", KEY])
def test_the_server_gets_our_key_and_nothing_of_other_programs(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in FOREIGN.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("FOOTNOTE_LLM_KEY", key)
    with openai_server("Yes.") as server, asked(server) as model:
        assert read(model) == "Yes."
    headers = server.headers[0]
    assert "foreign" not in f"{headers} {server.requests}"
    assert headers.pop("authorization", "") == (f"Bearer {key}" if key else "")
    assert headers.keys() == NEEDED
    assert headers["host"] == server.address.split("/")[2]


def test_a_redirect_is_not_followed_with_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_LLM_KEY", KEY)
    with openai_server("Gotcha.") as thief:
        elsewhere = Status(307, {"Location": f"{thief.address}/chat/completions"})
        with openai_server(elsewhere) as server, asked(server) as model, pytest.raises(ModelError, match="elsewhere"):
            read(model)
        assert thief.paths == []


def test_a_proxy_is_used_for_other_machines_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with openai_server() as proxy, openai_server("Yes.") as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.address.removesuffix("/v1"))
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        with asked(server) as model:
            assert read(model) == "Yes."
        assert proxy.paths == []
        far = load_settings(llm="openai-like:m@http://models.invalid/v1")
        with closing(open_model(far)) as model, pytest.raises(ModelError):
            read(model)
        assert set(proxy.paths) == {"POST http://models.invalid/v1/chat/completions"}


def test_neither_key_nor_texts_are_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setenv("FOOTNOTE_LLM_KEY", KEY)
    with openai_server(Status(500, {"Retry-After": "0"}), "The fair.", Status(401)) as server, asked(server) as model:
        with caplog.at_level(logging.INFO):
            assert read(model) == "The fair."
        assert TEXT not in caplog.text
        assert "The fair." not in caplog.text
        with caplog.at_level(logging.DEBUG), pytest.raises(ModelError):
            read(model)
        assert KEY not in caplog.text
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


def test_no_global_default_of_llama_index_is_touched() -> None:
    from llama_index.core import Settings as Defaults

    before = Defaults._llm
    with openai_server("Yes.") as server, asked(server) as model:
        read(model)
    assert Defaults._llm is before is None


# Other adapters


def test_any_llama_index_model_can_be_handed_in() -> None:
    from llama_index.core.llms import MockLLM

    with closing(LlamaModel(MockLLM())) as model:
        assert TEXT in read(model, WITH_SCHEMA)
        assert model.name.startswith("MockLLM:")


def test_an_openai_adapter_of_the_callers_own_is_held_to_the_schema() -> None:
    from llama_index.llms.openai_like import OpenAILike

    with openai_server(Status(500, {"Retry-After": "0"}), "Yes.") as server:
        llm = OpenAILike(model="mine", api_base=server.address, api_key="own", is_chat_model=True, max_retries=0)
        with closing(LlamaModel(llm, name="mine")) as model:
            assert read(model, WITH_SCHEMA) == "Yes."
        assert "response_format" in server.requests[-1]


def test_a_model_that_can_not_be_made_says_so() -> None:
    def make() -> Any:
        raise ValueError(KEY)

    with closing(LlamaModel(make, name="broken")) as model, pytest.raises(ModelError, match="broken") as caught:
        read(model)
    assert KEY not in str(caught.value)


class Absent(MetaPathFinder):
    """Finds no package of this name, whether it is installed or not."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == self._name:
            raise ModuleNotFoundError(fullname)


def test_anthropic_is_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "llama_index.llms.anthropic"
    monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(sys, "meta_path", [Absent(name), *sys.meta_path])
    with pytest.raises(SettingsError, match=r"pip install 'footnote\[anthropic\]'"):
        open_model(load_settings(llm="anthropic:claude-sonnet-4-5"))
