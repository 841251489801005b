"""Text -> folded text, without what a quote may get wrong: kinds of white space and of quote marks, invisible characters."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARKS = "\"'`´‘’‚‛“”„‟«»‹›′″〝〞「」『』＂＇"
"""Quote marks, apostrophes, and characters typed in their place."""
_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
"""Soft hyphen, zero-width characters and marks of writing direction."""

_RUN = re.compile(rf"[\s{_MARKS}{_INVISIBLE}]+")
_QUOTED = re.compile(rf"[{_MARKS}]+")
_END = ' .!?…。！？"'

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text with the places of its characters in the source.

    Attributes:
        text: the text, with each run of white space as one space; each run with a quote mark as `"`, including the white space
            beside the mark, since languages differ in it; and without invisible characters.
        starts: for each character, where in the source it starts.
        ends: for each character, where in the source it ends.
    """

    text: str
    starts: list[int]
    ends: list[int]


def fold(text: str) -> Folded:
    """Fold a text; see `Folded`. Takes time linear in its length."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    before = 0
    for found in _RUN.finditer(text):
        start, end = found.span()
        parts.append(text[before:start])
        starts += range(before, start)
        ends += range(before + 1, start + 1)
        before = end
        marks = [(start + mark.start(), start + mark.end()) for mark in _QUOTED.finditer(found.group())]
        if marks or any(char.isspace() for char in found.group()):
            parts.append('"' if marks else " ")
            # In `“yes” “no”` the run of marks belongs to both quotes: the first ends and the second starts with its own mark.
            starts.append(marks[-1][0] if marks else start)
            ends.append(marks[0][1] if marks else end)
    parts.append(text[before:])
    starts += range(before, len(text))
    ends += range(before + 1, len(text) + 1)
    return Folded("".join(parts), starts, ends)


def says_only(sentence: str, source: str) -> bool:
    """Whether a sentence equals the source, apart from quote marks, white space, the first letter's case and end marks."""
    said, stands = (fold(text).text.strip(_END) for text in (sentence, source))
    return bool(said) and said[1:] == stands[1:] and said[0].lower() == stands[:1].lower()
