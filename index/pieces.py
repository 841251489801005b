"""What a loader gives: the pieces of a document in reading order, and what the document states about itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from index.article import BlockKind


@dataclass(frozen=True, slots=True)
class Piece:
    """A typed piece of a document, not yet cleaned.

    Attributes:
        kind: as in `Block`.
        text: the words that a reader sees, in one line; only verse and preformatted text have line ends. An item has no bullet,
            but keeps its number ("3. "). Raised marks are raised digits ("1,200⁴"), a power is "10^6", a lowered digit is plain
            ("CO2"), and so is one raised after a unit ("m2").
        level: depth of a heading or an item, from 1; 0 = it has none.
        page: page, slide or sheet of the document, from 1; 0 = it has none.
        group: pieces with the same number, not 0, that follow each other are set without a blank line between them: the items of
            one list with the line that introduces it, the rows of one table with its caption.
    """

    kind: BlockKind
    text: str
    level: int = 0
    page: int = 0
    group: int = 0


@dataclass(frozen=True, slots=True)
class Loaded:
    """A document as its loader understood it.

    Attributes:
        pieces: its pieces, in reading order; the headline stands among them where it is shown.
        title: the title that the document states in its metadata, or shows; may be empty.
        published: the publication date that it states; None = none, or less than a whole day.
        updated: the date of its last change that it states; None as above.
        authors: the names of its authors, without "By" and offices.
        site: the name of its site, newspaper or institution; may be empty.
        text: a plain text, whose pieces are found when it is cleaned; only if there are no `pieces`.
        notices: what a user should know about how it was read, such as "3 pages were read from pictures".
    """

    pieces: tuple[Piece, ...] = ()
    title: str = ""
    published: date | None = None
    updated: date | None = None
    authors: tuple[str, ...] = ()
    site: str = ""
    text: str = ""
    notices: tuple[str, ...] = ()


def row_texts(rows: Sequence[Sequence[str]], header_rows: int | None = None) -> list[str]:
    """The rows of a table, each with its column names: "Korpo: 2021 214, 2023 201".

    Empty cells are left out. Cells are apart by "; " where one of them has ", " in it.

    Args:
        rows: the cells, row by row; a cell that spans several columns or rows is repeated in each.
        header_rows: how many rows at the top hold column names; None = one if the first row has no numbers and others do.

    Returns:
        The header as a row of its own, then each other row that has text. Empty if no cell has text.
    """
    cells = [[" ".join(cell.split()) for cell in row] for row in rows]
    cells = [row for row in cells if any(row)]
    if header_rows is None:
        header_rows = int(_has_header(cells))
    if not 0 < header_rows < len(cells):
        return [_row(row, []) for row in cells]
    names = [_joined(column) for column in zip(*_even(cells[:header_rows]), strict=True)]
    return [_listed([name for name in names if name])] + [_row(row, names) for row in cells[header_rows:]]


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
        f"{names[n]} {cell}" if n < len(names) and names[n] and names[n] != cell else cell for n, cell in rest if cell
    ]
    if not named:
        return first
    label = f"{first.rstrip(':')}: " if first else ""
    return label + _listed(named)


def _listed(cells: Sequence[str]) -> str:
    return ("; " if any(", " in cell for cell in cells) else ", ").join(cells)
