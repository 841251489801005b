"""Headings in the plain text of a mail: lines with a line of signs drawn below them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from index.loading.mail_chunks import Chunk

_DRAWN = re.compile(r"([=~*#-])\1{2,}")
_MIN, _MAX = 4, 80
_UNEVEN = 2
"""A line is drawn below a heading if it is as wide, but for so many characters."""


def with_headings(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """The paragraphs, with the headings in them apart and without the lines drawn around them.

    Dashes that no heading stands above stay: they may part two mails.
    """
    for chunk in chunks:
        if any(map(_DRAWN.fullmatch, chunk.lines)):
            yield from _parts(chunk)
        else:
            yield chunk


def _parts(chunk: Chunk) -> Iterator[Chunk]:
    kept: list[str] = []
    boxed = ""
    for line in chunk.lines:
        drawn = _DRAWN.fullmatch(line)
        alone = len(kept) == 1 and _MIN <= len(kept[0]) <= _MAX
        if drawn and alone and (boxed == drawn[1] or abs(len(line) - len(kept[0])) <= _UNEVEN):
            yield replace(chunk, lines=tuple(kept), kind="heading", level=3)
            kept, boxed = [], ""
        elif drawn and drawn[1] != "-":
            if kept:
                yield replace(chunk, lines=tuple(kept))
            kept, boxed = [], drawn[1]
        else:
            kept.append(line)
    if kept:
        yield replace(chunk, lines=tuple(kept))
