"""PDFs as different programs make them: papers, newspapers, tables with wrapped cells, cropped pages, unspaced scripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.index.loading.pdf_canvas import drawn, lines, prose, read, shown, texts, wrapped

pytestmark = pytest.mark.system


def _row(canvas: Any, y: float, parts: Sequence[tuple[str, float, float]]) -> None:
    """Parts one after another: text, type size, how far it is raised."""
    x = 72.0
    for text, size, raised in parts:
        canvas.setFont("Helvetica", size)
        canvas.drawString(x, y + raised, text)
        x += canvas.stringWidth(text, "Helvetica", size)


def test_a_heading_beside_a_sentence_of_the_other_column_is_one() -> None:
    text = wrapped(" ".join(prose(n) for n in range(4)), 215, 10)

    def page(canvas: Any) -> None:
        lines(canvas, [*text[:19], "and so it ended."], x=60, y=700, size=10)
        lines(canvas, ["1 Methods of the survey"], x=60, y=700 - 20 * 13, size=10, font="Helvetica-Bold")
        lines(canvas, text[20:30], x=60, y=700 - 21 * 13, size=10)
        lines(canvas, text[:31], x=310, y=700, size=10)

    assert texts(read(drawn(page)), "heading") == ["1 Methods of the survey"]


def test_a_line_alone_on_its_page_is_text_wherever_it_stands() -> None:
    def low(canvas: Any) -> None:
        lines(
            canvas, ["The captain of the large white vessel that was built in Turku in the year"], x=72, y=40, size=10
        )

    def high(canvas: Any) -> None:
        lines(canvas, ["1923 was Anna Berg, and she sold it to the town of Korpo."], x=72, y=780, size=10)

    [(_, text)] = shown(read(drawn(low, high)))
    assert text.startswith("The captain of the large white vessel")


def test_headlines_side_by_side_part_what_is_above_from_what_is_below() -> None:
    def page(canvas: Any) -> None:
        for n, x in enumerate((40, 171, 302, 433)):
            above, below = (wrapped(prose(number), 115, 9) for number in (n, n + 4))
            lines(canvas, above[:12], x=x, y=760, size=9)
            lines(canvas, below[:12], x=x, y=560, size=9)
        lines(canvas, ["Light burns again"], x=40, y=585, size=16, font="Helvetica-Bold")
        lines(canvas, ["Boats are sold"], x=302, y=585, size=16, font="Helvetica-Bold")

    text = " ".join(text for _, text in shown(read(drawn(page))))
    order = ["Part a", "Part b", "Part c", "Part d", "Light burns", "Part e", "Part f", "Boats are", "Part g", "Part h"]
    assert sorted(order, key=text.index) == order


def test_labels_and_numbers_of_a_table_stay_together() -> None:
    def page(canvas: Any) -> None:
        canvas.setFont("Helvetica", 9)
        for n in range(30):
            for column, text in enumerate((f"Row number {n} of it", f"{n * 7 + 1}", f"{n * 9 + 2}", f"{n * 5 + 3}")):
                canvas.drawString(60 + 110 * column, 770 - 14 * n, text)

    rows = texts(read(drawn(page)), "row")
    assert rows[4] == "Row number 4 of it: 29, 38, 23"
    assert len(rows) == 30


def test_cells_may_end_in_the_row_of_their_label_and_names_of_columns_begin_above_it() -> None:
    def page(canvas: Any) -> None:
        canvas.setFont("Helvetica", 10)
        for y, cells in (
            (712, {2: "Ships"}),
            (700, {0: "Port", 1: "Area", 2: "(thousands)", 3: "Remarks"}),
            (682, {3: "Closed in winter when the"}),
            (670, {0: "Korpo", 1: "12.5", 2: "3.4", 3: "ice is too thick"}),
            (652, {3: "Open all year, since the"}),
            (640, {0: "Lund", 1: "8.0", 2: "1.2", 3: "sea is warm"}),
        ):
            for column, text in cells.items():
                canvas.drawString(72 + 90 * column, y, text)

    assert texts(read(drawn(page)), "row") == [
        "Port, Area, Ships (thousands), Remarks",
        "Korpo: Area 12.5, Ships (thousands) 3.4, Remarks Closed in winter when the ice is too thick",
        "Lund: Area 8.0; Ships (thousands) 1.2; Remarks Open all year, since the sea is warm",
    ]


def test_marks_powers_and_ordinals() -> None:
    def page(canvas: Any) -> None:
        _row(
            canvas,
            720,
            [("On the 1", 11, 0), ("st", 7, 4), (" of May it rose by 10", 11, 0), ("-6", 7, 4), (" and", 11, 0)],
        )
        _row(
            canvas,
            705,
            [("fell by 12%", 11, 0), ("3", 7, 4), (" in 1998", 11, 0), ("8, 9", 7, 4), (" on 5 m", 11, 0), ("2", 7, 4)],
        )

    assert shown(read(drawn(page))) == [
        ("paragraph", "On the 1st of May it rose by 10^-6 and fell by 12%³ in 1998⁸, ⁹ on 5 m2")
    ]


def test_the_raised_mark_before_a_note_belongs_to_it() -> None:
    def page(canvas: Any) -> None:
        y = lines(canvas, wrapped(prose(0) + prose(1), 450), y=720)
        _row(canvas, y, [("It was built in 1951.", 11, 0), ("1", 6, 4)])
        canvas.setFont("Helvetica", 5.5)
        canvas.drawString(72, 84, "1")
        lines(canvas, ["From the yearbook of the port."], x=78, y=80, size=8)

    assert texts(read(drawn(page)), "note") == ["¹ From the yearbook of the port."]


def test_a_quote_that_is_set_apart_is_neither_heading_nor_title() -> None:
    def page(canvas: Any) -> None:
        y = lines(canvas, wrapped(prose(0), 300), y=720)
        y = lines(canvas, ["“Nobody knows", "who drew the plan”"], x=90, y=y - 20, size=18)
        lines(canvas, wrapped(prose(1), 300), y=y - 20)

    loaded = read(drawn(page))
    assert texts(loaded, "quote") == ["“Nobody knows who drew the plan”"]
    assert (texts(loaded, "heading"), loaded.title) == ([], "")


def test_contents_without_dots_are_furniture_and_numbered_rows_are_not() -> None:
    def page(canvas: Any, entries: Sequence[str]) -> None:
        canvas.setFont("Helvetica", 11)
        for n, text in enumerate(entries):
            canvas.drawString(72, 720 - 15 * n, text)
            canvas.drawRightString(520, 720 - 15 * n, str(n + 2))

    contents = ["1 Introduction", "1.1 The survey", "2 Ice", "2.1 How thick it is", "3 Conclusions"]
    towns = ["1 Korpo", "2 Lund", "3 Visby", "4 Oslo", "5 Umea"]
    assert len(texts(read(drawn(lambda canvas: page(canvas, contents))), "furniture")) == 5
    assert texts(read(drawn(lambda canvas: page(canvas, towns))), "furniture") == []


def test_what_is_cut_off_the_page_is_not_read() -> None:
    def page(canvas: Any) -> None:
        canvas.setCropBox((60, 60, 535, 782))
        lines(canvas, ["The harbour froze."], y=720)
        lines(canvas, ["Printed in colour"], x=5, y=20)

    assert shown(read(drawn(page))) == [("paragraph", "The harbour froze.")]


def test_soft_hyphens_within_a_line_are_not_seen() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    made = drawn(lambda canvas: lines(canvas, ["A co\u00adopera\u00adtion began in May."], font="Vera"))
    assert shown(read(made)) == [("paragraph", "A cooperation began in May.")]


def test_lines_of_japanese_join_without_a_space() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    made = drawn(
        lambda canvas: lines(canvas, ["船は冬にここに停泊し、", "氷が海峡を閉ざすと止まる。"], font="HeiseiMin-W3")
    )
    assert shown(read(made)) == [("paragraph", "船は冬にここに停泊し、氷が海峡を閉ざすと止まる。")]


def test_numbered_items_may_be_roman() -> None:
    items = ["i. for boats", "ii. for ships", "iii. for ferries"]
    assert texts(read(drawn(lambda canvas: lines(canvas, ["There are three fees:", *items]))), "item") == items


def test_wide_gaps_in_one_drawn_line_part_its_cells() -> None:
    """The ends of a line alone don't tell: its letters are as many as in a line without gaps."""

    def page(canvas: Any) -> None:
        for n, cells in enumerate(
            (("Korpo island", "214", "201"), ("Lund town", "1,120", "1,180"), ("Visby town", "411", "364"))
        ):
            out = canvas.beginText(72, 700 - 15 * n)
            out.setFont("Courier", 10)
            out._code.append("[" + "".join(f"({cell}) {600 * len(cell) - 10_000} " for cell in cells) + "] TJ")
            canvas.drawText(out)

    assert texts(read(drawn(page)), "row")[1] == "Lund town: 1,120, 1,180"


def test_justified_lines_are_lines() -> None:
    def page(canvas: Any) -> None:
        for n, line in enumerate(wrapped(prose(0) + " " + prose(1), 300, 10)[:-1]):
            out = canvas.beginText(72, 700 - 13 * n)
            out.setFont("Helvetica", 10)
            out.setWordSpace((300 - canvas.stringWidth(line, "Helvetica", 10)) / line.count(" "))
            out.textOut(line)
            canvas.drawText(out)

    (piece,) = read(drawn(page)).pieces
    assert piece.text == " ".join(wrapped(prose(0) + " " + prose(1), 300, 10)[:-1])


@pytest.mark.parametrize("head", ["", "Port of Hallen"])
@pytest.mark.parametrize(
    ("names", "size"),
    [
        (("1 Traffic", "2 Environment", "3 Finance"), 11),
        (("1 Traffic", "2 Environment", "3 Finance"), 18),
        (("Chapter 1", "Chapter 2", "Chapter 3"), 18),
    ],
)
def test_numbered_headings_in_step_with_the_pages_stay(names: Sequence[str], size: float, head: str) -> None:
    def page(n: int, canvas: Any) -> None:
        lines(canvas, [head] if head else [], y=800, size=9)
        y = lines(canvas, [names[n]], y=750, size=size, font="Helvetica-Bold")
        y = lines(canvas, [f"{n + 1}.1 Part"], y=y - 20, size=12, font="Helvetica-Bold")
        lines(canvas, wrapped(prose(n), 440), y=y - 20)
        lines(canvas, [f"{n + 1}"], x=290, y=40, size=9)

    loaded = read(drawn(*(lambda canvas, n=n: page(n, canvas) for n in range(3))))
    assert texts(loaded, "heading") == [text for n in range(3) for text in (names[n], f"{n + 1}.1 Part")]
    assert len(texts(loaded, "paragraph")) == len(loaded.pieces) - 6 == 3


def test_contents_with_dots_at_some_levels_are_furniture() -> None:
    contents = {"1 Letter": 3, "2 Traffic": 4, "2.1 Goods": 4, "3 The fire on the quay": 6, "4 Air": 7, "A Board": 8}

    def page(canvas: Any) -> None:
        for n, (text, number) in enumerate(contents.items()):
            y = 720 - 16 * n
            if "." in text:
                canvas.drawString(72, y, f"{text} {'. ' * 50}{number}")
            else:
                canvas.drawString(72, y, text)
                canvas.drawRightString(520, y, str(number))

    assert [kind for kind, _ in shown(read(drawn(page)))] == ["furniture"] * 6


@pytest.mark.parametrize(
    "caption",
    ["Table 5-1: Accidents at work", "Fig. 3.2 Ships", "Figure 4-1", "Box 2: Ice", "Chart 1 Prices", "Table A-2. Fees"],
)
def test_captions_are_numbered_in_many_ways(caption: str) -> None:
    def page(canvas: Any) -> None:
        y = lines(canvas, wrapped(prose(0), 440), y=720)
        y = lines(canvas, [caption], y=y, font="Helvetica-Oblique")
        for n, cells in enumerate((("Port", "2022", "2023"), ("Korpo", "14", "203"), ("Lund", "5", "41"))):
            for column, cell in enumerate(cells):
                canvas.drawString(72 + 120 * column, y - 10 - 15 * n, cell)

    loaded = read(drawn(page))
    assert texts(loaded, "caption") == [caption]
    assert len({piece.group for piece in loaded.pieces if piece.kind in ("caption", "row")}) == 1


def test_a_sentence_about_a_table_is_no_caption() -> None:
    text = [*wrapped(prose(0), 440), "Table 1 shows that prices rose, and Figure 2-1 shows when."]
    assert texts(read(drawn(lambda canvas: lines(canvas, text))), "caption") == []


@pytest.mark.parametrize("size", [11, 14])
@pytest.mark.parametrize("glued", [True, False])
def test_lines_of_authors_under_the_title_are_furniture(size: float, glued: bool) -> None:
    def page(canvas: Any) -> None:
        y = lines(canvas, ["Hives and wild bees"], size=22)
        _row(canvas, y - 10, [("Roos Achterberg", size, 0), ("1", 7, 5), (", Mats van Lind", size, 0), ("2", 7, 5)])
        _row(canvas, y - 10 - 1.3 * size, [("and Jean-Luc Öberg", size, 0)])
        y = lines(canvas, ["University of Dorn, Dorn", "r.achterberg@dorn.example"], y=y - (40 if glued else 60))
        lines(canvas, wrapped(prose(0), 440), y=y - 30)

    loaded = read(drawn(page, author="layout"))
    assert loaded.authors == ("Roos Achterberg", "Mats van Lind", "Jean-Luc Öberg")
    assert texts(loaded, "furniture") == [
        "Roos Achterberg¹, Mats van Lind²",
        "and Jean-Luc Öberg",
        "University of Dorn, Dorn",
        "r.achterberg@dorn.example",
    ]
    assert [kind for kind, _ in shown(loaded)] == ["heading", *["furniture"] * 4, "paragraph"]
    assert loaded.title == "Hives and wild bees"


@pytest.mark.parametrize("line", ["Annual Report and Financial Statements", "New Harbour", "Ships, boats and ferries"])
def test_capitals_under_the_title_alone_are_no_authors(line: str) -> None:
    def page(canvas: Any) -> None:
        y = lines(canvas, ["Port of Hallen"], size=22)
        lines(canvas, wrapped(prose(0), 440), y=lines(canvas, [line], y=y - 10) - 20)

    loaded = read(drawn(page))
    assert (loaded.authors, texts(loaded, "furniture")) == ((), [])
    assert line in texts(loaded, "paragraph")


def test_a_name_under_the_title_that_the_metadata_have_is_the_author() -> None:
    def page(canvas: Any) -> None:
        y = lines(canvas, ["Port of Hallen"], size=22)
        lines(canvas, wrapped(prose(0), 440), y=lines(canvas, ["Anna Maria Berg"], y=y - 10) - 20)

    loaded = read(drawn(page, author="A. Berg"))
    assert (loaded.authors, texts(loaded, "furniture")) == (("Anna Maria Berg",), ["Anna Maria Berg"])


def test_each_author_may_have_a_line_with_an_address() -> None:
    def page(canvas: Any) -> None:
        y = lines(canvas, ["Manual of the harbour"], size=22)
        y = lines(canvas, ["Anna Berg (berg@port.example)", "Carl-Erik Lind <lind@port.example>"], y=y - 10)
        lines(canvas, wrapped(prose(0), 440), y=y - 20)

    loaded = read(drawn(page))
    assert loaded.authors == ("Anna Berg", "Carl-Erik Lind")
    assert [kind for kind, _ in shown(loaded)] == ["heading", "furniture", "furniture", "paragraph"]
