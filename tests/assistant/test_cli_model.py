"""The command line with a language model: named by an option or the environment, asked over HTTP, never with its key shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Answer
from tests.command_line import Ended, Run, run_footnote
from tests.models import json_reply, pieces
from tests.openai_server import Reply, Status, openai_server

pytestmark = pytest.mark.system

TEXT = "The ferry Aurora sank at noon on 3 May 1911. Nobody was hurt."
QUESTION = "When did the ferry Aurora sink?"
RIGHT = ("The Aurora sank at noon on 3 May 1911.", [(1, "The ferry Aurora sank at noon on 3 May 1911.")])
WRONG = ("It sank in 1912.", [(1, "3 May 1911")])
SAID = "The Aurora sank at noon on 3 May 1911. [1]"


@pytest.fixture
def footnote(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs `footnote` in this process, on a library with one article."""
    monkeypatch.setenv("FOOTNOTE_LIBRARY", str(tmp_path / "library"))
    monkeypatch.setenv("FOOTNOTE_READER", "quoting")
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "ferry.txt").write_text(TEXT)

    def run(*arguments: str, stdin: str = "") -> Ended:
        return run_footnote(monkeypatch, *arguments, stdin=stdin)

    assert run("add", str(tmp_path / "ferry.txt")).code == 0
    return run


def test_ask_has_the_models_words_its_quotes_and_what_was_left_out(footnote: Run) -> None:
    with openai_server(json_reply(WRONG, RIGHT)) as server:
        ended = footnote("ask", QUESTION, "--llm", server.llm)
    lines = ended.out.splitlines()
    assert (ended.code, lines[0]) == (0, SAID)
    assert lines[1].endswith("characters 0-44, stands so in the article")
    assert lines[2:] == ["(1 sentence left out: detail not in the quote)"]


def test_the_environment_names_the_model_too_and_json_says_what_it_took(
    footnote: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with openai_server(json_reply(RIGHT)) as server:
        monkeypatch.setenv("FOOTNOTE_LLM", server.llm)
        answer = Answer.from_dict(footnote("ask", "--json", QUESTION).json_line)
    assert (answer.text, answer.written) == (SAID, True)
    assert (answer.trace.usage.prompt_tokens, answer.trace.usage.completion_tokens) == (11, 7)


def test_chat_prints_sentences_as_they_are_proven(footnote: Run) -> None:
    with openai_server(Reply(pieces(json_reply(RIGHT)))) as server:
        ended = footnote("chat", "--llm", server.llm, stdin=f"{QUESTION}\n\n")
    assert ended.code == 0
    assert ended.out.startswith(SAID + "\n  [1] ")


def test_where_the_model_fails_the_articles_are_quoted_with_a_notice(footnote: Run) -> None:
    with openai_server(Status(500)) as server:
        ended = footnote("ask", QUESTION, "--llm", server.llm)
    assert ended.code == 0
    assert "“The ferry Aurora sank at noon on 3 May 1911.” [1]" in ended.out
    assert "(The language model gave no answer, so the articles are quoted instead." in ended.out


def test_doctor_asks_the_model_once(footnote: Run) -> None:
    with openai_server("Hello.") as server:
        well = footnote("doctor", "--port", "0", "--llm", server.llm)
        assert len(server.requests) == 1
    assert "ok   language model" in well.out
    with openai_server(Status(401)) as server:
        ill = footnote("doctor", "--port", "0", "--llm", server.llm)
    assert ill.code == 1
    assert "FAIL language model" in ill.out


def test_a_model_that_can_not_be_meant_is_refused_without_repeating_it(footnote: Run) -> None:
    ended = footnote("ask", QUESTION, "--llm", "sk-a-key-by-mistake")
    assert ended.code == 2
    assert "FOOTNOTE_LLM" in ended.err
    assert "sk-a-key" not in ended.out + ended.err
