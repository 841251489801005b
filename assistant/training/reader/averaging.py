"""Averages two exports of the strong reader: `python -m assistant.training.reader.averaging FILE OTHER [FOLDER] [--name NAME]`.

The mean of the weights of two runs, the second of which went on from the first, can read better than either (Wortsman et al.,
2022): it has half of what the second has learnt, and half of what it has forgotten. The factors of the adapters are averaged,
which is near the average of their products while the runs lie near each other. Of the layers' inputs the larger sizes are taken.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.network import weights
from assistant.network.adapters import packed, unpacked


def main(arguments: Sequence[str] | None = None) -> None:
    """Average, and write the file with its name and checksum; `calibrate` follows."""
    from safetensors.numpy import load_file, save_file

    parser = argparse.ArgumentParser(description="Average two exports of the strong reader.")
    parser.add_argument("file", type=Path)
    parser.add_argument("other", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=weights.TRUNK, help="has trunk.json")
    parser.add_argument("--name", default="trunk 3")
    options = parser.parse_args(arguments)
    made, details = options.folder / "trunk.safetensors", options.folder / "trunk.json"
    save_file(packed(mean(unpacked(load_file(options.file)), unpacked(load_file(options.other)))), made)
    known = json.loads(details.read_text(encoding="utf-8"))
    known["name"] = options.name
    known["sha256"][made.name] = hashlib.sha256(made.read_bytes()).hexdigest()
    details.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


def mean(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """The mean of each weight.

    Raises:
        ValueError: they are not of one network.
    """
    if {name: one.shape for name, one in first.items()} != {name: one.shape for name, one in second.items()}:
        raise ValueError("The files are of different networks: their weights have other names or shapes.")
    return {
        name: np.maximum(one, second[name]) if name.endswith(".largest") else (one + second[name]) / 2
        for name, one in first.items()
    }


if __name__ == "__main__":
    main()
