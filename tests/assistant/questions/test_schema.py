"""The JSON Schema that editors are given: valid itself, true of the sets that ship, and never stricter than the loader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.errors import QuestionSetError
from assistant.questions import Case, QuestionSet, Source, load
from assistant.questions.spec.schema import json_schema
from assistant.questions.spec.writing import dumps
from tests.assistant.questions import sets
from tests.assistant.questions.sets import GOOD_SET, MILL, write_set
from tests.helpers import SHIPPED_SETS

SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
SHIPPED = sorted(SHIPPED_SETS.glob("*.questions.yaml"))


def test_it_is_a_schema_of_its_draft() -> None:
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


def test_every_key_is_explained() -> None:
    for name, part in {"the file": SCHEMA, **SCHEMA["$defs"]}.items():
        assert part["additionalProperties"] is False
        assert [key for key, value in part["properties"].items() if not value.get("description")] == [], name


def test_defaults_that_it_names_could_be_written() -> None:
    for part in SCHEMA["$defs"].values():
        for key, value in part["properties"].items():
            if value.get("default"):
                assert jsonschema.Draft202012Validator(value).is_valid(value["default"]), key


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_the_sets_that_ship_are_valid(path: Path) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(yaml.safe_load(path.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version: 1", "version: true"),
        ("version: 1", "version: '1'"),
        ("question: When", "ask: When"),
        ("id: when", "id: a b"),
        ("answerable: false", "answerable: no one"),
        ("answerable: false", "answerable: false\n        answers: [Anna]"),
        ("        answers: [Anna Berg]\n", ""),
        ("tags: [when]", "max_seconds: 0"),
        ("tags: [when]", "evidence_mode: none"),
        ("tags: [when]", "all_evidence: true\n    evidence_mode: any"),
        ("tags: [when]", "in_order: true"),
        ("    evidence: [burned down in 1912]\n", "    only_evidence: true\n"),
        ("tags: [when]", "verdict: yes"),
        ("tags: [when]", "verdict: maybe"),
        ("tags: [when]", "kind: question"),
        ("answerable: false", "answerable: false\n        verdict: 'no'"),
        ("tags: [when]", "tags: ['a,b']"),
        ("    turns:", "    question: And?\n    turns:"),
        ("articles: [mill.txt]", "articles: [{path: mill.txt}]"),
    ],
)
def test_what_editors_can_see_is_marked_by_them(old: str, new: str) -> None:
    assert VALIDATOR.is_valid(yaml.safe_load(GOOD_SET))
    assert old in GOOD_SET
    assert not VALIDATOR.is_valid(yaml.safe_load(GOOD_SET.replace(old, new, 1)))


@pytest.mark.parametrize("expected", ["verdict: 'no'", "kind: library", "must_not_say: [1912x]", "answers: [Anna]"])
def test_one_expectation_is_enough(expected: str) -> None:
    assert VALIDATOR.is_valid(yaml.safe_load(GOOD_SET.replace("answers: [Anna Berg]", expected)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("sets")
    (found / "mill.txt").write_text(MILL, encoding="utf-8")
    return found.resolve()


def as_data(folder: Path, cases: tuple[Case, ...]) -> Any:
    return yaml.safe_load(dumps(QuestionSet("mine", None, (Source(folder / "mill.txt"),), cases), folder))


@given(sets.several_cases)
def test_what_the_loader_takes_the_schema_takes(folder: Path, cases: tuple[Case, ...]) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(as_data(folder, cases))] == []


@given(sets.several_cases, st.data())
def test_what_the_schema_refuses_the_loader_refuses(folder: Path, cases: tuple[Case, ...], data: st.DataObject) -> None:
    changed = data.draw(sets.mutated(as_data(folder, cases)))
    path = write_set(folder, yaml.safe_dump(changed, allow_unicode=True))
    try:
        load(path)
    except QuestionSetError:
        return
    assert VALIDATOR.is_valid(yaml.safe_load(path.read_bytes())), changed
