"""The network that decides which words of the history a question needs, and where in it they go."""

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
"""Folder of the built-in network, its figures and its card; the tokenizer is the reader's."""

LINKS = (
    "", "of", "to", "in", "than", "from", "for", "by", "about", "with", "on", "after", "during", "at", "as", "against", "between",
)  # fmt: skip
"""Words that lead in what is put into a question, "" for none; "than" is said as "other than"."""

INPUTS = ("input_ids", "attention_mask", "token_type_ids", "marks")
"""Of the network, in order."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the network says of a layout, by word.

    Attributes:
        changed: probability that the question needs words of the history, 0..1.
        needed: of each word of the history that the question needs it, (said,).
        replaced: of each word of the question that something stands in its place, (asked,).
        links: of what is put in before the question and after each of its words, (1 + asked, 1 + links): nothing, or a span
            led in by one of `LINKS`.
        starts: log-probabilities that the span in the place of a word starts at a word of the history, (asked, said).
        ends: likewise that it ends there.
        inner_starts: likewise of the span that is put in at a place, (1 + asked, said).
        inner_ends: likewise.
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
    """What must be how likely; chosen on held-out conversations by `evaluate`.

    Attributes:
        changed: a question that leans on something by its words needs anything at all.
        whole: a question that does not.
        named: one that does not and names somebody or something that was talked about.
        replaced: a word gives way.
        put_in: something is put in at a place.
        needed: a word that no edit brings is added in brackets.
    """

    changed: float = 0.5
    whole: float = 0.9
    named: float = 0.9
    replaced: float = 0.5
    put_in: float = 0.5
    needed: float = 0.5


class ResolverNetwork(Protocol):
    """A layout -> what is needed and where. Several threads may call it at once."""

    name: str
    thresholds: Thresholds
    tokenizer: Any
    """A `tokenizers.Tokenizer` that neither pads nor cuts."""

    def predict(self, layout: Layout) -> Prediction:
        """What the network says of a question and its history."""


class OnnxResolver(ResolverNetwork):
    """The built-in network. A call runs in its caller's thread and a second one: nothing else can be done until it is over."""

    def __init__(self, folder: Path = BUILT_IN) -> None:
        """Checks and loads the files of a folder that `export` wrote.

        Raises:
            ReaderError: a file is missing, or not what was exported.
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
    """What a network says by token -> by word, a word being known by its first token.

    Args:
        layout: what was read.
        words: logits of being needed and of being replaced, (tokens, 2).
        links: logits of what is put in after a token, (tokens, 1 + links).
        pointers: logits of places, (4, tokens, tokens).
        changed: logit.
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
    """Name and version of the built-in network, without loading it. Errors as `OnnxResolver`."""
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
