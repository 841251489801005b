"""Turns that refer to the conversation itself."""

from __future__ import annotations

import pytest

from assistant.understanding.followup.referring import put_right
from assistant.understanding.followup.term_resolver import TermResolver
from tests.assistant.understanding.followup.scripted import ScriptedNetwork, turn

NOTHING = ScriptedNetwork(changed=0.0)
BRIDGE = turn("How long is the bridge?", "The bridge is 214 metres long, said Ada Lund.")
LONG = turn("How long is it?", "It is 214 metres long.", standalone="How long is the bridge?")
REFUSED = turn("Why?", standalone="Why is the bridge so long?")


@pytest.mark.parametrize(
    ("topic", "said", "asked", "understood", "right"),
    [
        # In place of what was borrowed.
        ("the ferry", "no, I meant the ferry", "How long is it?", "How long is the bridge?", "How long is the ferry?"),
        # In place of what is denied.
        (
            "the cook",
            "not the porter, the cook",
            "How old is the porter?",
            "How old is the porter?",
            "How old is the cook?",
        ),
        (
            "Friday",
            "not Monday, Friday",
            "Is it open on Monday?",
            "Is the mill open on Monday?",
            "Is the mill open on Friday?",
        ),
        (
            "the Tindle Bridge",
            "not the Karsk Bridge, the Tindle Bridge",
            "How long is the Karsk Bridge?",
            "How long is the Karsk Bridge?",
            "How long is the Tindle Bridge?",
        ),
        # In place of what is like it.
        (
            "Clara Berg",
            "I meant Clara Berg",
            "How old is Ines Holm?",
            "How old is Ines Holm?",
            "How old is Clara Berg?",
        ),
        ("2021", "sorry, 2021", "Who won in 2022?", "Who won in 2022?", "Who won in 2021?"),
        ("for children", "no, for children", "And for adults?", "What is it for adults?", "What is it for children?"),
        ("where", "not when, where", "When was it built?", "When was the mill built?", "Where was the mill built?"),
    ],
)
def test_what_was_meant_takes_the_place_of_what_was_not(
    topic: str, said: str, asked: str, understood: str, right: str
) -> None:
    assert put_right(topic, said, asked, understood) == right


def test_the_last_question_is_asked_of_what_the_user_meant() -> None:
    found = TermResolver(NOTHING).resolve("no, I meant the ferry", [LONG])
    assert (found.question, found.kind) == ("How long is the ferry?", "follow-up")


def test_one_goes_back_to_what_was_talked_about() -> None:
    network = ScriptedNetwork(replaced={"it": {"bridge": 0.0}})
    asked = TermResolver(network).resolve("back to the bridge, when was it built?", [BRIDGE])
    assert asked.question == "When was the bridge built?"
    assert [utterance.text for utterance in network.read[0].history] == ["The bridge."]
    assert TermResolver(NOTHING).resolve("Back to the bridge.", [BRIDGE]).question == "Tell me about the bridge."


def test_what_nobody_talked_about_is_not_gone_back_to() -> None:
    asked = "According to the doctors, what caused it?"
    assert TermResolver(NOTHING).resolve(asked, [BRIDGE]).question == asked


def test_a_turn_that_doubts_the_answer_asks_about_that() -> None:
    sure = TermResolver(NOTHING).resolve("Are you sure?", [BRIDGE])
    assert (sure.about_answer, sure.question) == ("source", "How long is the bridge?")
    who = TermResolver(NOTHING).resolve("who says so?", [BRIDGE])
    assert (who.about_answer, BRIDGE.answer.citations[0].quote in who.question) == ("speaker", True)


def test_a_turn_after_such_a_one_leans_on_the_question_before() -> None:
    doubting = turn("who says so?", "The bridge is 214 metres long, said Ada Lund.", standalone="Who says “…”?")
    found = TermResolver(NOTHING).resolve("and the ferry?", [BRIDGE, doubting])
    assert found.question == "How long is the ferry?"


@pytest.mark.parametrize("question", ["Where does it say that the bridge is long?", "Who told Ada Lund that?"])
def test_a_question_that_names_something_does_not_ask_about_the_answer(question: str) -> None:
    assert not TermResolver(NOTHING).resolve(question, [BRIDGE]).about_answer


def test_after_a_refusal_there_is_no_answer_to_ask_about() -> None:
    assert not TermResolver(NOTHING).resolve("Are you sure?", [REFUSED]).about_answer


def test_a_bare_question_is_looked_for_around_the_answer() -> None:
    found = TermResolver(NOTHING).resolve("Why?", [BRIDGE])
    assert (found.question, found.about_answer) == ("Why is the bridge?", "around")


@pytest.mark.parametrize(
    ("question", "topic"),
    [("And a ticket?", "a ticket"), ("in euros?", "in euros"), ("Why?", ""), ("And Oslo?", "Oslo")],
)
def test_what_an_elliptical_question_is_about_is_told(question: str, topic: str) -> None:
    cost = turn("What does a dog cost in Bergen?", "A dog costs 10 kroner.")
    assert TermResolver(NOTHING).resolve(question, [cost]).topic == topic


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("and the year before?", "Who won in 2021?"),
        ("And the year after that?", "Who won in 2023?"),
        ("2019?", "Who won in 2019?"),
    ],
)
def test_years_are_counted_from_the_one_asked_about(question: str, whole: str) -> None:
    assert TermResolver(NOTHING).resolve(question, [turn("Who won in 2022?", "Ada Lund won.")]).question == whole


@pytest.mark.parametrize("question", ["no, I meant", "back to"])
def test_a_correction_that_names_nothing_is_unclear(question: str) -> None:
    assert TermResolver(NOTHING).resolve(question, [BRIDGE]).kind == "unclear"
