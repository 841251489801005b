"""`footnote test` with a language model: what is recorded of a run is the same run again, without the model."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from tests.assistant.questions.command_line import COST, WHEN, WHO, a_set
from tests.command_line import Ended, Run
from tests.models import json_reply
from tests.openai_server import OpenAIServer, Reply, Status, openai_server

REPLIES = {
    "When did the paper mill burn down?": ("It burned down in 1912.", "The paper mill burned down in March 1912."),
    "Who rebuilt the mill?": ("Anna Berg rebuilt the mill.", "Anna Berg rebuilt it with 40 workers."),
}
REPORTS = ("--no-timings", "--workers", "1", "--junit", "r.xml", "--html", "r.html", "--json-file", "r.json")


def reply(request: dict[str, Any]) -> Reply:
    """A right reply, from whichever passage that was shown holds it; else that nothing was found."""
    text = request["messages"][0]["content"]
    for question, (said, words) in REPLIES.items():
        for number, shown in re.findall(
            r"^[0-9a-f]{12} (\d+)\n(.*?)(?=^[0-9a-f]{12} )", text, re.MULTILINE | re.DOTALL
        ):
            if question in text and words in shown:
                return Reply(json_reply((said, [(int(number), words)])))
    return Reply(json_reply())


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    """A model that is right."""
    with openai_server(reply) as running:
        yield running


def reports() -> list[str]:
    """What a run with `REPORTS` has written."""
    return [Path(f"r.{form}").read_text("utf-8") for form in ("xml", "html", "json")]


def recorded(footnote: Run, server: OpenAIServer, *arguments: str) -> Ended:
    """A run that is recorded."""
    return footnote("mill.questions.yaml", "--llm", server.llm, "--record", "c.jsonl", *arguments)


def test_a_replay_gives_the_same_reports_without_the_model(
    footnote: Run, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_set(WHEN, WHO, COST)
    first = recorded(footnote, server, *REPORTS)
    assert (first.code, first.err) == (0, "footnote: c.jsonl: 3 replies recorded\n")
    assert " language model 3 requests, " in first.out
    cassette, written, asked = Path("c.jsonl").read_text("utf-8"), reports(), len(server.requests)
    assert f'"model": "{server.llm}"' in cassette
    assert "It burned down in 1912." in written[2]
    for variable in ("", "openai-like:other@http://127.0.0.1:9/v1", "nonsense"):
        monkeypatch.setenv("FOOTNOTE_LLM", variable)
        replayed = footnote("mill.questions.yaml", "--replay", "c.jsonl", *REPORTS)
        assert (replayed.code, replayed.err, replayed.out) == (0, "", first.out)
        assert reports() == written
    assert len(server.requests) == asked
    assert Path("c.jsonl").read_text("utf-8") == cassette


def test_the_variable_names_the_model_that_is_recorded_and_its_cache_is_left_out(
    footnote: Run, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_set(WHEN, WHO)
    monkeypatch.setenv("FOOTNOTE_LLM", server.llm)
    monkeypatch.setenv("FOOTNOTE_LLM_CACHE", "cache")
    written = []
    for workers in ("1", "2"):
        assert footnote("mill.questions.yaml", "--record", "c.jsonl", "--workers", workers).code == 0
        written.append(Path("c.jsonl").read_bytes())
    assert written[0] == written[1]
    assert len(server.requests) == 4
    for _ in range(2):
        assert footnote("mill.questions.yaml", "--llm", server.llm).code == 0
    assert len(server.requests) == 6


def test_a_library_is_asked_with_the_model_too(footnote: Run, server: OpenAIServer) -> None:
    a_set(WHEN)
    with Assistant.open("library") as assistant:
        assistant.add("mill.txt")
    assert recorded(footnote, server, "--library", "library").code == 0
    asked = len(server.requests)
    replayed = footnote("mill.questions.yaml", "--library", "library", "--replay", "c.jsonl", "--json", *REPORTS)
    assert replayed.code == 0
    [found] = replayed.json["sets"]
    assert found["metrics"]["usage"]["requests"] == asked == len(server.requests) == 1


def test_a_request_that_was_not_recorded_ends_the_run_with_its_name(footnote: Run, server: OpenAIServer) -> None:
    a_set(WHEN)
    recorded(footnote, server)
    a_set(WHEN, WHO)
    missing = footnote("mill.questions.yaml", "--replay", "c.jsonl", "--html", "r.html")
    assert missing.code == 2
    assert missing.err == (
        "footnote: c.jsonl: the request 'answer: Who rebuilt the mill?' is not in this recording. "
        "Record it anew with --record.\n"
    )
    assert not Path("r.html").exists()


def test_a_run_that_is_broken_off_leaves_the_old_recording(footnote: Run, server: OpenAIServer) -> None:
    a_set(WHEN)
    recorded(footnote, server)
    before = Path("c.jsonl").read_bytes()
    Assistant.open("library").close()
    broken = recorded(footnote, server, "--library", "library")
    assert broken.code == 2
    assert "has no articles" in broken.err
    assert Path("c.jsonl").read_bytes() == before
    assert [path.name for path in Path().iterdir() if "c.jsonl" in path.name] == ["c.jsonl"]


def test_questions_that_failed_are_recorded_all_the_same(footnote: Run, server: OpenAIServer) -> None:
    a_set(WHEN, WHO.replace("Anna Berg", "Astrid Lie"))
    failed = recorded(footnote, server)
    assert failed.code == 1
    assert "c.jsonl: 2 replies recorded" in failed.err
    assert footnote("mill.questions.yaml", "--replay", "c.jsonl").code == 1


def test_errors_are_recorded_and_counted_but_nothing_is_written_where_there_is_nothing_else(
    footnote: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOOTNOTE_LLM_RETRIES", "0")
    a_set(WHEN, WHO)
    with openai_server(Status(500), reply) as server:
        some = recorded(footnote, server, "--workers", "1", *REPORTS)
        assert "footnote: c.jsonl: 2 replies recorded, 1 of them errors\n" in some.err
    written, before = reports(), Path("c.jsonl").read_bytes()
    assert [one["answer"]["notice"] != "" for one in json.loads(written[2])["sets"][0]["report"]["results"]] == [
        True,
        False,
    ]
    footnote("mill.questions.yaml", "--replay", "c.jsonl", *REPORTS)
    assert reports() == written
    with openai_server(Status(500)) as server:
        none = recorded(footnote, server)
    assert none.code == 2
    assert "c.jsonl: not written: the language model gave nothing but errors." in none.err
    assert Path("c.jsonl").read_bytes() == before


def test_a_recording_may_be_moved(footnote: Run, server: OpenAIServer) -> None:
    a_set(WHEN)
    recorded(footnote, server)
    Path("below").mkdir()
    shutil.move("c.jsonl", "below/d.jsonl")
    assert footnote("mill.questions.yaml", "--replay", "below/d.jsonl").code == 0
