"""Trains the reader: `python -m assistant.training.reader.train FOLDER RUN`; started again, it goes on where it was.

FOLDER is what `prepare` wrote; RUN is described in `loop`. The rounds of the recipe say how often each kind of example ("near"),
or each source of one ("plain/squad2-dev", which goes before its kind), is read.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from assistant.training.reader.batches import Encoded, arrays, batches, encoded, sampled, tokenized
from assistant.training.reader.examples import Example, read
from assistant.training.reader.loop import Recipe, Task, half, run
from assistant.training.reader.network import ReadingNetwork, load

_RECIPE = Path(__file__).with_name("recipes") / "1.json"
_ANSWERABLE_WEIGHT = 0.5


class Reading(Task):
    """Finding the words that answer, or that none do."""

    def plan(self, folder: Path, recipe: Recipe) -> list[list[Encoded]]:
        """See `Task.plan`."""
        return planned(read(folder / "examples.jsonl.gz"), recipe)

    def load(self, checkpoint: Path | None, recipe: Recipe) -> ReadingNetwork:
        """See `Task.load`."""
        return load(checkpoint, recipe.dropout)

    def tokens(self, row: Encoded) -> int:
        """See `Task.tokens`."""
        return len(row.ids)

    def loss(self, network: Any, rows: Sequence[Encoded], device: torch.device) -> Any:
        """See `Task.loss`."""
        inputs = {name: torch.from_numpy(values).to(device) for name, values in arrays(rows).items()}
        start = torch.tensor([row.start for row in rows], device=device)
        end = torch.tensor([row.end for row in rows], device=device)
        with half(device):
            outputs = network(**inputs)
        return loss_of(outputs, start, end)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, or go on training."""
    run(Reading(), _RECIPE, arguments)


def planned(examples: Sequence[Example], recipe: Recipe) -> list[list[Encoded]]:
    """The batches of all rounds, in order."""
    rng = random.Random(recipe.seed)
    known = tokenized([text for e in examples for text in (e.question, e.context)])
    by_kind: dict[tuple[str, str], list[Example]] = defaultdict(list)
    for example in examples:
        by_kind[example.kind, example.source].append(example)
    plan: list[list[Encoded]] = []
    for one in recipe.rounds:
        times = {key: one.get("/".join(key), one.get(key[0], 0.0)) for key in by_kind}
        chosen = sampled(by_kind, times, rng)
        plan += batches(encoded(chosen, rng, recipe.crop, known), recipe.batch, rng)
    return plan


def loss_of(outputs: tuple[Any, Any, Any], start: Any, end: Any) -> Any:
    """Mean cross-entropy of start and end, and of answerability, summed over the rows."""
    starts, ends, answerable = outputs
    spans = functional.cross_entropy(starts, start, reduction="sum") + functional.cross_entropy(
        ends, end, reduction="sum"
    )
    known = functional.binary_cross_entropy_with_logits(answerable, (start > 0).float(), reduction="sum")
    return spans / 2 + _ANSWERABLE_WEIGHT * known


if __name__ == "__main__":
    main()
