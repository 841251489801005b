"""The network that predicts which words of the history a question needs, and where they go in it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from assistant.network.weights import MODELS, details, open_session, open_tokenizer
from assistant.understanding.followup.layout import Layout

BUILT_IN = MODELS / "resolver"
"""Folder of the built-in network, its metrics and its card; it uses the reader's tokenizer."""

LINKS = (
    "", "of", "to", "in", "than", "from", "for", "by", "about", "with", "on", "after", "during", "at", "as", "against", "between",
)  # fmt: skip
"""Words that link an inserted span to the question, "" for none; "than" is written as "other than"."""

INPUTS = ("input_ids", "attention_mask", "token_type_ids", "marks")
"""Names of the network's inputs, in order."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prediction:
    """The network's prediction for a layout, by word; all values are probabilities, 0..1, or log-probabilities.

    Attributes:
        changed: probability that the question needs words of the history.
        needed: for each word of the history, that the question needs it, (said,).
        replaced: for each word of the question, that a span replaces it, (asked,).
        links: for the places before the question and after each of its words, what is inserted there: nothing, or a span after
            one of `LINKS`, (1 + asked, 1 + links).
        starts: log-probabilities that the span that replaces a word starts at a word of the history, (asked, said).
        ends: log-probabilities that this span ends there, (asked, said).
        inner_starts: log-probabilities that the span inserted at a place starts there, (1 + asked, said).
        inner_ends: log-probabilities that this span ends there, (1 + asked, said).
    """

    changed: float
    needed: Floats
    replaced: Floats
    links: Floats
    starts: Floats
    ends: Floats
    inner_starts: Floats
    inner_ends: Floats


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least probabilities for changing a question; chosen on held-out conversations by `evaluate`.

    Attributes:
        changed: from this `Prediction.changed` on, a question is changed whose words lean on earlier turns.
        whole: likewise for a question whose words don't lean on earlier turns.
        named: likewise for a question that doesn't lean on earlier turns but names something that was talked about.
        replaced: from this `Prediction.replaced` on, a word is replaced.
        put_in: from this probability of an insertion on, a span is inserted at a place.
        needed: from this `Prediction.needed` on, a word that no edit contains is added in brackets.
    """

    changed: float = 0.5
    whole: float = 0.9
    named: float = 0.9
    replaced: float = 0.5
    put_in: float = 0.5
    needed: float = 0.5


class ResolverNetwork(Protocol):
    """Layout -> prediction. Several threads may call it at once."""

    name: str
    thresholds: Thresholds
    tokenizer: Any
    """A `tokenizers.Tokenizer` that neither pads nor truncates."""

    def predict(self, layout: Layout) -> Prediction:
        """The prediction for a question and its history."""


class OnnxResolver(ResolverNetwork):
    """The built-in network. A call uses two threads, the caller's and another, since no other stage can run meanwhile."""

    def __init__(self, folder: Path = BUILT_IN) -> None:
        """Checks and loads the files of a folder that `export` wrote.

        Raises:
            ReaderError: a file is missing, or differs from what was exported.
        """
        known = details(folder / "resolver.json")
        self.name = str(known["name"])
        self.thresholds = Thresholds(**known["thresholds"])
        self.tokenizer = open_tokenizer()
        self._session = open_session(folder / "resolver.onnx", known["sha256"]["resolver.onnx"], threads=2)

    def predict(self, layout: Layout) -> Prediction:
        """See `ResolverNetwork.predict`."""
        ids = layout.ids[None]
        values = (ids, np.ones_like(ids), layout.types[None], layout.marks[None])
        arrays = dict(zip(INPUTS, values, strict=True))
        words, links, pointers, changed = self._session.run(["words", "links", "pointers", "changed"], arrays)
        return by_word(layout, words[0], links[0], pointers[0], float(changed[0]))


def by_word(layout: Layout, words: Any, links: Any, pointers: Any, changed: float) -> Prediction:
    """A network's logits by token -> the prediction by word; a word's values are those at its first token.

    Args:
        layout: the network's input.
        words: logits of being needed and of being replaced, (tokens, 2).
        links: logits of what is inserted after a token, (tokens, 1 + links).
        pointers: logits of the starts and ends of replacing and of inserted spans, (4, tokens, tokens).
        changed: logit that the question needs words of the history.
    """
    asked = np.array([word.token for word in layout.asked], dtype=int)
    said = np.array([word.token for word in layout.said], dtype=int)
    slots = np.concatenate([[0], asked]).astype(int)
    return Prediction(
        changed=float(_sigmoid(np.float64(changed))),
        needed=_sigmoid(words[said, 0].astype(np.float64)),
        replaced=_sigmoid(words[asked, 1].astype(np.float64)),
        links=np.exp(_log_softmax(links[slots].astype(np.float64))),
        starts=_log_softmax(pointers[0][asked].astype(np.float64))[:, said],
        ends=_log_softmax(pointers[1][asked].astype(np.float64))[:, said],
        inner_starts=_log_softmax(pointers[2][slots].astype(np.float64))[:, said],
        inner_ends=_log_softmax(pointers[3][slots].astype(np.float64))[:, said],
    )


def built_in_name() -> str:
    """Name and version of the built-in network, without loading it. Raises the errors of `OnnxResolver`."""
    return str(details(BUILT_IN / "resolver.json")["name"])


@lru_cache(maxsize=1)
def open_network() -> ResolverNetwork:
    """The built-in network, loaded once in a process."""
    return OnnxResolver()


def _sigmoid(logits: Any) -> Any:
    return 1 / (1 + np.exp(-np.clip(logits, -60, 60)))


def _log_softmax(logits: Floats) -> Floats:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    found: Floats = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return found
