"""PDF: what a person reads comes out as typed pieces, each with its page."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from index.loading.pdf.hyphens import Hyphens
from tests.index.loading.pdf_canvas import PROSE, drawn, flow, lines, only, prose, read, shown, texts, wrapped

pytestmark = pytest.mark.system

WIDTH = 450.0
COLUMN = 215.0


def one(*texts_: str, **how: Any) -> bytes:
    return drawn(lambda canvas: lines(canvas, texts_, **how) and None)


def test_lines_become_paragraphs_with_their_pages() -> None:
    def page(canvas: Any) -> None:
        y = lines(canvas, wrapped(PROSE, WIDTH))
        lines(canvas, wrapped("Second. " + PROSE, WIDTH), y=y - 12)

    loaded = read(drawn(page, lambda c: lines(c, wrapped(prose(1), WIDTH)) and None))
    assert shown(loaded) == [("paragraph", PROSE), ("paragraph", "Second. " + PROSE), ("paragraph", prose(1))]
    assert [piece.page for piece in loaded.pieces] == [1, 1, 2]


def test_an_indent_begins_a_paragraph() -> None:
    def page(canvas: Any) -> None:
        first, second = wrapped(PROSE, WIDTH), wrapped("    " + PROSE, WIDTH - 14)
        y = lines(canvas, first)
        y = lines(canvas, second[:1], x=86, y=y)
        lines(canvas, wrapped(" ".join(second[1:]), WIDTH), y=y)

    assert texts(read(drawn(page)), "paragraph") == [PROSE, PROSE]


def test_a_sentence_goes_on_over_the_page() -> None:
    parts = wrapped(PROSE, WIDTH)
    loaded = read(drawn(lambda c: lines(c, parts[:2]) and None, lambda c: lines(c, parts[2:]) and None))
    assert shown(loaded) == [("paragraph", PROSE)]


@pytest.mark.parametrize("count", [2, 3])
def test_columns_are_read_one_after_another(count: int) -> None:
    width = (WIDTH - 20 * (count - 1)) / count
    sentences = [f"Column {n} tells {PROSE}" for n in range(count)]

    def page(canvas: Any) -> None:
        lines(canvas, ["A title that goes over all the columns of the page"], size=18, y=770)
        for n, sentence in enumerate(sentences):
            lines(canvas, wrapped(sentence, width), x=72 + n * (width + 20), y=720 - 3 * n)

    loaded = read(drawn(page))
    assert shown(loaded) == [
        ("heading", "A title that goes over all the columns of the page"),
        *(("paragraph", sentence) for sentence in sentences),
    ]


def test_columns_between_full_lines() -> None:
    def page(canvas: Any) -> None:
        y = lines(canvas, wrapped("Above. " + PROSE, WIDTH), y=760)
        low = min(
            lines(canvas, wrapped(f"{side}. {PROSE}", COLUMN), x=x, y=y - 12)
            for side, x in (("Left", 72), ("Right", 307))
        )
        lines(canvas, wrapped("Below. " + PROSE, WIDTH), y=low - 12)

    assert texts(read(drawn(page)), "paragraph") == [
        f"{place}. {PROSE}" for place in ("Above", "Left", "Right", "Below")
    ]


@pytest.mark.parametrize(
    ("heads", "feet"),
    [
        (["Yearbook of the society 114", "Yearbook of the society 115"], ["Town 2019", "Town 2019"]),
        (["Boats", "The council", "Boats", "The council", "Boats"], ["1", "2", "3", "4", "5"]),
        (["", "Boats of the town 2", "Boats of the town 3"], ["doi 10.1/x", "", ""]),
        (["", "", ""], ["Page 1 of 12", "Page 2 of 12", "Page 3 of 12"]),
        (["14 Chapter on boats", "Chapter on ice 15", "16 Chapter on oil"], ["", "", ""]),
        (["Boats", "The council", "Boats"], ["– i –", "– ii –", "– iii –"]),
    ],
)
def test_running_heads_feet_and_page_numbers_go(heads: list[str], feet: list[str]) -> None:
    bodies = [prose(number) for number in range(5)]

    def page(head: str, foot: str, body: str) -> Any:
        def draw(canvas: Any) -> None:
            lines(canvas, [head], y=800, size=9)
            lines(canvas, wrapped(body, WIDTH))
            lines(canvas, [foot], x=280, y=40, size=9)

        return draw

    loaded = read(drawn(*map(page, heads, feet, bodies)))
    assert texts(loaded, "paragraph") == bodies[: len(heads)]
    assert len(loaded.pieces) == len(heads)


def test_rows_of_numbers_at_the_edge_of_pages_stay() -> None:
    def page(number: int) -> Any:
        return lambda canvas: (
            lines(canvas, [*wrapped(prose(number), WIDTH), f"It cost {number * 311} kronor in all"]) and None
        )

    loaded = read(drawn(*map(page, (1, 2, 3))))
    assert [f"{n * 311}" in "".join(p.text for p in loaded.pieces if p.page == n) for n in (1, 2, 3)] == [True] * 3


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("a price-", "determining vote", "a price-determining vote"),
        ("a cost-", "effective one", "a cost-effective one"),
        ("the econ-", "omist said", "the economist said"),
        ("a ten-", "year plan", "a ten-year plan"),
        ("Jean-", "Pierre came", "Jean-Pierre came"),
        ("the vice-", "mayor came", "the vice-mayor came"),
        ("an un-", "believable sum", "an unbelievable sum"),
        ("some 4.5-", "5 million", "some 4.5-5 million"),
        ("in 2024-", "2030.", "in 2024-2030."),
        ("of ship-", "builders", "of shipbuilders"),
        ("with two-", "and three-room flats", "with two- and three-room flats"),
        ("a soft\u00ad", "ware house", "a software house"),
        ("no hyphen", "here", "no hyphen here"),
        ("Die Verfas-", "sung gilt", "Die Verfassung gilt"),
    ],
)
def test_hyphens_at_line_ends(before: str, after: str, joined: str) -> None:
    assert Hyphens([before, after]).join(before, after) == joined


def test_the_documents_own_words_come_first() -> None:
    assert Hyphens(["we re-sign and re-sign"]).join("to re-", "sign it") == "to re-sign it"
    assert Hyphens(["the webshop opens"]).join("a web-", "shop opens") == "a webshop opens"


def test_drop_cap_belongs_to_its_word() -> None:
    rest = wrapped(PROSE[1:], 300)

    def page(canvas: Any) -> None:
        lines(canvas, ["T"], size=36, y=690)
        y = lines(canvas, rest[:2], x=100, y=705)
        lines(canvas, wrapped(" ".join(rest[2:]), 330), y=y)

    assert only(read(drawn(page)), "paragraph").text == PROSE


def test_marks_powers_units_and_lowered_digits() -> None:
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph

    raised = (
        "It had 1,200<super size=6>4</super> boats, 450 m<super size=6>2</super> of sheds, "
        "10<super size=6>6</super> fish and CO<sub size=6>2</sub>."
    )
    assert only(read(flow(Paragraph(raised, getSampleStyleSheet()["Normal"]))), "paragraph").text == (
        "It had 1,200⁴ boats, 450 m2 of sheds, 10^6 fish and CO2."
    )


@pytest.mark.parametrize("gap", [0.0, 1.1])
def test_letters_placed_one_by_one_make_words(gap: float) -> None:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    text = "The county has fined the firm 90,000 kronor for it"

    def page(canvas: Any) -> None:
        x = 72.0
        canvas.setFont("Helvetica", 11)
        for letter in text:
            if letter != " ":
                canvas.drawString(x, 700, letter)
            x += stringWidth(letter, "Helvetica", 11) + gap

    assert only(read(drawn(page)), "paragraph").text == text


def test_words_placed_one_by_one_in_any_order_make_lines() -> None:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    placed = []
    for n, line in enumerate(wrapped(PROSE, WIDTH)):
        x = 72.0
        for word in line.split():
            placed.append((word, x, 700 - 15 * n))
            x += stringWidth(f"{word} ", "Helvetica", 11)

    def page(canvas: Any) -> None:
        canvas.setFont("Helvetica", 11)
        for word, x, y in sorted(placed):
            canvas.drawString(x, y, word)

    assert only(read(drawn(page)), "paragraph").text == PROSE


def test_notes_follow_the_paragraph_with_their_mark() -> None:
    def page(canvas: Any) -> None:
        y = lines(canvas, [*wrapped(PROSE, WIDTH), "It had 412 hands"])
        canvas.setFont("Helvetica", 7)
        canvas.drawString(72 + canvas.stringWidth("It had 412 hands", "Helvetica", 11), y + 18.3, "1")
        lines(canvas, wrapped("Last. " + PROSE, WIDTH), y=y - 12)
        lines(canvas, ["1 The census of that year has 398, and", "the next one none."], y=80, size=8)

    loaded = read(drawn(page))
    assert shown(loaded) == [
        ("paragraph", PROSE),
        ("paragraph", "It had 412 hands¹"),
        ("note", "1 The census of that year has 398, and the next one none."),
        ("paragraph", "Last. " + PROSE),
    ]


def test_aligned_columns_of_numbers_are_a_table() -> None:
    rows = [("Port", "2021", "2022"), ("Korpo", "410", "201"), ("Lund", "1,240", "1,180")]

    def page(canvas: Any) -> None:
        y = lines(canvas, [*wrapped(PROSE, WIDTH), "", "Table 3: Tonnes by port"])
        for n, row in enumerate(rows):
            for x, cell in zip((72, 220, 300), row, strict=True):
                canvas.drawString(x, y - 15 * n, cell) if x == 72 else canvas.drawRightString(x, y - 15 * n, cell)
        lines(canvas, wrapped("After. " + PROSE, WIDTH), y=y - 70)

    loaded = read(drawn(page))
    assert shown(loaded) == [
        ("paragraph", PROSE),
        ("caption", "Table 3: Tonnes by port"),
        ("row", "Port, 2021, 2022"),
        ("row", "Korpo: 2021 410, 2022 201"),
        ("row", "Lund: 2021 1,240, 2022 1,180"),
        ("paragraph", "After. " + PROSE),
    ]
    assert len({piece.group for piece in loaded.pieces[1:5]}) == 1
    assert loaded.pieces[1].group > 0


def test_ruled_table_with_cells_of_several_lines() -> None:
    from reportlab.platypus import Table

    cells = [
        ["Kind of boat", "2021", "2022"],
        ["Sailing boats that\nbelong to members", "3", ""],
        ["Total", "15", "1,105"],
    ]
    loaded = read(flow(Table(cells, style=[("GRID", (0, 0), (-1, -1), 0.5, "black")])))
    assert texts(loaded, "row") == [
        "Kind of boat, 2021, 2022",
        "Sailing boats that belong to members: 2021 3",
        "Total: 2021 15, 2022 1,105",
    ]


def test_items_are_whole_nested_and_with_their_introduction() -> None:
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import ListFlowable, ListItem, Paragraph

    normal = getSampleStyleSheet()["Normal"]
    long = "a pier of stone that reaches far into the sound, so that boats find shelter behind it when wind comes from the north"
    inner = ListFlowable([ListItem(Paragraph("one red", normal))], bulletType="bullet")
    outer = ListFlowable(
        [ListItem(Paragraph(long, normal)), ListItem([Paragraph("two sheds", normal), inner])], bulletType="bullet"
    )
    numbered = ListFlowable([Paragraph("cut the stone", normal), Paragraph("lay it", normal)], bulletFormat="%s.")
    body = Paragraph(PROSE, normal)
    loaded = read(flow(body, Paragraph("What was built:", normal), outer, body, numbered, body))
    assert [(p.text, p.level) for p in loaded.pieces if p.kind == "item"] == [
        (long, 1), ("two sheds", 1), ("one red", 2), ("1. cut the stone", 1), ("2. lay it", 1),
    ]  # fmt: skip
    introduction = next(piece for piece in loaded.pieces if piece.text == "What was built:")
    assert introduction.group == next(piece for piece in loaded.pieces if piece.text == long).group > 0


def test_headings_have_levels_by_size_and_weight() -> None:
    def page(canvas: Any) -> None:
        y = lines(canvas, ["The Harbour"], size=22, font="Helvetica-Bold")
        y = lines(canvas, ["Building"], size=14, font="Helvetica-Bold", y=y - 10)
        y = lines(canvas, wrapped(PROSE, WIDTH), y=y)
        y = lines(canvas, ["The pier"], font="Helvetica-Bold", y=y - 10)
        lines(canvas, wrapped(PROSE, WIDTH), y=y)

    loaded = read(drawn(page))
    headings = [(piece.text, piece.level) for piece in loaded.pieces if piece.kind == "heading"]
    assert headings == [("The Harbour", 1), ("Building", 2), ("The pier", 3)]
    assert loaded.title == "The Harbour"


def test_the_outline_gives_levels() -> None:
    def page(canvas: Any) -> None:
        y = 760.0
        for key, level in (("Alpha", 0), ("Beta", 1), ("Gamma", 0)):
            canvas.bookmarkPage(key)
            canvas.addOutlineEntry(key, key, level)
            y = lines(canvas, [key], y=y - 10, font="Helvetica-Bold")
            y = lines(canvas, wrapped(PROSE, WIDTH), y=y)

    headings = [(piece.text, piece.level) for piece in read(drawn(page)).pieces if piece.kind == "heading"]
    assert headings == [("Alpha", 1), ("Beta", 2), ("Gamma", 1)]


def test_contents_are_furniture() -> None:
    entries = [("Building", 3), ("The pier", 5), ("The light", 9), ("The war", 12)]

    def page(canvas: Any) -> None:
        y = lines(canvas, [f"{name} {'.' * 60} {number}" for name, number in entries])
        lines(canvas, wrapped(PROSE, WIDTH), y=y - 20)

    loaded = read(drawn(page))
    assert [kind for kind, _ in shown(loaded)] == ["furniture"] * 4 + ["paragraph"]


def test_turned_text_in_the_margin_goes() -> None:
    def page(canvas: Any) -> None:
        lines(canvas, wrapped(PROSE, WIDTH))
        canvas.rotate(90)
        canvas.drawString(200, -20, "arXiv:2401.00001v1 [cs.XX] 1 Jan 2024")

    assert shown(read(drawn(page))) == [("paragraph", PROSE)]


def test_a_page_turned_as_a_whole_is_read() -> None:
    def page(canvas: Any) -> None:
        canvas.rotate(90)
        lines(canvas, wrapped(PROSE, WIDTH), y=-100)

    assert shown(read(drawn(page))) == [("paragraph", PROSE)]


def test_values_of_form_fields_are_read() -> None:
    def page(canvas: Any) -> None:
        lines(canvas, ["Name of the applicant:"])
        canvas.acroForm.textfield(value="Greta Falk", x=220, y=712, width=150, height=20, fontSize=11)

    assert "Greta Falk" in " ".join(text for _, text in shown(read(drawn(page))))


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("The harbour of the town, a report", "The Large Headline"),
        ("The large headline", "The large headline"),
        ("Microsoft Word - draft7.doc", "The Large Headline"),
        ("report.pdf", "The Large Headline"),
        ("untitled", "The Large Headline"),
        ("", "The Large Headline"),
    ],
)
def test_title_of_the_metadata_where_it_is_sensible(title: str, expected: str) -> None:
    def page(canvas: Any) -> None:
        y = lines(canvas, ["The Large Headline"], size=20)
        lines(canvas, wrapped(PROSE, WIDTH), y=y)

    assert read(drawn(page, title=title)).title == expected


def test_title_of_the_metadata_where_none_is_shown() -> None:
    assert (
        read(drawn(lambda c: lines(c, wrapped(PROSE, WIDTH)) and None, title="What we know of it")).title
        == "What we know of it"
    )


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Anna Berg", ("Anna Berg",)),
        (
            "Anna Berg, Carl-Erik Lind; Jan van Dyck and Ö. Åkesson",
            ("Anna Berg", "Carl-Erik Lind", "Jan van Dyck", "Ö. Åkesson"),
        ),
        ("Microsoft Office User", ()),
        ("anonymous", ()),
        ("abx123", ()),
        ("", ()),
    ],
)
def test_authors_that_look_like_names(author: str, expected: tuple[str, ...]) -> None:
    loaded = read(drawn(lambda c: lines(c, wrapped(PROSE, WIDTH)) and None, author=author))
    assert loaded.authors == expected
    assert loaded.published is None


def test_pages_of_pieces_never_go_back() -> None:
    loaded = read(drawn(*[lambda c, n=n: lines(c, wrapped(prose(n), WIDTH)) and None for n in range(5)]))
    assert all(a.page <= b.page for a, b in pairwise(loaded.pieces))
