"""Computes the figures of a run under their standard names, over all questions, by tag and by turn, with intervals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.core.draft import Usage
from assistant.questions.metrics.confidence import Confidences
from assistant.questions.metrics.figures import FIGURES, Figure, Latency, Metrics
from assistant.questions.metrics.form import kinds, of_form, verdicts
from assistant.questions.metrics.ranking import Pool, citations, retrieval
from assistant.questions.metrics.statistics import Ratios, Values, bootstrap, percentile
from assistant.questions.reports import OUTCOMES, STAGES, Report, Result

_OF_CONFIDENCE = ("AURC", "ECE")
_RATIOS = tuple(name for name in FIGURES if name not in _OF_CONFIDENCE)
_DIGITS = 6


def measure(report: Report, *, seed: int = 0, samples: int = 1000, timings: bool = True) -> Metrics:
    """Compute all figures of a run, to six digits. The order of the questions and of their tags makes no difference.

    Args:
        report: the run.
        seed: of the bootstrap.
        samples: of the bootstrap, for each figure.
        timings: False = without latency and a language model's seconds, so that runs that differ only in time agree.
    """
    # Sorted by id, so that the bootstrap intervals do not depend on the order either.
    results = sorted(report.results, key=lambda result: result.expected.id)
    table = _Table.of(results, Pool(report.passages()))
    tags, depths = _by_tag(results), _by_depth(results)
    answers = table.confidences()
    return Metrics(
        overall=_figures(table, seed, samples),
        by_tag={tag: _figures(table.only(tags[tag]), seed, samples) for tag in sorted(tags)},
        by_depth={depth: _figures(table.only(depths[depth]), seed, samples) for depth in sorted(depths)},
        outcomes=_counted([result.grade.outcome for result in results], OUTCOMES),
        stages=_counted([result.grade.stage for result in results if result.grade.stage], STAGES),
        risk_coverage=answers.curve(),
        confidence=answers.bins(),
        latency=_latency([result.seconds for result in results]) if timings else None,
        usage=_usage(results, timings),
        verdicts=verdicts(results),
        kinds=kinds(results),
    )


# The ratios of each question


@dataclass(frozen=True, slots=True)
class _Table:
    """The numbers of n questions that figures are computed from.

    Attributes:
        above: what each adds to the numerator of each ratio, shape (n, ratios), in the order of `_RATIOS`.
        below: likewise to the denominator; 0 where the question does not count.
        confidence: shape (n,).
        right: 1.0 or 0.0, shape (n,).
        answered: shape (n,).
    """

    above: Values
    below: Values
    confidence: Values
    right: Values
    answered: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, results: Sequence[Result], pool: Pool) -> _Table:
        rows = [_ratios(result, pool) for result in results]
        pairs = np.array([[row.get(name, (0.0, 0.0)) for name in _RATIOS] for row in rows], dtype=np.float64)
        pairs = pairs.reshape(len(rows), len(_RATIOS), 2)
        return cls(
            pairs[:, :, 0],
            pairs[:, :, 1],
            np.array([result.answer.confidence for result in results], dtype=np.float64),
            np.array([result.grade.right for result in results], dtype=np.float64),
            np.array([result.answer.status == "answered" for result in results], dtype=np.bool_),
        )

    def only(self, rows: Sequence[int]) -> _Table:
        """The table of some of the questions."""
        n = np.asarray(rows)
        return _Table(self.above[n], self.below[n], self.confidence[n], self.right[n], self.answered[n])

    def confidences(self) -> Confidences:
        """The confidences of the answered questions."""
        return Confidences.of(self.confidence, self.right, self.answered)


def _ratios(result: Result, pool: Pool) -> Ratios:
    return {
        **_grades(result),
        **_abstention(result),
        **citations(result),
        **of_form(result),
        **retrieval(result, pool),
    }


def _grades(result: Result) -> Ratios:
    """Accuracy, overall and of follow-ups, with SQuAD's F1 and exact match. An answer that is too slow counts as right."""
    right = float(result.grade.right)
    ratios: Ratios = {"accuracy": (right, 1.0)}
    if result.expected.depth > 1:
        ratios["follow_up_success"] = right, 1.0
    for name, value in (("answer_f1", result.grade.f1), ("answer_exact", result.grade.exact)):
        if value is not None:
            ratios[name] = value, 1.0
    return ratios


def _abstention(result: Result) -> Ratios:
    """Precision, recall and F1 of refusals as the detection of unanswerable questions; F1 = 2 tp / (refused + unanswerable)."""
    refused, unanswerable = float(result.answer.status != "answered"), float(not result.expected.answerable)
    both = refused * unanswerable
    return {
        "abstention_precision": (both, refused),
        "abstention_recall": (both, unanswerable),
        "abstention_f1": (2 * both, refused + unanswerable),
    }


# Figures over questions


def _figures(table: _Table, seed: int, samples: int) -> dict[str, Figure]:
    """Figures by name; without those that no question in the table measures."""
    count = len(table.right)
    if not count:
        return {}
    answers = table.confidences()

    def statistic(weights: Values) -> Values:
        below = weights @ table.below
        ratios = np.divide(weights @ table.above, below, out=np.full(below.shape, np.nan), where=below > 0)
        figures = np.column_stack([ratios, answers.aurc(weights), answers.ece(weights)])
        clipped: Values = np.clip(figures, 0.0, 1.0)  # corrects rounding errors, nothing else
        return clipped

    # Rounded, because the last digits of a sum differ between processors, and reports should be the same.
    values, lows, highs = bootstrap(statistic, count, seed=seed, samples=samples).round(_DIGITS).tolist()
    measured = [*(table.below > 0).sum(axis=0).tolist(), *[len(answers.rows)] * len(_OF_CONFIDENCE)]
    figures = map(Figure, values, lows, highs, measured)
    found = dict(zip((*_RATIOS, *_OF_CONFIDENCE), figures, strict=True))
    return {name: found[name] for name in FIGURES if found[name].n}


def _by_tag(results: Sequence[Result]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = {}
    for row, result in enumerate(results):
        for tag in dict.fromkeys(result.expected.tags):
            rows.setdefault(tag, []).append(row)
    return rows


def _by_depth(results: Sequence[Result]) -> dict[int, list[int]]:
    rows: dict[int, list[int]] = {}
    for row, result in enumerate(results):
        rows.setdefault(result.expected.depth, []).append(row)
    return rows


def _counted(found: Sequence[str], order: Sequence[str]) -> dict[str, int]:
    counts = Counter(found)
    return {name: counts[name] for name in order if counts[name]}


def _latency(seconds: Sequence[float]) -> Latency | None:
    """None if no answer took any time, as in a report without timings."""
    if not any(seconds):
        return None
    return Latency(percentile(seconds, 50), percentile(seconds, 95), sum(seconds))


def _usage(results: Sequence[Result], timings: bool) -> Usage:
    used = sum((result.answer.trace.usage for result in results), Usage())
    return used if timings else replace(used, seconds=0.0)


# As data


def metrics_to_dict(metrics: Metrics, *, timings: bool = True) -> dict[str, Any]:
    """JSON types only, numbers with six digits after the point; the same for the same figures.

    Args:
        metrics: as `measure` gives them.
        timings: False = without latency and a language model's seconds.
    """
    found: dict[str, Any] = {
        "overall": _named(metrics.overall),
        "by_tag": {tag: _named(figures) for tag, figures in metrics.by_tag.items()},
        "by_depth": {str(depth): _named(figures) for depth, figures in metrics.by_depth.items()},
        "outcomes": dict(metrics.outcomes),
        "stages": dict(metrics.stages),
        "risk_coverage": [_plain(point) for point in metrics.risk_coverage],
        "confidence": [_plain(one) for one in metrics.confidence],
    }
    # Only where a question expects them, so that reports of older sets stay the same.
    found |= {name: dict(counts) for name in ("verdicts", "kinds") if (counts := getattr(metrics, name))}
    if timings and metrics.latency is not None:
        found["latency"] = _plain(metrics.latency)
    if metrics.usage.requests:
        found["usage"] = _plain(metrics.usage)
        if not timings:
            del found["usage"]["seconds"]
    return found


def _named(figures: Mapping[str, Figure]) -> dict[str, Any]:
    return {name: _plain(figure) for name, figure in figures.items()}


def _plain(data: Any) -> dict[str, Any]:
    """A flat dataclass with its floats rounded."""
    return {key: round(value, _DIGITS) if isinstance(value, float) else value for key, value in asdict(data).items()}
