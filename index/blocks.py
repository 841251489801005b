"""Pieces of a document -> canonical text with typed blocks; and the blocks of a plain canonical text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import get_args

from index.article import Block, BlockKind
from index.boilerplate import is_boilerplate
from index.cleaning import LONG_LINE, normalise
from index.heading import find_head
from index.lines import NUMBER, is_rule, is_shouted, line_blocks
from index.pieces import Piece
from index.spans import BULLET_MARK, Span, paragraphs, trimmed

BULLET = "- "
_MAX_NUMBER = 2**31
_HEADING_CHARS = 80
_ENDS = frozenset(".!?:;,…”\"’')")
_MAY_BE_BOILERPLATE = frozenset({"paragraph", "item", "furniture"})


def put_together(pieces: Sequence[Piece]) -> tuple[str, tuple[Block, ...]]:
    r"""The canonical text of a document's pieces, and where each of them stands in it.

    One blank line stands between pieces, "\n" between those of the same group that are rows or short. An item without a number
    gets a bullet, which is no part of its block. Pieces without text, and lines that belong to a page's controls, are left out.
    """
    parts: list[str] = []
    blocks: list[Block] = []
    length = 0
    before: Piece | None = None
    after_long = False
    for piece in pieces:
        text = _canonical(piece)
        if not text:
            continue
        mark = BULLET if piece.kind == "item" and not NUMBER.match(text) else ""
        long = _is_long(piece, len(mark) + len(text))
        together = before is not None and piece.group == before.group != 0 and not (long or after_long)
        gap = "" if before is None else "\n" if together else "\n\n"
        start = length + len(gap) + len(mark)
        parts += [gap + mark, text]
        length = start + len(text)
        blocks.append(Block(start, length, piece.kind, piece.level, piece.page))
        before, after_long = piece, long
    return "".join(parts), tuple(blocks)


def _lines_of(text: str) -> str:
    """The text as canonical text has its characters and its lines."""
    return "\n".join(line.strip(" ") for line in normalise(text).split("\n")).strip("\n")


def _canonical(piece: Piece) -> str:
    lines = [line.strip(" ") for line in normalise(piece.text).split("\n")]
    if piece.kind in _MAY_BE_BOILERPLATE:
        lines = [line for line in lines if not is_boilerplate(line)]
    text = "\n".join(line for line in lines if line)
    return text[2:].lstrip(" ") if piece.kind == "item" and BULLET_MARK.match(text) else text


def _is_long(piece: Piece, characters: int) -> bool:
    # A long line is a paragraph by itself in every text, whoever wrote it. But a table with gaps would be several tables.
    return piece.kind != "row" and characters > LONG_LINE


def blocks_of(text: str) -> tuple[Block, ...]:
    """The blocks of a plain canonical text: its headline and headings, lists, rows of tables and paragraphs.

    The date line and other lines of the head are furniture: they say nothing about the subject.
    """
    found: list[Block] = []
    head = find_head(text)
    known: dict[Span, BlockKind] = {}
    known |= {head.title: "heading"} if head.title else {}
    known |= dict.fromkeys(head.lines, "furniture")
    # Only a table of contents needs to know the text's other lines.
    lines = frozenset(text.split("\n")) if "..." in text else frozenset()
    spans = list(_apart(text, paragraphs(text), sorted(known)))
    for n, (start, end) in enumerate(spans):
        kind = known.get((start, end))
        if kind is not None:
            found.append(Block(start, end, kind, int(kind == "heading")))
        elif is_heading(text, spans, n):
            found.append(Block(start, end, "heading", 2))
        else:
            found += line_blocks(text, start, end, lines)
    return tuple(found)


def _apart(text: str, spans: Iterator[Span], known: Sequence[Span]) -> Iterator[Span]:
    """The paragraphs, with the known lines in them apart."""
    for start, end in spans:
        for span in known:
            if start <= span[0] < end:
                if before := trimmed(text, (start, span[0])):
                    yield before
                yield span
                start = span[1]
        if rest := trimmed(text, (start, end)):
            yield rest


def is_heading(text: str, spans: Sequence[Span], n: int) -> bool:
    """Whether a paragraph looks like the heading of the next one: a short line without a stop, before a longer one with one.

    The first line of a list ends with a colon. A short line in capitals is one before anything.
    """
    line = text[slice(*spans[n])]
    if ": " in line and spans[n][0] > 0 and not text.endswith("\n\n", 0, spans[n][0]):
        # It is one of several facts, another of which is the date.
        return False
    if n + 1 < len(spans) and "\n" not in line and is_shouted(line):
        return True
    if is_rule(line) or n + 1 == len(spans) or len(line) > _HEADING_CHARS or "\n" in line or line[-1] in _ENDS:
        return False
    after = text[slice(*spans[n + 1])]
    return len(after) > len(line) and (after[-1] in _ENDS or after.partition("\n")[0][-1] in _ENDS)


def are_blocks_of(blocks: Sequence[Block], text: str) -> bool:
    """Whether blocks can be those of a text: in order, apart, inside it, and over all of its words but bullets."""
    numbers = [number for block in blocks for number in (block.start, block.end, block.level, block.page)]
    if not all(isinstance(number, int) and 0 <= number < _MAX_NUMBER for number in numbers):
        return False
    if any(block.kind not in get_args(BlockKind) for block in blocks) or text != _lines_of(text):
        return False
    ends = [0, *(block.end for block in blocks)]
    starts = [*(block.start for block in blocks), len(text)]
    if any(block.start >= block.end for block in blocks) or any(a > b for a, b in zip(ends, starts, strict=True)):
        return False
    between = (text[a:b].strip() for a, b in zip(ends, starts, strict=True))
    return blocks != () and all(not gap or BULLET_MARK.fullmatch(f"{gap} ") for gap in between)
