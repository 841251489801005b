"""Whether confidence can be trusted: the risk-coverage curve and the calibration error, over the questions that were answered.

Refused questions can't count: nobody knows whether the answer that was not given would have been right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.questions.metrics.figures import ConfidenceBin, RiskPoint
from assistant.questions.metrics.statistics import Values

BINS = 10
_MOST_POINTS = 200


@dataclass(frozen=True, slots=True)
class Confidences:
    """Answered questions, the most confident first.

    Attributes:
        rows: number of each answered question among all questions, shape (m,).
        confidence: of each, as the answer gives it, shape (m,).
        right: 1.0 = right, 0.0 = wrong, shape (m,).
        last: position of the last question of each distinct confidence, in ascending order, shape (thresholds,).
    """

    rows: npt.NDArray[np.intp]
    confidence: Values
    right: Values
    last: npt.NDArray[np.intp]

    @classmethod
    def of(cls, confidence: Values, right: Values, answered: npt.NDArray[np.bool_]) -> Confidences:
        """Take the answered ones of n questions, sorted.

        Args:
            confidence: shape (n,); anything but a number counts as none.
            right: 1.0 or 0.0, shape (n,).
            answered: whether it was answered, shape (n,).
        """
        confidence = np.nan_to_num(confidence, nan=0.0, posinf=1.0, neginf=0.0)
        rows = np.flatnonzero(answered)
        rows = rows[np.argsort(-confidence[rows], kind="stable")]
        found = confidence[rows]
        last = np.flatnonzero(np.append(found[1:] != found[:-1], True)) if len(rows) else rows
        return cls(rows, found, right[rows], last)

    def aurc(self, weights: Values) -> Values:
        """Area under the risk-coverage curve: the mean over the answers of the risk at each one's confidence.

        Geifman, Uziel and El-Yaniv (2019). Answers of equal confidence share one threshold, so their order does not matter.

        Args:
            weights: how often each of all n questions counts, shape (samples, n).

        Returns:
            Shape (samples,); NaN where nothing is answered.
        """
        if not len(self.rows):
            return np.full(len(weights), np.nan)
        drawn = weights[:, self.rows]
        covered = np.cumsum(drawn, axis=1)[:, self.last]
        wrong = np.cumsum(drawn * (1 - self.right), axis=1)[:, self.last]
        risk = wrong / np.maximum(covered, 1)
        return _divided((np.diff(covered, axis=1, prepend=0) * risk).sum(axis=1), covered[:, -1])

    def ece(self, weights: Values) -> Values:
        """Expected calibration error over ten bins of equal width (Naeini, Cooper and Hauskrecht, 2015).

        The mean over the answers of how far the mean confidence of their bin is from the share of it that is right.

        Args:
            weights: how often each of all n questions counts, shape (samples, n).

        Returns:
            Shape (samples,); NaN where nothing is answered.
        """
        drawn = weights[:, self.rows]
        excess = np.zeros((len(self.rows), BINS))
        excess[np.arange(len(self.rows)), self._bin()] = self._probability() - self.right
        return _divided(np.abs(drawn @ excess).sum(axis=1), drawn.sum(axis=1))

    def curve(self) -> tuple[RiskPoint, ...]:
        """The risk-coverage curve (Geifman and El-Yaniv, 2017): a point for each distinct confidence, at most 200 of them."""
        wrong = np.cumsum(1 - self.right)
        shown = self.last
        if len(shown) > _MOST_POINTS:
            shown = shown[np.linspace(0, len(shown) - 1, _MOST_POINTS).round().astype(np.intp)]
        m = len(self.rows)
        return tuple(
            RiskPoint(float(self.confidence[end]), (end + 1) / m, float(wrong[end]) / (end + 1))
            for end in map(int, shown)
        )

    def bins(self) -> tuple[ConfidenceBin, ...]:
        """The bins of the calibration error, the least confident first, empty ones left out."""
        place, probability = self._bin(), self._probability()
        chosen = [place == number for number in range(BINS)]
        return tuple(
            ConfidenceBin(float(probability[mask].mean()), float(self.right[mask].mean()), int(mask.sum()))
            for mask in chosen
            if mask.any()
        )

    def _probability(self) -> Values:
        # Another system's confidence may lie outside 0..1; for the curve only its order counts.
        return np.clip(self.confidence, 0.0, 1.0)

    def _bin(self) -> npt.NDArray[np.intp]:
        """Number of each answer's bin: [0, 0.1), [0.1, 0.2), … [0.9, 1]."""
        return np.minimum(self._probability() * BINS, BINS - 1).astype(np.intp)


def _divided(sums: Values, counts: Values) -> Values:
    """Divide; NaN where the divisor is 0."""
    quotients: Values = np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)
    return quotients
