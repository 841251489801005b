"""Spreadsheets: the tables on a sheet, their titles and column names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.loading.office.drafting import Draft, has_two_heads
from index.loading.row_texts import Across

_NUMBERED = re.compile(r"[^\W\d]{4,12} ?\d{1,2}")
_DATE = re.compile(r"\d{4}-\d\d")
_LONGEST_CAPTION = 150


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with text.

    Attributes:
        text: what a person sees.
        is_value: whether it holds a number, a date or a time, not words.
    """

    text: str
    is_value: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """A block of merged cells; rows and columns are numbered from 0 and included."""

    top: int
    left: int
    bottom: int
    right: int


Grid = dict[int, dict[int, Cell]]
"""Row -> column -> cell; only cells with text."""


def spread(grid: Grid, merged: Sequence[Merged], draft: Draft) -> None:
    """Repeat the text of merged cells in each row and column that they span and that is in use."""
    last = max(grid, default=0)
    width = 1 + max((max(row) for row in grid.values() if row), default=0)
    alone = {n for n, row in grid.items() if len(row) == 1}
    for block in merged:
        cell = grid.get(block.top, {}).get(block.left)
        if cell is None:
            continue
        # A title alone on its row stands above no column.
        right = block.left if block.top in alone else min(block.right, width - 1)
        if right > block.left:
            cell = grid[block.top][block.left] = replace(cell, text=Across(cell.text))
        draft.spend((min(block.bottom, last) - block.top + 1) * (right - block.left + 1))
        for row in range(block.top, min(block.bottom, last) + 1):
            for column in range(block.left, right + 1):
                if row in grid:
                    grid[row].setdefault(column, cell)


def add_sheets(draft: Draft, sheets: Sequence[tuple[int, str, Mapping[int, Mapping[int, Cell]]]]) -> None:
    """Add sheets: each one's name as a heading, then its tables, which blank rows or columns keep apart.

    Args:
        draft: what is added to.
        sheets: (number, name, visible cells by row and column) of each; those without cells are left out.
    """
    filled = [sheet for sheet in sheets if any(sheet[2].values())]
    for draft.page, name, grid in filled:
        # A name such as "Sheet1" says nothing if there is no other.
        if len(filled) > 1 or not _NUMBERED.fullmatch(name):
            draft.add("heading", name, 1)
        _add_grid(draft, grid)


def _add_grid(draft: Draft, grid: Mapping[int, Mapping[int, Cell]]) -> None:
    rows = sorted(n for n, row in grid.items() if row)
    block: list[Mapping[int, Cell]] = []
    for before, n in pairwise([-2, *rows]):
        if n != before + 1:
            _add_block(draft, block)
            block = []
        block.append(grid[n])
    _add_block(draft, block)


def _add_block(draft: Draft, rows: Sequence[Mapping[int, Cell]]) -> None:
    """Add the tables that stand side by side in rows without a blank one."""
    parts: list[set[int]] = []
    last = -2
    for n in sorted({column for row in rows for column in row}):
        if not parts or (n != last + 1 and _is_table(rows, n) and _is_table(rows, min(parts[0]))):
            parts.append(set())
        parts[-1].add(n)
        last = n
    for part in parts:
        cut = ({n: cell for n, cell in row.items() if n in part} for row in rows)
        _add_table(draft, [row for row in cut if row])


def _is_table(rows: Sequence[Mapping[int, Cell]], first: int) -> bool:
    """Whether a table begins with a column: most of its cells are labels, each with a cell beside it."""
    labels = [row for row in rows if first in row and not row[first].is_value and first + 1 in row]
    return len(labels) > 1 and 2 * len(labels) > sum(first in row for row in rows)


def _add_table(draft: Draft, rows: Sequence[Mapping[int, Cell]]) -> None:
    """Lines of one cell above a table are its captions, those below it are remarks."""
    start = next((n for n, row in enumerate(rows) if len(row) > 1), len(rows))
    end = next((n for n in range(len(rows), start, -1) if len(rows[n - 1]) > 1), start)
    for row in rows[:start]:
        for cell in row.values():
            draft.add("caption" if end > start and len(cell.text) <= _LONGEST_CAPTION else "paragraph", cell.text)
    table = rows[start:end]
    columns = sorted({column for row in table for column in row})
    cells = [[row[column].text if column in row else "" for column in columns] for row in table]
    draft.table(cells, _header_rows(table, cells))
    for row in rows[end:]:
        for cell in row.values():
            draft.add("paragraph", cell.text)


def _header_rows(table: Sequence[Mapping[int, Cell]], cells: Sequence[Sequence[str]]) -> int | None:
    """How many rows hold column names: the first if it has only words, for most columns; the next too under repeated ones.

    A row of units has words over numbers, and nothing before them.
    """
    if len(table) < 2:
        return None
    if has_two_heads(cells):
        return 2
    if any(cell.is_value for cell in table[0].values()):
        dates = all(map(_DATE.match, cells[0][1:])) and not any(map(_DATE.match, cells[1][1:]))
        return 1 if dates and len(cells[0]) > 2 else None
    if len(cells[0]) < 3:
        return None
    if 2 * len(table[0]) <= len(cells[0]):
        return 0
    words = not any(cell.is_value for cell in table[1].values())
    units = len(table) > 2 and not cells[1][0] and cells[0][0] and cells[2][0]
    return 2 if units and words and any(cell.is_value for cell in table[2].values()) else 1
