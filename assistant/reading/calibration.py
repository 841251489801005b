"""Calibration: what is known of an answer -> the probability that it is right, and the threshold below which the reader abstains.

A logistic model over a few values (Platt, 1999, with more than one input).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.core.logistic import logistic

Values = npt.NDArray[np.float64]
_RIDGE = 1.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights and a threshold, fitted on held-out questions.

    Attributes:
        trust: weights of a logistic model, the intercept first.
        threshold: the reader abstains if its answer is less probable than this.
        verdict: weights of another one, of whether a verdict on a yes/no question is right; None = none was fitted.
        certain_from: "yes" and "no" are said from this probability on.
    """

    trust: Values
    threshold: float
    verdict: Values | None = None
    certain_from: float = 1.0

    def probability(self, values: Values) -> float:
        """The probability that the answer with these values is right."""
        return _applied(self.trust, values)

    def certain(self, values: Values, confidence: float) -> float:
        """The probability that a verdict is right, from its values and the confidence in its sentence; 0 if none was fitted."""
        return 0.0 if self.verdict is None else _applied(self.verdict, with_confidence(values, confidence))

    def to_dict(self) -> dict[str, Any]:
        """The calibration as it stands beside the network."""
        known: dict[str, Any] = {"trust": self.trust.tolist(), "threshold": self.threshold}
        if self.verdict is not None:
            known |= {"verdict": self.verdict.tolist(), "certain from": self.certain_from}
        return known


def calibration_of(known: dict[str, Any]) -> Calibration:
    """The calibration in the details of a network."""
    found = known["calibration"]
    verdict = np.array(found["verdict"]) if "verdict" in found else None
    return Calibration(np.array(found["trust"]), found["threshold"], verdict, found.get("certain from", 1.0))


def with_confidence(values: Values, confidence: float) -> Values:
    """The values of a verdict, with the confidence in its sentence as a logit behind them."""
    bounded = min(max(confidence, 1e-4), 1 - 1e-4)
    return np.append(values, math.log(bounded / (1 - bounded)))


def _applied(weights: Values, values: Values) -> float:
    return logistic(float(weights[0]) + float(np.dot(weights[1:], values)))


def fit(values: Sequence[Values], right: Sequence[bool]) -> Values:
    """The weights of a logistic regression with an L2 penalty, fitted by Newton's method; the intercept first."""
    # Scaled, so that the penalty treats all values alike; values that hardly vary are not blown up.
    raw = np.stack(values)
    mean, scale = raw.mean(axis=0), np.maximum(raw.std(axis=0), 1e-3)
    x = np.column_stack([np.ones(len(raw)), (raw - mean) / scale])
    y = np.array(right, dtype=float)
    penalty = _RIDGE * np.eye(x.shape[1])
    penalty[0, 0] = 0.0
    weights = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (y - p) - penalty @ weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + penalty
        weights += np.linalg.solve(hessian, gradient)
    slopes = weights[1:] / scale
    return np.concatenate([[weights[0] - slopes @ mean], slopes])
