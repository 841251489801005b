"""Results made by hand for the figures: articles of ten-character passages, and questions that have what a test needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from assistant.core.answer import Answer, Citation, Status, Trace
from assistant.core.draft import YesNo
from assistant.core.kinds import Kind
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


@dataclass(frozen=True)
class Question:
    """A question with what a test needs of it: what is expected, what was answered, and how that was graded."""

    name: str = "q"
    outcome: Outcome = RIGHT
    status: Status = "answered"

    # Expected: the quotes have the length of their places, or `lengths` where they stand nowhere.
    places: Sequence[Sequence[Place]] = ()
    lengths: Sequence[int] = ()
    needs_all: bool = False
    answerable: bool = True
    tags: Sequence[str] = ()
    depth: int = 1
    max_seconds: float | None = None

    # Expected, and answered
    verdict: tuple[YesNo, YesNo] = ("", "")
    kind: tuple[Kind | None, Kind] = (None, "fact")

    # Answered
    cited: Sequence[Place] = ()
    found: Sequence[int] = ()
    searched: Sequence[str] = ()
    confidence: float = 0.5
    seconds: float = 0.0

    # Graded
    exact: float | None = None
    f1: float | None = None
    stage: Stage | None = None

    def expected(self) -> Expected:
        sizes = self.lengths or [quote[0][2] - quote[0][1] for quote in self.places]
        return Expected(
            self.name,
            "?",
            evidence=tuple("x" * size for size in sizes),
            all_evidence=self.needs_all,
            answerable=self.answerable,
            tags=tuple(self.tags),
            depth=self.depth,
            max_seconds=self.max_seconds,
            verdict=self.verdict[0],
            kind=self.kind[0],
        )

    def answer(self) -> Answer:
        return Answer(
            "?",
            self.status,
            citations=tuple(
                Citation(number, article, "", start, end, "x" * (end - start))
                for number, (article, start, end) in enumerate(self.cited, start=1)
            ),
            confidence=self.confidence,
            evidence=tuple(passage(number) for number in self.found),
            trace=Trace("?", searched=tuple(self.searched)),
            verdict=self.verdict[1],
            kind=self.kind[1],
        )

    def result(self) -> Result:
        grade = Grade(self.outcome, exact=self.exact, f1=self.f1, stage=self.stage)
        return Result(self.expected(), self.answer(), grade, self.seconds, tuple(tuple(quote) for quote in self.places))


def run(*questions: Question) -> Report:
    return Report("mill", (), "model", tuple(question.result() for question in questions))


def measured(*questions: Question) -> Metrics:
    """With few samples: these tests look at the values."""
    return measure(run(*(replace(one, name=f"q{n:03}") for n, one in enumerate(questions))), samples=20)


def value(figure: str, *questions: Question) -> tuple[float, int]:
    found = measured(*questions).overall[figure]
    return found.value, found.n


def about(number: float, n: int) -> Any:
    return pytest.approx((number, n), abs=1e-6)
