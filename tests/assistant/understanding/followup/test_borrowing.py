"""Which words of a standalone question are not in the question as it was typed."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.followup.borrowing import borrowed_spans
from assistant.understanding.followup.terms import WORD

_WORDS = st.lists(st.sampled_from(["the", "ferry", "Anna’s", "2021", "did", "😀", "(", "?"]), max_size=12).map(" ".join)


@pytest.mark.parametrize(
    ("typed", "standalone", "borrowed"),
    [
        ("What did he say?", "What did John Kirby say?", ["John Kirby"]),
        ("And when?", "When was the ferry built?", ["was the ferry built"]),
        ("What about Norway?", "When did Norway join NATO?", ["When did", "join NATO"]),
        ("Why the delay of it?", "Why the delay of the ferry?", ["the ferry"]),
        ("And an owl?", "An owl? (Did a cat see a dog?)", ["Did a cat see a dog"]),
        ("How old is her boat?", "How old is Anna Berg’s boat?", ["Anna Berg’s"]),
        ("Who won?", "Who won (the cup, 2021)?", ["the cup, 2021"]),
        ("Did she sell it?", "😀 Did Anna sell the ferry?", ["Anna", "the ferry"]),
    ],
)
def test_words_that_were_not_typed_are_borrowed(typed: str, standalone: str, borrowed: list[str]) -> None:
    assert [standalone[start:end] for start, end in borrowed_spans(standalone, typed)] == borrowed


@pytest.mark.parametrize(
    ("typed", "standalone"),
    [
        ("who won the cup", "Who won the Cup?"),
        ("And who won?", "Who won?"),
        ("What is Anna's boat?", "What is Anna’s boat?"),
        ("Who won?", ""),
        ("", ""),
    ],
)
def test_words_that_were_typed_are_not_borrowed(typed: str, standalone: str) -> None:
    assert borrowed_spans(standalone, typed) == ()


def test_a_word_that_was_typed_elsewhere_is_not_borrowed_but_only_as_often_as_it_was_typed() -> None:
    spans = borrowed_spans("When did Norway beat Norway?", "Norway, when did it win?")
    standalone = "When did Norway beat Norway?"
    assert [standalone[start:end] for start, end in spans] == ["beat Norway"]


@given(_WORDS, _WORDS)
def test_spans_are_whole_words_in_order_and_no_two_touch(typed: str, standalone: str) -> None:
    spans = borrowed_spans(standalone, typed)
    starts, ends = (
        {found.start() for found in WORD.finditer(standalone)},
        {found.end() for found in WORD.finditer(standalone)},
    )
    assert all(start in starts and end in ends and start < end for start, end in spans)
    for (_, end), (start, _) in pairwise(spans):
        assert WORD.search(standalone[end:start])


@pytest.mark.parametrize("words", [200, 1000])
def test_long_questions_take_little_time(words: int) -> None:
    standalone, typed = (" ".join((letters * words)[:words]) for letters in ("ab", "aba"))
    begun = time.perf_counter()
    spans = borrowed_spans(standalone, typed)
    assert time.perf_counter() - begun < 2
    assert spans
