"""PDF pages in columns with lists and tables in them, titles over narrow columns, and names of columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.index.loading.pdf_canvas import drawn, lines, prose, read, shown, texts, wrapped

pytestmark = pytest.mark.system

ITEMS = ("Free the bearings, which have seized.", "Plate the lower flange over six metres.", "Seal the joint above it.")


def _list(canvas: Any, markers: Sequence[str], *, x: float, y: float, lower: float, size: float = 9.5) -> float:
    """Items whose markers stand lower than their text, each of two lines; the place of the next line."""
    for marker, text in zip(markers, ITEMS, strict=False):
        lines(canvas, [marker], x=x, y=y - lower, size=12)
        y = lines(canvas, wrapped(text, 120, size), x=x + 18, y=y, size=size)
    return y


@pytest.mark.parametrize("lower", [2.5, -2.5, 0.0])
@pytest.mark.parametrize("markers", [("•", "•", "•"), ("1", "2", "3"), ("a.", "b.", "c.")])
def test_markers_lower_or_higher_than_their_text_belong_to_it(lower: float, markers: Sequence[str]) -> None:
    def page(canvas: Any) -> None:
        y = lines(canvas, wrapped(prose(0), 200, 9.5), y=720, size=9.5)
        y = _list(canvas, markers, x=72, y=y, lower=lower)
        lines(canvas, wrapped(prose(1), 200, 9.5), y=y, size=9.5)

    shown_markers = ["" if marker == "•" else f"{marker} " for marker in markers]
    assert shown(read(drawn(page))) == [
        ("paragraph", prose(0)),
        *(("item", f"{marker}{text}") for marker, text in zip(shown_markers, ITEMS, strict=True)),
        ("paragraph", prose(1)),
    ]


def test_numbers_that_stand_beside_text_but_count_nothing_are_no_items() -> None:
    def page(canvas: Any) -> None:
        for n, (number, text) in enumerate((("12", "boats came"), ("7", "ships left"), ("31", "ferries sank"))):
            lines(canvas, [number], x=72, y=700 - 14 * n)
            lines(canvas, [text], x=93, y=700 - 14 * n)

    assert texts(read(drawn(page)), "item") == []


PARTS = (("Part", "Score", "Extent"), ("Deck slab", "2", "B"), ("Girder G1", "2", "C"), ("Girder G3", "4", "D"))
COUNTS = (("Count", "Boats", "Over 18 t"), ("2009", "3,100", "96"), ("2016", "3,850", "131"), ("2022", "4,420", "178"))
PARTS_READ = ["Part, Score, Extent", "Deck slab: Score 2, Extent B", "Girder G1: Score 2, Extent C"]
COUNTS_READ = ["Count, Boats, Over 18 t", "2009: Boats 3,100, Over 18 t 96", "2016: Boats 3,850, Over 18 t 131"]


def _table(canvas: Any, rows: Sequence[Sequence[str]], *, x: float, y: float, step: float = 55) -> float:
    canvas.setFont("Helvetica", 9)
    for n, cells in enumerate(rows):
        for column, text in enumerate(cells):
            canvas.drawString(x + step * column, y - 18 * n, text)
    return y - 18 * len(rows) - 6


def _text(canvas: Any, number: int, *, x: float, y: float) -> float:
    return lines(canvas, wrapped(prose(number), 220, 9.5), x=x, y=y, size=9.5) - 6


def test_columns_with_a_list_and_a_table_are_read_one_after_another() -> None:
    def page(canvas: Any) -> None:
        y = 720.0
        for number in range(4):
            y = _text(canvas, number, x=56, y=y)
        y = _list(canvas, ("1", "2", "3"), x=311, y=720, lower=2.5)
        y = _table(canvas, COUNTS, x=360, y=y - 8)
        for number in (4, 5):
            y = _text(canvas, number, x=311, y=y)

    loaded = read(drawn(page))
    assert texts(loaded, "paragraph") == [prose(number) for number in range(6)]
    assert texts(loaded, "item") == [f"{n} {text}" for n, text in enumerate(ITEMS, 1)]
    assert texts(loaded, "row")[:3] == COUNTS_READ
    order = ["paragraph"] * 4 + ["item"] * 3 + ["row"] * 4 + ["paragraph"] * 2
    assert [piece.kind for piece in loaded.pieces] == order


@pytest.mark.parametrize("lower", [0, 7])
@pytest.mark.parametrize("heading", [False, True])
def test_tables_side_by_side_in_two_columns_are_two(lower: float, heading: bool) -> None:
    def page(canvas: Any) -> None:
        for x, number, rows in ((56, 0, PARTS), (311, 2, COUNTS)):
            y = _text(canvas, number + 1, x=x, y=_text(canvas, number, x=x, y=720 - lower * bool(number)))
            if heading:
                y = lines(canvas, [f"{number + 1} Results"], x=x, y=y - 8, size=14, font="Helvetica-Bold")
            _table(canvas, rows, x=x + 50, y=y)

    loaded = read(drawn(page))
    assert texts(loaded, "paragraph") == [prose(number) for number in range(4)]
    rows = texts(loaded, "row")
    assert (rows[:3], rows[4:7]) == (PARTS_READ, COUNTS_READ)
    assert texts(loaded, "heading") == (["1 Results", "3 Results"] if heading else [])


@pytest.mark.parametrize("columns", [1, 2])
def test_a_table_over_the_whole_width_stays_one(columns: int) -> None:
    rows = (
        ("Port", "Area", "Boats", "Ships", "Ferries", "Staff"),
        *((f"Port {name}", *(f"{n * 97 + column}" for column in range(5))) for n, name in enumerate("abcdefgh", 1)),
    )

    def page(canvas: Any) -> None:
        y = 720.0
        if columns == 1:
            y = lines(canvas, wrapped(prose(0), 470, 9.5), x=56, y=y, size=9.5) - 8
        else:
            y = min(_text(canvas, number, x=x, y=y) for number, x in ((0, 56), (1, 311))) - 8
        y = _table(canvas, rows, x=56, y=y, step=85)
        lines(canvas, wrapped(prose(2), 470, 9.5), x=56, y=y, size=9.5)

    loaded = read(drawn(page))
    found = texts(loaded, "row")
    assert len(found) == len(rows)
    assert found[1] == "Port a: Area 97, Boats 98, Ships 99, Ferries 100, Staff 101"
    assert texts(loaded, "paragraph") == [prose(number) for number in (range(2) if columns == 2 else [0])] + [prose(2)]


def test_cells_of_a_table_that_have_sentences_are_no_columns() -> None:
    rows = (("Free the bearings of the bridge", "12", "The bearings have seized and nobody knows why that is so"),) * 5

    def page(canvas: Any) -> None:
        y = 720.0
        for first, number, last in rows:
            low = [
                lines(canvas, wrapped(text, width, 9.5), x=x, y=y, size=9.5)
                for text, width, x in ((first, 110, 56), (number, 90, 250), (last, 120, 380))
            ]
            y = min(low) - 8

    assert texts(read(drawn(page)), "row").count("Free the bearings of the: 12, The bearings have seized") == 5


def test_a_list_under_a_heading_begins_with_its_first_item() -> None:
    def page(canvas: Any) -> None:
        y = lines(canvas, wrapped(prose(0), 300), y=740)
        y = lines(canvas, ["Findings"], y=y - 8, size=14, font="Helvetica-Bold") - 2
        _list(canvas, ("1", "2", "3"), x=72, y=y, lower=0, size=11)

    assert texts(read(drawn(page)), "item") == [f"{n} {text}" for n, text in enumerate(ITEMS, 1)]


@pytest.mark.parametrize(
    ("rows", "first"),
    [
        (
            (
                ("Part", "Score", "Extent", "Action by"),
                ("Deck slab", "2", "B", "none"),
                ("Pier 2 footing", "1", "A", "none"),
            ),
            ["Part, Score, Extent, Action by", "Deck slab: Score 2, Extent B, Action by none"],
        ),
        (
            (("Korpo", "island", "red", "none"), ("Lund", "town", "blue", "some"), ("Visby", "town", "grey", "all")),
            ["Korpo: island, red, none", "Lund: town, blue, some"],
        ),
    ],
)
def test_words_over_a_column_of_numbers_name_the_columns(rows: Sequence[Sequence[str]], first: list[str]) -> None:
    def page(canvas: Any) -> None:
        _table(canvas, rows, x=72, y=lines(canvas, wrapped(prose(0), 440)) - 10, step=100)

    assert texts(read(drawn(page)), "row")[:2] == first


TITLE = "Principal inspection of Kelder Bridge"


@pytest.mark.parametrize("gap", [23, 90])
def test_a_broken_headline_is_the_title_that_the_metadata_has(gap: float) -> None:
    def page(canvas: Any) -> None:
        for n, text in enumerate(("Principal inspection of", "Kelder Bridge")):
            lines(canvas, [text], x=56, y=740 - gap * n, size=18, font="Helvetica-Bold")
        lines(canvas, wrapped(prose(0), 440), x=56, y=700 - gap)

    loaded = read(drawn(page, title=TITLE))
    assert loaded.title == TITLE
    assert texts(loaded, "heading") == ([TITLE] if gap < 30 else ["Principal inspection of", "Kelder Bridge"])


def test_a_headline_that_holds_little_of_the_title_in_the_metadata_stays() -> None:
    def page(canvas: Any) -> None:
        lines(canvas, wrapped(prose(0), 440), y=lines(canvas, ["Kelder"], size=20) - 10)

    assert read(drawn(page, title=f"{TITLE}, draft of May for the council")).title == "Kelder"


@pytest.mark.parametrize(("size", "title"), [(14, ""), (26, "6 Traffic")])
def test_a_heading_below_text_is_no_title_unless_it_is_huge(size: float, title: str) -> None:
    def page(canvas: Any) -> None:
        y = lines(canvas, wrapped(prose(0), 440), y=740)
        y = lines(canvas, ["6 Traffic"], y=y - 30, size=size, font="Helvetica-Bold")
        lines(canvas, wrapped(prose(1), 440), y=y - 10)

    loaded = read(drawn(page))
    assert (loaded.title, texts(loaded, "heading")) == (title, ["6 Traffic"])


def test_a_title_may_stand_below_an_address() -> None:
    def page(canvas: Any) -> None:
        y = lines(canvas, ["Council of the town of Lund", "Department of boats and ships", "12 Harbour Street"], y=760)
        y = lines(canvas, ["Inspection of the bridge"], y=y - 20, size=16)
        lines(canvas, wrapped(prose(1), 440), y=y - 10)

    assert read(drawn(page)).title == "Inspection of the bridge"
