"""What is asked of a network that finds spans, and what it says of a context."""

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
    """A `tokenizers.Tokenizer` that makes pairs of question and context; the network's own, neither padding nor cutting yet."""
    max_tokens: int
    """Of a window, question and special tokens among them."""

    def logits(self, arrays: dict[str, npt.NDArray[np.int64]]) -> tuple[Logits, Logits, Logits | None]:
        """Logits of a batch.

        Args:
            arrays: `input_ids`, `attention_mask`, `token_type_ids`, each (batch, tokens).

        Returns:
            Start and end logits, (batch, tokens), the first token standing for "no answer"; logits of there being an answer,
            (batch,), or None where the network gives none.
        """


@dataclass(frozen=True, slots=True)
class Span:
    """Words of the context that may answer.

    Attributes:
        start: the first character in the context.
        end: one past the last.
        score: how much likelier than "no answer", as a difference of logits (start and end added).
        probability: of these very words, among all spans of its window and "no answer".
        start_probability: that the answer starts where this does.
        end_probability: that it ends where this does.
    """

    start: int
    end: int
    score: float
    probability: float
    start_probability: float
    end_probability: float

    @property
    def sureness(self) -> float:
        """Logarithm of the probability."""
        return math.log(max(self.probability, 1e-6))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a network makes of a context.

    Attributes:
        spans: the best that don't overlap, best first; empty where the context has no token.
        answerable: logit of there being an answer, by the network's own head; the best span's score where it has none.
    """

    spans: tuple[Span, ...]
    answerable: float

    @property
    def score(self) -> float:
        """The best span's, kept within 20 of "no answer"; -20 where there is none."""
        return float(np.clip(self.spans[0].score, -20, 20)) if self.spans else -20.0
