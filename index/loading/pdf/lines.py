"""The words of a page -> its rows, from top to bottom: words on one baseline, drop caps and raised marks joined to theirs."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter

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

_TOUCHING = 0.045
_NEAR = 0.15
_CAP = 1.7
"""A letter larger than so many sizes of the body is a drop cap."""

_MAX_MARK = 6
_RAISED = str.maketrans("0123456789-−–", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻⁻")
_MARK = re.compile(r"[-−–]?[0-9,*†‡§¶]+(?: [0-9]+)*|[a-z]")
_UNIT = re.compile(r"(?:^|[0-9/(\s])(?:[kcdmµ]?m|ft|in|yd|mi|s)$")


@dataclass(slots=True)
class Cell:
    """A stretch of a row without a wide gap; alone in its row, it is a line of text.

    Attributes:
        text: its words.
        x0: where it begins.
        x1: where it ends.
        size: the type size of most of its characters.
        bold: whether nearly all of it is bold.
    """

    text: str
    x0: float
    x1: float
    size: float = 0.0
    bold: bool = False


@dataclass(slots=True)
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
    """

    cells: list[Cell]
    base: float
    size: float
    bold: bool
    page: int = 0
    column: int = 0
    first: float = 0.0
    text: str = field(default="", init=False)
    x0: float = field(default=0.0, init=False)
    x1: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self.text = " ".join(cell.text for cell in self.cells)
        self.x0, self.x1 = self.cells[0].x0, self.cells[-1].x1


def rows_of(words: Sequence[Word], page: int, known: Callable[[], frozenset[str]] = frozenset) -> list[Row]:
    """The rows of a page from top to bottom, not yet parted into columns.

    Args:
        words: the words of the page.
        page: its number.
        known: gives words of the language, which tell a drop cap that is a word from one that begins a word.
    """
    if not words:
        return []
    sizes: Counter[float] = Counter()
    for word in words:
        sizes[round(word.size * 2) / 2] += len(word.text)
    body = sizes.most_common(1)[0][0]
    words = _with_drop_caps(words, body, known)
    return [_row(_parts(band), page) for band in _bands(words, body)]


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


def _without_doubles(band: Sequence[Word]) -> list[Word]:
    """A row without words that are printed twice on nearly the same place, as a shadow or for weight."""
    kept = [band[0]]
    for word in band[1:]:
        if word.x0 - kept[-1].x0 > _SHADOW or word.text != kept[-1].text:
            kept.append(word)
    return kept


def _bands(words: Sequence[Word], body: float) -> list[list[Word]]:
    """Words by baseline, from top to bottom; small ones beside a larger one go to its baseline."""
    bands: list[list[Word]] = []
    for word in sorted(words, key=attrgetter("base", "x0")):
        if bands and word.base - bands[-1][0].base <= _SAME_LINE * min(word.size, bands[-1][0].size):
            bands[-1].append(word)
        else:
            bands.append([word])
    sizes = {word.size for word in words}
    if min(sizes) < _SMALL * max(sizes):
        bands = _with_small(bands, body)
    return [_without_doubles(sorted(band, key=attrgetter("x0"))) for band in bands if band]


def _with_small(bands: list[list[Word]], body: float) -> list[list[Word]]:
    """The bands, each with the small words that are raised or lowered beside its own."""
    smalls = [
        word
        for band in bands
        for word in band
        if len(word.text) <= _MAX_MARK and (word.size < _SMALL * body or _MARK.fullmatch(word.text))
    ]
    if not smalls:
        return bands
    bases = [band[0].base for band in bands]
    least = min([word.size for word in smalls]) / _SMALL
    ends: list[dict[int, list[Word]]] = [{} for _ in bands]
    for band, places in zip(bands, ends, strict=True):
        for word in band:
            if word.size > least:
                for place in {int(word.x0 // 16), int(word.x1 // 16)}:
                    places.setdefault(place, []).append(word)
    moved = set(map(id, smalls))
    kept: list[list[Word]] = [[] for _ in bands]
    for n, band in enumerate(bands):
        before, host = None, n
        for word in band:
            # The second of two marks stands beside the first.
            follows = before is not None and host != n and 0 <= word.x0 - before.x1 < 0.6 * word.size
            if id(word) not in moved:
                host = n
            elif not follows:
                host = _host(word, n, bases, ends)
            kept[host].append(word)
            before = word
    return kept


def _host(word: Word, own: int, bases: Sequence[float], ends: Sequence[dict[int, list[Word]]]) -> int:
    """The band of the larger word that a small one is raised or lowered beside; its own if there is none."""
    low, high = bisect_left(bases, word.base - 0.9 * word.size), bisect_left(bases, word.base + 1.1 * word.size)
    place = int(word.x0 // 16)
    for n in range(low, min(high, low + 12)):
        for other in (other for at in (place - 1, place, place + 1) for other in ends[n].get(at, [])):
            # The mark of a note stands before it, with some space.
            leads = 0 <= other.x0 - word.x1 < 0.6 * other.size
            touches = leads or abs(word.x0 - other.x1) < 0.3 * word.size
            if (
                n != own
                and touches
                and word.size < _SMALL * other.size
                and abs(other.base - word.base) < 0.62 * other.size
            ):
                return n
    return own


def _parts(band: list[Word]) -> list[list[Word]]:
    """The words of a row, parted at wide gaps."""
    if len(band) == 1:
        return [band]
    gaps = [b.x0 - a.x1 for a, b in pairwise(band)]
    spaces = sorted(gap for gap in gaps if gap > 0.1 * band[0].size)
    usual = spaces[len(spaces) // 4] if len(spaces) > 3 else 0.0
    parts = [[band[0]]]
    for word, gap in zip(band[1:], gaps, strict=True):
        size = max(word.size, parts[-1][-1].size)
        # Justified type may have wide spaces all along a row, and spaced capitals have.
        least = _CELL_GAP if usual < 0.5 * size else _CELL_GAP_SPACED
        wide = gap > least * size or (usual and gap > max(_WIDE_SPACE * size, 2.2 * usual))
        if wide:
            parts.append([word])
        else:
            parts[-1].append(word)
    return parts


def _row(parts: list[list[Word]], page: int) -> Row:
    words = [word for part in parts for word in part]
    size = _usual([(word.size, len(word.text)) for word in words])
    base = _usual([(word.base, len(word.text)) for word in words])
    first, bold = words[0], _is_bold(words)
    if len(parts) == 1:
        cells = [Cell(_joined(words, size, base), first.x0, max([word.x1 for word in words]), size, bold)]
    else:
        cells = [_cell(part) for part in parts]
    return Row(cells, base, size, bold, page, first=first.first or first.x1 - first.x0)


def _cell(words: Sequence[Word]) -> Cell:
    """A cell with the type of its own words: beside a heading in one column, there may be a sentence in another."""
    if len(words) == 1:
        (word,) = words
        return Cell(word.text, word.x0, word.x1, word.size, word.bold)
    size = _usual([(word.size, len(word.text)) for word in words])
    base = _usual([(word.base, len(word.text)) for word in words])
    return Cell(_joined(words, size, base), words[0].x0, max([word.x1 for word in words]), size, _is_bold(words))


def _is_bold(words: Sequence[Word]) -> bool:
    plain = sum([len(word.text) for word in words if not word.bold])
    return plain == 0 or plain <= 0.15 * sum([len(word.text) for word in words])


def _usual(values: Sequence[tuple[float, int]]) -> float:
    """The value that most letters have."""
    if len({value for value, _ in values}) == 1:
        return values[0][0]
    counts: Counter[float] = Counter()
    for value, letters in values:
        counts[value] += letters
    return counts.most_common(1)[0][0]


def _joined(words: Sequence[Word], size: float, base: float) -> str:
    """The text of the words, with marks raised; a space wherever a reader sees one."""
    if len(words) == 1 and (words[0].size >= _SMALL * size or words[0].base == base):
        return words[0].text
    tracking = _tracking(words)
    text = words[0].text
    if _is_raised(words[0], size, base):
        text = text.translate(_RAISED)
    for before, word in pairwise(words):
        gap = word.x0 - before.x1
        shown = word.text
        if _is_raised(word, size, base):
            shown, touching = _raised(text, shown), gap < _NEAR * size
        elif word.size < _SMALL * size and word.base > base + 0.1 * word.size:
            touching = gap < _NEAR * size
        elif word.glued is None:
            touching = gap - tracking < _TOUCHING * min(word.size, before.size)
        else:
            # pdfium saw a space, or another place in the order of drawing.
            touching = word.glued or (gap < _TOUCHING * word.size and (len(word.text) == 1 or len(before.text) == 1))
        text += shown if touching else f" {shown}"
    return text


def _tracking(words: Sequence[Word]) -> float:
    """The usual gap between single letters that are placed one by one."""
    gaps = sorted(b.x0 - a.x1 for a, b in pairwise(words) if b.glued is None and len(b.text) == 1)
    return max(0.0, gaps[len(gaps) // 2]) if len(gaps) > 5 else 0.0


def _is_raised(word: Word, size: float, base: float) -> bool:
    return word.size < _SMALL * size and word.base < base - 0.12 * size and _MARK.fullmatch(word.text) is not None


def _raised(before: str, mark: str) -> str:
    if mark.lstrip("-−–").isdigit() and (before == "10" or before.endswith((" 10", "×10", "·10"))):
        return f"^{mark}"
    if mark in ("2", "3") and _UNIT.search(before):
        return mark
    return mark.translate(_RAISED)
