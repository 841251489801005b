"""Word documents: what a reader of the final version sees, with headings, numbers of lists, tables and notes."""

from __future__ import annotations

import io
from typing import Any

import pytest
from docx import Document
from docx.enum.section import WD_SECTION

from index.loading.office.docx import read_docx
from index.pieces import Loaded
from index.settings import IndexSettings
from tests.index.loading.office_files import docx_of, saved


def read(data: bytes) -> Loaded:
    return read_docx(io.BytesIO(data), "report.docx", IndexSettings())


def texts(data: bytes) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in read(data).pieces]


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_a_report_as_a_writer_saves_it() -> None:
    document: Any = Document()
    document.core_properties.author = "Anna Berg; registrator7"
    document.core_properties.title = "A template for letters"
    document.add_heading("The Islands", 0)
    document.add_heading("People", 1)
    document.add_heading("By island", 2)
    document.add_paragraph("Three steps:")
    document.add_paragraph("count", style="List Number")
    document.add_paragraph("sum", style="List Number")
    document.add_paragraph("In between a word.")
    document.add_paragraph("print", style="List Number")
    document.add_paragraph("a point", style="List Bullet")
    document.add_paragraph("Table 1. People", style="Caption")
    table = document.add_table(3, 3)
    for row, cells in zip(
        table.rows, (["Island", "2021", "2023"], ["Korpo", "214", "201"], ["Nagu", "", "13"]), strict=True
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_paragraph("Never again.", style="Quote")
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.header.paragraphs[0].text = "RUNNING HEAD"
    section.footer.paragraphs[0].text = "RUNNING FOOT"
    found = read(saved(document))
    assert [(piece.kind, piece.level, piece.text) for piece in found.pieces] == [
        ("heading", 1, "The Islands"),
        ("heading", 1, "People"),
        ("heading", 2, "By island"),
        ("paragraph", 0, "Three steps:"),
        ("item", 1, "1. count"),
        ("item", 1, "2. sum"),
        ("paragraph", 0, "In between a word."),
        ("item", 1, "3. print"),
        ("item", 1, "a point"),
        ("caption", 0, "Table 1. People"),
        ("row", 0, "Island, 2021, 2023"),
        ("row", 0, "Korpo: 2021 214, 2023 201"),
        ("row", 0, "Nagu: 2023 13"),
        ("quote", 0, "Never again."),
    ]
    groups = [piece.group for piece in found.pieces]
    assert groups[3] == groups[4] == groups[5] > 0
    assert groups[9] == groups[10] == groups[12] > groups[5]
    assert (found.title, found.authors, found.published) == ("The Islands", ("Anna Berg",), None)


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (f"<w:del>{run('gone')}</w:del><w:ins>{run('come')}</w:ins>", "come"),
        (f"<w:moveFrom>{run('gone')}</w:moveFrom><w:moveTo>{run('come')}</w:moveTo>", "come"),
        (run("a ") + run("hidden", "<w:vanish/>") + run("b", '<w:vanish w:val="0"/>'), "a b"),
        (run("a ") + run("struck", "<w:strike/>") + run("b"), "a b"),
        (run("1,200") + run("4", '<w:vertAlign w:val="superscript"/>'), "1,200⁴"),
        (run("10") + run("6", '<w:vertAlign w:val="superscript"/>'), "10^6"),
        (run("5 m") + run("2", '<w:vertAlign w:val="superscript"/>'), "5 m2"),
        (run("CO") + run("2", '<w:vertAlign w:val="subscript"/>'), "CO2"),
        (run("the 1") + run("st", '<w:vertAlign w:val="superscript"/>'), "the 1st"),
        ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r>", "a b c"),
        (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText><w:t>code</w:t></w:r>'
            f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("shown")}<w:r><w:fldChar w:fldCharType="end"/></w:r>',
            "shown",
        ),
        (f'<w:commentRangeStart w:id="1"/>{run("said")}<w:r><w:commentReference w:id="1"/></w:r>', "said"),
        (f"<w:hyperlink>{run('a link')}</w:hyperlink>", "a link"),
        (
            f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run('Click')}</w:sdtContent></w:sdt>{run('x')}",
            "x",
        ),
    ],
)
def test_within_a_line(inner: str, expected: str) -> None:
    assert texts(docx_of(f"<w:p>{inner}</w:p>")) == [("paragraph", expected)]


def test_a_paragraph_whose_mark_was_deleted_goes_on() -> None:
    body = f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr>{run('One ')}</w:p><w:p>{run('line.')}</w:p>"
    assert texts(docx_of(body)) == [("paragraph", "One line.")]


def test_notes_follow_the_paragraph_and_text_boxes_stay() -> None:
    notes = f'<w:footnotes><w:footnote w:id="7"><w:p>{run("By hand.")}</w:p></w:footnote></w:footnotes>'
    box = f"<w:r><w:pict><w:txbxContent><w:p>{run('In a box')}</w:p></w:txbxContent></w:pict></w:r>"
    body = (
        f'<w:p>{run("Counted")}<w:r><w:footnoteReference w:id="7"/></w:r>{run(".")}{box}</w:p><w:p>{run("Next.")}</w:p>'
    )
    assert texts(docx_of(body, {"footnotes": notes})) == [
        ("paragraph", "Counted¹."),
        ("note", "¹ By hand."),
        ("paragraph", "In a box"),
        ("paragraph", "Next."),
    ]


def test_a_text_box_that_is_there_twice_for_older_programs_is_read_once() -> None:
    def box(kind: str, text: str) -> str:
        return f"<mc:{kind}><w:txbxContent><w:p>{run(text)}</w:p></w:txbxContent></mc:{kind}>"

    space = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    both = f"<mc:AlternateContent {space}>{box('Choice', 'box')}{box('Fallback', 'box')}</mc:AlternateContent>"
    assert texts(docx_of(f"<w:p>{run('Text')}<w:r>{both}</w:r></w:p>")) == [("paragraph", "Text"), ("paragraph", "box")]


def test_numbers_of_several_levels() -> None:
    numbering = (
        '<w:numbering><w:abstractNum w:abstractNumId="0">'
        '<w:lvl w:ilvl="0"><w:start w:val="2"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%1."/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%2)"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    lines = [(0, "x"), (1, "y"), (1, "z"), (0, "u"), (1, "v")]
    body = "".join(
        f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr>{run(text)}</w:p>'
        for level, text in lines
    )
    found = read(docx_of(body, {"numbering": numbering})).pieces
    assert [(piece.level, piece.text) for piece in found] == [
        (1, "II. x"),
        (2, "a) y"),
        (2, "b) z"),
        (1, "III. u"),
        (2, "a) v"),
    ]


def test_merged_cells_and_deleted_rows() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{run(text)}</w:p></w:tc>"

    span, restart = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>'
    rows = [
        f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{cell('Island')}{cell('People', span)}</w:tr>",
        f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{cell('')}{cell('2021')}{cell('2023')}</w:tr>",
        f"<w:tr>{cell('Korpo', restart)}{cell('214')}{cell('201')}</w:tr>",
        f"<w:tr>{cell('', '<w:vMerge/>')}{cell('5')}{cell('6')}</w:tr>",
        f"<w:tr><w:trPr><w:del/></w:trPr>{cell('Gone')}{cell('1')}{cell('2')}</w:tr>",
    ]
    assert [text for _, text in texts(docx_of(f"<w:tbl>{''.join(rows)}</w:tbl>"))][1:] == [
        "Korpo: People 2021 214, People 2023 201",
        "Korpo: People 2021 5, People 2023 6",
    ]


def test_a_cell_over_all_columns_behind_the_label_belongs_to_none() -> None:
    def cell(text: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p>{run(text)}</w:p></w:tc>"

    wide = '<w:gridSpan w:val="2"/>'
    rows = [
        f"<w:tr>{cell('Time')}{cell('Title')}{cell('Speaker')}</w:tr>",
        f"<w:tr>{cell('10.00')}{cell('Peat')}{cell('Ada Holm')}</w:tr>",
        f"<w:tr>{cell('11.00')}{cell('Lunch', wide)}</w:tr>",
    ]
    assert texts(docx_of(f"<w:tbl>{''.join(rows)}</w:tbl>"))[-1] == ("row", "Time 11.00: Lunch")


def test_contents_are_furniture() -> None:
    gallery = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    body = f"<w:sdt>{gallery}<w:sdtContent><w:p>{run('One … 3')}</w:p></w:sdtContent></w:sdt><w:p>{run('Text.')}</w:p>"
    assert texts(docx_of(body)) == [("furniture", "One … 3"), ("paragraph", "Text.")]
