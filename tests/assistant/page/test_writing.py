"""While a language model writes: what is told of it as it comes, who stops it, and what is told of it in the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.page.chats import Chats
from assistant.page.events.answers import Answers
from assistant.page.export.footnotes import Origin
from assistant.page.preparation import Preparation
from assistant.questions.quiet import Quiet
from tests.assistant.page.conftest import ANNA, FERRY
from tests.assistant.page.site import HTTP, SECONDS_TO_HANG, served
from tests.assistant.page.writer import Writer
from tests.doubles import HashEmbedder

QUESTION = "When does the ferry leave?"
NOON, NINETY = "The ferry leaves at noon.", "It carries ninety passengers to the island."
NOTICE = "The language model stopped in the middle."
INVENTED = "It sank."


@dataclass
class Writing:
    """An assistant whose reader writes what the test hands it, and the page's events over it."""

    writer: Writer
    assistant: Assistant
    answers: Answers

    @contextmanager
    def chat(self) -> Iterator[Iterator[dict[str, Any]]]:
        """Ask, as Gradio does: the events one by one, closed at the end."""
        told: Any = self.answers.chat(ANNA, "", QUESTION, None, None)
        with closing(told) as events:
            yield events

    def all(self) -> list[dict[str, Any]]:
        """Ask, and all that is told, signs of life left out."""
        with self.chat() as events:
            return [event for event in events if event["event"] != "writing"]


@pytest.fixture
def writing(tmp_path: Path) -> Iterator[Writing]:
    writer = Writer(QUESTION)
    with Assistant.open(tmp_path / "library", embedder=HashEmbedder(), reader=writer) as assistant:
        assistant.add(FERRY)
        chats, preparation = Chats(assistant), Preparation.done()
        yield Writing(writer, assistant, Answers(assistant, preparation, chats, Quiet(), lambda _: Origin("ferry.txt")))


def test_a_sentence_is_told_before_the_next_is_written(writing: Writing) -> None:
    writing.writer.write(NOON, NOON)
    with writing.chat() as events:
        first = next(event for event in events if event["event"] == "sentence")
        assert first["sentence"] == {"text": NOON, "keys": [], "citations": [1]}
        assert [(citation["number"], citation["quote"]) for citation in first["citations"]] == [(1, NOON)]
        assert next(events)["event"] == "writing"
        writing.writer.write("", NINETY)
        second = next(event for event in events if event["event"] == "sentence")
        assert [(citation["number"], citation["quote"]) for citation in second["citations"]] == [(2, NINETY)]
        writing.writer.end()
        assert [event["event"] for event in events if event["event"] != "writing"] == ["keeping", "answered"]


def test_what_was_told_is_what_the_turn_says(writing: Writing) -> None:
    for text, quote in ((NOON, NOON), ("", NINETY), ("", NOON)):
        writing.writer.write(text, quote)
    writing.writer.end()
    told = writing.all()
    sentences = [event for event in told if event["event"] == "sentence"]
    turn = told[-1]["turn"]
    assert [event["sentence"] for event in sentences] == turn["sentences"]
    citations = {citation["number"]: citation for event in sentences for citation in event["citations"]}
    assert list(citations.values()) == turn["citations"]
    assert (turn["notice"], turn["left_out"]) == ("", [])


def test_while_nothing_is_written_there_are_signs_of_life_and_time_goes_on(writing: Writing) -> None:
    with writing.chat() as events:
        signs = [next(events) for _ in range(5)]
        assert [event["event"] for event in signs] == ["searching", "reading", "writing", "writing", "writing"]
        seconds = [event["seconds"] for event in signs[2:]]
        assert seconds == sorted(set(seconds))


def test_a_sentence_that_is_not_proven_is_counted_and_never_told(writing: Writing) -> None:
    writing.writer.write(f"{INVENTED} {NOON}", INVENTED)
    writing.writer.write("", NOON)
    writing.writer.write(INVENTED, NOON)
    writing.writer.end(NOTICE)
    told = writing.all()
    reasons = [event["reason"] for event in told if event["event"] == "dropped"]
    assert reasons[0] == "quote_not_found"
    assert len(reasons) == 2
    assert all(INVENTED not in str(event) for event in told)
    turn = told[-1]["turn"]
    assert {one["reason"]: one["count"] for one in turn["left_out"]} == dict.fromkeys(reasons, 1)
    assert turn["notice"] == NOTICE
    assert NOTICE in turn["markdown"]


def test_an_error_in_mid_answer_keeps_nothing(writing: Writing) -> None:
    writing.writer.write("", NOON)
    writing.writer.fail(RuntimeError("the model broke"))
    told = writing.all()
    assert [event["event"] for event in told] == ["searching", "reading", "sentence", "failed"]
    assert writing.assistant.conversations() == ()


def test_who_leaves_closes_the_reader_at_once_and_keeps_nothing(writing: Writing) -> None:
    writing.writer.write("", NOON)
    with ExitStack() as leaving:
        events = leaving.enter_context(writing.chat())
        assert next(event for event in events if event["event"] == "sentence")
        assert not writing.writer.closed.is_set()
    assert writing.writer.closed.is_set()
    assert writing.assistant.conversations() == ()


@pytest.mark.parametrize("sentences", [(), (NOON,)], ids=["a refusal", "an answer"])
def test_who_leaves_after_the_reading_keeps_nothing(writing: Writing, sentences: tuple[str, ...]) -> None:
    for quote in sentences:
        writing.writer.write("", quote)
    writing.writer.end()
    with writing.chat() as events:
        assert any(event["event"] == "keeping" for event in events)
    assert writing.assistant.conversations() == ()
    writing.writer.end()
    assert writing.all()[-1]["event"] == "answered"


@pytest.mark.system
def test_a_client_that_is_gone_stops_the_writing(tmp_path: Path) -> None:
    writer = Writer(QUESTION)
    with (
        Assistant.open(tmp_path / "library", embedder=HashEmbedder(), reader=writer) as assistant,
        served(assistant) as site,
    ):
        assistant.add(FERRY)
        for sentences in ((), (NOON,)):  # before the first sentence, and after it
            for quote in sentences:
                writer.write("", quote)
            with HTTP.stream("GET", site.begin("chat", ANNA, "", QUESTION, None, None)) as stream:
                wanted = "sentence" if sentences else "writing"
                assert any(f'"{wanted}"' in line for line in stream.iter_lines())
                assert not writer.closed.is_set()
            assert writer.closed.wait(SECONDS_TO_HANG)
        writer.write("", NOON)
        writer.end()
        assert site.last("chat", ANNA, "", QUESTION, None, None)["event"] == "answered"
        assert [one.turns for one in assistant.conversations()] == [1]
