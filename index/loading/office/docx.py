"""Word documents (.docx) -> pieces, as a reader of the final version sees them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, BinaryIO

from index.loading.office.docx_styles import Styles, W, by_id, is_on, value_of
from index.loading.office.drafting import Draft, apart, raised
from index.loading.office.formulas import formula, symbols
from index.loading.office.numbering import Numbering
from index.loading.office.packages import Package
from index.loading.row_texts import Across
from index.pieces import Loaded

if TYPE_CHECKING:
    from index.settings import IndexSettings

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DC = "{http://purl.org/dc/elements/1.1/}"
_DROPPED = frozenset(
    {f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}delText", f"{W}pPr", f"{W}rPr", f"{W}tblPr", _FALLBACK}
)
_CONTENTS = re.compile(r"\s*(?:TOC|INDEX)\b")
_LONGEST_NAME = 100
_SPACES = {f"{W}tab": " ", f"{W}br": " ", f"{W}cr": " ", f"{W}noBreakHyphen": "-", f"{W}ptab": " "}


def read_docx(file: BinaryIO, name: str, settings: IndexSettings) -> Loaded:
    """The pieces of a Word document: deleted, struck-out and hidden text, comments, page heads and feet are left out.

    Args:
        file: the open file.
        name: the file's name, for messages.
        settings: the settings with the limits.

    Raises:
        UnreadableFileError: the file is encrypted, damaged or no Word document.
        ArticleTooLargeError: it has more text than the settings allow.
    """
    package = Package(file, name, settings)
    with package.reading():
        parts = dict(package.relations("").values())
        main = parts.get("officeDocument", "word/document.xml")
        body = package.xml(main).find(f"{W}body")
        if body is None:
            raise package.unreadable("it is no Word document, or one of the Strict kind", "Save it as a usual .docx")
        reader = _Reader(Draft(name, settings), package, main)
        reader.blocks(body)
        reader.end()
        title, creators = stated(package, parts.get("core-properties", "docProps/core.xml"))
        return reader.draft.loaded(title, creators)


def stated(package: Package, member: str) -> tuple[str, list[str]]:
    """The title in the core properties of an OOXML package, and who made it."""
    core = package.optional(member)
    if core is None:
        return "", []
    return core.findtext(f"{_DC}title") or "", [element.text or "" for element in core.iter(f"{_DC}creator")]


class _Reader:
    """Walks through the body in order. A field or a paragraph whose mark was deleted goes on in the next paragraph."""

    def __init__(self, draft: Draft, package: Package, main: str) -> None:
        parts = dict(package.relations(main).values())
        self.draft = draft
        self._styles = Styles(package.optional(parts.get("styles", "")))
        self._numbering = Numbering(package.optional(parts.get("numbering", "")), self._styles.get)
        self._notes = {
            f"{kind}Reference": by_id(package.optional(parts.get(f"{kind}s", "")), f"{W}{kind}")
            for kind in ("footnote", "endnote")
        }
        self._noted = 0
        self._after: list[tuple[str, Any]] = []
        self._fields: list[bool] = []
        self._codes: list[str] = []
        self._pending = ""
        self._contents = False

    def blocks(self, parent: Iterable[Any]) -> None:
        """Read the paragraphs and tables of an element."""
        for element in parent:
            if element.tag == f"{W}p":
                self._paragraph(element)
            elif element.tag == f"{W}tbl":
                self._table(element)
            elif element.tag == f"{W}sdt":
                self._control(element)
            elif element.tag not in _DROPPED:
                self.blocks(element)

    def end(self) -> None:
        """Add what waits for a next paragraph."""
        self.draft.add("paragraph", self._pending)

    def _control(self, element: Any) -> None:
        before = self._contents
        gallery = element.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
        self._contents = before or (gallery is not None and gallery.get(f"{W}val") == "Table of Contents")
        shown = element.find(f"{W}sdtPr/{W}showingPlcHdr")
        if not is_on(shown):
            self.blocks(element.iterfind(f"{W}sdtContent"))
        self._contents = before

    def _paragraph(self, paragraph: Any) -> None:
        listed = self._in_contents()
        text = self._pending + self._inline(paragraph)
        listed = listed or self._in_contents()
        self._pending = ""
        properties = paragraph.find(f"{W}pPr")
        frame = None if properties is None else properties.find(f"{W}framePr")
        dropped = frame is not None and frame.get(f"{W}dropCap", "none") != "none"
        if dropped or (properties is not None and properties.find(f"{W}rPr/{W}del") is not None):
            self._pending = text
        elif text.strip():
            self._add(text, paragraph, listed)
        self._flush()

    def _in_contents(self) -> bool:
        return self._contents or any(_CONTENTS.match(code) for code in self._codes)

    def _add(self, text: str, paragraph: Any, listed: bool) -> None:
        properties = paragraph.find(f"{W}pPr")
        style = value_of(properties, "pStyle")
        kind, level = self._styles.kind(style, value_of(properties, "outlineLvl"))
        if listed:
            if kind == "paragraph":
                # The line above says "Contents", in some language.
                self.draft.unlist()
            kind, level = "furniture", 0
        number, depth = self._numbering.next(properties, style)
        if kind == "paragraph" and depth:
            self.draft.add("item", f"{number} {text}", depth)
        elif self._styles.named(style, "title"):
            self.draft.title(text)
        elif self._styles.named(style, "author") and len(text) <= _LONGEST_NAME:
            self.draft.author(text)
        elif kind == "paragraph" and text[:1].isalpha() and _is_counted(paragraph):
            self.draft.add("caption", text)
        elif kind == "paragraph" and self._styles.stands_out(paragraph, text):
            self.draft.add("heading", text, 2)
        else:
            self.draft.add(kind, f"{number} {text}" if kind == "heading" else text, level)

    def _flush(self) -> None:
        """Add the notes and the text boxes that were met inside a paragraph or table."""
        waiting, self._after = self._after, []
        for mark, element in waiting:
            if not mark:
                self.blocks(element)
            else:
                self.draft.add("note", f"{mark} " + " ".join(self._inline(p).strip() for p in element.iter(f"{W}p")))

    def _table(self, table: Any) -> None:
        rows = [row for row in _within(table, f"{W}tr") if row.find(f"{W}trPr/{W}del") is None]
        cells = [[c for c in _within(row, f"{W}tc") if c.find(f"{W}tcPr/{W}cellDel") is None] for row in rows]
        alone = max(map(len, cells), default=0) < 2
        if alone or any(_is_frame(cell, len(rows)) for row in cells for cell in row):
            # Frames around text, or a mere list.
            for cell in (cell for row in cells for cell in row):
                self.blocks(cell)
            return
        grid: list[list[str]] = []
        for source, row in zip(rows, cells, strict=True):
            texts: list[str] = [""] * min(int(value_of(source.find(f"{W}trPr"), "gridBefore") or 0), 64)
            for cell in row:
                span = value_of(cell.find(f"{W}tcPr"), "gridSpan")
                merged = cell.find(f"{W}tcPr/{W}vMerge")
                if merged is not None and merged.get(f"{W}val") != "restart" and grid and len(grid[-1]) > len(texts):
                    text = grid[-1][len(texts)]
                else:
                    text = " ".join(self._inline(p).strip() for p in cell.iter(f"{W}p"))
                # A line across the whole table stands above no column.
                width = min(int(span or 1), 64) if len(row) > 1 else 1
                self.draft.spend(len(text) * (width - 1))
                texts += [Across(text) if width > 1 else text] * width
            grid.append(texts)
        heads = sum(is_on(row.find(f"{W}trPr/{W}tblHeader")) for row in rows)
        if not heads and len(rows) > 1:
            heads = int(self._is_bold(rows[0]) and not self._is_bold(rows[1]))
        self.draft.table(grid, heads or None)
        self._flush()

    def _is_bold(self, row: Any) -> bool:
        lines = [p for p in row.iter(f"{W}p") if p.find(f".//{W}t") is not None]
        return bool(lines) and all(map(self._styles.bold, lines))

    def _inline(self, element: Any) -> str:
        parts: list[str] = []
        self._words(element, parts)
        return "".join(parts)

    def _words(self, element: Any, parts: list[str]) -> None:
        for child in element:
            tag = child.tag
            if tag == f"{W}r":
                self._run(child, parts)
            elif tag == f"{_M}oMath":
                parts.append(formula(child))
            elif tag == f"{W}txbxContent":
                self._after.append(("", child))
            elif tag == f"{W}sdt" and is_on(child.find(f"{W}sdtPr/{W}showingPlcHdr")):
                continue
            elif tag not in _DROPPED:
                self._words(child, parts)

    def _run(self, run: Any, parts: list[str]) -> None:
        properties = run.find(f"{W}rPr")
        hidden = self._styles.hides(properties)
        fonts = None if properties is None else properties.find(f"{W}rFonts")
        symbolic = fonts is not None and fonts.get(f"{W}ascii") == "Symbol"
        own: list[str] = []
        for child in run:
            kind = child.tag.rpartition("}")[2] if child.tag.startswith(W) else ""
            if kind == "fldChar":
                self._field(child.get(f"{W}fldCharType", ""))
            elif hidden or any(self._fields):
                if kind == "instrText" and self._codes:
                    self._codes[-1] += child.text or ""
            elif kind == "t":
                own.append(symbols(child.text or "") if symbolic else child.text or "")
            elif kind == "sym":
                code = int(child.get(f"{W}char", "20"), 16)
                own.append(symbols(chr(code)) if child.get(f"{W}font") == "Symbol" else " ")
            elif kind in self._notes:
                note = self._notes[kind].get(child.get(f"{W}id", ""))
                custom = run.findtext(f"{W}t") if child.get(f"{W}customMarkFollows") else None
                own.append(self._reference(note, "".join((*parts[-2:], *own)), custom))
            elif child.tag in _SPACES:
                own.append(_SPACES[child.tag])
            elif child.tag not in _DROPPED:
                self._words(child, own)
        text = "".join(own)
        parts.append(raised("".join(parts[-3:]), text) if self._styles.raises(properties) else text)

    def _field(self, kind: str) -> None:
        """Each open field has True while its instruction is being read, which nobody sees."""
        if kind == "begin":
            self._fields.append(True)
            self._codes.append("")
        elif self._fields and kind == "separate":
            self._fields[-1] = False
        elif self._fields and kind == "end":
            self._fields.pop()
            self._codes.pop()

    def _reference(self, note: Any, before: str, custom: str | None) -> str:
        """The mark of a note, apart from one before it; none if the note has one of its own, such as "*", which follows."""
        if note is None:
            return ""
        self._noted += custom is None
        mark = raised("", str(self._noted)) if custom is None else custom
        self._after.append((mark, note))
        return apart(before, mark) if custom is None else ""


def _is_counted(paragraph: Any) -> bool:
    """Whether a paragraph holds the number of a figure or table, which programs count; formulas are counted too."""
    codes = [code.text or "" for code in paragraph.iter(f"{W}instrText")]
    codes += [field.get(f"{W}instr", "") for field in paragraph.iter(f"{W}fldSimple")]
    return any(code.split()[:1] == ["SEQ"] for code in codes) and paragraph.find(f".//{_M}oMath") is None


def _is_frame(cell: Any, rows: int) -> bool:
    """Whether a cell holds a table, or the paragraphs of one of several columns of text."""
    return cell.find(f".//{W}tbl") is not None or (rows == 1 and len(cell.findall(f"{W}p")) > 1)


def _within(parent: Any, tag: str) -> Iterable[Any]:
    """The elements of a tag in a table or row, also inside content controls and insertions, but not in nested tables."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml", f"{W}moveTo"}:
            yield from _within(child, tag)
