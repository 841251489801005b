"""`kill -9` during add, replace, remove and rebuild: nothing that returned is lost, nothing is half (FAULTS rows 1 and 2)."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Article, Assistant
from tests.benchmarks.kills import KINDS, Truth, look, run, text_of
from tests.doubles import EagerReader, HashEmbedder

pytestmark = pytest.mark.system


def test_a_kill_of_each_kind_is_survived(tmp_path: Path) -> None:
    outcomes = run(len(KINDS), seed=20, folder=tmp_path)
    assert outcomes == [(kind, []) for kind in KINDS]


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_two_hundred_kills_are_survived(tmp_path: Path) -> None:
    outcomes = run(200, seed=200, folder=tmp_path)
    assert [kind for kind, _ in outcomes] == list(KINDS) * 50
    assert [(kind, problems) for kind, problems in outcomes if problems] == []


def test_the_look_after_a_kill_sees_what_is_lost_half_or_stale(tmp_path: Path) -> None:
    """The judge of the tests above must itself be able to fail."""
    with Assistant.open(tmp_path, embedder=HashEmbedder("model one"), reader=EagerReader()) as assistant:
        assistant.add([Article(text_of(source, 1), source=source) for source in ("a", "b")])
        assistant.warm()
    held = {"a": 1, "b": 1}
    assert look(tmp_path, Truth(held)) == ([], held, "model one")
    assert look(tmp_path, Truth({"a": 1}, {"b": 1}))[0] == []
    assert look(tmp_path, Truth({**held, "c": 1}))[0] == ["c is missing; allowed: {1}"]
    assert look(tmp_path, Truth({"a": 1, "b": 2}))[0] == ["b is another; allowed: {2}"]
    assert look(tmp_path, Truth({"a": 1}))[0] == ["b is another; allowed: {None}"]
    assert "not with" in look(tmp_path, Truth(held, models=("model two",)))[0][0]
