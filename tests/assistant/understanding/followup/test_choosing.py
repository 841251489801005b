"""Turns that choose among what was said before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.core.turns import Turn
from assistant.understanding.followup.choosing import chosen
from assistant.understanding.followup.term_resolver import TermResolver
from tests.assistant.understanding.followup.scripted import ScriptedNetwork, turn

MUSEUMS = turn("Which museums are there?", "There are the Salt Museum, opened in 1902, and the Glass Museum.")
THREE = "Boats go to Karsk, Tindle and Ammer."


def listing(question: str, said: str, *keys: str) -> Turn:
    """A turn whose answer marks words as the items of a list."""
    asked = turn(question, said)
    sentence = replace(asked.answer.sentences[0], key=keys[0], also=keys[1:])
    return replace(asked, answer=replace(asked.answer, sentences=(sentence,), kind="list"))


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("and the second one?", "and Tindle?"),
        ("How far is the third one?", "How far is Ammer?"),
        ("what about the last?", "what about Ammer?"),
        ("How large is the fourth one?", ""),
        ("How far is the latter?", ""),
        ("When did the second war end?", ""),
        ("Who came second?", ""),
    ],
)
def test_an_ordinal_chooses_from_a_list(question: str, whole: str) -> None:
    assert chosen(question, [listing("Where do boats go?", THREE, "Karsk", "Tindle", "Ammer")]) == whole


def test_a_chain_of_names_is_a_list_that_later_turns_choose_from() -> None:
    first = listing("Who offered plans?", "Lindqvist, Barro and Okonjo offered plans.", "Lindqvist, Barro and Okonjo")
    second = turn("What did the first cost?", "It cost 17.", standalone="What did Lindqvist cost?")
    assert chosen("and the third?", [first, second]) == "and Okonjo?"


def test_the_names_of_one_answer_are_a_list_too() -> None:
    asked = listing("Where do boats go?", "Boats go to Karsk and the Tindle Head.", "Karsk and the Tindle Head")
    assert chosen("How far is the latter?", [asked]) == "How far is the Tindle Head?"


def test_an_ordinal_of_what_was_asked_is_left_alone() -> None:
    asked = listing("When did the first phase begin?", "Karsk began in May, Tindle in June.", "Karsk", "Tindle")
    assert chosen("and the second?", [asked]) == ""


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("and the other one?", "and the Glass Museum?"),
        ("How old is the other?", "How old is the Glass Museum?"),
        ("Who built the other wing?", ""),
    ],
)
def test_the_other_one_is_what_was_named_beside_it(question: str, whole: str) -> None:
    last = turn("When was the Salt Museum opened?", "It was opened in 1902.")
    assert chosen(question, [MUSEUMS, last]) == whole


@pytest.mark.parametrize(
    "question",
    [
        "Who was the first one to climb Everest?",
        "Which ferry is the last?",
        "Was Ada Lund the first?",
        "Did one side blame the other?",
        "What did each minister say about the other?",
        "Which one is older, the ferry or the mill?",
        "Does the museum open on Saturday, Sunday or both?",
        "Between Ammer and Oslo, what is the difference?",
        "How did the towns split the difference?",
        "Which one of the ferries to Ammer is fastest?",
        "Who are the two ministers who both have resigned?",
    ],
)
def test_a_question_that_is_whole_is_left_alone(question: str) -> None:
    two = listing("Where do boats go?", "Boats go to Karsk and Tindle.", "Karsk", "Tindle")
    assert chosen(question, [MUSEUMS, turn("When was the Salt Museum opened?", "In 1902."), two]) == ""


@pytest.mark.parametrize(
    "turns",
    [
        [listing("Which boats go from Karsk to Tindle?", "The Gull, the Tern, the Petrel.", "Gull", "Tern", "Petrel")],
        [
            listing("Where do boats go?", THREE, "Karsk", "Tindle", "Ammer"),
            turn("How far is Karsk?"),
            turn("How far is Ammer?"),
        ],
        [turn("Did a ferry from Karsk sink near Tindle?", "It sank.")],
        [turn("How far is Karsk?", "Ten miles."), turn("Who owns Tindle?", "Nobody.")],
        [turn("Where is it?", "In Trinidad and Tobago.")],
    ],
)
def test_two_that_were_not_set_side_by_side_are_no_pair(turns: list[Turn]) -> None:
    assert chosen("Which of them is older?", turns) == ""


def test_a_first_word_and_a_day_are_no_other_name() -> None:
    last = turn("How far is Karsk?", "It is ten miles.")
    for said in ("Ferries go to Karsk every day.", "On Monday boats to Karsk were late."):
        assert chosen("and the other one?", [turn("Where do ferries go?", said), last]) == ""


def test_a_list_of_long_ago_is_not_chosen_from() -> None:
    boats = listing("Where do boats go?", THREE, "Karsk", "Tindle", "Ammer")
    assert chosen("and the second one?", [boats, turn("Who owns the mill?", "It was sold.")]) == ""


def test_of_three_none_is_the_other_one() -> None:
    last = turn("How far is Karsk?", "It is ten miles.")
    assert chosen("and the other one?", [turn("Where do boats go?", THREE), last]) == ""


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("which one is longer?", "which is longer, the Karsk Bridge or the Tindle Bridge?"),
        ("Which of them is older", "Which is older, the Karsk Bridge or the Tindle Bridge"),
        ("Who built both of them?", "Who built the Karsk Bridge and the Tindle Bridge?"),
        ("What is the difference?", "What is the difference between the Karsk Bridge and the Tindle Bridge?"),
        ("Did both sides agree?", ""),
        ("Which bridge is older?", ""),
    ],
)
def test_two_that_were_asked_about_are_named(question: str, whole: str) -> None:
    first = turn("How long is the Karsk Bridge?", "It is 80 metres long.")
    second = turn("And the Tindle Bridge?", "It is 90.", standalone="How long is the Tindle Bridge?")
    assert chosen(question, [first, second]) == whole
    assert chosen(question, [first]) == ""


def test_the_question_is_then_completed() -> None:
    resolver = TermResolver(ScriptedNetwork(changed=0.0))
    last = turn("When was the Salt Museum opened?", "It was opened in 1902.")
    assert resolver.resolve("and the other one?", [MUSEUMS, last]).question == "When was the Glass Museum opened?"
    found = resolver.resolve("How large is the other one?", [MUSEUMS, last])
    assert (found.question, found.kind) == ("How large is the Glass Museum?", "follow-up")
