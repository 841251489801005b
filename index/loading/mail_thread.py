"""The text of an e-mail -> its thread: who wrote which part, told by quote marks and by the lines that mail programs write."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, groupby, pairwise, takewhile, zip_longest

from index.article import BlockKind
from index.pieces import Piece

_QUOTED = re.compile(r"(?:> ?)+")
_BULLET = re.compile(r"[-*•–+]\s+(?=\S)")
_ITEM = re.compile(r"[-*•–+]\s+\S|\(?\d{1,3}[.)]\s+\S")
_LABEL = re.compile(r"\*{0,2}([^\W\d_][\w ./'’-]{0,24}?)\s?\*{0,2}:\*{0,2}\s?\s*(.*)")
_RULED = re.compile(r"[-_]{3,}(.*?)[-_]*")
_DATED = re.compile(r"\b\d{4}\b|\d:\d\d")
_REPLY = re.compile(r"(?:[^\W\d_]{1,4}(?:\[\d+\])?:\s*)+")
_WIDEST = 100
"""Programs wrap mails at 65 to 80 characters; a longer line is a paragraph that is not wrapped."""

_NARROWEST = 50
_MAX_ATTRIBUTION = 300
_MAX_HEAD = 12
_MAX_DEPTH = 50
_OPEN, _CLOSE, _BREAK, _SIGN = "\ue000", "\ue001", "\ue002", "\ue003"


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
    runs = (([line for _, line in run], depth) for (depth, filled), run in groupby(lines, _depth_and_filled) if filled)
    return [Chunk(depth, tuple(run), wrapped=not flowed) for run, depth in runs]


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


def thread(chunks: Sequence[Chunk], label: str, subject: str) -> list[Piece]:
    """The pieces of a mail; where another one begins to speak, a heading says who and when.

    Args:
        chunks: its paragraphs, in order.
        label: its sender and date.
        subject: its subject, which tells the head of a quoted mail from other lines.
    """
    subject = _base(subject)
    merged = _merged(chunks, subject)
    made = _Thread(label, subject, _widths(merged))
    for chunk, after in zip_longest(merged, merged[1:]):
        made.add(chunk, after.depth if after else 0)
    return made.pieces


def _quoted_lines(text: str) -> Iterator[tuple[int, str]]:
    for line in text.splitlines():
        mark = _QUOTED.match(line)
        depth = min(mark.group().count(">"), _MAX_DEPTH) if mark else 0
        yield depth, " ".join(line[mark.end() if mark else 0 :].split())


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


def _depth_and_filled(line: tuple[int, str]) -> tuple[int, bool]:
    return line[0], bool(line[1])


def _merged(chunks: Sequence[Chunk], subject: str) -> list[Chunk]:
    """The chunks, with a quoted mail's head whose lines stand in a paragraph each put into one."""
    merged: list[Chunk] = []
    place = 0
    while place < len(chunks):
        chunk = chunks[place]
        alone = (chunk.depth, "paragraph", 1)
        shapes = [(one.depth, one.kind, len(one.lines)) for one in chunks[place : place + _MAX_HEAD]]
        near = chunks[place : place + sum(1 for _ in takewhile(alone.__eq__, shapes))]
        ruled = bool(merged and merged[-1].lines and _rule(merged[-1].lines[-1]))
        block = _head_lines([one.lines[0] for one in near], subject, ruled)
        merged.append(replace(chunk, lines=tuple(block)) if block else chunk)
        place += len(block) or 1
    return merged


def _rule(line: str) -> re.Match[str] | None:
    return _RULED.fullmatch(line) if len(line) <= _MAX_ATTRIBUTION else None


def _widths(chunks: Sequence[Chunk]) -> dict[int, int]:
    """How wide the lines of each depth are wrapped."""
    widths: dict[int, int] = {chunk.depth: _NARROWEST for chunk in chunks}
    for chunk in chunks:
        for line in chunk.lines:
            if len(line) <= _WIDEST:
                widths[chunk.depth] = max(widths[chunk.depth], len(line))
    return widths


class _Thread:
    def __init__(self, label: str, subject: str, widths: dict[int, int]) -> None:
        self.pieces: list[Piece] = []
        self._labels = {0: label}
        self._shown = label
        self._depth = 0
        self._signed = False
        self._rule = ""
        self._subject = subject
        self._widths = widths
        self._numbers = count(100)
        self._groups: dict[int, int] = {}

    def add(self, chunk: Chunk, next_depth: int) -> None:
        """Add a paragraph; `next_depth` is how deep the one after it stands."""
        if chunk.mail:
            self.pieces += chunk.mail
            self._labels, self._shown, self._depth, self._signed = {0: chunk.label}, chunk.label, 0, False
            return
        if chunk.depth != self._depth:
            self._labels = {depth: label for depth, label in self._labels.items() if depth <= chunk.depth}
            self._depth, self._signed = chunk.depth, False
        if chunk.kind != "paragraph":
            self._emit(chunk)
            return
        lines = list(chunk.lines)
        said = _paragraph(lines, self._width(chunk))
        if chunk.depth and chunk.depth not in self._labels and _attribution(said) == said.replace("\n", " "):
            # Some programs put this line into the quotation.
            self._labels[chunk.depth] = said.replace("\n", " ")
            return
        taken = _attribution(said) if next_depth > chunk.depth else ""
        if taken:
            lines = _without(lines, taken)
        self._add_lines(chunk, lines)
        if taken:
            self._labels[next_depth] = taken

    def _add_lines(self, chunk: Chunk, lines: list[str]) -> None:
        start = 0
        for n, line in enumerate(lines):
            rule = _rule(line)
            block = (
                _head_lines(lines[n : n + _MAX_HEAD], self._subject, bool(self._rule))
                if n >= start and not rule
                else []
            )
            if rule or block or line == "--":
                self._emit(replace(chunk, lines=tuple(lines[start:n])))
                start = n + max(len(block), 1)
            if line == "--":
                self._signed = True
            elif rule:
                self._flush_rule()
                self._rule = rule.group(1).strip() or " "
            elif block:
                self._begin(chunk.depth, block)
        self._emit(replace(chunk, lines=tuple(lines[start:])))

    def _begin(self, depth: int, block: list[str]) -> None:
        """Begin the mail whose head is `block`."""
        values = [match.group(2) for line in block if (match := _LABEL.fullmatch(line))]
        dated = next((value for value in values[1:] if _DATED.search(value)), "")
        self._rule, self._signed = "", False
        self._labels[depth] = self._shown = ", ".join(filter(None, (values[0], dated)))
        group = next(self._numbers)
        self.pieces.append(Piece("heading", self._shown, level=2))
        self.pieces += [Piece("furniture", line.replace("*", ""), group=group) for line in block]

    def _flush_rule(self) -> None:
        # A line that has words but no mail's head after it is still a heading; one without words says nothing.
        if self._rule.strip():
            self.pieces.append(Piece("heading", self._rule, level=2))
        self._rule = ""

    def _emit(self, chunk: Chunk) -> None:
        if not any(chunk.lines):
            return
        self._flush_rule()
        label = self._labels.get(chunk.depth, "")
        if label and label != self._shown:
            self.pieces.append(Piece("heading", label, level=2))
            self._shown = label
        group = self._groups.setdefault(chunk.group, next(self._numbers)) if chunk.group else 0
        kind: BlockKind = "furniture" if self._signed else chunk.kind
        if kind != "paragraph":
            text = "\n".join(chunk.lines) if kind == "furniture" else chunk.lines[0]
            self.pieces.append(
                Piece(kind, text, chunk.level, group=group or (next(self._numbers) if self._signed else 0))
            )
        else:
            unlabelled = chunk.depth > 0 and not label
            self.pieces += self._text_pieces(chunk, "quote" if unlabelled else "paragraph", group)

    def _width(self, chunk: Chunk) -> int:
        return self._widths[chunk.depth] if chunk.wrapped else sys.maxsize

    def _text_pieces(self, chunk: Chunk, kind: BlockKind, group: int) -> list[Piece]:
        width = self._width(chunk)
        starts = [n for n, line in enumerate(chunk.lines) if _ITEM.match(line)]
        if not starts or (len(starts) == 1 and not _BULLET.match(chunk.lines[starts[0]])):
            return [Piece(kind, _paragraph(chunk.lines, width), group=group)]
        group = group or next(self._numbers)
        intro = [Piece(kind, _paragraph(chunk.lines[: starts[0]], width), group=group)] if starts[0] else []
        runs = (chunk.lines[start:end] for start, end in pairwise([*starts, len(chunk.lines)]))
        return intro + [Piece("item", _BULLET.sub("", " ".join(run), count=1), level=1, group=group) for run in runs]


def _paragraph(lines: Sequence[str], width: int) -> str:
    """The lines in one, with a line end where the next word would have fit: there the writer ended the line."""
    parts: list[str] = [*lines[:1]]
    for before, line in pairwise(lines):
        fits = len(before) > _WIDEST or len(before) + 1 + len(line.split(" ", 1)[0]) <= width
        parts += ["\n" if fits else " ", line]
    return "".join(parts)


def _attribution(text: str) -> str:
    """The end of a paragraph that says who wrote what is quoted next: with a date or an address, and a colon at its end."""
    lines = text[-3 * _MAX_ATTRIBUTION :].split("\n")
    if not lines[-1].endswith((":", "：")):
        return ""
    for n in range(1, min(len(lines), 3) + 1):
        taken = " ".join(lines[-n:])
        if re.search(r"[\d@]", taken) and len(taken) <= _MAX_ATTRIBUTION:
            return taken
    return ""


def _without(lines: list[str], taken: str) -> list[str]:
    """The lines without the words of `taken` at their end."""
    left = len(taken)
    while lines and left > 0:
        left -= len(lines.pop()) + 1
    return lines


def _base(subject: str) -> str:
    """A subject without "Re:" and the like."""
    return _REPLY.sub("", subject[:_MAX_ATTRIBUTION], count=1).casefold().strip()


def _head_lines(lines: list[str], subject: str, ruled: bool) -> list[str]:
    """The lines of a quoted mail's head that `lines` begins with, in any language; empty = there is none."""
    block: list[str] = []
    for line in lines:
        if not _LABEL.fullmatch(line) and not (block and block[-1].endswith((";", ","))):
            break
        block.append(line)
    values = [match.group(2) for line in block if (match := _LABEL.fullmatch(line))]
    if len(values) < 3 or not any(_DATED.search(value) for value in values[1:]):
        return []
    same = subject and any(_base(value) == subject for value in values)
    return block if ruled or same or "@" in values[0] else []
