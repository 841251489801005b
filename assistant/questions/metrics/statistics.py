"""Statistics of figures and differences: bootstrap intervals, McNemar's test, percentiles."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

Ratios = dict[str, tuple[float, float]]
"""Name of a figure -> what a question adds to its numerator and to its denominator."""

Statistic = Callable[[Values], Values]
"""Weights of shape (samples, n) -> figures of shape (samples, figures); NaN where a figure can't be measured on a sample.
A weight says how often a question is in the sample."""

_INTERVAL = (2.5, 97.5)
_CHUNK = 1 << 16
"""Weights in memory at once (half a MiB): independent of the number of samples, and small enough for the CPU's cache."""


def bootstrap(statistic: Statistic, n: int, *, seed: int = 0, samples: int = 1000) -> Values:
    """Compute figures over n questions with their 95 % percentile bootstrap intervals.

    Each sample draws n of the questions with replacement (Efron, 1979). Samples in which a figure can't be measured are left
    out of its interval. The interval of a mean, or of a ratio of sums, contains its value; that of a biased figure, as the
    calibration error, may lie above it.

    Args:
        statistic: computes all figures at once, so that they share the samples.
        n: number of questions, at least 1.
        seed: the same seed gives the same samples.
        samples: how many are drawn, at least 1.

    Returns:
        Shape (3, figures): the value, the low end and the high end of each; NaN where the value can't be measured.

    Raises:
        ValueError: no questions, or no samples.
    """
    if n < 1 or samples < 1:
        raise ValueError(f"{n} questions and {samples} samples can't be resampled; give at least one of each.")
    value = statistic(np.ones((1, n)))[0]
    drawn = np.concatenate([statistic(weights) for weights in _resampled(n, seed, samples)])
    ends = [_ends(drawn[:, column], float(value[column])) for column in range(len(value))]
    return np.vstack([value, np.array(ends).reshape(-1, 2).T])


def _resampled(n: int, seed: int, samples: int) -> Iterator[Values]:
    """The weights of all samples, in chunks of `_CHUNK`."""
    rng = np.random.default_rng(seed)
    rows = max(1, _CHUNK // n)
    for first in range(0, samples, rows):
        count = min(rows, samples - first)
        cells = rng.integers(0, n, size=(count, n)) + np.arange(0, count * n, n)[:, None]
        yield np.bincount(cells.ravel(), minlength=count * n).reshape(count, n).astype(np.float64)


def _ends(drawn: Values, value: float) -> tuple[float, float]:
    drawn = drawn[~np.isnan(drawn)]
    if np.isnan(value) or not len(drawn):
        return value, value
    low, high = np.percentile(drawn, _INTERVAL)
    return float(low), float(high)


def percentile(values: npt.ArrayLike, percent: float) -> float:
    """The value that `percent` of the values do not exceed, with linear interpolation between neighbours.

    Definition 7 of Hyndman and Fan (1996), which NumPy and spreadsheets use.

    Args:
        values: at least one.
        percent: 0..100.

    Raises:
        ValueError: no values.
    """
    given = np.asarray(values, dtype=np.float64)
    if not given.size:
        raise ValueError("Nothing has no percentiles; give at least one value.")
    return float(np.percentile(given, percent))


def mcnemar(b: int, c: int) -> float:
    """McNemar's test (1947), exact and two-sided: how likely chance alone splits b and c at least this unevenly.

    By chance alone, a question that is right in only one of two runs is as likely to be so in either: b is binomial with
    n = b + c and p = 1/2.

    Args:
        b: questions right before only.
        c: questions right now only.

    Returns:
        The p-value, at most 1; 1 where no question differs.

    Raises:
        ValueError: one of them is negative.
    """
    if b < 0 or c < 0:
        raise ValueError(f"{b} and {c} are no numbers of questions.")
    n, term, tail = b + c, 1, 0
    for k in range(min(b, c) + 1):
        tail += term
        term = term * (n - k) // (k + 1)
    # Integers up to this line, because 2 ** 1000 and more overflow a float.
    return min(1.0, 2 * tail / (1 << n))
