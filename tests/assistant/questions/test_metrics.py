"""The figures of a run: what counts, over which questions, in which order, against what is computed by hand."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from assistant.core.draft import YesNo
from assistant.core.kinds import Kind
from assistant.questions.metrics.figures import FIGURES, ConfidenceBin, Figure, Latency, Metrics, RiskPoint
from assistant.questions.metrics.measure import measure, metrics_to_dict
from assistant.questions.reports import OUTCOMES, STAGES
from tests.assistant.questions.measuring import RIGHT, WRONG, Question, about, at, measured, run, value

# Grades


def test_accuracy_is_of_all_questions_and_not_of_their_time() -> None:
    slow = Question(outcome="refused rightly", status="not_found", answerable=False, seconds=9, max_seconds=1)
    wrong = [Question(outcome=outcome) for outcome in OUTCOMES if outcome not in (RIGHT, "refused rightly")]
    assert slow.result().slow
    assert value("accuracy", Question(), slow, *wrong) == about(2 / 8, 8)


def test_answers_are_compared_where_there_are_wordings() -> None:
    results = [
        Question(exact=1.0, f1=1.0),
        Question(exact=0.0, f1=0.4),
        Question(exact=0.0, f1=0.0, status="not_found"),
        Question(),
    ]
    assert value("answer_exact", *results) == about(1 / 3, 3)
    assert value("answer_f1", *results) == about(1.4 / 3, 3)


def test_follow_ups_are_turns_after_the_first() -> None:
    results = [Question(), Question(outcome=WRONG), Question(depth=2), Question(depth=3), Question("q", WRONG, depth=2)]
    assert value("follow_up_success", *results) == about(2 / 3, 3)


# Verdicts and kinds


def test_verdicts_are_right_missing_or_the_opposite() -> None:
    given: list[tuple[YesNo, YesNo]] = [("yes", "yes"), ("no", "no"), ("no", "no"), ("yes", ""), ("yes", "no")]
    results = [Question(verdict=pair) for pair in given]
    refused = Question(status="not_found", verdict=("no", ""))
    assert value("verdict_right", *results, refused, Question(verdict=("", "yes"))) == about(3 / 6, 6)
    assert value("verdict_wrong", *results, refused, Question()) == about(1 / 6, 6)
    assert measured(*results, refused, Question()).verdicts == {"right": 3, "none": 2, "wrong": 1}


def test_kinds_are_right_or_taken_for_another_the_most_frequent_mistake_first() -> None:
    given: list[tuple[Kind | None, Kind]] = [
        ("why", "fact"),
        ("list", "list"),
        ("list", "fact"),
        ("list", "fact"),
        (None, "how"),
    ]
    results = [Question(kind=pair) for pair in given]
    assert value("kind_accuracy", *results) == about(1 / 4, 4)
    assert list(measured(*results).kinds.items()) == [("right", 1), ("list as fact", 2), ("why as fact", 1)]


def test_verdicts_and_kinds_are_counted_in_the_data_only_where_they_are_expected() -> None:
    found = metrics_to_dict(measured(Question(verdict=("yes", "no"), kind=("list", "fact"))))
    assert (found["verdicts"], found["kinds"]) == ({"wrong": 1}, {"list as fact": 1})
    assert not {"verdicts", "kinds"} & set(metrics_to_dict(measured(Question())))


# Abstention


def test_abstention_is_a_search_for_what_has_no_answer() -> None:
    results = [
        *[Question(status="not_found", answerable=False)] * 3,
        Question(status="unclear", answerable=False),
        Question(answerable=False),
        *[Question(status="not_found")] * 2,
        *[Question()] * 5,
    ]
    assert value("abstention_precision", *results) == about(4 / 6, 6)
    assert value("abstention_recall", *results) == about(4 / 5, 5)
    assert value("abstention_f1", *results) == about(2 * (4 / 6) * (4 / 5) / (4 / 6 + 4 / 5), 7)


def test_without_refusals_there_is_no_precision() -> None:
    figures = measured(Question(), Question(answerable=False)).overall
    assert "abstention_precision" not in figures
    assert (figures["abstention_recall"].value, figures["abstention_f1"].value) == (0.0, 0.0)
    assert {"abstention_recall", "abstention_f1"}.isdisjoint(measured(Question()).overall)


# Parts, counts, times


def test_by_tag_and_by_turn_are_the_figures_of_these_questions() -> None:
    results = [
        Question("a", tags=["when", "who"], exact=1.0, depth=1),
        Question("b", WRONG, tags=["who"], exact=0.0, depth=10),
        Question("c", status="not_found", answerable=False, depth=2),
        Question("d", tags=["who", "who"], confidence=0.1, depth=2),
    ]
    found = measure(run(*results))
    assert list(found.by_tag) == ["when", "who"]
    assert list(found.by_depth) == [1, 2, 10]
    assert found.by_tag["who"] == measure(run(results[0], results[1], results[3])).overall
    assert found.by_tag["when"] == measure(run(results[0])).overall
    assert found.by_depth[2] == measure(run(results[2], results[3])).overall
    assert found.by_tag["who"]["accuracy"].n == 3


def test_what_is_counted_stands_in_a_fixed_order_without_what_is_none() -> None:
    results = [
        Question(outcome=WRONG, stage="read wrongly"),
        Question(outcome=WRONG, stage="not retrieved"),
        Question(outcome="refused rightly"),
        Question(outcome="law broken", stage="proof failed"),
        Question(outcome=WRONG, stage="read wrongly"),
    ]
    found = measured(*results)
    assert list(found.outcomes.items()) == [("refused rightly", 1), (WRONG, 3), ("law broken", 1)]
    assert list(found.stages.items()) == [("not retrieved", 1), ("read wrongly", 2), ("proof failed", 1)]
    assert list(found.stages) == [stage for stage in STAGES if stage in found.stages]


def test_latency() -> None:
    report = run(*(Question(f"q{n}", seconds=float(n)) for n in range(101)))
    assert measure(report, samples=1).latency == Latency(50.0, 95.0, 5050.0)
    assert measure(report, samples=1, timings=False).latency is None
    assert measured(Question(), Question()).latency is None


def test_figures_have_their_names_and_order() -> None:
    everything = measured(
        Question(places=[[at(0, 10)]], cited=[at(0, 10)], found=[0], exact=1.0, f1=1.0, depth=2),
        Question(status="not_found", answerable=False),
        Question(verdict=("yes", "yes"), kind=("yes_no", "yes_no")),
    )
    assert list(everything.overall) == list(FIGURES)
    assert list(measured(Question()).overall) == ["accuracy", "AURC", "ECE"]


def test_of_nothing_there_are_no_figures() -> None:
    assert measure(run()) == Metrics({})


def test_the_interval_follows_from_the_questions_and_the_seed() -> None:
    report = run(*(Question(f"q{n:03}", RIGHT if n % 5 else WRONG) for n in range(100)))
    figure = measure(report).overall["accuracy"]
    half = 1.96 * (0.8 * 0.2 / 100) ** 0.5
    assert (figure.value, figure.n) == (0.8, 100)
    assert (figure.low, figure.high) == pytest.approx((0.8 - half, 0.8 + half), abs=0.02)
    assert measure(report, seed=1).overall["AURC"] != measure(report).overall["AURC"]


def test_all_figures_are_of_the_same_samples() -> None:
    report = run(*(Question(f"q{n:03}", RIGHT if n % 5 else WRONG, exact=float(n % 5 > 0)) for n in range(100)))
    figures = measure(report).overall
    assert figures["answer_exact"] == figures["accuracy"]
    # With one confidence for all, the risk is what accuracy leaves, and what is wrong with 0.5 is the rest.
    risk = figures["AURC"]
    assert (1 - risk.value, 1 - risk.high, 1 - risk.low) == pytest.approx(
        (figures["accuracy"].value, figures["accuracy"].low, figures["accuracy"].high), abs=2e-6
    )


# As data


def test_figures_as_json_types() -> None:
    metrics = Metrics(
        {"accuracy": Figure(2 / 3, 0.0, 1.0, 3)},
        {"who": {"accuracy": Figure(1 / 3, 0.0, 1.0, 3)}},
        {2: {}, 10: {}},
        {WRONG: 1},
        {"read wrongly": 1},
        (RiskPoint(0.1234567, 1.0, 2 / 3),),
        (ConfidenceBin(0.1234567, 0.5, 2),),
        Latency(1 / 3, 0.5, 2.0),
    )
    found = metrics_to_dict(metrics)
    assert found == {
        "overall": {"accuracy": {"value": 0.666667, "low": 0.0, "high": 1.0, "n": 3}},
        "by_tag": {"who": {"accuracy": {"value": 0.333333, "low": 0.0, "high": 1.0, "n": 3}}},
        "by_depth": {"2": {}, "10": {}},
        "outcomes": {WRONG: 1},
        "stages": {"read wrongly": 1},
        "risk_coverage": [{"confidence": 0.123457, "coverage": 1.0, "risk": 0.666667}],
        "confidence": [{"confidence": 0.123457, "accuracy": 0.5, "n": 2}],
        "latency": {"p50": 0.333333, "p95": 0.5, "total": 2.0},
    }
    assert json.loads(json.dumps(found)) == found
    del found["latency"]
    assert metrics_to_dict(metrics, timings=False) == metrics_to_dict(replace(metrics, latency=None)) == found
