"""Which words of a standalone question are borrowed: they are not in the question as it was typed."""

from __future__ import annotations

from collections import Counter
from difflib import SequenceMatcher
from itertools import groupby

from assistant.understanding.followup.terms import WORD

Span = tuple[int, int]

_MOST_ALIGNED = 200
"""So many words are compared in their order; of more, which could take seconds, it only counts how often they were typed."""


def borrowed_spans(standalone: str, typed: str) -> tuple[Span, ...]:
    """Where the borrowed words of a standalone question stand, in order; words that follow each other are one span.

    Args:
        standalone: the question that is searched for.
        typed: the question as it was typed. A word of it that stands elsewhere in the standalone question is not borrowed.

    Returns:
        First character, and one past the last, of each span, in Unicode code points.
    """
    places = [found.span() for found in WORD.finditer(standalone)]
    words = [_plain(standalone[start:end]) for start, end in places]
    borrowed = _borrowed(words, [_plain(word) for word in WORD.findall(typed)])
    runs = [[n for n, _ in run] for new, run in groupby(enumerate(borrowed), key=lambda one: one[1]) if new]
    return tuple((places[run[0]][0], places[run[-1]][1]) for run in runs)


def _borrowed(words: list[str], typed: list[str]) -> list[bool]:
    """Of each word, whether it is borrowed."""
    kept = _in_order(words, typed) if max(len(words), len(typed)) <= _MOST_ALIGNED else set()
    moved = Counter(typed) - Counter(words[n] for n in kept)
    borrowed = []
    for n, word in enumerate(words):
        new = n not in kept and not moved[word]
        if n not in kept and not new:
            moved[word] -= 1
        borrowed.append(new)
    return borrowed


def _in_order(words: list[str], typed: list[str]) -> set[int]:
    """Numbers of the words that were typed in the same order."""
    same = SequenceMatcher(None, typed, words, autojunk=False).get_matching_blocks()
    return {n for block in same for n in range(block.b, block.b + block.size)}


def _plain(word: str) -> str:
    return word.lower().replace("’", "'")
