"""Where the strong reader can't be loaded, the fast one reads, and every answer says so with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant import Article, Assistant
from assistant.core.errors import ReaderError
from assistant.core.settings import load_settings
from assistant.opening import open_reader
from tests.doubles import HashEmbedder

FERRY = Article("The ferry to the island sails at noon. Kari Holm owns the ferry.", "Ferry news", "ferry")


@pytest.mark.parametrize("lacking", ["no such folder", "empty folder"])
def test_an_answer_without_the_base_has_a_notice(tmp_path: Path, lacking: str) -> None:
    (tmp_path / "empty folder").mkdir()
    settings = load_settings(reader="auto", cache_dir=tmp_path / "cache", base_model=tmp_path / lacking)
    reader = open_reader(settings, HashEmbedder())
    with Assistant.open(tmp_path / "library", embedder=HashEmbedder(), reader=reader) as assistant:
        assistant.add(FERRY)
        answer = assistant.ask("Who owns the ferry?")
        again = assistant.ask("When does the ferry sail?")
    assert answer.status == "answered"
    for one in (answer, again):
        assert "Read by the fast reader instead of the strong one." in one.notice
        assert "Unset FOOTNOTE_BASE_MODEL" in one.notice
    assert reader.name == open_reader(load_settings(reader="fast"), HashEmbedder()).name


def test_the_strong_reader_by_name_has_no_substitute(tmp_path: Path) -> None:
    settings = load_settings(reader="strong", cache_dir=tmp_path / "cache", base_model=tmp_path / "nothing")
    reader = open_reader(settings, HashEmbedder())
    with Assistant.open(tmp_path / "library", embedder=HashEmbedder(), reader=reader) as assistant:
        assistant.add(FERRY)
        with pytest.raises(ReaderError, match=r"lacks config\.json"):
            assistant.ask("Who owns the ferry?")
