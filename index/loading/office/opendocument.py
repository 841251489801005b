"""OpenDocument texts, spreadsheets and presentations (.odt, .ods, .odp) -> pieces."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO

from index.article import BlockKind
from index.loading.office.boxes import Box, in_reading_order, length
from index.loading.office.drafting import Draft, apart, label, raised
from index.loading.office.opendocument_styles import Styles
from index.loading.office.packages import Package
from index.loading.office.sheets import Cell, Grid, add_sheets
from index.loading.row_texts import Across
from index.pieces import Loaded

if TYPE_CHECKING:
    from index.settings import IndexSettings

_NS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TEXT, _TABLE, _DRAW, _OFFICE, _STYLE, _PRESENTATION = (
    _NS % name for name in ("text", "table", "drawing", "office", "style", "presentation")
)
_SVG = _NS % "svg-compatible"
_DC = "{http://purl.org/dc/elements/1.1/}"
_META = _NS % "meta"
_MANIFEST = _NS % "manifest"
_DROPPED = frozenset(
    {f"{_TEXT}tracked-changes", f"{_TEXT}hidden-text", f"{_TEXT}hidden-paragraph", f"{_TEXT}ruby-text", f"{_TEXT}note"}
    | {
        f"{_OFFICE}annotation",
        f"{_OFFICE}forms",
        f"{_OFFICE}scripts",
        f"{_OFFICE}event-listeners",
        f"{_OFFICE}binary-data",
    }
    | {f"{_SVG}title", f"{_SVG}desc", f"{_TABLE}shapes", f"{_DRAW}object", f"{_DRAW}image", f"{_TABLE}tracked-changes"}
)
_INDEXES = frozenset(
    f"{_TEXT}{name}"
    for name in (
        "table-of-content",
        "illustration-index",
        "table-index",
        "object-index",
        "alphabetical-index",
        "user-index",
    )
)
_MATH = "{http://www.w3.org/1998/Math/MathML}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_MOST_REPEATS = 1_000
"""So many times a repeated row or cell with text is repeated; more is formatting."""


def read_opendocument(file: BinaryIO, name: str, settings: IndexSettings) -> Loaded:
    """The pieces of a text, spreadsheet or presentation; deleted, struck-out and hidden parts and comments are left out.

    Args:
        file: the open file.
        name: the file's name, for messages.
        settings: the settings with the limits.

    Raises:
        UnreadableFileError: the file is encrypted, damaged or no OpenDocument file.
        ArticleTooLargeError: it has more text than the settings allow.
    """
    package = Package(file, name, settings)
    with package.reading():
        manifest = package.optional("META-INF/manifest.xml")
        if manifest is not None and next(manifest.iter(f"{_MANIFEST}encryption-data"), None) is not None:
            raise package.unreadable("it is encrypted and needs a password", "Save a copy without one and add that")
        roots = [package.optional("styles.xml"), package.xml("content.xml")]
        reader = _Reader(package, Draft(name, settings), [root for root in roots if root is not None])
        body = roots[1].find(f"{_OFFICE}body")
        kind = body[0].tag.removeprefix(_OFFICE)
        {"spreadsheet": reader.sheets, "presentation": reader.slides}.get(kind, reader.blocks)(body[0])
        meta = package.optional("meta.xml")
        if meta is None:
            return reader.draft.loaded()
        creators = [e.text or "" for tag in (f"{_META}initial-creator", f"{_DC}creator") for e in meta.iter(tag)]
        return reader.draft.loaded(next((e.text or "" for e in meta.iter(f"{_DC}title")), ""), creators[:1])


class _Reader:
    """Walks through the content in order."""

    def __init__(self, package: Package, draft: Draft, roots: list[Any]) -> None:
        self._package = package
        self.draft = draft
        self._styles = Styles(roots)
        self._after: list[Any] = []
        self._counts: dict[str, dict[int, int]] = {}
        self._contents = False

    def blocks(self, parent: Iterable[Any]) -> None:
        """Read the paragraphs, lists, tables and frames of an element."""
        for element in parent:
            if element.tag in _DROPPED or element.get(f"{_TEXT}display") in {"none", "condition"}:
                continue
            if element.tag in {f"{_TEXT}p", f"{_TEXT}h"}:
                self._paragraph(element)
            elif element.tag == f"{_TEXT}list":
                self._list(element, 1, "")
            elif element.tag == f"{_TABLE}table":
                self._table(element)
            elif element.tag in _INDEXES:
                self._contents = True
                self.blocks(element.iterfind(f"{_TEXT}index-body"))
                self._contents = False
            else:
                self.blocks(element)

    def _paragraph(self, element: Any, lead: str = "", depth: int = 0) -> None:
        text = self._span(element, "")
        names = self._styles.names(element.get(f"{_TEXT}style-name", ""))
        if self._contents:
            self.draft.add("furniture", text)
        elif element.tag == f"{_TEXT}h" or (level := self._styles.outline(element)):
            self.draft.add("heading", f"{lead}{text}", int(element.get(f"{_TEXT}outline-level") or level or 1))
        elif depth and text.strip():
            self.draft.add("item", f"{lead}{text}", depth)
        elif "Title" in names:
            self.draft.title(text)
        else:
            counted = text[:1].isalpha() and next(element.iter(f"{_TEXT}sequence"), None) is not None
            kind: BlockKind = (
                "caption" if counted or "Caption" in names else "quote" if "Quotations" in names else "paragraph"
            )
            self.draft.add(kind, text)
        self._flush()

    def _flush(self) -> None:
        """Add the notes and the frames that were met inside a paragraph or table."""
        waiting, self._after = self._after, []
        for element in waiting:
            if element.tag == f"{_TEXT}note":
                body = element.find(f"{_TEXT}note-body")
                words = [] if body is None else [self._inline(p) for p in body.iter(f"{_TEXT}p", f"{_TEXT}h")]
                self.draft.add("note", f"{self._mark(element)} {' '.join(words)}" if any(words) else "")
            else:
                self.blocks(element)

    @staticmethod
    def _mark(note: Any) -> str:
        return raised("", "".join(note.find(f"{_TEXT}note-citation").itertext()))

    def _list(self, element: Any, depth: int, style: str) -> None:
        style = element.get(f"{_TEXT}style-name", style)
        key = (
            style if element.get(f"{_TEXT}continue-numbering") == "true" or element.get(f"{_TEXT}continue-list") else ""
        )
        counts = self._counts.setdefault(style, {}) if key or depth > 1 else {}
        self._counts[style] = counts
        if depth > 1:
            counts.pop(depth, None)
        for item in element:
            first = item.tag == f"{_TEXT}list-item"
            for child in item:
                if child.tag == f"{_TEXT}list":
                    self._list(child, depth + 1, style)
                elif child.tag in {f"{_TEXT}p", f"{_TEXT}h"}:
                    self._paragraph(child, self._number(item, style, depth, counts) if first else "", depth)
                    first = False
                else:
                    self.blocks([child])

    def _number(self, item: Any, style: str, depth: int, counts: dict[int, int]) -> str:
        level = self._styles.level(style, depth)
        if (
            level is None
            or level.tag != f"{_TEXT}list-level-style-number"
            or not (form := level.get(f"{_STYLE}num-format", ""))
        ):
            return ""
        start = item.get(f"{_TEXT}start-value") or ("" if depth in counts else level.get(f"{_TEXT}start-value", "1"))
        counts[depth] = int(start) if start else counts[depth] + 1
        shown = min(int(level.get(f"{_TEXT}display-levels", "1")), depth)
        numbers = ".".join(label(counts.get(n, 1), form) for n in range(depth - shown + 1, depth + 1))
        return f"{level.get(f'{_STYLE}num-prefix', '')}{numbers}{level.get(f'{_STYLE}num-suffix', '')} "

    def _inline(self, element: Any) -> str:
        parts = [element.text or ""]
        for child in element:
            tag = child.tag
            if tag == f"{_TEXT}s" or tag in {f"{_TEXT}tab", f"{_TEXT}line-break"}:
                parts.append(" ")
            elif tag.startswith(_DRAW) and (formula := self._formula(child)):
                parts.append(formula)
            elif tag == f"{_TEXT}note":
                parts.append(apart("".join(parts), self._mark(child)))
                self._after.append(child)
            elif tag.startswith(_DRAW) and tag not in {f"{_DRAW}a"}:
                self._after.append(child)
            elif tag not in _DROPPED:
                parts.append(self._span(child, "".join(parts[-3:])))
            parts.append(child.tail or "")
        return "".join(parts)

    def _formula(self, frame: Any) -> str:
        """The formula in a frame, which is a document of its own; empty = there is none."""
        held = frame.find(f"{_DRAW}object")
        if held is None:
            return ""
        member = posixpath.normpath(f"{held.get(_HREF, '')}/content.xml")
        root = held[0] if len(held) else self._package.optional(member)
        if root is None or not str(root.tag).startswith(_MATH):
            return ""
        from index.loading.html.inline import formula

        for element in root.iter(f"{_MATH}*"):
            element.tag = element.tag.removeprefix(_MATH)
        return formula(root)

    def _span(self, element: Any, before: str) -> str:
        text = self._inline(element)
        look = self._styles.look(element.get(f"{_TEXT}style-name", ""))
        return "" if look == "unseen" else raised(before, text) if look == "raised" else text

    def _table(self, table: Any) -> None:
        grid = self._grid(table)
        columns = sorted({column for row in grid.values() for column in row})
        rows = [[row[column].text if column in row else "" for column in columns] for row in grid.values()]
        heads = sum(len(list(head.iter(f"{_TABLE}table-row"))) for head in table.iterfind(f"{_TABLE}table-header-rows"))
        if len(columns) < 2:
            for row in rows:
                self.draft.add("paragraph", row[0])
        else:
            self.draft.table(rows, heads or None)
        self._flush()

    def _grid(self, table: Any) -> Grid:
        """The visible cells of a table with text. Repeated rows and cells without any take no room."""
        grid: Grid = {}
        hidden: set[int] = set()
        column = 0
        for element in _within(table, f"{_TABLE}table-column"):
            times = min(_times(element, "number-columns-repeated"), 16_384)
            if element.get(f"{_TABLE}visibility", "visible") != "visible":
                hidden.update(range(column, column + times))
            column += times
        number = 0
        for row in _within(table, f"{_TABLE}table-row"):
            if row.get(f"{_TABLE}visibility", "visible") != "visible":
                continue
            times = _times(row, "number-rows-repeated")
            cells = {n: cell for n, cell in self._row(row).items() if n not in hidden}
            for n in range(number, number + min(times, _MOST_REPEATS) if cells else number):
                self.draft.spend(sum(len(cell.text) for cell in cells.values()))
                grid[n] = {**grid.get(n, {}), **cells}
            self._span_cells(row, number, grid)
            number += times
        return {n: grid[n] for n in sorted(grid) if grid[n]}

    def _row(self, row: Any) -> dict[int, Cell]:
        cells: dict[int, Cell] = {}
        column = 0
        for element in row:
            times = _times(element, "number-columns-repeated")
            if element.tag == f"{_TABLE}table-cell":
                texts = [self._inline(p) for p in element.iter(f"{_TEXT}p", f"{_TEXT}h") if not _is_dropped(p)]
                text = " ".join(" ".join(texts).split())
                is_value = element.get(f"{_OFFICE}value-type", "string") not in {"string", "boolean"}
                for n in range(column, column + min(times, _MOST_REPEATS) if text else column):
                    cells[n] = Cell(text, is_value)
            column += times
        return cells

    def _span_cells(self, row: Any, number: int, grid: Grid) -> None:
        """Repeat a cell in the rows and columns that it spans, unless it is alone in its row, as a title is."""
        column = 0
        cells = grid.get(number, {})
        alone = len(cells) == 1
        for element in row:
            down = min(_times(element, "number-rows-spanned"), _MOST_REPEATS)
            across = 1 if alone else min(_times(element, "number-columns-spanned"), _MOST_REPEATS)
            if column in cells and down * across > 1:
                self.draft.spend(down * across)
                if across > 1:
                    cells[column] = replace(cells[column], text=Across(cells[column].text))
                for n in range(number, number + down):
                    for m in range(column, column + across):
                        grid.setdefault(n, {}).setdefault(m, cells[column])
            column += _times(element, "number-columns-repeated")

    def sheets(self, body: Any) -> None:
        """Read a spreadsheet: a page for each sheet, without hidden ones."""
        add_sheets(
            self.draft,
            [
                (number, table.get(f"{_TABLE}name", ""), self._grid(table))
                for number, table in enumerate(body.iterfind(f"{_TABLE}table"), 1)
                if self._styles.property(table.get(f"{_TABLE}style-name", ""), "table", f"{_TABLE}display") != "false"
            ],
        )
        self._flush()

    def slides(self, body: Any) -> None:
        """Read a presentation: a page for each slide, without hidden ones; its notes last."""
        for number, page in enumerate(body.iterfind(f"{_DRAW}page"), 1):
            name = page.get(f"{_DRAW}style-name", "")
            if self._styles.property(name, "drawing-page", f"{_PRESENTATION}visibility") == "hidden":
                continue
            self.draft.page = number
            self._shapes([shape for shape in page if shape.tag != f"{_PRESENTATION}notes"])
            frames = page.iterfind(f"{_PRESENTATION}notes/{_DRAW}frame[@{_PRESENTATION}class='notes']")
            for paragraph in (paragraph for frame in frames for paragraph in frame.iter(f"{_TEXT}p")):
                self.draft.add("note", self._inline(paragraph))

    def _shapes(self, shapes: list[Any]) -> None:
        titles = [shape for shape in shapes if shape.get(f"{_PRESENTATION}class") == "title"]
        for shape in titles:
            text = " ".join(self._inline(p) for p in shape.iter(f"{_TEXT}p"))
            if self.draft.shown:
                self.draft.add("heading", text, 1)
            else:
                self.draft.title(text)
        dropped = {"title", "footer", "date-time", "page-number", "header"}
        rest = [s for s in shapes if s.tag.startswith(_DRAW) and s.get(f"{_PRESENTATION}class") not in dropped]
        for shape in in_reading_order(rest, _box):
            if shape.tag == f"{_DRAW}g":
                self._shapes(list(shape))
            elif shape.get(f"{_PRESENTATION}placeholder") != "true":
                self.blocks(shape)


def _box(shape: Any) -> Box:
    if shape.tag == f"{_DRAW}g":
        boxes = [_box(child) for child in shape if child.tag.startswith(_DRAW)] or [(0.0, 0.0, 0.0, 0.0)]
        left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
        return left, top, max(b[0] + b[2] for b in boxes) - left, max(b[1] + b[3] for b in boxes) - top
    left, top, width, height = (length(shape.get(f"{_SVG}{name}", "0")) for name in ("x", "y", "width", "height"))
    return left, top, width, height


def _times(element: Any, name: str) -> int:
    return max(1, int(element.get(f"{_TABLE}{name}", "1")))


def _is_dropped(element: Any) -> bool:
    return any(above.tag in _DROPPED for above in element.iterancestors())


def _within(parent: Any, tag: str) -> Iterable[Any]:
    """The rows or columns of a table, also in groups and heads, but not in nested tables."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag.startswith(_TABLE) and child.tag not in {f"{_TABLE}table-row", f"{_TABLE}table"}:
            yield from _within(child, tag)
