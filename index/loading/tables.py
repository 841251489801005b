"""Data files (.csv, .tsv, .json, .jsonl) -> pieces: rows with their column names, values with the path to them, or articles."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, BinaryIO

from index.errors import UnreadableFileError
from index.loading.columns import has_numbers, label_first, names_columns, without_counter
from index.loading.delimited import Part, parts_of
from index.loading.records import Writer
from index.loading.row_texts import row_texts
from index.loading.stored_article import article_text, rest_of, stored_article
from index.loading.text import decode
from index.pieces import Loaded, Piece
from index.settings import IndexSettings


def read_csv(file: BinaryIO, name: str, settings: IndexSettings) -> Loaded:
    """Read a table in text form (.csv, .tsv): each row with its column names, lines around the tables as paragraphs.

    Args:
        file: the table.
        name: its name, for messages.
        settings: the settings with the limits.

    Raises:
        UnreadableFileError: it is binary, or a cell or a row is larger than any table's.
    """
    text = decode(file.read(settings.max_file_bytes), name).lstrip("\ufeff")
    pieces: list[Piece] = []
    for n, part in enumerate(parts_of(text, name), start=1):
        pieces += [Piece("paragraph", line) for line in part.lines]
        pieces += [Piece("row", row, group=n) for row in _rows(part)]
    return Loaded(pieces=tuple(pieces))


def _rows(part: Part) -> list[str]:
    rows = list(part.rows)
    if not part.is_last and max(map(len, rows)) == 2 and (len(rows) == 2 or not has_numbers(rows)):
        return row_texts(rows, 0)  # What the table below is about, as in "Station,Osby".
    return row_texts(label_first(without_counter(rows)), 1) if names_columns(rows) else row_texts(rows)


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
        if isinstance(data, dict) and article_text(data):
            article = stored_article(data)
            writer = Writer([*article.pieces])
            writer.add_values(rest_of(data), level=1)
            return replace(article, pieces=tuple(writer.pieces))
        writer = Writer()
        writer.add(data)
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
