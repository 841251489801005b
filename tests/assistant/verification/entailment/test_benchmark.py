"""The benchmark of support: one line of JSON with its figures, and a message for a file that can't be used."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.verification.entailment.checker import EntailmentChecker
from tests.benchmarks import support

ROWS = [
    {"id": "1", "source": "a", "claim": "The ferry sank in 1950.", "evidence": "The ferry sank in 1950.", "supported": True},
    {"id": "2", "source": "a", "claim": "Rabbits eat grass.", "evidence": "The ferry sank in 1950.", "supported": False},
    {"id": "3", "source": "b", "claim": "The ferry sank.", "evidence": "The ferry sank in 1950.", "supported": True},
]  # fmt: skip


def written(folder: Path, text: str) -> str:
    path = folder / "rows.jsonl"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_figures_are_one_line_of_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert support.main([written(tmp_path, "\n".join(map(json.dumps, ROWS))), "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    found = json.loads(line)
    assert found["auroc"] == found["balanced_accuracy"] == found["precision_at_90_recall"] == 1.0
    assert found["sentences_per_second"] > 0
    assert found["by_source"]["a"]["auroc"] == 1.0
    assert found["turned_passing"] == dict.fromkeys(("names exchanged", "nouns exchanged", "denied", "opposite"))
    assert found["by_source"]["b"] == dict.fromkeys(("auroc", "balanced_accuracy", "precision_at_90_recall"))


class Fooled(EntailmentChecker):
    """Takes a claim for supported if it begins with "Bergen"."""

    name = "fooled"
    threshold = 0.5

    def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """See `EntailmentChecker.support`."""
        return [float(claim.startswith("Bergen")) for claim, _ in pairs]


def test_supported_claims_are_turned_round_and_judged() -> None:
    rows = [
        support.Row("a", "Dahl was seen in Bergen.", "", supported=True),
        support.Row("a", "Dahl never saw Bergen before.", "", supported=True),
        support.Row("a", "Many people saw Dahl near Oslo.", "", supported=False),
    ]
    assert support.turned(rows, Fooled()) == {
        "names exchanged": 1.0,
        "nouns exchanged": None,
        "denied": 0.0,
        "opposite": 0.0,
    }


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"claim": "x"}', json.dumps(ROWS[0]), json.dumps({**ROWS[0], "supported": "yes"})],
    ids=["empty", "no JSON", "no row", "keys missing", "one kind", "no verdict"],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    assert support.main([written(tmp_path, text)]) == 2
    printed = capsys.readouterr()
    assert (printed.out, "rows.jsonl can't be used" in printed.err) == ("", True)


def test_a_file_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert support.main([str(tmp_path / "none.jsonl.gz")]) == 2
    assert "none.jsonl.gz" in capsys.readouterr().err
