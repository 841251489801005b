"""Answers are scored as the official SQuAD 2.0 script scores them; probabilities by the textbook."""

from __future__ import annotations

import numpy as np
import pytest

from assistant.core import squad_scores as scoring
from assistant.core.squad_scores import Scored, scored


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("The  Big-Apple!", "bigapple"),
        ("an apple a day", "apple day"),
        ("theatre", "theatre"),
        ("“quoted”", "“quoted”"),
        ("U.S.", "us"),
        ("the", ""),
    ],
)
def test_texts_are_normalised(text: str, same: str) -> None:
    assert scoring.normalized(text) == same


@pytest.mark.parametrize(
    ("gold", "answer", "em", "f1"),
    [
        ("the Normans", "Normans", 1.0, 1.0),
        ("in the 10th century", "10th century", 0.0, 0.8),
        ("10th and 11th centuries", "in the 10th and 11th centuries", 0.0, 8 / 9),
        ("Rollo", "Rollo Rollo", 0.0, 2 / 3),
        ("France", "Denmark", 0.0, 0.0),
        ("", "", 1.0, 1.0),
        ("the", "", 1.0, 1.0),
        ("France", "", 0.0, 0.0),
    ],
)
def test_answers_are_compared_by_token(gold: str, answer: str, em: float, f1: float) -> None:
    assert scoring.exact(gold, answer) == em
    assert scoring.f1(gold, answer) == pytest.approx(f1)


def test_the_nearest_of_several_right_answers_counts() -> None:
    row = scored("x", ["Denmark, Iceland and Norway", "Norway"], "Norway", 0.9)
    assert (row.em, row.f1, row.answerable, row.right) == (1.0, 1.0, True, True)


def test_an_answer_to_an_unanswerable_question_is_never_right() -> None:
    row = scored("x", [], "Norway", 0.9)
    assert (row.em, row.f1, row.answerable, row.right) == (0.0, 0.0, False, False)


ROWS = [
    Scored("x", True, 1.0, 1.0, 0.9),
    Scored("x", False, 0.0, 0.0, 0.8),
    Scored("x", True, 0.0, 0.5, 0.7),
    Scored("x", False, 0.0, 0.0, 0.2),
    Scored("x", True, 0.0, 0.0, 0.1),
]


def test_figures_abstain_below_the_threshold() -> None:
    found = scoring.figures(ROWS, 0.5)
    assert found["em"] == pytest.approx(100 * 2 / 5)
    assert found["f1"] == pytest.approx(100 * 2.5 / 5)
    assert found["has_ans_f1"] == pytest.approx(100 * 1.5 / 3)
    assert found["no_ans_accuracy"] == pytest.approx(50)


def test_the_best_threshold_is_the_best_of_all() -> None:
    found = scoring.figures(ROWS, 0.5)
    tried = [scoring.figures(ROWS, t)["f1"] for t in (0.0, 0.15, 0.5, 0.75, 0.85, 1.0)]
    assert found["best_f1"] == pytest.approx(max(t for t in tried if t is not None))
    assert scoring.figures(ROWS, float(found["best_threshold"] or 0))["f1"] == pytest.approx(found["best_f1"])


def test_answers_of_equal_confidence_stand_or_fall_together() -> None:
    rows = [Scored("x", True, 1.0, 1.0, 0.5), Scored("x", False, 0.0, 0.0, 0.5)]
    assert scoring.figures(rows, 0.5)["best_f1"] == pytest.approx(50)


def test_auroc_counts_ties_half() -> None:
    assert scoring.auroc(np.array([0.9, 0.5]), np.array([0.5, 0.1])) == pytest.approx(3.5 / 4)
    assert scoring.auroc(np.array([0.9]), np.array([])) is None


def test_calibration_error_is_the_weighted_gap_of_the_bins() -> None:
    confidence, right = np.array([0.95, 0.95, 0.05, 1.0]), np.array([True, False, False, True])
    assert scoring.calibration_error(confidence, right) == pytest.approx((abs(2.9 - 2) + 0.05) / 4)


def test_risk_and_coverage_start_with_the_surest() -> None:
    points = scoring.risk_coverage(ROWS)
    assert points[0] == (0.2, 0.0)
    assert points[-1] == (1.0, pytest.approx(3 / 5))
