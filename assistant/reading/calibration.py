"""From what a network found to a probability that means what it says, and the threshold under which an answer is none.

A logistic model over a handful of values (Platt, 1999, with more than one input): the network's own scores, and how many of the
question's telling words, names and numbers the text around lacks, which a small network overlooks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.asking import Asked
from assistant.reading.support import telling_words
from assistant.reading.windows import Reading
from index.spelling import stem

Values = npt.NDArray[np.float64]
_RIDGE = 1.0
FEATURES = ("span score", "answerable", "sure of the words", "words missing", "names missing", "numbers missing")
EVIDENCE_FEATURES = (*FEATURES, "first passage", "headline", "lead", "words agree", "words trust", "same sentence")


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of a logistic model, the intercept first, and the threshold chosen for it."""

    weights: tuple[float, ...]
    threshold: float

    def probability(self, values: Values) -> float:
        """That the best span is right."""
        score = self.weights[0] + float(np.dot(self.weights[1:], values))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def calibration_of(known: dict[str, Any], setting: str) -> Calibration:
    """Of `reader.json`; setting "single" for one context, "evidence" for the passages of a search."""
    return Calibration(tuple(known["calibration"][setting]["weights"]), known["calibration"][setting]["threshold"])


def features(asked: Asked, reading: Reading, around: str) -> Values:
    """Values in the order of `FEATURES`.

    Args:
        asked: the question.
        reading: of the context.
        around: the context, with the title and the neighbours where they are known.
    """
    present = {stem(word) for word in telling_words(around)}
    return np.array([
        *reading.features,
        _missing(asked.terms, present),
        _missing([term for term in asked.terms if term in asked.names], present),
        _missing([term for term in asked.terms if any(letter.isdigit() for letter in term)], present),
    ])  # fmt: skip


def evidence_features(
    per_passage: Sequence[Values], best: int, *, headline: bool, second: tuple[float, float, bool]
) -> Values:
    """Values in the order of `EVIDENCE_FEATURES`.

    Args:
        per_passage: `features` of each passage that was read, in the order of the search.
        best: the passage whose span is judged.
        headline: whether it is one.
        second: the quoting reader's opinion: the probabilities that the span's sentence, and that any sentence answers, and
            whether it would quote the same.
    """
    here, any_one, same = second
    scores = [float(values[0]) for values in per_passage]
    others = [score for n, score in enumerate(scores) if n != best]
    lead = scores[best] - max(others) if others else 0.0
    return np.array([
        *per_passage[best],
        float(best == 0),
        float(headline),
        float(np.clip(lead, -10, 10)),
        _logit(here),
        _logit(any_one),
        float(same),
    ])  # fmt: skip


def _logit(probability: float) -> float:
    kept = min(max(probability, 0.01), 0.99)
    return math.log(kept / (1 - kept))


def _missing(words: Sequence[str], present: set[str]) -> float:
    return sum(stem(word) not in present for word in words) / len(words) if words else 0.0


def fit(values: Sequence[Values], right: Sequence[bool]) -> Values:
    """Logistic regression with an L2 penalty, by Newton's method: the weights, the intercept first."""
    x = np.column_stack([np.ones(len(values)), np.stack(values)])
    y = np.array(right, dtype=float)
    penalty = _RIDGE * np.eye(x.shape[1])
    penalty[0, 0] = 0.0
    weights = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (y - p) - penalty @ weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + penalty
        weights = weights + np.linalg.solve(hessian, gradient)
    return weights
