"""The protocol of a network that finds answer spans, and the spans that it finds in a context."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Logits = npt.NDArray[np.float32]


class SpanNetwork(Protocol):
    """Token ids -> logits of spans. Several threads may call it at once."""

    name: str
    tokenizer: Any
    """A `tokenizers.Tokenizer` that encodes pairs of question and context; it belongs to the network and, before its first use,
    neither pads nor truncates."""
    max_tokens: int
    """The most tokens of a window, question and special tokens included."""

    def logits(self, arrays: dict[str, npt.NDArray[np.int64]]) -> tuple[Logits, Logits, Logits | None]:
        """Logits of a batch.

        Args:
            arrays: `input_ids`, `attention_mask`, `token_type_ids`, each (batch, tokens).

        Returns:
            Start and end logits, (batch, tokens), of which the first token's stand for "no answer"; logits of the context
            being answerable, (batch,), or None if the network gives none.
        """


@dataclass(frozen=True, slots=True)
class Span:
    """An answer span: words of the context that may answer.

    Attributes:
        start: its first character in the context.
        end: one past its last character.
        score: its logit (start and end added) less that of "no answer".
        probability: the probability of exactly this span, among all spans of its window and "no answer".
        start_probability: the probability that the answer starts at its start.
        end_probability: the probability that the answer ends at its end.
    """

    start: int
    end: int
    score: float
    probability: float
    start_probability: float
    end_probability: float

    @property
    def sureness(self) -> float:
        """The logarithm of the probability."""
        return math.log(max(self.probability, 1e-6))


@dataclass(frozen=True, slots=True)
class Reading:
    """A network's result for a context.

    Attributes:
        spans: the best spans that don't overlap, best first; empty if the context has no token.
        answerable: logit of the context being answerable, by the network's own head; the best span's score if it has none.
    """

    spans: tuple[Span, ...]
    answerable: float

    @property
    def score(self) -> float:
        """The best span's score, clipped to -20..20; -20 if there is no span."""
        return float(np.clip(self.spans[0].score, -20, 20)) if self.spans else -20.0
