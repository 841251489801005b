"""The fixed questions on the sample article against the committed baseline: what was right stays right, no law is broken."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.answer import Answer
from tests.questions.grading import RIGHT, Expected, Outcome, QuestionSet, Result, load_set, run

SET = Path(__file__).with_name("sample.yaml")
BASELINE = Path(__file__).with_name("baseline.json")
UPDATE = "python -m tests.benchmarks.questions --update-baseline"


def answer_all(question_set: QuestionSet, folder: Path) -> list[Result]:
    """A new library in `folder`, every article of the set in it, every question asked."""
    with Assistant.open(folder) as assistant:
        for article in question_set.articles:
            report = assistant.add(article)
            assert not report.skipped, f"{article}: {report.skipped}"
        return run(question_set, assistant)


def regressions(results: Sequence[Result], baseline: Mapping[str, str]) -> list[str]:
    """Each case that was right and is not any more: id, question, what was expected, what came."""
    return [
        describe(result)
        for result in results
        if baseline.get(result.expected.id) in RIGHT and result.outcome.verdict not in RIGHT
    ]


def improvements(results: Sequence[Result], baseline: Mapping[str, str]) -> list[str]:
    """Ids of the cases that are right and were not."""
    return [
        result.expected.id
        for result in results
        if result.outcome.verdict in RIGHT and baseline.get(result.expected.id) not in RIGHT
    ]


def describe(result: Result) -> str:
    expected = result.expected
    wanted = " / ".join(expected.answers or expected.evidence) if expected.answerable else "a refusal"
    return (
        f"{expected.id}: {result.outcome.verdict} {result.outcome.reason}\n"
        f"  question  {expected.question}\n  expected  {wanted}\n  got       {result.answer.text}"
    )


@pytest.fixture(scope="module")
def question_set() -> QuestionSet:
    return load_set(SET)


@pytest.fixture(scope="module")
def baseline() -> dict[str, str]:
    found: dict[str, str] = json.loads(BASELINE.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def results(question_set: QuestionSet, tmp_path_factory: pytest.TempPathFactory) -> list[Result]:
    return answer_all(question_set, tmp_path_factory.mktemp("first"))


def test_no_law_is_broken(results: list[Result]) -> None:
    broken = [describe(result) for result in results if result.outcome.verdict == "law broken"]
    assert not broken, "\n".join(broken)


def test_what_was_right_stays_right(
    results: list[Result], baseline: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    worse = regressions(results, baseline)
    assert not worse, f"{len(worse)} cases were right and are not:\n" + "\n".join(worse)
    if better := improvements(results, baseline):
        with capsys.disabled():
            sys.stdout.write(f"\n{len(better)} cases are right now: {', '.join(better)}. Please run: {UPDATE}\n")


def test_the_baseline_is_of_this_set(question_set: QuestionSet, baseline: dict[str, str]) -> None:
    assert list(baseline) == sorted(expected.id for expected in question_set.expected), f"Please run: {UPDATE}"


def test_the_baseline_meets_the_floor(question_set: QuestionSet, baseline: dict[str, str]) -> None:
    verdicts: dict[bool, list[str]] = {True: [], False: []}
    for expected in question_set.expected:
        verdicts[expected.answerable].append(baseline[expected.id])
    assert verdicts[True].count("right and cited") >= 0.75 * len(verdicts[True])
    assert verdicts[False].count("refused rightly") >= 0.70 * len(verdicts[False])
    assert "law broken" not in baseline.values()


def test_the_set_is_broad(question_set: QuestionSet) -> None:
    single = [case for case in question_set.cases if not case.dialogue]
    assert len(single) >= 90
    assert len(question_set.cases) - len(single) >= 6
    assert sum(not case.turns[0].answerable for case in single) >= 30
    asked = [expected.question for case in single for expected in case.turns]
    assert len(set(asked)) == len(asked)


def test_the_same_run_twice_gives_the_same_answers(
    question_set: QuestionSet, results: list[Result], tmp_path: Path
) -> None:
    again = answer_all(question_set, tmp_path)
    assert [without_timings(result.answer) for result in again] == [without_timings(r.answer) for r in results]
    assert [result.outcome for result in again] == [result.outcome for result in results]


def without_timings(answer: Answer) -> dict[str, Any]:
    found = answer.to_dict()
    assert "timings" in found["trace"]
    del found["trace"]["timings"]
    return found


def test_a_regression_and_an_improvement_are_told_apart() -> None:
    refused = Answer("Who?", "not_found", message="The articles don't say.")
    lost = Result(Expected("lost", "Who?", ("Anna",), ("Anna Berg",)), refused, Outcome("refused wrongly"), 0.0)
    won = Result(Expected("won", "Whose?", answerable=False), refused, Outcome("refused rightly"), 0.0)
    before = {"lost": "right and cited", "won": "answered what it shouldn't"}
    (text,) = regressions([lost, won], before)
    assert all(part in text for part in ("lost", "refused wrongly", "Who?", "Anna", "The articles don't say."))
    assert improvements([lost, won], before) == ["won"]
    after = {"lost": "wrong", "won": "refused rightly"}
    assert regressions([lost, won], after) == []
    assert improvements([lost, won], after) == []
