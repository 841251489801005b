"""Levels of confidence: five, apart, each with a share that it says; an answer has the one of its confidence."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest

from assistant import Answer, AnswerSentence, Citation
from assistant.core.levels import LEVELS, level_of

ANSWERED = Answer(
    "When?", "answered", (AnswerSentence("At noon.", (1,)),), (Citation(1, "a", "Ferry", 0, 8, "At noon."),), 0.95
)


def test_there_are_five_and_each_says_a_share_of_its_own_range() -> None:
    assert len(LEVELS) == len({level.name for level in LEVELS}) == 5
    tops = [1.0, *(level.least for level in LEVELS)]
    for level, top in zip(LEVELS, tops, strict=False):
        assert level.least <= level.claims <= top
    assert all(above.least > below.least and above.claims > below.claims for above, below in pairwise(LEVELS))
    assert LEVELS[-1].least == 0


@pytest.mark.parametrize(
    ("confidence", "name"),
    [
        (1.0, "very high"),
        (0.9, "very high"),
        (0.89, "high"),
        (0.7, "high"),
        (0.69, "middling"),
        (0.49, "low"),
        (0.3, "low"),
        (0.29, "very low"),
        (0.0, "very low"),
        (math.nan, "very low"),
    ],
)
def test_a_confidence_belongs_to_the_highest_level_that_it_reaches(confidence: float, name: str) -> None:
    assert level_of(confidence).name == name


def test_an_answer_has_the_level_of_its_confidence_also_as_json() -> None:
    assert ANSWERED.level == LEVELS[0]
    assert ANSWERED.to_dict()["level"] == "very high"
    assert Answer.from_json(ANSWERED.to_json()) == ANSWERED


@pytest.mark.parametrize(
    "answer", [replace(ANSWERED, written=True), Answer("Who?", "not_found", confidence=0.4, message="No.")]
)
def test_a_refusal_and_what_a_language_model_wrote_have_none(answer: Answer) -> None:
    assert answer.level is None
    assert answer.to_dict()["level"] is None
