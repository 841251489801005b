"""The words in a sentence that could be what a question asks for."""

from __future__ import annotations

import pytest

from assistant.reading.answer_spans import candidates
from assistant.understanding.analysis import analyse

SENTENCE = (
    "ROME: On 4 May the mayor, Anna Berg, opened the bridge to 3,400 walkers after 12 years of work costing $5 million."
)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("When was it opened?", "4 May"),
        ("When did a mayor last open something?", "12 years"),
        ("How long did the work take?", "12 years"),
        ("How many walkers came?", "3,400 walkers"),
        ("How much did it cost?", "$5 million"),
        ("Where was this?", "ROME"),
        ("Who opened the bridge?", "Anna Berg"),
    ],
)
def test_the_words_that_fit_are_found(question: str, words: str) -> None:
    asked = analyse(question)
    assert words in [SENTENCE[start:end] for start, end in candidates(SENTENCE, asked)]


@pytest.mark.parametrize("question", ["How heavy is the bridge?", "How tall is the bridge?", "What did the mayor say?"])
def test_nothing_is_found_where_nothing_fits(question: str) -> None:
    assert candidates(SENTENCE, analyse(question)) == []


def test_words_of_the_question_are_no_answer() -> None:
    spans = candidates("Anna Berg spoke.", analyse("Who heard Anna Berg?"))
    assert spans == []
