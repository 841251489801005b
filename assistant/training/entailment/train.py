"""Trains the support checker: `python -m assistant.training.entailment.train FOLDER RUN`; started again, it goes on where it was.

FOLDER holds `train.jsonl.gz` (`source, claim, evidence, supported`), and `made.jsonl.gz` in the same schema where `prepare` wrote
it; RUN is described in `assistant.training.shared.loop`. The rounds of the recipe say how often the rows of each source are
read, "begin-wow" for one.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from assistant.training.entailment.network import SupportNetwork, load
from assistant.training.shared.batches import batches, sampled, tokenizer
from assistant.training.shared.loop import Recipe, Task, half, run
from assistant.training.shared.rows import read_rows
from assistant.verification.entailment.layout import Pair, arrays, lay_out

_RECIPE = Path(__file__).with_name("recipes") / "2.json"
_FILES = ("train.jsonl.gz", "made.jsonl.gz")


@dataclass(frozen=True, slots=True)
class Row:
    """A pair and whether its evidence supports its claim."""

    pair: Pair
    supported: bool

    @property
    def ids(self) -> Any:
        """Token ids, (tokens,)."""
        return self.pair.ids


class Supporting(Task):
    """Telling whether the evidence supports a claim."""

    def plan(self, folder: Path, recipe: Recipe) -> list[list[Row]]:
        """See `Task.plan`."""
        rng = random.Random(recipe.seed)
        files = [path for name in _FILES if (path := folder / name).exists()]
        rows = [row for path in files for row in read_rows(path)]
        laid = lay_out(tokenizer(), [(row["claim"], row["evidence"]) for row in rows])
        by_source: dict[str, list[Row]] = defaultdict(list)
        for row, pair in zip(rows, laid, strict=True):
            by_source[row["source"]].append(Row(pair, row["supported"]))
        plan: list[list[Row]] = []
        for one in recipe.rounds:
            plan += batches(sampled(by_source, one, rng), recipe.batch, rng)
        return plan

    def load(self, checkpoint: Path | None, recipe: Recipe) -> SupportNetwork:
        """See `Task.load`."""
        return load(checkpoint, recipe.dropout)

    def tokens(self, row: Row) -> int:
        """See `Task.tokens`."""
        return len(row.ids)

    def loss(self, network: Any, rows: Sequence[Row], device: torch.device) -> Any:
        """See `Task.loss`."""
        inputs = {
            name: torch.from_numpy(values).to(device) for name, values in arrays([row.pair for row in rows]).items()
        }
        wanted = torch.tensor([float(row.supported) for row in rows], device=device)
        with half(device):
            logits = network(**inputs)
        return functional.binary_cross_entropy_with_logits(logits, wanted, reduction="sum")


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, or go on training."""
    run(Supporting(), _RECIPE, arguments)


if __name__ == "__main__":
    main()
