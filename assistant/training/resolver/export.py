"""Writes a checkpoint as the resolver's files: `python -m assistant.training.resolver.export CHECKPOINT [FOLDER]`.

The network becomes ONNX with 8-bit weights; its tokenizer is the reader's. Thresholds of the files that are
replaced are kept until `evaluate` writes new ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from assistant.training.resolver.network import load
from assistant.training.shared.export import Exported, export, write_network
from assistant.understanding.followup.resolver_network import BUILT_IN, INPUTS, Thresholds

_BY_TOKEN = {0: "batch", 1: "tokens"}
_OUTPUTS = {
    "words": _BY_TOKEN,
    "links": _BY_TOKEN,
    "pointers": {0: "batch", 2: "tokens", 3: "places"},
    "changed": {0: "batch"},
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Export."""
    export(Exported("resolver", BUILT_IN, "terms 2", _write, {"thresholds": asdict(Thresholds())}), arguments)


def _write(checkpoint: Path, folder: Path, exact: bool) -> Sequence[Path]:
    path = folder / "resolver.onnx"
    write_network(load(checkpoint, dropout=0.0).eval(), path, _OUTPUTS, INPUTS, exact=exact)
    return (path,)


if __name__ == "__main__":
    main()
