"""PDF: text in paragraphs, or the reason why there is none; memory and time capped."""

from __future__ import annotations

import time
import zlib
from pathlib import Path

import pytest

from index.article import Article
from index.errors import ArticleTooLargeError, EmptyArticleError, UnreadableFileError
from index.loading.files import load_file
from index.loading.pdf import join_lines
from index.settings import IndexSettings
from tests.index.loading.pdfs import encrypted, pdf, pdf_of_pages, pdf_of_streams

pytestmark = pytest.mark.system

_LINES = [
    "What Happened in the Town",
    "June 18, 2024",
    "",
    "The committee met in the small hours of the morning, and after a de-",
    "bate that nobody had expected to last so long, it voted for the long-",
    "standing proposal of its chair. The debate was “short”, she said, and",
    "long-standing is what it is.",
    "Members left without a word to the press, which waited for a very long",
    "time.",
]
_PARAGRAPHS = [
    "What Happened in the Town",
    "June 18, 2024",
    "The committee met in the small hours of the morning, and after a debate that nobody had expected to last so long, it "
    "voted for the long-standing proposal of its chair. The debate was “short”, she said, and long-standing is what it is.",
    "Members left without a word to the press, which waited for a very long time.",
]


def load(tmp_path: Path, data: bytes, **limits: float) -> Article:
    path = tmp_path / "file.pdf"
    path.write_bytes(data)
    return load_file(path, IndexSettings.model_validate(limits))


def test_lines_become_paragraphs(tmp_path: Path) -> None:
    article = load(tmp_path, pdf_of_pages([_LINES]))
    assert article.text.split("\n\n") == _PARAGRAPHS
    assert article.title == _PARAGRAPHS[0]
    assert article.published is not None
    assert article.published.isoformat() == "2024-06-18"


def test_running_heads_and_page_numbers_go_and_paragraphs_go_on(tmp_path: Path) -> None:
    names = ["Anna", "Berta", "Clara", "Dora"]
    bodies = [
        [f"{name} said that it went on and on in this way, and nobody could", f"tell {name} how much more"]
        for name in names
    ]
    pages = [["The Daily Paper, page 7", *body, f"- {n} -"] for n, body in enumerate(bodies, 1)]
    pages.append(["The Daily Paper, page 8", "of it there was.", "1 2 3", "- 5 -"])
    article = load(tmp_path, pdf_of_pages(pages))
    assert article.text == " ".join(line for body in bodies for line in body) + " of it there was.\n\n1 2 3"


def test_share_rows_do_not_join_the_date(tmp_path: Path) -> None:
    lines = [_LINES[0], "Tue Jun 18 2024", "icon-facebook icon-twitter icon-whatsapp", *_LINES[3:]]
    article = load(tmp_path, pdf_of_pages([lines]))
    assert article.text.split("\n\n")[:2] == [_LINES[0], "Tue Jun 18 2024"]
    assert "icon" not in article.text


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("What we know of the town", "What we know of the town"),
        ("Microsoft Word - draft7.doc", "file"),
        ("report.pdf", "file"),
        ("Untitled", "file"),
        ("", "file"),
    ],
)
def test_title_of_the_metadata_where_it_is_sensible(tmp_path: Path, title: str, expected: str) -> None:
    article = load(tmp_path, pdf_of_pages([["It was a long day in the town, and nobody came."]], title=title))
    assert article.title == expected
    assert (expected in article.text) == (expected != "file")


def test_a_headline_is_believed_before_the_metadata(tmp_path: Path) -> None:
    assert load(tmp_path, pdf_of_pages([_LINES], title="Left over from another")).title == _LINES[0]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["a long dis-", "cussion"], "a long discussion"),
        (["a dis-", "cussion, no discussion"], "a discussion, no discussion"),
        (["it is well-", "known, as well-known things are"], "it is well-known, as well-known things are"),
        (["the well-", "known who are known well, well known"], "the well-known who are known well, well known"),
        (["between 10-", "20 people"], "between 10- 20 people"),
        (["the Franco-", "German pact"], "the Franco- German pact"),
    ],
)
def test_hyphens_inside_words_go_and_between_words_stay(lines: list[str], expected: str) -> None:
    assert join_lines([lines]) == [expected]


def test_row_18_encrypted_pdf_is_refused_with_reason(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"file\.pdf can't be read: it is encrypted and needs a password"):
        load(tmp_path, encrypted(pdf_of_pages([_LINES]), "secret"))


def test_row_18_encrypted_without_a_password_is_read(tmp_path: Path) -> None:
    assert load(tmp_path, encrypted(pdf_of_pages([_LINES]), "")).text.split("\n\n") == _PARAGRAPHS


def test_row_18_scanned_pdf_is_refused_with_reason(tmp_path: Path) -> None:
    with pytest.raises(EmptyArticleError, match=r"its 2 page\(s\) are probably scanned"):
        load(tmp_path, pdf_of_streams([b"", b"0 0 m 10 10 l S"]))


def test_row_18_pdf_without_pages_is_refused_with_reason(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="it has no pages"):
        load(tmp_path, pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[]/Count 0>>"]))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"This is no PDF.", id="text"),
        pytest.param(pdf_of_pages([_LINES])[:200], id="truncated"),
        pytest.param(
            pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9999999>>"]),
            id="pages in a circle",
        ),
    ],
)
def test_row_18_damaged_pdf_is_refused_with_reason(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UnreadableFileError, match=r"file\.pdf can't be read: it is damaged or no PDF"):
        load(tmp_path, data)


def test_row_18_decompression_bomb_is_refused_with_reason(tmp_path: Path) -> None:
    bomb = zlib.compress(zlib.compress(b" " * 200_000_000, 9), 9)
    started = time.monotonic()
    with pytest.raises(UnreadableFileError, match=r"unpacks to more than is safe|takes more than"):
        load(tmp_path, pdf_of_streams([bomb], filters=b"/Filter[/FlateDecode/FlateDecode]"))
    assert time.monotonic() - started < 60


def _endless() -> bytes:
    """Some kilobytes that become millions of drawing operators."""
    return pdf_of_streams(
        [zlib.compress(b"BT /F1 9 Tf (aaaaaaaaaa) Tj ET " * 1_900_000, 9)], filters=b"/Filter/FlateDecode"
    )


def test_row_18_memory_is_capped(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match=r"takes more than 150 MiB of memory. Raise FOOTNOTE_PDF_MEMORY_MB"):
        load(tmp_path, _endless(), pdf_memory_mb=150)


def test_row_18_time_is_capped(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(UnreadableFileError, match=r"takes more than 1 s. Raise FOOTNOTE_PDF_SECONDS"):
        load(tmp_path, _endless(), pdf_seconds=1, pdf_memory_mb=4096)
    assert time.monotonic() - started < 60


def test_row_18_more_text_than_allowed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArticleTooLargeError, match="more than 100 characters"):
        load(tmp_path, pdf_of_pages([_LINES]), max_article_chars=100)
