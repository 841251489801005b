"""Other extractive models, run by transformers: spans of a window -> its sentences, each worth as much as its likeliest span."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.core.errors import ReaderError
from assistant.network.encoded import Encoded
from assistant.network.readings import ABSENT, WindowReading
from assistant.network.window_network import WindowNetwork
from assistant.network.windows import MAX_TOKENS, Window
from index.sentences import sentences

_QUESTION_CHARS = 200
"""Of a long question the end is read, which asks: so the context has room in any window of 256 tokens and more."""


class TransformersNetwork(WindowNetwork):
    """An extractive model from a folder or from the local hub cache; nothing is downloaded. It gives no verdicts."""

    def __init__(self, model: str) -> None:
        """Loads the model.

        Args:
            model: a folder, or the name of a model on the hub.

        Raises:
            ReaderError: the model is not there, or is not an extractive question-answering model with a fast tokenizer.
        """
        try:
            from transformers import AutoModelForQuestionAnswering, AutoTokenizer

            folder = _local(model)
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            self._model = AutoModelForQuestionAnswering.from_pretrained(folder, local_files_only=True).eval()
            self._tokenizer = _padding_copy(tokenizer)
        except Exception as error:
            why = (str(error) or type(error).__name__).splitlines()[0]
            raise ReaderError(
                f"The reader {model!r} can't be loaded: {why} "
                "Give a folder with an extractive question-answering model, or a name that is in the local hub cache; "
                'or set the reader to "auto", "strong", "fast" or "quoting", which are built in.'
            ) from error
        self._takes_types = "token_type_ids" in tokenizer.model_input_names

    def read(self, windows: Sequence[Window]) -> list[WindowReading]:
        """See `WindowNetwork.read`."""
        import torch

        if not windows:
            return []
        pairs = [(window.question[-_QUESTION_CHARS:], window.context) for window in windows]
        encodings = self._tokenizer.encode_batch(pairs)
        arrays = {
            "input_ids": [one.ids for one in encodings],
            "attention_mask": [one.attention_mask for one in encodings],
        }
        if self._takes_types:
            arrays["token_type_ids"] = [one.type_ids for one in encodings]
        with torch.inference_mode():
            found = self._model(**{name: torch.tensor(values) for name, values in arrays.items()})
        start, end = found.start_logits.float().numpy(), found.end_logits.float().numpy()
        return [
            _reading(window.context, one, *both)
            for window, one, *both in zip(windows, encodings, start, end, strict=True)
        ]


def _reading(text: str, encoding: Any, start: Any, end: Any) -> WindowReading:
    """The reading of one window."""
    inside = np.flatnonzero([part == 1 for part in encoding.sequence_ids])
    offsets = np.array(encoding.offsets, np.int32)[inside]
    told = tuple(sentences(text))
    numbers = np.full(len(start), -1, np.int64)
    for number, (left, right) in enumerate(told):
        numbers[inside[(offsets[:, 0] < right) & (offsets[:, 1] > left)]] = number
    first = int(inside[0]) if len(inside) else 0
    encoded = Encoded(np.array(encoding.ids), (numbers >= 0).astype(np.int64), numbers, offsets, first, told)
    margins = np.full(len(told), ABSENT, np.float32)
    found = WindowReading(told, margins, np.zeros((len(told), 3), np.float32), encoded, start, end)
    for number in range(len(told)):
        for best in found.words(number):
            margins[number] = best.score
    return found


def _padding_copy(tokenizer: Any) -> Any:
    """A copy of the tokenizer of transformers that cuts and pads; the original is changed by each call."""
    from tokenizers import Tokenizer

    copy = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
    copy.enable_truncation(int(min(tokenizer.model_max_length, MAX_TOKENS)))
    copy.enable_padding(pad_id=tokenizer.pad_token_id or 0, pad_token=tokenizer.pad_token or "[PAD]")
    return copy


def _local(model: str) -> Path:
    """The model's folder: the given one, or its place in the hub cache. Given a name, transformers would ask the hub."""
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except (OSError, ValueError) as error:
        raise FileNotFoundError("it is no folder, and not in the local hub cache.") from error
