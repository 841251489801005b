"""E-books: chapters in reading order, notes, and what the book states about itself."""

from __future__ import annotations

import io
from datetime import date

import pytest

from index.errors import UnreadableFileError
from index.loading.office.epub import read_epub
from index.pieces import Loaded
from index.settings import IndexSettings
from tests.index.loading.office_files import epub_of


def read(data: bytes) -> Loaded:
    return read_epub(io.BytesIO(data), "book.epub", IndexSettings())


def texts(data: bytes) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in read(data).pieces]


def test_chapters_in_the_order_of_the_spine() -> None:
    chapters = {
        "b 2.xhtml": "<h1>Two</h1><p>Second.</p>",
        "a.xhtml": "<h1>One</h1><p>First.</p>",
        "c.xhtml": "<p>Beside.</p>",
    }
    spine = '<itemref idref="c.xhtml" linear="no"/><itemref idref="a.xhtml"/><itemref idref="b 2.xhtml"/>'
    assert texts(epub_of(chapters, spine=spine)) == [
        ("heading", "One"), ("paragraph", "First."), ("heading", "Two"), ("paragraph", "Second."), ("paragraph", "Beside."),
    ]  # fmt: skip


def test_groups_of_two_chapters_stay_apart() -> None:
    found = read(
        epub_of({"a.xhtml": "<ul><li>a</li><li>b</li></ul>", "b.xhtml": "<ul><li>c</li><li>d</li></ul>"})
    ).pieces
    assert found[0].group == found[1].group != found[2].group == found[3].group


def test_notes_page_breaks_and_entities() -> None:
    body = (
        '<p>Born in&nbsp;1852<a epub:type="noteref" href="#n">1</a>, <span epub:type="pagebreak" id="p33">33</span>'
        "he &amp; she.</p>"
        '<aside epub:type="footnote" id="n"><p>By the church book.</p></aside>'
        '<nav epub:type="toc"><ol><li>Contents</li></ol></nav>'
    )
    [paragraph, note] = read(epub_of({"a.xhtml": body})).pieces
    assert paragraph.text.replace("\u00a0", " ") == "Born in 1852¹, he & she."
    assert (note.kind, note.text) == ("note", "By the church book.")


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ("<dc:date>2021-05-04</dc:date>", date(2021, 5, 4)),
        ("<dc:date>2021-05-04T00:00:00+00:00</dc:date>", date(2021, 5, 4)),
        ("<dc:date>2021</dc:date>", None),
        ("<dc:date>0101-01-01</dc:date>", None),
        ('<dc:date opf:event="modification">2021-05-04</dc:date>', None),
        ("", None),
    ],
)
def test_what_the_book_states(dates: str, expected: date | None) -> None:
    metadata = (
        "<dc:title>The Islands</dc:title><dc:creator>Anna Berg</dc:creator><dc:creator opf:role='ill'>Draw Er</dc:creator>"
        f"<dc:publisher>Skerry Press</dc:publisher>{dates}"
    )
    found = read(epub_of({"a.xhtml": "<p>Text.</p>"}, metadata=metadata))
    assert (found.title, found.authors, found.site, found.published) == (
        "The Islands", ("Anna Berg",), "Skerry Press", expected,
    )  # fmt: skip


def test_a_chapter_that_is_no_xml_is_read_as_html() -> None:
    assert texts(epub_of({"a.xhtml": "<p>One<br>two &unknown; <b>three</p>"}))[0][1].startswith("One")


def lock(method: str) -> dict[str, str]:
    return {
        "META-INF/encryption.xml": '<encryption xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptedData>'
        f'<e:EncryptionMethod Algorithm="{method}"/></e:EncryptedData></encryption>'
    }


def test_a_copy_protected_book_is_refused_but_hidden_fonts_are_no_matter() -> None:
    chapters = {"a.xhtml": "<p>Text.</p>"}
    assert texts(epub_of(chapters, more=lock("http://www.idpf.org/2008/embedding"))) == [("paragraph", "Text.")]
    with pytest.raises(UnreadableFileError, match="DRM"):
        read(epub_of(chapters, more=lock("http://www.w3.org/2001/04/xmlenc#aes256-cbc")))


def test_a_missing_chapter_is_told() -> None:
    data = epub_of({"a.xhtml": "<p>Text.</p>"}, spine='<itemref idref="a.xhtml"/>').replace(
        b"OPS/a.xhtml", b"OPS/z.xhtml"
    )
    assert "OPS/a.xhtml" in read(data).notices[0]


def test_a_chapter_of_links_to_the_others_is_their_contents() -> None:
    chapters = {
        "toc.xhtml": '<h1>Contents</h1><p><a href="a.xhtml">The Beach</a></p><p><a href="b.xhtml#x">The Sea</a></p>',
        "a.xhtml": '<p>See <a href="b.xhtml">there</a> and <a href="toc.xhtml">here</a>, for what comes next.</p>',
        "b.xhtml": "<p>Text.</p>",
    }
    assert texts(epub_of(chapters)) == [
        ("paragraph", "See there and here, for what comes next."),
        ("paragraph", "Text."),
    ]
