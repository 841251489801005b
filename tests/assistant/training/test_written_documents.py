"""Written documents in other formats than text are asked about what is loaded from them, and places move with the text."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from assistant.training.reader.examples import head_of, of_written
from assistant.training.reader.moving import moved
from assistant.training.reader.written import Question, Written, read

DOCUMENT = """### ARTICLE
title: Osby ferry
kind: fares
date: 3 March 2025
format: html
---
<h1>Osby ferry</h1><p>The ferry sails from May.</p>
<h2>Fares</h2><h3>Summer</h3><table><tr><th>Who<th>Single<th>Return<tr><td>Child<td>12<td>20<tr><td>Adult<td>30<td>50</table>
<h2>Rules</h2><p>What to bring:</p><ul><li>a ticket<li>a rope</ul>
---
Q howmuch | What does a child pay one way? | 12 | Child: Single
Q list | What must I bring? | a ticket && a rope | a ticket && a rope
N entity | What does a dog pay? | 12
"""


@pytest.fixture
def document(tmp_path: Path) -> Written:
    path = tmp_path / "pages-1.txt"
    path.write_text(DOCUMENT, encoding="utf-8")
    return read(path)[0]


def test_a_document_is_asked_about_what_is_loaded_from_it(document: Written) -> None:
    assert document.loaded is not None
    assert document.text == document.loaded.text
    fare, things, _ = document.questions
    assert [document.text[s:e] for s, e in fare.evidence] == ["Child: Single 12, Return 20"]
    assert [document.text[s:e] for s, e in things.evidence] == ["a ticket", "a rope"]


def test_a_window_of_a_document_says_under_which_headings_it_stands(document: Written) -> None:
    text = document.text
    assert head_of(document, text.index("Child: ")) == "Osby ferry › Fares › Summer"
    assert head_of(document, text.index("What to bring")) == "Osby ferry › Rules"
    for group in of_written([document], random.Random(1)):
        assert group[0].title == head_of(document, text.index(group[0].context))


def test_places_move_with_a_table_whose_columns_are_named() -> None:
    old = "Level\tMeaning\nGreen\tit is quiet\nRed\tit is not"
    new = "Volcano\n\nLevel, Meaning\nGreen: Meaning it is quiet\nRed: Meaning it is not"
    row, words = old.index("Green"), old.index("it is quiet")
    asked = Question("What does green mean?", "what", ((words, words + 11),), ((row, words + 11),))
    found = moved(asked, old, new)
    assert [new[s:e] for s, e in found.answers] == ["it is quiet"]
    assert [new[s:e] for s, e in found.evidence] == ["Green: Meaning it is quiet"]


def test_places_do_not_move_to_another_text() -> None:
    with pytest.raises(ValueError, match="another text than 'It rained"):
        moved(Question("Did it rain?", "yesno", (), ((0, 9),)), "It rained all day.", "It snowed all day.")
