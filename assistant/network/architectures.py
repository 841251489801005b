"""Names of weights and shapes, as transformers has them, -> those of `graph`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from assistant.network.graph import Shape, Weights

_MPNET = {
    "q": "attention.attn.q", "k": "attention.attn.k", "v": "attention.attn.v", "o": "attention.attn.o",
    "seen": "attention.LayerNorm", "wide": "intermediate.dense", "narrow": "output.dense", "done": "output.LayerNorm",
}  # fmt: skip
BERT_NAMES = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value", "o": "attention.output.dense",
    "seen": "attention.output.LayerNorm", "wide": "intermediate.dense", "narrow": "output.dense", "done": "output.LayerNorm",
}  # fmt: skip
HEADS = ("span", "sentence.0", "sentence.2", "verdict.0", "verdict.2")
_FIRST_POSITION = 2
"""MPNet counts places from the one behind the padding's."""


def shape_of(config: Mapping[str, Any]) -> Shape:
    """The shape in a `config.json` of transformers."""
    return Shape(config["num_hidden_layers"], config["num_attention_heads"], config["layer_norm_eps"])


def mpnet(known: Mapping[str, Any], shape: Shape) -> Weights:
    """The weights of an `MPNetModel` and of heads."""
    words = known["embeddings.word_embeddings.weight"]
    positions = known["embeddings.position_embeddings.weight"][_FIRST_POSITION:]
    distances = known["encoder.relative_attention_bias.weight"]
    return {"words": words, "positions": positions, "distances": distances, **dict(_named(known, shape, _MPNET))}


def bert(known: Mapping[str, Any], shape: Shape) -> Weights:
    """The weights of a `BertModel` and of heads."""
    words, positions, types = (
        known[f"embeddings.{name}_embeddings.weight"] for name in ("word", "position", "token_type")
    )
    return {"words": words, "positions": positions, "types": types, **dict(_named(known, shape, BERT_NAMES))}


def _named(known: Mapping[str, Any], shape: Shape, names: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    places = {
        f"{n}.{ours}": f"encoder.layer.{n}.{theirs}" for n in range(shape.layers) for ours, theirs in names.items()
    }
    places |= {"embedded": "embeddings.LayerNorm", **{head: head for head in HEADS}}
    for ours, theirs in places.items():
        for part in ("weight", "bias", "largest"):
            if f"{theirs}.{part}" in known:
                yield f"{ours}.{part}", np.asarray(known[f"{theirs}.{part}"], np.float32)
