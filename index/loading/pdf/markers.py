"""Rows that begin with a bare number -> which of them are items of a list: their numbers go up, and their text hangs."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:  # The child process has no use for them.
    from collections.abc import Sequence

    from index.loading.pdf.lines import Row

_COUNT = re.compile(r"[0-9]{1,3} (?=\S)")
_SAME_PLACE = 2.0
"""Points by which the places of markers may differ."""


def counted_rows(rows: Sequence[Row]) -> dict[int, re.Match[str]]:
    """The rows that begin an item of a list with bare numbers ("1", "2"), each with its number.

    Between two items there is nothing but rows that are set further in.

    Args:
        rows: rows in reading order.
    """
    found: dict[int, re.Match[str]] = {}
    last, number = -1, 0
    before: re.Match[str] | None = None
    for n, row in enumerate(rows):
        if last >= 0 and _hangs(row, rows[last]):
            continue
        match = _COUNT.match(row.text) if _is_counted(row) else None
        if match is None:
            last, before = -1, None
            continue
        own = int(match.group())
        if before is not None and own == number + 1 and _is_below(row, rows[last]):
            found.setdefault(last, before)
            found[n] = match
        last, number, before = n, own, match
    return found


def _is_counted(row: Row) -> bool:
    return len(row.cells) == 1 and row.cells[0].counts and not row.bold


def _is_below(row: Row, other: Row) -> bool:
    within = row.page == other.page and row.column == other.column
    return within and abs(row.x0 - other.x0) < _SAME_PLACE and abs(row.size - other.size) < 0.08 * other.size


def _hangs(row: Row, item: Row) -> bool:
    """Whether a row may go on with an item: it is set further in."""
    within = row.page == item.page and row.column == item.column
    return within and row.x0 > item.x0 + row.size and len(row.cells) == 1 and row.size <= 1.08 * item.size
