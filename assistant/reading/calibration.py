"""Calibration: what is known of an answer -> the probability that it is right, and the threshold below which the reader abstains.

A logistic model over a few values (Platt, 1999, with more than one input).
"""

from __future__ import annotations

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
    """

    trust: Values
    threshold: float

    def probability(self, values: Values) -> float:
        """The probability that the answer with these values is right."""
        return logistic(float(self.trust[0]) + float(np.dot(self.trust[1:], values)))

    def to_dict(self) -> dict[str, Any]:
        """The calibration as it stands beside the network."""
        return {"trust": self.trust.tolist(), "threshold": self.threshold}


def calibration_of(known: dict[str, Any]) -> Calibration:
    """The calibration in the details of a network."""
    found = known["calibration"]
    return Calibration(np.array(found["trust"]), found["threshold"])


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
