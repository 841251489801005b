"""Presentations: slides in order, each with its title, items, tables, charts and notes."""

from __future__ import annotations

import io
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.util import Inches

from index.loading.office.boxes import in_reading_order
from index.loading.office.pptx import read_pptx
from index.settings import IndexSettings
from tests.index.loading.office_files import saved


def pieces(presentation: Any) -> list[tuple[int, str, int, str]]:
    found = read_pptx(io.BytesIO(saved(presentation)), "talk.pptx", IndexSettings())
    return [(piece.page, piece.kind, piece.level, piece.text) for piece in found.pieces]


def test_a_talk() -> None:
    talk: Any = Presentation()
    slide = talk.slides.add_slide(talk.slide_layouts[0])
    slide.shapes.title.text, slide.placeholders[1].text = "The islands", "A talk in Turku"
    hidden = talk.slides.add_slide(talk.slide_layouts[5])
    hidden.shapes.title.text = "HIDDEN"
    hidden._element.set("show", "0")
    slide = talk.slides.add_slide(talk.slide_layouts[1])
    slide.shapes.title.text = "Points"
    frame = slide.placeholders[1].text_frame
    frame.text = "First"
    deeper = frame.add_paragraph()
    deeper.text, deeper.level = "Deeper", 1
    slide.notes_slide.notes_text_frame.text = "Say it slowly."
    assert pieces(talk) == [
        (1, "heading", 1, "The islands"),
        (1, "paragraph", 0, "A talk in Turku"),
        (3, "heading", 1, "Points"),
        (3, "item", 1, "First"),
        (3, "item", 2, "Deeper"),
        (3, "note", 0, "Say it slowly."),
    ]
    assert read_pptx(io.BytesIO(saved(talk)), "talk.pptx", IndexSettings()).title == "The islands"


def test_tables_charts_and_groups_by_their_place() -> None:
    talk: Any = Presentation()
    shapes = talk.slides.add_slide(talk.slide_layouts[6]).shapes
    shapes.add_textbox(0, Inches(6), Inches(5), Inches(0.5)).text_frame.text = "Last."
    data = CategoryChartData()
    data.categories = ["2021", "2022"]
    data.add_series("People", (214, 201.5))
    shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, Inches(3), Inches(5), Inches(2), data)
    table = shapes.add_table(3, 2, 0, Inches(1), Inches(5), Inches(1.5)).table
    for row, cells in zip(table.rows, (["Name", "Town"], ["Both", ""], ["Anna", "Turku"]), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(1, 1))
    group = shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(5), Inches(0.5)).text_frame.text = "In a group"
    assert [text for *_, text in pieces(talk)] == [
        "In a group", "Name, Town", "Both", "Anna: Town Turku", "People", "2021: People 214", "2022: People 201.5", "Last.",
    ]  # fmt: skip


def test_runs_struck_out_raised_and_numbered() -> None:
    talk: Any = Presentation()
    frame = talk.slides.add_slide(talk.slide_layouts[6]).shapes.add_textbox(0, 0, 9, 9).text_frame
    for text in ("one", "two"):
        paragraph = frame.paragraphs[0] if text == "one" else frame.add_paragraph()
        paragraph.text = text
        paragraph._p.get_or_add_pPr().append(
            paragraph._p.makeelement("{{{}}}buAutoNum".format(paragraph._p.nsmap["a"]), {"type": "arabicPeriod"})
        )
    paragraph = frame.add_paragraph()
    for text, attribute, value in (("1,200", "b", "0"), ("4", "baseline", "30000"), (" gone", "strike", "sngStrike")):
        run = paragraph.add_run()
        run.text = text
        run._r.get_or_add_rPr().set(attribute, value)
    assert [(kind, text) for _, kind, _, text in pieces(talk)] == [
        ("item", "1. one"),
        ("item", "2. two"),
        ("paragraph", "1,200⁴"),
    ]


def test_columns_are_read_one_by_one_and_bands_from_the_top() -> None:
    boxes = {"wide": (0, 0, 10, 1), "a1": (0, 2, 4, 1), "b1": (5, 2, 4, 1), "a2": (0, 4, 4, 1), "b2": (5, 4, 4, 1)}
    order = in_reading_order(["b2", "b1", "a2", "wide", "a1"], lambda name: boxes[name])
    assert order == ["wide", "a1", "a2", "b1", "b2"]


def test_running_lines_and_numbers_in_boxes_are_left_out() -> None:
    talk: Any = Presentation()
    for n in range(1, 4):
        slide = talk.slides.add_slide(talk.slide_layouts[6])
        for text in (f"Point {n}", "ACME, confidential", f"{n}"):
            box = slide.shapes.add_textbox(Inches(1), Inches(1 + len(text) % 5), Inches(3), Inches(0.5))
            box.text_frame.text = text
    assert [text for *_, text in pieces(talk)] == ["Point 1", "Point 2", "Point 3"]


def test_the_words_of_a_diagram_are_items() -> None:
    talk: Any = Presentation()
    slide = talk.slides.add_slide(talk.slide_layouts[6])
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/"
    space = f'xmlns:dgm="{drawing}diagram" xmlns:a="{drawing}main"'
    points = "".join(
        f"<dgm:pt><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>" for text in ("Count", "Sum")
    )
    part = Part(
        PackURI("/ppt/diagrams/data1.xml"),
        "application/xml",
        talk.part.package,
        f"<dgm:m {space}>{points}</dgm:m>".encode(),
    )
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relation = slide.part.relate_to(part, f"{relations}/diagramData")
    frame = slide.shapes.add_table(1, 1, 0, 0, Inches(1), Inches(1))._element
    data = frame.find(f".//{{{drawing}main}}graphicData")
    data.set("uri", f"{drawing}diagram")
    data[0].getparent().replace(
        data[0],
        parse_xml(f'<dgm:relIds {space} xmlns:r="{relations}" r:dm="{relation}"/>'),
    )
    assert pieces(talk) == [(1, "item", 1, "Count"), (1, "item", 1, "Sum")]
