"""The result of a run: every question with its answer and grade; plain data that every kind of report is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from assistant.core.answer import Answer
from assistant.questions.spec.cases import Expected

Outcome = Literal[
    "right and cited",
    "refused rightly",
    "right, wrong evidence",
    "right, wrong form",
    "wrong",
    "refused wrongly",
    "answered what it shouldn't",
    "law broken",
]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
RIGHT: frozenset[str] = frozenset({"right and cited", "refused rightly"})
TOO_SLOW = "too slow"
"""The verdict on a question that is right but took longer than its limit; not an outcome, as it depends on the machine."""

Stage = Literal[
    "not in the library",
    "follow-up misunderstood",
    "kind misunderstood",
    "not retrieved",
    "read wrongly",
    "proof failed",
]
STAGES: tuple[Stage, ...] = get_args(Stage)
"""The stages at which a question can fail, in the order in which it passes them."""

Match = Literal["exact", "contains", "regex", "f1"]
"""How an accepted wording matched what was said."""

Place = tuple[str, int, int]
"""(article id, start, end), in characters, end exclusive."""


@dataclass(frozen=True, slots=True)
class Grade:
    """How an answer was graded.

    Attributes:
        outcome: one of eight.
        match: how an accepted wording matched; None = none did, or none was given.
        wording: the wording that matched; else "".
        exact: 1.0 if the answer equals an accepted wording, normalised as by SQuAD's scorer, else 0.0; None without wordings.
        f1: token F1 of the answer and the closest wording, 0..1; None without wordings.
        reason: why it is not right, in words, with the values; "" when right.
        stage: the stage that failed; None when right.
    """

    outcome: Outcome
    match: Match | None = None
    wording: str = ""
    exact: float | None = None
    f1: float | None = None
    reason: str = ""
    stage: Stage | None = None

    @property
    def right(self) -> bool:
        """Whether the answer is what was expected."""
        return self.outcome in RIGHT


@dataclass(frozen=True, slots=True)
class Result:
    """A question with its answer.

    Attributes:
        expected: the question, and what was expected.
        answer: what came.
        grade: how that was graded.
        seconds: from question to answer.
        places: of each expected quote, in the order of the quotes, in the articles that were asked.
    """

    expected: Expected
    answer: Answer
    grade: Grade
    seconds: float = 0.0
    places: tuple[tuple[Place, ...], ...] = ()

    @property
    def slow(self) -> bool:
        """Whether it took longer than its limit."""
        return self.expected.max_seconds is not None and self.seconds > self.expected.max_seconds

    @property
    def held(self) -> bool:
        """Whether it is right, and in time."""
        return self.grade.right and not self.slow

    @property
    def verdict(self) -> str:
        """The outcome, or that it is right but too slow."""
        return TOO_SLOW if self.grade.right and self.slow else self.grade.outcome

    def untimed(self) -> Result:
        """A copy that took no time."""
        trace = self.answer.trace
        trace = replace(trace, timings={}, usage=replace(trace.usage, seconds=0.0))
        return replace(self, seconds=0.0, answer=replace(self.answer, trace=trace))


@dataclass(frozen=True, slots=True)
class ArticleRef:
    """An article that was asked: its id, title, and the SHA-256 of its text."""

    id: str
    title: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class Report:
    """A run of a question set.

    Attributes:
        name: the set's.
        articles: those that were asked, by id.
        fingerprint: of the models and settings that answered.
        results: in the set's order, a dialogue's turns one after the other.
    """

    name: str
    articles: tuple[ArticleRef, ...]
    fingerprint: str
    results: tuple[Result, ...]

    def passages(self) -> dict[str, Place]:
        """Every passage that any question found: id -> place."""
        found = {
            evidence.passage.id: (evidence.passage.article_id, evidence.passage.start, evidence.passage.end)
            for result in self.results
            for evidence in result.answer.evidence
        }
        return dict(sorted(found.items()))

    def to_dict(self, *, timings: bool = True) -> dict[str, Any]:
        """JSON types only; `from_dict` reads it back.

        Args:
            timings: False = without seconds: the same for the same run.
        """
        return {
            "name": self.name,
            "articles": [asdict(article) for article in self.articles],
            "fingerprint": self.fingerprint,
            "results": [_result_to_dict(result, timings) for result in self.results],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Report:
        """The report that `to_dict` was called on; its seconds are 0 if they were left out.

        Raises:
            KeyError: a field is missing.
        """
        return cls(
            data["name"],
            tuple(ArticleRef(**article) for article in data["articles"]),
            data["fingerprint"],
            tuple(_result_from_dict(result) for result in data["results"]),
        )


def _result_to_dict(result: Result, timings: bool) -> dict[str, Any]:
    answer = result.answer.to_dict()
    if not timings:
        del answer["trace"]["timings"]
        del answer["trace"]["usage"]["seconds"]
    expected = {
        key: list(value) if isinstance(value, tuple) else value for key, value in asdict(result.expected).items()
    }
    places = [[list(place) for place in quote] for quote in result.places]
    found = {"expected": expected, "answer": answer, "grade": asdict(result.grade), "places": places}
    return {**found, "seconds": result.seconds} if timings else found


def _result_from_dict(data: Mapping[str, Any]) -> Result:
    expected: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in data["expected"].items()
    }
    answer = data["answer"]
    answer = {**answer, "trace": {"timings": {}, **answer["trace"]}}
    return Result(
        Expected(**expected),
        Answer.from_dict(answer),
        Grade(**data["grade"]),
        data.get("seconds", 0.0),
        tuple(tuple((name, start, end) for name, start, end in quote) for quote in data["places"]),
    )
