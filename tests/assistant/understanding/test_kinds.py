"""What is asked is recognised: the kind of a question, the parts of several in one, what is compared, and the topic."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from assistant.core.kinds import Kind
from assistant.training.kinds.asked import (
    DEV,
    MARKED_SIDES,
    MARKED_SIDES_DEV,
    MARKED_TOPICS,
    MARKED_TOPICS_DEV,
    TRAINING,
    read_marked,
    read_questions,
)
from assistant.understanding.dividing import parts_of, sides_of, topic_of
from assistant.understanding.kinds import Kinds
from index.embedding import Embedder
from index.settings import IndexSettings
from tests.doubles import HashEmbedder

ASKED: dict[Kind, tuple[str, ...]] = {
    "fact": ("How many boats sank in the storm?", "who chairs the board", "What was the final score?"),
    "list": ("Which towns drink the water of the lake?", "List the members of the jury", "What are the four goals?"),
    "yes_no": ("Did the mayor resign?", "is parking free on Sundays", "Has anyone been charged?"),
    "why": ("Why was the bridge closed?", "What was the reason for the delay?"),
    "how": ("How do I renew my permit?", "How was the fire put out?"),
    "definition": ("What is a heat pump?", "who is Mara Quell", "What does GDP stand for?"),
    "overview": ("What is this article about?", "summarise", "tl;dr", "What are the main findings?"),
    "comparison": ("Which is longer, the Arno or the Tiber?", "What's the difference between a fine and a fee?"),
    "said": ("What did the minister say about fees?", "What does the union think of the plan?"),
    "newest": ("What is the latest on the strike?", "current death toll"),
    "oldest": ("What was the original estimate?", "What was first reported about the fire?"),
    "library": ("How many articles do you have?", "Which articles mention Norway?"),
    "beyond": ("Write a tweet about it", "Translate this into French", "Should I sell my shares?"),
}
"""None of them stands in the training part."""


@pytest.fixture(scope="module")
def kinds() -> Kinds:
    return Kinds(HashEmbedder(), IndexSettings())


@pytest.mark.parametrize(("kind", "question"), [(kind, one) for kind, asked in ASKED.items() for one in asked])
def test_the_kind_of_a_question_is_recognised(kinds: Kinds, kind: Kind, question: str) -> None:
    assert kinds.of(question) == kind


def test_nine_of_ten_kinds_are_recognised_in_questions_by_another_hand(kinds: Kinds) -> None:
    asked = [one for one in read_questions(DEV) if not one.cuts]
    right = [kinds.of(one.text) == one.kinds[0] for one in asked]
    assert set(Counter(one.kinds[0] for one in asked)) == set(get_args(Kind))
    assert sum(right) >= 0.9 * len(right)


def test_the_search_s_own_embedder_serves_if_it_is_the_built_in_one(embedder: Embedder) -> None:
    assert Kinds(embedder, IndexSettings()).of("Why was the bridge closed?") == "why"


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("Who won the cup and by how much?", ("Who won the cup", "and by how much?")),
        ("When does it start? Do I need a ticket?", ("When does it start?", "Do I need a ticket?")),
        ("Who founded and led the club?", ("Who founded and led the club?",)),
        ("Which towns and villages are cut off?", ("Which towns and villages are cut off?",)),
        ("What did the mayor say when asked who paid?", ("What did the mayor say when asked who paid?",)),
        ("", ()),
        ("?!", ()),
    ],
)
def test_several_questions_in_one_are_told_apart(question: str, parts: tuple[str, ...]) -> None:
    assert parts_of(question) == parts


def test_parts_keep_every_word_in_order() -> None:
    for one in read_questions(DEV):
        assert "".join(parts_of(one.text)).replace(" ", "") == one.text.replace(" ", "")


def test_each_side_of_a_comparison_is_asked_for_alone() -> None:
    assert sides_of("Which is heavier, the royal drum or the meteorite?") == (
        ("the royal drum", "Which is heavier, the royal drum?"),
        ("the meteorite", "Which is heavier, the meteorite?"),
    )
    apart = sides_of("Did Ada Lund run a better time than Kari Holm?")
    assert [asked for _, asked in apart] == [
        "Did Ada Lund run a better time than ?",
        "Did run a better time than Kari Holm?",
    ]
    assert sides_of("Who founded and led the club?") == ()


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Summarise the report on eels", "eels"),
        ("Do you have anything on solar power?", "solar power"),
        ("What is this article about?", ""),
        ("How many articles do you have?", ""),
        ("tl;dr", ""),
    ],
)
def test_the_topic_is_what_the_question_names(question: str, topic: str) -> None:
    assert topic_of(question) == topic


def test_most_marked_words_by_another_hand_are_found_whole() -> None:
    sides = [
        [words for words, _ in sides_of(text)] == [text[start:end] for start, end in spans]
        for text, spans in read_marked(MARKED_SIDES_DEV)
    ]
    topics = [
        topic_of(text) == " ".join(text[start:end] for start, end in spans)
        for text, spans in read_marked(MARKED_TOPICS_DEV)
    ]
    assert sum(sides) >= 0.6 * len(sides)
    assert sum(topics) >= 0.8 * len(topics)


def test_no_question_for_judging_is_trained_on() -> None:
    trained = {one.text.casefold() for path in TRAINING for one in read_questions(path)}
    both = [one.text for one in read_questions(DEV) if one.text.casefold() in trained]
    assert len(both) <= 6, both  # A few are what everybody types: "tl;dr", "What happened?".
    marked = {text for path in (MARKED_SIDES, MARKED_TOPICS) for text, _ in read_marked(path)}
    shared = [text for path in (MARKED_SIDES_DEV, MARKED_TOPICS_DEV) for text, _ in read_marked(path) if text in marked]
    assert len(shared) <= 6, shared


def test_a_line_that_is_no_question_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.txt"
    path.write_text("fact | Who?\nfigure | How many?\n", encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        read_questions(path)
    path.write_text("fact + why | Who, || why\n", encoding="utf-8")
    [asked] = read_questions(path)
    assert (asked.text, asked.kinds, asked.cuts) == ("Who, why", ("fact", "why"), (5,))
