"""Tells how likely a sentence opens a paragraph: such a sentence stands alone, others lean on what was said before.

"They don't, but hotels mind getting them back late" hardly ever opens one. Learned from where the sentences of articles stand:
from their first words, which open paragraphs more or less often than others, and from the direction of their vectors, which
knows the leaning that no word shows. The direction is for the vectors of the built-in model alone; with another model the
first words decide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from index.arrays import Vectors
from index.stemming import plain

PROBE = "She said so on Monday."
"""Embedded with the sentences to learn whether the vectors are of the model that the weights were fitted for."""

_SAME = 0.99
_MOST = 30.0


@dataclass(frozen=True, slots=True)
class _Fitted:
    """What was learned.

    Attributes:
        intercept: log-odds without anything else.
        direction: weights of the values of a vector.
        first: weight of the first word's log-odds.
        words: first word -> its log-odds; 0 for all others.
        probe: vector of `PROBE`.
    """

    intercept: float
    direction: Vectors
    first: float
    words: Mapping[str, float]
    probe: Vectors


@cache
def _fitted() -> _Fitted:
    data = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    direction, probe = (np.array(data[name], dtype=np.float32) for name in ("direction", "probe"))
    return _Fitted(data["intercept"], direction, data["first"], data["words"], probe)


def openings(texts: Sequence[str], vectors: Vectors, probe: Vectors) -> Vectors:
    """How likely each sentence opens a paragraph, 0..1, shape (sentences,).

    Args:
        texts: the sentences.
        vectors: theirs, shape (sentences, dimension).
        probe: that of `PROBE`, by the same model.
    """
    fitted = _fitted()
    words = np.array([fitted.words.get(first_word(text), 0.0) for text in texts], dtype=np.float32)
    logits = fitted.intercept + fitted.first * words
    if probe.shape == fitted.probe.shape and float(probe @ fitted.probe) >= _SAME:
        logits = logits + vectors @ fitted.direction
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -_MOST, _MOST))), dtype=np.float32)


def first_word(text: str) -> str:
    """The first word, lower-cased, up to an apostrophe: "it" of "It's"; empty if there is none."""
    begins = next((n for n, letter in enumerate(text) if letter.isalnum()), len(text))
    ends = next((n for n in range(begins, len(text)) if not text[n].isalnum()), len(text))
    return plain(text[begins:ends])
