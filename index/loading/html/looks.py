"""What blocks look like: verse or prose, a heading or bold words, a note or text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from index.article import BlockKind
from index.heading import is_date_line
from index.pieces import Piece

_SENTENCE_END = re.compile(r"[.!?…:;。！？][\"'”’»)\]]*$")
CLOCK = re.compile(r"\d{1,2}[:.h]\d\d(?:\b|(?=\s?[ap]\.?m)).{0,14}")
_SIGNED_CLOCK = re.compile(r"\d{1,2}[:.h]\d\d(?:\s?[ap]\.?m\.?)?(?:[\s,|·–-]+[^\W\d_a-z][\w.’'-]*){1,4}")
_TOOL = re.compile(r"\[\s*[^\]]{1,40}\]")
_NOTES = frozenset(
    "footnotes endnotes references footnote endnote correction corrections clarification clarifications erratum errata "
    "editors-note editor-note article-correction".split()
)
_NOTE_ROLES = frozenset({"doc-footnote", "doc-endnote", "doc-endnotes", "doc-footnotes", "doc-errata"})
_BACK_ARROWS = frozenset("↩ ↑ ⏎ ↵ ^ ¶ # § 🔗 ↩︎ ⤴".split())
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PARTS = frozenset({"a", "b", "em", "span", "strong", "time"})
_SET_APART = re.compile(r"[a-z][A-Z0-9]|[0-9][A-Z]|[:;,.!?)][^\W_]")
_MARK = re.compile(r"\s*[\[(]?(?:[0-9]{1,3}|[*†‡§]{1,3}|[a-z])[\])]?\.?\s*")
_MARK_ALONE = re.compile(r"[0-9⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}")
_TIME_ALONE = re.compile(r"[0-9]{4}|[0-9]{1,2}[:.][0-9]{2}(?:\s?[ap]\.?m\.?)?", re.IGNORECASE)
_MAX_BOLD = 100
_MAX_SUMMARY = 150
_MAX_FIGURE = 600
_MAX_LINE = 70
"""A longer line is prose, whose line breaks mean nothing."""


def is_prose(lines: Sequence[str]) -> bool:
    """Whether lines are sentences that were broken or set apart, rather than those of a verse or an address."""
    if max(map(len, lines)) > _MAX_LINE or (
        len(lines) == 2 and (lines[1][0].islower() or len(lines[0]) > _MAX_LINE // 2)
    ):
        return True
    inner = lines[:-1]
    return sum(bool(_SENTENCE_END.search(line)) for line in inner) * 2 > len(inner)


def is_bold(element: Any) -> bool:
    """Whether a short paragraph is bold as a whole, and no sentence: a heading by looks."""
    if (
        len(element) != 1
        or (element.text or "").strip()
        or element[0].tag not in {"b", "strong"}
        or (element[0].tail or "").strip()
    ):
        return False
    text = "".join(element.itertext()).strip()
    return 0 < len(text) <= _MAX_BOLD and not _SENTENCE_END.search(text) and not CLOCK.fullmatch(text)


def is_summary(element: Any) -> bool:
    """Whether an element is the line that opens a fold: its heading, unless it is a date or has a heading in it."""
    if element.tag != "summary" and not (element.tag == "button" and "aria-expanded" in element.attrib):
        return False
    text = " ".join("".join(element.itertext()).split())
    in_heading = (
        next(element.iterancestors(*_HEADINGS), None) is not None or next(element.iter(*_HEADINGS), None) is not None
    )
    return 0 < len(text) <= _MAX_SUMMARY and not in_heading and not is_date_line(text) and not CLOCK.fullmatch(text)


def is_picture(element: Any) -> bool:
    """Whether a figure has a picture with lines about it, rather than a listing or an essay."""
    if element.tag != "figure" or element.find(".//pre") is not None:
        return False
    return sum(map(len, element.itertext())) <= _MAX_FIGURE


def is_time(text: str) -> bool:
    """Whether a line is a time of day, with little but the name of who wrote then."""
    return bool(CLOCK.fullmatch(text) or _SIGNED_CLOCK.fullmatch(text))


def is_set_apart(element: Any, before: str) -> bool:
    """Whether an element stands apart from the one before it by style alone, as a label from its value ("Serves4")."""
    last = element.getprevious()
    if element.tag not in _PARTS or last is None or last.tag not in _PARTS or (last.tail or "") or not before:
        return False
    first = next((text for text in element.itertext() if text), "")[:1]
    if "time" in (element.tag, last.tag):
        return before[-1].isalnum() and first.isalnum()
    around = element.getparent()
    beside = (around.text or "", element.tail or "")
    alone = around.tag not in {"code", "kbd", "samp"} and not any(map(str.strip, beside))
    label = " " in before.strip() and before[-1].isalnum() and first.isdecimal()
    return alone and (label or bool(_SET_APART.match(before[-1] + first)))


def is_tool(element: Any, in_heading: bool) -> bool:
    """Whether a part of a heading, or what stands beside one, is a link in brackets, such as to edit its section."""
    if element.tag != "span":
        return False
    if "editsection" in element.get("class", ""):
        return True
    before = element.getprevious()
    return (
        (in_heading or (before is not None and before.tag in _HEADINGS))
        and element.find(".//a") is not None
        and bool(_TOOL.fullmatch("".join(element.itertext()).strip()))
    )


def is_question(term: str) -> bool:
    """Whether a term is a question or another sentence."""
    return bool(_SENTENCE_END.search(term)) and not term.endswith((":", ".", "…"))


def is_label(last: Piece, kind: BlockKind, place: int) -> bool:
    """Whether a piece is only the mark of the note that goes on behind it, or the year or time that an item begins with."""
    if last.kind != kind:
        return False
    if kind == "note":
        return bool(_MARK_ALONE.fullmatch(last.text))
    return kind == "item" and place == 1 and bool(_TIME_ALONE.fullmatch(last.text))


def is_note(element: Any) -> bool:
    """Whether an element holds notes."""
    names = (*element.get("class", "").lower().split(), element.get("id", "").lower())
    return element.get("role") in _NOTE_ROLES or not _NOTES.isdisjoint(names) or _is_marked(element)


def _is_marked(element: Any) -> bool:
    """Whether a paragraph begins with a mark that leads back to its place in the text."""
    if element.tag not in {"p", "div"} or len(element) == 0 or (element.text or "").strip():
        return False
    link = element[0] if element[0].tag == "a" else element[0].find("a")
    if link is None or not link.get("href", "").startswith("#"):
        return False
    return bool(_MARK.fullmatch("".join(link.itertext()))) and bool((element[0].tail or "").strip() or len(element) > 1)


def is_back_link(link: Any) -> bool:
    """Whether a link only leads back from a note to its mark, or to the heading that it stands in."""
    if link.get("role") == "doc-backlink" or "backlink" in link.get("class", ""):
        return True
    if link.tag != "a":
        return False
    text = "".join(link.itertext()).strip()
    return text in _BACK_ARROWS and link.get("href", "").startswith("#") and link.find(".//sup") is None


def numbered(number: int, style: str, raised_mark: bool) -> str:
    """The number before an item, or the mark before a note."""
    if raised_mark:
        return str(number).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")) + " "
    if style in {"a", "A"} and 1 <= number <= 26:
        return f"{chr(ord(style) + number - 1)}. "
    if style in {"i", "I"} and 1 <= number < 40:
        roman = "x" * (number // 10) + ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[number % 10]
        return f"{roman if style == 'i' else roman.upper()}. "
    return f"{number}. "
