"""Prints runs in the terminal: figures with intervals, counts, and the questions that failed; fits 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from assistant.questions.comparing.evaluation import Evaluation
from assistant.questions.metrics.figures import Comparison, Figure
from assistant.questions.rendering.words import (
    Shown,
    clean,
    counted,
    difference,
    failing,
    form,
    interval,
    label,
    line,
    number,
    questions,
    seconds,
    usage,
    wording,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_MOST_FAILING = 20
_MOST_IDS = 12
_BY = ("accuracy", "answer_f1", "R@1", "R@5", "abstention_f1")
"""Figures shown by tag and by turn; more would not fit 80 columns."""


def to_terminal(evaluations: Sequence[Evaluation], console: Console, *, verbose: bool = False) -> None:
    """Print some runs.

    Args:
        evaluations: one for each set.
        console: where to print. Texts are escaped: their markup and control characters have no effect.
        verbose: every question that failed, not only the first 20.
    """
    for n, evaluation in enumerate(evaluations):
        if n:
            console.print()
        _print_set(evaluation, console, verbose)


def _print_set(evaluation: Evaluation, console: Console, verbose: bool) -> None:
    report, metrics = evaluation.report, evaluation.metrics
    held = sum(result.held for result in report.results)
    _say(console, f"{line(report.name)}: {held} of {counted(len(report.results), 'question')} right", "bold")
    _say(console, f"{counted(len(report.articles), 'article')}; {line(report.fingerprint)}", "dim")
    console.print()
    console.print(_figures(metrics.overall))
    if metrics.latency:
        latency = metrics.latency
        _say(
            console,
            f" latency p50 {seconds(latency.p50)}, p95 {seconds(latency.p95)}, all {seconds(latency.total)}",
        )
    if metrics.usage.requests:
        _say(console, f" language model {usage(metrics.usage)}")
    console.print()
    if metrics.by_tag:
        console.print(_by("tag", metrics.by_tag))
        console.print()
    if len(metrics.by_depth) > 1:
        console.print(_by("turn", {str(depth): figures for depth, figures in metrics.by_depth.items()}))
        console.print()
    _print_counts("outcomes", metrics.outcomes, console)
    _print_counts("broke at", metrics.stages, console)
    _print_counts("verdicts", metrics.verdicts, console)
    _print_counts("kinds", metrics.kinds, console)
    if evaluation.comparison:
        _print_comparison(evaluation.comparison, report.fingerprint, console)
    _print_failing(failing(questions(evaluation)), console, verbose)


def _say(console: Console, text: str, style: str = "") -> None:
    from rich.text import Text

    console.print(Text(text, style=style))


def _figures(figures: Mapping[str, Figure]) -> Table:
    table = _table()
    table.add_column("figure")
    for name in ("value", "95 % interval", "questions"):
        table.add_column(name, justify="right", no_wrap=True)
    for name, figure in figures.items():
        table.add_row(label(name), number(figure.value), interval(figure), f"{figure.n:,}")
    return table


def _by(what: str, groups: Mapping[str, Mapping[str, Figure]]) -> Table:
    from rich.text import Text

    names = [name for name in _BY if any(name in figures for figures in groups.values())]
    table = _table()
    table.add_column(what, overflow="fold")
    for name in ("n", *map(label, names)):
        table.add_column(name, justify="right", no_wrap=True)
    for group, figures in groups.items():
        n = max((figure.n for figure in figures.values()), default=0)
        values = [number(figures[name].value) if name in figures else "" for name in names]
        table.add_row(Text(line(group)), f"{n:,}", *values)
    return table


def _table() -> Table:
    from rich.table import Table

    return Table(box=None, pad_edge=True, header_style="dim")


def _print_counts(what: str, counts: Mapping[str, int], console: Console) -> None:
    if counts:
        _pairs([(what, ", ".join(f"{n:,} {name}" for name, n in counts.items()))], console)


def _print_comparison(comparison: Comparison, fingerprint: str, console: Console) -> None:
    console.print()
    _say(console, difference(comparison), "bold")
    if comparison.fingerprint and comparison.fingerprint != fingerprint:
        _say(console, f"The baseline was made with: {line(comparison.fingerprint)}")
    rows = [
        ("got worse", [change.id for change in comparison.regressions]),
        ("got better", [change.id for change in comparison.improvements]),
        ("changed", [f"{change.id} ({change.before} → {change.after})" for change in comparison.changes]),
        ("new", list(comparison.new)),
        ("gone", list(comparison.gone)),
    ]
    _pairs([(f"{len(ids)} {name}", _some(ids)) for name, ids in rows if ids], console)


def _some(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _MOST_IDS} more" if len(ids) > _MOST_IDS else ""
    return ", ".join(map(line, ids[:_MOST_IDS])) + more


def _print_failing(shown: Sequence[Shown], console: Console, verbose: bool) -> None:
    some = shown if verbose else shown[:_MOST_FAILING]
    for one in some:
        console.print()
        _say(console, _head(one), "bold")
        _pairs(list(_account(one)), console)
    if len(shown) > len(some):
        console.print()
        _say(console, f"and {len(shown) - len(some)} more: --html FILE shows all")


def _head(shown: Shown) -> str:
    result = shown.result
    before = f", was {shown.before}" if shown.before and shown.before != result.verdict else ""
    change = f" ({shown.change}{before})" if shown.change else ""
    return f"{line(result.expected.id)}: {result.verdict}{change}"


def _account(shown: Shown) -> Iterator[tuple[str, str]]:
    result = shown.result
    expected, answer, grade = result.expected, result.answer, result.grade
    yield "question", expected.question
    if answer.trace.standalone_question not in ("", " ".join(expected.question.split())):
        yield "searched for", answer.trace.standalone_question
    if not expected.answerable:
        yield "expected", "a refusal: the articles don't say"
    if expected.answers:
        yield "expected", " | ".join(expected.answers)
    for quote in expected.evidence:
        yield "evidence", f"“{quote}”"
    yield from form(result)
    if expected.must_not_say:
        yield "must not say", " | ".join(expected.must_not_say)
    yield "got", answer.text
    if result.slow:
        yield "took", f"{seconds(result.seconds)}, and {seconds(expected.max_seconds or 0.0)} are allowed"
    if grade.stage:
        yield "broke at", grade.stage
    if grade.reason:
        yield "reason", grade.reason
    elif not grade.right and wording(result):
        yield "reason", wording(result)


def _pairs(rows: Sequence[tuple[str, str]], console: Console) -> None:
    """Two columns, names and texts; texts wrap at the console's width."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(min_width=12, no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    for name, text in rows:
        grid.add_row(Text(f"  {name}"), Text(clean(text)))
    console.print(grid)
