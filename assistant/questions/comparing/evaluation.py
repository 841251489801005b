"""A run with its figures and its comparison with the baseline: all that any kind of report is made from."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.questions.metrics.figures import Comparison, Metrics
from assistant.questions.reports import Report


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A run of one question set; `comparison` is None without a baseline."""

    report: Report
    metrics: Metrics
    comparison: Comparison | None = None
