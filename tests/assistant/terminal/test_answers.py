"""Answers in a terminal: line by line as they come about, with all that has to be known of them; Ctrl-C ends an answer only."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

import pytest

from assistant.core.answer import Answer, AnswerSentence, Citation, Dropped, Trace
from assistant.core.events import Done, Event, Found, Searching, SentenceDropped, SentenceProven, Waiting
from assistant.terminal.answers import left_out, show_stream, shown

QUESTION = "When did it sink?"
SENTENCE = AnswerSentence("It sank at noon.", (1,))
CITATION = Citation(1, "a", "The ferry", 3, 20, "it sank at noon")
DROPPED = (Dropped("At dawn.", "not supported"), Dropped("In 1912.", "detail not in the quote", "1912"))


def answer(*, dropped: tuple[Dropped, ...] = (), notice: str = "") -> Answer:
    return Answer(QUESTION, "answered", (SENTENCE,), (CITATION,), notice=notice, trace=Trace(QUESTION, dropped=dropped))


def stream(done: Answer, log: list[str], *, searched: str = QUESTION) -> Generator[Event, None, None]:
    try:
        yield Searching(searched)
        yield Found(())
        yield Waiting(0.3)
        for sentence in done.sentences:
            yield SentenceProven(sentence, done.citations)
            log.append("told")
        for dropped in done.trace.dropped:
            yield SentenceDropped(*dropped)
        yield Done(done)
    finally:
        log.append("closed")


def test_a_sentence_is_printed_before_the_next_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    log: list[str] = []
    came: list[str] = []

    def watched() -> Generator[Event, None, None]:
        for event in stream(answer(), log):
            yield event
            if isinstance(event, SentenceProven):
                came.append(capsys.readouterr().out)

    assert show_stream(QUESTION, watched()) == answer()
    assert came == ["It sank at noon. [1]\n"]
    assert capsys.readouterr().out == "  [1] The ferry, characters 3-20, stands so in the article\n\n"


def test_what_was_searched_for_is_said_where_it_differs(capsys: pytest.CaptureFixture[str]) -> None:
    show_stream(QUESTION, stream(answer(), [], searched="When did the ferry sink?"))
    assert capsys.readouterr().out.startswith("(searched for: When did the ferry sink?)\n")


@pytest.mark.parametrize("searched", ["when did it sink", "When did it  sink?", "When did it sink ?!"])
def test_the_same_question_in_other_letters_is_not_said(capsys: pytest.CaptureFixture[str], searched: str) -> None:
    show_stream(QUESTION, stream(answer(), [], searched=searched))
    assert "searched for" not in capsys.readouterr().out


def test_other_readings_are_said_below_the_quotes(capsys: pytest.CaptureFixture[str]) -> None:
    others = ("When did the ferry sink?", "When did the barge sink?")
    lines = [f"(did you mean: {other})" for other in others]
    answered = replace(answer(notice="It broke off."), did_you_mean=others)
    refused = Answer(QUESTION, "not_found", closest=(CITATION,), message="No.", did_you_mean=others)
    for given in (answered, refused):
        show_stream(QUESTION, stream(given, []))
        assert "\n".join(lines) in capsys.readouterr().out
    assert shown(answered).splitlines()[-3:] == [*lines, "(It broke off.)"]
    assert shown(refused).splitlines()[-2:] == lines


def test_what_was_left_out_and_the_notice_are_said_and_unproven_words_are_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = answer(dropped=DROPPED, notice="It broke off.")
    show_stream(QUESTION, stream(given, []))
    said = capsys.readouterr().out
    assert "(2 sentences left out: 1 not supported, 1 detail not in the quote)\n(It broke off.)\n" in said
    assert "dawn" not in said
    assert "1912" not in said
    assert shown(given).splitlines()[-1] == "(It broke off.)"


def test_one_reason_needs_no_count_of_its_own() -> None:
    assert left_out(answer()) == ""
    assert left_out(answer(dropped=DROPPED[:1])) == "1 sentence left out: not supported"
    assert left_out(answer(dropped=DROPPED[:1] * 3)) == "3 sentences left out: not supported"


def test_a_refusal_is_printed_once_with_its_closest_passages(capsys: pytest.CaptureFixture[str]) -> None:
    refused = Answer(QUESTION, "not_found", closest=(CITATION,), message="The articles don't say.")
    show_stream(QUESTION, stream(refused, []))
    assert capsys.readouterr().out == (
        "The articles don't say.\nClosest passages, not an answer:\n  - “it sank at noon” (The ferry)\n\n"
    )


def test_ctrl_c_ends_the_answer_and_not_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    log: list[str] = []

    def pressing() -> Generator[Event, None, None]:
        events = stream(answer(), log)
        try:
            for event in events:
                yield event
                if isinstance(event, SentenceProven):
                    raise KeyboardInterrupt
        finally:
            events.close()

    assert show_stream(QUESTION, pressing()) is None
    assert capsys.readouterr().out == "It sank at noon. [1]\n(stopped)\n\n"
    assert log == ["closed"]


def test_a_quote_of_a_file_with_pages_is_said_with_its_page() -> None:
    paged = replace(CITATION, page=12)
    assert "[1] The ferry, p. 12, stands so in the article" in shown(replace(answer(), citations=(paged,)))
    refused = Answer(QUESTION, "not_found", closest=(paged, CITATION), message="No.")
    assert shown(refused).splitlines()[-2:] == [
        "  - “it sank at noon” (The ferry, p. 12)",
        "  - “it sank at noon” (The ferry)",
    ]
