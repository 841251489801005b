"""A page of pdfium -> its words with place, size and weight.

pdfium gives the text of a whole page in one call, but a place only character by character. So a line that is drawn by one text
object is asked for the places of its ends alone, and the widths of its letters tell whether a wide gap may stand within it.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from math import isfinite

TYPE_CHECKING = False
if TYPE_CHECKING:  # The child process has no use for them.
    from collections.abc import Iterable

    from index.loading.pdf.pdfium import Page, Pdfium

HYPHEN = "\ufffe"
"""What pdfium makes of a hyphen at a line's end."""

_WORD = re.compile(r"[^\s\x00\x02\ufffe]+[\x02\ufffe]?|[\x02\ufffe]")
_LINE = re.compile(r"[^\s\x00\x02\ufffe](?:[^\r\n\x02\ufffe]*[^\s\x00\x02\ufffe])?[\x02\ufffe]?|[\x02\ufffe]")
_ODD = re.compile(r"[\x00\u00a0\u2000-\u200a\u202f\t]")
_RUN_SPACE = 0.45
"""A space of so many type sizes parts what is drawn together: it may part columns."""

_NO_GAP = 0.4
"""A line that is longer than its letters by less than so many type sizes has no gap within."""

_EVEN_GAP = 0.25
_EVEN = 0.2
"""Justified lines have spaces that are wider by less than `_EVEN_GAP`, each word within `_EVEN` of its place, in type sizes."""

_BOLD = re.compile(r"bold|black|heavy|semib|demi|[-,]bd|cmbx|cmssbx", re.IGNORECASE)
_BOLD_WEIGHT = 600
_HYPHENS = "\x02\ufffe"


class Word:
    """A word, a piece of one, or words with usual spaces between, in points from the top left corner of the page.

    Attributes:
        text: its characters.
        x0: where it begins.
        x1: where it ends.
        base: its baseline, counted downwards.
        size: the size of its type.
        bold: whether its type is.
        glued: whether nothing stands between it and the word before; None = only the gap tells.
        first: width of the first word; 0 = not known.
    """

    __slots__ = ("base", "bold", "first", "glued", "size", "text", "x0", "x1")

    def __init__(self, text: str, x0: float, x1: float, base: float, size: float, bold: bool = False) -> None:
        """Take them as they are."""
        self.text, self.x0, self.x1, self.base, self.size, self.bold = text, x0, x1, base, size, bold
        self.glued: bool | None = False
        self.first = 0.0


class PageWords:
    """The words of a page, in the order in which they are drawn.

    Attributes:
        words: the words in the page's main direction of reading.
        width: of the page as it is read.
        height: of the page as it is read.
    """

    __slots__ = ("height", "width", "words")

    def __init__(self, words: list[Word], width: float, height: float) -> None:
        """Take them as they are."""
        self.words, self.width, self.height = words, width, height


def median(values: Iterable[float]) -> float:
    """As `statistics.median`, whose module takes longer to import than many a document to read."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


class PageReader:
    """Reads the words of the pages of one document."""

    def __init__(self, pdfium: Pdfium) -> None:
        """Take the library, and what of it is kept from page to page."""
        self._pdfium = pdfium

    def words(self, page: Page) -> PageWords:
        """The words of one page. Words in another direction than most are left out."""
        left, bottom, right, top = box = page.box()
        text_page = page.load_text()
        try:
            scan = _Scan(text_page, self._pdfium)
            scan.run()
        finally:
            self._pdfium.close_text(text_page)
        main = scan.main_turn()
        width, height = right - left, top - bottom
        if main % 2:
            width, height = height, width
        words = []
        for word, turn in scan.found:
            if turn == main:
                _turn(word, main, box)
                # What stands outside of the page's box was cut off.
                if word.x1 > 0 and word.x0 < width and 0 < word.base < height + word.size:
                    words.append(word)
        return PageWords(words, width, height)


class _Font(dict[str, float]):
    """Whether a font is bold; and the widths of its characters, in type sizes, each looked up when it is first met."""

    def __init__(self, font: int | None, pdfium: Pdfium) -> None:
        super().__init__()
        self._font, self._pdfium, self.bold = font, pdfium, False
        if font:
            name = ctypes.create_string_buffer(200)
            pdfium.font_name(font, ctypes.addressof(name), 200)
            self.bold = pdfium.font_weight(font) >= _BOLD_WEIGHT or bool(
                _BOLD.search(name.value.decode("utf-8", "replace"))
            )

    def __missing__(self, character: str) -> float:
        width = ctypes.c_float()
        if self._font:
            self._pdfium.glyph_width(self._font, ord(character), 1.0, ctypes.addressof(width))
        # An unknown width may hide a gap.
        self[character] = width.value if isfinite(width.value) and width.value > 0 else math.inf
        return self[character]


class _Style:
    """The type of an object: size, font, direction, and type sizes to points along the line."""

    __slots__ = ("end", "font", "size", "stretch", "turn")

    def __init__(self, size: float, font: _Font, turn: int, stretch: float) -> None:
        self.size, self.font, self.turn, self.stretch = size, font, turn, stretch
        # FS_RECTF: left, top, right, bottom.
        self.end = (2, 1, 0, 3)[turn % 4]


class _Scan:
    """One pass over the text of a page. A word's `x0`, `x1` and `base` lie along its own direction until it is turned."""

    def __init__(self, text_page: int, pdfium: Pdfium) -> None:
        self.found: list[tuple[Word, int]] = []
        self._pdfium, self._page = pdfium, pdfium.argument(text_page)
        # Addresses of fonts and objects may be used again by another page.
        self._styles: dict[tuple[bytes, float, int | None], _Style] = {}
        self._fonts: dict[int | None, _Font] = {}
        self._text = pdfium.text(text_page)
        self._place, self._box, matrix = (ctypes.c_double * 2)(), (ctypes.c_float * 4)(), (ctypes.c_float * 6)()
        self._x_at, self._y_at = ctypes.byref(self._place), ctypes.byref(self._place, 8)
        self._box_at, self._matrix_at = ctypes.byref(self._box), ctypes.byref(matrix)
        self._matrix = memoryview(matrix).cast("B")[:16]

    def main_turn(self) -> int:
        """The direction of most characters that were found."""
        if all(style.turn == 0 for style in self._styles.values()):
            return 0
        turns: Counter[int] = Counter()
        for word, turn in self.found:
            turns[turn] += len(word.text)
        return turns.most_common(1)[0][0] if turns else 0

    def run(self) -> None:
        """Find the words."""
        get, page, text = self._pdfium.object_at, self._page, self._text
        for line in _LINE.finditer(text):
            start, end = line.span()
            first = get(page, start)
            if first == get(page, _last(text, start, end)):
                # What begins and ends in one object is all of that object.
                self._drawn(start, end, first)
            else:
                self._mixed(start, end)

    def _mixed(self, start: int, end: int) -> None:
        """A line made of several objects: words of one object that follow each other stay together."""
        get, page, text = self._pdfium.object_at, self._page, self._text
        spans = [match.span() for match in _WORD.finditer(text, start, end)]
        objects = [get(page, first) for first, _ in spans]
        before, begin, objects_after = None, spans[0][0], iter([*objects[1:], None])
        for (first, until), own in zip(spans, objects, strict=True):
            if own != before:
                before, begin = own, first
            if own == next(objects_after):
                continue
            if until - first == 1 or own == get(page, _last(text, first, until)):
                self._drawn(begin, until, own)
                continue
            if begin < first:
                self._drawn(begin, len(text[:first].rstrip()), own)
            self._parts(first, until)

    def _parts(self, start: int, end: int) -> None:
        """A word made of several objects: each gives a part."""
        last = _last(self._text, start, end)
        get, page = self._pdfium.object_at, self._page
        objects = [get(page, n) for n in range(start, last + 1)]
        begin = start
        for n in range(start + 1, last + 2):
            if n == last + 1 or objects[n - start] != objects[begin - start]:
                self._drawn(
                    begin, end if n == last + 1 else n, objects[begin - start], None if begin > start else False
                )
                begin = n

    def _drawn(self, start: int, end: int, drawn: int | None, glued: bool | None = False) -> None:
        """Words of one object: those with usual spaces between them stay together."""
        pdfium, page, text = self._pdfium, self._page, self._text[start:end]
        pdfium.matrix_at(page, start, self._matrix_at)
        key = (self._matrix.tobytes(), pdfium.size_at(page, start), pdfium.font(drawn) if drawn else None)
        style = self._styles.get(key) or self._style(key)
        last = end - 2 if end - start > 1 and text[-1] in _HYPHENS else end - 1
        space = text.find(" ")
        if not text.isprintable() and (
            _ODD.search(text) if space < 0 else space > 0 and not self._text[start : last + 1].isprintable()
        ):
            self._spaced(start, end, style, glued)
            return
        pdfium.origin_at(page, start, self._x_at, self._y_at)
        along, base = self._place
        if style.turn % 2:
            along, base = base, along
        pdfium.box_at(page, last, self._box_at)
        until = self._box[style.end]
        first = abs(until - along)
        if space > 0:
            if self._may_have_gap(start, self._text[start : last + 1], style, along, first):
                self._spaced(start, end, style, glued)
                return
            first = sum(map(style.font.__getitem__, text[:space])) * style.stretch
        if isfinite(along + until + base):
            word = Word(text, along, until, base, style.size, style.font.bold)
            word.glued, word.first = glued, first
            self.found.append((word, style.turn))

    def _may_have_gap(self, start: int, text: str, style: _Style, along: float, length: float) -> bool:
        """Whether a wide gap may stand in a line: not if its letters fill it, or its words stand where even spaces put them."""
        natural = sum(map(style.font.__getitem__, text)) * style.stretch
        if abs(length - natural) < _NO_GAP * style.size:
            return False
        wider = (length - natural) / text.count(" ")
        if not abs(wider) < _EVEN_GAP * style.size:
            return True
        for quarter in (1, 2, 3):
            at = text.find(" ", quarter * len(text) // 4) + 1
            expected = sum(map(style.font.__getitem__, text[:at])) * style.stretch + wider * text.count(" ", 0, at)
            place = abs(self._origin(start + at, style.turn)[0] - along) if at else 0.0
            if abs(place - expected) > _EVEN * style.size:
                return True
        return False

    def _spaced(self, start: int, end: int, style: _Style, glued: bool | None) -> None:
        """Words of one object with gaps of any width between them."""
        # Downwards or to the left, what is ahead has smaller coordinates.
        ahead, widest, turn = (1 if style.turn in (0, 1) else -1), _RUN_SPACE * style.size, style.turn
        run: Word | None = None
        begin = 0
        for match in _WORD.finditer(self._text, start, end):
            first, after = match.span()
            along, base = self._origin(first, turn)
            self._pdfium.box_at(self._page, _last(self._text, first, after), self._box_at)
            until = self._box[style.end]
            if run is not None and 0 <= ahead * (along - run.x1) < widest and abs(base - run.base) < 0.01:
                run.x1 = until
                run.text = self._text[begin:after]
            elif isfinite(along + until + base):
                begin = first
                run = Word(self._text[first:after], along, until, base, style.size, style.font.bold)
                run.glued, run.first = glued, abs(until - along)
                self.found.append((run, turn))

    def _origin(self, n: int, turn: int) -> tuple[float, float]:
        """Where a character begins along its line, and its baseline."""
        self._pdfium.origin_at(self._page, n, self._x_at, self._y_at)
        x, y = self._place
        return (x, y) if turn % 2 == 0 else (y, x)

    def _style(self, key: tuple[bytes, float, int | None]) -> _Style:
        """The style of what has this matrix, size and font."""
        matrix, size, font = key
        a, b, c, d = memoryview(matrix).cast("f")
        if font not in self._fonts:
            self._fonts[font] = _Font(font, self._pdfium)
        angle, height = math.atan2(b, a), round(size * math.hypot(c, d), 1)
        turn = round(angle / (math.pi / 2)) % 4
        upright = abs(math.sin(2 * angle)) < 0.2
        style = self._styles[key] = _Style(
            height if 0.1 < height < 5_000 else 10.0,
            self._fonts[font],
            turn if upright else turn + 4,
            size * math.hypot(a, b),
        )
        return style


def _last(text: str, start: int, end: int) -> int:
    """The last character of a word that has a place: the hyphen at a line's end may belong to no object."""
    return end - 2 if end - start > 1 and text[end - 1] in _HYPHENS else end - 1


def _turn(word: Word, turn: int, box: tuple[float, float, float, float]) -> None:
    """Make the word one as it is read: its place from the left and downwards, hyphens as such."""
    left, bottom, right, top = box
    if turn == 0:
        word.x0, word.x1, word.base = word.x0 - left, word.x1 - left, top - word.base
    elif turn == 1:
        word.x0, word.x1, word.base = word.x0 - bottom, word.x1 - bottom, word.base - left
    elif turn == 2:
        word.x0, word.x1, word.base = right - word.x0, right - word.x1, word.base - bottom
    else:
        word.x0, word.x1, word.base = top - word.x0, top - word.x1, right - word.base
    if not word.text.isprintable():
        text = word.text[:-1].replace("\u00ad", "") + word.text[-1:]  # Within a word, a soft hyphen isn't seen.
        word.text = " ".join(text.replace(HYPHEN, "-").replace("\x02", "-").split())
    if word.x1 < word.x0:
        word.x0, word.x1 = word.x1, word.x0
