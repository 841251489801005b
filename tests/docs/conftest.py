"""What pages take for granted: a folder with `examples/` in it, and an open assistant that holds their articles."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant import Assistant
from index.embedding import Embedder
from tests.docs.pages import ROOT


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder but for `examples/`; what names no library uses one in it, too."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FOOTNOTE_LIBRARY", str(tmp_path / "usual-library"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Iterator[Assistant]:
    """What pages call `assistant`: open, with the articles of `examples/articles`, and what blocks before have added."""
    with Assistant.open(tmp_path_factory.mktemp("filled") / "library", embedder=embedder) as assistant:
        assistant.add(ROOT / "examples" / "articles")
        yield assistant
