"""What the columns of a table are: whether its first row names them, and which one says what a row is about."""

from __future__ import annotations

import re
from itertools import pairwise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SAMPLE = 200
_MAX_LABEL = 100
_CODE = re.compile(r"(?=[^0-9]{0,12}[0-9])[\w./#-]{1,20}")
_YEAR = re.compile(r"(?:1[5-9]|2[01])[0-9]{2}")
_TIME = re.compile(r"[0-9]{1,2}[.:h][0-9]{2}(?![0-9])")
_WORD = re.compile(r"[^\W\d_]{3}")
_NUMBER = re.compile(r"\W{0,3}[0-9][0-9.,:'’ ]*\W{0,2}")
_DIGITS = re.compile(r"[0-9]+")
_NO_VALUE = frozenset(
    {"", "-", "–", "—", "−", ".", "..", "...", "…", "?", "*", "n/a", "n.a.", "na", "nil", "none", "null"}
)
_SAYS_HOW = re.compile(
    r"\b(?:status|state|verdict|result|outcome|remark|note|comment|reason|advice|action|time|date|arriv|depart|from|until"
    r"|type|kind|unit|category)",
    re.IGNORECASE,
)
"""Begins a word in the name of a column that says how, when or why something is, or what it is one of, and so not what it is."""

_IS_CODE = re.compile(
    r"#|\b(?:id|uid|uuid|no|nr|num|number|code|ref|reference|key|sku)\b|(?:(?-i:[a-z]I[Dd])|_id|_no)$", re.IGNORECASE
)
"""Says that a column holds the codes of things, and so not the things."""


def names_columns(rows: list[list[str]]) -> bool:
    """Whether the first row holds column names: distinct, none again below it, and all given but perhaps the first.

    A name may have digits in it if most cells below it are numbers ("Germs per 100 ml"), if it is one of a series ("Lesson 1",
    "Lesson 2"), or if another name has none and all cells below that have, but not if it looks like the cells below it.
    """
    if len(rows) < 2 or len(rows[0]) < 2 or len({*rows[0][1:], ""}) < len(rows[0]) or rows[0][0] in rows[0][1:]:
        return False
    columns = list(zip(rows[0], _below(rows), strict=True))
    if any(name in below for name, below in columns):
        return False
    numbered = [(name, below) for name, below in columns if _DIGITS.search(name)]
    if not numbered:
        return True
    series, sure = _series(rows[0]), len(rows) > 2 and any(map(_is_over_digits, *zip(*columns, strict=True)))
    return all(_is_name(name, below, sure or _shape(name) in series) for name, below in numbered)


def _is_over_digits(name: str, below: Sequence[str]) -> bool:
    """Whether a name has no digits and all cells below it have."""
    values = [cell for cell in below if cell.lower() not in _NO_VALUE]
    return name != "" and values != [] and not _DIGITS.search(name) and all(map(_DIGITS.search, values))


def has_numbers(rows: list[list[str]]) -> bool:
    """Whether most cells of a column are numbers, below a first row without any."""
    return not any(map(_NUMBER.fullmatch, rows[0])) and any(map(_are_numbers, _below(rows)))


def _below(rows: list[list[str]]) -> list[list[str]]:
    """The cells below each of the first row that are not empty; in time linear in their number, however wide that row is."""
    columns: list[list[str]] = [[] for _ in rows[0]]
    for row in rows[1:]:
        for column, cell in zip(columns, row, strict=False):
            if cell:
                column.append(cell)
    return columns


def _are_numbers(cells: Sequence[str]) -> bool:
    values = [cell for cell in cells if cell.lower() not in _NO_VALUE]
    return 0 < len(values) <= 2 * sum(bool(_NUMBER.fullmatch(cell)) for cell in values)


def _is_name(name: str, below: Sequence[str], sure: bool) -> bool:
    """Whether a cell with digits in it can be the name of the column below it."""
    values = [cell for cell in below if cell.lower() not in _NO_VALUE]
    if _shape(name) in map(_shape, values):
        return False
    return sure or (name[0].isalpha() and _are_numbers(values))


def _series(names: Sequence[str]) -> set[str]:
    """The shapes of names that differ in a number only, which rises, as in "Week 1" and "Week 2"."""
    found: dict[str, list[tuple[int, str]]] = {}
    for name in names:
        if numbers := _DIGITS.findall(name):
            found.setdefault(_shape(name), []).append((len(number := numbers[-1].lstrip("0")), number))
    return {shape for shape, each in found.items() if len(each) > 1 and all(a < b for a, b in pairwise(each))}


def _shape(cell: str) -> str:
    """A cell with each of its numbers as 0."""
    return _DIGITS.sub("0", cell)


def without_counter(rows: list[list[str]]) -> list[list[str]]:
    """A table without a first column that has no name and counts the rows, as programs write it."""
    counted = rows[0][0] == "" and [row[0] for row in rows[1:3]] in (["0", "1"], ["1", "2"])
    return [row[1:] for row in rows] if counted and all(row[0].isdecimal() for row in rows[1:]) else rows


def label_first(rows: list[list[str]], candidates: Iterable[int] | None = None) -> list[list[str]]:
    """A table, whose first row names its columns, with what a row is about before the number or code that it begins with.

    Running numbers, which say nothing, stand behind the first column that tells the rows apart by words. Of codes, only those
    that are called so ("Inv. no.") stand behind the next column, if that does; others ("Sample") are what a row is about.

    Args:
        rows: the table.
        candidates: numbers of the columns that may be what a row is about, in order; None = all.
    """
    below = rows[1:]
    if len(below) < 2 or not _are_codes([row[0] for row in below]):
        return rows
    width = min(map(len, rows))
    others = [n for n in (range(1, width) if candidates is None else candidates) if 0 < n < width]
    if any(row[0] and not row[0].strip("#.").isdecimal() for row in below):
        others = others[:1] if _IS_CODE.search(rows[0][0]) else []
    first = next((n for n in others if _are_labels(rows[0][n], [row[n] for row in below])), 0)
    return [[row[first], *row[:first], *row[first + 1 :]] for row in rows] if first else rows


def _are_codes(cells: list[str]) -> bool:
    """Whether cells are running numbers or codes, each another, or empty; years, days and times are what a row is about."""
    given = [cell for cell in cells if cell]
    if not given:
        return True
    if len(set(given)) < len(given) or not all(map(_CODE.fullmatch, given)):
        return False
    # A process that reads a document must start fast.
    from index.heading import parse_date

    return not (
        all(map(_YEAR.fullmatch, given)) or all(map(_TIME.fullmatch, given)) or any(map(parse_date, given[:_SAMPLE]))
    )


def _are_labels(name: str, cells: list[str]) -> bool:
    """Whether cells are short, have words, tell the rows apart, and aren't what happens to a thing or when."""
    return (
        not (_SAYS_HOW.search(name) or _DIGITS.search(name))
        and len(set(cells)) == len(cells)
        and all(len(cell) <= _MAX_LABEL and _WORD.search(cell) and not _TIME.search(cell) for cell in cells)
    )
