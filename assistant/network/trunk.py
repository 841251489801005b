"""The strong reader's network: questions over windows -> logits of sentences, of spans and of a verdict. torch is not needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from assistant.network import weights
from assistant.network.trunk_windows import Encoded, Span, Window, encode, inputs

Logits = npt.NDArray[np.float32]
_LONGEST = 40
"""The most tokens of a span, as of the windows that it was taught with."""


@dataclass(frozen=True, slots=True)
class Words:
    """A span of a window that may be the answer's words.

    Attributes:
        start: its first character in the context.
        end: one past its last character.
        score: its logit (start and end added) less that of "no answer".
        share: its probability among the spans of its sentence.
    """

    start: int
    end: int
    score: float
    share: float


@dataclass(frozen=True, slots=True)
class WindowReading:
    """What the network says of a window.

    Attributes:
        sentences: spans of its sentences, as characters of the context.
        margins: their logits less that of "none of them", (sentences,); a sentence without tokens has a very low one.
        verdict: logits of neither, yes and no, (3,).
    """

    sentences: tuple[Span, ...]
    margins: Logits
    verdict: Logits
    encoded: Encoded
    _start: Logits
    _end: Logits

    def words(self, sentence: int, most: int = 1) -> list[Words]:
        """The likeliest spans of a sentence that don't overlap, best first; none if the window has none of its tokens."""
        inside = np.flatnonzero(self.encoded.sentence == sentence)
        if not len(inside):
            return []
        start, end = self._start[inside].astype(np.float64), self._end[inside].astype(np.float64)
        lengths = np.subtract.outer(np.arange(len(inside)), np.arange(len(inside))).T
        joint = np.where((lengths >= 0) & (lengths < _LONGEST), start[:, None] + end[None, :], -np.inf)
        total = float(np.logaddexp.reduce(joint[np.isfinite(joint)]))
        none = float(self._start[0]) + float(self._end[0])
        found: list[Words] = []
        while len(found) < most and np.isfinite(joint.max()):
            first, last = (int(n) for n in np.unravel_index(int(joint.argmax()), joint.shape))
            left = int(self.encoded.offsets[inside[first] - self.encoded.first][0])
            right = int(self.encoded.offsets[inside[last] - self.encoded.first][1])
            score = float(joint[first, last])
            found.append(Words(left, right, score - none, float(np.exp(score - total))))
            joint[: last + 1, first:] = -np.inf
        return found


class WindowNetwork(Protocol):
    """What reads windows. Several threads may call it at once."""

    def read(self, windows: Sequence[Window]) -> list[WindowReading]:
        """Read windows at once; they should be of like length, since the shorter ones are padded."""


class Trunk(WindowNetwork):
    """The network in 8 bits, run by onnxruntime. Several threads may call it at once."""

    def __init__(self, model: Path, tokenizer: Any, threads: int = 1) -> None:
        """Loads the network.

        Args:
            model: what `trunk_building.built_trunk` built.
            tokenizer: a `tokenizers.Tokenizer` of the base that neither pads nor truncates.
            threads: of a run, the caller's included.

        Raises:
            ReaderError: it can't be loaded.
        """
        self._tokenizer = tokenizer
        self._session = weights.session(model, str(model), threads, "Run: footnote doctor --repair")

    def read(self, windows: Sequence[Window]) -> list[WindowReading]:
        """See `WindowNetwork.read`."""
        if not windows:
            return []
        encoded = [encode(self._tokenizer, window) for window in windows]
        start, end, sentence, verdict = self._session.run(["start", "end", "sentence", "verdict"], inputs(encoded))
        readings = []
        for n, one in enumerate(encoded):
            margins = sentence[n, 1 : 1 + len(one.sentences)] - sentence[n, 0]
            held = np.isin(np.arange(len(one.sentences)), one.sentence)
            margins = np.where(held, margins, np.float32(-30))
            readings.append(WindowReading(one.sentences, margins, verdict[n], one, start[n], end[n]))
        return readings
