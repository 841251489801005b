"""Misspelt words of a question are put right by the passages, other words never."""

from __future__ import annotations

import pytest

from assistant.reading.correcting import corrected

PASSAGES = [
    "Harald Sverdrup led the Gjoa expedition, and its soldiers were injured by landmines.",
    "Naïve Zdeněk agreed.",
]


@pytest.mark.parametrize(
    ("question", "read_as"),
    [
        ("what injurd the soliders?", "what injured the soldiers?"),
        ("Who is Mr Sverdrop?", "Who is Mr sverdrup?"),
        ("Did Zdenek agree?", "Did Zdenek agree?"),
    ],
)
def test_a_slip_is_put_right(question: str, read_as: str) -> None:
    assert corrected(question, PASSAGES) == read_as


@pytest.mark.parametrize(
    "question",
    ["Who led the sailors?", "Were they insured?", "Who was Amundsen?", "led leb ext?", "", "1049x 船 👑", "X" * 2_000],
    ids=ascii,
)
def test_words_that_are_right_or_unknown_stay(question: str) -> None:
    assert corrected(question, PASSAGES) == question


def test_without_passages_nothing_changes() -> None:
    assert corrected("what injurd the soliders?", []) == "what injurd the soliders?"
