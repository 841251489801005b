"""The networks that find answer spans: the built-in one, run by onnxruntime, and other extractive ones, run by transformers."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.core.errors import ReaderError
from assistant.network import weights
from assistant.network.spans import Logits, SpanNetwork

BUILT_IN = weights.READER
"""Folder of the built-in network, its tokenizer, its metrics and its card."""


def details(folder: Path = BUILT_IN) -> dict[str, Any]:
    """The details that `export` wrote beside the network: name, checksums, calibration, threshold.

    Raises:
        ReaderError: the file is missing or damaged.
    """
    return weights.details(folder / "reader.json")


class OnnxNetwork(SpanNetwork):
    """The built-in network. torch is not needed; a call runs in its caller's thread."""

    def __init__(self, folder: Path = BUILT_IN) -> None:
        """Checks and loads the files of a folder that `export` wrote.

        Raises:
            ReaderError: a file is missing, or differs from what was exported.
        """
        known = details(folder)
        self.name: str = known["name"]
        self.max_tokens: int = known["max_tokens"]
        self.tokenizer = weights.open_tokenizer(folder)
        self._session = weights.open_session(folder / "reader.onnx", known["sha256"]["reader.onnx"])

    def logits(self, arrays: dict[str, npt.NDArray[np.int64]]) -> tuple[Logits, Logits, Logits | None]:
        """See `SpanNetwork.logits`."""
        start, end, answerable = self._session.run(["start", "end", "answerable"], arrays)
        return start, end, answerable


class TransformersNetwork(SpanNetwork):
    """An extractive model from a folder or from the local hub cache; nothing is downloaded."""

    def __init__(self, model: str) -> None:
        """Loads the model.

        Args:
            model: a folder, or the name of a model on the hub.

        Raises:
            ReaderError: the model is not there, or is not an extractive question-answering model with a fast tokenizer.
        """
        self.name = f"extractive {model}"
        try:
            from transformers import AutoModelForQuestionAnswering, AutoTokenizer

            folder = _local(model)
            tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            self._model = AutoModelForQuestionAnswering.from_pretrained(folder, local_files_only=True).eval()
            self.tokenizer = _own_copy(tokenizer.backend_tokenizer)
        except Exception as error:
            why = str(error).splitlines()[0]
            raise ReaderError(
                f"The reader {model!r} can't be loaded: {why} "
                "Give a folder with an extractive question-answering model, or a name that is in the local hub cache; "
                'or set the reader to "auto", "strong", "fast" or "quoting", which are built in.'
            ) from error
        self.max_tokens = int(min(getattr(tokenizer, "model_max_length", 512), 384))
        self._takes_types = "token_type_ids" in tokenizer.model_input_names

    def logits(self, arrays: dict[str, npt.NDArray[np.int64]]) -> tuple[Logits, Logits, Logits | None]:
        """See `SpanNetwork.logits`."""
        import torch

        taken = {
            name: torch.from_numpy(a) for name, a in arrays.items() if self._takes_types or name != "token_type_ids"
        }
        with torch.inference_mode():
            found = self._model(**taken)
        return found.start_logits.float().numpy(), found.end_logits.float().numpy(), None


@lru_cache(maxsize=2)
def open_network(reader: str) -> SpanNetwork:
    """The network that a setting names: "trained" is the built-in one. Loaded once in a process."""
    return OnnxNetwork() if reader == "trained" else TransformersNetwork(reader)


def _local(model: str) -> Path:
    """The model's folder: the given one, or its place in the hub cache. Given a name, transformers would ask the hub."""
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except (OSError, ValueError) as error:
        raise FileNotFoundError("it is no folder, and not in the local hub cache.") from error


def _own_copy(tokenizer: Any) -> Any:
    """A copy that neither pads nor truncates; the original belongs to transformers."""
    from tokenizers import Tokenizer

    copy = Tokenizer.from_str(tokenizer.to_str())
    copy.no_padding()
    copy.no_truncation()
    return copy
