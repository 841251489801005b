"""Grading: each outcome and each stage of failure, produced on purpose, is called by its name; and what counts as said."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.answer import Answer, AnswerSentence, Part
from assistant.core.remarks import Remark
from assistant.questions.grading.answer_match import forbidden, match
from assistant.questions.grading.grade import grade
from assistant.questions.grading.ground_truth import GroundTruth, occurrences
from assistant.questions.reports import OUTCOMES, RIGHT, STAGES, Grade, Outcome, Stage
from assistant.questions.running.run import run
from assistant.questions.spec.cases import Expected
from assistant.understanding.followup.leaning import leans
from index.article import Article
from tests.assistant.questions.doctored import (
    ARTICLES,
    CASES,
    CLOSED,
    FERRY,
    FREE,
    HARBOUR,
    LIGHT,
    MUSEUM,
    NO,
    OPENED_IN,
    RIGHT_ANSWER,
    SHIPS,
    STORM,
    WHO,
    Doctored,
    DoctoredAssistant,
    citation,
    question_set,
    says,
)

BY_ID = {article.id: article for article in ARTICLES}


def graded(case: Doctored) -> Grade:
    places = [occurrences(quote, ARTICLES) for quote in case.expected.evidence]
    return grade(case.expected, case.answer, GroundTruth(BY_ID, places), case.history)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_doctored_answer_is_called_by_its_name(case: Doctored) -> None:
    found = graded(case)
    assert (found.outcome, found.stage) == (case.outcome, case.stage), found.reason
    assert bool(found.reason) != found.right, "what is not right says why; what is right needs no reason"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_in_a_run_too(case: Doctored) -> None:
    *_, result = run(question_set([case]), DoctoredAssistant([case])).results
    assert (result.grade.outcome, result.grade.stage) == (case.outcome, case.stage), result.grade.reason


def test_every_outcome_and_stage_is_produced() -> None:
    assert {case.outcome for case in CASES} == set(OUTCOMES) == set(get_args(Outcome))
    assert {case.stage for case in CASES} == {None, *STAGES} == {None, *get_args(Stage)}
    assert {case.outcome for case in CASES if case.stage is None} == set(RIGHT)


def test_a_misunderstood_follow_up_shows_what_was_searched_for() -> None:
    case = next(case for case in CASES if case.name == "wrong-person")
    assert "What did Marta Oyelaran give it?" in graded(case).reason


def test_what_the_proof_left_out_is_told_with_what_was_missing() -> None:
    dropped = [("Marta Oyelaran did in 1930.", "detail not in the quote", "1930")]
    case = Doctored("d", WHO, says(WHO.question, evidence=[1], dropped=dropped), "refused wrongly", "proof failed")
    assert graded(case).reason == "“Marta Oyelaran did in 1930.” was left out: detail not in the quote: 1930"


# What counts as said


@pytest.mark.parametrize(
    ("wordings", "how", "wording"),
    [
        (["Marta Oyelaran"], "exact", "Marta Oyelaran"),
        (["the MARTA Oyelaran!"], "exact", "the MARTA Oyelaran!"),
        (["nobody", "harbour of Velm"], "contains", "harbour of Velm"),
        ([r"/M\w+ O\w+n/"], "regex", r"/M\w+ O\w+n/"),
        ([r"/^marta/", "Velm"], "contains", "Velm"),
        (["Marta Oyelaran opened harbour of Velm, in the year 1931"], "f1", None),
        (["Marta Oyelaran opened harbour of Velm, in the year 1932"], None, ""),
        (["Marta Oyelaran never opened the harbour of Velm in 1931"], None, ""),
        (["Jonas Pryce"], None, ""),
        (["193"], None, ""),
        (["1"], None, ""),
    ],
)
def test_how_a_wording_matches_is_named(wordings: list[str], how: str | None, wording: str | None) -> None:
    found = match(wordings, RIGHT_ANSWER)
    assert (found.how, found.wording) == (how, wordings[0] if wording is None else wording)


@pytest.mark.parametrize(
    ("wording", "said", "agree"),
    [
        ("35", "It weighs 3.5 kilos.", False),
        ("3.5", "It weighs 35 kilos.", False),
        ("3.5", "It weighs 3.5 kilos.", True),
        ("35", "3.5", False),
        ("2.5.1", "Version 2.5.1", True),
        ("5 °C", "It was -5 °C.", False),
        ("-5 °C", "It was −5 °C.", True),
        ("10 %", "10 people came", False),
        ("10 per cent", "It rose by 10%.", True),
        ("1000", "1,000 came", True),
        ("1 000", "1\u202f000 came", False),
        ("1000", "1\u202f000 came", True),
        ("35", "3,5 km", False),
        ("caf\u00e9", "the cafe\u0301 of Velm", True),
        ("U.S. navy", "the US navy", True),
        ("2019-2021", "from 2019–2021", True),
        ("Tomas Reyl moved to Marrow in the spring", "Tomas Reyl moved to Corran in the spring", False),
        ("engineer Tomas Reyl of the Velm harbour works", "engineer Bram Reyl of the Velm harbour works", False),
        ("the ferry left before the storm came in", "the ferry left after the storm came in", False),
        ("three boats sank in the harbour", "four boats sank in the harbour", False),
        ("Reyl paid Valdoro for the boat", "Valdoro paid Reyl for the boat", False),
        ("it rose from 3 to 5 metres", "it rose from 5 to 3 metres", False),
        ("The president of the town council signed it", "The president of the old town council signed it", True),
    ],
)
def test_what_is_another_answer(wording: str, said: str, agree: bool) -> None:
    answer = Answer("?", "answered", (AnswerSentence(said, (1,)),), ())
    assert (match([wording], answer).how is not None) == agree


def test_key_words_that_are_not_said_do_not_count() -> None:
    answer = Answer("?", "answered", (AnswerSentence("It was built in 1950.", (1,), "1871"),), ())
    assert match(["1871"], answer).how is None


def test_words_on_both_sides_of_the_key_words_do_not_make_a_wording() -> None:
    answer = says("?", OPENED_IN, key="Velm")
    assert match(["Velm Marta"], answer).how is None


def test_a_wording_over_two_sentences_is_said() -> None:
    assert (
        match(["1931 the quay is 412 metres"], says("?", OPENED_IN, "The quay is 412 metres long.")).how == "contains"
    )


def test_a_refusal_says_nothing() -> None:
    refusal = replace(says("?"), message="The articles don't say.")
    found = match(["The articles don't say.", "/say/"], refusal)
    assert (found.how, found.exact, found.f1) == (None, 0.0, 0.0)


def test_what_must_not_be_said_is_found_by_words_and_by_expression() -> None:
    assert forbidden(["1932", "1931"], RIGHT_ANSWER) == "1931"
    assert forbidden([r"/\d{4}/"], RIGHT_ANSWER) == r"/\d{4}/"
    assert forbidden(["93"], RIGHT_ANSWER) == ""


def test_evidence_counts_wherever_it_stands() -> None:
    article = Article("A bell rang. Then it was dark. A bell rang.", "Bells", "bells.txt")
    expected = Expected("bell", "What rang?", evidence=("A bell rang",))
    second = article.text.rindex("A bell")
    cited = replace(citation("A bell rang.", article=article), start=second, end=second + len("A bell rang."))
    answer = Answer("What rang?", "answered", (AnswerSentence("“A bell rang.”", (1,)),), (cited,))
    places = [occurrences("A bell rang", [article])]
    assert grade(expected, answer, GroundTruth({article.id: article}, places)).outcome == "right and cited"


def test_a_citation_that_only_touches_the_evidence_does_not_overlap_it() -> None:
    expected = replace(WHO, answers=(), evidence=(" The quay is 412",))
    places = [occurrences(" The quay is 412", ARTICLES)]
    assert grade(expected, says(WHO.question, OPENED_IN), GroundTruth(BY_ID, places)).outcome == "wrong"


def test_the_same_words_in_another_article_are_no_evidence() -> None:
    twin = Article(HARBOUR.text, "Twin", "twin.txt")
    moved = replace(RIGHT_ANSWER, citations=(replace(RIGHT_ANSWER.citations[0], article_id=twin.id),))
    places = [occurrences(quote, ARTICLES) for quote in WHO.evidence]
    assert grade(WHO, moved, GroundTruth({**BY_ID, twin.id: twin}, places)).outcome == "right, wrong evidence"


# The form of an answer


def graded_as(expected: Expected, answer: Answer) -> tuple[str, str]:
    found = graded(Doctored("form", expected, answer, "wrong"))
    return found.outcome, found.reason


def test_each_fault_of_form_says_what_is_wrong() -> None:
    reasons = {case.name: graded(case).reason for case in CASES}
    assert reasons["besides"] == f"other words than the expected quotes are cited: [2] “{STORM}”"
    assert reasons["out-of-order"] == "the expected quotes are cited in the order 2, 1"
    assert reasons["no-verdict"] == "there is no verdict, and “no” is expected"
    assert reasons["opposite-verdict"] == "the verdict is “yes”, and “no” is expected"
    assert reasons["other-kind"] == "understood as the kind “fact”, and “list” is expected"
    assert reasons["verdict-of-other-words"].startswith("no expected quote is cited; the expected evidence was found")


def test_all_faults_of_an_answer_are_told() -> None:
    expected = replace(CLOSED, kind="yes_no")
    outcome, reason = graded_as(expected, replace(NO, verdict=""))
    assert outcome == "right, wrong form"
    assert "no verdict" in reason
    assert "kind" in reason


@pytest.mark.parametrize(
    ("quotes", "cited", "fits"),
    [
        ((MUSEUM, SHIPS, STORM), (MUSEUM, SHIPS, STORM), True),
        ((MUSEUM, SHIPS, STORM), (MUSEUM, STORM, SHIPS), False),
        ((MUSEUM, SHIPS, STORM), (MUSEUM, STORM), True),  # what is not cited doesn't count
        ((MUSEUM, SHIPS, STORM), (STORM, SHIPS), False),
        ((MUSEUM, SHIPS), (LIGHT, MUSEUM, FERRY, SHIPS), True),  # nor what stands between
        ((MUSEUM, SHIPS), (MUSEUM, SHIPS, MUSEUM), True),  # of each, the first citation counts
        ((SHIPS, MUSEUM), (MUSEUM, SHIPS, MUSEUM), False),
        ((SHIPS, MUSEUM), (f"{MUSEUM} {SHIPS}",), True),  # one citation of both: neither comes first
        ((STORM, SHIPS, MUSEUM), (f"{MUSEUM} {SHIPS}", STORM), False),
    ],
)
def test_which_order_fits(quotes: tuple[str, ...], cited: tuple[str, ...], fits: bool) -> None:
    expected = Expected("order", "?", evidence=quotes, in_order=True)
    outcome, _ = graded_as(expected, says("?", *cited))
    assert outcome == ("right and cited" if fits else "right, wrong form")


def test_the_order_is_no_matter_unless_it_is_asked_for() -> None:
    assert graded_as(Expected("o", "?", evidence=(MUSEUM, SHIPS)), says("?", SHIPS, MUSEUM)) == ("right and cited", "")


@pytest.mark.parametrize(
    ("cited", "fits"),
    [(("The ferry to Osk",), True), (("leaves at noon. Children under six",), True), (("Children",), False)],
)
def test_a_citation_may_touch_a_quote_with_any_of_its_characters(cited: tuple[str, ...], fits: bool) -> None:
    expected = Expected("only", "?", evidence=(OPENED_IN, "to Osk leaves at noon."), only_evidence=True)
    assert graded_as(expected, says("?", OPENED_IN, *cited))[0] == (
        "right and cited" if fits else "right, wrong evidence"
    )


def test_a_verdict_and_remarks_are_no_wordings() -> None:
    said = replace(NO, parts=(Part(1, "No fish in 1999?", (Remark("counted", (4, 3)),)),))
    assert match(["no"], said).how is None
    assert forbidden(["no", "1999", "counts 4"], said) == ""


def test_each_of_several_key_words_is_compared_alone() -> None:
    sentence = AnswerSentence(f"“{FREE}”", (1,), "Children under six", ("3 crowns",))
    found = match(["3 crowns"], Answer("?", "answered", (sentence,), (citation(FREE),)))
    assert (found.how, found.exact, found.f1) == ("exact", 1.0, 1.0)


# What leans on the turns before


@pytest.mark.parametrize(
    ("question", "leans_on_them"),
    [
        ("What did she say?", True),
        ("Why?", True),
        ("How many times?", True),
        ("And in 1962?", True),
        ("What about the museum?", True),
        ("By how many metres?", True),
        ("In which year exactly?", True),
        ("How long does that take?", True),
        ("At what time does that match start?", True),
        ("Which one is larger?", True),
        ("Who paid the rest?", True),
        ("Who lived there?", True),
        ("Who was Reyl?", False),
        ("When did the captain of the ferry retire from his post?", False),
        ("What did Valdoro write while she was in Velm?", False),
        ("How long does it take to bake a loaf of rye?", False),
        ("What is the title of this article?", False),
        ("Is there a fee for bicycles on the ferry?", False),
        ("And when does the ferry to Osk leave?", False),
        ("Who said that the harbour would close?", False),
    ],
)
def test_what_leans_on_the_turns_before(question: str, leans_on_them: bool) -> None:
    assert leans(question) == leans_on_them


# SQuAD's own scorer, as the package torchmetrics carries it

phrases = st.lists(
    st.sampled_from("the a an Marta's Velm, 1931 1,000 U.S. re-built “quay” not – ß Łódź . harbour".split()), min_size=1
).map(" ".join)


@cache
def squad() -> Any:
    """SQuAD's own measures, from a package that takes seconds to import."""
    from torchmetrics.functional.text import squad

    return squad


@given(st.lists(phrases, min_size=1, max_size=3), phrases)
def test_exact_and_f1_are_those_of_squads_scorer(golds: list[str], said: str) -> None:
    answer = Answer("?", "answered", (AnswerSentence(f"“{said}”", (1,), said),), ())
    found = match(golds, answer)
    target = {"answers": {"answer_start": [0] * len(golds), "text": golds}, "id": "1"}
    wanted = squad()({"prediction_text": said, "id": "1"}, target)
    assert (100 * found.exact, 100 * found.f1) == pytest.approx((float(wanted["exact_match"]), float(wanted["f1"])))
