"""Writes a checkpoint of a small network as ONNX: what `export` of the entailment check and of the resolver share.

The network becomes ONNX with 8-bit weights: matrices by channel (dynamic quantization), word vectors by word. With `--exact` the
32-bit network is written instead, to compare. Calibration and threshold of the files that are replaced are kept until
`evaluate` writes new ones.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn


class _ByteVectors(nn.Module):  # type: ignore[misc]
    """Word vectors of 8 bits with a scale for each word: a quarter of the size, and rounding that no rare word suffers from."""

    def __init__(self, weight: Any) -> None:
        super().__init__()
        scale = weight.abs().amax(dim=1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("values", (weight / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, ids: Any) -> Any:
        return self.values[ids].float() * self.scale[ids]


@dataclass(frozen=True, slots=True)
class Exported:
    """A model as it is exported.

    Attributes:
        what: the model, one word; its details are in WHAT.json.
        folder: where it is written, if the command line names no other.
        name: likewise its name and version.
        write: (checkpoint, folder, whether with 32-bit weights) -> the files it has written, the network first.
        neutral: what WHAT.json has until `evaluate` has written it; what that wrote is kept.
    """

    what: str
    folder: Path
    name: str
    write: Callable[[Path, Path, bool], Sequence[Path]]
    neutral: Mapping[str, Any]


def export(model: Exported, arguments: Sequence[str] | None) -> None:
    """The command that writes a checkpoint as a model's files, and WHAT.json with name and checksums.

    Args:
        model: what is exported.
        arguments: of the command line; None = the process's own.
    """
    parser = argparse.ArgumentParser(description=f"Export the {model.what}.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=model.folder)
    parser.add_argument("--name", default=model.name)
    parser.add_argument("--exact", action="store_true", help="32-bit weights")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    files = model.write(options.checkpoint, options.folder, options.exact)
    path = options.folder / f"{model.what}.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    checksums = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    known = {**model.neutral, **known, "name": options.name, "sha256": checksums}
    path.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    size = files[0].stat().st_size
    sys.stdout.write(json.dumps({"folder": str(options.folder), "megabytes": round(size / 1e6, 1)}) + "\n")


def write_network(
    network: Any,
    path: Path,
    outputs: Mapping[str, Mapping[int, str]],
    inputs: Sequence[str],
    *,
    exact: bool = False,
) -> None:
    """Write a network as ONNX, with names for what goes in and out, any batch, any length.

    Args:
        network: its `encoder` is a BertModel.
        path: the file.
        outputs: name -> its dimensions that vary, with their names; in the order in which the network gives them.
        inputs: what it takes, in order, each int64, (batch, tokens).
        exact: 32-bit weights.
    """
    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    if not exact:
        network.encoder.embeddings.word_embeddings = _ByteVectors(
            network.encoder.embeddings.word_embeddings.weight.detach()
        )
    network.encoder.set_attn_implementation("eager")
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        # The exporter warns of its own future; nothing a user could act on.
        warnings.simplefilter("ignore")
        whole, fused = Path(folder) / "whole.onnx", Path(folder) / "fused.onnx"
        example = tuple(torch.ones((2, 9), dtype=torch.int64) for _ in inputs)
        torch.onnx.export(
            network,
            example,
            str(whole),
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes={**{name: {0: "batch", 1: "tokens"} for name in inputs}, **outputs},
            opset_version=17,
            dynamo=False,
        )
        fusions = FusionOptions("bert")
        # On a CPU a sum and a norm apart take a tenth of the time of the two fused.
        fusions.enable_skip_layer_norm = False
        model = optimizer.optimize_model(
            str(whole), model_type="bert", num_heads=12, hidden_size=384, opt_level=1, optimization_options=fusions
        )
        model.save_model_to_file(str(path if exact else fused))
        if not exact:
            quantize_dynamic(
                fused,
                path,
                op_types_to_quantize=["MatMul", "Attention"],
                per_channel=True,
                # Products with signed weights are cut off on processors without VNNI: each would give answers of its own.
                weight_type=QuantType.QUInt8,
                # Types behind fused operators are not inferred.
                extra_options={"DefaultTensorType": TensorProto.FLOAT},
            )
