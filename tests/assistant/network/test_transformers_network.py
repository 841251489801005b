"""Any extractive model of transformers can read; one that is not there is refused with a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.core.errors import ReaderError
from assistant.network.reading_models import GivenModel
from assistant.network.windows import Window


def test_an_unknown_model_is_refused_with_a_remedy(tmp_path: Path) -> None:
    for name in (str(tmp_path / "nothing"), "someone/no-such-reader"):
        with pytest.raises(
            ReaderError, match=r"not in the local hub cache.*extractive question-answering model"
        ) as raised:
            GivenModel(name).load()
        assert name in str(raised.value)
        assert "connect" not in str(raised.value)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ReaderError, match="extractive question-answering model") as raised:
        GivenModel(str(tmp_path)).load()
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
    network = GivenModel(str(tmp_path)).load()
    long = "Anna was born in Oslo. " * 100
    windows = [Window("Who?", "", long), Window("Where was she born? " * 200, "", "In Oslo."), Window("Who?", "", "")]
    first, second, empty = network.read(windows)
    assert len(first.sentences) == len(first.margins) == 100
    assert first.margins[0] > first.margins[-1], "what is cut off is worth nothing"
    assert second.sentences == ((0, 8),)
    for number in range(10):
        for words in first.words(number, most=3):
            start, end = first.sentences[number]
            assert start <= words.start < words.end <= end
    assert (empty.sentences, empty.words(0)) == ((), [])
    assert network.read([]) == []
