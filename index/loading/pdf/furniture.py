"""Running heads, feet and page numbers: what stands at the same place on several pages, and numbers in step with them."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from itertools import pairwise

from index.loading.pdf.words import median

TYPE_CHECKING = False
if TYPE_CHECKING:  # The child process has no use for them.
    from collections.abc import Sequence

    from index.loading.pdf.lines import Row

_EDGE_ROWS = 3
_SAME_PLACE = 5.0
"""Points by which the place of a running head may differ."""

_MAX_CHARS = 130
_GAP = 1.35
"""A head stands apart from the text by at least so many times the usual distance of rows."""

_FAR = 3.0
_MARGIN = 0.92
"""A row alone so far below the others, and so low on its page, is a foot even if no other page has it."""

_LARGE = 1.09
_VERY_LARGE = 1.25
_BOLD = 0.95
"""Type of so many sizes of the body's: larger, much larger, and no smaller, where bold type makes a heading."""

_NOTE = re.compile(r"[⁰¹²³⁴⁵⁶⁷⁸⁹*†‡§¶]|\d{1,3}[.)]? [^\W\d_]")
_DIGITS = re.compile(r"\d+")
_LETTER = re.compile(r"[^\W\d_]")
_ROMAN = re.compile(r"[ivxl]{1,7}")
_ROMANS = frozenset("ivxl")
_NUMBER = re.compile(r"^\W*(?:\w{1,6}\.? )?(\d{1,4})\b(?!\.\d)|\b(\d{1,4})\W*$")
_ONLY_NUMBER = re.compile(r"\W*(?:[^\W\d_]{1,6}\.? ?)?(\d{1,4})(?: ?(?:/|[^\W\d_]{1,4}) ?\d{1,4})?\W*")
_LEADERS = re.compile(r"(?:\. ?|… ?|· ?|_){4,}\s*(?:\d{1,4}|[ivxl]{1,7})$")
_SECTION = re.compile(r"\d+(?:\.\d+)+ ")
_ENTRY = re.compile(r"(?:\d+(?:\.\d+)*\.? )?[^\W\d_].*?,? \d{1,4}(?:[-–]\d{1,4})?(?:, \d{1,4}(?:[-–]\d{1,4})?)*")


class PageEdges:
    """What a page shows at its top and its foot.

    Attributes:
        tops: its first rows, the outermost first.
        feet: its last rows, the outermost first.
        leading: the usual distance of its rows, in points.
        sizes: how many characters it has in each type size.
    """

    __slots__ = ("feet", "leading", "sizes", "tops")

    def __init__(self, tops: list[Row], feet: list[Row], leading: float, sizes: dict[float, int]) -> None:
        """Take them as they are."""
        self.tops, self.feet, self.leading, self.sizes = tops, feet, leading, sizes


def edges_of(rows: Sequence[Row]) -> PageEdges:
    """The edges of a page.

    Args:
        rows: its rows from top to bottom, not yet parted into columns.
    """
    sizes: dict[float, int] = {}
    for row in rows:
        sizes[row.size] = sizes.get(row.size, 0) + len(row.text)
    return PageEdges(list(rows[:_EDGE_ROWS]), list(rows[::-1][:_EDGE_ROWS]), _leading(rows), sizes)


def furniture_of(pages: Sequence[PageEdges], heights: Sequence[float]) -> list[tuple[int, int]]:
    """How many rows at the top, and at the foot, of each page are running heads, feet and page numbers.

    Args:
        pages: the edges of all pages.
        heights: the heights of the pages.
    """
    sizes: Counter[float] = Counter()
    for page in pages:
        for size, chars in page.sizes.items():
            sizes[size] += chars
    body = sizes.most_common(1)[0][0] if sizes else 10.0
    leading = [page.leading for page in pages]
    tops = _Edge([page.tops for page in pages], body, leading, [0.0 for _ in pages])
    feet = _Edge([page.feet for page in pages], body, leading, heights)
    return [(tops.count(n), feet.count(n)) for n in range(len(pages))]


class _Edge:
    """The rows at the tops, or at the feet, of all pages, the outermost first."""

    def __init__(self, edges: list[list[Row]], body: float, leading: Sequence[float], heights: Sequence[float]) -> None:
        self._edges = edges
        self._body = body  # The type size of most characters.
        self._heights = heights
        self._leading = leading
        self._bases: dict[str, list[float]] = {}
        self._facts: dict[str, tuple[str, list[int]]] = {}
        self._texts: Counter[str] = Counter()
        offsets: Counter[int] = Counter()
        for n, rows in enumerate(edges):
            numbers: set[int] = set()
            for row in rows:
                text = row.text
                if text not in self._facts:
                    self._facts[text] = _masked(text), _numbers(text)
                masked, found = self._facts[text]
                insort(self._bases.setdefault(masked, []), row.base)
                self._texts[text] += 1
                numbers.update(found)
            # A year stands in step with the pages only once.
            offsets.update([number - n for number in numbers])
        # Where some pages have their head, that of another may differ: by chapter, or on left pages.
        self._places: list[float] = []
        least = 2 if len(edges) < 6 else len(edges) // 4
        self._offsets: set[int] = {offset for offset, count in offsets.items() if count >= least and len(edges) > 1}
        # A head on one page alone tells nothing about others.
        counts = [self.count(n) for n in range(len(edges))]
        self._places = sorted([rows[0].base for rows, count in zip(edges, counts, strict=True) if count])

    def count(self, n: int) -> int:
        """How many rows at this edge of page `n` are furniture."""
        rows = self._edges[n]
        found = 0
        for at, row in enumerate(rows):
            inner = rows[at + 1] if at + 1 < len(rows) else None
            gap = abs(inner.base - row.base) if inner else 10 * self._leading[n]
            # What stands alone on its page is its text.
            far = at == 0 and inner is not None and gap > _FAR * self._leading[n]
            far = far and row.base > _MARGIN * self._heights[n] > 0
            apart = gap > _GAP * self._leading[n]
            placed = at == 0 and apart and self._is_placed(row)
            if placed or self._is_furniture(n, row, apart=apart) or (far and self._is_foot(row)):
                found = at + 1
            else:
                break
        return found

    def _is_placed(self, row: Row) -> bool:
        """Whether a row stands where several pages have their head, or foot."""
        return (
            len(row.text) < _MAX_CHARS and row.size <= _LARGE * self._body and _count(self._places, row.base, 1.0) >= 2
        )

    def _is_foot(self, row: Row) -> bool:
        """Whether a row far below the text of its page, such as the first page's foot, is no note and no sentence."""
        short = len(row.text) < _MAX_CHARS and row.text[-1:] not in ".!?"
        return short and len(self._edges) > 1 and not _NOTE.match(row.text)

    def _is_furniture(self, n: int, row: Row, *, apart: bool) -> bool:
        if len(row.text) > _MAX_CHARS or len(self._edges) < 2:
            return bool(
                apart and _ONLY_NUMBER.fullmatch(row.text) and not _LETTER.search(row.text) and len(row.text) < 8
            )
        masked, numbers = self._facts[row.text]
        own = [other for other in self._edges[n] if self._facts[other.text][0] == masked]
        near = [other for other in own if abs(other.base - row.base) <= _SAME_PLACE]
        again = _count(self._bases[masked], row.base, _SAME_PLACE) - len(near)
        in_step = any(number - n in self._offsets for number in numbers)
        worded = _LETTER.search(masked) is not None
        # Without a gap only the very same words are a head: rows of a form differ in their numbers.
        same = self._texts[row.text] - sum(other.text == row.text for other in own)
        worded_alike = same if row.size > _VERY_LARGE * self._body else again
        if again and worded and worded_alike and (apart or same >= 2 or in_step):
            return True
        if _LETTER.search(row.text) and self._is_prominent(row):
            return False  # "3 Finance" on page 3 is a heading: only a running head repeats its words.
        alone = _ONLY_NUMBER.fullmatch(row.text) is not None
        return (in_step and (apart or alone)) or (
            apart and (alone or bool(_ROMAN.fullmatch(row.text))) and len(row.text) < 16
        )

    def _is_prominent(self, row: Row) -> bool:
        """Whether a row is set as headings are."""
        return row.size > _LARGE * self._body or (row.bold and row.size > _BOLD * self._body)


def _count(places: Sequence[float], place: float, within: float) -> int:
    """How many of the places, in order, are near one."""
    return bisect_right(places, place + within) - bisect_left(places, place - within)


def _leading(rows: Sequence[Row]) -> float:
    gaps = [b.base - a.base for a, b in pairwise(rows) if b.base - a.base > 1]
    # Rows of columns that don't stand on the same baselines come close; most others are the distance of lines.
    return median(gaps) if gaps else 12.0


def _masked(text: str) -> str:
    return _DIGITS.sub("#", text).casefold()


def _numbers(text: str) -> list[int]:
    """The numbers at the ends of a row, which may be the page's."""
    if not _DIGITS.search(text):
        return []
    whole = _ONLY_NUMBER.fullmatch(text)
    if whole:
        return [int(whole.group(1))]
    return [int(number) for match in _NUMBER.finditer(text) for number in match.groups() if number]


def contents_rows(rows: Sequence[Row], pages: int) -> set[int]:
    """Which rows belong to a table of contents or an index: dot leaders, or names with page numbers that only grow.

    Args:
        rows: rows in reading order.
        pages: how many pages the document has.
    """
    # Few rows end as those with leaders do, and the search takes time.
    ends = [(n, row.text) for n, row in enumerate(rows) if row.text[-1:].isdecimal() or row.text[-1:] in _ROMANS]
    found = {n for n, text in ends if _LEADERS.search(text)}
    _add_beside(found, rows, pages)
    for first, last in _runs(rows):
        numbers = [int(_DIGITS.findall(row.text)[-1]) for row in rows[first:last]]
        listed = sum("," in _DIGITS.sub("#", row.text).replace("#,", ",#")[-12:] for row in rows[first:last])
        grows = all(a <= b for a, b in pairwise(numbers)) and numbers[-1] > numbers[0]
        index = last - first >= 8 and listed * 2 > last - first
        numbered = any(row.text[0].isdigit() for row in rows[first:last])
        # A table may have numbered rows, but none has sections.
        grows = grows and (not numbered or any(_SECTION.match(row.text) for row in rows[first:last]))
        if (grows and numbers[-1] <= pages + 30 and all(len(row.cells) == 2 for row in rows[first:last])) or index:
            found.update(range(first, last))
    return found


def _add_beside(found: set[int], rows: Sequence[Row], pages: int) -> None:
    """Adds the entries without leaders, such as those of chapters, that stand between or next to others with them."""
    for step in (1, -1):
        for n in sorted(found, reverse=step < 0):
            near, at = rows[n], n + step
            while 0 <= at < len(rows) and at not in found and rows[at].page == near.page:
                ends = len(rows[at].cells) == 2 and re.fullmatch(r"\d{1,4}|[ivxl]{1,7}", rows[at].cells[1].text)
                if not ends or (ends.group().isdecimal() and int(ends.group()) > pages + 30):
                    break
                found.add(at)
                at += step


def _runs(rows: Sequence[Row]) -> list[tuple[int, int]]:
    runs, first = [], 0
    for n in range(len(rows) + 1):
        if (
            n == len(rows)
            or len(rows[n].cells) > 2
            or not rows[n].text[-1].isdigit()
            or not _ENTRY.fullmatch(rows[n].text)
        ):
            if n - first >= 4:
                runs.append((first, n))
            first = n + 1
    return runs
