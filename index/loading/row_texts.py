"""The rows of a table -> texts that can be read one by one, each with its column names."""

from __future__ import annotations

import re
from itertools import pairwise

TYPE_CHECKING = False
if TYPE_CHECKING:  # A process that reads a document must start fast.
    from collections.abc import Sequence

_BARE, _YEAR = re.compile(r"[-−+]?\d[\d.,]*"), re.compile(r"(?:1[5-9]|2[01])\d\d")


class Across(str):
    """The text of a cell that spans several columns, in each of which it is repeated."""

    __slots__ = ()


def row_texts(rows: Sequence[Sequence[str]], header_rows: int | None = None) -> list[str]:
    """The rows of a table, each with its column names: "Korpo: 2021 214, 2023 201".

    Empty cells are left out. Cells are apart by ", ", by "; " where one of them has ", " in it, by " · " where one has both. A
    number that begins a row keeps the name of its column, as it says nothing alone; a year does. One cell over all columns behind
    the label belongs to none of them: "11.00: Lunch".

    Args:
        rows: the cells, row by row; a cell that spans several columns or rows is repeated in each, as `Across` in columns.
        header_rows: how many rows at the top hold column names; None = one if the first row has no numbers and others do.

    Returns:
        The header as a row of its own, then each other row that has text. Empty if no cell has text.
    """
    filled = [any(map(str.strip, row)) for row in rows]
    if header_rows is not None:
        # A table may have a row for names without any: Markdown has no table without one.
        header_rows = sum(filled[:header_rows])
    rows = [row for row, has_text in zip(rows, filled, strict=True) if has_text]
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]
    if header_rows is None:
        header_rows = int(_has_header(cells))
    width = max(map(len, cells), default=0)
    for n, row in enumerate(rows[header_rows:], header_rows):
        if len(row) == width > 2 and isinstance(row[-1], Across):
            _say_once(cells, row, n)
    if not 0 < header_rows < len(cells):
        return [_row(row, []) for row in cells]
    names = [_joined(column) for column in zip(*_even(cells[:header_rows]), strict=True)]
    return [_listed([name for name in names if name])] + [_row(row, names) for row in cells[header_rows:]]


def _say_once(cells: Sequence[list[str]], source: Sequence[str], n: int) -> None:
    """Leave one cell of row `n` of those that are one cell over all columns behind the label, or behind one of several rows."""
    row = cells[n]
    beside = [cells[m][0] for m in (n - 1, n + 1) if 0 <= m < len(cells)]
    start = 1 + (len(row) > 3 and bool(row[0]) and row[0] in beside and row[1] != row[2])
    if len({*row[start:]}) == 1 and all(isinstance(cell, Across) for cell in source[start:]):
        row[start:] = [Across(row[start])]


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    if len(rows) < 2 or len(rows[0]) < 2:
        return False
    numbers = [cell for cell in rows[0][1:] if _is_number(cell)]
    if numbers and not _are_years(numbers):
        return False
    below = [cell for row in rows[1:] for cell in row[1:] if cell]
    return all(rows[0][1:]) and sum(map(_is_number, below)) * 2 >= len(below)


def _is_number(cell: str) -> bool:
    digits = sum(character.isdigit() for character in cell)
    return digits > 0 and digits * 2 >= sum(character.isalnum() for character in cell)


def _are_years(cells: Sequence[str]) -> bool:
    """Whether the cells are years in order, as column names may be."""
    years = [int(cell) for cell in cells if len(cell) == 4 and cell.isdecimal() and 1500 <= int(cell) < 2200]
    return len(years) == len(cells) > 1 and all(0 < abs(b - a) <= 25 for a, b in pairwise(years))


def _even(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    width = max(map(len, rows))
    return [[*row, *[""] * (width - len(row))] for row in rows]


def _joined(parts: Sequence[str]) -> str:
    """The names above a column, outermost first, each once."""
    return " ".join(dict.fromkeys(part for part in parts if part))


def _row(cells: Sequence[str], names: Sequence[str]) -> str:
    first, rest = cells[0], list(enumerate(cells))[1:]
    named = [
        f"{names[n]} {cell}" if n < len(names) and names[n] not in {"", cell} and not isinstance(cell, Across) else cell
        for n, cell in rest
        if cell
    ]
    if not named:
        return first
    if names and names[0] and _BARE.fullmatch(first) and not _YEAR.fullmatch(first):
        first = f"{names[0]} {first}"
    label = f"{first.rstrip(':')}: " if first else ""
    return label + _listed(named)


def _listed(cells: Sequence[str]) -> str:
    """The cells, apart by the first mark that none of them has in it: ", " or "; " or " · "."""
    marks = (mark for mark in (", ", "; ") if not any(mark in cell for cell in cells))
    return next(marks, " · ").join(cells)
