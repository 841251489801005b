"""The benchmark of follow-ups: what a language model's rewrites come to in it, the resolver's beside them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from assistant.understanding.followup.layout import Utterance
from assistant.understanding.followup.term_resolver import TermResolver
from assistant.writing.cassette import Recorder
from assistant.writing.contextualizing import ModelResolver
from tests.assistant.understanding.followup.scripted import ScriptedNetwork
from tests.benchmarks import followup
from tests.benchmarks.followup import Row, measured, with_model
from tests.models import ScriptedModel

SAID = (
    Utterance("user", "Who is Anna Berg?"),
    Utterance("assistant", "The mayor, Anna Berg, said the bridge is safe."),
)
ROWS = [
    Row("a", SAID, "What did she say?", "What did Anna Berg say?"),
    Row("a", SAID, "Is it safe?", "Is the bridge safe?"),
    Row("b", SAID, "Who owns the ferry?", "Who owns the ferry?"),
    Row("b", SAID, "Where was she born?", "Where was Mayor Anna Berg born?"),
]
LEAVES_ALL = TermResolver(ScriptedNetwork(changed=0.0))


def gold(rows: Sequence[Row]) -> list[str]:
    return [row.rewrite for row in rows]


def test_a_perfect_model_is_right_in_all() -> None:
    found = with_model(ROWS, LEAVES_ALL, ScriptedModel(*gold(ROWS)))
    values = measured(found.found)
    assert (values["added_term_f1"], values["exact_match"], found.taken) == (1.0, 1.0, 1.0)
    assert (found.usage.requests, found.usage.completion_tokens) == (4, 4)


def test_rewrites_that_do_not_pass_count_as_the_resolvers() -> None:
    found = with_model(ROWS, LEAVES_ALL, ScriptedModel("What did Olav Lie say?", *gold(ROWS)[1:]))
    assert [one.resolved for one in found.found] == [ROWS[0].question, *gold(ROWS)[1:]]
    assert found.taken == 0.75


def written(folder: Path) -> Path:
    history = [{"role": utterance.role, "text": utterance.text} for utterance in SAID]
    path = folder / "rows.jsonl"
    rows = [
        {"source": row.source, "history": history, "question": row.question, "rewrite": row.rewrite} for row in ROWS
    ]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def test_a_recorded_model_is_measured_beside_the_resolver(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cassette = tmp_path / "model.jsonl"
    with Recorder(ScriptedModel(*gold(ROWS)), cassette) as recorder:
        for row in ROWS:
            ModelResolver(recorder, LEAVES_ALL).rewrite(row.question, row.history)
    file = str(written(tmp_path))
    assert followup.main([file, "--replay", str(cassette), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["language_model"]["exact_match"] == 1.0
    assert found["language_model"]["by_source"]["b"]["exact_match"] == 1.0
    assert found["language_model"]["tokens"] > 0
    assert found.keys() >= {"added_term_f1", "exact_match", "by_source", "rows", "machine"}
    assert followup.main([file, "--replay", str(cassette)]) == 0
    assert "language model" in capsys.readouterr().out


def test_without_a_model_none_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert followup.main([str(written(tmp_path)), "--json"]) == 0
    assert "language_model" not in json.loads(capsys.readouterr().out)


def test_a_cassette_that_lacks_a_question_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cassette = tmp_path / "model.jsonl"
    with Recorder(ScriptedModel(*gold(ROWS)), cassette) as recorder:
        ModelResolver(recorder, LEAVES_ALL).rewrite(ROWS[0].question, ROWS[0].history)
    assert followup.main([str(written(tmp_path)), "--replay", str(cassette)]) == 2
    assert "contextualize: Is it safe?" in capsys.readouterr().err
