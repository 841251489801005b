"""The text of a delimited file (.csv, .tsv) -> its tables, and the lines of prose above, between and below them."""

from __future__ import annotations

import csv
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.errors import UnreadableFileError
from index.loading.columns import has_numbers, names_columns

_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 200
_SAMPLE_CHARS = 200_000
_MAX_CELL_LINES = 1_000
MAX_COLUMNS = 1_000
_WORD = re.compile(r"[^\W\d_]{2}")
_MIN_WORDS = 5
"""A line with fewer words is a row, whatever its signs."""


@dataclass(frozen=True, slots=True)
class Record:
    """A line of the file that is not blank.

    Attributes:
        cells: its cells, of which some may be empty.
        line: its words as they stand in the file, but for quotation marks around cells.
        width: the cells up to the last that is not empty.
        filled: the cells that are not empty.
        spaced: whether a blank stands behind each delimiter, as behind the commas of a sentence.
        apart: whether a blank line stands before it.
    """

    cells: list[str]
    line: str
    width: int
    filled: int
    spaced: bool
    apart: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of prose, or the rows of a table, in which each column has a cell; `is_last` says that nothing but prose follows."""

    lines: tuple[str, ...] = ()
    rows: tuple[list[str], ...] = ()
    is_last: bool = True


def parts_of(text: str, name: str) -> list[Part]:
    """The tables of a file and the lines around them, in order.

    Args:
        text: what stands in the file.
        name: its name, for messages.

    Raises:
        UnreadableFileError: a cell or a row is larger than any table's.
    """
    stated = re.match(r"sep=(.)\r?\n", text)
    text = text[stated.end() :] if stated else text
    records = _records(text, stated.group(1) if stated else _delimiter(text), name)
    several = [record for record in records if record.filled > 1]
    if not several:
        return [Part(rows=tuple(record.cells[: record.width][-1:] for record in records))]
    prose = _Prose(
        width=Counter(record.width for record in several).most_common(1)[0][0],
        spaced=2 * sum(record.spaced for record in several) > len(several),
    )
    found: list[Part] = []
    tables = list(_tables(records, prose))
    for n, table in enumerate(tables, start=1):
        first, last = prose.around(table)
        found += [Part(lines=tuple(record.line for record in table[:first]))] if first else []
        found.append(Part(rows=tuple(_used(table[first:last])), is_last=n == len(tables)))
        found += [Part(lines=tuple(record.line for record in table[last:]))] if table[last:] else []
    return found


@dataclass(frozen=True, slots=True)
class _Prose:
    """Tells prose from the rows of a table that has mostly `width` cells in a row, with a blank behind delimiters or not."""

    width: int
    spaced: bool

    def holds(self, record: Record) -> bool:
        """Whether a line with delimiters in it is prose: it has words, and other signs than the rows."""
        if len(_WORD.findall(record.line)) < _MIN_WORDS:
            return False
        odd, ends = record.width != self.width, record.line.rstrip("\"'”’)")[-1:] in {".", "!", "?"}
        return (odd and ends) or (record.spaced and not self.spaced and (odd or ends))

    def around(self, records: Sequence[Record]) -> tuple[int, int]:
        """(the first record that is a row; one past the last)."""
        first = 0
        while first < len(records) - 1 and (records[first].filled == 1 or self.holds(records[first])):
            first += 1
        last = len(records)
        while last > first + 1 and self._is_below(records[last - 1]):
            last -= 1
        return first, last

    def _is_below(self, record: Record) -> bool:
        # A row may have nothing but its name, but then the delimiters of its other cells mostly stand there.
        alone = record.filled == 1
        return self.holds(record) or (
            alone and (len(record.cells) == 1 or len(_WORD.findall(record.line)) >= _MIN_WORDS)
        )


def _tables(records: Sequence[Record], prose: _Prose) -> Iterator[list[Record]]:
    """The records of each table, with the lines around it: a blank line and a row of column names begin another."""
    table: list[Record] = []
    head: Record | None = None
    start = 0
    for end in [*(n for n, record in enumerate(records) if record.apart and n), len(records)]:
        chunk = list(records[start:end])
        if head is not None and _begins(chunk, head, prose):
            yield table
            table, head = [], None
        head = head or next((record for record in chunk if record.filled > 1 and not prose.holds(record)), None)
        table += chunk
        start = end
    if table:
        yield table


def _begins(chunk: Sequence[Record], head: Record, prose: _Prose) -> bool:
    """Whether records behind a blank line are another table than the one with that head: they have column names of their own."""
    first, last = prose.around(chunk)
    rows = _used(chunk[first:last])
    if not names_columns(rows):
        return False
    return chunk[first].cells == head.cells or has_numbers(rows) or (first > 0 and chunk[first].width != head.width)


def _used(records: Sequence[Record]) -> list[list[str]]:
    """The rows without the columns that have no cell."""
    used = sorted({n for record in records for n, cell in enumerate(record.cells) if cell})
    # A single wide row must not make each of a million short ones cost as much.
    return [[record.cells[n] for n in used[: bisect_left(used, len(record.cells))]] for record in records]


def _records(text: str, delimiter: str, name: str) -> list[Record]:
    lines = text.splitlines(keepends=True)
    # Python's own limit is 131,072 characters for a cell; the file's length is limited already.
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    try:
        rows = list(csv.reader(lines, delimiter=delimiter))
        if any(cell.count("\n") > _MAX_CELL_LINES for row in rows for cell in row):
            # A quotation mark that is never closed takes the rest of the file into one cell.
            rows = list(csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE))
    except csv.Error as error:
        raise UnreadableFileError(
            f"{name} is no table that can be read: {error}. Save it as .csv again, or as .txt."
        ) from None
    if max(map(len, rows), default=0) > MAX_COLUMNS:
        raise UnreadableFileError(
            f"{name} has a row of over {MAX_COLUMNS:,} cells. Save its columns as rows, or it as .txt."
        )
    found: list[Record] = []
    apart = False
    for row in rows:
        cells = [" ".join(cell.split()) for cell in row]
        filled = [n for n, cell in enumerate(cells) if cell]
        if filled:
            width = filled[-1] + 1
            line = " ".join(delimiter.join(row[filled[0] : width]).split())
            spaced = width > 1 and all(cell[:1].isspace() for cell in row[1:width])
            found.append(Record(cells, line, width, len(filled), spaced, apart))
        apart = not filled
    return found


def _delimiter(text: str) -> str:
    """The character that cuts most rows into equally many cells, more than one; on a tie the first of the list."""

    def agreement(delimiter: str) -> float:
        lines = text[:_SAMPLE_CHARS].splitlines(keepends=True)[:_SAMPLE_ROWS]
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if any(row)]
        except csv.Error:
            return 0.0
        width, times = Counter(widths).most_common(1)[0] if widths else (1, 0)
        # Decimal commas also cut each row alike; a true delimiter cuts all rows, headers too.
        return times / len(widths) if width > 1 else 0.0

    return max(_DELIMITERS, key=agreement)
