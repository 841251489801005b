"""Pages as pictures: for OCR, and with a quote marked in yellow."""

from __future__ import annotations

import ctypes
import struct
import unicodedata
import zlib
from itertools import accumulate
from typing import Any

from index.loading.pdf.pdfium import Pdfium

_MARK_DPI = 110
_MAX_PIXELS = 4_000
"""The longest side of a picture: a page may claim to be kilometres wide."""

_MIN_PIECE = 12
"""A piece of a quote is looked for by itself if it has so many letters and digits."""

_MAX_QUOTE = 20_000
_YELLOW = (1.0, 0.92, 0.35)


def render(page: Any, dpi: float) -> Any:
    """A page as a bitmap of pdfium, at most 4,000 pixels wide or high."""
    return page.render(scale=scale_of(page, dpi), rev_byteorder=True)


def scale_of(page: Any, dpi: float) -> float:
    """Pixels for each point in what `render` gives."""
    return min(dpi / 72, _MAX_PIXELS / max(1.0, *map(float, page.get_size())))


def pixels_of(bitmap: Any) -> Any:
    """The pixels, shape (height, width, 3), RGB, uint8."""
    import numpy as np

    pixels = bitmap.to_numpy()
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    return np.ascontiguousarray(pixels[:, :, :3] if pixels.shape[2] >= 3 else np.repeat(pixels[:, :, :1], 3, axis=2))


def marked_picture(document: Any, number: int, quote: str) -> bytes:
    """A page as PNG with the quote marked.

    Args:
        document: the open document.
        number: the page, from 0. The quote may go on on the next.
        quote: in our canonical text; only its letters and digits count.
    """
    import numpy as np

    page = document[number]
    bitmap = render(page, _MARK_DPI)
    pixels = pixels_of(bitmap)
    place = bitmap.get_posconv(page)
    after = document[number + 1].get_textpage() if number + 1 < len(document) else None
    text_page = page.get_textpage()
    marked = np.zeros(pixels.shape[:2], dtype=bool)
    for start, end in quote_spans(_text(text_page), _text(after) if after else "", quote):
        for n in range(text_page.count_rects(start, end - start)):
            left, bottom, right, top = text_page.get_rect(n)
            (x0, y0), (x1, y1) = place.to_bitmap(left, top), place.to_bitmap(right, bottom)
            (x0, x1), (y0, y1) = sorted((x0, x1)), sorted((y0, y1))
            marked[max(0, y0 - 2) : max(0, y1 + 3), max(0, x0 - 1) : max(0, x1 + 2)] = True
    pixels[marked] = (pixels[marked] * np.array(_YELLOW)).astype(np.uint8)
    return png(pixels)


def _text(text_page: Any) -> str:
    return Pdfium().text(ctypes.cast(text_page.raw, ctypes.c_void_p).value or 0)


def quote_spans(text: str, after: str, quote: str) -> list[tuple[int, int]]:
    """Where a quote stands in the text of a page, as (start, end), and only there: what stands on the next page is left out.

    Args:
        text: the text of the page.
        after: the text of the next page, where the quote may end.
        quote: what to find; case, spaces, hyphens and marks aside.
    """
    letters, places = _letters(text)
    following, _ = _letters(after)
    words = [_letters(word)[0] for word in quote[:_MAX_QUOTE].split()]
    needle, ends = "".join(words), list(accumulate(map(len, words)))
    spans: list[tuple[int, int]] = []
    while needle:
        length = _longest(needle, letters, following)
        length = max((end for end in ends if end <= length), default=0)
        if length < min(_MIN_PIECE, len(needle)):
            break
        at = (letters + following).find(needle[:length])
        if at < len(letters):
            spans.append((places[at], places[min(at + length, len(letters)) - 1] + 1))
        needle, ends = needle[length:], [end - length for end in ends if end > length]
    return spans or _best_line(text, quote)


def _longest(needle: str, letters: str, following: str) -> int:
    """The length of the longest beginning of `needle` that stands on the pages."""
    both = letters + following
    low, high = 0, len(needle)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if needle[:middle] in both else (low, middle - 1)
    return low


def _letters(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text, and where each stands in it."""
    found: list[str] = []
    places: list[int] = []
    for n, character in enumerate(text):
        for plain in unicodedata.normalize("NFKC", character).casefold():
            if plain.isalnum():
                found.append(plain)
                places.append(n)
    return "".join(found), places


def _best_line(text: str, quote: str) -> list[tuple[int, int]]:
    """The line that has most words of a quote, as a row of a table has, whose column names stand elsewhere."""
    wanted = {_letters(word)[0] for word in quote.split()} - {""}
    best, most, start = [(0, 0)], 1.0, 0
    for line in text.splitlines(keepends=True):
        words = [_letters(word)[0] for word in line.split()]
        common = sum(word in wanted for word in words)
        if common > most and common * 2 >= len(words):
            best, most = [(start, start + len(line.rstrip()))], common
        start += len(line)
    return [span for span in best if span[1] > span[0]]


def png(pixels: Any) -> bytes:
    """Pixels, shape (height, width, 3), as a PNG file."""
    import numpy as np

    height, width = pixels.shape[:2]
    # Each row begins with the number of its filter; "up" (2) keeps the white of a page small.
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)
    flat = pixels.reshape(height, 3 * width)
    rows[:, 0] = 2
    rows[0, 1:] = flat[0]
    rows[1:, 1:] = flat[1:] - flat[:-1]

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(rows.tobytes(), 6))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b"")
