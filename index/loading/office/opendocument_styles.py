"""The styles of an OpenDocument file."""

from __future__ import annotations

import re
from typing import Any, Literal

_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_RAISED = re.compile(r"super|[1-9]\d*%")


class Styles:
    """The styles by their names.

    Args:
        roots: the roots of styles.xml and content.xml, whose own styles come last and win.
    """

    def __init__(self, roots: list[Any]) -> None:
        self._styles = _by_name(roots, f"{_STYLE}style")
        self._lists = _by_name(roots, f"{_TEXT}list-style")

    def level(self, style: str, depth: int) -> Any | None:
        """What a list's style says of a depth; None = nothing."""
        return next((one for one in self._lists.get(style, ()) if one.get(f"{_TEXT}level") == str(depth)), None)

    def chain(self, name: str) -> list[Any]:
        """A style and those that it is made from, nearest first."""
        found: list[Any] = []
        while (style := self._styles.get(name)) is not None and style not in found:
            found.append(style)
            name = style.get(f"{_STYLE}parent-style-name", "")
        return found

    def names(self, name: str) -> set[str]:
        """The names of a style and of those that it is made from."""
        return {name, *(style.get(f"{_STYLE}parent-style-name", "") for style in self.chain(name))}

    def outline(self, element: Any) -> str:
        """The level of a paragraph that has only the style of a heading; empty = it has none."""
        chain = self.chain(element.get(f"{_TEXT}style-name", ""))
        return next((level for style in chain if (level := style.get(f"{_STYLE}default-outline-level"))), "")

    def property(self, name: str, kind: str, key: str) -> str:
        """What a style, or one that it is made from, states; empty = nothing."""
        found = (style.find(f"{_STYLE}{kind}-properties") for style in self.chain(name))
        return next((value for p in found if p is not None and (value := p.get(key)) is not None), "")

    def look(self, name: str) -> Literal["unseen", "raised", ""]:
        """Whether text of a style is hidden or struck out, or raised."""
        for properties in (style.find(f"{_STYLE}text-properties") for style in self.chain(name)):
            if properties is None:
                continue
            struck = (properties.get(f"{_STYLE}text-line-through-{key}") for key in ("style", "type"))
            if next(filter(None, struck), "none") != "none" or properties.get(f"{_TEXT}display") == "none":
                return "unseen"
            if _RAISED.match(properties.get(f"{_STYLE}text-position", "")):
                return "raised"
        return ""


def _by_name(roots: list[Any], tag: str) -> dict[str, Any]:
    return {style.get(f"{_STYLE}name", ""): style for root in roots for style in root.iter(tag)}
