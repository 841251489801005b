"""PDFs that are protected, damaged, scanned or crafted: a reason or the text, in bounded time and memory."""

from __future__ import annotations

import random
import re
import time
import zlib
from contextlib import suppress
from typing import Any

import pytest

from index.errors import ArticleTooLargeError, EmptyArticleError, LoadError, UnreadableFileError
from tests.index.loading.pdf_canvas import PROSE, drawn, lines, only, prose, read, shown, wrapped
from tests.index.loading.pdfs import pdf, pdf_of_pages, pdf_of_streams

pytestmark = pytest.mark.system

FLATE = b"/Filter/FlateDecode"


def page(canvas: Any) -> None:
    lines(canvas, wrapped(PROSE, 450))


def test_row_18_a_password_is_asked_for_with_a_remedy() -> None:
    with pytest.raises(
        UnreadableFileError, match=r"file\.pdf can't be read: it is encrypted and needs a password; save a copy"
    ):
        read(drawn(page, password="secret"))


def test_protected_from_copying_but_open_without_a_password_is_read() -> None:
    assert only(read(drawn(page, password="")), "paragraph").text == PROSE


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "it is damaged or no PDF", id="empty"),
        pytest.param(b"This is no PDF.", "it is damaged or no PDF", id="text"),
        pytest.param(drawn(page)[:200], "it is damaged or no PDF", id="truncated"),
        pytest.param(
            pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"]), "it has no pages", id="no pages"
        ),
    ],
)
def test_row_18_damaged_is_refused_with_reason(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=re.escape(f"file.pdf can't be read: {reason}")):
        read(data)


def test_pages_in_a_circle_end() -> None:
    started = time.monotonic()
    with pytest.raises(LoadError):
        read(
            pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9999999>>"]), pdf_seconds=10
        )
    assert time.monotonic() - started < 30


def test_row_18_no_text_and_no_picture() -> None:
    with pytest.raises(EmptyArticleError, match=r"holds no text on its 2 page\(s\)"):
        read(pdf_of_streams([b"", b"0 0 m 10 10 l S"]))


def test_row_18_a_bomb_is_stopped_by_the_memory_limit() -> None:
    bomb = zlib.compress(zlib.compress(b" " * 400_000_000, 9), 9)
    started = time.monotonic()
    with pytest.raises(LoadError):
        read(pdf_of_streams([bomb], filters=b"/Filter[/FlateDecode/FlateDecode]"), pdf_memory_mb=256)
    assert time.monotonic() - started < 60


def _endless() -> bytes:
    """Some kilobytes that become millions of drawing operators."""
    return pdf_of_streams([zlib.compress(b"BT /F1 9 Tf (aaaaaaaaaa) Tj ET " * 1_900_000, 9)], filters=FLATE)


def test_row_18_memory_is_capped() -> None:
    with pytest.raises(UnreadableFileError, match=r"takes more than 200 MiB of memory.*Raise FOOTNOTE_PDF_MEMORY_MB"):
        read(_endless(), pdf_memory_mb=200)


def test_row_18_time_is_capped() -> None:
    started = time.monotonic()
    with pytest.raises(UnreadableFileError, match=r"takes more than 1 s. Raise FOOTNOTE_PDF_SECONDS"):
        read(_endless(), pdf_seconds=1, pdf_memory_mb=8192)
    assert time.monotonic() - started < 30


def test_more_text_than_allowed_is_refused() -> None:
    with pytest.raises(ArticleTooLargeError, match="more than 100 characters"):
        read(drawn(page), max_article_chars=100)


@pytest.mark.parametrize("seed", range(12))
def test_flipped_and_truncated_bytes_give_text_or_a_reason(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(
        drawn(*[lambda c, n=n: lines(c, wrapped(prose(n), 450)) and None for n in range(3)], title="A title here")
    )
    for _ in range(chance.choice([1, 10, 200])):
        data[chance.randrange(len(data))] = chance.randrange(256)
    if seed % 3 == 0:
        del data[chance.randrange(len(data)) :]
    started = time.monotonic()
    with suppress(LoadError):
        assert all(isinstance(text, str) and text for _, text in shown(read(bytes(data))))
    assert time.monotonic() - started < 70


def test_javascript_and_links_do_nothing() -> None:
    objects = [
        b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.launchURL\\('http://127.0.0.1:9/'\\))>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>"
        b"/AA<</O<</S/URI/URI(http://127.0.0.1:9/)>>>>>>",
        b"<</Length 44>>stream\nBT /F1 10 Tf 50 700 Td (Nothing happens) Tj ET\nendstream",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    assert shown(read(pdf(objects))) == [("paragraph", "Nothing happens")]


def test_places_that_are_no_numbers_and_pages_without_size() -> None:
    stream = b"BT /F1 1e30 Tf 1e38 0 0 1e38 1e38 1e38 Tm (far away) Tj ET BT /F1 10 Tf 0 0 Td (here) Tj ET"
    with suppress(LoadError):
        assert shown(read(pdf_of_streams([stream])))


def test_hand_made_pages_are_read() -> None:
    assert [text for _, text in shown(read(pdf_of_pages([["It was a long day in the town, and nobody came."]])))] == [
        "It was a long day in the town, and nobody came."
    ]
