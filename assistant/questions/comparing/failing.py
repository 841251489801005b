"""Decides whether a run fails: by a question that should be right and is not, or by a figure that misses its threshold."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.core.errors import QuestionSetError
from assistant.questions.comparing.evaluation import Evaluation
from assistant.questions.metrics.figures import FIGURES, LESS_IS_BETTER, Comparison
from assistant.questions.reports import TOO_SLOW, Report, Result

LAW_BROKEN = "law broken"
_ROUNDING = 1e-9


def failed(report: Report, comparison: Comparison | None = None) -> tuple[Result, ...]:
    """The questions for which a run fails, in the set's order.

    Args:
        report: the run.
        comparison: with the baseline; a question that was not right there does not count, nor one that wavers, unless it breaks a
            law or is too slow. None = every question that is not right counts.
    """
    wrong = (result for result in report.results if not result.held)
    if comparison is None:
        return tuple(wrong)
    counted = {change.id for change in comparison.regressions if not change.wavers} | set(comparison.new)
    return tuple(
        result for result in wrong if result.expected.id in counted or result.verdict in (LAW_BROKEN, TOO_SLOW)
    )


def law_broken(report: Report) -> bool:
    """Whether some answer broke a law."""
    return any(result.verdict == LAW_BROKEN for result in report.results)


@dataclass(frozen=True, slots=True)
class Threshold:
    """The value that a figure must reach.

    Attributes:
        figure: a name of `FIGURES`.
        value: the least allowed, 0..1; the most allowed where less is better.
    """

    figure: str
    value: float

    @classmethod
    def parse(cls, text: str) -> Threshold:
        """From `accuracy=0.9`.

        Raises:
            QuestionSetError: no such figure, or no number from 0 to 1.
        """
        name, _, number = (part.strip() for part in text.partition("="))
        if name not in FIGURES:
            near = difflib.get_close_matches(name, FIGURES, n=1, cutoff=0.4)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise QuestionSetError(f"There is no figure {name!r}.{meant} There are: {', '.join(FIGURES)}.")
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        if not 0 <= value <= 1:
            raise QuestionSetError(f"{text!r} needs a number from 0 to 1. Write {name}=0.9.")
        return cls(name, value)

    def missed(self, evaluations: Sequence[Evaluation]) -> list[str]:
        """Say in which sets the figure misses the threshold; sets in which nothing measures it are left out.

        Args:
            evaluations: of all sets. If none of them measures the figure, that is a miss too: the threshold checked nothing.
        """
        less = self.figure in LESS_IS_BETTER
        measured = [(found.report.name, found.metrics.overall.get(self.figure)) for found in evaluations]
        if all(figure is None for _, figure in measured):
            return [f"{self.figure} is measured by no question of this run"]
        return [
            f"{name}: {self.figure} {figure.value:.4g} is {'over' if less else 'under'} {self.value:g}"
            for name, figure in measured
            if figure and (figure.value - self.value) * (1 if less else -1) > _ROUNDING
        ]
