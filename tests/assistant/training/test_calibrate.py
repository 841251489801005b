"""The threshold weighs a wrong answer twice a wrong refusal, and answers more where the questions can't tell the difference."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from assistant.reading.judging import TRUST
from assistant.training.reader.calibrate import _asked, files_of, kept_outcomes
from assistant.training.reader.outcomes import Outcome, best_threshold, cross_validated, figures


def outcome(confidence: float, right: bool, answerable: bool = True, article: str = "a") -> Outcome:
    values = [confidence, *[0.0] * (len(TRUST) - 1)]
    return Outcome("own", article, "who", answerable, True, right, values, 1.0, None)


def test_a_clear_difference_sets_the_threshold() -> None:
    found = [outcome(0.2, False, answerable=False)] * 500 + [outcome(0.8, True)] * 500
    threshold = best_threshold(found, np.array([one.values[0] for one in found]))
    assert threshold == 0.8


def test_wrong_answers_weigh_twice() -> None:
    """Of those at .5, two in five are right: refusing all of them costs less than answering them."""
    found = [outcome(0.5, n % 5 < 2) for n in range(1_000)] + [outcome(0.9, True)] * 1_000
    confidence = np.array([one.values[0] for one in found])
    assert best_threshold(found, confidence) == 0.9
    mostly_right = [outcome(0.5, n % 5 < 4) for n in range(1_000)] + [outcome(0.9, True)] * 1_000
    assert best_threshold(mostly_right, confidence) == 0.5


def test_of_two_that_are_alike_the_one_that_answers_more_is_taken() -> None:
    found = [outcome(0.5, n % 3 < 2) for n in range(30)] + [outcome(0.9, n % 10 > 0) for n in range(1_000)]
    assert best_threshold(found, np.array([one.values[0] for one in found])) == 0.5


def test_articles_are_judged_by_what_was_fitted_on_the_others() -> None:
    """An article whose confidence means the reverse can't teach itself."""
    rng = np.random.default_rng(1)
    found = []
    for article in "abcdefghij":
        for value in rng.uniform(-3, 3, 60):
            right = (value > 0) != (article == "j")
            found.append(outcome(float(value), bool(right), article=article))
    confidence, threshold, told = cross_validated(found)
    mine = [n for n, one in enumerate(found) if one.article == "j"]
    ordered = sorted(mine, key=lambda n: found[n].values[0])
    assert all(confidence[a] <= confidence[b] for a, b in pairwise(ordered))
    known = figures([found[n] for n in mine], confidence[mine], threshold[mine], told[mine])
    assert known["AUROC right"] < 0.1


def test_outcomes_of_other_networks_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    known = {"of": {"reader.onnx": "a"}, "every": 1, "outcomes": [asdict(outcome(0.5, True))]}
    path.write_text(json.dumps(known), encoding="utf-8")
    assert kept_outcomes(path, {"reader.onnx": "a"}) == [outcome(0.5, True)]
    with pytest.raises(SystemExit, match=r"own\.json is of other networks"):
        kept_outcomes(path, {"reader.onnx": "b"})


def test_the_strong_reader_is_calibrated_with_the_small_one_that_chooses_for_it() -> None:
    assert set(files_of(small=True)) == {"reader.onnx"}
    assert set(files_of(small=False)) == {"reader.onnx", "trunk.safetensors"}


def test_a_foreign_question_is_asked_of_another_article_and_has_no_answer_there(tmp_path: Path) -> None:
    (tmp_path / "written").mkdir()
    (tmp_path / "written" / "news-6.txt").write_text(
        "\n".join(
            f"### ARTICLE\ntitle: About {name}\nkind: news\ndate: 1 May 2024\n---\n{name} opened in {year}.\n---\n"
            f"Q when | When did {name} open? | {year} | opened in\n"
            for name, year in (("Hallin", 1961), ("Sorvik", 1988), ("Vesta", 2003))
        )
    )
    asked = list(_asked(tmp_path, "foreign"))
    assert [(question.text, article.title) for article, _, question in asked] == [
        ("When did Hallin open?", "About Sorvik"),
        ("When did Sorvik open?", "About Vesta"),
        ("When did Vesta open?", "About Hallin"),
    ]
    assert not any(question.answerable for _, _, question in asked)
    assert [about for _, about, _ in asked] == ["news-6-1", "news-6-2", "news-6-3"], "they count to their own article"
