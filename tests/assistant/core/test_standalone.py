"""Whether a standalone question says another thing than the question as it was typed."""

from __future__ import annotations

import pytest

from assistant.core.standalone import reworded


@pytest.mark.parametrize("typed", ["who won?", "Who won", " Who  won ?", "WHO WON?!", "who won…", "Who won.\n"])
def test_letter_case_white_space_and_end_punctuation_do_not_count(typed: str) -> None:
    assert not reworded("Who won?", typed)
    assert not reworded(typed, "Who won?")


@pytest.mark.parametrize("typed", ["And who won?", "Who won it?", "Who, won?", "", "?"])
def test_other_words_and_punctuation_between_them_count(typed: str) -> None:
    assert reworded("Who won?", typed)
