"""What the network says -> the question with the words that it needs."""

from __future__ import annotations

import pytest

from assistant.core.standalone import Standalone
from assistant.understanding.followup.layout import Utterance
from assistant.understanding.followup.resolver_network import Thresholds
from assistant.understanding.followup.term_resolver import TermResolver
from tests.assistant.understanding.followup.scripted import ScriptedNetwork

SAID = [
    Utterance("user", "Who is Anna Berg?"),
    Utterance("assistant", "The mayor of Oslo, Anna Berg, opened the bridge in 2019."),
]


def rewritten(question: str, network: ScriptedNetwork) -> Standalone:
    return TermResolver(network).rewritten(question, SAID)


@pytest.mark.parametrize(
    ("question", "standalone"),
    [
        ("What did she say?", "What did Anna Berg say?"),
        ("Where was her office?", "Where was Anna Berg’s office?"),
        ("Who saw her?", "Who saw Anna Berg?"),
        ("she won?", "Anna Berg won?"),
    ],
)
def test_a_pronoun_gives_way_to_what_it_points_at_an_owner_staying_one(question: str, standalone: str) -> None:
    name = {"Anna Berg": 0.0}
    found = rewritten(question, ScriptedNetwork(replaced={"she": name, "her": name}))
    assert (found.question, found.kind) == (standalone, "follow-up")


def test_several_words_that_give_way_together_give_way_to_one_span() -> None:
    network = ScriptedNetwork(replaced={"the": {"Anna Berg": 0.0}, "woman": {"Anna Berg": 0.0}})
    assert rewritten("When was the woman born?", network).question == "When was Anna Berg born?"


@pytest.mark.parametrize(
    ("link", "standalone"),
    [
        ("in", "Were there floods in Oslo?"),
        ("", "Were there floods Oslo?"),
        ("than", "Were there floods other than Oslo?"),
    ],
)
def test_a_span_is_put_in_where_it_belongs(link: str, standalone: str) -> None:
    found = rewritten("Were there floods?", ScriptedNetwork(put_in={"floods": (link, "Oslo")}))
    assert found.question == standalone


def test_what_is_put_before_all_begins_the_sentence() -> None:
    network = ScriptedNetwork(put_in={"": ("", "Oslo")}, replaced={"she": {"Anna Berg": 0.0}})
    assert rewritten("Who else paid?", network).question == "Besides Oslo, who else paid?"
    assert rewritten("she paid?", network).question == "Besides Oslo, Anna Berg paid?"


def test_what_is_needed_and_has_no_place_follows_in_brackets_once() -> None:
    found = rewritten("How long is it?", ScriptedNetwork(needed={"bridge": 0.9, "berg": 0.8, "anna": 0.9}))
    assert (found.question, found.kind) == ("How long is it? (Anna Berg, bridge)", "follow-up")
    assert found.own == "How long is it?"


def test_what_an_edit_has_brought_is_not_said_again() -> None:
    network = ScriptedNetwork(needed={"anna": 0.9, "berg": 0.9}, replaced={"she": {"Anna Berg": 0.0}})
    assert rewritten("When did she speak?", network).question == "When did Anna Berg speak?"


def test_what_the_question_says_itself_is_not_put_in() -> None:
    network = ScriptedNetwork(needed={"bridge": 0.9}, put_in={"bridge": ("of", "the bridge")})
    found = rewritten("Who built the bridge?", network)
    assert (found.question, found.kind) == ("Who built the bridge?", "self-contained")


def test_a_question_that_needs_nothing_keeps_its_words() -> None:
    network = ScriptedNetwork(needed={"bridge": 0.9}, put_in={"wet": ("in", "Oslo")}, changed=0.05)
    found = rewritten("Is rain wet?", network)
    assert (found.question, found.kind) == ("Is rain wet?", "self-contained")


def test_a_pronoun_is_resolved_however_whole_the_question_seems() -> None:
    network = ScriptedNetwork(needed={"bridge": 0.9}, replaced={"she": {"Anna Berg": 0.0}}, changed=0.05)
    found = rewritten("What did she think of the harbour plan?", network)
    assert found.question == "What did Anna Berg think of the harbour plan?"


def test_unlikely_words_are_left_where_they_are() -> None:
    found = rewritten("When was the ferry sold?", ScriptedNetwork(needed={"bridge": 0.05}))
    assert found.kind == "self-contained"


def test_without_a_history_nothing_is_read() -> None:
    network = ScriptedNetwork(needed={"bridge": 0.9})
    assert TermResolver(network).rewritten("What did she say?", []).question == "What did she say?"
    assert network.read == []


def test_a_common_noun_that_a_pronoun_means_is_a_certain_one() -> None:
    network = ScriptedNetwork(replaced={"it": {"bridge": 0.0}, "they": {"Anna Berg": 0.0}})
    assert rewritten("Who paid for it?", network).question == "Who paid for the bridge?"
    assert rewritten("What did they do?", network).question == "What did Anna Berg do?"
    begins = ScriptedNetwork(replaced={"she": {"The mayor of Oslo": 0.0}})
    assert rewritten("Did she pay?", begins).question == "Did the mayor of Oslo pay?"


def test_whoever_names_a_part_of_a_name_has_named_it() -> None:
    network = ScriptedNetwork(needed={"anna": 0.9, "bridge": 0.9}, put_in={"berg": ("", "Anna Berg")})
    assert rewritten("How old is Berg?", network).question == "How old is Berg? (bridge)"


def test_a_pronoun_that_nobody_who_was_named_fits_is_left() -> None:
    network = ScriptedNetwork(replaced={"he": {"bridge": -6.0}})
    assert rewritten("How old is he?", network).question == "How old is he?"
    sure = ScriptedNetwork(replaced={"he": {"bridge": -0.1}})
    assert rewritten("How old is he?", sure).question == "How old is the bridge?"


def test_a_longer_phrase_in_brackets_has_the_shorter_one() -> None:
    history = [Utterance("assistant", "The ferry sank, the old ferry.")]
    network = ScriptedNetwork(needed={"ferry": 0.9, "old": 0.9})
    assert TermResolver(network).rewritten("Why did it sink?", history).question == "Why did it sink? (old ferry)"


@pytest.mark.parametrize(("question", "changed"), [("How old is Berg?", False), ("How old is the mayor?", True)])
def test_a_question_that_names_what_was_said_must_need_more_surely(question: str, changed: bool) -> None:
    network = ScriptedNetwork(needed={"bridge": 0.9}, changed=0.8)
    network.thresholds = Thresholds(whole=0.7, named=0.9)
    assert (rewritten(question, network).question != question) == changed


def test_what_ties_a_whole_question_to_the_one_before_is_left_out() -> None:
    assert rewritten("And who paid for it, then?", ScriptedNetwork()).question == "Who paid for it, then?"
    network = ScriptedNetwork(replaced={"she": {"Anna Berg": 0.0}})
    assert rewritten("But what did she say?", network).question == "What did Anna Berg say?"


# Names, two readings, both


def test_the_capitals_of_a_headline_make_no_name() -> None:
    network = ScriptedNetwork(replaced={"his": {"Olav Lie": 0.0}})
    headline = [Utterance("assistant", "Mayor Olav Lie Hails New Ferry\nIt is late.")]
    text = [Utterance("assistant", "The mayor Olav Lie Hansen likes the ferry.")]
    assert TermResolver(network).rewritten("When was his visit?", headline).question == "When was Olav Lie’s visit?"
    assert TermResolver(network).rewritten("When was his visit?", text).question == "When was Olav Lie Hansen’s visit?"


@pytest.mark.parametrize(("chance", "other"), [(-0.5, "How old is the bridge?"), (-3.0, "")])
def test_what_a_pronoun_may_mean_as_well_is_another_reading(chance: float, other: str) -> None:
    network = ScriptedNetwork(replaced={"it": {"ferry": 0.0, "bridge": chance}})
    history = [Utterance("user", "Is the bridge safe?"), Utterance("assistant", "The ferry is safer.")]
    found = TermResolver(network).rewritten("How old is it?", history)
    assert (found.question, found.other) == ("How old is the ferry?", other)


def test_both_are_two_names() -> None:
    network = ScriptedNetwork(replaced={"them": {"Anna Berg": 0.0, "bridge": -0.1, "Oslo": -0.2}})
    found = rewritten("How old are both of them?", network)
    assert (found.question, found.other) == ("How old are both of Anna Berg and Oslo?", "")


def test_what_stands_before_a_pronoun_stays() -> None:
    network = ScriptedNetwork(replaced={"and": {"Anna Berg": 0.0}, "her": {"Anna Berg": 0.0}})
    found = TermResolver(network).rewritten("And her office?", SAID, "How old is Anna Berg?")
    assert found.question == "How old is Anna Berg’s office?"


@pytest.mark.parametrize(
    "said", ["Place 1: Ada Lund\tNorway", "On Friday Ada Lund struck it.", "NORDEN - Ada Lund won it."]
)
def test_a_name_ends_at_a_tab_and_begins_after_a_weekday(said: str) -> None:
    network = ScriptedNetwork(replaced={"she": {"Lund": 0.0}})
    found = TermResolver(network).rewritten(
        "How old is she?", [Utterance("user", "Who?"), Utterance("assistant", said)]
    )
    assert found.question == "How old is Ada Lund?"


def test_he_is_not_whom_her_means() -> None:
    spans = {"Olav Lie": 0.0, "Anna Berg": -2.0}
    network = ScriptedNetwork(replaced={"he": spans, "her": spans})
    said = [Utterance("user", "Who left?"), Utterance("assistant", "Anna Berg left, and Olav Lie stayed.")]
    found = TermResolver(network).rewritten("What does he say about her leaving?", said)
    assert found.question == "What does Olav Lie say about Anna Berg’s leaving?"


def test_of_who_somebody_is_and_the_name_the_name_is_taken() -> None:
    said = [Utterance("user", "Who won?"), Utterance("assistant", "The team of Oslo’s captain, Anna Berg, won.")]
    network = ScriptedNetwork(replaced={"she": {"Oslo’s captain , Anna Berg": 0.0}})
    assert TermResolver(network).rewritten("How old is she?", said).question == "How old is Anna Berg?"


def test_the_place_of_a_news_story_is_no_part_of_a_name() -> None:
    said = [Utterance("assistant", "OSLO - Anna Berg won.")]
    network = ScriptedNetwork(replaced={"she": {"OSLO - Anna Berg": 0.0}})
    assert TermResolver(network).rewritten("How old is she?", said).question == "How old is Anna Berg?"
