"""Workbooks: the tables of each visible sheet, with the values that a person sees."""

from __future__ import annotations

import io
from datetime import date, datetime
from time import process_time
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from index.errors import ArticleTooLargeError
from index.loading.office.formats import shown
from index.loading.office.xlsx import read_xlsx
from index.pieces import Loaded
from index.settings import IndexSettings
from tests.index.loading.office_files import members_of, saved, zipped


def read(book: Any, settings: IndexSettings | None = None) -> Loaded:
    return read_xlsx(io.BytesIO(saved(book)), "figures.xlsx", settings or IndexSettings())


def texts(book: Any) -> list[tuple[int, str, str]]:
    return [(piece.page, piece.kind, piece.text) for piece in read(book).pieces]


def book_of(rows: list[list[Any]]) -> Any:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    return book


def test_a_workbook() -> None:
    book = book_of(
        [
            ["Population of the islands"],
            [],
            ["Island", "Share", "Counted", "Cost", "Secret"],
            ["Korpo", 0.125, date(2024, 5, 3), 1234.5, "x"],
            ["HIDDEN", 1, None, 2, "x"],
            ["Nagu", 0.5, datetime(2024, 5, 3, 12, 30), -2, "x"],
            ["Source: the office"],
            [],
            ["Ferry", "Seats", "Built"],
            ["Stella", 200, "in Turku"],
        ]
    )
    sheet = book.active
    sheet.title = "People"
    sheet.merge_cells("A1:D1")
    for row in (4, 6):
        sheet.cell(row, 2).number_format = "0.0%"
        sheet.cell(row, 4).number_format = '#,##0.00 "€"'
    sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["E"].hidden = True
    book.create_sheet("Drafts").append(["HIDDEN"])
    book["Drafts"].sheet_state = "hidden"
    years = book.create_sheet("Years")
    years.append(["Place", 2021, 2022])
    years.append(["Korpo", 214, 201])
    assert texts(book) == [
        (1, "heading", "People"),
        (1, "paragraph", "Population of the islands"),
        (1, "row", "Island, Share, Counted, Cost"),
        (1, "row", "Korpo: Share 12.5%, Counted 2024-05-03, Cost 1,234.50 €"),
        (1, "row", "Nagu: Share 50.0%, Counted 2024-05-03 12:30, Cost -2.00 €"),
        (1, "paragraph", "Source: the office"),
        (1, "row", "Ferry, Seats, Built"),
        (1, "row", "Stella: Seats 200, Built in Turku"),
        (3, "heading", "Years"),
        (3, "row", "Place, 2021, 2022"),
        (3, "row", "Korpo: 2021 214, 2022 201"),
    ]


def test_merged_heads_and_labels_are_repeated() -> None:
    book = book_of([["Area", "People", None], [None, "men", "women"], ["South", 1, 2], [None, 3, 4]])
    for block in ("B1:C1", "A1:A2", "A3:A4"):
        book.active.merge_cells(block)
    assert [text for *_, text in texts(book)][2:] == [
        "South: People men 1, People women 2",
        "South: People men 3, People women 4",
    ]


def test_a_cell_over_all_columns_behind_the_label_belongs_to_none() -> None:
    book = book_of([["Time", "Title", "Speaker"], ["10.00", "Peat", "Ada Holm"], ["11.00", "Lunch", None]])
    book.active.merge_cells("B3:C3")
    assert texts(book)[-1] == (1, "row", "Time 11.00: Lunch")


def test_the_saved_values_of_formulas_are_read_and_missing_ones_told() -> None:
    book = book_of([["Place", "a", "b"], ["Korpo", "=1+1", "=2+2"]])
    members = members_of(saved(book))
    sheet = members["xl/worksheets/sheet1.xml"]
    members["xl/worksheets/sheet1.xml"] = (
        sheet.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
        .replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>")
        .replace(b"<f>1+1</f><v/>", b"<f>1+1</f><v>2</v>")
    )
    found = read_xlsx(io.BytesIO(zipped(members)), "figures.xlsx", IndexSettings())
    assert found.pieces[-1].text == "Korpo: a 2"
    assert [notice[:10] for notice in found.notices] == ["1 formula "]


def test_a_huge_sheet_is_refused_with_the_setting_that_allows_more() -> None:
    book = book_of([["Place", "a"], *(["Korpo", n] for n in range(2_000))])
    with pytest.raises(ArticleTooLargeError, match="FOOTNOTE_MAX_ARTICLE_CHARS"):
        read(book, IndexSettings(max_article_chars=1_000))
    with pytest.raises(ArticleTooLargeError, match="FOOTNOTE_MAX_ARTICLE_CHARS"):
        read(book, IndexSettings(max_article_chars=9_000))


def test_a_cell_far_away_costs_nothing() -> None:
    book = book_of([["near"]])
    book.active["XFD1048576"] = "far"
    members = members_of(saved(book))
    sheet = members["xl/worksheets/sheet1.xml"]
    merged = b'</sheetData><mergeCells><mergeCell ref="A1:XFC1048575"/></mergeCells>'
    members["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", merged)
    found = read_xlsx(io.BytesIO(zipped(members)), "figures.xlsx", IndexSettings())
    assert [piece.text for piece in found.pieces] == ["Sheet", "near", "far"]


@pytest.mark.parametrize(
    ("value", "form", "expected"),
    [
        (0.125, "0%", "13%"),
        (0.125, "0.0 %", "12.5 %"),
        (1234.5, '"$"#,##0.00', "$1,234.50"),
        (1234.5, "[$€-407] #,##0", "€ 1,235"),
        (1234.5, '_-* #,##0.00\\ "kr"_-;-* #,##0.00\\ "kr"_-', "1,234.50 kr"),
        (-5, "#,##0;(#,##0)", "(5)"),
        (-5, "[Red]0.0", "-5.0"),
        (0, '0;-0;"none"', "none"),
        (1234567, '0.0,,"M"', "1.2M"),
        (7, "000", "007"),
        (1.5, "0.##", "1.5"),
        (1.0, "0.##", "1"),
        (5, '0 "km 0"', "5 km 0"),
        (2.675, "0.00", "2.68"),
        (1234567, "0.00E+00", "1.23E+06"),
        (0.1 + 0.2, "General", "0.3"),
        (12.0, "General", "12"),
        (0.378472222, "h:mm AM/PM", "09:05"),
        (45352, "yyyy-mm-dd", "2024-03-01"),
        (45352, "mmm yyyy", "2024-03"),
        (45352, "yyyy", "2024"),
        (45352.6041666667, "d.m.yyyy hh:mm", "2024-03-01 14:30"),
        (45352.6041666667, "[$-409]d. mmmm", "2024-03-01"),
        (1.5, "[h]:mm", "36:00"),
        (0.0014583333, "mm:ss", "00:02:06"),
        (12, '0 "days"', "12 days"),
        (-5, "yyyy-mm-dd", "-5"),
        (1e20, "0", "1e+20"),
        (float("nan"), "0", "nan"),
    ],
)
def test_values_are_shown_as_a_person_sees_them(value: Any, form: str, expected: str) -> None:
    assert shown(value, form) == expected


def test_a_month_in_a_cell_is_a_month_and_names_a_column() -> None:
    book = book_of([["Town", date(2024, 1, 1), date(2024, 2, 1)], ["Korpo", 1, 2], ["Nagu", 3, 4]])
    for cell in ("B1", "C1"):
        book.active[cell].number_format = "mmm yyyy"
    assert [text for *_, text in texts(book)][1:] == [
        "Town, 2024-01, 2024-02",
        "Korpo: 2024-01 1, 2024-02 2",
        "Nagu: 2024-01 3, 2024-02 4",
    ]


@pytest.mark.parametrize(
    ("rows", "merged", "expected"),
    [
        (
            [["Town", "Members", None, "Boats", None], [None, 2021, 2023, 2021, 2023], ["Korpo", 214, 201, 3, 4]],
            ("A1:A2", "B1:C1", "D1:E1"),
            "Korpo: Members 2021 214, Members 2023 201, Boats 2021 3, Boats 2023 4",
        ),
        (
            [["Station", "Level", "Flow"], [None, "cm", "m³/s"], ["North", 12.5, 3.1]],
            (),
            "North: Level cm 12.5, Flow m³/s 3.1",
        ),
        ([["Area", "People", None], ["Korpo", 1, 2], ["Nagu", 3, 4]], ("B1:C1",), "Nagu: People 3, People 4"),
        ([["Town", "People"], ["Korpo", 1], ["Nagu", 2]], (), "Nagu: People 2"),
        ([["Report", "Water"], ["Author", "Maria Holm"], ["Cost", 1200]], (), "Cost: 1200"),
    ],
)
def test_which_rows_name_the_columns(rows: list[list[Any]], merged: tuple[str, ...], expected: str) -> None:
    book = book_of(rows)
    for block in merged:
        book.active.merge_cells(block)
    assert texts(book)[-1][2] == expected


def test_tables_side_by_side_and_one_above_the_other_are_kept_apart() -> None:
    book = book_of(
        [
            ["Income", None, None, None, "Boats"],
            ["Month", "Sum", "Share", None, "Boat", "Length", None, "Built"],
            ["May", 100, 0.5, None, "Ada", 12, None, 1990],
            ["June", 120, 0.6, None, "Eva", 9, None, 1985],
            [],
            ["Costs"],
            ["Month", "Sum", "Share"],
            ["May", 90, 0.1],
        ]
    )
    book.active.title = "Sheet1"
    assert texts(book) == [
        (1, "caption", "Income"),
        (1, "row", "Month, Sum, Share"),
        (1, "row", "May: Sum 100, Share 0.5"),
        (1, "row", "June: Sum 120, Share 0.6"),
        (1, "caption", "Boats"),
        (1, "row", "Boat, Length, Built"),
        (1, "row", "Ada: Length 12, Built 1990"),
        (1, "row", "Eva: Length 9, Built 1985"),
        (1, "caption", "Costs"),
        (1, "row", "Month, Sum, Share"),
        (1, "row", "May: Sum 90, Share 0.1"),
    ]


def test_runs_in_a_cell_are_raised_or_struck_out_and_its_style_may_strike_it_out() -> None:
    book = book_of([["Korpo", CellRichText("1,200", TextBlock(InlineFont(vertAlign="superscript"), "4"))]])
    book.active.append(["Nagu", CellRichText(TextBlock(InlineFont(strike=True), "700"), " 800")])
    book.active.append(["Iniö", "GONE"])
    book.active["B3"].font = Font(strike=True)
    assert [text for *_, text in texts(book)][1:] == ["Korpo: 1,200⁴", "Nagu: 800", "Iniö"]


def test_a_hundred_thousand_cells_are_read_in_seconds() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Big")
    for n in range(25_000):
        sheet.append([date(2024, 1, 1 + n % 28), f"Town {n}", n, n / 7])
    start = process_time()
    found = read(book)
    assert len(found.pieces) == 25_001
    assert process_time() - start < 15  # About 6 to write and read; a reader by objects takes as much again.
