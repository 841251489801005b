"""The lines of a picture of text -> pieces in reading order: columns, paragraphs, headings, rows of tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from index.loading.row_texts import row_texts
from index.pieces import Piece

_HEADING = 1.35
"""A line so many times as high as most is a heading."""

_WIDTH = 2.2
"""So many times as high as wide are letters with the room around them."""

_MAX_LINES = 2_000
"""More lines are no page with columns; looking for columns takes time quadratic in their number."""

_AFTER_FIRST_WORD = re.compile(r"(?<=\w)\W.*")


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a line of words, and its place in a picture.

    Attributes:
        text: its letters.
        x0: left edge in pixels.
        y0: upper edge.
        x1: right edge.
        y1: lower edge.
        confidence: how sure the reader is of it, from 0 to 1.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float

    @property
    def height(self) -> float:
        """How high it is."""
        return self.y1 - self.y0

    @property
    def size(self) -> float:
        """How large its letters are: boxes are drawn more or less closely around lines, but are as wide as their letters."""
        if len(self.text) < 8 or any(character >= "\u2e80" for character in self.text):
            return self.height
        return (self.height + _WIDTH * (self.x1 - self.x0) / len(self.text)) / 2

    @property
    def middle(self) -> float:
        """The height at which its middle lies."""
        return (self.y0 + self.y1) / 2


def layout(lines: Sequence[Word], page: int = 0) -> list[Piece]:
    """The lines of a page as pieces in reading order.

    Args:
        lines: its lines, in any order; one of several columns, or a cell of a table, is a line by itself.
        page: the page's number, as in `Piece`.
    """
    usual = median([line.size for line in lines]) if lines else 1.0
    hyphenated = {match.group().casefold() for line in lines for match in re.finditer(r"\w+-\w+", line.text)}
    pieces: list[Piece] = []
    group = page * 1_000
    for column in _columns(sorted(lines, key=lambda line: line.middle)):
        for several, run in groupby(_rows(column), lambda row: len(row) if len(row) > 1 else 0):
            rows = list(run)
            if several and len(rows) > 1:
                group += 1
                texts = row_texts([[cell.text for cell in row] for row in rows])
                pieces += [Piece("row", text, page=page, group=group) for text in texts]
            else:
                pieces += _paragraphs([line for row in rows for line in row], usual, hyphenated, page)
    return pieces


def _columns(lines: list[Word], depth: int = 0) -> Iterator[list[Word]]:
    """Runs of lines that are read from top to bottom."""
    gutter = _gutter(lines) if depth < 4 and len(lines) <= _MAX_LINES else None
    if gutter is None:
        yield lines
        return
    sides: tuple[list[Word], list[Word]] = ([], [])
    for line in lines:
        if line.x0 < gutter < line.x1:
            # A line over both columns, such as a headline, ends what stands above it.
            yield from (part for side in sides for part in _columns(side, depth + 1) if part)
            sides = ([], [])
            yield [line]
        else:
            sides[line.x0 >= gutter].append(line)
    yield from (part for side in sides for part in _columns(side, depth + 1) if part)


def _gutter(lines: list[Word]) -> float | None:
    """Where two columns of prose are apart: a place that few lines cross, with full lines side by side; None = nowhere."""
    best: tuple[int, float] | None = None
    height = median([line.height for line in lines]) if lines else 0.0
    for place in {round(line.x1) + 2 for line in lines}:
        left = [line for line in lines if line.x1 <= place]
        right = [line for line in lines if line.x0 >= place]
        crossing = len(lines) - len(left) - len(right)
        if min(len(left), len(right)) < 3 or 3 * crossing > len(lines):
            continue
        side_by_side = min(left[-1].y1, right[-1].y1) - max(left[0].y0, right[0].y0)
        better = best is None or crossing < best[0]
        if better and side_by_side > 3 * height and _is_prose(left) and _is_prose(right):
            best = crossing, place
    return best[1] if best else None


def _is_prose(lines: list[Word]) -> bool:
    """Whether most lines fill their column, as those of a table's column don't."""
    width = max(line.x1 for line in lines) - min(line.x0 for line in lines)
    return (
        median([line.x1 - line.x0 for line in lines]) > 0.6 * width and median([len(line.text) for line in lines]) >= 12
    )


def _rows(lines: list[Word]) -> list[list[Word]]:
    """The lines of one column, those that stand beside each other together, from left to right."""
    rows: list[list[Word]] = []
    for line in lines:
        if rows and abs(rows[-1][0].middle - line.middle) < 0.5 * min(rows[-1][0].height, line.height):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.x0) for row in rows]


def _paragraphs(lines: list[Word], usual: float, hyphenated: set[str], page: int) -> Iterator[Piece]:
    right = max((line.x1 for line in lines), default=0.0)
    run: list[Word] = []
    for line in [*lines, None]:
        if run and (line is None or _ends(run, line, right)):
            text = _joined([one.text for one in run], hyphenated)
            large = median([one.size for one in run]) / usual
            heading = large >= _HEADING and len(text) <= 200
            yield Piece(
                "heading" if heading else "paragraph",
                text,
                level=(1 if large >= 1.7 else 2) if heading else 0,
                page=page,
            )
            run = []
        if line:
            run.append(line)


def _ends(run: list[Word], line: Word, right: float) -> bool:
    """Whether a paragraph ends before `line`: by space, by the size of its letters, by a short line, or by an indent."""
    last = run[-1]
    height = min(last.height, line.height)
    gap, sized = line.y0 - last.y1, max(last.size, line.size) / max(min(last.size, line.size), 1.0)
    indented = (line.x0 - min(one.x0 for one in run[-3:]) > height and len(run) > 1) or line.x0 - last.x0 > height
    return (
        gap > 0.9 * height
        or sized > _HEADING
        or (right - last.x1 > 4 * height and last.text.endswith((".", "!", "?", ":")))
        or indented
    )


def _joined(lines: Sequence[str], hyphenated: set[str]) -> str:
    text = ""
    for line in lines:
        whole = re.search(r"\w+-$", text)
        if whole and line[:1].islower():
            spelled = f"{whole.group()}{_AFTER_FIRST_WORD.sub('', line)}".casefold()
            text = (text if spelled in hyphenated else text[:-1]) + line
        else:
            text += f" {line}" if text else line
    return text
