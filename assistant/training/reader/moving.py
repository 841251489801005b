"""Moves the places of a question from a written text to the same text as a library keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.training.reader.written import Question, Span


def moved(question: Question, old: str, new: str) -> Question:
    """The question about a text that may have its title before it, and other white space.

    Args:
        question: about the old text.
        old: the text as it was written.
        new: ends with the same letters.

    Raises:
        ValueError: it does not.
    """
    was, now = ([n for n, letter in enumerate(text) if not letter.isspace()] for text in (old, new))
    if [old[n] for n in was] != [new[n] for n in now[len(now) - len(was) :]]:
        raise ValueError(f"another text than {old[:60]!r}")
    place = dict(zip(was, now[len(now) - len(was) :], strict=True))

    def spans(known: Sequence[Span]) -> tuple[Span, ...]:
        return tuple((place[start], place[end - 1] + 1) for start, end in known)

    return replace(question, answers=spans(question.answers), evidence=spans(question.evidence))
