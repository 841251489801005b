"""Calibration: readers' scores -> the probability that the answer is right, and the threshold below which the reader abstains.

Uses logistic models over a few values (Platt, 1999, with more than one input): one chooses among candidates, the other tells how
far to trust the chosen one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.network.spans import Reading
from assistant.reading.alignment import telling_words
from assistant.understanding.analysis import QuestionAnalysis
from index.passages import sentences
from index.stemming import stem

Values = npt.NDArray[np.float64]
_RIDGE = 1.0
FEATURES = ("span score", "names missing", "numbers missing", "meaning")
"""Names are looked for in the answer's sentence and its neighbours, numbers in the sentence alone. The network's logit of being
answerable adds nothing to the span score here, for one context; for several passages it does."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights and a threshold, fitted on held-out questions.

    Attributes:
        trust: weights of a logistic model, the intercept first.
        threshold: the reader abstains if its answer is less probable than this.
        choose: weights for choosing among candidates; empty if there is nothing to choose.
    """

    trust: Values
    threshold: float
    choose: Values

    def probability(self, values: Values) -> float:
        """The probability that the answer with these values is right."""
        score = float(self.trust[0]) + float(np.dot(self.trust[1:], values))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))

    def to_dict(self) -> dict[str, Any]:
        """The calibration as it stands in `reader.json`."""
        return {"choose": self.choose.tolist(), "trust": self.trust.tolist(), "threshold": self.threshold}


def calibration_of(known: dict[str, Any], setting: str) -> Calibration:
    """The calibration in the details of `reader.json`; setting "single" for one context, "evidence" for passages of a search."""
    found = known["calibration"][setting]
    return Calibration(np.array(found["trust"]), found["threshold"], np.array(found["choose"]))


def features(asked: QuestionAnalysis, reading: Reading, context: str, meaning: float) -> Values:
    """Values in the order of `FEATURES`.

    Args:
        asked: the question.
        reading: the network's result for the context.
        context: the text that was read.
        meaning: cosine of the question and the answer's sentence.
    """
    spans = sentences(context)
    place = _place(spans, reading)
    here, around = (_stems(context, spans[max(0, place - n) : place + n + 1]) for n in (0, 1))
    return np.array([
        reading.score,
        _missing([term for term in asked.terms if term in asked.names], around),
        _missing([term for term in asked.terms if any(letter.isdigit() for letter in term)], here),
        meaning,
    ])  # fmt: skip


def answering_sentence(reading: Reading, context: str) -> str:
    """The sentence that the best span starts in."""
    spans = sentences(context)
    return context[slice(*spans[_place(spans, reading)])] if spans else ""


def _place(spans: Sequence[tuple[int, int]], reading: Reading) -> int:
    start = reading.spans[0].start if reading.spans else 0
    return max((n for n, (first, _) in enumerate(spans) if first <= start), default=0)


def _stems(context: str, spans: Sequence[tuple[int, int]]) -> set[str]:
    return {stem(word) for start, end in spans for word in telling_words(context[start:end])}


def _missing(words: Sequence[str], present: set[str]) -> float:
    return sum(stem(word) not in present for word in words) / len(words) if words else 0.0


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


def fit_choice(groups: Sequence[Sequence[Values]], right: Sequence[Sequence[bool]]) -> Values:
    """The weights that make right candidates the likeliest of each group (conditional logit, McFadden, 1974; L2 penalty).

    Args:
        groups: the values of each question's candidates.
        right: which candidates are right; a group without a right one is left out.
    """
    taught = [(np.stack(x), np.array(y, dtype=float)) for x, y in zip(groups, right, strict=True) if any(y)]
    size = taught[0][0].shape[1]
    weights = np.zeros(size)
    for _ in range(30):
        gradient, hessian = -_RIDGE * weights, _RIDGE * np.eye(size)
        for x, y in taught:
            p = _likelihoods(x @ weights)
            aimed = p * y / float(p @ y)
            gradient = gradient + x.T @ (aimed - p)
            hessian = hessian + (x * p[:, None]).T @ x - np.outer(x.T @ p, x.T @ p)
        weights += np.linalg.solve(hessian, gradient)
    return weights


def _likelihoods(scores: Values) -> Values:
    powers = np.exp(scores - scores.max()) + 1e-12
    likelihoods: Values = powers / powers.sum()
    return likelihoods
