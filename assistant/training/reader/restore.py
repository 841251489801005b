"""The fast reader's network as it ships -> weights to go on training with, to within their rounding.

A run's checkpoint is four times as large as what is exported and is not kept; weights that are trained on lose nothing by one
rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from assistant.network.architectures import BERT_NAMES, HEADS
from assistant.network.graph import DENSE, JOINED


def restored(path: Path) -> dict[str, Any]:
    """The weights of an ONNX file that `export --small` wrote, named as in a checkpoint, torch tensors of 32 bits."""
    import onnx
    import torch
    from onnx import numpy_helper

    constants = {one.name: numpy_helper.to_array(one) for one in onnx.load(path).graph.initializer}
    layers = 1 + max(int(name.split(".")[0]) for name in constants if name[:1].isdigit())
    named = dict(_embeddings(constants))
    for layer in range(layers):
        for ours, values in _layer(constants, str(layer)):
            part, _, kind = ours.rpartition(".")
            named[f"encoder.encoder.layer.{layer}.{BERT_NAMES[part]}.{kind}"] = values
    for head in HEADS:
        named |= {f"{head}.weight": constants[f"{head}.matrix"].T, f"{head}.bias": constants[f"{head}.bias"]}
    return {name: torch.from_numpy(np.array(values, np.float32, order="C")) for name, values in named.items()}


def _embeddings(constants: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    before = constants["types.before"]
    yield "encoder.embeddings.word_embeddings.weight", constants["words.bytes"] * constants["words.scale"]
    yield "encoder.embeddings.position_embeddings.weight", constants["positions"]
    yield "encoder.embeddings.token_type_embeddings.weight", np.stack([before, before + constants["types.context"]])
    for kind in ("weight", "bias"):
        yield f"encoder.embeddings.LayerNorm.{kind}", constants[f"embedded.{kind}"]


def _layer(constants: Mapping[str, Any], layer: str) -> Iterator[tuple[str, Any]]:
    """The weights and biases of a layer's parts, named as in `graph`."""
    joined, bias = _matrix(constants, f"{layer}.{JOINED[0]}"), constants[f"{layer}.{JOINED[0]}.bias"]
    for part, weight, own in zip(JOINED, np.split(joined, 3), np.split(bias, 3), strict=True):
        yield f"{part}.weight", weight
        yield f"{part}.bias", own
    for part in DENSE:
        yield f"{part}.weight", _matrix(constants, f"{layer}.{part}")
        yield f"{part}.bias", constants[f"{layer}.{part}.bias"]
    for norm in ("seen", "done"):
        for kind in ("weight", "bias"):
            yield f"{norm}.{kind}", constants[f"{layer}.{norm}.{kind}"]


def _matrix(constants: Mapping[str, Any], name: str) -> Any:
    """A rounded matrix as torch keeps it, outputs by inputs, with the rows that have 32 bits.

    Of files made before there were such rows, what their inputs are multiplied by is a part of it.
    """
    matrix = constants[f"{name}.bytes"] * constants[f"{name}.scale"]
    if f"{name}.ease" in constants:
        matrix = matrix * constants[f"{name}.ease"][:, None]
    if f"{name}.apart" in constants:
        matrix[constants[f"{name}.apart"]] = constants[f"{name}.large"]
    return matrix.T
