"""The risk-coverage curve and the calibration error against what is computed by hand."""

from __future__ import annotations

import json
import math
from itertools import pairwise

import pytest

from assistant.questions.metrics.figures import ConfidenceBin, RiskPoint
from assistant.questions.metrics.measure import metrics_to_dict
from tests.assistant.questions.measuring import RIGHT, WRONG, Question, about, measured, value


def test_risk_and_coverage_of_answers() -> None:
    results = [
        Question(confidence=0.9),
        Question(outcome=WRONG, confidence=0.7),
        Question(confidence=0.7),
        Question(confidence=0.2),
        Question(outcome="refused wrongly", status="not_found", confidence=0.99),
    ]
    found = measured(*results)
    assert found.risk_coverage == (
        RiskPoint(0.9, 1 / 4, 0.0),
        RiskPoint(0.7, 3 / 4, 1 / 3),
        RiskPoint(0.2, 1.0, 1 / 4),
    )
    # Each answer at its own threshold: 0, twice 1/3, 1/4.
    assert value("AURC", *results) == about((0 + 1 / 3 + 1 / 3 + 1 / 4) / 4, 4)


def test_a_perfect_order_has_less_area_than_the_reverse() -> None:
    good = [Question(outcome=outcome, confidence=c) for outcome, c in [(RIGHT, 0.9), (RIGHT, 0.8), (WRONG, 0.1)]]
    bad = [Question(outcome=outcome, confidence=c) for outcome, c in [(RIGHT, 0.1), (RIGHT, 0.2), (WRONG, 0.9)]]
    assert value("AURC", *good) == about((0 + 0 + 1 / 3) / 3, 3)
    assert value("AURC", *bad) == about((1 + 1 / 2 + 1 / 3) / 3, 3)


def test_calibration_error_by_bins() -> None:
    results = [
        Question(confidence=0.92),
        Question(outcome=WRONG, confidence=0.96),
        Question(confidence=1.0),
        Question(outcome=WRONG, confidence=0.1),
        Question(confidence=0.19),
        Question(status="not_found", confidence=0.55),
    ]
    error = (3 * abs((0.92 + 0.96 + 1) / 3 - 2 / 3) + 2 * abs((0.1 + 0.19) / 2 - 1 / 2)) / 5
    assert value("ECE", *results) == about(error, 5)
    first, last = measured(*results).confidence
    assert (first.confidence, first.accuracy, first.n) == pytest.approx((0.145, 0.5, 2))
    assert (last.confidence, last.accuracy, last.n) == pytest.approx((0.96, 2 / 3, 3))


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.1), (0.19, 0.2), (0.69, 0.7), (0.85, 0.95), (0.89, 1.0)])
def test_bins_part_where_a_tenth_begins(low: float, high: float) -> None:
    results = [Question(confidence=high), Question(outcome=WRONG, confidence=low)]
    assert measured(*results).confidence == (ConfidenceBin(low, 0.0, 1), ConfidenceBin(high, 1.0, 1))
    assert value("ECE", *results) == about((low + 1 - high) / 2, 2)


def test_the_last_bin_holds_certainty() -> None:
    assert measured(Question(confidence=0.9), Question(confidence=1.0)).confidence == (ConfidenceBin(0.95, 1.0, 2),)


def test_a_long_curve_is_thinned_and_keeps_its_ends() -> None:
    results = [Question(outcome=WRONG if n % 3 else RIGHT, confidence=1 - n / 1000) for n in range(999)]
    curve = measured(*results).risk_coverage
    assert len(curve) == 200
    assert curve[0] == RiskPoint(1.0, 1 / 999, 0.0)
    assert curve[-1] == RiskPoint(1 - 998 / 1000, 1.0, 666 / 999)
    steps = [after.coverage - before.coverage for before, after in pairwise(curve)]
    assert max(steps) < 1.3 * min(steps)


@pytest.mark.parametrize("confidence", [math.nan, math.inf, -math.inf, 7.5, -3.0])
def test_a_confidence_that_is_no_probability_spoils_nothing(confidence: float) -> None:
    found = measured(Question(confidence=confidence), Question(outcome=WRONG, confidence=0.4))
    assert all(0 <= figure.low <= figure.high <= 1 for figure in found.overall.values())
    assert json.dumps(metrics_to_dict(found), allow_nan=False)


def test_without_answers_there_is_no_curve() -> None:
    found = measured(Question(status="not_found"))
    assert (found.risk_coverage, found.confidence) == ((), ())
    assert {"AURC", "ECE"}.isdisjoint(found.overall)
