"""OpenDocument: texts, spreadsheets and presentations as a reader sees them."""

from __future__ import annotations

import io

import pytest
from odf.opendocument import OpenDocumentText
from odf.style import Style, TextProperties
from odf.text import H, List, ListItem, ListLevelStyleNumber, ListStyle, Note, NoteBody, NoteCitation, P, Span

from index.errors import ArticleTooLargeError, UnreadableFileError
from index.loading.office.opendocument import read_opendocument
from index.pieces import Loaded
from index.settings import IndexSettings
from tests.index.loading.office_files import opendocument_of, saved


def read(data: bytes) -> Loaded:
    return read_opendocument(io.BytesIO(data), "report.odt", IndexSettings())


def texts(data: bytes) -> list[tuple[int, str, str]]:
    return [(piece.page, piece.kind, piece.text) for piece in read(data).pieces]


def cells(*row: str) -> str:
    return "<table:table-row>" + "".join(map(cell, row)) + "</table:table-row>"


def cell(text: str, attributes: str = "") -> str:
    kind = ' office:value-type="float"' if text.isdecimal() else ""
    return (
        f"<table:table-cell{kind} {attributes}>" + (f"<text:p>{text}</text:p>" if text else "") + "</table:table-cell>"
    )


def test_a_text_as_a_writer_saves_it() -> None:
    document = OpenDocumentText()
    raised = Style(name="raised", family="text")
    raised.addElement(TextProperties(textposition="super 58%"))
    gone = Style(name="gone", family="text")
    gone.addElement(TextProperties(textlinethroughstyle="solid"))
    hidden = Style(name="hidden", family="text")
    hidden.addElement(TextProperties(display="none"))
    numbers = ListStyle(name="numbers")
    numbers.addElement(ListLevelStyleNumber(level=1, numformat="1", numsuffix="."))
    for style in (raised, gone, hidden, numbers):
        document.automaticstyles.addElement(style)
    document.text.addElement(H(outlinelevel=2, text="People"))
    paragraph = P(text="In all 1,200")
    for name, text in (("raised", "4"), ("gone", " or so"), ("hidden", " maybe")):
        paragraph.addElement(Span(stylename=name, text=text))
    note, body = Note(noteclass="footnote"), NoteBody()
    body.addElement(P(text="By hand."))
    note.addElement(NoteCitation(text="1"))
    note.addElement(body)
    paragraph.addText(" were counted")
    paragraph.addElement(note)
    paragraph.addText(":")
    document.text.addElement(paragraph)
    steps = List(stylename="numbers")
    for text in ("one", "two"):
        item = ListItem()
        item.addElement(P(text=text))
        steps.addElement(item)
    document.text.addElement(steps)
    found = read(saved(document))
    assert [(piece.kind, piece.level, piece.text) for piece in found.pieces] == [
        ("heading", 2, "People"),
        ("paragraph", 0, "In all 1,200⁴ were counted¹:"),
        ("note", 0, "¹ By hand."),
        ("item", 1, "1. one"),
        ("item", 1, "2. two"),
    ]
    assert found.title == "People"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:p>kept</text:p>", ["kept"]),
        ('<text:section text:display="none"><text:p>gone</text:p></text:section><text:p>kept</text:p>', ["kept"]),
        ("<text:p>a<office:annotation><text:p>said</text:p></office:annotation> b</text:p>", ["a b"]),
        ("<text:p>a<text:s text:c='3'/>b<text:tab/>c<text:line-break/>d</text:p>", ["a b c d"]),
        (
            "<text:p>a<draw:frame><draw:text-box><text:p>box</text:p></draw:text-box></draw:frame></text:p>",
            ["a", "box"],
        ),
        (
            "<text:list><text:list-item><text:p>a</text:p><text:list><text:list-item><text:p>b</text:p></text:list-item>"
            "</text:list></text:list-item></text:list>",
            ["a", "b"],
        ),
    ],
)
def test_what_is_seen_of_a_text(body: str, expected: list[str]) -> None:
    assert [text for *_, text in texts(opendocument_of("text", body))] == expected


def test_contents_are_furniture() -> None:
    body = "<text:table-of-content><text:index-body><text:p>One 3</text:p></text:index-body></text:table-of-content>"
    assert texts(opendocument_of("text", body)) == [(0, "furniture", "One 3")]


def test_a_cell_over_all_columns_behind_the_label_belongs_to_none() -> None:
    lunch = cell("Lunch", 'table:number-columns-spanned="2"') + "<table:covered-table-cell/>"
    rows = cells("Time", "Title", "Speaker") + cells("10.00", "Peat", "Ada Holm")
    table = f"<table:table>{rows}<table:table-row>{cell('11.00')}{lunch}</table:table-row></table:table>"
    assert texts(opendocument_of("text", table))[-1] == (0, "row", "Time 11.00: Lunch")


def test_a_spreadsheet() -> None:
    title = cell("People of the islands", 'table:number-columns-spanned="3"')
    rows = [
        f"<table:table-row>{title}</table:table-row>",
        cells("Island", "People", "Note"),
        cells("Korpo", "214", "few"),
        f'<table:table-row table:visibility="collapse">{cell("HIDDEN")}{cell("1")}</table:table-row>',
        cells("Nagu", "", "none"),
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/>'
        "</table:table-row>",
    ]
    hidden = (
        '<style:style style:name="h" style:family="table"><style:table-properties table:display="false"/></style:style>'
    )
    sheets = (
        f'<table:table table:name="People">{"".join(rows)}</table:table>'
        f'<table:table table:name="Drafts" table:style-name="h">{cells("HIDDEN")}</table:table>'
    )
    assert texts(opendocument_of("spreadsheet", sheets, hidden)) == [
        (1, "heading", "People"),
        (1, "caption", "People of the islands"),
        (1, "row", "Island, People, Note"),
        (1, "row", "Korpo: People 214, Note few"),
        (1, "row", "Nagu: Note none"),
    ]


def test_a_cell_repeated_without_end_is_bounded() -> None:
    wide = cell("x" * 50, 'table:number-columns-repeated="999999"')
    row = f'<table:table-row table:number-rows-repeated="999999">{wide}</table:table-row>'
    with pytest.raises(ArticleTooLargeError):
        read(opendocument_of("spreadsheet", f'<table:table table:name="t">{row}</table:table>'))


def test_slides() -> None:
    def frame(text: str, y: int, kind: str = "outline") -> str:
        place = f'svg:x="1cm" svg:y="{y}cm" svg:width="9cm" svg:height="1cm"'
        box = f"<draw:text-box><text:p>{text}</text:p></draw:text-box>"
        return f'<draw:frame presentation:class="{kind}" {place}>{box}</draw:frame>'

    notes = f"<presentation:notes>{frame('Slowly.', 1, 'notes')}</presentation:notes>"
    hidden = (
        '<style:style style:name="h" style:family="drawing-page">'
        '<style:drawing-page-properties presentation:visibility="hidden"/></style:style>'
    )
    shown = [frame("below", 5), frame("above", 3), frame("Islands", 1, "title"), frame("7", 9, "page-number"), notes]
    pages = (
        f"<draw:page>{''.join(shown)}</draw:page>"
        f'<draw:page draw:style-name="h">{frame("HIDDEN", 1)}</draw:page><draw:page>{frame("Last", 1)}</draw:page>'
    )
    assert texts(opendocument_of("presentation", pages, hidden)) == [
        (1, "heading", "Islands"),
        (1, "paragraph", "above"),
        (1, "paragraph", "below"),
        (1, "note", "Slowly."),
        (3, "paragraph", "Last"),
    ]


def test_an_encrypted_document_says_so() -> None:
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry>'
        "<m:encryption-data/></m:file-entry></m:manifest>"
    )
    data = opendocument_of("text", "<text:p>x</text:p>", more={"META-INF/manifest.xml": manifest})
    with pytest.raises(UnreadableFileError, match="password"):
        read(data)


def test_marks_raised_by_a_share_and_headings_by_their_style() -> None:
    styles = (
        '<style:style style:name="T" style:family="text"><style:text-properties style:text-position="33% 58%"/></style:style>'
        '<style:style style:name="L" style:family="text"><style:text-properties style:text-position="-33% 58%"/></style:style>'
        '<style:style style:name="H" style:family="paragraph" style:default-outline-level="2"/>'
        '<style:style style:name="P" style:family="paragraph" style:parent-style-name="H"/>'
    )
    note = "<text:note><text:note-citation>1</text:note-citation></text:note>"
    body = (
        '<text:p text:style-name="P">People</text:p><text:p>1,200<text:span text:style-name="T">4</text:span>'
        f'{note} and CO<text:span text:style-name="L">2</text:span></text:p>'
    )
    assert texts(opendocument_of("text", body, styles)) == [
        (0, "heading", "People"),
        (0, "paragraph", "1,200⁴ ¹ and CO2"),
    ]


def test_formulas_are_read_from_their_own_documents() -> None:
    math = (
        '<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mfrac><mi>a</mi><mn>2</mn></mfrac>'
        "<annotation>{a} over {2}</annotation></semantics></math>"
    )
    body = (
        '<text:p>Half is <draw:frame><draw:object xlink:href="./Object 1" xmlns:xlink="http://www.w3.org/1999/xlink"/>'
        "<draw:image/></draw:frame>.</text:p>"
    )
    data = opendocument_of("text", body, more={"Object 1/content.xml": math})
    assert texts(data) == [(0, "paragraph", "Half is a/2.")]
    assert texts(opendocument_of("text", body)) == [(0, "paragraph", "Half is .")]
