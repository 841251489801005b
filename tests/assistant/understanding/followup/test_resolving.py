"""Turns + question -> standalone question: what is leant on, what is unclear, which article is meant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.core.answer import Answer, AnswerSentence
from assistant.core.turns import Turn
from assistant.understanding.followup.history import HISTORY_TURNS, utterances_of
from assistant.understanding.followup.layout import Utterance
from assistant.understanding.followup.resolving import corrected
from assistant.understanding.followup.term_resolver import TermResolver
from tests.assistant.understanding.followup.scripted import ScriptedNetwork, turn

MAYOR = turn("Who is Anna Berg?", "The mayor, Anna Berg, said the bridge is safe.")
SHE = ScriptedNetwork(replaced={"she": {"Anna Berg": 0.0}})
NOTHING = ScriptedNetwork(changed=0.0)
THANKS = Turn("Thanks!", Answer("Thanks!", "small_talk", message="You're welcome."))
WHAT = Turn("What about it?", Answer("What about it?", "unclear", message="What do you mean?"))


def test_a_follow_up_is_understood_from_the_turns_before() -> None:
    found = TermResolver(SHE).resolve("What  did she\nsay?", [MAYOR])
    assert (found.kind, found.question) == ("follow-up", "What did Anna Berg say?")


def test_small_talk_and_what_was_not_understood_are_not_leant_on() -> None:
    network = ScriptedNetwork(replaced={"she": {"Anna Berg": 0.0}})
    assert TermResolver(network).resolve("What did she say?", [MAYOR, *[THANKS, WHAT] * 15]).kind == "follow-up"
    assert [utterance.text for utterance in network.read[0].history] == [
        "Who is Anna Berg?",
        "The mayor, Anna Berg, said the bridge is safe.",
    ]
    assert TermResolver(NOTHING).resolve("What about it?", [THANKS, WHAT]).kind == "unclear"


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("When did the ferry sink?", "When did the ferry sink?"),
        ("What is this about?", "What is this about?"),
        ("And who owns the ferry?", "Who owns the ferry?"),
    ],
)
def test_a_new_topic_keeps_its_words(question: str, kept: str) -> None:
    found = TermResolver(NOTHING).resolve(question, [MAYOR])
    assert (found.kind, found.question) == ("self-contained", kept)


@pytest.mark.parametrize("question", ["What about it?", "And?", "Why?", "And them?", "What did he do then?"])
def test_row_23_a_first_question_that_points_at_nothing_is_unclear(question: str) -> None:
    assert TermResolver(NOTHING).resolve(question).kind == "unclear"


def test_a_question_that_nothing_is_found_for_is_unclear_after_others_too() -> None:
    assert TermResolver(NOTHING).resolve("And them?", [MAYOR]).kind == "unclear"


def test_a_question_about_the_article_means_the_one_cited_last() -> None:
    assert TermResolver(NOTHING).resolve("When was it published?", [MAYOR]).article_id == "a1"
    assert corrected("When was it published?", [MAYOR]).article_id == "a1"
    assert corrected("When did  it rain?", [MAYOR]).question == "When did it rain?"


def test_row_24_only_the_last_turns_are_looked_at() -> None:
    network = ScriptedNetwork(changed=0.0)
    history = [MAYOR] + [turn(f"How deep is lake number {n}?", f"Lake {n} is deep.") for n in range(200)]
    TermResolver(network).resolve("How deep is the other?", history)
    TermResolver(network).resolve("How deep is the other?", history[-HISTORY_TURNS:])
    many, few = network.read
    assert many.history == few.history
    assert len(many.history) == 2 * HISTORY_TURNS


def test_a_question_leans_on_the_last_one_as_it_was_understood() -> None:
    history = [MAYOR, turn("And her deputy?", "He is ill.", standalone="What did Olav Lie say?")]
    assert TermResolver(NOTHING).resolve("Why?", history).question == "Why did Olav Lie say?"


def test_what_was_said_is_the_questions_as_typed_and_the_answers() -> None:
    history = [MAYOR, turn("And her?", standalone="And Anna Berg?")]
    assert utterances_of(history) == [
        Utterance("user", "Who is Anna Berg?"),
        Utterance("assistant", "The mayor, Anna Berg, said the bridge is safe."),
        Utterance("user", "And her?"),
        Utterance("assistant", "I found no sentence that answers this."),
    ]


def test_an_answer_with_a_mere_pronoun_is_read_with_what_names_it() -> None:
    passage = "Olav Lie left. Anna Berg is the mayor. Nobody doubts it. She opened the bridge."
    (_, said) = utterances_of([turn("Who opened it?", "She opened the bridge.", passage=passage)])
    assert said.text == "Anna Berg is the mayor. Nobody doubts it. She opened the bridge."


def test_key_words_that_stand_before_their_quote_are_not_read_twice() -> None:
    quoted = turn("Who opened it?", "Anna Berg opened the bridge.")
    sentence = AnswerSentence("Anna Berg — “Anna Berg opened the bridge.”", (1,), "Anna Berg")
    history = [Turn(quoted.question, replace(quoted.answer, sentences=(sentence,)))]
    assert utterances_of(history)[1].text == "Anna Berg opened the bridge."


def test_what_seems_to_be_whole_is_asked_as_it_was_typed_too() -> None:
    network = ScriptedNetwork(needed={"bridge": 1.0})
    history = [turn("How long is the bridge?", "The bridge is 214 metres long.")]
    found = TermResolver(network).resolve("How much will the repairs cost?", history)
    assert (found.question, found.other) == (
        "How much will the repairs cost? (bridge)",
        "How much will the repairs cost?",
    )
    assert TermResolver(network).resolve("How much does it cost?", history).other == ""
