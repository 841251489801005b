"""Places in a text: its paragraphs, its lines, and what a line begins or breaks off with."""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]
"""First character, counted from 0, and one past the last."""

BULLET_MARK = re.compile(r"[-*+•‣◦▪–—·●○■□◆▶►➤➔→»] ")
NUMBERED_TITLE = re.compile(r"[0-9]{1,2}\.?(?: |[0-9.]+ )[^\W\d_a-z]")
NO_TITLE_ENDS = frozenset(".!?:;,…”\"’')")
"""Characters that no heading ends with, if nothing but its form tells that it is one."""

WRAPPED_HYPHEN = re.compile(r"[^\W\d_][-‐]$")


def paragraphs(text: str) -> Iterator[Span]:
    """Spans of the paragraphs between blank lines, without the white space around them."""
    start = 0
    while start < len(text):
        end = text.find("\n\n", start)
        end = len(text) if end < 0 else end
        if span := trimmed(text, (start, end)):
            yield span
        start = end + 2


def trimmed(text: str, span: Span) -> Span | None:
    """The span without the white space at its ends; None = it has nothing else."""
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None


def line_spans(text: str, start: int, end: int) -> Iterator[Span]:
    """Spans of the lines of `text[start:end]` that are not blank, without the white space around them."""
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        if span := trimmed(text, (start, stop)):
            yield span
        start = stop + 1


def bullet_end(text: str, start: int, end: int) -> int:
    """Where the words of a line begin that may have a bullet before them."""
    bullet = BULLET_MARK.match(text, start, end)
    return bullet.end() if bullet and bullet.end() < end else start


def breaks_off(before: str, after: str) -> bool:
    """Whether a line ends in the middle of a sentence that the next one goes on with."""
    return after[0].islower() or before[-1] in ",;" or bool(WRAPPED_HYPHEN.search(before))
