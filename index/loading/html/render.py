"""A tree -> the pieces that a reader sees, in order. One pass over the elements, since pages may be nested without end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from index.article import BlockKind
from index.loading.html.inline import formula, is_raised, raised
from index.loading.html.looks import (
    is_back_link,
    is_bold,
    is_label,
    is_note,
    is_picture,
    is_prose,
    is_question,
    is_set_apart,
    is_summary,
    is_time,
    is_tool,
    numbered,
)
from index.loading.html.place import Place, is_block
from index.loading.html.tables import is_data, rows_of
from index.loading.html.tree import KIND
from index.pieces import Piece

_LISTS = frozenset({"ul", "ol", "menu", "dir", "dl"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_GAP = re.compile(r"\n[ \n]*\n")
_BULLET = re.compile(r"(?:[•‣▪●◦·*–—-])[ \u00a0\u2003]+(?=\S)")
_PRE_STYLE = re.compile(r"white-space\s*:\s*pre(?:-wrap|-line)?\b", re.IGNORECASE)
_CAPTION = re.compile(
    r"(?:^|[\s_-])(?:(?:fig|image|photo|wp|media|thumb)?-?_?caption(?:-text|-title)?|gallerytext"
    r"|(?:image|photo|media)[_-]+credit)(?:$|\s)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[0-9]{1,3}[.)] +\S")
_QUOTES = frozenset({"pullquote", "pull-quote", "blockquote"})
_STOPS = (",", ".", ":", ";", "!", "?")
_MAX_TIME = 40
_MAX_INTRODUCTION = 400
_MAX_TABLES = 3
"""Tables within cells of tables are read as blocks from this depth on."""


def render(tree: Any) -> list[Piece]:
    """The pieces of a tree, from which what is hidden has been removed."""
    return _Writer().write(tree)


def cell_text(cell: Any, depth: int = 0) -> str:
    """The text of a cell in one line, its blocks and lines apart by commas."""
    pieces = _Writer(depth + 1).write(cell)
    texts = [line for piece in pieces for line in piece.text.split("\n") if line]
    return "".join(
        text if n == len(texts) - 1 else f"{text} " if text.endswith(_STOPS) or texts[n + 1][0] == "(" else f"{text}, "
        for n, text in enumerate(texts)
    )


class _Writer:
    def __init__(self, depth: int = 0) -> None:
        self._tables = depth
        self._pieces: list[Piece] = []
        self._parts: list[str] = []
        self._place = Place()
        self._stack: list[tuple[Any, Place]] = []
        self._used_lead = False
        self._groups = 0
        self._quotes = 0
        self._level = 1
        self._terms: list[str] = []
        self._counts: list[int] = []
        self._defined = True
        self._time = False
        self._timed = -1
        self._item_from = -1

    def write(self, tree: Any) -> list[Piece]:
        """The pieces of a tree."""
        from lxml import etree

        walk = etree.iterwalk(tree, events=("start", "end"))
        for event, element in walk:
            if not isinstance(element.tag, str):
                if event == "end":
                    self._add(element.tail)
                continue
            if event == "start":
                if self._start(element):
                    self._add(element.text)
                else:
                    walk.skip_subtree()
                continue
            self._end(element)
            if element is not tree:
                self._add(element.tail)
        self._flush()
        return self._pieces

    def _add(self, text: str | None) -> None:
        if text:
            self._parts.append(text if self._place.preformatted else _BLANKS.sub(" ", text))

    # Elements

    def _start(self, element: Any) -> bool:
        """Take note of an element that begins; whether its content is still to be read."""
        tag = element.tag
        if tag in {"head", "title"} and (element.getparent() is None or element.getparent().tag in {"html", "head"}):
            return False
        if tag == "br":
            self._parts.append("\n")
        elif tag in {"sup", "a", "span"} and is_raised(element, before := self._before()):
            self._parts.append(raised(element, before))
            return False
        elif tag == "math":
            self._parts.append(formula(element))
            return False
        elif tag == "q":
            self._parts.append("‘" if self._quotes % 2 else "“")
            self._quotes += 1
        elif tag == "input":
            if element.get("type") == "checkbox" and self._place.kind == "item":
                # A box that is to be ticked says nothing.
                self._parts.append(
                    "☑ " if "checked" in element.attrib else "☐ " if "disabled" in element.attrib else ""
                )
        elif (tag in {"a", "span"} and is_back_link(element)) or is_tool(element, self._place.kind == "heading"):
            return False
        elif tag == "time" and not "".join(self._parts).strip():
            self._time = True
        if not self._place.preformatted and is_set_apart(element, self._parts[-1] if self._parts else ""):
            self._parts.append(" ")
        if is_block(element):
            return self._open(element)
        return True

    def _before(self) -> str:
        return "".join(self._parts[-4:])[-20:].replace("\n", " ")

    def _end(self, element: Any) -> None:
        if element.tag == "q":
            self._quotes -= 1
            self._parts.append("’" if self._quotes % 2 else "”")
        if self._stack and self._stack[-1][0] is element:
            self._flush()
            closed = self._place
            _, self._place = self._stack.pop()
            if element.tag in _LISTS and element.tag != "dl":
                self._counts.pop()
            if element.tag == "li":
                self._used_lead = True
            if element.tag == "dl":
                self._end_terms(closed)
        elif element.tag == "hr":
            self._flush()

    def _open(self, element: Any) -> bool:
        self._flush()
        if element.tag == "table" and self._tables < _MAX_TABLES and is_data(element):
            self._table(element)
            return False
        self._stack.append((element, self._place))
        self._place = self._placed(element)
        return True

    def _placed(self, element: Any) -> Place:
        """The place of an element's text."""
        place, tag = self._place, element.tag
        if kind := element.get(KIND):
            place = replace(place, kind=kind, group=0)
        if tag in _HEADINGS or element.get("role") == "heading":
            if place.kind in {"paragraph", "item", "note", "caption"}:
                level = element.get("aria-level", "")
                self._level = _HEADINGS.get(tag, 0) or (int(level) if level in set("123456") else 2)
                self._used_lead = True
                return replace(place, kind="heading", level=self._level, group=0, lead="")
        elif tag in _LISTS:
            return self._list(element, place)
        elif tag == "li":
            return self._item(element, place)
        elif tag == "dt":
            if self._defined:
                self._terms.clear()
            self._defined = False
            return replace(place, term=True)
        elif tag == "dd":
            return self._definition(place)
        elif place.kind == "paragraph" and ((tag in {"p", "div"} and is_bold(element)) or is_summary(element)):
            return replace(place, kind="heading", level=max(2, min(6, self._level + 1)))
        elif tag in {"pre", "address"} or _PRE_STYLE.search((element.get("style") or "")[:500]):
            return replace(place, preformatted=tag != "address", lines=True)
        elif place.kind == "paragraph" and is_picture(element):
            return replace(place, kind="caption", group=0)
        elif tag in {"figcaption", "blockquote", "footer"} and place.kind in {"paragraph", "item", "caption"}:
            kinds: dict[str, BlockKind] = {"figcaption": "caption", "blockquote": "quote", "footer": "note"}
            return replace(place, kind=kinds[tag], level=0, group=0)
        if place.kind in {"paragraph", "item"} and tag != "body" and _CAPTION.search(element.get("class", "")):
            return replace(place, kind="caption", level=0, group=0)
        names = element.get("class", "").split()
        if place.kind == "paragraph" and not _QUOTES.isdisjoint(names):
            return replace(place, kind="quote", group=0)
        if "hatnote" in names:
            return replace(place, kind="furniture", group=0)
        if is_note(element):
            return replace(place, kind="note", level=0, group=0)
        return place

    def _list(self, element: Any, place: Place) -> Place:
        start = element.get("start", "").strip()
        if element.tag != "dl":
            first = sum(1 for _ in element.iterchildren("li")) if "reversed" in element.attrib else 1
            self._counts.append(int(start) if re.fullmatch(r"-?[0-9]{1,6}", start) else first)
        if place.kind == "note" or (place.kind == "paragraph" and is_note(element)):
            return replace(place, kind="note", level=0, group=0)
        group = place.group if place.depth and place.group else self._introduced(element)
        return replace(place, depth=place.depth + 1, group=group, lead="")

    def _introduced(self, element: Any) -> int:
        """A new group for a list, with the line before it if that introduces it."""
        self._groups += 1
        before = element.getprevious()
        text = (before.tail or "").strip() if before is not None else (element.getparent().text or "").strip()
        last = self._pieces[-1] if self._pieces else None
        beside = bool(text) or (before is not None and before.tag not in _LISTS)
        if last and beside and last.kind == "paragraph" and not last.group and len(last.text) <= _MAX_INTRODUCTION:
            self._pieces[-1] = replace(last, group=self._groups)
        return self._groups

    def _item(self, element: Any, place: Place) -> Place:
        parent = element.getparent()
        lead = ""
        if parent is not None and parent.tag == "ol" and self._counts:
            value = element.get("value", "").strip()
            number = int(value) if re.fullmatch(r"-?[0-9]{1,6}", value) else self._counts[-1]
            self._counts[-1] = number + (-1 if "reversed" in parent.attrib else 1)
            lead = numbered(number, parent.get("type", "1"), raised_mark=place.kind == "note")
        self._used_lead = False
        self._item_from = len(self._pieces)
        if place.kind == "note":
            return replace(place, lead=lead)
        kind: BlockKind = "item" if place.kind == "paragraph" else place.kind
        return replace(place, kind=kind, level=max(1, place.depth), lead=lead)

    def _definition(self, place: Place) -> Place:
        term = ", ".join(self._terms)
        defined, self._defined = self._defined, True
        if place.kind not in {"paragraph", "item"}:
            return place
        if is_question(term):
            # Questions with their answers are headings with paragraphs.
            if not defined:
                self._pieces += [Piece("heading", text, max(2, self._level)) for text in self._terms]
            return replace(place, kind="paragraph", group=0)
        self._used_lead = False
        return replace(place, kind="item", level=max(1, place.depth), lead=f"{term.rstrip(':')}: " if term else "")

    def _end_terms(self, place: Place) -> None:
        """Give the terms that have no definition."""
        if not self._defined:
            self._pieces += [Piece("item", text, max(1, place.depth), group=place.group) for text in self._terms]
        self._terms.clear()

    def _table(self, table: Any) -> None:
        self._groups += 1
        for caption in table.iterchildren("caption"):
            if text := cell_text(caption, self._tables):
                self._pieces.append(Piece("caption", text, group=self._groups))
        rows = rows_of(table, lambda cell: cell_text(cell, self._tables))
        self._pieces += [Piece("row", row, group=self._groups) for row in rows if row]

    # Text

    def _flush(self) -> None:
        """End the block that is being read."""
        text = "".join(self._parts)
        self._parts.clear()
        timed, self._time = self._time, False
        if not text.strip():
            return
        if self._place.preformatted:
            self._emit("\n".join(line.rstrip() for line in text.strip("\n").split("\n")))
            return
        for block in _GAP.split(text):
            lines = [line for line in (part.strip(" ") for part in block.split("\n")) if line.strip()]
            marked = max(sum(map(bool, map(mark.match, lines))) for mark in (_BULLET, _NUMBERED))
            if len(lines) > 1 and marked * 2 > len(lines) and marked > 1:
                self._bulleted(lines)
            elif lines:
                self._emit(self._joined([_BLANKS.sub(" ", line) for line in lines]), timed)

    def _joined(self, lines: Sequence[str]) -> str:
        if self._place.kind == "heading" or self._place.term:
            return " ".join(lines)
        return (" " if is_prose(lines) and not self._place.lines else "\n").join(lines)

    def _bulleted(self, lines: Sequence[str]) -> None:
        """The items of a list that was made of line breaks."""
        self._groups += 1
        for line in lines:
            mark = _BULLET.match(line)
            kind: BlockKind = "item" if mark or _NUMBERED.match(line) else self._place.kind
            level = int(kind == "item")
            self._pieces.append(Piece(kind, line[mark.end() :] if mark else line, level, group=self._groups))

    def _emit(self, text: str, timed: bool = False) -> None:
        place = self._place
        if place.term:
            self._terms.append(text)
            return
        if place.kind == "heading" and place.level > 1 and self._timed == len(self._pieces) > 0:
            # The time of an entry stands before its heading; alone, it would end the entry before.
            text = f"{self._pieces.pop().text} {text}"
        elif self._pieces and is_label(self._pieces[-1], place.kind, len(self._pieces) - self._item_from):
            # A note's mark, or an item's year or time, in a block of its own.
            last = self._pieces.pop()
            digits = last.kind == "note" and last.text.isdecimal()
            text = f"{numbered(int(last.text), '1', raised_mark=True) if digits else last.text + ' '}{text}"
            self._used_lead = place.kind == "note"
            place = replace(place, lead="")
        if place.kind == "paragraph" and not place.group and (timed or is_time(text)) and len(text) <= _MAX_TIME:
            self._timed = len(self._pieces) + 1
        if place.lead and not self._used_lead:
            text = place.lead + text
        elif place.kind == "item" and self._used_lead:
            place = replace(place, kind="paragraph", level=0)
        if place.kind == "item":
            self._used_lead = True
        self._pieces.append(
            Piece(place.kind, text, place.level if place.kind in {"item", "heading"} else 0, group=place.group)
        )
