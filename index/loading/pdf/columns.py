"""The rows of a page -> its rows in reading order: columns one after another, with titles over them in between."""

from __future__ import annotations

from collections.abc import Sequence

from index.loading.pdf.lines import Cell, Row
from index.loading.pdf.words import median

_GUTTER = 0.7
"""The least width of the space between two columns, in type sizes."""

_HEADLINE = 1.25
"""A headline is larger than the text by at least this."""

_MIN_LINES = 3
_MIN_WORDS = 3.0
_MIN_SHARE = 0.13
"""A column takes at least this share of the page's width."""

_MAX_DEPTH = 5


def in_reading_order(rows: Sequence[Row], width: float) -> list[Row]:
    """The rows in the order in which a person reads them; what stands in different columns is parted to rows of its own.

    Args:
        rows: the rows of one page, from top to bottom.
        width: the width of the page.
    """
    ordered: list[Row] = []
    for column, block in enumerate(_blocks(list(rows), width, 0)):
        for row in block:
            row.column = column
        ordered += block
    return ordered


def _blocks(rows: list[Row], width: float, depth: int) -> list[list[Row]]:
    """Runs of rows between the same margins, in reading order."""
    if not rows:
        return []
    found = _columns(rows, width) if depth < _MAX_DEPTH else None
    if found is None:
        return [rows]
    first, last, gutter = found
    left, right = _parted(rows[first:last], gutter)
    return [
        *_blocks(rows[:first], width, depth + 1),
        *_blocks(left, width, depth + 1),
        *_blocks(right, width, depth + 1),
        *_blocks(rows[last:], width, depth + 1),
    ]


def _columns(rows: list[Row], width: float) -> tuple[int, int, float] | None:
    """The longest run of rows with a gutter through them: (first, end, where its right column begins)."""
    size = median(row.size for row in rows)
    starts: dict[int, int] = {}
    for row in rows:
        for cell in row.cells:
            starts[round(cell.x0)] = starts.get(round(cell.x0), 0) + 1
    leftmost = min(row.x0 for row in rows)
    likely = sorted(
        (
            x
            for x in starts
            if x > leftmost + _MIN_SHARE * width and starts[x] + starts.get(x - 1, 0) + starts.get(x + 1, 0) >= 2
        ),
        key=lambda x: -starts[x],
    )[:8]
    best: tuple[int, int, float] | None = None
    for x in likely:
        for first, last in _runs(rows, x - _GUTTER * size, x - 1.5, _HEADLINE * size):
            if (best is None or last - first > best[1] - best[0]) and _are_columns(rows[first:last], x - 1.5, width):
                best = (first, last, x - 1.5)
    return best


def _runs(rows: Sequence[Row], low: float, high: float, large: float) -> list[tuple[int, int]]:
    """Runs of rows in which nothing stands between `low` and `high`, without rows at their ends that have but one side."""
    runs: list[tuple[int, int]] = []
    first = 0
    for n in range(len(rows) + 1):
        if first < n < len(rows) and len(rows[n].cells) > 1 and min(cell.size for cell in rows[n].cells) > large:
            # Headlines side by side: each column above is read to its end before.
            if n - first >= 2:
                runs.append((first, n))
            first = n
        if n == len(rows) or any(cell.x0 < high and cell.x1 > low for cell in rows[n].cells):
            if n - first >= 2:
                runs.append((first, n))
            first = n + 1
    return runs


def _parted(rows: Sequence[Row], gutter: float) -> tuple[list[Row], list[Row]]:
    left: list[Row] = []
    right: list[Row] = []
    for row in rows:
        halves = [cell for cell in row.cells if cell.x0 < gutter], [cell for cell in row.cells if cell.x0 >= gutter]
        for cells, side in zip(halves, (left, right), strict=True):
            if cells:
                side.append(row if len(cells) == len(row.cells) else _part(row, cells))
    return left, right


def _part(row: Row, cells: list[Cell]) -> Row:
    first = cells[0]
    width = (
        row.first if first is row.cells[0] else (first.x1 - first.x0) * len(first.text.split(" ")[0]) / len(first.text)
    )
    longest = max(cells, key=lambda cell: len(cell.text))
    return Row(cells, row.base, longest.size, all(cell.bold for cell in cells), row.page, first=width)


def _are_columns(rows: Sequence[Row], gutter: float, width: float) -> bool:
    """Whether both sides are running text: a table has short cells, side by side on the same baselines."""
    for is_left in (True, False):
        side = [cells for row in rows if (cells := [cell for cell in row.cells if (cell.x0 < gutter) is is_left])]
        if len(side) < _MIN_LINES:
            return False
        # A side of many short cells is the rest of a table.
        words = median([cell.text.count(" ") + 1 for cells in side for cell in cells])
        if words < _MIN_WORDS:
            return False
        span = max([cells[-1].x1 for cells in side]) - min([cells[0].x0 for cells in side])
        # Against the wide rows, not against the span: the side may have columns itself.
        lengths = sorted([cells[-1].x1 - cells[0].x0 for cells in side])
        filled = lengths[len(lengths) // 2] >= 0.5 * lengths[(9 * len(lengths)) // 10]
        if span < _MIN_SHARE * width or not filled:
            return False
    return True
