"""How well each kind of made question is told from those with an answer.

`python -m assistant.training.reader.kinds DEV [FOLDER]`

From DEV, whose articles were not trained on, the same kinds are made as for training. Printed for each, as JSON: how many, and
the AUROC of the network's span score against all questions of DEV that have an answer; for yes/no questions ("decide") that of
their own answerable ones. It shows what training with a kind has taught, one kind at a time.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.core import squad_scores as scoring
from assistant.network.span_network import BUILT_IN, OnnxNetwork
from assistant.network.windows import SpanFinder
from assistant.training.reader.examples import Example, read_rows
from assistant.training.reader.prepare import prepared

_MOST = 400
"""Questions of a kind that are read."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Make, read, print."""
    parser = argparse.ArgumentParser(description="Measure the reader on each kind of made question.")
    parser.add_argument("dev", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=BUILT_IN)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    rng = random.Random(options.seed)
    made: dict[tuple[str, bool], list[Example]] = defaultdict(list)
    for example in prepared(list(read_rows(options.dev)), rng):
        made[example.kind, example.answerable].append(example)
    finder = SpanFinder(OnnxNetwork(options.folder))
    scores = {key: _scores(finder, rng.sample(found, min(_MOST, len(found)))) for key, found in sorted(made.items())}
    for (kind, answerable), found in scores.items():
        if not answerable:
            positive = scores.get((kind, True), scores["plain", True])
            auroc = scoring.auroc(positive, found)
            sys.stdout.write(
                json.dumps({"kind": kind, "questions": len(found), "auroc": auroc and round(auroc, 3)}) + "\n"
            )


def _scores(finder: SpanFinder, examples: Sequence[Example]) -> npt.NDArray[np.float64]:
    readings = finder.read_pairs([(example.question, example.context) for example in examples])
    return np.array([reading.score for reading in readings])


if __name__ == "__main__":
    main()
