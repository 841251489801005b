"""The benchmark of the levels of confidence: what it counts, and what it says of levels that don't hold."""

from __future__ import annotations

import json
import math
import random
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from assistant.core.levels import LEVELS
from assistant.reading.judging import TRUST
from assistant.training.reader.outcomes import Outcome
from tests.benchmarks.confidence import kept, main, rows_of


def outcome(right: bool, setting: str = "own", article: str = "a", value: float = 0.0) -> Outcome:
    return Outcome(setting, article, "who", True, True, right, [value, *[0.0] * (len(TRUST) - 1)], 1.0, None)


def put(folder: Path, setting: str, outcomes: list[Outcome], network: str = "one") -> None:
    known = {"of": {"reader.onnx": network}, "every": 1, "outcomes": [asdict(one) for one in outcomes]}
    (folder / f"{setting}.json").write_text(json.dumps(known), encoding="utf-8")


def test_each_level_has_its_share_of_right_ones_refused_ones_included() -> None:
    found = [*[outcome(n < 9) for n in range(10)], outcome(False), outcome(True, "squad")]
    confidence = np.array([0.95] * 10 + [0.2, 0.92])
    threshold = np.full(12, 0.45)
    first, *_, last = rows_of("own", found, confidence, threshold)
    assert (first["questions"], first["right"], first["off by"], first["refused"]) == (10, 0.9, -0.05, 0)
    assert (last["questions"], last["right"], last["refused"]) == (1, 0.0, 1)
    both = rows_of("both", found, confidence, threshold)
    assert [row["questions"] for row in both] == [11, 0, 0, 0, 1]
    assert (both[1]["right"], both[1]["off by"]) == ("", "")


def test_it_judges_what_the_calibration_left(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Right as often as a logistic curve says: fitted on other articles, every level of many questions holds."""
    chance = random.Random(1)
    for setting in ("own", "squad"):
        values = [chance.uniform(-4, 4) for _ in range(2_000)]
        outcomes = [
            outcome(chance.random() < 1 / (1 + math.exp(-value)), setting, f"{setting} {n % 40}", value)
            for n, value in enumerate(values)
        ]
        put(tmp_path, setting, outcomes)
    main([str(tmp_path), "--json"])
    told = json.loads(capsys.readouterr().out)
    assert [row["setting"] for row in told["rows"]] == [*["own"] * 5, *["squad"] * 5, *["both"] * 5]
    assert [row["level"] for row in told["rows"]] == [level.name for level in LEVELS] * 3
    assert sum(row["questions"] for row in told["rows"][10:]) == 4_000
    assert told["notes"][-1].endswith(": none.")
    main([str(tmp_path)])
    assert "very high" in capsys.readouterr().out


def test_levels_that_do_not_hold_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A setting in which all is wrong, however sure the others make of it."""
    good = [outcome(n % 2 == 0, "own", f"a{n % 20}", 3.0 if n % 2 == 0 else -3.0) for n in range(400)]
    put(tmp_path, "own", good)
    put(tmp_path, "squad", [outcome(False, "squad", f"b{n}", 3.0) for n in range(10)])
    main([str(tmp_path)])
    assert "very high (squad)" in capsys.readouterr().out


def test_a_folder_that_lacks_a_setting_or_mixes_networks_is_refused(tmp_path: Path) -> None:
    put(tmp_path, "own", [outcome(True)])
    with pytest.raises(SystemExit, match=r"has no squad\.json\. Make it: python -m assistant\.training"):
        kept(tmp_path)
    put(tmp_path, "squad", [outcome(True, "squad")], network="two")
    with pytest.raises(SystemExit, match=r"squad\.json is of other networks"):
        kept(tmp_path)


def test_of_the_refused_it_says_how_many_have_no_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(2)
    for setting in ("own", "squad"):
        outcomes = []
        for n in range(1_000):
            value = chance.uniform(-6, 4)
            right = chance.random() < 1 / (1 + math.exp(-value))
            # Below, what is not right has no answer; above, it has another one.
            made = outcome(right, setting, f"{setting} {n % 20}", value)
            outcomes.append(replace(made, answerable=right or value > -2))
        put(tmp_path, setting, outcomes)
    main([str(tmp_path), "--json"])
    notes = [note for note in json.loads(capsys.readouterr().out)["notes"] if note.startswith("Refused from")]
    shares = [int(note.split(", ")[1].split()[0]) for note in notes]
    assert shares[0] > 85
    assert shares == sorted(shares, reverse=True)
