"""PDF: pages that are pictures, and pictures of pages with a quote marked."""

from __future__ import annotations

import io
import struct
import sys
import zlib
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from index.errors import EmptyArticleError, UnreadableFileError
from index.loading.pdf import page_picture
from index.loading.pdf.pictures import quote_spans
from index.settings import IndexSettings
from tests.index.loading.pdf_canvas import PROSE, drawn, lines, read, shown, wrapped

pytestmark = pytest.mark.system


def _picture(canvas: Any) -> None:
    from PIL import Image  # reportlab needs it anyway
    from reportlab.lib.utils import ImageReader

    canvas.drawImage(ImageReader(Image.new("L", (40, 40), 128)), 72, 400, 400, 300)


def _page(canvas: Any) -> None:
    lines(canvas, wrapped(PROSE, 450))


@pytest.fixture
def no_ocr(monkeypatch: pytest.MonkeyPatch) -> None:
    _install(monkeypatch, usable=False, words=[])


def _install(monkeypatch: pytest.MonkeyPatch, *, usable: bool, words: list[Any]) -> None:
    """Stands in for the OCR extra, whose models are not installed for tests."""
    module = ModuleType("index.loading.ocr")
    module.available = lambda: usable  # type: ignore[attr-defined]
    module.read_picture = lambda pixels: words if pixels.ndim == 3 and pixels.shape[2] == 3 else []  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "index.loading.ocr", module)


@pytest.mark.usefixtures("no_ocr")
def test_only_pictures_name_the_extra() -> None:
    with pytest.raises(EmptyArticleError, match=r"its 2 page\(s\) are pictures.*footnote\[ocr\]"):
        read(drawn(_picture, _picture))


@pytest.mark.usefixtures("no_ocr")
def test_some_pictures_give_a_notice() -> None:
    loaded = read(drawn(_page, _picture, _picture))
    assert shown(loaded) == [("paragraph", PROSE)]
    assert loaded.notices[0].startswith("2 of 3 pages are pictures and were not read: 2 to 3")


def test_pictures_are_read_in_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    words = []
    for column, x in enumerate((200, 900)):
        for n, line in enumerate(wrapped(f"Side {column}. {PROSE}", 215)):
            left = float(x)
            for word in line.split():
                words.append(
                    SimpleNamespace(
                        text=word, x0=left, x1=left + 14 * len(word), y0=300 + 40 * n, y1=330 + 40 * n, confidence=0.9
                    )
                )
                left += 14 * len(word) + 10
    _install(monkeypatch, usable=True, words=words)
    loaded = read(drawn(_picture))
    assert [text for _, text in shown(loaded)] == [f"Side 0. {PROSE}", f"Side 1. {PROSE}"]
    assert loaded.notices == ("page 1 was read from pictures",)


def _pixels(data: bytes) -> np.ndarray:
    """A PNG as pixels, by its definition."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    at, packed = 8, b""
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        packed += data[at + 8 : at + 8 + length] if data[at + 4 : at + 8] == b"IDAT" else b""
        at += 12 + length
    rows = np.frombuffer(zlib.decompress(packed), dtype=np.uint8).reshape(height, 1 + 3 * width)
    assert (rows[:, 0] == 2).all()
    return np.cumsum(rows[:, 1:].reshape(height, width, 3), axis=0, dtype=np.uint8)


def _yellow(data: bytes) -> np.ndarray:
    pixels = _pixels(data).astype(int)
    return (pixels[..., 0] - pixels[..., 2] > 60) & (pixels[..., 1] > 120)


def test_the_quote_is_marked_where_it_stands() -> None:
    quote = "Boats of every size lie there in winter, when the ice closes the sound"
    picture = page_picture(io.BytesIO(drawn(_page)), 1, quote, IndexSettings())
    marked = _yellow(picture)
    rows = np.flatnonzero(marked.any(axis=1))
    scale = 110 / 72
    assert marked.shape == pytest.approx((842 * scale, 595 * scale), abs=2)
    # The quote stands in the second line, and perhaps the third: 120 to 160 points below the page's top.
    assert 120 * scale < rows.min() < rows.max() < 165 * scale
    assert 5_000 < marked.sum() < 40_000


def test_a_quote_that_is_not_there_marks_nothing() -> None:
    assert not _yellow(
        page_picture(io.BytesIO(drawn(_page)), 1, "Zebras quarrel under xylophones", IndexSettings())
    ).any()


def test_a_page_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="it has no page 7; its pages are 1 to 1"):
        page_picture(io.BytesIO(drawn(_page)), 7, "x", IndexSettings())


@pytest.mark.parametrize(
    ("text", "after", "quote", "marked"),
    [
        ("an econ\ufffe\r\nomist of 1,2004\r\n men", "", "economist of 1,200⁴ men", ["econ\ufffe\r\nomist of 1,2004\r\n men"]),
        ("it ends in the middle of a", "sentence here", "in the middle of a sentence", ["in the middle of a"]),
        ("Port 2021 2022\r\nKorpo 410 201\r\nLund 12 13", "", "Korpo: 2021 410, 2022 201", ["Korpo 410 201"]),
        ("left column begins here\r\na head between\r\nand goes on over there", "",
         "left column begins here and goes on over there",
         ["left column begins here", "and goes on over there"]),
        ("nothing of it", "", "zebra", []),
    ],
)  # fmt: skip
def test_spans_of_quotes(text: str, after: str, quote: str, marked: list[str]) -> None:
    assert [text[start:end] for start, end in quote_spans(text, after, quote)] == marked
