"""What the columns of a table are: whether its first row names them, and which one says what a row is about."""

from __future__ import annotations

import re

from index.heading import parse_date

_SAMPLE = 200
_MAX_LABEL = 100
_CODE = re.compile(r"(?=[^0-9]{0,12}[0-9])[\w./#-]{1,20}")
_YEAR = re.compile(r"(?:1[5-9]|2[01])[0-9]{2}")
_WORD = re.compile(r"[^\W\d_]{3}")


def names_columns(rows: list[list[str]]) -> bool:
    """Whether the first row holds column names: distinct, all given, none again below it, and without digits.

    A name such as "Q1" may have one if there are numbers below it.
    """
    if len(rows) < 2 or len(rows[0]) < 2 or len({*rows[0], ""}) <= len(rows[0]):
        return False
    for n, name in enumerate(rows[0]):
        below = [row[n] for row in rows[1:] if n < len(row) and row[n]]
        numbers = bool(below) and all(cell[-1].isdecimal() and not cell[0].isalpha() for cell in below)
        if any(map(str.isdigit, name)) and not (name[0].isalpha() and numbers):
            return False
    return not any(cell == name for row in rows[1:] for cell, name in zip(row, rows[0], strict=False))


def label_first(rows: list[list[str]]) -> list[list[str]]:
    """A table, whose first row names its columns, with what a row is about before the number or code that it begins with."""
    below = rows[1:]
    if len(below) < 2 or not _are_codes([row[0] for row in below]):
        return rows
    labels = (n for n in range(1, min(map(len, rows))) if _are_labels([row[n] for row in below]))
    first = next(labels, 0)
    return [[row[first], *row[:first], *row[first + 1 :]] for row in rows] if first else rows


def _are_codes(cells: list[str]) -> bool:
    """Whether cells are running numbers or codes, each another; years and dates are what a row is about."""
    if len(set(cells)) < len(cells) or not all(map(_CODE.fullmatch, cells)):
        return False
    return not (all(map(_YEAR.fullmatch, cells)) or any(map(parse_date, cells[:_SAMPLE])))


def _are_labels(cells: list[str]) -> bool:
    """Whether cells are short, have words, and tell the rows apart."""
    return len(set(cells)) == len(cells) and all(len(cell) <= _MAX_LABEL and _WORD.search(cell) for cell in cells)
