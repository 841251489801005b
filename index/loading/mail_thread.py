"""The text of an e-mail -> its thread: who wrote which part, told by quote marks and by the lines that mail programs write."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count, pairwise, takewhile, zip_longest

from index.article import BlockKind
from index.loading.mail_chunks import Chunk
from index.pieces import Piece
from index.spans import breaks_off

_BULLET = re.compile(r"[-*•–+]\s+(?=\S)")
_ITEM = re.compile(r"[-*•–+]\s+\S|\(?\d{1,3}[.)]\s+\S")
_MARKED = re.compile(r"[\w)\]]\*(?![\w*])")
_BOLD = re.compile(r"(?<!\w)\*\w")
_LABEL = re.compile(r"\*{0,2}([^\W\d_][\w ./'’-]{0,24}?)\s?\*{0,2}:\*{0,2}\s?\s*(.*)")
_RULED = re.compile(r"[-_]{3,}(.*?)[-_]*")
_DATED = re.compile(r"\b\d{4}\b|\d:\d\d")
_REPLY = re.compile(r"(?:[^\W\d_]{1,4}(?:\[\d+\])?:\s*)+")
_WIDEST = 100
"""Programs wrap mails at 65 to 80 characters; a longer line is a paragraph that is not wrapped."""

_NARROWEST = 50
_MAX_ATTRIBUTION = 300
_MAX_HEAD = 12


def thread(chunks: Sequence[Chunk], label: str, subject: str) -> list[Piece]:
    """The pieces of a mail; where another one begins to speak, a heading says who and when.

    Args:
        chunks: its paragraphs, in order.
        label: its sender and date.
        subject: its subject, which tells the head of a quoted mail from other lines.
    """
    subject = _base(subject)
    merged = _merged(chunks, subject)
    made = _Thread(label, subject, _widths(merged, subject))
    for chunk, after in zip_longest(merged, merged[1:]):
        made.add(chunk, after.depth if after else 0)
    return made.pieces


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


def _widths(chunks: Sequence[Chunk], subject: str) -> dict[int, int]:
    """How wide the lines of each depth are wrapped, by those that the writers wrote."""
    widths: dict[int, int] = {chunk.depth: _NARROWEST for chunk in chunks}
    whole: Counter[int] = Counter()
    broken: Counter[int] = Counter()
    for chunk, after in zip_longest(chunks, chunks[1:]):
        deeper = after is not None and after.depth > chunk.depth
        # An address is never wrapped.
        lines = [line for line in _written(chunk.lines, subject, deeper or chunk.depth > 0) if " " in line]
        widths[chunk.depth] = max(widths[chunk.depth], *(len(line) for line in ["", *lines] if len(line) <= _WIDEST), 0)
        whole[chunk.depth] += sum(len(line) > _WIDEST for line in lines)
        broken[chunk.depth] += sum(len(line) > _NARROWEST for line in lines[:-1])
    # Where paragraphs are long lines, the line ends of the others are meant.
    return {depth: _WIDEST if 2 * whole[depth] > broken[depth] else width for depth, width in widths.items()}


def _written(lines: Sequence[str], subject: str, may_quote: bool) -> Iterator[str]:
    """The lines of a paragraph but those that programs write: the head of a quoted mail, and who wrote what is quoted."""
    end = len(lines) - (3 if may_quote and _attribution("\n".join(lines)) else 0)
    n = 0
    while n < end:
        ruled = n > 0 and _rule(lines[n - 1]) is not None
        block = _head_lines(list(lines[n : n + _MAX_HEAD]), subject, ruled)
        if not block:
            yield lines[n]
        n += len(block) or 1


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
        self._marked = False  # Whether a word has a star that no note explains yet.

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
        fields = [match.groups() for line in block if (match := _LABEL.fullmatch(line))]
        values = [value for _, value in fields]
        # In most heads the sender comes first, whatever it is called; in digests of mailing lists a number does.
        sender = next((value for label, value in fields if label.casefold() == "from" and value), values[0])
        dated = next((value for value in values if value != sender and _DATED.search(value)), "")
        self._rule, self._signed = "", False
        self._labels[depth] = self._shown = ", ".join(filter(None, (sender, dated)))
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
        self._marked = self.pieces[-1].kind != "note" and (self._marked or _has_mark(chunk.lines))

    def _width(self, chunk: Chunk) -> int:
        return self._widths[chunk.depth] if chunk.wrapped else sys.maxsize

    def _text_pieces(self, chunk: Chunk, kind: BlockKind, group: int) -> list[Piece]:
        width = self._width(chunk)
        starts = [n for n, line in enumerate(chunk.lines) if _ITEM.match(line)]
        if not starts or (len(starts) == 1 and not _BULLET.match(chunk.lines[starts[0]])):
            return [Piece(kind, _paragraph(chunk.lines, width), group=group)]
        group = group or next(self._numbers)
        note = len(starts) == 1 and chunk.lines[starts[0]][0] == "*"
        note = note and (self._marked or _has_mark(chunk.lines[: starts[0]]))
        intro = [Piece(kind, _paragraph(chunk.lines[: starts[0]], width), group=group)] if starts[0] else []
        if note:
            return [*intro, Piece("note", _paragraph(chunk.lines[starts[0] :], width), group=group)]
        pieces = intro
        for start, end in pairwise([*starts, len(chunk.lines)]):
            # A sentence below a list is no part of the last item.
            stop = next(
                (n for n in range(start + 1, end) if _begins_anew(*chunk.lines[n - 1 : n + 1], width=width)), end
            )
            item = _BULLET.sub("", " ".join(chunk.lines[start:stop]), count=1)
            pieces.append(Piece("item", item, level=1, group=group))
            pieces += [Piece(kind, _paragraph(chunk.lines[stop:end], width), group=group)] if stop < end else []
        return pieces


def _has_mark(lines: Sequence[str]) -> bool:
    """Whether a word has a star behind it, as for a note; one before it too makes it bold."""
    return any(_MARKED.search(line) and not _BOLD.search(line) for line in lines)


def _paragraph(lines: Sequence[str], width: int) -> str:
    """The lines in one, with a line end where the next word would have fit: there the writer ended the line."""
    parts: list[str] = [*lines[:1]]
    for before, line in pairwise(lines):
        parts += ["\n" if _is_meant_end(before, line, width) else " ", line]
    return "".join(parts)


def _begins_anew(before: str, line: str, *, width: int) -> bool:
    """Whether a line below one of an item is none of its lines."""
    return _is_meant_end(before, line, width) and not breaks_off(before, line)


def _is_meant_end(before: str, line: str, width: int) -> bool:
    """Whether the next word would have fit on the line before."""
    return len(before) > _WIDEST or len(before) + 1 + len(line.split(" ", 1)[0]) <= width


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
