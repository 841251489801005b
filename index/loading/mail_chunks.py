"""The text of an e-mail -> its paragraphs, each with how deep it is quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from index.article import BlockKind
from index.loading.layout import Row, lines_of
from index.pieces import Piece

_QUOTED = re.compile(r"(?:> ?)+")
_OPEN, _CLOSE, _BREAK, _SIGN = "\ue000", "\ue001", "\ue002", "\ue003"
_MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Chunk:
    """A paragraph of a mail, not yet given to one of its writers.

    Attributes:
        depth: how many quotations it stands in.
        lines: its lines, without marks of quotation.
        kind: as in `Piece`, as are level and group.
        level: depth of a heading or an item.
        group: pieces with the same number belong together.
        mail: the head of an attached mail, which begins here.
        label: sender and date of that mail.
        wrapped: whether its lines may end only because they were full.
    """

    depth: int
    lines: tuple[str, ...]
    kind: BlockKind = "paragraph"
    level: int = 0
    group: int = 0
    mail: tuple[Piece, ...] = ()
    label: str = ""
    wrapped: bool = True


def plain_chunks(text: str, *, flowed: bool = False, delsp: bool = False) -> list[Chunk]:
    """The paragraphs of a plain text.

    Args:
        text: the text, with ">" before the lines that are quoted.
        flowed: whether a space at the end of a line says that it goes on (RFC 3676).
        delsp: whether that space is to be deleted.
    """
    lines = list(_flowed(text, delsp) if flowed else _quoted_lines(text))
    chunks: list[Chunk] = []
    for n, ((depth, filled, rows), run) in enumerate(groupby(lines, _sort), 1):
        if rows:
            chunks += [Chunk(depth, (line,), "row", group=n) for _, line in run]
        elif filled:
            chunks.append(Chunk(depth, tuple(line for _, line in run), wrapped=not flowed))
    return chunks


def html_chunks(markup: str) -> list[Chunk]:
    """The paragraphs of a mail in HTML; one that has line ends is given line by line."""
    from index.loading.html import pieces_of

    chunks: list[Chunk] = []
    depth = 0
    for piece in pieces_of(_marked(markup)):
        depth = min(max(depth + piece.text.count(_OPEN) - piece.text.count(_CLOSE), 0), _MAX_DEPTH)
        text = piece.text.replace(_OPEN, "").replace(_CLOSE, "").replace(_SIGN, "--")
        if piece.kind != "paragraph":
            line = " ".join(text.replace(_BREAK, " ").split())
            chunks += [Chunk(depth, (line,), piece.kind, piece.level, piece.group)] if line else []
            continue
        broken = [" ".join(line.split()) for line in text.split(_BREAK)]
        runs = (tuple(run) for filled, run in groupby(broken, bool) if filled)
        chunks += [Chunk(depth, run, group=piece.group, wrapped=False) for run in runs]
    return chunks


def _marked(markup: str) -> str:
    """The markup with marks of our own where quotations begin and end, at line ends, and before a signature."""
    import lxml.html
    from lxml.etree import LxmlError

    try:
        root = lxml.html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", markup))
    except (LxmlError, ValueError):
        return markup
    for element in list(root.iter("br", "blockquote", "div", "p", "span")):
        if (element.text or "").strip() == "--":
            element.text = _SIGN  # Of a web page, a line of dashes would be left out.
        if element.tag == "br":
            element.tail = _BREAK + (element.tail or "")
        elif element.tag == "blockquote":
            element.tag = "div"
            _insert(element, 0, _OPEN)
            _insert(element, len(element), _CLOSE)
        elif "gmail_signature" in element.get("class", "").split() or element.get("id") == "Signature":
            _insert(element, 0, _SIGN)
    return str(lxml.html.tostring(root, encoding="unicode"))


def _insert(parent: object, place: int, text: str) -> None:
    import lxml.html

    mark = lxml.html.Element("p")
    mark.text = text
    if place == 0:
        mark.tail, parent.text = parent.text, None  # type: ignore[attr-defined]
    parent.insert(place, mark)  # type: ignore[attr-defined]


def _quoted_lines(text: str) -> Iterator[tuple[int, str]]:
    for depth, run in groupby(map(_unquoted, text.splitlines()), itemgetter(0)):
        for line in lines_of("\n".join(body for _, body in run)):
            shown = " ".join(line.split())
            yield depth, Row(shown) if isinstance(line, Row) else shown


def _unquoted(line: str) -> tuple[int, str]:
    mark = _QUOTED.match(line)
    return (min(mark.group().count(">"), _MAX_DEPTH), line[mark.end() :]) if mark else (0, line)


def _flowed(text: str, delsp: bool) -> Iterator[tuple[int, str]]:
    parts: list[str] = []
    depth = 0
    for line in text.splitlines():
        level = len(line) - len(line.lstrip(">"))
        body = line[level:].removeprefix(" ")
        if parts and level != depth:
            yield min(depth, _MAX_DEPTH), " ".join("".join(parts).split())
            parts = []
        depth = level
        goes_on = body.endswith(" ") and body != "-- "
        parts.append(body[:-1] if goes_on and delsp else body)
        if not goes_on:
            yield min(depth, _MAX_DEPTH), " ".join("".join(parts).split())
            parts = []
    if parts:
        yield min(depth, _MAX_DEPTH), " ".join("".join(parts).split())


def _sort(line: tuple[int, str]) -> tuple[int, bool, bool]:
    return line[0], bool(line[1]), isinstance(line[1], Row)
