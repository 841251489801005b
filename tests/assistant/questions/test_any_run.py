"""What holds of the figures of any run at all, and a slow way to each of them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.answer import Status
from assistant.core.draft import YesNo
from assistant.core.kinds import Kind
from assistant.questions.metrics.figures import Figure, Metrics
from assistant.questions.metrics.measure import measure, metrics_to_dict
from assistant.questions.reports import OUTCOMES, Place, Report, Result
from tests.assistant.questions.measuring import Question, run

spans = st.tuples(st.sampled_from("ab"), st.integers(0, 60), st.integers(1, 25)).map(
    lambda span: (span[0], span[1], span[1] + span[2])
)
quotes = st.tuples(st.integers(1, 25), st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 60)), max_size=3)).map(
    lambda quote: (quote[0], tuple((article, start, start + quote[0]) for article, start in quote[1]))
)


verdicts: st.SearchStrategy[YesNo] = st.sampled_from(["", "yes", "no"])
kinds: st.SearchStrategy[Kind] = st.sampled_from(["fact", "list", "yes_no"])
STATUSES: tuple[Status, ...] = ("answered", "answered", "not_found", "unclear", "small_talk")


@st.composite
def questions(draw: st.DrawFn, name: str) -> Question:
    status: Status = draw(st.sampled_from(STATUSES))
    answerable = draw(st.booleans())
    expected = draw(st.lists(quotes, max_size=3)) if answerable else []
    found = draw(st.lists(st.integers(0, 8), max_size=8, unique=True))
    return Question(
        name,
        draw(st.sampled_from(OUTCOMES)),
        status=status,
        places=[places for _, places in expected],
        lengths=[length for length, _ in expected],
        needs_all=draw(st.booleans()),
        answerable=answerable,
        tags=draw(st.lists(st.sampled_from("xyz"), max_size=3)),
        depth=draw(st.integers(1, 3)),
        cited=draw(st.lists(spans, min_size=1, max_size=3)) if status == "answered" else [],
        found=found,
        searched=draw(st.permutations([f"a{number}" for number in found])) if draw(st.booleans()) else [],
        confidence=draw(st.sampled_from([0.0, 0.1, 0.3, 0.7, 1.0]) | st.floats(0, 1)),
        exact=draw(st.none() | st.sampled_from([0.0, 1.0])),
        f1=draw(st.none() | st.floats(0, 1)),
        verdict=(draw(verdicts), draw(verdicts) if status == "answered" else ""),
        kind=(draw(st.none() | kinds), draw(kinds)),
        seconds=draw(st.floats(0, 10)),
    )


runs = st.integers(1, 8).flatmap(lambda n: st.tuples(*(questions(f"q{k}") for k in range(n)))).map(lambda r: run(*r))


def figures_of(metrics: Metrics) -> list[Figure]:
    parts = [metrics.overall, *metrics.by_tag.values(), *metrics.by_depth.values()]
    return [figure for part in parts for figure in part.values()]


@given(runs)
def test_figures_lie_between_0_and_1_and_their_ends_in_order(report: Report) -> None:
    found = measure(report, samples=60)
    for figure in figures_of(found):
        assert 0 <= figure.low <= figure.high <= 1
        assert 0 <= figure.value <= 1
        assert 1 <= figure.n <= len(report.results)
    # All ratios of sums; of AURC and ECE it need not be so.
    for name in set(found.overall) - {"AURC", "ECE"}:
        assert found.overall[name].low <= found.overall[name].value <= found.overall[name].high
    for point in found.risk_coverage:
        assert 0 < point.coverage <= 1
        assert 0 <= point.risk <= 1
    assert sum(one.n for one in found.confidence) == sum(r.answer.status == "answered" for r in report.results)


@given(runs, st.randoms(use_true_random=False))
def test_the_order_of_questions_and_tags_makes_no_difference(report: Report, random: Any) -> None:
    results = [
        replace(r, expected=replace(r.expected, tags=tuple(random.sample(r.expected.tags, len(r.expected.tags)))))
        for r in random.sample(report.results, len(report.results))
    ]
    first, second = measure(report, samples=60), measure(replace(report, results=tuple(results)), samples=60)
    assert first == second
    assert json.dumps(metrics_to_dict(first)) == json.dumps(metrics_to_dict(second))


@given(runs)
def test_a_report_that_was_kept_has_the_same_figures(report: Report) -> None:
    again = Report.from_dict(json.loads(json.dumps(report.to_dict(timings=False))))
    assert measure(again, samples=5) == measure(report, samples=5, timings=False)


@given(runs)
def test_verdicts_and_kinds_are_counted_once_for_each_question_that_expects_them(report: Report) -> None:
    found, results = measure(report, samples=5), report.results
    assert sum(found.verdicts.values()) == sum(bool(r.expected.verdict) for r in results)
    assert sum(found.kinds.values()) == sum(r.expected.kind is not None for r in results)


@given(runs)
def test_every_value_is_that_of_a_slow_way(report: Report) -> None:
    found = {name: (figure.value, figure.n) for name, figure in measure(report, samples=1).overall.items()}
    wanted = slowly(report)
    assert found.keys() == wanted.keys()
    for name, pair in wanted.items():
        assert found[name] == pytest.approx(pair, abs=1e-6), name


# The slow way: characters as sets, ranks by looking at all, thresholds one by one


def slowly(report: Report) -> dict[str, tuple[float, int]]:
    results = report.results
    found: dict[str, tuple[float, int]] = {"accuracy": mean([float(r.grade.right) for r in results])}
    for name, values in {
        "answer_f1": [r.grade.f1 for r in results if r.grade.f1 is not None],
        "answer_exact": [r.grade.exact for r in results if r.grade.exact is not None],
        "follow_up_success": [float(r.grade.right) for r in results if r.expected.depth > 1],
        "verdict_right": [float(r.answer.verdict == r.expected.verdict) for r in results if r.expected.verdict],
        "verdict_wrong": [
            float(r.answer.verdict not in ("", r.expected.verdict)) for r in results if r.expected.verdict
        ],
        "kind_accuracy": [float(r.answer.kind == r.expected.kind) for r in results if r.expected.kind],
        "abstention_precision": [float(not r.expected.answerable) for r in results if r.answer.status != "answered"],
        "abstention_recall": [float(r.answer.status != "answered") for r in results if not r.expected.answerable],
        **slow_ranks(report),
    }.items():
        if values:
            found[name] = mean(values)
    either = sum(r.answer.status != "answered" or not r.expected.answerable for r in results)
    if either:
        p, r = (found.get(f"abstention_{name}", (0.0, 0))[0] for name in ("precision", "recall"))
        found["abstention_f1"] = (2 * p * r / (p + r) if p + r else 0.0, either)
    return {**found, **slow_citations(results), **slow_confidence(results)}


def mean(values: Sequence[float]) -> tuple[float, int]:
    return sum(values) / len(values), len(values)


def characters(places: Iterable[Place]) -> set[tuple[str, int]]:
    return {(article, n) for article, start, end in places for n in range(start, end)}


def slow_citations(results: Sequence[Result]) -> dict[str, tuple[float, int]]:
    precise, recalled = [], []
    for r in results:
        if not r.places:
            continue
        cited = [characters([(c.article_id, c.start, c.end)]) for c in r.answer.citations]
        wanted = [characters([place]) for quote in r.places for place in quote]
        if cited:
            whole = set().union(*cited)
            precise.append((len(whole & set().union(*wanted)), len(whole)))
        every = set().union(*cited)
        covers = [
            (max((len(characters([place]) & every) for place in quote), default=0), len(text))
            for quote, text in zip(r.places, r.expected.evidence, strict=True)
        ]
        if r.expected.all_evidence:
            recalled += [covers]
        else:
            best = max(known / total for known, total in covers)
            recalled += [[min((cover for cover in covers if cover[0] / cover[1] == best), key=lambda cover: cover[1])]]
    found = {}
    if precise:
        found["citation_precision"] = (
            sum(good for good, _ in precise) / sum(total for _, total in precise),
            len(precise),
        )
    if recalled:
        known, total = (sum(cover[n] for covers in recalled for cover in covers) for n in (0, 1))
        found["citation_recall"] = known / total, len(recalled)
    return found


def slow_ranks(report: Report) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {"R@1": [], "R@5": [], "MRR": [], "nDCG@10": []}
    every = {name: characters([place]) for name, place in report.passages().items()}
    for r in report.results:
        if not r.places:
            continue
        order = [every[name] for name in r.answer.trace.searched or [e.passage.id for e in r.answer.evidence]]
        for k in (1, 5):
            met = [any(characters(quote) & one for one in order[:k]) for quote in r.places]
            found[f"R@{k}"].append(sum(met) / len(met) if r.expected.all_evidence else float(any(met)))
        wanted = characters(place for quote in r.places for place in quote)
        gains = [bool(wanted & one) for one in order]
        ideal = sorted((bool(wanted & one) for one in every.values()), reverse=True)
        found["MRR"].append(max((1 / rank for rank, gain in enumerate(gains, 1) if gain), default=0.0))
        found["nDCG@10"].append(discounted(gains) / (discounted(ideal) or 1.0))
    return found


def discounted(gains: Sequence[bool]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains[:10], 1))


def slow_confidence(results: Sequence[Result]) -> dict[str, tuple[float, int]]:
    answers = [(r.answer.confidence, r.grade.right) for r in results if r.answer.status == "answered"]
    if not answers:
        return {}
    risks = []
    for threshold, _ in answers:
        left = [right for confidence, right in answers if confidence >= threshold]
        risks.append(1 - sum(left) / len(left))
    error = 0.0
    for number in range(10):
        inside = [one for one in answers if min(int(one[0] * 10), 9) == number]
        error += abs(sum(confidence - right for confidence, right in inside)) / len(answers)
    return {"AURC": mean(risks), "ECE": (error, len(answers))}
