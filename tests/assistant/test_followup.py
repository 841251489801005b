"""Follow-ups: understood from the turns before, or said to be unclear."""

from __future__ import annotations

import pytest

from assistant.answer import Answer, AnswerSentence, Citation, Trace
from assistant.conversation import Turn
from assistant.followup import HISTORY_TURNS, resolve


def turn(question: str, said: str = "", key: str = "", standalone: str = "") -> Turn:
    sentence = (AnswerSentence(said, (1,), key),) if said else ()
    citation = (Citation(1, "a1", "T", 0, len(said), said),) if said else ()
    status = "answered" if said else "not_found"
    return Turn(question, Answer(question, status, sentence, citation, trace=Trace(standalone or question)))


MAYOR = turn("Who is Anna Berg?", "mayor — “The mayor, Anna Berg, said the bridge is safe.”", "mayor")


@pytest.mark.parametrize(
    ("question", "history", "standalone"),
    [
        ("What did she say?", [MAYOR], "What did Anna Berg say?"),
        ("Where was her office?", [MAYOR], "Where was Anna Berg’s office?"),
        ("And Olav Lie?", [turn("What did Anna Berg say?")], "What did Olav Lie say?"),
        ("What about Olav Lie?", [turn("Did Anna Berg resign?")], "Did Olav Lie resign?"),
        ("And in 2021?", [turn("How many ferries sank in 2019?")], "How many ferries sank in 2021?"),
        ("Why?", [turn("When did the bridge close?")], "Why did the bridge close?"),
        ("When exactly?", [turn("Did the bridge close?")], "When did the bridge close?"),
        ("When did she say it?", [MAYOR], "When did Anna Berg say it?"),
        ("With which country?", [turn("Who signed the treaty?")], "With which country? (Who signed the treaty?)"),
        ("When was it built?", [turn("Where is Tower Bridge?")], "When was Tower Bridge built?"),
    ],
)
def test_follow_ups_are_rewritten(question: str, history: list[Turn], standalone: str) -> None:
    resolved = resolve(question, history)
    assert (resolved.kind, resolved.question) == ("follow-up", standalone)


@pytest.mark.parametrize(
    "question", ["When did the ferry sink?", "What is this about?", "When was it published?", "And who owns the ferry?"]
)
def test_self_contained_questions_keep_their_words(question: str) -> None:
    resolved = resolve(question, [MAYOR])
    assert resolved.kind == "self-contained"
    assert resolved.question == question


@pytest.mark.parametrize("question", ["What about it?", "And?", "Why?", "And them?", "What did he do then?"])
def test_row_23_a_first_question_that_points_at_nothing_is_unclear(question: str) -> None:
    assert resolve(question).kind == "unclear"


@pytest.mark.parametrize(
    "question", ["What is this about?", "What's it about?", "When did the ferry sink?", "Who is she married to?"]
)
def test_a_first_question_with_something_to_search_for_is_clear(question: str) -> None:
    assert resolve(question).kind == "self-contained"


def test_a_question_about_the_article_means_the_one_cited_last() -> None:
    assert resolve("When was it published?", [MAYOR]).article_id == "a1"


def test_row_24_only_the_last_turns_are_looked_at() -> None:
    history = [MAYOR] + [turn(f"How deep is lake number {n}?") for n in range(HISTORY_TURNS)]
    assert "Anna Berg" not in resolve("What did she say?", history).question
