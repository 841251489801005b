"""What the loaders of office documents share: pieces put together in order and within bounds, numbers of lists, raised marks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from index.article import BlockKind
from index.errors import ArticleTooLargeError
from index.loading.marks import letter_mark
from index.loading.row_texts import row_texts
from index.pieces import Loaded, Piece

if TYPE_CHECKING:
    from index.settings import IndexSettings

_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_POWER_BASE = re.compile(r"(?:^|[^\w.,])10$")
_UNIT = re.compile(r"(?:^|[\d\s/·*(])(?:[kcmdµ]?m|km|ft|in|s|kg)$")
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?: [\w.'’-]+){1,4}")
_FILE_NAME = re.compile(r"\.[a-z]{3,4}$|[\\/]|^\S*$", re.IGNORECASE)
_YEAR = re.compile(r"(?:1[5-9]|2[01])\d\d")
_TYPED_BULLET = re.compile(r"[•◦▪●‣·]\s+(?=\S)")
_HEAD_PIECES = 10
"""A title in the metadata is often a template's, unless it stands in so many pieces or there's no other."""

# What office programs write where no name was given.
_NO_NAMES = frozenset({"microsoft office user", "windows user", "unknown author", "microsoft account"})


class Draft:
    """A document in the making.

    Args:
        name: the file's name, for messages.
        settings: the settings with the limits.

    Attributes:
        pieces: what was added.
        page: the page, slide or sheet that is added to.
        shown: the title that the document shows; may be empty.
        notices: as in `Loaded`.
    """

    def __init__(self, name: str, settings: IndexSettings) -> None:
        self.pieces: list[Piece] = []
        self.page = 0
        self.shown = ""
        self.notices: list[str] = []
        self._name = name
        self._authors: list[str] = []
        # Cleaning may take away as much.
        self._most = 2 * settings.max_article_chars
        self._left = self._most
        self._group = 0

    def spend(self, characters: int) -> None:
        """Count characters, or cells that will have some.

        Raises:
            ArticleTooLargeError: these are more than the settings allow.
        """
        self._left -= characters
        if self._left < 0:
            raise ArticleTooLargeError(
                f"{self._name} holds more than {self._most // 2:,} characters. Split it, or raise FOOTNOTE_MAX_ARTICLE_CHARS."
            )

    def add(self, kind: BlockKind, text: str, level: int = 0) -> None:
        """Add a piece unless it is blank. An item belongs to the items before it, and to the line that introduces them."""
        text = " ".join(text.split())
        if kind == "paragraph" and (bullet := _TYPED_BULLET.match(text)):
            kind, text, level = "item", text[bullet.end() :], 1
        if not text:
            return
        self.spend(len(text) + 2)
        before = self.pieces[-1] if self.pieces else None
        group = 0
        if kind == "item":
            if before is not None and before.kind == "item":
                group = before.group
            else:
                group = self._new_group(before is not None and before.kind == "paragraph" and before.text.endswith(":"))
        self.pieces.append(Piece(kind, text, level, self.page, group))

    def title(self, text: str) -> None:
        """Add the title that the document shows."""
        self.shown = self.shown or " ".join(text.split())
        self.add("heading", text, 1)

    def author(self, text: str) -> None:
        """Add a line that names the authors."""
        self._authors.append(text)
        self.add("furniture", text)

    def unlist(self) -> None:
        """Make the short line before a list of contents its heading, which says nothing of the subject."""
        if (
            len(self.pieces) > 1
            and self.pieces[-1].kind in {"paragraph", "heading"}
            and len(self.pieces[-1].text) <= 40
        ):
            self.pieces[-1] = replace(self.pieces[-1], kind="furniture", level=0)

    def table(self, rows: Sequence[Sequence[str]], header_rows: int | None = None) -> None:
        """Add the rows of a table, in one group with the caption before it; see `row_texts`."""
        if header_rows is None:
            header_rows = _heads(rows)
        texts = row_texts(rows, 2 if header_rows in {None, 1} and has_two_heads(rows) else header_rows)
        self.spend(sum(len(text) + 1 for text in texts))
        group = self._new_group(bool(self.pieces) and self.pieces[-1].kind == "caption")
        self.pieces += [Piece("row", text, 0, self.page, group) for text in texts]

    def extend(self, pieces: Iterable[Piece]) -> None:
        """Add the pieces of a chapter, whose groups are numbered on their own."""
        first = self._group
        for piece in pieces:
            self.spend(len(piece.text) + 2)
            group = piece.group + first if piece.group else 0
            self._group = max(self._group, group)
            self.pieces.append(replace(piece, group=group, page=self.page))

    def _new_group(self, with_last: bool) -> int:
        self._group += 1
        if with_last and self.pieces[-1].page == self.page:
            self.pieces[-1] = replace(self.pieces[-1], group=self._group)
        return self._group

    def loaded(self, title: str = "", creators: Iterable[str] = ()) -> Loaded:
        """The document.

        Args:
            title: the title in its metadata, which is often a template's or a file name: the one that it shows goes first.
            creators: those who made it, by its metadata.
        """
        title = "" if _FILE_NAME.search(title) else " ".join(title.split())
        first = self.pieces[0].text if self.pieces and self.pieces[0].kind == "heading" else ""
        head = " ".join(piece.text for piece in self.pieces[:_HEAD_PIECES]).casefold()
        title = self.shown or (title if not first or title.casefold() in head else "") or first
        return Loaded(
            tuple(self.pieces), title, authors=names(self._authors) or names(creators), notices=tuple(self.notices)
        )


def _heads(rows: Sequence[Sequence[str]]) -> int | None:
    """How many rows hold column names in a table that doesn't say it; None = the numbers in it tell.

    Two columns are as often names and values without a head: then some values are words, as the first is. Of more columns, the
    first row is mostly a head if it has only words, each once.
    """
    if len(rows) < 2:
        return None
    first, width = rows[0], max(map(len, rows))
    if width == 2:
        below = [row[1] for row in rows[1:] if len(row) > 1 and row[1]]
        numbers = all(any(map(str.isdecimal, text)) for text in below)
        return int(len(rows) > 2 and numbers and not any(map(str.isdecimal, "".join(first))))
    named = len(first) == width > 2 and all(first[1:]) and len({*first}) == width and len(rows) > 2
    return 1 if named and not any(map(str.isdecimal, "".join(first))) else None


def has_two_heads(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the second row names columns too: words or years under each name that spans several columns, and no label."""
    if len(rows) < 3 or not rows[0] or (rows[0][0] and rows[1][0] and rows[0][0] != rows[1][0]):
        return False
    pairs = [(n, n + 1) for n, (a, b) in enumerate(pairwise(rows[0])) if a and a == b and n + 1 < len(rows[1])]
    names = [rows[1][n] for pair in pairs for n in pair]
    return (
        bool(names)
        and all(rows[1][a] != rows[1][b] for a, b in pairs)
        and all(_YEAR.fullmatch(name) or (name and not name[0].isdecimal()) for name in names)
    )


def names(creators: Iterable[str]) -> tuple[str, ...]:
    """Those of the creators that look like the names of people."""
    parts = [" ".join(part.split()) for creator in creators for part in creator.split(";")]
    found = [part for part in parts if _NAME.fullmatch(part) and part.casefold() not in _NO_NAMES]
    return tuple(dict.fromkeys(part for part in found if part[0].isupper() or not part[0].isascii()))


def raised(before: str, text: str) -> str:
    """A raised mark as it is written after `before`: a power as "^6", one after a unit plain, others as "⁴" or "[a]"."""
    mark = text.strip()
    if mark.lstrip("-−").isdigit():
        if _POWER_BASE.search(before):
            return f"^{mark}"
        if mark in {"2", "3"} and _UNIT.search(before):
            return mark
    if marked := letter_mark(mark, before):
        return marked
    marked = mark.translate(_RAISED)
    # Letters that have no raised form, as in "1st", stay as they are.
    return marked if not any(character.isascii() and character.isalnum() for character in marked) else text


def apart(before: str, mark: str) -> str:
    """The mark of a note as it is written after `before`, which may end with another one."""
    return f" {mark}" if before[-1:] in set("⁰¹²³⁴⁵⁶⁷⁸⁹") else mark


def label(number: int, form: str) -> str:
    """A list's number in its form, by the names of OOXML and OpenDocument."""
    if form in {"lowerLetter", "a", "upperLetter", "A"} and number > 0:
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 % 100 + 1)
        return letters if form in {"lowerLetter", "a"} else letters.upper()
    if form in {"lowerRoman", "i", "upperRoman", "I"} and 0 < number < 4000:
        return _roman(number) if form in {"lowerRoman", "i"} else _roman(number).upper()
    return f"{number:02d}" if form == "decimalZero" else str(number)


def _roman(number: int) -> str:
    text = ""
    for value, sign in zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ["m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"],
        strict=True,
    ):
        text += sign * (number // value)
        number %= value
    return text
