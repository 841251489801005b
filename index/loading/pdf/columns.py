"""The rows of a page -> its rows in reading order: columns one after another, with titles over them in between."""

from __future__ import annotations

from itertools import pairwise

from index.loading.pdf.lines import Row
from index.loading.pdf.tables import merged
from index.loading.pdf.words import median

TYPE_CHECKING = False
if TYPE_CHECKING:  # The child process has no use for them.
    from collections.abc import Sequence

    from index.loading.pdf.lines import Cell

_GUTTER = 0.7
"""The least width of the space between two columns, in type sizes."""

_HEADLINE = 1.25
"""A headline is larger than the text by at least this."""

_MARGIN = 2.5
"""Text begins and ends at most so many type sizes from the edges of its column, where the column has a table as well."""

_ACROSS = 2.0
"""In rows over both columns the gutter is less than so many times as wide as the other gaps between cells."""

_MAX_MARKER = 3
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
    starts: dict[int, int] = {}
    for row in rows:
        for cell in row.cells:
            x = round(cell.x0)
            starts[x] = starts.get(x, 0) + 1
    least = min([row.x0 for row in rows]) + _MIN_SHARE * width
    likely = sorted(
        [x for x in starts if x > least and starts[x] + starts.get(x - 1, 0) + starts.get(x + 1, 0) >= 2],
        key=lambda x: -starts[x],
    )[:8]
    if not likely:
        return None
    size = median(row.size for row in rows)
    spans = [[(cell.x0, cell.x1) for cell in row.cells] for row in rows]
    # Headlines side by side: each column above is read to its end before.
    headlines = {
        n
        for n, row in enumerate(rows)
        if len(row.cells) > 1 and min([cell.size for cell in row.cells]) > _HEADLINE * size
    }
    best: tuple[int, int, float] | None = None
    for x in likely:
        for first, last in _runs(spans, x - _GUTTER * size, x - 1.5, headlines):
            if best is not None and last - first <= best[1] - best[0]:
                continue
            sides = _sides(rows[first:last], x - 1.5)
            if all(len(side) >= _MIN_LINES and _is_running(side, width) for side in sides):
                best = (first, last, x - 1.5)
            elif _hold_tables(sides, width):
                begin, end = _longest_without(_across(rows[first:last], x - 1.5), last - first)
                if best is None or end - begin > best[1] - best[0]:
                    best = (first + begin, first + end, x - 1.5)
    return best


def _runs(
    rows: Sequence[Sequence[tuple[float, float]]], low: float, high: float, headlines: set[int]
) -> list[tuple[int, int]]:
    """Runs of rows, as the places of their cells, in which nothing stands between `low` and `high`; headlines begin a new one."""
    runs: list[tuple[int, int]] = []
    first = 0
    for n, row in enumerate(rows):
        if n in headlines and first < n:
            if n - first >= 2:
                runs.append((first, n))
            first = n
        for x0, x1 in row:
            if x0 >= high:
                break
            if x1 > low:
                if n - first >= 2:
                    runs.append((first, n))
                first = n + 1
                break
    if len(rows) - first >= 2:
        runs.append((first, len(rows)))
    return runs


def _halves(cells: list[Cell], gutter: float) -> tuple[list[Cell], list[Cell]]:
    """The cells of a row to the left and to the right of the gutter."""
    n = 0
    while n < len(cells) and cells[n].x0 < gutter:
        n += 1
    return cells[:n], cells[n:]


def _parted(rows: Sequence[Row], gutter: float) -> tuple[list[Row], list[Row]]:
    sides: tuple[list[Row], list[Row]] = ([], [])
    for row in rows:
        for cells, side in zip(_halves(row.cells, gutter), sides, strict=True):
            if cells:
                side.append(row if len(cells) == len(row.cells) else _part(row, cells))
    return sides


def _part(row: Row, cells: list[Cell]) -> Row:
    first = cells[0]
    width = (
        row.first
        if first is row.cells[0]
        else (first.x1 - first.x0) * len(first.text.split(" ", 1)[0]) / len(first.text)
    )
    if len(cells) == 1:
        return Row(cells, row.base, first.size, first.bold, row.page, first=width)
    longest = max(cells, key=lambda cell: len(cell.text))
    return Row(cells, row.base, longest.size, all(cell.bold for cell in cells), row.page, first=width)


def _sides(rows: Sequence[Row], gutter: float) -> tuple[list[list[Cell]], list[list[Cell]]]:
    """The rows to the left and to the right of the gutter, as their cells."""
    sides: tuple[list[list[Cell]], list[list[Cell]]] = ([], [])
    for row in rows:
        left, right = _halves(row.cells, gutter)
        if left:
            sides[0].append(left)
        if right:
            sides[1].append(right)
    return sides


def _is_running(side: Sequence[Sequence[Cell]], width: float) -> bool:
    """Whether a side is running text: a table has short cells, side by side on the same baselines."""
    # A side of many short cells is the rest of a table.
    words = median([cell.text.count(" ") + 1 for cells in side for cell in cells])
    if words < _MIN_WORDS:
        return False
    span = max([cells[-1].x1 for cells in side]) - min([cells[0].x0 for cells in side])
    # Against the wide rows, not against the span: the side may have columns itself.
    lengths = sorted([cells[-1].x1 - cells[0].x0 for cells in side])
    filled = lengths[len(lengths) // 2] >= 0.5 * lengths[(9 * len(lengths)) // 10]
    return filled and span >= _MIN_SHARE * width


def _hold_tables(sides: Sequence[Sequence[Sequence[Cell]]], width: float) -> bool:
    """Whether both sides are running text but for tables within them: the text is as wide as its side."""
    texts = []
    for side in sides[::-1]:
        # The marker of an item may be a cell of its own.
        text = [cells[-1:] for cells in side if len(cells) == 1 or (len(cells) == 2 and _is_marker(cells[0]))]
        if len(text) < _MIN_LINES:
            return False
        texts.append(text)
    return all(_fills(text, side, width) for text, side in zip(texts[::-1], sides, strict=True))


def _fills(text: Sequence[Sequence[Cell]], side: Sequence[Sequence[Cell]], width: float) -> bool:
    if not _is_running(text, width):
        return False
    margin = _MARGIN * median([cells[0].size for cells in text])
    left, right = min([cells[0].x0 for cells in side]), max([cells[-1].x1 for cells in side])
    starts, end = median([cells[0].x0 for cells in text]), max([cells[0].x1 for cells in text])
    return starts <= left + margin and end >= right - margin


def _is_marker(cell: Cell) -> bool:
    return len(cell.text) <= _MAX_MARKER


def _across(rows: Sequence[Row], gutter: float) -> set[int]:
    """The rows of tables over both sides: in several, one after another, the gutter is a gap between cells like the others."""
    found: set[int] = set()
    first = 0
    for n in range(len(rows) + 1):
        if n < len(rows) and all(_halves(rows[n].cells, gutter)) and len(rows[n].cells) > 2:
            continue
        if n - first >= 2:
            spans = merged([(cell.x0, cell.x1) for row in rows[first:n] for cell in row.cells])
            gaps = [(b[0] - a[1], a[1] <= gutter <= b[0]) for a, b in pairwise(spans)]
            others = [gap for gap, is_gutter in gaps if not is_gutter]
            if others and max([gap for gap, is_gutter in gaps if is_gutter], default=0.0) < _ACROSS * median(others):
                found.update(range(first, n))
        first = n + 1
    return found


def _longest_without(rows: set[int], count: int) -> tuple[int, int]:
    """The longest run of `count` rows without any of these."""
    edges = [-1, *sorted(rows), count]
    first, last = max(pairwise(edges), key=lambda pair: pair[1] - pair[0])
    return first + 1, last
