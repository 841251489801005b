"""Rows of cells -> tables: which rows make one, where its columns are, and what stands in each."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from itertools import pairwise
from operator import itemgetter

TYPE_CHECKING = False
if TYPE_CHECKING:  # The child process has no use for them.
    from collections.abc import Sequence

    from index.loading.pdf.lines import Cell, Row

_MAX_GAP = 3.2
"""Rows of one table are at most so many type sizes apart."""

_ALIGNED = 3.0
"""Points by which the edges of cells in a column may differ."""


_CLOSE = 1.35
"""Lines of one cell are at most so many type sizes apart."""


def find_tables(rows: Sequence[Row], skip: set[int]) -> list[tuple[int, int]]:
    """Which rows are tables, as (first, end).

    Args:
        rows: rows in reading order.
        skip: rows that are something else.
    """
    tables: list[tuple[int, int]] = []
    n = 0
    while n < len(rows):
        end = _end(rows, n, skip)
        if end - n >= 2 and _is_table(rows[n:end]):
            tables.append((_begin(rows, n, skip, tables[-1][1] if tables else 0), end))
            n = end
        else:
            n += 1
    return tables


def _begin(rows: Sequence[Row], first: int, skip: set[int], least: int) -> int:
    """Where a table begins whose first row of several cells is `first`: a name of a column may begin in rows above."""
    edges = [(cell.x0, cell.x1, (cell.x0 + cell.x1) / 2) for cell in rows[first].cells[1:]]
    n = first
    while n > least and n - 1 not in skip and len(rows[n - 1].cells) == 1 and first - n < 3:
        row, below = rows[n - 1], rows[n]
        near = row.page == below.page and row.column == below.column and 0 < below.base - row.base < _CLOSE * row.size
        places = (row.x0, row.x1, (row.x0 + row.x1) / 2)
        if not near or not any(abs(a - b) < _ALIGNED for edge in edges for a, b in zip(edge, places, strict=True)):
            break
        n -= 1
    return n


def _end(rows: Sequence[Row], first: int, skip: set[int]) -> int:
    """One past the last row that may belong to a table that begins at `first`."""
    if len(rows[first].cells) < 2 or first in skip:
        return first
    end, n = first + 1, first + 1
    while n < len(rows) and n not in skip and rows[n].column == rows[first].column and rows[n].page == rows[first].page:
        row = rows[n]
        if row.base - rows[n - 1].base > _MAX_GAP * row.size or row.size > 1.25 * rows[first].size:
            break
        if len(row.cells) > 1:
            end = n + 1
        elif not _is_rest(row, rows[max(first, n - 4) : n]) or n - end > 2:
            break
        n += 1
    # The last cells may go on, in rows of their own.
    while end < len(rows) and len(rows[end].cells) == 1 and _continues(rows, end, first):
        end += 1
    return end


def _is_rest(row: Row, above: Sequence[Row]) -> bool:
    """Whether a row of one cell keeps within one column: the rest of a cell, or a row with a label only."""
    cell = row.cells[0]
    gutters = [(a.x1, b.x0) for other in above for a, b in pairwise(other.cells)]
    return all(cell.x1 <= high + 1 or cell.x0 >= low - 1 for low, high in gutters)


def _continues(rows: Sequence[Row], n: int, first: int) -> bool:
    row, before = rows[n], rows[n - 1]
    near = row.page == before.page and 0 < row.base - before.base < 1.3 * row.size and row.column == before.column
    starts = [cell.x0 for cell in before.cells[1:]]
    return near and any(abs(row.x0 - x) < _ALIGNED for x in starts) and _is_rest(row, rows[max(first, n - 4) : n])


def _is_table(rows: Sequence[Row]) -> bool:
    """Whether cells stand in columns: most have an edge, or the middle, in common with one in another row."""
    full = [row for row in rows if len(row.cells) > 1]
    if len(full) < 2:
        return False
    cells = [cell for row in full for cell in row.cells[1:]]
    most = 0.7 * len(cells)
    return (
        _aligned([cell.x0 for cell in cells]) >= most
        or _aligned([cell.x1 for cell in cells]) >= most
        or _aligned([(cell.x0 + cell.x1) / 2 for cell in cells]) >= most
    )


def _aligned(places: Sequence[float]) -> int:
    """How many of the places have another one near; cells of one row are never that near."""
    buckets = Counter([int(x // _ALIGNED) for x in places])
    return sum([count for n, count in buckets.items() if count + buckets.get(n - 1, 0) + buckets.get(n + 1, 0) > 1])


def cells_of(rows: Sequence[Row]) -> list[list[str]]:
    """The cells of a table, row by row; one that spans columns is repeated in each, one in several rows is joined."""
    columns = _columns(rows)
    table: list[list[str]] = []
    ahead = False
    for n, row in enumerate(rows):
        line = _line(row, columns)
        before = rows[n - 1] if n else None
        if before and (ahead or _is_continued(row, line, before) or _has_rest_of_label(row, line, before, table[-1])):
            table[-1] = [f"{a} {b}".strip() for a, b in zip(table[-1], line, strict=True)]
        else:
            table.append(line)
        ahead = n + 1 < len(rows) and not table[-1][0] and _belongs_below(row, before, rows[n + 1])
    return table


def _line(row: Row, columns: Sequence[tuple[float, float]]) -> list[str]:
    line, first, count = [""] * len(columns), 0, len(columns)
    for cell in row.cells:
        while first < count and columns[first][1] <= cell.x0:
            first += 1
        n = first
        while n < count and columns[n][0] < cell.x1:
            line[n] = f"{line[n]} {cell.text}".strip() if line[n] else cell.text.strip()
            n += 1
        if n == first:
            gaps = [abs(low - cell.x0) for low, _ in columns]
            n = gaps.index(min(gaps))
            line[n] = f"{line[n]} {cell.text}".strip()
    return line


def _belongs_below(row: Row, before: Row | None, below: Row) -> bool:
    """Whether a row without a label has the beginning of cells that end in the row below, to whose foot they are set."""
    gap = below.base - row.base
    return gap < _CLOSE * row.size and (before is None or row.base - before.base > 1.15 * gap)


def _is_continued(row: Row, line: Sequence[str], before: Row) -> bool:
    """Whether the row goes on with the cells of the row before."""
    texts = [text for text in line if text]
    close = row.base - before.base < _CLOSE * row.size
    if not close or not texts or any(any(c.isdigit() for c in text) for text in texts):
        return False
    return not line[0] or (len(texts) == 1 and texts[0][0].islower())


def _has_rest_of_label(row: Row, line: Sequence[str], before: Row, above: Sequence[str]) -> bool:
    """Whether the row before has the beginning of this one's label, and nothing else."""
    close = row.base - before.base < _CLOSE * row.size
    return close and bool(above[0]) and not any(above[1:]) and line[0][:1].islower()


def _columns(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """Where the columns are: what the cells of the fullest rows cover, widened by those of the others that touch but one."""
    most = max([len(row.cells) for row in rows])
    columns = merged([(cell.x0, cell.x1) for row in rows if len(row.cells) == most for cell in row.cells])
    for cell in [cell for row in rows if len(row.cells) < most for cell in row.cells]:
        touched = _touched(cell, columns)
        if len(touched) < 2:
            within = touched and columns[touched[0]][0] <= cell.x0 and cell.x1 <= columns[touched[0]][1]
            if not within:
                columns = merged([*columns, (cell.x0, cell.x1)])
    return columns


def _touched(cell: Cell, columns: Sequence[tuple[float, float]]) -> range:
    """Which columns a cell touches."""
    first = bisect_right(columns, cell.x0, key=itemgetter(1))
    end = first
    while end < len(columns) and columns[end][0] < cell.x1:
        end += 1
    return range(first, end)


def merged(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans (low, high) in order, those that overlap made one."""
    merged: list[tuple[float, float]] = []
    for low, high in sorted(spans):
        if merged and low < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged
