"""The styles of a Word document: what they say about its paragraphs and runs."""

from __future__ import annotations

from typing import Any

from index.article import BlockKind

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF = frozenset({"0", "false", "off", "none"})
_LONGEST_HEADING = 100


class Styles:
    """The styles by their ids.

    Args:
        root: the root of styles.xml; None = there is none.
    """

    def __init__(self, root: Any) -> None:
        self._styles = by_id(root, f"{W}style", "styleId")

    def chain(self, style: str) -> list[Any]:
        """A style and those that it is based on, nearest first."""
        found: list[Any] = []
        while (element := self._styles.get(style)) is not None and element not in found:
            found.append(element)
            style = value_of(element, "basedOn")
        return found

    def get(self, style: str, name: str) -> Any | None:
        """The first paragraph property of this name in a style or what it is based on."""
        return next((p for s in self.chain(style) if (p := s.find(f"{W}pPr/{W}{name}")) is not None), None)

    def named(self, style: str, *names: str) -> bool:
        """Whether a style, or what it is based on, has one of these names, which are the same in every language."""
        return any(value_of(element, "name").lower() in names for element in self.chain(style))

    def kind(self, style: str, outline: str) -> tuple[BlockKind, int]:
        """The kind and level of a paragraph of this style, which may state a level of its own."""
        level = outline or (found.get(f"{W}val", "") if (found := self.get(style, "outlineLvl")) is not None else "")
        if level.isdecimal() and int(level) < 9:
            return "heading", int(level) + 1
        own = {value_of(element, "name").lower() for element in self.chain(style)}
        if any(element.startswith(("toc ", "index ", "table of figures")) for element in own):
            return "furniture", 0
        for element in own:
            if element.startswith("heading ") and element[8:].isdecimal():
                return "heading", int(element[8:])
        if own & {"caption"}:
            return "caption", 0
        if own & {"quote", "intense quote", "block text"}:
            return "quote", 0
        return "paragraph", 0

    def hides(self, properties: Any) -> bool:
        """Whether the properties of a run leave its text unseen, or strike it out."""
        return any(is_on(self._of_run(properties, name)) for name in ("vanish", "strike", "dstrike"))

    def raises(self, properties: Any) -> bool:
        """Whether the properties of a run raise its text."""
        place, up = (self._of_run(properties, name) for name in ("vertAlign", "position"))
        if place is not None:
            return bool(place.get(f"{W}val") == "superscript")
        return up is not None and up.get(f"{W}val", "").isdecimal() and up.get(f"{W}val") != "0"

    def stands_out(self, paragraph: Any, text: str) -> bool:
        """Whether a paragraph without a heading's style looks like one: a short line, all bold, that is no sentence."""
        if not 2 < len(text.strip()) <= _LONGEST_HEADING or text.rstrip().endswith((".", ":", ";", ",", "!", "…")):
            return False
        return self.bold(paragraph)

    def bold(self, paragraph: Any) -> bool:
        """Whether all words of a paragraph are bold."""
        runs = [run for run in paragraph.iter(f"{W}r") if (run.findtext(f"{W}t") or "").strip()]
        style = value_of(paragraph.find(f"{W}pPr"), "pStyle")
        return bool(runs) and all(is_on(self._of_run(run.find(f"{W}rPr"), "b", style)) for run in runs)

    def _of_run(self, properties: Any, name: str, style: str = "") -> Any | None:
        """A property of a run: its own, or that of its style, or of its paragraph's `style`."""
        chain = [] if properties is None else [properties]
        styles = self.chain(value_of(properties, "rStyle")) + self.chain(style)
        chain += [p for s in styles if (p := s.find(f"{W}rPr")) is not None]
        return next((found for p in chain if (found := p.find(f"{W}{name}")) is not None), None)


def by_id(root: Any, tag: str, key: str = "id") -> dict[str, Any]:
    """The elements of a tag by one of their attributes."""
    return {} if root is None else {element.get(f"{W}{key}", ""): element for element in root.iter(tag)}


def value_of(element: Any, name: str) -> str:
    """What a child of an element states; empty = it isn't there."""
    child = None if element is None else element.find(f"{W}{name}")
    return "" if child is None else child.get(f"{W}val", "")


def is_on(element: Any) -> bool:
    """Whether a property is there and not switched off."""
    return element is not None and element.get(f"{W}val", "1") not in _OFF
