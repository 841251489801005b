"""Writes a checkpoint as the checker's files: `python -m assistant.training.entailment.export CHECKPOINT [FOLDER]`.

The network becomes ONNX with 8-bit weights; its tokenizer is the reader's. Calibration and threshold of the
files that are replaced are kept until `evaluate` writes new ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.training.entailment.network import load
from assistant.training.shared.export import Exported, export, write_network
from assistant.verification.entailment.checker import BUILT_IN
from assistant.verification.entailment.features import FEATURES
from assistant.verification.entailment.layout import INPUTS

NEUTRAL = {"counted": [0.0] * (1 + len(FEATURES)), "calibration": [0.0, 1.0, 0.0, 0.0], "threshold": 0.5}
"""Of a network that `evaluate` has not seen yet: its logit alone."""
_OUTPUTS = {"supported": {0: "batch"}}


def main(arguments: Sequence[str] | None = None) -> None:
    """Export."""
    export(Exported("support", BUILT_IN, "support 2", _write, NEUTRAL), arguments)


def _write(checkpoint: Path, folder: Path, exact: bool) -> Sequence[Path]:
    path = folder / "support.onnx"
    write_network(load(checkpoint, dropout=0.0).eval(), path, _OUTPUTS, INPUTS, exact=exact)
    return (path,)


if __name__ == "__main__":
    main()
