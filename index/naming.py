"""Names that people give: one line each, without what would reorder or break the text around them."""

from __future__ import annotations

import re

REORDERING = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Bidirectional marks, which reorder a text and what follows it."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def one_line(text: str, most: int | None = None) -> str:
    """A text on one line, without control characters and bidirectional marks, cut to a number of characters if one is given."""
    flat = _CONTROL.sub(" ", REORDERING.sub("", text))
    return " ".join(flat.split())[:most].rstrip()
