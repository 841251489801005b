"""The network reader answers as the kind asks: lists whole, both sides, the newest first, yes and no where sure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest

from assistant.core.draft import Draft
from assistant.network.readings import WindowReading
from assistant.reading.judging import TRUST
from assistant.reading.network_reader import NetworkReader
from index.article import Passage
from index.evidence import Evidence
from tests.assistant.reading.test_network_reader import KnowsSentences

SURE: dict[str, Any] = {"trust": [0.0, 1.0, *[0.0] * (len(TRUST) - 1)], "threshold": 0.5}
NOTICE = (
    "You need three things:\n\n- a library card\n- a helmet that fits\n- 50 crowns in cash\n\n"
    "The office opens at nine. It shuts at five."
)


def found(text: str, article: str = "a", published: date | None = None, ordinal: int = 0) -> Evidence:
    passage = Passage(f"{article}-{ordinal}", article, 0, len(text), text, ordinal)
    return Evidence(passage, 1.0, 0.5, title=f"About {article}", published=published)


def quotes(draft: Draft) -> list[str]:
    return [quote.text for sentence in draft.sentences for quote in sentence.quotes]


# Lists


@pytest.mark.parametrize("known", ["a helmet that fits", "You need three things:"])
def test_a_list_with_bullets_is_given_whole_whatever_of_it_is_likeliest(known: str) -> None:
    draft = NetworkReader(KnowsSentences({known: 9.0}, SURE)).read_as("list", "What do I need?", [found(NOTICE)])
    assert quotes(draft) == ["a library card", "a helmet that fits", "50 crowns in cash"]
    assert all(quote.start == NOTICE.index(quote.text) for sentence in draft.sentences for quote in sentence.quotes)


def test_a_question_for_one_thing_gets_one_item() -> None:
    reader = NetworkReader(KnowsSentences({"a helmet that fits": 9.0}, SURE))
    assert quotes(reader.read_as("fact", "What must fit?", [found(NOTICE)])) == ["a helmet that fits"]


def test_the_line_that_leads_to_a_list_is_answered_by_the_list_whatever_is_asked() -> None:
    reader = NetworkReader(KnowsSentences({"You need three things:": 9.0}, SURE))
    told = quotes(reader.read_as("fact", "What is needed?", [found(NOTICE)]))
    assert told == ["a library card", "a helmet that fits", "50 crowns in cash"]
    unled = found(NOTICE.replace("You need three things:", "You need three things."))
    reader = NetworkReader(KnowsSentences({"You need three things.": 9.0}, SURE))
    assert quotes(reader.read_as("fact", "What is needed?", [unled])) == ["You need three things."]


def test_a_list_over_sentences_is_given_in_the_order_of_the_text() -> None:
    text = "Ada Lund won in May. It rained. Kari Holm won in June. Nobody won in July."
    known = {"Kari": 9.0, "Ada": 8.9, "rained": 2.0}
    draft = NetworkReader(KnowsSentences(known, SURE)).read_as("list", "Who won?", [found(text)])
    assert quotes(draft) == ["Ada Lund won in May.", "Kari Holm won in June."]


def test_the_question_of_an_interview_is_not_given_beside_its_answer() -> None:
    text = "When did you come to Lund? I came in May."
    draft = NetworkReader(KnowsSentences({"When": 8.9, "May": 9.0}, SURE)).read("When did she?", [found(text)])
    assert quotes(draft) == ["I came in May."]


def test_a_side_of_a_comparison_gets_one_sentence_and_not_the_other_side_s() -> None:
    text = "Zone A is open until six. Zone C is open until nine."
    known = {"Zone A": 9.0, "Zone C": 8.9}
    reader = NetworkReader(KnowsSentences(known, SURE))
    told = quotes(reader.read_as("comparison", "How long is zone A open?", [found(text)]))
    assert told == ["Zone A is open until six."]
    assert len(reader.read_as("fact", "How long are they open?", [found(text)]).sentences) == 2


def test_numbered_steps_are_a_list_and_prose_beside_them_is_not() -> None:
    text = "1. Book a day.\n2. Leave the deposit.\n3. Collect the key.\n\nOpen daily."
    draft = NetworkReader(KnowsSentences({"Leave": 9.0}, SURE)).read_as("list", "What are the steps?", [found(text)])
    assert len(draft.sentences) == 3
    prose = NetworkReader(KnowsSentences({"Open": 9.0}, SURE)).read_as("list", "When is it open?", [found(text)])
    assert quotes(prose) == ["Open daily."]


# Several articles


class MarksNumbers(KnowsSentences):
    """Holds the number of each sentence for its words."""

    def _read(self, context: str) -> WindowReading:
        start = np.array(
            [9.0 * (letter.isdigit() and not context[n - 1].isdigit()) for n, letter in enumerate(context)]
        )
        end = np.array([9.0 * (letter.isdigit() and not context[n + 1].isdigit()) for n, letter in enumerate(context)])
        return replace(super()._read(context), start=start, end=end)


def told(kind: Any, *articles: tuple[str, date | None], known: float = 8.0) -> Draft:
    evidence = [found(f"The flood killed {count}. It rained.", f"a{n}", day) for n, (count, day) in enumerate(articles)]
    margins = {f"killed {count}": 9.0 - n * (9.0 - known) for n, (count, _) in enumerate(articles)}
    return NetworkReader(MarksNumbers(margins, SURE)).read_as(kind, "How many people did the flood kill?", evidence)


OLD, NEW = date(2024, 3, 1), date(2024, 3, 9)


@pytest.mark.parametrize(("kind", "first"), [("fact", "31"), ("newest", "31"), ("oldest", "12")])
def test_where_articles_differ_the_newest_is_believed_and_the_others_stand_aside(kind: str, first: str) -> None:
    draft = told(kind, ("12", OLD), ("31", NEW))
    assert first in quotes(draft)[0]
    assert [one.aside for one in draft.sentences] == [False, True]


def test_an_article_without_a_date_is_not_believed_over_one_with() -> None:
    assert "12" in quotes(told("fact", ("31", None), ("12", OLD)))[0]


def test_articles_that_agree_are_not_set_against_each_other() -> None:
    assert len(told("fact", ("31", OLD), ("31", NEW)).sentences) == 1


def test_an_article_that_is_not_trusted_as_an_answer_is_no_rival() -> None:
    assert len(told("fact", ("12", OLD), ("31", NEW), known=-4.0).sentences) == 1


# Yes and no


def deciding(certain_from: float, yes: float) -> Draft:
    calibration = {**SURE, "verdict": [0.0, 1.0, 0.0, 0.0, 0.0], "certain from": certain_from}

    class Decides(KnowsSentences):
        def _read(self, context: str) -> WindowReading:
            read = super()._read(context)
            return replace(read, verdicts=np.array([[0.0, yes, 0.0]] * len(read.sentences)))

    reader = NetworkReader(Decides({"shut": 9.0}, calibration))
    return reader.read_as("yes_no", "Is the bridge closed?", [found("The bridge is shut. It rained.")])


@pytest.mark.parametrize(("certain_from", "yes", "said"), [(0.9, 4.0, "yes"), (0.9, -4.0, "no"), (0.9, 1.0, "")])
def test_yes_and_no_are_said_only_where_that_is_sure_enough(certain_from: float, yes: float, said: str) -> None:
    assert deciding(certain_from, yes).verdict == said


def test_a_question_that_is_no_yes_no_question_gets_no_verdict() -> None:
    calibration = {**SURE, "verdict": [9.0, 0.0, 0.0, 0.0, 0.0], "certain from": 0.1}
    reader = NetworkReader(KnowsSentences({"shut": 9.0}, calibration))
    assert reader.read_as("why", "Why is the bridge closed?", [found("The bridge is shut.")]).verdict == ""


def test_without_a_fitted_verdict_none_is_said() -> None:
    reader = NetworkReader(KnowsSentences({"shut": 9.0}, SURE))
    assert reader.read_as("yes_no", "Is the bridge closed?", [found("The bridge is shut.")]).verdict == ""
