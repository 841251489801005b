"""Pronouns agree with what stands for them, as far as the texts tell."""

from __future__ import annotations

import pytest

from assistant.understanding.followup.layout import Utterance
from assistant.understanding.followup.names import names, sort_of
from assistant.understanding.followup.term_resolver import TermResolver
from tests.assistant.understanding.followup.scripted import ScriptedNetwork

HISTORY = [
    Utterance("user", "Who met in Oslo?"),
    Utterance("assistant", "Carl Dahl met Anna Berg in Oslo. She praised the Harbour Treaty, and he signed it."),
]
PASSAGE = "The mayor, Anna Berg, said on Tuesday that she would resign. Minister Carl Dahl said he was sorry."


@pytest.mark.parametrize(
    ("pronoun", "agreeing", "other"),
    [
        ("she", "Anna Berg", "Carl Dahl"),
        ("he", "Carl Dahl", "Anna Berg"),
        ("he", "Carl Dahl", "Oslo"),
        ("it", "Harbour Treaty", "Anna Berg"),
        ("its", "Harbour Treaty", "Carl Dahl"),
        ("they", "Harbour Treaty", "Anna Berg"),
    ],
)
def test_what_agrees_wins_where_the_network_wavers(pronoun: str, agreeing: str, other: str) -> None:
    network = ScriptedNetwork(replaced={pronoun: {other: -0.3, agreeing: -0.7}})
    found = TermResolver(network).rewritten(f"When did {pronoun} change?", HISTORY, contexts=[PASSAGE])
    assert agreeing in found.question
    assert other not in found.question


def test_what_the_network_is_sure_of_stays() -> None:
    network = ScriptedNetwork(replaced={"he": {"Oslo": -0.1, "Carl Dahl": -12.0}})
    assert "Oslo" in TermResolver(network).rewritten("When did he leave?", HISTORY).question


@pytest.mark.parametrize(
    ("name", "sort"),
    [("Anna Berg", "she"), ("Carl Dahl", "he"), ("Oslo", "other"), ("Harbour Treaty", "thing")],
)
def test_the_words_after_a_name_tell_which_pronouns_it_goes_with(name: str, sort: str) -> None:
    text = "Anna Berg came to Oslo, where she was born. Carl Dahl lost his hat. The Harbour Treaty is old."
    assert sort_of(name, [text]) == sort


def test_who_says_something_is_a_person() -> None:
    assert sort_of("Kim Vale", ["“It was late,” said Kim Vale."]) == "person"
    assert sort_of("Kim Vale", ["President Kim Vale arrived."]) == "person"


def test_names_are_found_without_the_question_words_before_them() -> None:
    assert names("When did Anna Berg visit the Bay of Pigs?") == ["Anna Berg", "Bay of Pigs"]
    assert names("What is rain?") == []


def test_what_the_last_question_turned_to_is_likelier_meant() -> None:
    network = ScriptedNetwork(replaced={"it": {"canoe": -0.2, "dinghy": -1.5}})
    history = [
        Utterance("user", "How much is a canoe?"),
        Utterance("assistant", "A canoe costs 12 euros, a dinghy 28."),
        Utterance("user", "And the dinghy?"),
        Utterance("assistant", "It costs 28 euros."),
    ]
    assert TermResolver(network).rewritten("How large is it?", history).question == "How large is the dinghy?"


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("His sister, Ruth Adeyemi, owns the shop.", "she"),
        ("The shop is owned by her brother Ruth Adeyemi.", "he"),
        ("The brother of Ruth Adeyemi owns it.", "name"),
    ],
)
def test_who_somebody_is_to_another_tells_which_pronouns_go_with_the_name(text: str, sort: str) -> None:
    assert sort_of("Ruth Adeyemi", [text]) == sort
