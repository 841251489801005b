"""Turns a landed ONNX file of a small network back into a checkpoint, to within its 8-bit rounding.

A run's checkpoint is four times as large as what is exported and is not kept; weights that are trained on lose nothing by one
rounding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from assistant.training.shared.loop import learnt


def restored(path: Path, network: nn.Module, heads: Sequence[str]) -> dict[str, Any]:
    """The weights of an exported network, named as in a checkpoint.

    Args:
        path: the ONNX file.
        network: one like it, whose names and shapes are wanted.
        heads: its layers above the transformer that are multiplied by each token, in the order in which they are.
    """
    import onnx
    from onnx import numpy_helper

    constants = {i.name: numpy_helper.to_array(i) for i in onnx.load(path).graph.initializer}
    products = [
        name.removesuffix("_quantized") for name in constants if re.fullmatch(r"onnx::MatMul_\d+_quantized", name)
    ]
    places = [
        f"encoder.encoder.layer.{layer}.{part}.dense"
        for layer in range(6)
        for part in ("attention.output", "intermediate", "output")
    ]
    # The exporter numbers what it has no name for as it comes to it.
    products.sort(key=lambda name: int(name.rpartition("_")[2]))
    matrices = {f"{place}.weight": name for place, name in zip([*places, *heads], products, strict=True)}
    found: dict[str, Any] = {}
    for name, value in learnt(network).items():
        if name in matrices:
            array = _matrix(constants, matrices[name])
        elif f"{name}_Transposed_quantized" in constants:
            array = _matrix(constants, f"{name}_Transposed")
        elif ".attention.self." in name:
            array = _attention(constants, name)
        else:
            array = constants[name]
        found[name] = torch.from_numpy(np.array(array, np.float32, order="C")).reshape(value.shape)
    return found


def _matrix(constants: dict[str, Any], name: str) -> Any:
    """An 8-bit matrix as torch keeps it: outputs by inputs."""
    zero = constants[f"{name}_zero_point"].astype(np.float32)
    return ((constants[f"{name}_quantized"].astype(np.float32) - zero) * constants[f"{name}_scale"]).T


def _attention(constants: dict[str, Any], name: str) -> Any:
    """A third of the joint matrix, or of its bias, of query, key and value."""
    parts = name.split(".")
    joint, third = f"Attention_{parts[3]}_qkv_", ("query", "key", "value").index(parts[6])
    whole = constants[f"{joint}bias"] if parts[-1] == "bias" else _matrix(constants, f"{joint}weight")
    return whole[third * 384 : (third + 1) * 384]
