"""Writes a checkpoint as the checker's files: `python -m assistant.supporting.training.export CHECKPOINT [FOLDER]`.

The network becomes ONNX with 8-bit weights, as the reader's does; its tokenizer is the reader's. Calibration and threshold of the
files that are replaced are kept until `evaluate` writes new ones.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from assistant.reading.training.export import write_network
from assistant.supporting.checker import BUILT_IN
from assistant.supporting.features import FEATURES
from assistant.supporting.layout import INPUTS
from assistant.supporting.training.network import load

NEUTRAL = {"counted": [0.0] * (1 + len(FEATURES)), "calibration": [0.0, 1.0, 0.0], "threshold": 0.5}
"""Of a network that `evaluate` has not seen yet: its logit alone."""
_OUTPUTS = {"supported": {0: "batch"}}


def main(arguments: Sequence[str] | None = None) -> None:
    """Export."""
    parser = argparse.ArgumentParser(description="Export the support checker.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=BUILT_IN)
    parser.add_argument("--name", default="support 1")
    parser.add_argument("--exact", action="store_true", help="32-bit weights")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    network = options.folder / "support.onnx"
    write_network(load(options.checkpoint, dropout=0.0).eval(), network, _OUTPUTS, INPUTS, exact=options.exact)
    path = options.folder / "support.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    checksums = {network.name: hashlib.sha256(network.read_bytes()).hexdigest()}
    known = {**NEUTRAL, **known, "name": options.name, "sha256": checksums}
    path.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    size = network.stat().st_size
    sys.stdout.write(json.dumps({"folder": str(options.folder), "megabytes": round(size / 1e6, 1)}) + "\n")


if __name__ == "__main__":
    main()
