"""The words of a page -> its rows, from top to bottom: words on one baseline, drop caps and raised marks joined to theirs."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from itertools import pairwise
from operator import attrgetter

from index.loading.marks import letter_mark

TYPE_CHECKING = False
if TYPE_CHECKING:  # The child process has no use for them.
    from collections.abc import Callable, Sequence

    from index.loading.pdf.words import Word

_SAME_LINE = 0.22
"""Baselines that differ by less than this share of the type size are one."""

_SMALL = 0.86
"""Type below this share of its neighbour's size may be raised or lowered."""

_CELL_GAP = 1.0
"""A gap of so many type sizes parts two cells, or two columns."""

_CELL_GAP_SPACED = 1.15
"""The same, in a row whose spaces are all wide."""

_WIDE_SPACE = 0.75
"""A gap of so many type sizes parts two cells if it is also over twice the usual space of its row."""

_SHADOW = 3.0
"""Points between a word and the same word printed again, at most."""

_MARKER_LINE = 0.4
"""The marker of a list may stand lower or higher than its text by less than this share of the text's size."""

_MARKER_SPACE = 4.0
"""The text of an item begins at most so many type sizes behind its marker."""

_MARKER_APART = 0.7
"""Before a marker there is at least so much room, in type sizes: it begins a line, and ends none."""

_COUNT_SPACE = 0.6
"""Behind a number that counts the items of a list there is more room than a space takes, in type sizes."""

_TOUCHING = 0.045
_NEAR = 0.15
_CAP = 1.7
"""A letter larger than so many sizes of the body is a drop cap."""

_MAX_MARK = 6
_RAISED = str.maketrans("0123456789-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁻")
_MARK = re.compile(r"[-−–]?[0-9,*†‡§¶]+(?: [0-9]+)*|[a-z]")
_MARKER = re.compile(r"[•‣▪▫■□●○◦◆►➢✓✔–—\uf0a7\uf0b7\uf0d8]|\(?(?:[0-9]{1,3}|[a-zA-Z]|[ivx]{1,5})[.)]|[0-9]{1,3}")
_UNIT = re.compile(r"(?:^|[0-9/(\s])(?:[kcdmµ]?m|ft|in|yd|mi|s)$")


class Cell:
    """A stretch of a row without a wide gap; alone in its row, it is a line of text.

    Attributes:
        text: its words.
        x0: where it begins.
        x1: where it ends.
        size: the type size of most of its characters.
        bold: whether nearly all of it is bold.
        counts: whether it begins with a number that stands apart, as the markers of lists do.
    """

    __slots__ = ("bold", "counts", "size", "text", "x0", "x1")

    def __init__(
        self, text: str, x0: float, x1: float, size: float = 0.0, bold: bool = False, counts: bool = False
    ) -> None:
        """Take them as they are."""
        self.text, self.x0, self.x1, self.size, self.bold, self.counts = text, x0, x1, size, bold, counts


class Row:
    """What stands on one baseline, in one column of the page.

    Attributes:
        cells: from left to right; never empty.
        base: the baseline, counted downwards.
        size: the type size of most of its characters.
        bold: whether nearly all of it is bold.
        page: its page, from 1.
        column: number of the column on its page; rows with the same one are set between the same margins.
        first: width of its first word, which tells whether it had fitted on the row before.
        text: the text of its cells.
        x0: where it begins.
        x1: where it ends.
    """

    __slots__ = ("base", "bold", "cells", "column", "first", "page", "size", "text", "x0", "x1")

    def __init__(
        self, cells: list[Cell], base: float, size: float, bold: bool, page: int = 0, first: float = 0.0
    ) -> None:
        """Take them as they are."""
        self.cells, self.base, self.size, self.bold, self.page, self.first = cells, base, size, bold, page, first
        self.column = 0
        self.text = cells[0].text if len(cells) == 1 else " ".join([cell.text for cell in cells])
        self.x0, self.x1 = cells[0].x0, cells[-1].x1


def rows_of(words: Sequence[Word], page: int, known: Callable[[], frozenset[str]] = frozenset) -> list[Row]:
    """The rows of a page from top to bottom, not yet parted into columns.

    Args:
        words: the words of the page.
        page: its number.
        known: gives words of the language, which tell a drop cap that is a word from one that begins a word.
    """
    if not words:
        return []
    letters: dict[float, int] = {}
    for word in words:
        letters[word.size] = letters.get(word.size, 0) + len(word.text)
    sizes: Counter[float] = Counter()
    for size, count in letters.items():
        sizes[round(size * 2) / 2] += count
    body = sizes.most_common(1)[0][0]
    if max(letters) > _CAP * body:
        words = _with_drop_caps(words, body, known)
    return [_row(band, page) for band in _bands(words, body)]


def _with_drop_caps(words: Sequence[Word], body: float, known: Callable[[], frozenset[str]]) -> list[Word]:
    """Join a letter that hangs over several rows to the word at its top right, and let all those rows begin where it does."""
    caps = [w for w in words if w.size > _CAP * body and len(w.text.strip("“”„«»\"'")) == 1 and w.text[-1].isalpha()]
    gone = set()
    for cap in caps:
        top, right = cap.base - 0.8 * cap.size, cap.x1 + 1.2 * body
        beside = [
            w
            for w in words
            if cap.x1 - body < w.x0 < right and top < w.base < cap.base + 0.3 * body and w.size < 0.7 * cap.size
        ]
        if not beside or any(
            abs(w.base - cap.base) < 0.1 * cap.size and w.size > 0.7 * cap.size for w in words if w is not cap
        ):
            continue
        first = min(beside, key=lambda w: (round(w.base), w.x0))
        for base in {round(w.base) for w in beside}:
            min((w for w in beside if round(w.base) == base), key=lambda w: w.x0).x0 = cap.x0
        rest = first.text.split(" ")[0].lower()
        apart = len(cap.text) == 1 and cap.text.lower() + rest not in known() and rest in known()
        first.text = f"{cap.text} {first.text}" if apart and cap.text in "AIOEYÅÀ" else cap.text + first.text
        gone.add(id(cap))
    return [w for w in words if id(w) not in gone] if gone else list(words)


def _without_doubles(band: list[Word]) -> list[Word]:
    """A row without words that are printed twice on nearly the same place, as a shadow or for weight."""
    kept = band[:1]
    last = kept[0]
    for word in band[1:]:
        if word.x0 - last.x0 > _SHADOW or word.text != last.text:
            kept.append(word)
            last = word
    return kept


def _bands(words: Sequence[Word], body: float) -> list[list[Word]]:
    """Words by baseline, from top to bottom; small ones beside a larger one go to its baseline."""
    bands: list[list[Word]] = []
    base, size = -math.inf, 0.0
    for word in sorted(words, key=attrgetter("base", "x0")):
        if word.base == base or word.base - base <= _SAME_LINE * min(word.size, size):
            bands[-1].append(word)
        else:
            bands.append([word])
            base, size = word.base, word.size
    bands = _with_markers(bands, body)
    sizes = {word.size for word in words}
    if min(sizes) < _SMALL * max(sizes):
        bands = _with_small(bands, body)
    place = attrgetter("x0")
    return [_without_doubles(sorted(band, key=place)) if len(band) > 1 else band for band in bands if band]


def _with_markers(bands: list[list[Word]], body: float) -> list[list[Word]]:
    """The bands, with the markers of lists that stand a little lower or higher than their text in the bands of it."""
    bases = [band[0].base for band in bands]
    for n, base in enumerate(bases):
        m = n + 1
        while m < len(bands) and bases[m] - base < _MARKER_LINE * body:
            for own, other in ((n, m), (m, n)):
                for word in bands[own]:
                    if len(word.text) <= _MAX_MARK and _MARKER.fullmatch(word.text) and _leads(word, bands, own, other):
                        bands[own] = [kept for kept in bands[own] if kept is not word]
                        bands[other].append(word)
            m += 1
    return [band for band in bands if band]


def _leads(word: Word, bands: Sequence[Sequence[Word]], own: int, other: int) -> bool:
    """Whether the word stands at the left of a line in another band, and not beside words in its own."""
    behind = [text for text in bands[other] if text.x0 >= word.x1]
    if not behind:
        return False
    text = min(behind, key=attrgetter("x0"))
    if not (
        text.x0 - word.x1 < _MARKER_SPACE * text.size
        and word.size >= _SMALL * text.size
        and abs(text.base - word.base) < _MARKER_LINE * text.size
        and any(map(str.isalpha, text.text))
    ):
        return False
    beside = [near for near in (*bands[own], *bands[other]) if near is not word and near is not text]
    return not any(near.x1 > word.x0 - _MARKER_APART * text.size and near.x0 < text.x0 for near in beside)


def _with_small(bands: list[list[Word]], body: float) -> list[list[Word]]:
    """The bands, each with the small words that are raised or lowered beside its own."""
    hosts = _Hosts(bands)
    kept: list[list[Word]] = [[] for _ in bands]
    for n, band in enumerate(bands):
        if not hosts.are_near(band):
            kept[n] += band
            continue
        before, host = None, n
        for word in band:
            # The second of two marks stands beside the first.
            follows = before is not None and host != n and 0 <= word.x0 - before.x1 < 0.6 * word.size
            small = len(word.text) <= _MAX_MARK and (word.size < _SMALL * body or _MARK.fullmatch(word.text))
            if not small:
                host = n
            elif not follows:
                host = hosts.of(word, n)
            kept[host].append(word)
            before = word
    return kept


class _Hosts:
    """The words of a page that a smaller one may be raised or lowered beside, which are few, or near few others."""

    def __init__(self, bands: Sequence[list[Word]]) -> None:
        least = min([word.size for band in bands for word in band]) / _SMALL
        self._bases = [band[0].base for band in bands]
        self._ends: dict[int, dict[int, list[Word]]] = {}
        for n, band in enumerate(bands):
            for word in band:
                if word.size > least:
                    places = self._ends.setdefault(n, {})
                    for place in {int(word.x0 // 16), int(word.x1 // 16)}:
                        places.setdefault(place, []).append(word)
        self._near = [self._bases[n] for n in self._ends]

    def are_near(self, band: Sequence[Word]) -> bool:
        """Whether one may be near enough to any word of a band."""
        size, bases = max([word.size for word in band]), [word.base for word in band]
        return bisect_left(self._near, min(bases) - 0.9 * size) < bisect_left(self._near, max(bases) + 1.1 * size)

    def of(self, word: Word, own: int) -> int:
        """The band of the larger word that a small one is raised or lowered beside; its own if there is none."""
        low = bisect_left(self._bases, word.base - 0.9 * word.size)
        high = bisect_left(self._bases, word.base + 1.1 * word.size)
        place = int(word.x0 // 16)
        for n in range(low, min(high, low + 12)):
            if n == own or n not in self._ends:
                continue
            for other in [other for at in (place - 1, place, place + 1) for other in self._ends[n].get(at, ())]:
                # The mark of a note stands before it, with some space.
                leads = 0 <= other.x0 - word.x1 < 0.6 * other.size
                touches = leads or abs(word.x0 - other.x1) < 0.3 * word.size
                if touches and word.size < _SMALL * other.size and abs(other.base - word.base) < 0.62 * other.size:
                    return n
        return own


def _parts(band: list[Word]) -> list[list[Word]]:
    """The words of a row, parted at wide gaps."""
    gaps = [b.x0 - a.x1 for a, b in pairwise(band)]
    if not gaps or max(gaps) <= _WIDE_SPACE * min([word.size for word in band]):
        return [band]
    spaces = sorted([gap for gap in gaps if gap > 0.1 * band[0].size]) if len(gaps) > 3 else []
    usual = spaces[len(spaces) // 4] if len(spaces) > 3 else 0.0
    # Justified type may have wide spaces all along a row, and spaced capitals have.
    parts, before = [[band[0]]], band[0]
    for word, gap in zip(band[1:], gaps, strict=True):
        size = max(word.size, before.size)
        least = _CELL_GAP if usual < 0.5 * size else _CELL_GAP_SPACED
        wide = gap > least * size or (usual and gap > max(_WIDE_SPACE * size, 2.2 * usual))
        if wide:
            parts.append([word])
        else:
            parts[-1].append(word)
        before = word
    return parts


def _row(words: list[Word], page: int) -> Row:
    first = words[0]
    if len(words) == 1:
        size, base, bold = first.size, first.base, first.bold
        cells = [Cell(first.text, first.x0, first.x1, size, bold)]
    else:
        parts = _parts(words)
        size, base, bold = _type_of(words)
        if len(parts) == 1:
            cells = [
                Cell(_joined(words, size, base), first.x0, max([word.x1 for word in words]), size, bold, _counts(words))
            ]
        else:
            cells = [_cell(part) for part in parts]
    return Row(cells, base, size, bold, page, first=first.first or first.x1 - first.x0)


def _cell(words: Sequence[Word]) -> Cell:
    """A cell with the type of its own words: beside a heading in one column, there may be a sentence in another."""
    if len(words) == 1:
        (word,) = words
        return Cell(word.text, word.x0, word.x1, word.size, word.bold)
    size, base, bold = _type_of(words)
    return Cell(_joined(words, size, base), words[0].x0, max([word.x1 for word in words]), size, bold, _counts(words))


def _counts(words: Sequence[Word]) -> bool:
    number = words[0].text
    return len(number) < 4 and number.isdecimal() and words[1].x0 - words[0].x1 > _COUNT_SPACE * words[1].size


def _type_of(words: Sequence[Word]) -> tuple[float, float, bool]:
    """The size and the baseline of most letters, and whether nearly all are bold."""
    first = words[0]
    size, base, bold = first.size, first.base, first.bold
    for word in words:
        if word.base != base or word.size != size or word.bold is not bold:
            break
    else:
        return size, base, bold
    size = _usual([(word.size, len(word.text)) for word in words])
    return size, _usual([(word.base, len(word.text)) for word in words]), _is_bold(words)


def _is_bold(words: Sequence[Word]) -> bool:
    plain = sum([len(word.text) for word in words if not word.bold])
    return plain == 0 or plain <= 0.15 * sum([len(word.text) for word in words])


def _usual(values: Sequence[tuple[float, int]]) -> float:
    """The value that most letters have."""
    counts: Counter[float] = Counter()
    for value, letters in values:
        counts[value] += letters
    return counts.most_common(1)[0][0]


def _joined(words: Sequence[Word], size: float, base: float) -> str:
    """The text of the words, with marks raised; a space wherever a reader sees one."""
    if len(words) == 1 and (words[0].size >= _SMALL * size or words[0].base == base):
        return words[0].text
    tracking, small = _tracking(words), _SMALL * size
    before = words[0]
    text = before.text
    if before.size < small and _is_raised(before, size, base):
        text = text.translate(_RAISED)
    for word in words[1:]:
        shown = word.text
        if word.size < small and _is_raised(word, size, base):
            shown, touching = _raised(text, shown), word.x0 - before.x1 < _NEAR * size
        elif word.size < small and word.base > base + 0.1 * word.size:
            touching = word.x0 - before.x1 < _NEAR * size
        elif word.glued is None:
            touching = word.x0 - before.x1 - tracking < _TOUCHING * min(word.size, before.size)
        else:
            # pdfium saw a space, or another place in the order of drawing.
            single = len(shown) == 1 or len(before.text) == 1
            touching = word.glued or (single and word.x0 - before.x1 < _TOUCHING * word.size)
        text += shown if touching else f" {shown}"
        before = word
    return text


def _tracking(words: Sequence[Word]) -> float:
    """The usual gap between single letters that are placed one by one."""
    if len(words) < 7 or not any(word.glued is None for word in words):
        return 0.0
    gaps = sorted([b.x0 - a.x1 for a, b in pairwise(words) if b.glued is None and len(b.text) == 1])
    return max(0.0, gaps[len(gaps) // 2]) if len(gaps) > 5 else 0.0


def _is_raised(word: Word, size: float, base: float) -> bool:
    return word.size < _SMALL * size and word.base < base - 0.12 * size and _MARK.fullmatch(word.text) is not None


def _raised(before: str, mark: str) -> str:
    if mark.lstrip("-−–").isdigit() and (before == "10" or before.endswith((" 10", "×10", "·10"))):
        return f"^{mark}"
    if mark in ("2", "3") and _UNIT.search(before):
        return mark
    return letter_mark(mark, before) or mark.translate(_RAISED)
