"""Calibrates the exported checker: `python -m assistant.training.entailment.evaluate DATA [FOLDER] [--write]`.

DATA holds `train.jsonl.gz` and `dev.jsonl.gz` (`claim, evidence, supported`), and `made_dev.jsonl.gz` where `prepare` wrote it. A
logistic model over what is counted is fitted to the training claims; how much it, the network and exchanged places weigh to the
others, made ones included, since of the real ones hardly any has all words of its evidence and says something else. The threshold
is the one that is best for the balanced accuracy of the real ones. As the same claims are calibrated on and measured, the figures
are also given cross-validated: each fifth of the evidence is judged by what was fitted to the other four.
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
from assistant.training.entailment.scoring import Truth, auroc, best_threshold, figures
from assistant.training.shared.rows import read_rows
from assistant.verification.entailment.checker import BUILT_IN, Floats, OnnxChecker, probability, score
from assistant.verification.entailment.features import features

_PARTS = 5
_HELD_OUT = ("dev.jsonl.gz", "made_dev.jsonl.gz")


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit and print; write if asked to."""
    parser = argparse.ArgumentParser(description="Calibrate the support checker.")
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=BUILT_IN)
    parser.add_argument("--write", action="store_true", help="write what was fitted to the folder's support.json")
    options = parser.parse_args(arguments)
    counted = _counted(list(read_rows(options.data / "train.jsonl.gz")))
    checker = OnnxChecker(options.folder)
    rows, made = (list(read_rows(path)) if (path := options.data / name).exists() else [] for name in _HELD_OUT)
    values, values_of_made = (_values(checker, counted, some) for some in (rows, made))
    supported, made_supported = (np.array([row["supported"] for row in some], bool) for some in (rows, made))
    calibration, threshold = fitted(values, supported, values_of_made, made_supported)
    chosen = {"counted": counted.tolist(), "calibration": calibration.tolist(), "threshold": threshold}
    parts = np.array([crc32(row["evidence"].encode()) % _PARTS for row in rows])
    report = {
        **chosen,
        "auroc_of_network": auroc(values[:, 0].tolist(), supported.tolist()),
        "auroc_of_counted": auroc(values[:, 1].tolist(), supported.tolist()),
        "fitted_here": figures(_probabilities(calibration, values), supported.tolist(), threshold),
        "cross_validated": cross_validated(values, supported, parts, values_of_made, made_supported),
    }
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    if options.write:
        path = options.folder / "support.json"
        details = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**details, **chosen}, indent=1) + "\n", encoding="utf-8")


def fitted(values: Floats, supported: Truth, made: Floats, made_supported: Truth) -> tuple[Floats, float]:
    """Weights of the logistic model over the values, the intercept first, and the threshold.

    Args:
        values: of the real claims, as `OnnxChecker.values` gives them, (claims, 3).
        supported: whether they are, (claims,).
        made: the values of made claims, (made claims, 3), perhaps none.
        made_supported: likewise, (made claims,).
    """
    weights = np.round(fit([*values, *made], [*supported.tolist(), *made_supported.tolist()]), 5)
    return weights, round(best_threshold(_probabilities(weights, values), supported.tolist()), 4)


def cross_validated(
    values: Floats, supported: Truth, parts: Any, made: Floats, made_supported: Truth
) -> dict[str, float]:
    """`figures` of the real claims, each part of them judged by what was fitted to the others, with their thresholds."""
    found, kept = np.zeros(len(values)), np.zeros(len(values))
    for part in np.unique(parts):
        inside = parts == part
        weights, threshold = fitted(values[~inside], supported[~inside], made, made_supported)
        found[inside] = _probabilities(weights, values[inside])
        kept[inside] = found[inside] >= threshold
    accuracy = figures(kept.tolist(), supported.tolist(), 1.0)["balanced_accuracy"]
    return {**figures(found.tolist(), supported.tolist()), "balanced_accuracy": accuracy}


def _values(checker: OnnxChecker, counted: Floats, rows: Sequence[dict[str, Any]]) -> Floats:
    """As `OnnxChecker.values`, with other weights of what is counted."""
    found = checker.values([(row["claim"], row["evidence"]) for row in rows])
    return np.array([(v[0], score(counted, _features(row)), v[2]) for v, row in zip(found, rows, strict=True)]).reshape(
        -1, 3
    )


def _counted(rows: Sequence[dict[str, Any]]) -> Floats:
    return np.round(fit([_features(row) for row in rows], [row["supported"] for row in rows]), 5)


def _features(row: dict[str, Any]) -> Floats:
    return np.array(features(row["claim"], row["evidence"]))


def _probabilities(weights: Floats, values: Floats) -> list[float]:
    return [probability(weights, one) for one in values]


if __name__ == "__main__":
    main()
