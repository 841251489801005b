"""Networks that read windows: a question over a piece of an article -> logits of sentences, of words and of verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from assistant.network.graph import OUTPUTS
from assistant.network.readings import ABSENT, WindowReading
from assistant.network.windows import Signs, Window, encode, inputs
from index.processors import usable_cores

_KEPT = 96
"""So many of the latest readings are kept, some 5 KB each: those of the 24 passages that were found, for a few askers at once."""


class WindowNetwork(Protocol):
    """What reads windows. Several threads may call it at once."""

    def read(self, windows: Sequence[Window]) -> list[WindowReading]:
        """Read windows. What is said of one does not depend on the others."""


class OnnxNetwork(WindowNetwork):
    """A network in 8 bits, as `graph.graph` writes one, run by onnxruntime. torch is not needed.

    Windows are read one by one, as many at once as there are cores: together they would be padded to the longest, the largest
    value of all would set how each is rounded, and they would not fit into the cores' caches. The latest readings are kept: what
    chose the windows of a question is asked for its opinion of the best ones again.
    """

    def __init__(self, session: Any, tokenizer: Any, signs: Signs) -> None:
        """Takes what was loaded.

        Args:
            session: an onnxruntime session that runs in its caller's thread.
            tokenizer: a `tokenizers.Tokenizer` of the network that neither pads nor truncates.
            signs: of the network.
        """
        self._session, self._tokenizer, self._signs = session, tokenizer, signs
        self._kept = lru_cache(maxsize=_KEPT)(self._read)

    def read(self, windows: Sequence[Window]) -> list[WindowReading]:
        """See `WindowNetwork.read`."""
        if len(windows) < 2:
            return [self._kept(window) for window in windows]
        # A pool for each call: none outlives a fork, or is waited for at the end of the process.
        with ThreadPoolExecutor(min(len(windows), usable_cores()), "footnote-reading") as pool:
            return list(pool.map(self._kept, windows))

    def _read(self, window: Window) -> WindowReading:
        encoded = encode(self._tokenizer, window, self._signs)
        given = inputs([encoded], self._signs)
        start, end, sentence, verdict = (one[0] for one in self._session.run(OUTPUTS, given))
        count = len(encoded.sentences)
        held = np.isin(np.arange(count), encoded.sentence)
        margins = np.where(held, sentence[1 : 1 + count] - sentence[0], np.float32(ABSENT))
        return WindowReading(encoded.sentences, margins, verdict[1 : 1 + count], encoded, start, end)
