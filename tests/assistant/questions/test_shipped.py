"""The sets that ship: broad enough, what the committed baseline speaks of, and asked twice with the same report.

That what was right stays right is tested by the sets themselves: pytest collects `*.questions.yaml` of this folder.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.questions import QuestionSet, load, run
from assistant.questions.comparing.baseline import read_baseline, write_baseline
from assistant.questions.comparing.evaluation import Evaluation
from assistant.questions.metrics.measure import measure
from assistant.questions.rendering import to_html, to_json, to_junit
from assistant.questions.running.run import prepared
from tests.helpers import SHIPPED_SETS

FOLDER = SHIPPED_SETS
SAMPLE = "sample"
OTHERS = ("science", "policy", "match")
BASELINE = FOLDER / "baseline.json"
UPDATE = "footnote test tests/questions --baseline tests/questions/baseline.json --update-baseline"
MANNERS = ("paraphrase", "typo", "no-punctuation", "wrong-premise", "near-miss", "yes-no", "dialogue")


@pytest.fixture(scope="module")
def sets() -> dict[str, QuestionSet]:
    return {name: load(FOLDER / f"{name}.questions.yaml") for name in (SAMPLE, *OTHERS)}


def test_the_sample_set_has_every_manner_of_asking(sets: dict[str, QuestionSet]) -> None:
    cases = sets[SAMPLE].cases
    assert len(cases) >= 100
    counted = Counter(tag for case in cases for tag in {tag for turn in case.turns for tag in turn.tags})
    assert {tag: counted[tag] for tag in MANNERS if counted[tag] < 8} == {}


@pytest.mark.parametrize("name", OTHERS)
def test_the_sets_on_other_kinds_of_articles_are_broad(sets: dict[str, QuestionSet], name: str) -> None:
    cases = sets[name].cases
    assert len(cases) >= 40
    assert sum(case.dialogue for case in cases) >= 5
    assert sum(not case.turns[0].answerable for case in cases) >= 8


def test_no_question_is_asked_twice_of_an_article(sets: dict[str, QuestionSet]) -> None:
    for question_set in sets.values():
        asked = Counter(case.turns[0].question for case in question_set.cases if not case.dialogue)
        assert [question for question, times in asked.items() if times > 1] == []


def test_the_baseline_is_of_these_sets(sets: dict[str, QuestionSet]) -> None:
    baseline = read_baseline(BASELINE)
    for name, question_set in sets.items():
        known = sorted(baseline.sets[name].outcomes)
        assert known == sorted(turn.id for turn in question_set.expected), f"Please run: {UPDATE}"
        assert "law broken" not in baseline.sets[name].outcomes.values()


@pytest.mark.system
def test_the_same_run_twice_gives_the_same_bytes(sets: dict[str, QuestionSet], tmp_path: Path) -> None:
    """Ten cases, from all parts of a set."""
    cases = sets["science"].cases
    some = replace(sets["science"], cases=cases[:: max(len(cases) // 10, 1)])
    written: list[dict[str, bytes]] = []
    for workers in (1, 2):
        with prepared(some) as assistant:
            report = run(some, assistant, workers=workers)
        evaluation = Evaluation(report, measure(report, timings=False))
        folder = tmp_path / str(workers)
        folder.mkdir()
        write_baseline(folder / "baseline.json", [report])
        for render in (to_json, to_html, to_junit):
            (folder / render.__name__).write_text(render([evaluation], timings=False), encoding="utf-8")
        written.append({path.name: path.read_bytes() for path in sorted(folder.iterdir())})
    assert written[0] == written[1]
    assert len(written[0]) == 4
