"""The built-in networks read; files that are not what was exported are refused by name."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from assistant.core.errors import ReaderError
from assistant.network import reading_models, weights
from assistant.network.reading_models import SmallModel
from assistant.network.window_network import OnnxNetwork
from assistant.network.windows import BERT, SENTENCES, Window

CONTEXT = "The town council met on Monday. Mayor Elin Dahl opened the new bridge in May 1961 after two years of work."


def test_the_small_network_reads() -> None:
    [reading] = SmallModel().load().read([Window("Who opened the bridge?", "", CONTEXT)])
    best = int(reading.margins.argmax())
    assert best == 1
    assert reading.margins[best] > 0
    [words] = reading.words(best)
    assert "Elin Dahl" in CONTEXT[words.start : words.end]


def test_it_knows_that_nothing_answers() -> None:
    [reading] = SmallModel().load().read([Window("How deep is the lake?", "", CONTEXT)])
    assert reading.margins.max() < 0


def test_what_was_read_a_moment_ago_is_not_read_again() -> None:
    details = weights.details(weights.READER / "reader.json")
    session = CountingSession(weights.open_session(weights.READER / "reader.onnx", details["sha256"]["reader.onnx"]))
    network = OnnxNetwork(session, weights.open_tokenizer(), BERT)
    windows = [Window("Who opened the bridge?", "", text) for text in (CONTEXT, "The ferry ran until 1961.")]
    first = network.read(windows)
    [again] = network.read([Window(windows[0].question, "", str(CONTEXT))])
    assert session.runs == 2
    assert again.margins.tolist() == first[0].margins.tolist()
    network.read([Window("Who closed the bridge?", "", CONTEXT)])
    assert session.runs == 3


def test_a_window_of_many_short_sentences_is_read_to_its_end() -> None:
    text = "Yes. No. " * 40 + "Anna Berg owns the ferry."
    [reading] = SmallModel().load().read([Window("Who owns the ferry?", "", text)])
    start, end = reading.sentences[-1]
    assert text[start:end].endswith("Anna Berg owns the ferry.")
    assert len(reading.margins) == len(reading.sentences) == SENTENCES


class CountingSession:
    """An onnxruntime session that counts its runs."""

    def __init__(self, session: Any) -> None:
        self._session, self.runs = session, 0

    def run(self, *given: Any) -> Any:
        """As the session does."""
        self.runs += 1
        return self._session.run(*given)


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files of the small network, to be damaged."""
    folder = tmp_path / "reader"
    shutil.copytree(weights.READER, folder)
    monkeypatch.setattr(weights, "READER", folder)
    monkeypatch.setattr(reading_models, "_small", reading_models._small.__wrapped__)
    monkeypatch.setattr(weights.open_tokenizer, "__defaults__", (folder, "reader.json"))
    return folder


@pytest.mark.parametrize("name", ["reader.onnx", "tokenizer.json"])
def test_a_damaged_file_is_refused(copied: Path, name: str) -> None:
    content = bytearray((copied / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / name).write_bytes(content)
    with pytest.raises(ReaderError, match=f"{name}.*damaged.*Install footnote again"):
        SmallModel().load()


@pytest.mark.parametrize("name", ["reader.onnx", "tokenizer.json", "reader.json"])
def test_a_missing_file_is_named(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(ReaderError, match=name):
        SmallModel().load()


def test_a_damaged_description_is_refused(copied: Path) -> None:
    (copied / "reader.json").write_text("{")
    with pytest.raises(ReaderError, match=r"reader\.json"):
        SmallModel().load()


def test_the_files_fit_the_repository() -> None:
    assert sum(path.stat().st_size for path in weights.READER.iterdir()) < 30e6
    assert sum(path.stat().st_size for path in weights.TRUNK.iterdir()) < 15e6
