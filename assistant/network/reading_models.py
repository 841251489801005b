"""Which network reads: the strong one, the small one, or another one's, each with its name and its calibration."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from assistant.network import weights
from assistant.network.trunk import built_trunk, open_trunk_tokenizer, opened, trunk_details
from assistant.network.window_network import OnnxNetwork, WindowNetwork
from assistant.network.windows import BERT

_SMALL, _SMALL_DETAILS = "reader.onnx", "reader.json"
_LOADING = threading.Lock()
"""A question may come while its reader is being warmed in another thread: nothing is loaded twice."""


class ReadingModel(Protocol):
    """A network that may not be loaded yet."""

    @property
    def name(self) -> str:
        """Name and version."""

    def details(self) -> dict[str, Any]:
        """What was fitted to it: its calibration. Raises ReaderError if the file is missing or damaged."""

    def load(self) -> WindowNetwork:
        """The network, loaded once in a process: it holds no state of its callers. Raises ReaderError if it can't be loaded."""


@dataclass(frozen=True)
class StrongModel:
    """The strong network, 110 million parameters, built at first use.

    Attributes:
        cache_dir: folder of the network that is built; None = the per-user cache.
        base: folder of the base that it is built from; None = the hub's cache, else the packages.
    """

    cache_dir: Path | None = None
    base: Path | None = None

    @property
    def name(self) -> str:
        """See `ReadingModel.name`."""
        return str(self.details()["name"])

    def details(self) -> dict[str, Any]:
        """See `ReadingModel.details`."""
        return trunk_details()

    def load(self) -> WindowNetwork:
        """See `ReadingModel.load`."""
        with _LOADING:
            return _strong(built_trunk(self.cache_dir, self.base))


@dataclass(frozen=True)
class SmallModel:
    """The small network, 22 million parameters, which comes with the package."""

    @property
    def name(self) -> str:
        """See `ReadingModel.name`."""
        return str(self.details()["name"])

    def details(self) -> dict[str, Any]:
        """See `ReadingModel.details`."""
        return weights.details(weights.READER / _SMALL_DETAILS)

    def load(self) -> WindowNetwork:
        """See `ReadingModel.load`."""
        with _LOADING:
            return _small()


@dataclass(frozen=True)
class GivenModel:
    """Another extractive network, from a folder or from the local hub cache. Its scores are calibrated as the small network's.

    Attributes:
        source: the folder, or the name of a model on the hub.
    """

    source: str

    @property
    def name(self) -> str:
        """See `ReadingModel.name`."""
        return f"extractive {self.source}"

    def details(self) -> dict[str, Any]:
        """See `ReadingModel.details`."""
        return SmallModel().details()

    def load(self) -> WindowNetwork:
        """See `ReadingModel.load`."""
        with _LOADING:
            return _given(self.source)


@lru_cache(maxsize=1)
def _strong(built: Path) -> WindowNetwork:
    return opened(built, open_trunk_tokenizer())


@lru_cache(maxsize=1)
def _small() -> WindowNetwork:
    checksum = weights.details(weights.READER / _SMALL_DETAILS)["sha256"][_SMALL]
    return OnnxNetwork(weights.open_session(weights.READER / _SMALL, checksum), weights.open_tokenizer(), BERT)


@lru_cache(maxsize=2)
def _given(source: str) -> WindowNetwork:
    from assistant.network.transformers_network import TransformersNetwork

    return TransformersNetwork(source)
