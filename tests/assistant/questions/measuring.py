"""Results made by hand for the figures: articles of ten-character passages, and questions that have what a test needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from assistant.core.answer import Answer, Citation, Status, Trace
from assistant.questions.metrics.figures import Metrics
from assistant.questions.metrics.measure import measure
from assistant.questions.reports import Grade, Outcome, Place, Report, Result, Stage
from assistant.questions.spec.cases import Expected
from index.article import Passage
from index.evidence import Evidence

RIGHT: Outcome = "right and cited"
WRONG: Outcome = "wrong"
NOWHERE: tuple[Place, ...] = ()


def passage(number: int, article: str = "a") -> Evidence:
    """The passages of an article have ten characters each, one after the other."""
    start = 10 * number
    return Evidence(Passage(f"{article}{number}", article, start, start + 10, "x" * 10, number), 1.0)


def at(start: int, end: int, article: str = "a") -> Place:
    return (article, start, end)


def question(
    name: str = "q",
    outcome: Outcome = RIGHT,
    *,
    status: Status = "answered",
    places: Sequence[Sequence[Place]] = (),
    lengths: Sequence[int] = (),
    needs_all: bool = False,
    answerable: bool = True,
    tags: Sequence[str] = (),
    depth: int = 1,
    cited: Iterable[Place] = (),
    found: Sequence[int] = (),
    searched: Sequence[str] = (),
    confidence: float = 0.5,
    exact: float | None = None,
    f1: float | None = None,
    stage: Stage | None = None,
    seconds: float = 0.0,
    max_seconds: float | None = None,
) -> Result:
    """A result; the expected quotes have the length of their places, or `lengths` where they stand nowhere."""
    sizes = lengths or [quote[0][2] - quote[0][1] for quote in places]
    expected = Expected(
        name,
        "?",
        evidence=tuple("x" * size for size in sizes),
        all_evidence=needs_all,
        answerable=answerable,
        tags=tuple(tags),
        depth=depth,
        max_seconds=max_seconds,
    )
    citations = tuple(
        Citation(number, article, "", start, end, "x" * (end - start))
        for number, (article, start, end) in enumerate(cited, start=1)
    )
    answer = Answer(
        "?",
        status,
        citations=citations,
        confidence=confidence,
        evidence=tuple(passage(number) for number in found),
        trace=Trace("?", searched=tuple(searched)),
    )
    grade = Grade(outcome, exact=exact, f1=f1, stage=stage)
    return Result(expected, answer, grade, seconds, tuple(tuple(quote) for quote in places))


def run(*results: Result) -> Report:
    return Report("mill", (), "model", results)


def measured(*results: Result) -> Metrics:
    """With few samples: these tests look at the values."""
    named = [replace(r, expected=replace(r.expected, id=f"q{n:03}")) for n, r in enumerate(results)]
    return measure(run(*named), samples=20)


def value(figure: str, *results: Result) -> tuple[float, int]:
    found = measured(*results).overall[figure]
    return found.value, found.n


def about(number: float, n: int) -> Any:
    return pytest.approx((number, n), abs=1e-6)
