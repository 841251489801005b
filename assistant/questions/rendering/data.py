"""A run as JSON, for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict

from assistant.questions.comparing.evaluation import Evaluation
from assistant.questions.rendering.words import without_timings

VERSION = 1

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def to_json(evaluations: Sequence[Evaluation], *, timings: bool = True) -> str:
    """All data of some runs: `{"version": 1, "sets": [{"report", "metrics", "comparison"}]}`.

    Args:
        evaluations: one for each set; `comparison` is null without a baseline.
        timings: False = the same bytes for two runs that give the same answers.

    Returns:
        JSON with a final line end; `Report.from_dict` reads a "report".
    """
    from assistant.questions.metrics.measure import metrics_to_dict

    shown = evaluations if timings else [without_timings(evaluation) for evaluation in evaluations]
    sets = [
        {
            "report": evaluation.report.to_dict(timings=timings),
            "metrics": metrics_to_dict(evaluation.metrics, timings=timings),
            "comparison": asdict(evaluation.comparison) if evaluation.comparison else None,
        }
        for evaluation in shown
    ]
    return escaped(json.dumps({"version": VERSION, "sets": sets}, ensure_ascii=False, indent=1)) + "\n"


def escaped(text: str, unfit: re.Pattern[str] = _LONE_SURROGATE) -> str:
    """Escape characters in the strings of JSON, as lone surrogates, which UTF-8 can't encode."""
    return unfit.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
