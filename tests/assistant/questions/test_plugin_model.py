"""The pytest plugin with a language model: recorded at the end of a run, replayed without it, missing replies told by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assistant.questions.test_language_model import reply
from tests.assistant.questions.test_plugin import TALK, WHEN, WHO, a_set, pytest_in
from tests.openai_server import OpenAIServer, Status, openai_server

pytestmark = pytest.mark.system

RIGHT = WHO.replace("Astrid Lie", "Anna Berg")


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    """A model that is right."""
    with openai_server(reply) as running:
        yield running


def recorded(folder: Path, server: OpenAIServer, *arguments: str) -> tuple[int, str]:
    """A run that is recorded; the ini-file may name a recording to be replayed."""
    return pytest_in(folder, "--footnote-llm", server.llm, "--footnote-record", "c.jsonl", *arguments)


@pytest.mark.slow
def test_a_recording_is_replayed_without_the_model_and_a_missing_reply_fails_its_test(
    tmp_path: Path, server: OpenAIServer
) -> None:
    a_set(tmp_path, WHEN)
    (tmp_path / "pytest.ini").write_text("[pytest]\nfootnote_replay = c.jsonl\nfootnote_llm = nonsense\n")
    code, out = recorded(tmp_path, server)
    assert (code, len(server.requests)) == (0, 1), out
    assert "1912" in (tmp_path / "c.jsonl").read_text("utf-8")
    a_set(tmp_path, WHEN, RIGHT)
    code, out = pytest_in(tmp_path, "-v")
    assert code == 1
    assert "mill.questions.yaml::when PASSED" in out
    assert "mill.questions.yaml::who FAILED" in out
    account = out.split("FAILURES")[1]
    assert "c.jsonl: the request 'answer: Who rebuilt the mill?' is not in this recording" in account
    assert ".py" not in account
    assert len(server.requests) == 1


@pytest.mark.slow
def test_only_a_run_that_came_to_its_end_is_written(tmp_path: Path, server: OpenAIServer) -> None:
    """The second case fails: with `-x` the third is not asked, and without it all are."""
    a_set(tmp_path, WHEN, WHO, TALK)
    (tmp_path / "c.jsonl").write_text("old")
    assert recorded(tmp_path, server, "-x")[0] == 1
    assert recorded(tmp_path, server, "--collect-only")[0] == 0
    assert (tmp_path / "c.jsonl").read_text() == "old"
    assert recorded(tmp_path, server)[0] == 1
    assert (tmp_path / "c.jsonl").read_text("utf-8").count('"ending"') == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "c.jsonl",
        "mill.questions.yaml",
        "mill.txt",
        "temporary",
    ]


def test_a_recording_that_can_not_be_used_is_an_error_of_every_case_without_a_traceback(tmp_path: Path) -> None:
    a_set(tmp_path, WHEN, WHO)
    (tmp_path / "c.jsonl").write_text("{}\n")
    code, out = pytest_in(tmp_path, "--footnote-replay", "c.jsonl")
    assert code == 1
    assert "2 errors" in out
    assert "c.jsonl:1: this is not the first line of a recording" in out
    assert "Traceback" not in out


@pytest.mark.slow
def test_a_run_is_recorded_or_replayed_and_not_both(tmp_path: Path) -> None:
    command = ("--footnote-record", "a.jsonl", "--footnote-replay", "b.jsonl")
    with pytest.raises(AssertionError, match="can't be used together"):
        pytest_in(tmp_path, *command)


@pytest.mark.slow
def test_several_workers_can_not_record_as_each_would_write_over_the_others(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="needs one process"):
        pytest_in(tmp_path, "--footnote-record", "c.jsonl", "-n", "2")


@pytest.mark.slow
def test_a_recording_of_nothing_but_errors_is_not_written(tmp_path: Path) -> None:
    a_set(tmp_path, WHEN)
    (tmp_path / "c.jsonl").write_text("old")
    with openai_server(Status(404)) as server, pytest.raises(AssertionError, match=r"c\.jsonl: not written"):
        recorded(tmp_path, server)
    assert (tmp_path / "c.jsonl").read_text() == "old"
