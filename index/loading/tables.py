"""Data files (.csv, .tsv, .json, .jsonl) -> pieces: rows with their column names, values with the path to them, or articles."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from index.errors import UnreadableFileError
from index.heading import parse_date
from index.loading.columns import label_first, names_columns
from index.loading.text import decode
from index.pieces import Loaded, Piece, row_texts
from index.settings import IndexSettings

_DELIMITERS = ",;\t|"
_SAMPLE_ROWS = 200
_SAMPLE_CHARS = 200_000
_MAX_CELL_LINES = 1_000
_MAX_COLUMNS = 1_000
_MAX_DEPTH = 30
"""A value nested deeper is given as it is written."""

_TITLES = ("title", "headline", "name", "subject")
_DATES = (
    "published",
    "date",
    "datepublished",
    "publish_date",
    "pubdate",
    "published_at",
    "publishedat",
    "date_published",
    "created_at",
    "created",
)
_CHANGES = ("updated", "modified", "datemodified", "updated_at", "updatedat", "date_modified")
_AUTHORS = ("author", "authors", "byline", "creator")
_SITES = ("site", "publisher", "source", "site_name")
_ARTICLE_TEXTS = ("text", "body", "content", "articlebody", "article", "full_text", "content_html", "content_text")
_MIN_TEXT = 40
"""A shorter text is a value of a record, not an article."""

_LABELS = (*_TITLES, "label")
_BELOW = "\x1f"
"""Between the keys of a path; as white space, it is shown as a blank."""

_MARKUP = re.compile(r"<(?:p|br|div|h[1-6]|ul|ol|table)\b[^<>]*>", re.IGNORECASE)


def read_csv(file: BinaryIO, name: str, settings: IndexSettings) -> Loaded:
    """Read a table in text form (.csv, .tsv): each row with its column names, lines above the table as paragraphs.

    Args:
        file: the table.
        name: its name, for messages.
        settings: the settings with the limits.

    Raises:
        UnreadableFileError: it is binary, or a cell or a row is larger than any table's.
    """
    text = decode(file.read(settings.max_file_bytes), name).lstrip("\ufeff")
    stated = re.match(r"sep=(.)\r?\n", text)
    text = text[stated.end() :] if stated else text
    rows = _rows(text, stated.group(1) if stated else _delimiter(text), name)
    above, rows = _split_titles(rows)
    pieces = [Piece("paragraph", " ".join(filter(None, row))) for row in above]
    texts = row_texts(label_first(rows), 1) if names_columns(rows) else row_texts(rows)
    return Loaded(pieces=(*pieces, *(Piece("row", row, group=1) for row in texts)))


def _rows(text: str, delimiter: str, name: str) -> list[list[str]]:
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
    if max(map(len, rows), default=0) > _MAX_COLUMNS:
        raise UnreadableFileError(
            f"{name} has a row of over {_MAX_COLUMNS:,} cells. Save its columns as rows, or it as .txt."
        )
    cleaned = ([" ".join(cell.split()) for cell in row] for row in rows)
    filled = [row for row in cleaned if any(row)]
    used = {n for row in filled for n, cell in enumerate(row) if cell}
    return [[cell for n, cell in enumerate(row) if n in used] for row in filled]


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


def _split_titles(rows: list[list[str]]) -> tuple[list[list[str]], list[list[str]]]:
    """(the lines above the table, which have one cell; the table)."""
    start = next((n for n, row in enumerate(rows) if sum(map(bool, row)) > 1), 0)
    return rows[:start], rows[start:]


def read_json(file: BinaryIO, name: str, settings: IndexSettings) -> Loaded:
    """Read stored data (.json, .jsonl, .ndjson): articles as articles, like records as the rows of a table, else "path: value".

    Numbers stay as they are written.

    Args:
        file: the data.
        name: its name, for messages.
        settings: the settings with the limits.

    Raises:
        UnreadableFileError: it is binary, no JSON, or nested too deeply.
    """
    text = decode(file.read(settings.max_file_bytes), name).lstrip("\ufeff")
    try:
        data = _parsed(text, name)
        if isinstance(data, dict) and _article_text(data):
            return _stored_article(data)
        writer = _Writer()
        writer.add(data, (), 1)
    except RecursionError:
        raise UnreadableFileError(
            f"{name} is nested too deeply to be read. Save the parts that matter as .txt."
        ) from None
    return Loaded(pieces=tuple(writer.pieces))


def _parsed(text: str, name: str) -> Any:
    try:
        try:
            return _loads(text)
        except json.JSONDecodeError as error:
            lines = [line for line in text.splitlines() if line.strip(" \t,\x1e")]
            if len(lines) < 2 or (error.lineno == 1 and error.msg != "Extra data"):
                raise
            return [_loads(line.strip("\x1e")) for line in lines]
    except json.JSONDecodeError as error:
        raise UnreadableFileError(
            f"{name} is no whole JSON: {error.msg}, in line {error.lineno}. Mend it there, or save it as .txt."
        ) from None


def _loads(text: str) -> Any:
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)


def _article_text(record: dict[str, Any]) -> str:
    """The text of a stored article; empty = the record is none."""
    low = _lowered(record)
    texts = (low[key] for key in _ARTICLE_TEXTS if key in low)
    joined = (
        "\n\n".join(text) if isinstance(text, list) and all(isinstance(one, str) for one in text) else text
        for text in texts
    )
    long = max((text for text in joined if isinstance(text, str)), key=len, default="")
    titled = any(isinstance(low.get(key), str) for key in _TITLES)
    return long if len(long) >= _MIN_TEXT and (titled or len(long) > 5 * _MIN_TEXT) else ""


def _lowered(record: dict[str, Any]) -> dict[str, Any]:
    return {key.lower().removeprefix("og:"): value for key, value in record.items()}


def _stored_article(record: dict[str, Any]) -> Loaded:
    names = tuple(dict.fromkeys(filter(None, _names(_first(record, _AUTHORS, (str, list, dict))))))
    return Loaded(
        pieces=tuple(_article_pieces(record, 1)),
        title=" ".join(_first(record, _TITLES, str, "").split()),
        published=parse_date(_first(record, _DATES, str, "")),
        updated=parse_date(_first(record, _CHANGES, str, "")),
        authors=names,
        site=next(iter(_names(_first(record, _SITES, (str, dict)))), ""),
    )


def _first(record: dict[str, Any], keys: Sequence[str], kinds: Any, default: Any = None) -> Any:
    low = _lowered(record)
    return next((low[key] for key in keys if low.get(key) and isinstance(low[key], kinds)), default)


def _names(value: Any) -> list[str]:
    """The names in "A", ["A", "B"], {"name": "A"} or a list of those."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("name", "title") if isinstance(value.get(key), str)), "")
    if isinstance(value, list):
        return [name for one in value[:50] if not isinstance(one, list) for name in _names(one)]
    return [" ".join(value.split())] if isinstance(value, str) else []


def _article_pieces(record: dict[str, Any], level: int) -> Iterator[Piece]:
    """The pieces of a stored article: its title, who wrote it and when, its text."""
    title = " ".join(_first(record, _TITLES, str, "").split())
    if title:
        yield Piece("heading", title, level=level)
    names, day = ", ".join(_names(_first(record, _AUTHORS, (str, list, dict)))), _first(record, _DATES, str, "")
    for line in filter(None, (f"By {names}" if names else "", day)):
        yield Piece("furniture", line, group=1)
    text = _article_text(record)
    if _MARKUP.search(text):
        from index.loading.html import pieces_of

        yield from (piece for piece in pieces_of(text) if piece.text != title)
        return
    # Stored texts end a paragraph with each line end, unless blank lines do.
    parts = re.split(r"\n\s*\n" if re.search(r"\n\s*\n", text) else r"\n", text)
    yield from (
        Piece("paragraph", " ".join(part.split())) for part in parts if part.strip() and " ".join(part.split()) != title
    )


class _Writer:
    """Writes values of any shape as pieces; each list or object with a name gets a heading."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._group = 0

    def add(self, value: Any, path: tuple[str, ...], level: int) -> None:
        """Add a value that stands at `path`."""
        if isinstance(value, list):
            self._add_list(value, path, level)
        elif isinstance(value, dict) and _article_text(value):
            self.pieces += _article_pieces(value, min(level, 6))
        elif isinstance(value, dict):
            self._add_record(value, path, level)
        elif _shown(value):
            self._items([(" ".join(path), value)])

    def _add_list(self, values: list[Any], path: tuple[str, ...], level: int) -> None:
        if rows := _table(values):
            self._group += 1
            if path:
                self.pieces.append(Piece("caption", _shown(" ".join(path)), group=self._group))
            named = 1 if isinstance(values[0], dict) or names_columns(rows) else None
            self.pieces += [Piece("row", row, group=self._group) for row in row_texts(rows, named)]
            return
        if not any(isinstance(value, (dict, list)) for value in values):
            self._items([(" ".join(path), ", ".join(filter(None, map(_shown, values))))])
            return
        for value in values:
            self.add(value, path, level)

    def _add_record(self, record: dict[str, Any], path: tuple[str, ...], level: int) -> None:
        """The plain values as one list, under the record's name if it has one; then each value that is a list of records."""
        title = _first(record, _TITLES, str, "")
        if title or path:
            self.pieces.append(Piece("heading", " ".join((title or " ".join(path)).split()), level=min(level, 6)))
        flat: list[tuple[str, Any]] = []
        nested: list[tuple[str, Any]] = []
        _flatten(_with_names(record), "", flat, nested)
        self._items([(key, value) for key, value in flat if value != title])
        for key, value in nested:
            self.add(value, (key,), level + 1)
        if self.pieces and self.pieces[-1].kind == "heading":
            self.pieces.pop()  # Nothing stands under it.

    def _items(self, values: list[tuple[str, Any]]) -> None:
        self._group += 1
        for key, value in values:
            if text := _shown(value):
                self.pieces.append(Piece("item", f"{_shown(key)}: {text}" if key else text, level=1, group=self._group))


def _with_names(record: dict[str, Any]) -> dict[str, Any]:
    """The record with column names that stand beside rows, as in {"columns": [...], "rows": [[...]]}, as the first of these."""
    for key, names in record.items():
        if not (isinstance(names, list) and len(names) > 1 and all(isinstance(name, str) for name in names)):
            continue
        for other, rows in record.items():
            if isinstance(rows, list) and rows and all(isinstance(r, list) and len(r) == len(names) for r in rows):
                return {k: [names, *rows] if k == other else value for k, value in record.items() if k != key}
    return record


def _flatten(
    record: dict[str, Any], path: str, flat: list[tuple[str, Any]], nested: list[tuple[str, Any]], depth: int = 0
) -> None:
    """Sort the values of a record, and of the records in it, into plain ones and those with a heading of their own."""
    for key, value in record.items():
        where = f"{path}{_BELOW}{key}" if path else key
        if isinstance(value, dict) and value and not _article_text(value):
            if depth < _MAX_DEPTH:
                _flatten(value, where, flat, nested, depth + 1)
            else:
                flat.append((where, json.dumps(value, ensure_ascii=False)))
        elif isinstance(value, dict) or (
            isinstance(value, list) and any(isinstance(one, (dict, list)) for one in value)
        ):
            nested.append((where, value))
        else:
            flat.append((where, ", ".join(filter(None, map(_shown, value))) if isinstance(value, list) else value))


def _table(values: list[Any]) -> list[list[str]]:
    """The rows of like records of plain values, or of a list of lists of them, with the column names first; else empty."""
    if len(values) < 2:
        return []
    if all(isinstance(value, list) and 1 < len(value) <= _MAX_COLUMNS and not _deep(value) for value in values):
        return [[_shown(cell) for cell in value] for value in values]
    if not all(isinstance(value, dict) and value and not _article_text(value) for value in values):
        return []
    records: list[dict[str, Any]] = []
    for value in values:
        flat: list[tuple[str, Any]] = []
        nested: list[tuple[str, Any]] = []
        _flatten(value, "", flat, nested)
        if nested:
            return []
        records.append(dict(flat))
    columns = list(dict.fromkeys(key for record in records for key in record))
    # What a record is called tells its row from the others.
    columns.sort(key=lambda column: column.rsplit(_BELOW, 1)[-1].lower() not in _LABELS)
    filled = sum(map(len, records))
    if len(columns) > _MAX_COLUMNS or 2 * filled < len(columns) * len(records):
        return []
    names = [_shown(column) for column in columns]
    return label_first([names, *([_shown(record.get(column)) for column in columns] for record in records)])


def _deep(values: list[Any]) -> bool:
    return any(isinstance(value, (dict, list)) for value in values)


def _shown(value: Any) -> str:
    """A plain value as text, numbers as they are written."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: ""}[value]
    return " ".join(str(value).split())
