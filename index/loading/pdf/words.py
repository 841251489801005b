"""A page of pdfium -> its words with place, size and weight.

pdfium gives the text of a whole page in one call, but a place only character by character. So a line that is drawn by one text
object is asked for the places of its ends alone, and the widths of its letters tell whether a wide gap may stand within it.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Any

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


@dataclass(slots=True)
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
        first: width of the first word.
    """

    text: str
    x0: float
    x1: float
    base: float
    size: float
    bold: bool = False
    glued: bool | None = False
    first: float = 0.0


@dataclass(slots=True)
class PageWords:
    """The words of a page, in the order in which they are drawn.

    Attributes:
        words: the words in the page's main direction of reading.
        width: of the page as it is read.
        height: of the page as it is read.
    """

    words: list[Word]
    width: float
    height: float


def median(values: Iterable[float]) -> float:
    """As `statistics.median`, whose module takes longer to import than many a document to read."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


class PageReader:
    """Reads the words of the pages of one document."""

    def __init__(self) -> None:
        self._calls = _Calls()

    def words(self, page: Any) -> PageWords:
        """The words of one page (`pypdfium2.PdfPage`). Words in another direction than most are left out."""
        left, bottom, right, top = page.get_bbox()
        text_page = page.get_textpage()
        try:
            found = _Scan(text_page, self._calls).run()
        finally:
            text_page.close()
        turns: Counter[int] = Counter()
        for word, turn in found:
            turns[turn] += len(word.text)
        main = turns.most_common(1)[0][0] if turns else 0
        words = [_turned(word, main, (left, bottom, right, top)) for word, turn in found if turn == main]
        size = (right - left, top - bottom)
        width, height = size if main % 2 == 0 else size[::-1]
        # What stands outside of the page's box was cut off.
        words = [word for word in words if word.x1 > 0 and word.x0 < width and 0 < word.base < height + word.size]
        return PageWords(words, width, height)


def text_of(text_page: Any) -> str:
    """The text of a page, one character for each of pdfium's."""
    import pypdfium2.raw as raw

    count = max(text_page.count_chars(), 0)
    text: str = text_page.get_text_range() if count else ""
    if len(text) == count:
        return text
    # Characters without meaning, or beyond 16 bits, shift the places: take them one by one.
    codes = (raw.FPDFText_GetUnicode(text_page.raw, n) for n in range(count))
    return "".join(chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\0" for code in codes)


class _Calls:
    """Functions of pdfium that take and give addresses as numbers: an object for each pointer takes twice as long."""

    def __init__(self) -> None:
        import pypdfium2.raw as raw

        address, number = ctypes.c_void_p, ctypes.c_int

        def call(function: Any, result: Any, *kinds: Any) -> Any:
            return ctypes.PYFUNCTYPE(result, *kinds)(ctypes.cast(function, address).value or 0)

        self.object = call(raw.FPDFText_GetTextObject, address, address, number)
        self.origin = call(raw.FPDFText_GetCharOrigin, number, address, number, address, address)
        self.box = call(raw.FPDFText_GetLooseCharBox, number, address, number, address)
        self.matrix = call(raw.FPDFText_GetMatrix, number, address, number, address)
        self.size = call(raw.FPDFText_GetFontSize, ctypes.c_double, address, number)
        self.font = call(raw.FPDFTextObj_GetFont, address, address)
        self.font_name = call(raw.FPDFFont_GetBaseFontName, ctypes.c_size_t, address, address, ctypes.c_size_t)
        self.font_weight = call(raw.FPDFFont_GetWeight, number, address)
        self.width = call(raw.FPDFFont_GetGlyphWidth, number, address, ctypes.c_uint32, ctypes.c_float, address)


class _Font(dict[str, float]):
    """Whether a font is bold; and the widths of its characters, in type sizes, each looked up when it is first met."""

    def __init__(self, font: int | None, calls: _Calls) -> None:
        super().__init__()
        self._font, self._calls, self.bold = font, calls, False
        if font:
            name = ctypes.create_string_buffer(200)
            calls.font_name(font, ctypes.addressof(name), 200)
            self.bold = calls.font_weight(font) >= _BOLD_WEIGHT or bool(
                _BOLD.search(name.value.decode("utf-8", "replace"))
            )

    def __missing__(self, character: str) -> float:
        width = ctypes.c_float()
        if self._font:
            self._calls.width(self._font, ord(character), 1.0, ctypes.addressof(width))
        # An unknown width may hide a gap.
        self[character] = width.value if isfinite(width.value) and width.value > 0 else math.inf
        return self[character]


@dataclass(slots=True)
class _Style:
    size: float
    font: _Font
    turn: int
    stretch: float
    """Type sizes to points along the line."""


class _Scan:
    """One pass over the text of a page. A word's `x0`, `x1` and `base` lie along its own direction until it is turned."""

    def __init__(self, text_page: Any, calls: _Calls) -> None:
        self.found: list[tuple[Word, int]] = []
        self._calls = calls
        self._page = ctypes.cast(text_page.raw, ctypes.c_void_p).value or 0
        # Addresses of fonts and objects may be used again by another page.
        self._styles: dict[tuple[float, ...], _Style] = {}
        self._fonts: dict[int | None, _Font] = {}
        self._text = text_of(text_page)
        self._place, self._box, self._matrix = (ctypes.c_double * 2)(), (ctypes.c_float * 4)(), (ctypes.c_float * 6)()
        self._x_at, self._box_at = ctypes.addressof(self._place), ctypes.addressof(self._box)
        self._matrix_at = ctypes.addressof(self._matrix)

    def run(self) -> list[tuple[Word, int]]:
        get, page = self._calls.object, self._page
        for line in _LINE.finditer(self._text):
            start, end = line.span()
            first = get(page, start)
            if first == get(page, self._last(start, end)):
                # What begins and ends in one object is all of that object.
                self._drawn(start, end, first)
            else:
                self._mixed(start, end)
        return self.found

    def _last(self, start: int, end: int) -> int:
        """The last character of a word that has a place: the hyphen at a line's end may belong to no object."""
        return end - 2 if end - start > 1 and self._text[end - 1] in "\x02\ufffe" else end - 1

    def _mixed(self, start: int, end: int) -> None:
        """A line made of several objects: words of one object that follow each other stay together."""
        get, page = self._calls.object, self._page
        spans = [match.span() for match in _WORD.finditer(self._text, start, end)]
        objects = [get(page, first) for first, _ in spans]
        begin = spans[0][0]
        for (first, until), own, before, after in zip(
            spans, objects, [None, *objects], [*objects[1:], None], strict=False
        ):
            if own != before:
                begin = first
            if own == after:
                continue
            if until - first == 1 or own == get(page, self._last(first, until)):
                self._drawn(begin, until, own)
                continue
            if begin < first:
                self._drawn(begin, len(self._text[:first].rstrip()), own)
            self._parts(first, until)

    def _parts(self, start: int, end: int) -> None:
        """A word made of several objects: each gives a part."""
        last = self._last(start, end)
        objects = [self._calls.object(self._page, n) for n in range(start, last + 1)]
        begin = start
        for n in range(start + 1, last + 2):
            if n == last + 1 or objects[n - start] != objects[begin - start]:
                self._drawn(
                    begin, end if n == last + 1 else n, objects[begin - start], None if begin > start else False
                )
                begin = n

    def _drawn(self, start: int, end: int, drawn: int | None, glued: bool | None = False) -> None:
        """Words of one object: those with usual spaces between them stay together."""
        text, last = self._text[start:end], self._last(start, end)
        style = self._style(drawn, start)
        space = text.find(" ")
        if (space > 0 and not self._text[start : last + 1].isprintable()) or (space < 0 and _ODD.search(text)):
            self._spaced(start, end, style, glued)
            return
        along, base = self._origin(start, style.turn)
        until = self._end(last, style.turn)
        first = abs(until - along)
        if space > 0:
            if self._may_have_gap(start, self._text[start : last + 1], style, along, first):
                self._spaced(start, end, style, glued)
                return
            first = sum(map(style.font.__getitem__, text[:space])) * style.stretch
        if isfinite(along) and isfinite(until) and isfinite(base):
            self.found.append((Word(text, along, until, base, style.size, style.font.bold, glued, first), style.turn))

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
            until = self._end(self._last(first, after), turn)
            if run is not None and 0 <= ahead * (along - run.x1) < widest and abs(base - run.base) < 0.01:
                run.x1 = until
                run.text = self._text[begin:after]
            elif isfinite(along) and isfinite(until) and isfinite(base):
                begin = first
                width = abs(until - along)
                run = Word(self._text[first:after], along, until, base, style.size, style.font.bold, glued, width)
                self.found.append((run, turn))

    def _origin(self, n: int, turn: int) -> tuple[float, float]:
        """Where a character begins along its line, and its baseline."""
        self._calls.origin(self._page, n, self._x_at, self._x_at + 8)
        x, y = self._place
        return (x, y) if turn % 2 == 0 else (y, x)

    def _end(self, n: int, turn: int) -> float:
        """Where a character ends along its line."""
        self._calls.box(self._page, n, self._box_at)
        # FS_RECTF: left, top, right, bottom.
        return self._box[(2, 1, 0, 3)[turn % 4]]

    def _style(self, drawn: int | None, start: int) -> _Style:
        calls = self._calls
        calls.matrix(self._page, start, self._matrix_at)
        a, b, c, d, _, _ = self._matrix
        size, font = calls.size(self._page, start), calls.font(drawn) if drawn else None
        key = (size, a, b, c, d, font or 0)
        style = self._styles.get(key)
        if style is None:
            if font not in self._fonts:
                self._fonts[font] = _Font(font, calls)
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


def _turned(word: Word, turn: int, box: tuple[float, float, float, float]) -> Word:
    """The word as it is read: its place from the left and downwards, hyphens as such."""
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
    return word
