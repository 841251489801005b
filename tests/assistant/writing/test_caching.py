"""Replies kept in a folder: used again for the very same request, whole ones alone, and never in the way."""

from __future__ import annotations

import json
import logging
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.core.draft import Usage
from assistant.core.errors import ModelError
from assistant.writing.caching import Cached
from assistant.writing.model import LanguageModel, Message, Request
from tests.models import ScriptedModel

WHO = Request("answer: Who?", (Message("user", "12ab Who?"),), 100, "12ab")


def replied(model: LanguageModel, request: Request = WHO) -> tuple[str, Usage]:
    with closing(model.stream(request)) as stream:
        return "".join(stream), stream.usage


@given(st.text(st.characters(exclude_categories=["Cs"]) | st.just("\ud83d"), min_size=1))
def test_a_reply_is_asked_once_and_costs_nothing_then(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    if len(text) > 1:
        text = text.replace("\ud83d", "")
    folder = tmp_path_factory.mktemp("any") / "cache"
    model = ScriptedModel(text or "x", "another")
    first, cost = replied(Cached(model, folder))
    assert cost.requests == 1
    assert replied(Cached(model, folder)) == (first, Usage())
    assert len(model.requests) == 1


def test_only_the_very_same_request_to_the_same_model_is_answered(tmp_path: Path) -> None:
    replied(Cached(ScriptedModel("first"), tmp_path))
    other = ScriptedModel("second")
    fenced = replace(WHO, fence="34cd", messages=(Message("user", "34cd Who?"),), name="another name")
    assert replied(Cached(other, tmp_path), fenced)[0] == "first"
    for request in (replace(WHO, max_tokens=99), replace(WHO, schema={"type": "object"})):
        assert replied(Cached(other, tmp_path), request)[0] == "second"
    assert replied(Cached(ScriptedModel("third", name="another model"), tmp_path))[0] == "third"


def test_a_reply_that_did_not_come_to_its_end_is_not_kept(tmp_path: Path) -> None:
    cached = Cached(ScriptedModel(["half", ModelError("cut")], ["half", " whole"], "", "whole"), tmp_path)
    with suppress(ModelError):
        replied(cached)
    stream = cached.stream(WHO)
    assert next(iter(stream)) == "half"
    stream.close()
    assert replied(cached)[0] == ""
    assert list(tmp_path.iterdir()) == []
    assert replied(cached)[0] == "whole"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff", b"[]", b'{"version": 2, "text": "new"}', b'{"version": 1, "text": 3}', b"[" * 100_000],
)
def test_a_damaged_entry_is_asked_for_again_and_mended(tmp_path: Path, content: bytes) -> None:
    replied(Cached(ScriptedModel("first"), tmp_path))
    [entry] = tmp_path.iterdir()
    entry.write_bytes(content)
    assert replied(Cached(ScriptedModel("second"), tmp_path))[0] == "second"
    assert json.loads(entry.read_bytes()) == {"version": 1, "text": "second"}


def test_a_folder_that_can_not_be_written_is_warned_of_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("old")
    cached = Cached(ScriptedModel("reply"), tmp_path / "file")
    with caplog.at_level(logging.WARNING):
        assert [replied(cached)[0] for _ in range(3)] == ["reply"] * 3
    [warning] = caplog.records
    assert str(tmp_path / "file") in warning.message
    assert "FOOTNOTE_LLM_CACHE" in warning.message
    assert (tmp_path / "file").read_text() == "old"


def test_the_model_is_named_and_closed_as_it_is(tmp_path: Path) -> None:
    model = ScriptedModel("reply")
    cached = Cached(model, tmp_path)
    assert cached.name == model.name
    cached.close()
    assert model.closed
