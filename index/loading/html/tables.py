"""Tables of a page: which of them hold data, and their rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from index.loading.row_texts import Across, row_texts

_MAX_CELL = 200
"""The most characters of a cell with blocks in it; layout tables have longer ones ..."""

_MAX_NAMED_CELL = 1_500
"""... unless the table names its columns or rows."""

_MAX_SPAN = 100
_MAX_CELLS = 50_000
"""So many cells are repeated in all; a few characters could ask for millions."""

_BLOCKS = ("p", "div", "ul", "ol", "dl", "section", "article", "form", "figure", "blockquote")
_HEADINGS = ("h1", "h2", "h3", "h4")


def is_data(table: Any) -> bool:
    """Whether a table holds data; else it only lays out the page, and its cells are read as blocks."""
    if table.get("role") in {"presentation", "none"}:
        return False
    rows = [_cells(row) for row in _rows(table)]
    if max(map(len, rows), default=0) < 2:
        return False
    named = table.find("thead") is not None or any(cell.tag == "th" for row in rows for cell in row)
    return not any(_is_layout(cell, named) for row in rows for cell in row)


def rows_of(table: Any, cell_text: Callable[[Any], str]) -> list[str]:
    """The rows of a data table, each with its column names (see `row_texts`); a row with one cell over all columns first."""
    elements = _rows(table)
    grid = _grid([_cells(row) for row in elements], cell_text)
    above = 0
    while above < len(grid) - 1 and len(grid[above]) == 1:
        above += 1
    alone = [text for row in grid[:above] for text in row if text]
    return alone + row_texts(grid[above:], _header_rows(elements[above:], grid[above:]))


def _rows(table: Any) -> list[Any]:
    parts: dict[str, list[Any]] = {"thead": [], "tbody": [], "tfoot": []}
    for child in table:
        if child.tag == "tr":
            parts["tbody"].append(child)
        elif child.tag in parts:
            parts[child.tag].extend(child.iterchildren("tr"))
    # Cells without a row make one.
    return [row for part in parts.values() for row in part] or [table]


def _cells(row: Any) -> list[Any]:
    return [cell for cell in row if cell.tag in {"td", "th"}]


def _is_layout(cell: Any, named: bool) -> bool:
    if next(cell.iterdescendants(*_HEADINGS, "table"), None) is not None:
        return True
    size = sum(map(len, cell.itertext()))
    if size <= _MAX_CELL or named:
        return size > _MAX_NAMED_CELL
    return next(cell.iterdescendants(*_BLOCKS), None) is not None or size > 3 * _MAX_CELL


def _header_rows(rows: list[Any], grid: list[list[str]]) -> int | None:
    """How many rows hold column names: those of "thead", or the first ones that have only "th" and empty cells."""
    head = sum(1 for row in rows if row.getparent().tag == "thead")
    if head:
        return head
    kinds = [[cell.tag for cell in _cells(row) if cell.tag == "th" or "".join(cell.itertext()).strip()] for row in rows]
    if not any("th" in row for row in kinds):
        bold = [all(map(_is_bold, _cells(row))) for row in rows[:2]]
        return 1 if bold == [True, False] else None
    for row in kinds:
        if "td" in row or len(row) < 2:
            break
        head += 1
    return head


def _is_bold(cell: Any) -> bool:
    text = "".join(cell.itertext()).strip()
    return not text or any("".join(part.itertext()).strip() == text for part in cell.iter("b", "strong"))


def _grid(rows: list[list[Any]], cell_text: Callable[[Any], str]) -> list[list[str]]:
    """The cells' texts, those that span columns or rows repeated; one cell over all columns stands alone in its row."""
    grid: list[list[str]] = []
    above: dict[int, tuple[int, str]] = {}
    width = max(sum(_span(cell, "colspan") for cell in row) for row in rows)
    budget = _MAX_CELLS
    for row in rows:
        texts: list[str] = []
        below: dict[int, tuple[int, str]] = {}
        if len(row) == 1 and width > 1 and not above and _span(row[0], "colspan") >= width:
            grid.append([cell_text(row[0])])
            continue
        cells = iter(row)
        while True:
            columns, (down, text) = 1, above.pop(len(texts), (0, ""))
            if not down:
                cell = next(cells, None)
                if cell is not None:
                    columns, down, text = _span(cell, "colspan"), _span(cell, "rowspan"), cell_text(cell)
                    text = Across(text) if columns > 1 else text
                elif not above or max(above) < len(texts):
                    break
            for _ in range(columns if budget > 0 else 1):
                if down > 1 and budget > 0:
                    below[len(texts)] = (down - 1, text)
                texts.append(text)
                budget -= 1
        above = below
        grid.append(texts)
    return grid


def _span(cell: Any, name: str) -> int:
    value = cell.get(name, "1").strip()
    return max(1, min(int(value), _MAX_SPAN)) if value.isdecimal() and len(value) < 7 else 1
