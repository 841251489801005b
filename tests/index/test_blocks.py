"""Blocks: what loaders give becomes one canonical text, in which each piece stands where its block says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article, Block
from index.blocks import are_blocks_of, blocks_of, put_together
from index.cleaning import clean
from index.loading.row_texts import Across, row_texts
from index.pieces import Piece

KINDS = ("heading", "paragraph", "item", "row", "caption", "quote", "note", "furniture")
PIECES = st.lists(
    st.builds(Piece, kind=st.sampled_from(KINDS), text=st.text(max_size=40), group=st.integers(0, 2)), max_size=12
)


def kinds(text: str) -> list[tuple[str, str]]:
    return [(block.kind, text[block.start : block.end]) for block in blocks_of(text)]


def test_pieces_stand_in_the_text_where_their_blocks_say() -> None:
    pieces = [
        Piece("heading", "Prices  of the ferry", 1),
        Piece("paragraph", "They rise for:", group=1),
        Piece("item", "• dogs", 1, group=1),
        Piece("item", "2. cars", 1, group=1),
        Piece("row", "Korpo: 2021 214", group=2),
        Piece("row", "Osby: 2021 98", page=4, group=2),
        Piece("paragraph", " \n "),
        Piece("note", "¹ Counted in May."),
    ]
    text, blocks = put_together(pieces)
    assert text == (
        "Prices of the ferry\n\nThey rise for:\n- dogs\n2. cars\n\nKorpo: 2021 214\nOsby: 2021 98\n\n¹ Counted in May."
    )
    assert [text[block.start : block.end] for block in blocks] == [
        "Prices of the ferry", "They rise for:", "dogs", "2. cars", "Korpo: 2021 214", "Osby: 2021 98", "¹ Counted in May.",
    ]  # fmt: skip
    assert [block.page for block in blocks] == [0, 0, 0, 0, 0, 4, 0]


def test_rows_of_one_table_stand_together_however_long_they_are() -> None:
    caption, short, long = "Ports", "Korpo: ice", f"Osby: {'fog ' * 60}".strip()
    pieces = [Piece("caption", caption, group=1), *(Piece("row", row, group=1) for row in (long, short, long, short))]
    assert put_together(pieces)[0] == "\n".join((caption, long, short, long, short))
    listed = [Piece("item", short, 1, group=1), Piece("item", long, 1, group=1)]
    assert put_together(listed)[0] == f"- {short}\n\n- {long}"


@given(PIECES)
def test_any_pieces_make_a_canonical_text_with_its_blocks(pieces: list[Piece]) -> None:
    text, blocks = put_together(pieces)
    assert not text or are_blocks_of(blocks, text)
    assert text == "\n\n".join(part.strip() for part in text.split("\n\n"))
    text.encode()


@given(st.text(alphabet=st.sampled_from("ab \n-•|.:1)A,"), max_size=200))
def test_blocks_of_any_plain_text_cover_its_words(raw: str) -> None:
    text = clean(raw)
    assert not text or are_blocks_of(blocks_of(text), text)


def test_a_plain_text_has_headings_lists_rows_and_a_head() -> None:
    text = (
        "Ferry sinks\n\nBy Tora Vind\n\n3 May 2024\n\nThe ferry sank at noon, says the harbour office.\n\nWhat was lost\n\n"
        'These were aboard when it sank:\n- two dogs\n- a car\n\nPort | 2021\nKorpo | 214\n\n"Nobody was hurt," she said.'
    )
    assert kinds(text) == [
        ("heading", "Ferry sinks"),
        ("furniture", "By Tora Vind"),
        ("furniture", "3 May 2024"),
        ("paragraph", "The ferry sank at noon, says the harbour office."),
        ("heading", "What was lost"),
        ("paragraph", "These were aboard when it sank:"),
        ("item", "two dogs"),
        ("item", "a car"),
        ("row", "Port | 2021"),
        ("row", "Korpo | 214"),
        ("paragraph", '"Nobody was hurt," she said.'),
    ]


def test_verse_stays_one_block() -> None:
    text = "A song\n\nThe sea is wide,\nThe boat is small.\n\nIt goes on, as everybody knows."
    assert kinds(text)[1] == ("paragraph", "The sea is wide,\nThe boat is small.")


@pytest.mark.parametrize(
    "blocks",
    [
        (),
        (Block(0, 3, "paragraph"),),
        (Block(0, 9, "paragraph"), Block(5, 12, "paragraph")),
        (Block(0, 12, "paragraph"), Block(12, 12, "row")),
        (Block(0, 99, "paragraph"),),
    ],
    ids=["none", "words left over", "one over another", "an empty one", "beyond the end"],
)
def test_blocks_that_do_not_fit_a_text_are_told(blocks: tuple[Block, ...]) -> None:
    assert not are_blocks_of(blocks, "The sea wide")


def test_a_place_knows_its_block_and_its_page() -> None:
    article = Article("One.\n\nTwo.", blocks=(Block(0, 4, "paragraph", page=3), Block(6, 10, "note", page=4)))
    assert [article.page_at(place) for place in (0, 3, 5, 6, 9)] == [3, 3, 3, 4, 4]
    assert article.block_at(7) == article.blocks[1]
    assert Article("One.").page_at(0) == 0


@pytest.mark.parametrize(
    ("rows", "header_rows", "told"),
    [
        ([["Port", "2021", "2023"], ["Korpo", "214", "201"]], None, ["Port, 2021, 2023", "Korpo: 2021 214, 2023 201"]),
        ([["", "Buyer"], ["Alva", "Kelm, Sons"]], 1, ["Buyer", "Alva: Buyer Kelm, Sons"]),
        ([["Port", "A", "B"], ["Korpo", "x, y", "z"]], 1, ["Port, A, B", "Korpo: A x, y; B z"]),
        ([["", "Goals", "Gate"], ["Osby", "Ek 1, 6; Lo 8", "70"]], 1, ["Goals, Gate", "Osby: Goals Ek 1, 6; Lo 8 · Gate 70"]),
        ([["Monday", "10 to 6"], ["Tuesday", "closed"]], None, ["Monday: 10 to 6", "Tuesday: closed"]),
        ([["", "2021", "2021"], ["", "t", "kr"], ["Korpo", "1", "2"]], 2, ["2021 t, 2021 kr", "Korpo: 2021 t 1, 2021 kr 2"]),
        ([["Korpo", "", "201"], ["", "", ""]], None, ["Korpo: 201"]),
        ([["One cell  only"]], None, ["One cell only"]),
        ([["", ""], ["Date", "14 May"], ["Place", "Canteen"]], 1, ["Date: 14 May", "Place: Canteen"]),
        ([["Port", "A", "B"], ["Korpo", Across("shut"), Across("shut")]], 1, ["Port, A, B", "Korpo: shut"]),
        ([["Port", "A", "B"], ["Korpo", "shut", "shut"]], 1, ["Port, A, B", "Korpo: A shut, B shut"]),
        ([["Port", Across("A"), Across("A")], ["Korpo", "1", "2"]], 1, ["Port, A, A", "Korpo: A 1, A 2"]),
        ([], None, []),
    ],
)  # fmt: skip
def test_a_row_names_its_columns(rows: list[list[str]], header_rows: int | None, told: list[str]) -> None:
    assert row_texts(rows, header_rows) == told
