"""Values of JSON of any shape -> pieces: like records as the rows of a table, others as items under headings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from index.loading.columns import label_first, names_columns
from index.loading.delimited import MAX_COLUMNS
from index.loading.row_texts import row_texts
from index.loading.stored_article import TITLES, article_pieces, first, is_article, rest_of
from index.pieces import Piece

_MAX_DEPTH = 30
"""A value nested deeper is given as it is written."""

_LABELS = (*TITLES, "label")
_CODES = ("id", "_id", "key", "code", "number", "no", "ref", "reference")
_MAX_NAME = 100
_LINE = 60
"""A longer text in a list is a line by itself."""

_SENTENCE = re.compile(r"\S+ \S+ .*[.!?][\"”’)]?")
_WORD = re.compile(r"[^\W\d_]{2}")
_BELOW = "\x1f"
"""Between the keys of a path; as white space, it is shown as a blank."""


class _Value(NamedTuple):
    """A value of a record, or of a record in it: `key` is the path to it, `nested` says that it holds records."""

    key: str
    value: Any
    nested: bool

    @property
    def is_lines(self) -> bool:
        """Whether it is a list whose values each want a line."""
        return isinstance(self.value, list) and not self.nested and _are_lines(self.value)


class Writer:
    """Writes values of any shape as pieces; each list or object with a name gets a heading."""

    def __init__(self, pieces: Sequence[Piece] = ()) -> None:
        self.pieces = list(pieces)
        self._group = 0

    def add(self, value: Any, name: str = "", level: int = 1) -> None:
        """Add a value that is called `name`; its heading, if it has one, is of that level."""
        if isinstance(value, list):
            self._add_list(value, name, level)
        elif isinstance(value, dict):
            self._add_record(value, _own_name(value) or name, level)
        else:
            self._items([(name, value)])

    def add_values(self, record: dict[str, Any], level: int, title: str = "", whose: str = "") -> None:
        """Add the values of a record in their order, but plain ones before the first that has a heading, which they aren't under.

        Args:
            record: the record.
            level: that of the record's own heading.
            title: what that says.
            whose: what the record is called among others; its lists then say that they are its own.
        """
        values: list[_Value] = []
        _flatten(_with_names(record), "", values)
        values = [one for one in values if one.value != title or one.key.lower() not in _LABELS]
        least = 1 if whose else 2
        begin = next((n for n, one in enumerate(values) if one.nested and _is_headed(one.value, least)), len(values))
        plain: list[tuple[str, Any]] = []
        for one in [*values[:begin], *(one for one in values[begin:] if not (one.nested or one.is_lines))]:
            if not (one.nested or one.is_lines):
                plain.append((one.key, one.value))
                continue
            self._items(plain)
            plain = []
            self._add_list(one.value, _of(one.key, whose), level + 1, least)
        self._items(plain)
        for one in values[begin:]:
            if isinstance(one.value, list) and (one.nested or one.is_lines):
                self._add_list(one.value, _of(one.key, whose), level + 1, least, headed=True)
            elif one.nested:
                self.add(one.value, one.key, level + 1)

    def _add_list(self, values: list[Any], name: str, level: int, least: int = 2, headed: bool = False) -> None:
        """Add a list, as a table if it has `least` rows; `headed` gives a table or lines a heading, no caption."""
        if rows := _table(values, least):
            self._introduce(name, level, "caption", headed)
            named = 1 if isinstance(values[0], dict) or names_columns(rows) else None
            self.pieces += [Piece("row", row, group=self._group) for row in row_texts(rows, named)]
        elif any(isinstance(value, (dict, list)) for value in values):
            for value, title in zip(values, _names(values, name), strict=True):
                if isinstance(value, dict):
                    self._add_record(value, title, level, len(values) > 1)
                else:
                    self.add(value, name, level)
        elif _are_lines(values):
            self._introduce(name, level, "paragraph", headed)
            self._add_items(map(_shown, values))
        else:
            self._items([(name, values)])

    def _introduce(self, name: str, level: int, kind: Any, headed: bool) -> None:
        self._group += 1
        if name and headed:
            self.pieces.append(Piece("heading", _shown(name), level=min(level, 6)))
        elif name:
            self.pieces.append(Piece(kind, _shown(name) + ":" * (kind == "paragraph"), group=self._group))

    def _add_record(self, record: dict[str, Any], title: str, level: int, one_of_several: bool = False) -> None:
        """Add a record under its title if it has one."""
        if is_article(record):
            self.pieces += article_pieces(record, min(level, 6))
            self.add_values(rest_of(record), level, whose=title if one_of_several else "")
            return
        if title:
            self.pieces.append(Piece("heading", _shown(title), level=min(level, 6)))
        self.add_values(record, level, title, title if one_of_several else "")
        if self.pieces and self.pieces[-1].kind == "heading":
            self.pieces.pop()  # Nothing stands under it.

    def _items(self, values: Sequence[tuple[str, Any]]) -> None:
        self._group += 1
        self._add_items(f"{_shown(key)}: {text}" if key else text for key, value in values if (text := _cell(value)))

    def _add_items(self, texts: Iterable[str]) -> None:
        self.pieces += [Piece("item", text, level=1, group=self._group) for text in texts if text]


def _of(key: str, whose: str) -> str:
    return f"{key} of {whose}" if whose else key


def _own_name(record: dict[str, Any]) -> str:
    """What a record is called by its own keys; empty = they don't say."""
    return str(first(record, _LABELS, str, ""))


def _names(values: Sequence[Any], name: str) -> list[str]:
    """What each value of a list is called: by its name or title, its code, the first text that tells them apart, or as the list.

    A name never comes from a record inside it.
    """
    records = [value if isinstance(value, dict) else {} for value in values]
    own = [_own_name(record) for record in records]
    if all(own) or len(records) < 2:
        return [title or name for title in own]
    key = _telling_key(records)
    told = [title or _shown(record.get(key, "")) for title, record in zip(own, records, strict=True)]
    return [f"{name} {title}" if title.isdecimal() else title or name for title in told]


def _telling_key(records: Sequence[dict[str, Any]]) -> str:
    """The key of a code that tells records apart, or else of the first text that does; empty = none does."""
    shared = [key for key in records[0] if all(isinstance(record.get(key), str) for record in records)]
    telling = [key for key in shared if len({record[key] for record in records}) == len(records)]
    codes = [key for key in telling if key.lower() in _CODES]
    texts = [key for key in telling if all(len(r[key]) <= _MAX_NAME and _WORD.search(r[key]) for r in records)]
    return next(iter((*codes, *texts)), "")


def _with_names(record: dict[str, Any]) -> dict[str, Any]:
    """The record with column names that stand beside rows, as in {"columns": [...], "rows": [[...]]}, as the first of these."""
    tables: dict[int, str] = {}
    for key, rows in record.items():
        if isinstance(rows, list) and rows and all(isinstance(row, list) and len(row) == len(rows[0]) for row in rows):
            tables.setdefault(len(rows[0]), key)
    for key, names in record.items() if tables else ():
        if isinstance(names, list) and len(names) > 1 and all(isinstance(name, str) for name in names):
            table = tables.get(len(names))
            if table is not None:
                return {k: [names, *v] if k == table else v for k, v in record.items() if k != key}
    return record


def _flatten(record: dict[str, Any], path: str, found: list[_Value], depth: int = 0) -> None:
    """The values of a record, and of the records in it, in their order."""
    for key, value in record.items():
        where = f"{path}{_BELOW}{key}" if path else key
        if isinstance(value, dict) and value and not is_article(value):
            if depth < _MAX_DEPTH:
                _flatten(value, where, found, depth + 1)
            else:
                found.append(_Value(where, json.dumps(value, ensure_ascii=False), False))
        else:
            found.append(_Value(where, value, isinstance(value, dict) or (isinstance(value, list) and _deep(value))))


def _is_headed(value: Any, least: int) -> bool:
    """Whether a nested value is written under headings."""
    return isinstance(value, dict) or not _table(value, least)


def _table(values: list[Any], least: int = 2) -> list[list[str]]:
    """The rows of like records of plain values, or of a list of lists of them, with the column names first; else empty."""
    if len(values) > 1 and all(
        isinstance(value, list) and 1 < len(value) <= MAX_COLUMNS and not _deep(value) for value in values
    ):
        return [[_shown(cell) for cell in value] for value in values]
    if len(values) < least or not all(isinstance(value, dict) and value and not is_article(value) for value in values):
        return []
    records: list[dict[str, Any]] = []
    for value in values:
        flat: list[_Value] = []
        _flatten(value, "", flat)
        if any(one.nested or (one.is_lines and _has_sentence(one.value)) for one in flat):
            return []
        records.append({one.key: one.value for one in flat})
    columns = list(dict.fromkeys(key for record in records for key in record))
    filled = sum(map(len, records))
    if len(columns) > MAX_COLUMNS or 2 * filled < len(columns) * len(records):
        return []
    columns = _named_first(columns, records)
    rows = [[_shown(column) for column in columns]]
    rows += [[_cell(record.get(column)) for column in columns] for record in records]
    return label_first(rows, [n for n, column in enumerate(columns) if _BELOW not in column])


def _named_first(columns: list[str], records: Sequence[dict[str, Any]]) -> list[str]:
    """The columns, first what a record is called: by a key of its own if one tells the records apart."""
    own = [column for column in columns if _BELOW not in column]
    named = [column for column in own if column.lower() in _LABELS]
    if not named and (telling := _telling_key([{key: record.get(key) for key in own} for record in records])):
        named = [telling] if _BELOW in columns[0] else own[:1]
    elif not named:
        named = [column for column in columns if column.rsplit(_BELOW, 1)[-1].lower() in _LABELS]
    return [*named, *(column for column in columns if column not in named)]


def _deep(values: list[Any]) -> bool:
    return any(isinstance(value, (dict, list)) for value in values)


def _are_lines(values: Sequence[Any]) -> bool:
    """Whether the values of a list can't stand in one line: sentences, long texts, and those that have commas."""
    texts = [value for value in values if isinstance(value, str)]
    return len(values) > 1 and (any(len(text) > _LINE or ", " in text for text in texts) or _has_sentence(values))


def _has_sentence(values: Sequence[Any]) -> bool:
    return any(isinstance(value, str) and _SENTENCE.fullmatch(_shown(value)) for value in values)


def _cell(value: Any) -> str:
    """A plain value, or a list of them, in one line."""
    if not isinstance(value, list):
        return _shown(value)
    texts = [text for text in map(_shown, value) if text]
    return ("; " if any(", " in text for text in texts) else ", ").join(texts)


def _shown(value: Any) -> str:
    """A plain value as text, numbers as they are written."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: ""}[value]
    return " ".join(str(value).split())
