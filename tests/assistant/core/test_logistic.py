"""Logits as probabilities, whatever a network gives."""

from __future__ import annotations

import math

import pytest

from assistant.core.logistic import logistic


@pytest.mark.parametrize(("logit", "probability"), [(0.0, 0.5), (math.inf, 1.0), (-math.inf, 0.0), (1e9, 1.0)])
def test_a_logit_is_a_probability(logit: float, probability: float) -> None:
    assert logistic(logit) == pytest.approx(probability, abs=1e-9)


def test_what_is_no_number_is_not_probable() -> None:
    assert logistic(math.nan) == 0.0
