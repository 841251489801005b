"""The numbers of lists and headings in a Word document, which the file doesn't hold as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from index.loading.office.docx_styles import W, value_of
from index.loading.office.drafting import label

_PLACE = re.compile("%([1-9])")


class Numbering:
    """Counts the numbered paragraphs as they come.

    Args:
        root: the root of numbering.xml; None = there is none.
        style_property: the paragraph property of a style: (style, name) -> element.
    """

    def __init__(self, root: Any, style_property: Callable[[str, str], Any]) -> None:
        self._style_property = style_property
        self._levels: dict[str, list[Any]] = {}
        self._lists: dict[str, tuple[str, dict[int, int]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()
        for abstract in () if root is None else root.iter(f"{W}abstractNum"):
            self._levels[abstract.get(f"{W}abstractNumId", "")] = list(abstract.iter(f"{W}lvl"))
        for number in () if root is None else root.iter(f"{W}num"):
            starts = {
                _number(override.get(f"{W}ilvl"), 0): _number(value_of(override, "startOverride"), 1)
                for override in number.iter(f"{W}lvlOverride")
                if override.find(f"{W}startOverride") is not None
            }
            self._lists[number.get(f"{W}numId", "")] = (value_of(number, "abstractNumId"), starts)

    def next(self, properties: Any, style: str) -> tuple[str, int]:
        """The number of the next paragraph and its depth from 1: ("2.1", 2), ("", 1) with a bullet; ("", 0) = it's in no list."""
        own = None if properties is None else properties.find(f"{W}numPr")
        styled = self._style_property(style, "numPr")
        number = value_of(own, "numId") or value_of(styled, "numId")
        abstract, starts = self._lists.get(number, ("", {}))
        levels = self._levels.get(abstract, [])
        depth = _number(value_of(own, "ilvl") or value_of(styled, "ilvl"), 0)
        if depth >= len(levels):
            return "", 0
        counts = self._counts.setdefault(abstract, {})
        if number not in self._begun:
            self._begun.add(number)
            counts.update({level: start - 1 for level, start in starts.items()})
        counts[depth] = counts.get(depth, self._start(levels[depth]) - 1) + 1
        for deeper in [level for level in counts if level > depth]:
            del counts[deeper]
        return self._text(levels, counts, depth), depth + 1

    def _text(self, levels: list[Any], counts: dict[int, int], depth: int) -> str:
        if value_of(levels[depth], "numFmt") in {"bullet", "none"}:
            return ""

        def one(match: re.Match[str]) -> str:
            level = int(match.group(1)) - 1
            if level >= len(levels):
                return ""
            return label(counts.get(level, self._start(levels[level])), value_of(levels[level], "numFmt"))

        return _PLACE.sub(one, value_of(levels[depth], "lvlText"))

    def _start(self, level: Any) -> int:
        return _number(value_of(level, "start"), 1)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else default
