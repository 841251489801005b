"""How often the verdict and the kind are the expected ones, over the questions of which they are expected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from assistant.questions.metrics.statistics import Ratios
from assistant.questions.reports import Result

_VERDICTS = ("right", "none", "wrong")


def of_form(result: Result) -> Ratios:
    """Shares of right and of wrong verdicts, and of right kinds; a refusal has no verdict, so neither of the two counts it."""
    ratios: Ratios = {}
    if verdict := _verdict(result):
        ratios["verdict_right"] = float(verdict == "right"), 1.0
        ratios["verdict_wrong"] = float(verdict == "wrong"), 1.0
    if kind := _kind(result):
        ratios["kind_accuracy"] = float(kind == "right"), 1.0
    return ratios


def verdicts(results: Iterable[Result]) -> dict[str, int]:
    """How many of the expected verdicts are right, how many are missing, and how many are the opposite, if any."""
    counts = Counter(map(_verdict, results))
    return {name: counts[name] for name in _VERDICTS if counts[name]}


def kinds(results: Iterable[Result]) -> dict[str, int]:
    """How many kinds are the expected ones, then each way to be mistaken, the most frequent first."""
    counts = Counter(filter(None, map(_kind, results)))
    return dict(sorted(counts.items(), key=lambda pair: (pair[0] != "right", -pair[1], pair[0])))


def _verdict(result: Result) -> str:
    """Whether the verdict is right, none or wrong; "" if none is expected."""
    if not result.expected.verdict:
        return ""
    if not result.answer.verdict:
        return "none"
    return "right" if result.answer.verdict == result.expected.verdict else "wrong"


def _kind(result: Result) -> str:
    """Whether the kind is right, or the expected kind and the other one; "" if none is expected."""
    wanted, got = result.expected.kind, result.answer.kind
    if wanted is None:
        return ""
    return "right" if wanted == got else f"{wanted} as {got}"
