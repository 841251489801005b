"""Lists in pages and mails that Word and Outlook write."""

from __future__ import annotations

import time

import pytest

from index.loading.html import pieces_of


def listed(words: str, mark: str = "·", level: int = 1) -> str:
    style = f"margin-left:36pt;mso-list:l0 level{level} lfo1"
    blanks = '<span style="font:7.0pt">&nbsp;&nbsp; </span>'
    return (
        f'<p class=MsoListParagraph style="{style}"><![if !supportLists]><span style="font-family:Symbol">'
        f'<span style="mso-list:Ignore">{mark}{blanks}</span></span><![endif]>{words}</p>\n'
    )


def found(markup: str) -> list[tuple[str, str, int]]:
    return [(piece.kind, " ".join(piece.text.split()), piece.level) for piece in pieces_of(markup)]


def test_paragraphs_of_a_list_are_its_items_with_their_levels() -> None:
    markup = listed("For the night") + listed("torch", "o", 2) + listed("rope", "o", 2) + listed("For the way", "§")
    assert found(f"<p>Bring:</p>{markup}<p>That is all.</p>") == [
        ("paragraph", "Bring:", 0),
        ("item", "For the night", 1),
        ("item", "torch", 2),
        ("item", "rope", 2),
        ("item", "For the way", 1),
        ("paragraph", "That is all.", 0),
    ]
    pieces = pieces_of(markup)
    assert len({piece.group for piece in pieces}) == 1


def test_numbers_stay() -> None:
    markup = listed("Open it.", "1.") + listed("Pull.", "a)", 2) + "<p>Wait.</p>" + listed("Close it.", "2.")
    assert found(markup) == [
        ("item", "1. Open it.", 1),
        ("item", "a) Pull.", 2),
        ("paragraph", "Wait.", 0),
        ("item", "2. Close it.", 1),
    ]


def test_a_list_may_begin_at_any_level_and_have_items_without_marks() -> None:
    assert found(listed("torch", "o", 3) + listed("rope", "", 9) + "words") == [
        ("item", "torch", 1),
        ("item", "rope", 2),
        ("paragraph", "words", 0),
    ]


@pytest.mark.parametrize("markup", [listed("a") * 20_000, (listed("a", level=1) + listed("b", level=9)) * 5_000])
def test_long_lists_take_bounded_time(markup: str) -> None:
    begun = time.process_time()
    pieces_of(markup)
    assert time.process_time() - begun < 20
