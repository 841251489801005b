"""Moves the places of a question from a written text to the same text as a library keeps it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from assistant.training.reader.written import Question, Span

_WORD = re.compile(r"\w+|[^\w\s]")


def moved(question: Question, old: str, new: str) -> Question:
    """The question about a text that may have its title before it, other white space, and in its tables the names of columns.

    Args:
        question: about the old text.
        old: the text as it was written.
        new: has the same words in the same order, and perhaps more.

    Raises:
        ValueError: it does not.
    """
    place = _places(old, new)

    def spans(known: Sequence[Span]) -> tuple[Span, ...]:
        return tuple((place[start], place[end - 1] + 1) for start, end in known)

    return replace(question, answers=spans(question.answers), evidence=spans(question.evidence))


@lru_cache(maxsize=2)
def _places(old: str, new: str) -> Mapping[int, int]:
    """Where each letter of the old text stands in the new one."""
    was, now = ([n for n, letter in enumerate(text) if not letter.isspace()] for text in (old, new))
    if [old[n] for n in was] == [new[n] for n in now[len(now) - len(was) :]]:
        return dict(zip(was, now[len(now) - len(was) :], strict=True))
    # From the end, since a title may stand before; by words, since the names of columns stand between.
    left = list(_WORD.finditer(new))
    place: dict[int, int] = {}
    for word in reversed(list(_WORD.finditer(old))):
        while left and left[-1].group() != word.group():
            left.pop()
        if not left:
            raise ValueError(f"another text than {old[:60]!r}")
        start = left.pop().start()
        place |= {word.start() + n: start + n for n in range(len(word.group()))}
    return place
