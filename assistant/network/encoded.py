"""A window as the tokens that a network reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.spans import Span


@dataclass(frozen=True, slots=True)
class Encoded:
    """A window as token ids.

    Attributes:
        ids: of all tokens, (tokens,).
        context: 1 where a token can answer, (tokens,).
        sentence: number of its sentence, or -1, (tokens,).
        offsets: where the context's tokens stand in the context, (context tokens, 2).
        first: place of the context's first token.
        sentences: spans of the sentences that are told apart, as characters of the context.
    """

    ids: npt.NDArray[np.int64]
    context: npt.NDArray[np.int64]
    sentence: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int32]
    first: int
    sentences: tuple[Span, ...]
