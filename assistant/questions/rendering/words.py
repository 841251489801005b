"""What all kinds of report share: words for figures and changes, and text made safe to show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.core.draft import Usage
from assistant.questions.comparing.evaluation import Evaluation
from assistant.questions.metrics.figures import Change, Comparison, Figure
from assistant.questions.reports import TOO_SLOW, Report, Result
from assistant.questions.spec.cases import Expected

WORSE = "got worse"
BETTER = "got better"
OTHER = "changed"
NEW = "new"
SAME = "as before"
CHANGES = (WORSE, BETTER, OTHER, NEW, SAME)
"""How a question has changed since the baseline, the most important first."""

_CHANCE = 0.05
"""Significance level: a difference less likely than this is called unlikely to be chance."""
_WAVERING = "so near the threshold that rounding decides, which differs between processors. They fail nothing."

# What XML 1.0 forbids (https://www.w3.org/TR/xml/#charsets), and the control characters that terminals obey.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Replace characters that XML forbids or that control a terminal by U+FFFD."""
    return _UNFIT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def line(text: str) -> str:
    """A clean text on one line."""
    return " ".join(clean(text).split())


@dataclass(frozen=True, slots=True)
class Shown:
    """A question of a run, with its change since the baseline.

    Attributes:
        result: the question with its answer and grade.
        change: one of `CHANGES`; "" without a baseline.
        before: its outcome in the baseline; "" if it has none.
    """

    result: Result
    change: str = ""
    before: str = ""


def questions(evaluation: Evaluation) -> list[Shown]:
    """Every question of a run, in the run's order."""
    comparison = evaluation.comparison
    if comparison is None:
        return [Shown(result) for result in evaluation.report.results]
    changed = {change.id: (label, change.before) for label, change in _labelled(comparison)}
    new = dict.fromkeys(comparison.new, (NEW, ""))
    found = {**new, **changed}
    return [
        Shown(result, *found.get(result.expected.id, (SAME, result.grade.outcome)))
        for result in evaluation.report.results
    ]


def _labelled(comparison: Comparison) -> Iterator[tuple[str, Change]]:
    yield from ((OTHER, change) for change in comparison.changes)
    yield from ((BETTER, change) for change in comparison.improvements)
    yield from ((WORSE, change) for change in comparison.regressions)


def failing(shown: Sequence[Shown]) -> list[Shown]:
    """Questions that are not right or too slow: first those that got worse, then new ones, then those known from the baseline."""
    order = {WORSE: 0, NEW: 1}
    return sorted((one for one in shown if not one.result.held), key=lambda one: order.get(one.change, 2))


def difference(comparison: Comparison) -> str:
    """How a run differs from its baseline, in one sentence."""
    worse, better = len(comparison.regressions), len(comparison.improvements)
    if not worse and not better:
        return "None got worse, none better."
    chance = "may be chance" if comparison.p >= _CHANCE else "is unlikely to be chance"
    p = "< 0.001" if comparison.p < 0.001 else f"= {comparison.p:.2g}"
    told = f"{worse or 'None'} got worse, {better or 'none'} better: such a difference {chance} (McNemar p {p})."
    wavering = sum(change.wavers for change in comparison.regressions)
    return f"{told} {wavering} of those that got worse waver: {_WAVERING}" if wavering else told


def number(value: float) -> str:
    """A figure between 0 and 1, with three digits."""
    return f"{value:.3f}"


def interval(figure: Figure) -> str:
    """A figure's 95 % interval."""
    return f"{figure.low:.3f}–{figure.high:.3f}"


def seconds(value: float) -> str:
    """A time, with its unit."""
    return f"{1000 * value:.0f} ms" if value < 1 else f"{value:.1f} s"


def usage(used: Usage) -> str:
    """What language models did, with units; without the time if it is 0."""
    said = (
        f"{counted(used.requests, 'request')}, {used.prompt_tokens:,} tokens read, {used.completion_tokens:,} written"
    )
    return f"{said}, {seconds(used.seconds)}" if used.seconds else said


def label(name: str) -> str:
    """The name of a figure for people: "answer_f1" becomes "answer F1", "R@1" stays."""
    return name.replace("follow_up", "follow-up").replace("_f1", " F1").replace("_", " ")


def counted(n: int, one: str, several: str = "") -> str:
    """A number with its noun: "1 question", "3 questions"."""
    return f"{n:,} {one if n == 1 else several or one + 's'}"


def wording(result: Result) -> str:
    """In words, how an answer compares with the accepted wordings; "" if there were none."""
    grade = result.grade
    if not result.expected.answers:
        return ""
    how = {"exact": "is", "contains": "holds", "regex": "matches", "f1": "is close to"}
    said = f"What is said {how[grade.match]} “{grade.wording}”" if grade.match else "No accepted wording matches"
    scores = f"exact {grade.exact:.0f}, token F1 {grade.f1:.2f}" if None not in (grade.exact, grade.f1) else ""
    return f"{said} ({scores})" if scores else said


def quoting(expected: Expected) -> str:
    """How the expected quotes must be cited, in words; "" if one of them is enough."""
    wanted = {
        "all of them": expected.all_evidence and len(expected.evidence) > 1,
        "in this order": expected.in_order,
        "nothing besides": expected.only_evidence,
    }
    return ", ".join(words for words, holds in wanted.items() if holds)


def form(result: Result) -> Iterator[tuple[str, str]]:
    """What is expected beside words and evidence, with what came, as rows of a name and a text; none if nothing is."""
    expected, answer = result.expected, result.answer
    if quoting(expected):
        yield "quotes", quoting(expected)
    if expected.verdict:
        given = f"“{answer.verdict}”" if answer.verdict else "none"
        yield "verdict", f"“{expected.verdict}” expected, {given} given"
    if expected.kind:
        yield "kind", f"{expected.kind} expected, understood as {answer.kind}"


def without_timings(evaluation: Evaluation) -> Evaluation:
    """Remove what differs between two runs with the same answers: seconds, and which questions were too slow."""
    report = replace(evaluation.report, results=tuple(one.untimed() for one in evaluation.report.results))
    metrics = replace(evaluation.metrics, latency=None, usage=replace(evaluation.metrics.usage, seconds=0.0))
    comparison = evaluation.comparison and _in_time(evaluation.comparison, report)
    return Evaluation(report, metrics, comparison)


def _in_time(comparison: Comparison, report: Report) -> Comparison:
    """The comparison as if no question had been too slow: if it was right before it is so still, if not it has improved."""
    from assistant.questions.metrics.statistics import mcnemar

    outcomes = {result.expected.id: result.grade.outcome for result in report.results}
    late = [change for change in comparison.changes if change.after == TOO_SLOW]
    regressions = tuple(change for change in comparison.regressions if change.after != TOO_SLOW)
    improvements = (*comparison.improvements, *(replace(change, after=outcomes[change.id]) for change in late))
    return replace(
        comparison,
        regressions=regressions,
        improvements=improvements,
        changes=tuple(change for change in comparison.changes if change.after != TOO_SLOW),
        p=mcnemar(len(regressions), len(improvements)),
    )
