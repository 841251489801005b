"""Rows in reading order -> paragraphs, items, captions, rows of tables and notes, each as a draft of a piece."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from index.loading.pdf.furniture import contents_rows
from index.loading.pdf.hyphens import Hyphens
from index.loading.pdf.markers import counted_rows
from index.loading.pdf.tables import cells_of, find_tables
from index.loading.pdf.words import median
from index.loading.row_texts import row_texts

TYPE_CHECKING = False
if TYPE_CHECKING:  # The child process has no use for them.
    from collections.abc import Iterator, Sequence

    from index.article import BlockKind
    from index.loading.pdf.lines import Row

_ENDS = re.compile(r"[.!?:。！？…][\"'”’»)\]]*[⁰¹²³⁴⁵⁶⁷⁸⁹*†‡§]*$")
_BULLET = re.compile(r"(?:[•‣▪▫■□●○◦◆►➢✓✔–—*·\uf0a7\uf0b7\uf0d8\uf076-]|\uf0fc)\s+(?=\S)")
_NUMBERED = re.compile(r"(?:\(?[0-9]{1,3}[.)]|\(?[a-z][.)]|\(?[ivx]{1,5}[.)])\s+(?=\S)")
_CAPTION = re.compile(
    r"(?:table|fig(?:ure)?|chart|graph|box|exhibit|map|tab|tabelle|abb(?:ildung)?|tableau|tabla|cuadro|figura|tabell|taulukko"
    r"|kuv[ai]o?)\.? ?"
    r"(?:(?:[0-9]+(?:[.–-][0-9]+)*|[A-Z][.–-]?[0-9]+(?:[.–-][0-9]+)*|[IVX]+)\s?(?:[.:|–—]|$)"
    r"|[0-9]+(?:[.–-][0-9]+)* (?-i:[^\W\d_a-zß-ÿ]))",
    re.IGNORECASE,
)
"""Without a mark behind the number, a capital follows: "Table 1 shows" begins a sentence."""

NOTE_MARK = re.compile(r"([⁰¹²³⁴⁵⁶⁷⁸⁹]+|[*†‡§¶]+|[0-9]{1,3}(?=[.)]? ?[“\"(]?[^\W\d_]))[.)]? ?")
_SMALL = 0.94
_GAP = 1.38
"""Rows further apart than so many times the usual distance belong to different paragraphs."""

_UNFILLED = 0.1
"""If more than this share of lines inside sentences have room left, room tells nothing about paragraphs."""


_LOOK_BACK = 10
"""A paragraph goes on past at most so many pieces, one less, that stand between."""


class Draft:
    """A piece in the making.

    Attributes:
        kind: as in `Piece`.
        rows: the rows that it is made of; a row of a table has one or more.
        text: its text; filled in when all its rows are known.
        level: depth of an item.
        group: as in `Piece`.
        last: page of its last row.
        marker: length of the bullet at the start of its text, which a reader sees as no word.
    """

    __slots__ = ("group", "kind", "last", "level", "marker", "rows", "text")

    def __init__(
        self, kind: BlockKind, rows: list[Row], text: str = "", *, level: int = 0, group: int = 0, marker: int = 0
    ) -> None:
        """Take them as they are; it ends on the page where it begins."""
        self.kind, self.rows, self.text, self.level, self.group, self.marker = kind, rows, text, level, group, marker
        self.last = 0

    @property
    def page(self) -> int:
        """The page that it begins on."""
        return self.rows[0].page


class _Block:
    """What the rows between the same margins have in common."""

    __slots__ = ("left", "right")

    def __init__(self, left: float, right: float) -> None:
        self.left, self.right = left, right


class _State:
    """What has been made of the rows so far."""

    __slots__ = ("drafts", "group", "indents")

    def __init__(self) -> None:
        self.drafts: list[Draft] = []
        self.indents: list[float] = []
        self.group = 0


class Paragraphs:
    """Makes the drafts of a document."""

    def __init__(self, rows: Sequence[Row], pages: int) -> None:
        """Measures the document.

        Args:
            rows: all rows, in reading order.
            pages: how many pages it has.
        """
        self._rows = rows
        sizes: Counter[float] = Counter()
        for row in rows:
            sizes[row.size] += len(row.text)
        self.body = sizes.most_common(1)[0][0] if sizes else 10.0
        gaps = [
            b.base - a.base
            for a, b in pairwise(rows)
            if _same_block(a, b) and 0.9 < (b.base - a.base) / self.body < 2.2
        ]
        self._leading = (median(gaps) if gaps else 1.2 * self.body) / self.body
        self._hyphens = Hyphens(row.text for row in rows)
        self._blocks = {(run[0].page, run[0].column): _block(run) for run in _runs(rows)}
        self._notes = self._note_rows()
        self._contents = contents_rows(rows, pages) - self._notes
        self._marks = {n: mark for n, row in enumerate(rows) if (mark := _mark(row))}
        self._marks |= counted_rows(rows)
        lists = {n for n, mark in self._marks.items() if _is_listed(rows[n], mark)}
        self._tables = dict(find_tables(rows, self._notes | self._contents | lists))
        self._state = _State()
        self._fits = self._is_filled()

    def _is_filled(self) -> bool:
        """Whether lines are filled as far as the next word allows, so that one with room left ends a paragraph."""
        pairs = [(a, b) for a, b in pairwise(self._rows) if _same_block(a, b) and a.size == b.size == self.body]
        inside = [self._is_short(a, b) for a, b in pairs if b.text[:1].islower() and not _ENDS.search(a.text)]
        return sum(inside) <= _UNFILLED * len(inside)

    def _is_short(self, before: Row, row: Row) -> bool:
        return before.x1 + 0.3 * row.size + row.first < self._blocks[row.page, row.column].right - row.size

    def drafts(self) -> list[Draft]:
        """The drafts in reading order; each note stands where it was found."""
        n = 0
        while n < len(self._rows):
            end = self._tables.get(n)
            if end is not None:
                self._add_table(self._rows[n:end])
                n = end
                continue
            self._add(n, self._rows[n])
            n += 1
        for draft in self._state.drafts:
            draft.last = draft.rows[-1].page
            if not draft.text:
                draft.text = self._text(draft)
        return [draft for draft in self._state.drafts if draft.text]

    def _text(self, draft: Draft) -> str:
        # Only the end of what is there can be part of a broken word; the rest is not copied again for each row.
        done, tail = [], draft.rows[0].text
        for row in draft.rows[1:]:
            joined = self._hyphens.join(tail, row.text)
            cut = max(0, len(joined) - 80)
            done.append(joined[:cut])
            tail = joined[cut:]
        return ("".join(done) + tail)[draft.marker :].strip()

    def _add(self, n: int, row: Row) -> None:
        drafts = self._state.drafts
        before = drafts[-1] if drafts else None
        if n in self._contents:
            drafts.append(Draft("furniture", [row]))
        elif n in self._notes:
            if before and before.kind == "note" and not NOTE_MARK.match(row.text):
                before.rows.append(row)
            else:
                drafts.append(Draft("note", [row]))
        elif self._starts_item(n, row, before):
            self._add_item(row, before)
        elif (host := self._continued(n, row)) is not None:
            host.rows.append(row)
        else:
            caption = _CAPTION.match(row.text) is not None and row.size < 1.15 * self.body
            drafts.append(
                Draft("caption" if caption else "paragraph", [row], group=self._new_group() if caption else 0)
            )

    def _add_table(self, rows: Sequence[Row]) -> None:
        drafts = self._state.drafts
        cells = cells_of(rows)
        header = _names_rows(rows, cells)
        texts = row_texts(cells, header)
        before = drafts[-1] if drafts else None
        group = before.group if before and before.kind == "caption" else self._new_group()
        drafts += [Draft("row", list(rows[-1:]), text=text, group=group) for text in texts]

    def _new_group(self) -> int:
        self._state.group += 1
        return self._state.group

    def _starts_item(self, n: int, row: Row, before: Draft | None) -> bool:
        mark = self._marks.get(n)
        if mark is None or row.size > 1.12 * self.body:
            return False
        if mark.re is _BULLET:
            # A dash may go on with a sentence.
            return (
                row.text[0] not in "–—-*·"
                or before is None
                or before.kind == "item"
                or self._may_end(before.rows[-1], row)
            )
        return not row.bold and (
            before is None
            or before.kind == "item"
            or self._may_end(before.rows[-1], row)
            or row.x0 > before.rows[-1].x0 + row.size
        )

    def _may_end(self, before: Row, row: Row) -> bool:
        if _ENDS.search(before.text) is not None or not _same_block(before, row) or self._is_apart(before, row):
            return True
        # A heading ends without a mark.
        return before.size > 1.08 * row.size

    def _add_item(self, row: Row, before: Draft | None) -> None:
        state = self._state
        follows = before is not None and (
            before.kind == "item" or before.text.endswith(":") or before.rows[-1].text.endswith(":")
        )
        if not follows or before is None or before.kind != "item":
            state.indents = []
        left = row.x0 - self._blocks[row.page, row.column].left
        while state.indents and left < state.indents[-1] - 3:
            state.indents.pop()
        if not state.indents or left > state.indents[-1] + 3:
            state.indents.append(left)
        if before is not None and follows:
            before.group = before.group or self._new_group()
        group = before.group if before is not None and follows else self._new_group()
        bullet = _BULLET.match(row.text)
        state.drafts.append(
            Draft("item", [row], level=len(state.indents), group=group, marker=bullet.end() if bullet else 0)
        )

    def _continued(self, n: int, row: Row) -> Draft | None:
        """The draft that a row goes on with."""
        drafts = self._state.drafts
        if not drafts:
            return None
        last = drafts[-1]
        if last.kind in ("paragraph", "item", "caption") and _same_block(last.rows[-1], row):
            return None if self._breaks(last, row, n) else last
        if _CAPTION.match(row.text):
            return None
        # Over the end of a column or a page, and past what stands between: notes, tables, captions.
        direct = True
        for draft in drafts[:-_LOOK_BACK:-1]:
            if draft.kind in ("paragraph", "item"):
                return draft if self._goes_on(draft, row, direct=direct) else None
            direct = direct and draft.kind == "note"
        return None

    def _goes_on(self, draft: Draft, row: Row, *, direct: bool) -> bool:
        before = draft.rows[-1]
        alike = abs(row.size - before.size) < 0.08 * before.size and row.bold == before.bold
        if not alike or (_same_block(before, row) and not direct):
            return alike and row.text[:1].islower() and not _ENDS.search(before.text)
        if row.text[:1].islower():
            return not _ENDS.search(before.text) or direct
        return direct and not _ENDS.search(before.text) and before.size < 1.12 * self.body and not before.bold

    def _is_apart(self, before: Row, row: Row) -> bool:
        return row.base - before.base > _GAP * self._leading * max(before.size, row.size)

    def _breaks(self, draft: Draft, row: Row, n: int) -> bool:
        """Whether a row begins a new piece, after one in the same column."""
        before = draft.rows[-1]
        if (
            abs(row.size - before.size) > 0.08 * before.size
            or self._is_apart(before, row)
            or row.base < before.base - 1
        ):
            return True
        if _CAPTION.match(row.text) and (draft.kind != "paragraph" or _ENDS.search(before.text)):
            return True
        block = self._blocks[row.page, row.column]
        very = before.x1 < block.left + 0.75 * (block.right - block.left)
        short = very or (self._fits and self._is_short(before, row))
        if row.bold != before.bold and (short or _ENDS.search(before.text)):
            return True
        if draft.kind == "item":
            deeper = row.x0 > draft.rows[0].x0 + 2
            return not deeper and (short or row.x0 < draft.rows[0].x0 - 2)
        if self._is_indented(draft, row, n, block):
            return True
        if not short:
            return False
        if _ENDS.search(before.text) or (row.bold and before.bold):
            return not (row.text[:1].islower() and not _ENDS.search(before.text))
        return very and not row.text[:1].islower() and before.text[-1] not in ",;-–("

    def _is_indented(self, draft: Draft, row: Row, n: int, block: _Block) -> bool:
        """Whether the left edge tells that a new paragraph begins: by an indent, or by the end of a hanging one."""
        before, step = draft.rows[-1], 0.7 * row.size
        after = self._rows[n + 1] if n + 1 < len(self._rows) else None
        if row.x0 > before.x0 + step and row.x0 < before.x0 + 5 * row.size:
            hangs = after is not None and _same_block(row, after) and abs(after.x0 - row.x0) < 2
            return not (hangs and len(draft.rows) == 1) or (len(draft.rows) > 1 and abs(before.x0 - block.left) < step)
        return row.x0 < before.x0 - step and len(draft.rows) > 1 and abs(draft.rows[0].x0 - row.x0) < 2

    def _note_rows(self) -> set[int]:
        """The rows of notes at the feet of pages: small type at the end of a column, from a row that begins with a mark."""
        found: set[int] = set()
        start = 0
        larger = {row.page for row in self._rows if row.size >= _SMALL * self.body}
        for run in _runs(self._rows):
            end = start + len(run)
            first = end
            while first > start and self._rows[first - 1].size < _SMALL * self.body:
                first -= 1
            while first < end and not NOTE_MARK.match(self._rows[first].text):
                first += 1
            if run[0].page in larger and not any(_CAPTION.match(self._rows[n].text) for n in range(first, end)):
                found.update(range(first, end))
            start = end
        return found


def _names_rows(rows: Sequence[Row], cells: list[list[str]]) -> int | None:
    """How many rows at the top of a table hold column names; None if neither the type nor the cells tell."""
    if rows[0].bold and not rows[-1].bold:
        return 1
    # Most documents have no tables, and no use for it.
    from index.loading.columns import has_numbers, names_columns

    return 1 if len(cells) > 2 and has_numbers(cells) and names_columns(cells) else None


def _same_block(a: Row, b: Row) -> bool:
    return a.page == b.page and a.column == b.column


def _runs(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """The rows of each block."""
    first = 0
    for n in range(1, len(rows) + 1):
        if n == len(rows) or not _same_block(rows[n - 1], rows[n]):
            if n > first:
                yield rows[first:n]
            first = n


def _block(rows: Sequence[Row]) -> _Block:
    sizes = Counter([row.size for row in rows])
    # A title over the column may be wider.
    most = max(sizes.values())
    rows = [row for row in rows if sizes[row.size] >= most]
    lefts = Counter([round(row.x0) for row in rows])
    often = max(lefts.values()) / 3
    return _Block(min([x for x, count in lefts.items() if count >= often]), max([row.x1 for row in rows]))


def _mark(row: Row) -> re.Match[str] | None:
    """The bullet or number that a row begins with."""
    return _BULLET.match(row.text) or _NUMBERED.match(row.text)


def _is_listed(row: Row, mark: re.Match[str]) -> bool:
    return len(row.cells) <= 2 and len(row.cells[0].text) >= len(mark.group().strip())
