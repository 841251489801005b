"""Spans of any context, however long, lie at exact characters; a model whose files are not what was exported is refused."""

from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.core.errors import ReaderError
from assistant.network.span_network import BUILT_IN, OnnxNetwork, open_network
from assistant.network.windows import SpanFinder


class WordFinder:
    """A network double: the answer is one word, wherever it stands; "no answer" otherwise."""

    name = "word finder"
    max_tokens = 64

    def __init__(self, word: str) -> None:
        from tokenizers import Tokenizer

        self.tokenizer = Tokenizer.from_file(str(BUILT_IN / "tokenizer.json"))
        self._word = self.tokenizer.encode(word, add_special_tokens=False).ids[0]
        self.longest = 0

    def logits(self, arrays: dict[str, Any]) -> tuple[Any, Any, None]:
        ids = arrays["input_ids"]
        self.longest = max(self.longest, ids.shape[1])
        found = np.where((ids == self._word) & (arrays["token_type_ids"] == 1), 9.0, -9.0).astype(np.float32)
        found[:, 0] = 0.0
        return found, found.copy(), None


@pytest.mark.parametrize("before", [0, 3, 40, 400])
def test_a_word_is_found_at_its_very_place(before: int) -> None:
    context = "Ünïcödé 漢字 👑 word. " * before + "The treasure lies here." + " More of it." * 50
    network = WordFinder("treasure")
    reading = SpanFinder(network).read("Where is the treasure?", [context])[0]
    best = reading.spans[0]
    assert context[best.start : best.end] == "treasure"
    assert best.score == pytest.approx(18)
    assert best.probability > 0.99
    assert network.longest <= network.max_tokens


def test_spans_do_not_overlap() -> None:
    reading = SpanFinder(WordFinder("red")).read("Which?", ["red blue red green red"])[0]
    places = sorted((span.start, span.end) for span in reading.spans)
    assert all(one[1] <= other[0] for one, other in pairwise(places))
    assert places[:1] == [(0, 3)]


def test_without_an_answer_the_best_span_scores_below_none() -> None:
    assert SpanFinder(WordFinder("gold")).read("Where?", ["nothing is here"])[0].spans[0].score < 0


@pytest.mark.parametrize("context", ["", " ", "\n\n"])
def test_an_empty_context_has_no_span(context: str) -> None:
    assert SpanFinder(WordFinder("gold")).read("Where?", [context])[0].spans == ()


def test_the_end_of_a_long_question_is_read() -> None:
    question = "What was said before. " * 100 + "Where is it?"
    reading = SpanFinder(WordFinder("gold")).read(question, ["The gold is here."])[0]
    assert reading.spans[0].score > 0


def test_order_and_batches_change_nothing() -> None:
    finder = SpanFinder(OnnxNetwork())
    contexts = ["Anna was born in Oslo in 1902.", "It rained. " * 30 + "The ship sank in 1912.", "Nothing."] * 4
    together = finder.read("When did the ship sink?", contexts)
    alone = [finder.read("When did the ship sink?", [context])[0] for context in contexts]
    for one, other in zip(together, alone, strict=True):
        assert (one.spans[0].start, one.spans[0].end) == (other.spans[0].start, other.spans[0].end)


def test_the_built_in_network_reads() -> None:
    context = (
        "The town council met on Monday. Mayor Elin Dahl opened the new bridge in May 1961 after two years of work."
    )
    reading = SpanFinder(OnnxNetwork()).read("Who opened the bridge?", [context])[0]
    best = reading.spans[0]
    assert "Elin Dahl" in context[best.start : best.end]
    assert best.score > 0


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    shutil.copytree(BUILT_IN, tmp_path / "model")
    return tmp_path / "model"


@pytest.mark.parametrize("name", ["reader.onnx", "tokenizer.json"])
def test_a_damaged_file_is_refused(copied: Path, name: str) -> None:
    content = bytearray((copied / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / name).write_bytes(content)
    with pytest.raises(ReaderError, match=f"{name}.*damaged.*Install footnote again"):
        OnnxNetwork(copied)


@pytest.mark.parametrize("name", ["reader.onnx", "tokenizer.json", "reader.json"])
def test_a_missing_file_is_named(copied: Path, name: str) -> None:
    (copied / name).unlink()
    with pytest.raises(ReaderError, match=name):
        OnnxNetwork(copied)


def test_a_damaged_description_is_refused(copied: Path) -> None:
    (copied / "reader.json").write_text("{")
    with pytest.raises(ReaderError, match=r"reader\.json"):
        OnnxNetwork(copied)


def test_the_files_fit_the_repository() -> None:
    assert sum(path.stat().st_size for path in BUILT_IN.iterdir()) < 30e6


def test_an_unknown_model_is_refused_with_a_remedy(tmp_path: Path) -> None:
    for name in (str(tmp_path / "nothing"), "someone/no-such-reader"):
        with pytest.raises(
            ReaderError, match=r"not in the local hub cache.*extractive question-answering model"
        ) as raised:
            open_network(name)
        assert name in str(raised.value)
        assert "connect" not in str(raised.value)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ReaderError, match="extractive question-answering model") as raised:
        open_network(str(tmp_path))
    assert "no folder" not in str(raised.value)


@pytest.mark.system
def test_any_extractive_model_can_be_used(tmp_path: Path) -> None:
    from transformers import BertConfig, BertForQuestionAnswering, BertTokenizerFast

    from index.compiling import built_in_model_dir

    config = BertConfig(
        vocab_size=30522, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
    )
    BertForQuestionAnswering(config).save_pretrained(tmp_path)
    BertTokenizerFast.from_pretrained(built_in_model_dir()).save_pretrained(tmp_path)
    reading = SpanFinder(open_network(str(tmp_path))).read("Who?", ["Anna was born in Oslo. " * 100])[0]
    assert reading.spans
    assert json.dumps([reading.spans[0].start, reading.spans[0].end])
