"""Writes a checkpoint as the resolver's files: `python -m assistant.followup.training.export CHECKPOINT [FOLDER]`.

The network becomes ONNX with 8-bit weights, as the reader's does; its tokenizer is the reader's. Thresholds of the files that are
replaced are kept until `evaluate` writes new ones.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from assistant.followup.network import BUILT_IN, INPUTS, Thresholds
from assistant.followup.training.network import load
from assistant.reading.training.export import write_network

_BY_TOKEN = {0: "batch", 1: "tokens"}
_OUTPUTS = {
    "words": _BY_TOKEN,
    "links": _BY_TOKEN,
    "pointers": {0: "batch", 2: "tokens", 3: "places"},
    "changed": {0: "batch"},
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Export."""
    parser = argparse.ArgumentParser(description="Export the resolver.")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=BUILT_IN)
    parser.add_argument("--name", default="terms 1")
    parser.add_argument("--exact", action="store_true", help="32-bit weights")
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    network = options.folder / "resolver.onnx"
    write_network(load(options.checkpoint, dropout=0.0).eval(), network, _OUTPUTS, INPUTS, exact=options.exact)
    path = options.folder / "resolver.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    checksums = {network.name: hashlib.sha256(network.read_bytes()).hexdigest()}
    known = {"thresholds": asdict(Thresholds()), **known, "name": options.name, "sha256": checksums}
    path.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    size = network.stat().st_size
    sys.stdout.write(json.dumps({"folder": str(options.folder), "megabytes": round(size / 1e6, 1)}) + "\n")


if __name__ == "__main__":
    main()
