"""Intervals, McNemar's test and percentiles, against what can be counted by hand or tried out one by one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.questions.metrics.statistics import Statistic, Values, bootstrap, mcnemar, percentile


def mean_of(values: list[float]) -> Statistic:
    column = np.array(values)

    def statistic(weights: Values) -> Values:
        means: Values = weights @ column / weights.sum(axis=1)
        return means[:, None]

    return statistic


# Bootstrap


@pytest.mark.parametrize(
    ("values", "low", "high"),
    [
        # Of the 27 samples of three, 8 hold no 1 and one, 3.7 %, holds nothing else.
        ([0.0, 0.0, 1.0], 0.0, 1.0),
        # Of the 256 samples of four, 81 hold no 1, 13 hold three or four, and one four.
        ([0.0, 0.0, 0.0, 1.0], 0.0, 0.75),
        ([1.0, 1.0], 1.0, 1.0),
        ([0.5], 0.5, 0.5),
    ],
)
def test_the_interval_of_a_mean_is_that_of_all_samples(values: list[float], low: float, high: float) -> None:
    # Often enough that there is nothing between neighbours.
    everything = [sum(sample) / len(sample) for sample in product(values, repeat=len(values))] * 100
    assert np.percentile(everything, [2.5, 97.5]) == pytest.approx([low, high])
    found = bootstrap(mean_of(values), len(values), samples=20_000)
    assert found[:, 0] == pytest.approx([sum(values) / len(values), low, high])


def test_the_interval_of_many_questions_is_nearly_the_normal_one() -> None:
    value, low, high = bootstrap(mean_of([0.0, 1.0] * 200), 400, samples=4000)[:, 0]
    half = 1.96 * (0.25 / 400) ** 0.5
    assert value == 0.5
    assert (low, high) == pytest.approx((0.5 - half, 0.5 + half), abs=0.005)


def test_nineteen_of_twenty_intervals_hold_the_true_value() -> None:
    rng = np.random.default_rng(5)
    held = 0
    for seed in range(300):
        sample = (rng.random(60) < 0.7).astype(float)
        _, low, high = bootstrap(mean_of(list(sample)), 60, seed=seed, samples=400)[:, 0]
        held += low <= 0.7 <= high
    assert 0.90 <= held / 300 <= 0.98


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(0, 2**32))
def test_the_interval_of_a_mean_holds_it_and_lies_among_the_values(values: list[float], seed: int) -> None:
    value, low, high = bootstrap(mean_of(values), len(values), seed=seed, samples=300)[:, 0]
    close = 1e-12
    assert min(values) - close <= low <= value + close
    assert value - close <= high <= max(values) + close


def test_every_sample_has_as_many_questions_and_all_are_drawn() -> None:
    seen: list[Values] = []

    def statistic(weights: Values) -> Values:
        seen.append(weights)
        return weights[:, :1]

    bootstrap(statistic, 1500, samples=700)
    value, *drawn = seen
    assert (value == 1).all()
    assert value.shape == (1, 1500)
    assert sum(len(weights) for weights in drawn) == 700
    assert all((weights.sum(axis=1) == 1500).all() for weights in drawn)
    assert max(weights.size for weights in drawn) < 700 * 1500
    counts = np.concatenate(drawn)
    assert 300 < counts[:, 0].sum() < 1100
    assert counts.mean(axis=0) == pytest.approx(np.ones(1500), abs=0.25)
    assert counts.var() == pytest.approx(1, abs=0.02)
    assert len({row.tobytes() for row in counts}) == 700


def test_samples_that_measure_nothing_are_left_out() -> None:
    def statistic(weights: Values) -> Values:
        first = np.where(weights[:, 0] > 0, 0.25, np.nan)
        return np.column_stack([first, np.full(len(weights), np.nan)])

    found = bootstrap(statistic, 4)
    assert found[:, 0].tolist() == [0.25, 0.25, 0.25]
    assert np.isnan(found[:, 1]).all()


def test_a_figure_that_no_sample_measures_has_no_width() -> None:
    def statistic(weights: Values) -> Values:
        return np.where((weights == 1).all(axis=1), 0.5, np.nan)[:, None]

    assert bootstrap(statistic, 40)[:, 0].tolist() == [0.5, 0.5, 0.5]


def test_the_same_seed_gives_the_same_samples() -> None:
    values = list(np.random.default_rng(1).random(50))
    first, again, other = (bootstrap(mean_of(values), 50, seed=seed) for seed in (3, 3, 4))
    assert first.tobytes() == again.tobytes()
    assert first[1:].tolist() != other[1:].tolist()


@pytest.mark.parametrize(("n", "samples"), [(0, 10), (10, 0)])
def test_nothing_can_not_be_resampled(n: int, samples: int) -> None:
    with pytest.raises(ValueError, match=f"{n} questions and {samples} samples"):
        bootstrap(mean_of([0.0] * n), n, samples=samples)


# McNemar's test


@pytest.mark.parametrize(
    ("b", "c", "p"),
    [
        (0, 0, 1.0),
        (0, 1, 1.0),
        (0, 5, 2 / 32),
        (1, 9, 2 * (1 + 10) / 1024),
        (5, 5, 1.0),
        (4, 6, 2 * (1 + 10 + 45 + 120 + 210) / 1024),
    ],
)
def test_mcnemar_by_hand(b: int, c: int, p: float) -> None:
    assert mcnemar(b, c) == pytest.approx(p, rel=1e-12)


@pytest.mark.parametrize("n", range(1, 11))
def test_mcnemar_counts_the_splits_that_are_as_uneven(n: int) -> None:
    splits = [sum(tosses) for tosses in product((0, 1), repeat=n)]
    for b in range(n + 1):
        as_uneven = sum(abs(split - n / 2) >= abs(b - n / 2) for split in splits)
        assert mcnemar(b, n - b) == pytest.approx(as_uneven / 2**n, rel=1e-12)


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_mcnemar_is_symmetric_and_a_probability(b: int, c: int) -> None:
    assert 0 <= mcnemar(b, c) == mcnemar(c, b) <= 1


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_more_uneven_split_is_less_likely(b: int, more: int) -> None:
    assert mcnemar(b, b + more + 1) <= mcnemar(b, b + more)


@pytest.mark.parametrize(("b", "c"), [(-1, 0), (0, -1)])
def test_less_than_no_questions_can_not_differ(b: int, c: int) -> None:
    with pytest.raises(ValueError, match="no numbers of questions"):
        mcnemar(b, c)


# Percentiles


@pytest.mark.parametrize(
    ("values", "percent", "value"),
    [
        ([3.0], 95, 3.0),
        ([2.0, 1.0], 50, 1.5),
        ([4.0, 1.0, 3.0, 2.0, 5.0], 50, 3.0),
        ([0.0, 10.0], 95, 9.5),
        (list(map(float, range(101))), 95, 95.0),
        ([1.0, 2.0], 0, 1.0),
        ([1.0, 2.0], 100, 2.0),
    ],
)
def test_percentiles(values: list[float], percent: float, value: float) -> None:
    assert percentile(values, percent) == pytest.approx(value)


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="no percentiles"):
        percentile([], 50)
