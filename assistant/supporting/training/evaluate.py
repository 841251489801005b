"""Calibrates the exported checker: `python -m assistant.supporting.training.evaluate DATA [FOLDER] [--write]`.

DATA holds `train.jsonl.gz` and `dev.jsonl.gz` (`claim, evidence, supported`). A logistic model over what is counted is fitted to
the training claims; how much it and the network weigh, and the threshold that is best for balanced accuracy, to the others. As
the same claims are calibrated on and measured, the figures are also given cross-validated: each fifth of the evidence is judged
by what was fitted to the other four.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from assistant.reading.calibration import fit
from assistant.reading.training.examples import read_rows
from assistant.supporting.checker import BUILT_IN, Floats, OnnxChecker, probability, score
from assistant.supporting.features import features
from assistant.supporting.scoring import Truth, auroc, best_threshold, figures

_PARTS = 5


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit and print; write if asked to."""
    parser = argparse.ArgumentParser(description="Calibrate the support checker.")
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=BUILT_IN)
    parser.add_argument("--write", action="store_true", help="write what was fitted to the folder's support.json")
    options = parser.parse_args(arguments)
    counted = _counted(list(read_rows(options.data / "train.jsonl.gz")))
    rows = list(read_rows(options.data / "dev.jsonl.gz"))
    network = OnnxChecker(options.folder).values([(row["claim"], row["evidence"]) for row in rows])
    values = np.array([(n[0], score(counted, _features(row))) for n, row in zip(network, rows, strict=True)])
    supported = np.array([row["supported"] for row in rows])
    calibration, threshold = fitted(values, supported)
    chosen = {"counted": counted.tolist(), "calibration": calibration.tolist(), "threshold": threshold}
    parts = np.array([crc32(row["evidence"].encode()) % _PARTS for row in rows])
    report = {
        **chosen,
        "auroc_of_network": auroc(values[:, 0].tolist(), supported.tolist()),
        "auroc_of_counted": auroc(values[:, 1].tolist(), supported.tolist()),
        "fitted_here": figures(_probabilities(calibration, values), supported.tolist(), threshold),
        "cross_validated": cross_validated(values, supported, parts),
    }
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    if options.write:
        path = options.folder / "support.json"
        details = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**details, **chosen}, indent=1) + "\n", encoding="utf-8")


def fitted(values: Floats, supported: Truth) -> tuple[Floats, float]:
    """Weights of the logistic model over both logits, the intercept first, and the threshold.

    Args:
        values: as `OnnxChecker.values` gives them, (claims, 2).
        supported: (claims,).
    """
    weights = np.round(fit(list(values), supported.tolist()), 5)
    return weights, round(best_threshold(_probabilities(weights, values), supported.tolist()), 4)


def cross_validated(values: Floats, supported: Truth, parts: Any) -> dict[str, float]:
    """`figures`, each part of the claims judged by what was fitted to the others, with their thresholds."""
    found, kept = np.zeros(len(values)), np.zeros(len(values))
    for part in np.unique(parts):
        inside = parts == part
        weights, threshold = fitted(values[~inside], supported[~inside])
        found[inside] = _probabilities(weights, values[inside])
        kept[inside] = found[inside] >= threshold
    accuracy = figures(kept.tolist(), supported.tolist(), 1.0)["balanced_accuracy"]
    return {**figures(found.tolist(), supported.tolist()), "balanced_accuracy": accuracy}


def _counted(rows: Sequence[dict[str, Any]]) -> Floats:
    return np.round(fit([_features(row) for row in rows], [row["supported"] for row in rows]), 5)


def _features(row: dict[str, Any]) -> Floats:
    return np.array(features(row["claim"], row["evidence"]))


def _probabilities(weights: Floats, values: Floats) -> list[float]:
    return [probability(weights, one) for one in values]


if __name__ == "__main__":
    main()
