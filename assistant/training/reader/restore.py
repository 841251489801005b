"""Goes on from landed files: turns `reader.onnx` back into a checkpoint, to within its 8-bit rounding.

`python -m assistant.training.reader.restore CHECKPOINT [FOLDER]`, then `train ... --start CHECKPOINT`. A run's checkpoint is
four times as large as what is exported and is not kept; weights that are trained on lose nothing by one rounding.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from assistant.network.span_network import BUILT_IN
from assistant.training.reader.loop import learnt
from assistant.training.reader.network import load

_HEADS = ("span",)
"""Of the reader, those that are multiplied by each token, in the order in which they are."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the checkpoint."""
    from safetensors.torch import save_file

    parser = argparse.ArgumentParser(description="Turn an exported reader back into a checkpoint.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=BUILT_IN)
    options = parser.parse_args(arguments)
    save_file(restored(options.folder / "reader.onnx"), options.checkpoint)


def restored(path: Path, network: nn.Module | None = None, heads: Sequence[str] = _HEADS) -> dict[str, Any]:
    """The weights of an exported network, named as in a checkpoint.

    Args:
        path: the ONNX file.
        network: one like it, whose names and shapes are wanted; None = the reader's.
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
    for name, value in learnt(network or load(None)).items():
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


if __name__ == "__main__":
    main()
