"""Plain text: what goes on below its first words, the levels of lists, and columns that are made of spaces."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from index.cleaning import clean
from index.loading.layout import laid_out
from index.loading.making import article_from_text
from index.settings import IndexSettings


def loaded(text: str) -> Article:
    return article_from_text(f"Village show\n\n{text}\n\nThat is all.", settings=IndexSettings())


def blocks(text: str) -> list[tuple[str, int, str]]:
    """Kind, level and text of the blocks between the headline and the last paragraph."""
    made = loaded(text)
    return [(block.kind, block.level, made.text[block.start : block.end]) for block in made.blocks[1:-1]]


def lines(text: str) -> list[str]:
    return laid_out(text).split("\n")


def test_items_know_how_deep_they_stand() -> None:
    text = "- From the cold store\n  - 14 eels\n  - 3 crates\n- From the garden\n    * leeks\n\n 9. Tea\n10. Milk"
    assert blocks(text) == [
        ("item", 1, "From the cold store"),
        ("item", 2, "14 eels"),
        ("item", 2, "3 crates"),
        ("item", 1, "From the garden"),
        ("item", 2, "leeks"),
        ("item", 1, "9. Tea"),
        ("item", 1, "10. Milk"),
    ]


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("* Sunflower, 3.12 m -\n  the Lindqvist children.", ["* Sunflower, 3.12 m - the Lindqvist children."]),
        ("Present: Ann Lee (chair),\n         Bo Ray", ["Present: Ann Lee (chair), Bo Ray"]),
        (
            "1. Three crates of herring, which came with the boat of\n   Agby in the morning.\n2. Salt.",
            ["1. Three crates of herring, which came with the boat of Agby in the morning.", "2. Salt."],
        ),
        ("* Marrow, 9 kg\n  With a photo", ["* Marrow, 9 kg", "  With a photo"]),
        ("- Fish,\n  - eels", ["- Fish,", "  - eels"]),
        ("Present: Ann Lee\n         Bo Ray", ["Present: Ann Lee", "         Bo Ray"]),
        (
            "Contact: Ann Lee\n         12 Orchard Close\n         tel. 119",
            ["Contact: Ann Lee", "         12 Orchard Close", "         tel. 119"],
        ),
        ("The wind, it blows,\n   the sea, it grows", ["The wind, it blows,", "   the sea, it grows"]),
    ],
)
def test_what_goes_on_below_its_first_words_is_joined_to_them(text: str, joined: list[str]) -> None:
    assert lines(text) == joined


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            "Kind    Fresh   Air dried\nLarch   £420    £540\nOak     £610    £790\nAsh             £500",
            [
                "Kind, Fresh, Air dried",
                "Larch: Fresh £420, Air dried £540",
                "Oak: Fresh £610, Air dried £790",
                "Ash: Air dried £500",
            ],
        ),
        (
            "Name      Post\n--------  ---------\nAnn Lee   Chair\nBo Ray    Treasurer",
            ["Name, Post", "Ann Lee: Post Chair", "Bo Ray: Post Treasurer"],
        ),
        (
            "Day\tOpen\tPrice\nMon\t9-12\t£3\nTue\t9-14\t£4",
            ["Day, Open, Price", "Mon: Open 9-12, Price £3", "Tue: Open 9-14, Price £4"],
        ),
        ("Name:   Ann Lee\nBorn:   1990\nTown:   Turku", ["Name: Ann Lee", "Born: 1990", "Town: Turku"]),
        (
            "Kind    Fresh   Dried\nLarch   £420    £540\nOak     £610    £790\nAsh     out of stock\nElm     £500",
            [
                "Kind, Fresh, Dried",
                "Larch: Fresh £420, Dried £540",
                "Oak: Fresh £610, Dried £790",
                "Ash: out of stock",
                "Elm: Fresh £500",
            ],
        ),
        (
            "9.00   Opening  Hall\n9.30   Tea      Bar\n10.00  Peat     Hall",
            ["9.00 | Opening | Hall", "9.30 | Tea | Bar", "10.00 | Peat | Hall"],
        ),
        (
            "Ann Lee   Bo Ray\nChair     Treasurer\nTel. 12   Tel. 34",
            ["Ann Lee | Bo Ray", "Chair | Treasurer", "Tel. 12 | Tel. 34"],
        ),
    ],
)
def test_words_in_columns_are_rows(text: str, rows: list[str]) -> None:
    assert [(kind, text) for kind, _, text in blocks(text)] == [("row", row) for row in rows]


@pytest.mark.parametrize(
    "text",
    [
        "1.  Bread is made of flour.\n2.  Butter is made of milk.\n3.  Tea is made of leaves.",
        "It rained.  We stayed.\nThen we left the house.  Bo drove.\nIt is late.  Good night to all.",
        "Larch   £420\nOak     £610",
        "08:15  Meet at the stop\n12:40  Ferry\n15:00  Rooms",
        "Larch   £420\nOak  £610  with bark\nAsh       £500",
    ],
)
def test_wide_gaps_alone_are_no_columns(text: str) -> None:
    assert laid_out(text) == text


def test_a_fact_beside_the_date_is_no_heading() -> None:
    text = "Minutes\nDate: 14 May 2024\nPlace: Canteen\n\nWe met and spoke of boats for an hour."
    made = article_from_text(text, settings=IndexSettings())
    kinds = {made.text[block.start : block.end]: block.kind for block in made.blocks}
    assert kinds["Place: Canteen"] == "paragraph"


def test_a_table_stands_apart_from_the_lines_around_it() -> None:
    text = "Prices of 2024\nKind   Each  Ten\nLarch  £420  £1\nOak    £610  £2\nAsh    £500  £3\nAsk Ann."
    assert lines(text) == [
        "Prices of 2024",
        "",
        "Kind, Each, Ten",
        "Larch: Each £420, Ten £1",
        "Oak: Each £610, Ten £2",
        "Ash: Each £500, Ten £3",
        "",
        "Ask Ann.",
    ]


@given(
    st.lists(
        st.sampled_from(["a", "- ", "1. ", "B: ", "  ", " ", "\t", "\n", "\n\n", "x,", "12", "|", "---"]), max_size=60
    )
)
def test_a_canonical_text_stays_as_it_is(parts: list[str]) -> None:
    canonical = clean(laid_out("".join(parts)))
    assert laid_out(canonical) == canonical
    assert clean(canonical) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "- a\n" + "  b,\n" * 200_000,
        "\n" + " " * 500_000 + "-" * 500_000 + "x  y",
        "a  b\n" * 200_000,
        "a\tb\tc\n" * 100_000,
        "\t" * 500_000 + "x\ty\n" * 4,
        " - a\n  - b\n" * 50_000,
    ],
)
def test_row_17_time_is_bounded(text: str) -> None:
    start = time.process_time()
    loaded(text)
    assert time.process_time() - start < 6
