"""What a question asks for."""

from __future__ import annotations

import pytest

from assistant.understanding.analysis import HEAD_TYPES, analyse


@pytest.mark.parametrize(
    ("question", "answer_type"),
    [
        ("Who opened the bridge?", "who"),
        ("who opened the bridge", "who"),
        ("Which country won?", "who"),
        ("When was the bridge opened?", "when"),
        ("In what year did it open?", "when"),
        ("Where does the river end?", "where"),
        ("How many people crossed it?", "number"),
        ("How much did it cost?", "number"),
        ("How long did the work take?", "duration"),
        ("Why was it closed?", "why"),
        ("For what reason did they leave?", "why"),
        ("What did the mayor say?", "said"),
        ("How did the mayor describe the bridge?", "said"),
        ("Did the mayor resign?", "yes_no"),
        ("Is it true that the bridge fell?", "yes_no"),
        ("What colour is the bridge?", "what"),
        ("the bridge", "what"),
    ],
)
def test_answer_type(question: str, answer_type: str) -> None:
    assert analyse(question).answer_type == answer_type


@pytest.mark.parametrize(
    ("question", "answer_type"),
    [
        ("What is this about?", "about"),
        ("What is the article about?", "about"),
        ("Summarize the article", "about"),
        ("what's it about", "about"),
        ("What is the title?", "title"),
        ("What is the headline of this story?", "title"),
        ("When was it published?", "published"),
        ("What is the publication date?", "published"),
        ("Where was it filed?", "filed"),
        ("Which city was this story reported from?", "filed"),
        ("Who wrote this article?", "author"),
        ("Who wrote this?", "author"),
        ("Who is the author?", "author"),
        ("When was it updated?", "updated"),
        ("When was it last changed?", "updated"),
        ("When was the article last updated?", "updated"),
        ("When was this article changed?", "updated"),
        ("What is the date of the last update?", "updated"),
    ],
)
def test_questions_about_the_article_itself(question: str, answer_type: str) -> None:
    assert analyse(question).answer_type == answer_type


@pytest.mark.parametrize(
    "question",
    [
        "What is the treaty about?",
        "When was the treaty published?",
        "Who wrote the treaty?",
        "What title did she win?",
        "Where was the lawsuit filed?",
        "When was the timetable updated?",
        "When was it changed?",
        "What changed?",
        "What was the last change?",
    ],
)
def test_a_question_about_something_in_the_article_is_not_about_the_article(question: str) -> None:
    assert analyse(question).answer_type not in HEAD_TYPES


def test_words_that_only_name_the_answer_type_are_not_looked_for() -> None:
    assert analyse("In what year did the bridge open?").terms == ("bridge", "open")


def test_names_are_the_capitalised_words_but_the_first() -> None:
    asked = analyse("Did Anna Berg meet the mayor in Oslo?")
    assert asked.names == {"anna", "berg", "oslo"}


def test_focus_is_the_noun_counted() -> None:
    assert analyse("How many ferries sank?").focus == "ferries"
