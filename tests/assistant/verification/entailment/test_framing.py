"""Frames around a sentence: what only leads in or names the article is left out, and nothing that is said of the world."""

from __future__ import annotations

import pytest

from assistant.verification.entailment.framing import without_frame


@pytest.mark.parametrize(
    "framed",
    [
        "The article says that the ferry sank.",
        "The report also notes that the ferry sank.",
        "According to the article, the ferry sank.",
        "Based on these passages, the ferry sank.",
        "As the text says, the ferry sank.",
        "In short, the ferry sank.",
        "In short, the article says that the ferry sank.",
        "However, the ferry sank.",
        "It was reported that the ferry sank.",
        "The answer is that the ferry sank.",
        "The ferry sank, according to the article.",
        "The ferry sank, the report says.",
        "The ferry sank.",
    ],
)
def test_a_frame_is_left_out(framed: str) -> None:
    assert without_frame(framed) == "The ferry sank."


@pytest.mark.parametrize(
    "sentence",
    [
        "The mayor says that the ferry sank.",
        "According to the mayor, the ferry sank.",
        "The ferry sank, according to the mayor.",
        "It was denied that the ferry sank.",
        "The article was withdrawn.",
        "The story that the ferry sank was denied.",
        "In 1911, the ferry sank.",
        "The report says nothing.",
        "Yes, the ferry sank.",
        "As a result, the ferry sank.",
        "In short,",
        "",
    ],
)
def test_what_is_said_of_the_world_stays(sentence: str) -> None:
    assert without_frame(sentence) == sentence


def test_hostile_lengths_are_no_trouble() -> None:
    assert without_frame("in short, " * 20_000 + "x").endswith("x")
    assert without_frame(", " * 50_000) == ", " * 50_000
