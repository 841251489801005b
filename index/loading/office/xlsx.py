"""Excel workbooks (.xlsx) -> pieces, sheet by sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO

from index.errors import ArticleTooLargeError
from index.loading.office.docx import stated
from index.loading.office.drafting import Draft, raised
from index.loading.office.formats import BUILT_IN, SINCE_1900, SINCE_1904, shown
from index.loading.office.packages import Package
from index.loading.office.sheets import Cell, Grid, Merged, add_sheets, spread
from index.pieces import Loaded

if TYPE_CHECKING:
    from index.settings import IndexSettings

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_V, _F = f"{_S}v", f"{_S}f"
_RANGE = re.compile(r"([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})")
_PLACE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_BYTES_A_CHARACTER = 20
"""A sheet with more XML than this for each character that is allowed holds too many cells."""


def read_xlsx(file: BinaryIO, name: str, settings: IndexSettings) -> Loaded:
    """The pieces of a workbook: each visible sheet's tables with the values that were shown when it was saved.

    Args:
        file: the open file.
        name: the file's name, for messages.
        settings: the settings with the limits.

    Raises:
        UnreadableFileError: the file is encrypted, damaged or no workbook.
        ArticleTooLargeError: it has more text than the settings allow.
    """
    package = Package(file, name, settings)
    with package.reading():
        parts = dict(package.relations("").values())
        book = _Book(package, parts["officeDocument"])
        draft = Draft(name, settings)
        uncounted = 0
        sheets: list[tuple[int, str, Grid]] = []
        for number, (title, member) in enumerate(book.sheets, 1):
            if member:
                data = package.read(member)
                if len(data) > _BYTES_A_CHARACTER * settings.max_article_chars:
                    raise ArticleTooLargeError(
                        f"{name} has a sheet of {len(data):,} bytes. Split it, or raise FOOTNOTE_MAX_ARTICLE_CHARS."
                    )
                sheet = _Sheet(book, data, draft)
                uncounted += sheet.uncounted
                sheets.append((number, title, sheet.visible()))
        add_sheets(draft, sheets)
        if uncounted:
            some = "1 formula has" if uncounted == 1 else f"{uncounted} formulas have"
            draft.notices.append(f"{some} no saved value: open the file in Excel or LibreOffice and save it again")
        return draft.loaded(*stated(package, parts.get("core-properties", "docProps/core.xml")))


class _Book:
    """What the sheets of a workbook share.

    Attributes:
        sheets: the name of each sheet and the member that holds it; "" = it is hidden, or a chart.
        strings: the texts that cells refer to.
        formats: the number format of each cell style; None = it strikes its text out.
        since: the day that dates are counted from.
    """

    def __init__(self, package: Package, main: str) -> None:
        relations = package.relations(main)
        parts = dict(relations.values())
        root = package.xml(main)
        self.sheets = [
            (
                sheet.get("name", ""),
                member if kind == "worksheet" and sheet.get("state", "visible") == "visible" else "",
            )
            for sheet in root.find(f"{_S}sheets")
            for kind, member in (relations.get(sheet.get(_ID), ("", "")),)
        ]
        strings = package.optional(parts.get("sharedStrings", ""))
        self.strings = [] if strings is None else [_rich(one) for one in strings.iter(f"{_S}si")]
        properties = root.find(f"{_S}workbookPr")
        later = properties is not None and _true(properties.get("date1904"))
        self.since: date = SINCE_1904 if later else SINCE_1900
        styles = package.optional(parts.get("styles", ""))
        self.formats = [] if styles is None else list(_formats(styles))


def _formats(styles: Any) -> Iterator[str | None]:
    own = {one.get("numFmtId"): one.get("formatCode", "") for one in styles.iter(f"{_S}numFmt")}
    struck = [_is_struck(font) for font in styles.iterfind(f"{_S}fonts/{_S}font")]
    for style in styles.iterfind(f"{_S}cellXfs/{_S}xf"):
        font, number = int(style.get("fontId", "0")), style.get("numFmtId", "0")
        known = own.get(number) or BUILT_IN.get(int(number), "General")
        yield None if font < len(struck) and struck[font] else known


def _is_struck(properties: Any) -> bool:
    strike = properties.find(f"{_S}strike")
    return strike is not None and _true(strike.get("val", "1"))


def _rich(element: Any) -> str:
    """The text of a cell, whose runs may be raised or struck out; how it is pronounced is left out."""
    text = ""
    for child in element:
        if child.tag == f"{_S}t":
            text += child.text or ""
        elif child.tag == f"{_S}r":
            words, properties = child.findtext(f"{_S}t") or "", child.find(f"{_S}rPr")
            if properties is not None and _is_struck(properties):
                continue
            place = None if properties is None else properties.find(f"{_S}vertAlign")
            text += raised(text, words) if place is not None and place.get("val") == "superscript" else words
    return _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text)


class _Sheet:
    """The cells of one sheet, read row by row: a sheet may have a hundred thousand of them."""

    def __init__(self, book: _Book, data: bytes, draft: Draft) -> None:
        from lxml import etree

        self._book = book
        self._draft = draft
        self._grid: Grid = {}
        self._hidden_rows: set[int] = set()
        self._hidden_columns: list[tuple[int, int]] = []
        self._merged: list[Merged] = []
        self.uncounted = 0
        number = 0
        tags = [f"{_S}{name}" for name in ("row", "col", "mergeCell")]
        for _, element in etree.iterparse(BytesIO(data), tag=tags, resolve_entities=False, no_network=True):
            if element.tag == tags[0]:
                number = int(element.get("r", number + 1))
                self._row(number - 1, element)
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
            elif element.tag == tags[1] and _true(element.get("hidden")):
                self._hidden_columns.append((int(element.get("min", 0)) - 1, int(element.get("max", 0)) - 1))
            elif found := _RANGE.fullmatch(element.get("ref", "")):
                left, top, right, bottom = found.groups()
                self._merged.append(Merged(int(top) - 1, _column(left), int(bottom) - 1, _column(right)))

    def _row(self, number: int, row: Any) -> None:
        if _true(row.get("hidden")):
            self._hidden_rows.add(number)
        cells: dict[int, Cell] = {}
        column = -1
        for element in row:
            place = _PLACE.fullmatch(element.get("r", ""))
            column = _column(place.group(1)) if place else column + 1
            cell = self._cell(element)
            if cell is not None:
                self._draft.spend(1)
                cells[column] = cell
        if cells:
            self._grid[number] = cells

    def _cell(self, element: Any) -> Cell | None:
        """A cell, or None if it shows nothing."""
        kind, style = element.get("t", "n"), int(element.get("s", "0"))
        form = self._book.formats[style] if style < len(self._book.formats) else "General"
        value = element.findtext(_V) or ""
        if not value and kind not in {"str", "inlineStr"} and element.find(_F) is not None:
            self.uncounted += 1
        if form is None:
            return None
        if kind == "n" and value:
            text = shown(float(value), form, self._book.since)
        elif kind == "s" and value:
            text = self._book.strings[int(value)]
        elif kind == "inlineStr":
            text = "".join(map(_rich, element.iterfind(f"{_S}is")))
        else:
            text = {"0": "FALSE", "1": "TRUE"}.get(value, value) if kind == "b" else value
        text = " ".join(text.split())
        return Cell(text, kind in {"n", "b", "d"}) if text else None

    def visible(self) -> Grid:
        """The cells that a person sees, the rows numbered as if no hidden one stood between: it doesn't cut a table in two."""
        spread(self._grid, self._merged, self._draft)
        seen: Grid = {}
        for number in sorted(self._grid):
            cells = {n: cell for n, cell in self._grid[number].items() if not self._hides(n)}
            if number not in self._hidden_rows:
                seen[number] = cells
        gone = sorted(self._hidden_rows)
        passed = 0
        closed: Grid = {}
        for number, cells in seen.items():
            while passed < len(gone) and gone[passed] < number:
                passed += 1
            closed[number - passed] = cells
        return closed

    def _hides(self, column: int) -> bool:
        return any(first <= column <= last for first, last in self._hidden_columns)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _true(text: str | None) -> bool:
    return text in {"1", "true"}
