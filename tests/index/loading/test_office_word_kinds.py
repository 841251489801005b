"""Word documents as other programs and people without styles write them: contents, marks, tables, formulas."""

from __future__ import annotations

import io

import pytest

from index.loading.office.docx import read_docx
from index.pieces import Loaded
from index.settings import IndexSettings
from tests.index.loading.office_files import docx_of

_RAISED = '<w:vertAlign w:val="superscript"/>'
_NOTES = "<w:footnotes>{}</w:footnotes>"
_STYLES = (
    '<w:styles><w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
    '<w:style w:styleId="Toc"><w:name w:val="TOC Heading"/><w:basedOn w:val="H1"/></w:style>'
    '<w:style w:styleId="Author"><w:name w:val="Author"/></w:style>'
    f'<w:style w:styleId="Mark"><w:name w:val="mark"/><w:rPr>{_RAISED}</w:rPr></w:style>'
    '<w:style w:styleId="Loud"><w:name w:val="loud"/><w:rPr><w:b/></w:rPr></w:style></w:styles>'
)


def read(body: str, **parts: str) -> Loaded:
    data = docx_of(body, {"styles": _STYLES, **parts})
    return read_docx(io.BytesIO(data), "report.docx", IndexSettings())


def texts(body: str, **parts: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in read(body, **parts).pieces]


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def line(*runs: str, style: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{"".join(runs)}</w:p>'


def mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def cell(*content: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(content)}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    made = (one if one.startswith("<") else cell(line(run(one))) for one in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(made)}</w:tr>"


def test_contents_in_a_field_and_the_line_above_them_are_furniture() -> None:
    body = (
        line(run("The islands"))
        + line(run("Innehåll"))
        + line(
            mark("begin"), '<w:r><w:instrText> TOC \\o "1-3" </w:instrText></w:r>', mark("separate"), run("People 3")
        )
        + line(run("Boats 5"))
        + line(mark("end"))
        + line(run("Contents"), style="Toc")
        + line(run("People"), style="H1")
    )
    assert texts(body) == [
        ("paragraph", "The islands"),
        ("furniture", "Innehåll"),
        ("furniture", "People 3"),
        ("furniture", "Boats 5"),
        ("furniture", "Contents"),
        ("heading", "People"),
    ]


def test_a_line_in_the_style_of_authors_names_them() -> None:
    found = read(line(run("Anna Berg"), style="Author") + line(run("Text.")))
    assert found.authors == ("Anna Berg",)
    assert [piece.kind for piece in found.pieces] == ["furniture", "paragraph"]


@pytest.mark.parametrize(
    ("before", "text", "properties", "expected"),
    [
        ("1,200", "4", '<w:rStyle w:val="Mark"/>', "1,200⁴"),
        ("1,200", "4", '<w:position w:val="6"/>', "1,200⁴"),
        ("1,200", "4", '<w:position w:val="-6"/>', "1,2004"),
        ("300", "a,b", _RAISED, "300[a, b]"),
        ("Bicycle", "b", _RAISED, "Bicycle[b]"),
        ("the 4", "e", _RAISED, "the 4e"),
        ("the 1", "st", _RAISED, "the 1st"),
        ("5 ", "m", '<w:rFonts w:ascii="Symbol"/>', "5 μ"),
        ("5 ", "\uf0b0", '<w:rFonts w:ascii="Symbol"/>', "5 °"),
    ],
)
def test_raised_runs_and_the_font_of_symbols(before: str, text: str, properties: str, expected: str) -> None:
    assert texts(line(run(before), run(text, properties)))[0][1] == expected


def test_symbols_that_are_inserted() -> None:
    signs = '<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>', '<w:r><w:sym w:font="Wingdings" w:char="F0E0"/></w:r>'
    assert texts(line(run("a "), signs[0], run(" b"), signs[1], run("c"))) == [("paragraph", "a ≥ b c")]


def test_marks_of_two_notes_stay_apart_and_one_may_have_its_own() -> None:
    notes = "".join(f'<w:footnote w:id="{n}">{line(run(text))}</w:footnote>' for n, text in ((1, "One."), (2, "Two.")))
    first, second = (f'<w:r><w:footnoteReference w:id="{n}"/></w:r>' for n in (1, 2))
    own = '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="2"/><w:t>*</w:t></w:r>'
    assert texts(line(run("500"), first, second, own), footnotes=_NOTES.format(notes)) == [
        ("paragraph", "500¹ ²*"),
        ("note", "¹ One."),
        ("note", "² Two."),
        ("note", "* Two."),
    ]


def test_a_short_bold_line_is_a_heading() -> None:
    body = (
        line(run("People", "<w:b/>"))
        + line(run("Boats"), style="Loud")
        + line(run("It ", "<w:b/>"), run("rose."))
        + line(run("It rose much.", "<w:b/>"))
        + line(run("Not bold", '<w:b w:val="0"/>'), style="Loud")
    )
    assert texts(body) == [
        ("heading", "People"),
        ("heading", "Boats"),
        ("paragraph", "It rose."),
        ("paragraph", "It rose much."),
        ("paragraph", "Not bold"),
    ]


def test_typed_bullets_are_items() -> None:
    assert texts(line(run("We need:")) + line(run("•\u00a0bread")) + line(run("•"))) == [
        ("paragraph", "We need:"),
        ("item", "bread"),
        ("paragraph", "•"),
    ]


def test_two_rows_of_names_that_nothing_marks() -> None:
    wide, tall, below = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = (
        row(cell(line(run("Town")), properties=tall), cell(line(run("Members")), properties=wide))
        + row(cell(line(), properties=below), "2021", "2023")
        + row("Korpo", "214", "201")
    )
    assert texts(f"<w:tbl>{rows}</w:tbl>") == [
        ("row", "Town, Members 2021, Members 2023"),
        ("row", "Korpo: Members 2021 214, Members 2023 201"),
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((("Name", "Maria Holm"), ("Born", "1990"), ("Town", "Turku")), "Town: Turku"),
        ((("Town", "People"), ("Korpo", "214"), ("Nagu", "100")), "Nagu: People 100"),
        ((("Task", "Who", "When"), ("Buy", "Ada", "May"), ("Sell", "Eva", "June")), "Sell: Who Eva, When June"),
        ((("", "2021", "2022"), ("Income", "10", "12")), "Income: 2021 10, 2022 12"),
        ((("Korpo", "1", "few"), ("Nagu", "2", "none"), ("Iniö", "3", "one")), "Iniö: 3, one"),
    ],
)
def test_which_tables_have_a_row_of_names(rows: tuple[tuple[str, ...], ...], expected: str) -> None:
    assert texts(f"<w:tbl>{''.join(row(*cells) for cells in rows)}</w:tbl>")[-1][1] == expected


def test_a_bold_first_row_names_the_columns() -> None:
    head = row(*(cell(line(run(text, "<w:b/>"))) for text in ("Task", "Who")))
    assert texts(f"<w:tbl>{head}{row('Buy', 'Ada')}{row('Sell', 'Eva')}</w:tbl>")[-1][1] == "Sell: Who Eva"


def test_a_line_with_a_counted_number_is_a_caption_and_a_dropped_letter_is_joined() -> None:
    code = mark("begin"), "<w:r><w:instrText> SEQ Figure </w:instrText></w:r>", mark("separate"), run("3"), mark("end")
    assert texts(line(run("Figure "), *code, run(": Boats"))) == [("caption", "Figure 3: Boats")]
    initial = f'<w:p><w:pPr><w:framePr w:dropCap="drop"/></w:pPr>{run("O")}</w:p>'
    assert texts(initial + line(run("nce upon a time."))) == [("paragraph", "Once upon a time.")]


def test_cells_that_begin_later_or_were_deleted() -> None:
    rows = (
        row("2021", "2023", properties='<w:gridBefore w:val="1"/>')
        + row("Korpo", "214", cell(line(run("GONE")), properties="<w:cellDel/>"), "201")
        + row("Nagu", "100", "110")
    )
    assert texts(f"<w:tbl>{rows}</w:tbl>")[1:] == [
        ("row", "Korpo: 2021 214, 2023 201"),
        ("row", "Nagu: 2021 100, 2023 110"),
    ]


def test_tables_that_only_place_text_are_read_cell_by_cell() -> None:
    inner = f"<w:tbl>{row('Town', 'People')}{row('Korpo', '214')}{row('Nagu', '1')}</w:tbl>"
    columns = row(cell(line(run("Left.")), line(run("Below."))), "Right.")
    assert texts(f"<w:tbl>{columns}</w:tbl><w:tbl>{row('Beside', cell(inner))}</w:tbl>") == [
        ("paragraph", "Left."),
        ("paragraph", "Below."),
        ("paragraph", "Right."),
        ("paragraph", "Beside"),
        ("row", "Town, People"),
        ("row", "Korpo: People 214"),
        ("row", "Nagu: People 1"),
    ]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<f><num><t>-b</t></num><den><t>2a</t></den></f>", "(-b)/(2a)"),
        ("<rad><e><sSup><e><t>b</t></e><sup><t>2</t></sup></sSup><t>-4ac</t></e></rad>", "√(b^2-4ac)"),
        (
            '<nary><naryPr><chr m:val="∑"/></naryPr><sub><t>i=1</t></sub><sup><t>n</t></sup><e><t>x</t></e></nary>',
            "∑_(i=1)^n x",
        ),
        ("<d><e><t>a+b</t></e></d>", "(a+b)"),
        ('<d><dPr><begChr m:val="|"/><endChr m:val="|"/></dPr><e><t>a</t></e></d>', "|a|"),
        ("<sSubSup><e><t>y</t></e><sub><t>1</t></sub><sup><t>2</t></sup></sSubSup>", "y_1^2"),
        ("<func><fName><t>log</t></fName><e><t>x</t></e></func>", "log x"),
    ],
)
def test_formulas_in_one_line(markup: str, expected: str) -> None:
    space = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    markup = markup.replace("<", "<m:").replace("<m:/", "</m:")
    assert texts(line(f'<m:oMath xmlns:m="{space}">{markup}</m:oMath>')) == [("paragraph", expected)]
