"""The blocks of plain texts: what a person would call their lines."""

from __future__ import annotations

import random
import time

import pytest

from index.blocks import are_blocks_of, blocks_of
from index.cleaning import clean
from index.heading import find_head

_END = "\n\nThis is the last paragraph of the text, and a long one."


def kinds(text: str) -> list[tuple[str, str]]:
    """Kind and text of the blocks between a title and a last paragraph."""
    made = clean(f"Ship data\n\n{text}{_END}")
    return [(block.kind, made[block.start : block.end]) for block in blocks_of(made)[1:-1]]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("Town   2021  2023\nKorpo   214   201\nLund     88    90", ["row"] * 3),
        ("\t2021\t2023\nKorpo\t214\t201\nLund\t88\t90", ["row"] * 3),
        ("Name      Role\n--------  -----\nIda Rask  Chief", ["row", "furniture", "row"]),
        ("+----+\n| a | b |\n+----+\n| c | d |\n+----+", ["furniture", "row", "furniture", "row", "furniture"]),
        ("Fish soup ..... 90 kr\nRye bread ..... 20 kr", ["row"] * 2),
        ("Town;2021;2023\nKorpo;214;201", ["row"] * 2),
        ("Length: 41 m\nBuilt: 1931\nCrew: 9", ["row"] * 3),
        ("LIND: We need 40 beds.\nASP: By when?\nLIND: By May.", ["paragraph"]),
        ("Q: Who?\nA: Nobody.", ["paragraph"]),
        ("The eel is long,\nthe eel is old,\nit sleeps in mud,", ["paragraph"]),
        ("Limits\n------\nIt works to 40 m.", ["heading", "furniture", "paragraph"]),
        ("WHO SAILS IT\nIda Rask is the captain.", ["heading", "paragraph"]),
        ("KEY POINTS\n- 41 m long\n- 9 crew", ["heading", "item", "item"]),
        ("1. Opening\nThe chair opened it.", ["heading", "paragraph"]),
        ("2. Bridge\n2.1 It was approved.\n2.2 Asp voted against.", ["heading", "item", "item"]),
        ("6. Other business\n   a) The swap is in May.\n   b) The lock has a new code.", ["heading", "item", "item"]),
        ("1. Red\na) light\nb) dark\n2. Blue", ["item"] * 4),
        ("1. Red\n2. Blue", ["item", "item"]),
        ("* one\n* two\n  that goes on", ["item", "item"]),
        ("You need:\n→ ropes\n➤ oil", ["paragraph", "item", "item"]),
        ("(i) one\n(ii) two", ["item", "item"]),
        ("[ ] Asp calls the bank\n[x] Lind writes", ["item", "item"]),
        ("✓ a permit\n✗ no dogs", ["item", "item"]),
        ("----------\n[1] Without wages.\n[2] In May.", ["furniture", "note", "note"]),
        ("The winds were a record of the year.\nCorrection: It was not a record.", ["paragraph", "paragraph"]),
    ],
)
def test_what_lines_are(text: str, blocks: list[str]) -> None:
    assert [kind for kind, _ in kinds(text)] == blocks


def test_contents_are_no_part_of_the_text() -> None:
    contents = "Contents\n1. Start ..... 3\n2. Costs ..... 7"
    text = "1. Start\n\nThe ferry is old, they say.\n\n2. Costs\n\nIt costs much more."
    assert [kind for kind, _ in kinds(f"{contents}\n\n{text}")] == ["furniture"] * 3 + ["heading", "paragraph"] * 2


def test_what_wraps_below_a_heading_is_joined() -> None:
    wrapped = "\n".join(["the town of agby has bought a ship that nobody else wanted, and"] * 8)
    assert kinds(f"THE SHIP\n{wrapped}") == [("heading", "THE SHIP"), ("paragraph", wrapped.replace("\n", " "))]


def test_prose_that_wraps_below_a_numbered_heading_is_joined() -> None:
    first = "The pump by the lower gate has failed twice since August. We got two quotes: £640 from"
    text = f"2. Water\n{first}\nHarlow Pumps, and one from Drayton. It was agreed to buy it.\nACTION: SW to order it by May."
    assert kinds(text) == [
        ("heading", "2. Water"),
        ("paragraph", f"{first} Harlow Pumps, and one from Drayton. It was agreed to buy it."),
        ("paragraph", "ACTION: SW to order it by May."),
    ]
    shared = "2. Water\nShare this article on Facebook, Twitter, LinkedIn, Pinterest and\nWhatsApp, Reddit"
    assert clean(shared) == "2. Water"
    assert clean(clean(text)) == clean(text)


def test_a_numbered_paragraph_that_wraps_is_no_heading() -> None:
    text = (
        "2. The pump by the lower gate has failed twice since August, and\n"
        "Harlow Pumps asked 640 pounds for a repair of it, which the\ntown paid."
    )
    assert "heading" not in [kind for kind, _ in kinds(text)]


def test_an_indented_line_begins_a_paragraph() -> None:
    text = "   The town has bought a ship.\nIt sails.\n   The captain is Ida Rask.\nShe is 41."
    assert [kind for kind, _ in kinds(text)] == ["paragraph"] * 2


def test_a_date_behind_the_first_sentences_is_none_of_the_head() -> None:
    sentence = "The town of Agby has bought a ship that nobody else wanted, it says."
    assert find_head(f"Ship\n\n{sentence}\n\n2 April 2023\n\n{sentence}").published is not None
    assert find_head(f"Ship\n\n{sentence}\n\n{sentence}\n\nMeeting\n\n2 April 2023\n\n{sentence}").published is None


def test_blocks_hold_all_words_of_any_text() -> None:
    parts = [
        "The town",
        "of Agby.",
        "1. ",
        "- ",
        "===",
        "~~ ~~",
        "\n",
        "\n\n",
        " ",
        "| a | b |",
        "410 388",
        "Length: ",
        "[1] ",
    ]
    parts += ["¹", "ABC DEF", "...... 3", "By Tora Vind", "2 April 2023", "→ ", "a;b;c", "?", "#", "2.1 ", "• ", "\t"]
    chance = random.Random(5)
    for _ in range(3_000):
        text = clean("".join(chance.choice(parts) for _ in range(chance.randint(1, 25))))
        assert clean(text) == text
        assert not text or are_blocks_of(blocks_of(text), text)


def test_each_name_in_a_byline_is_an_author() -> None:
    head = find_head("Ship sinks\n\nBy TORA VIND and Olle Berg\n\nThe ship has sunk.")
    assert head.authors == ("TORA VIND", "Olle Berg")
    assert find_head("Ship sinks\n\nThe ship has sunk.").authors == ()


def test_row_17_a_table_of_many_rows_takes_bounded_time() -> None:
    started = time.process_time()
    assert len(blocks_of("a | b\n" * 40_000)) == 40_000
    assert time.process_time() - started < 20


def test_row_17_a_long_drawn_line_with_a_word_takes_bounded_time() -> None:
    started = time.process_time()
    assert blocks_of("-" * 500_000 + "x")
    assert time.process_time() - started < 5
