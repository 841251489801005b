"""Trains the trunk: `python -m assistant.training.trunk.train FOLDER RUN`; started again, it goes on where it was.

FOLDER is that of the data, with `written/` and `reading/`; RUN is described in `reader.loop`. The rounds of the recipe say how
often each kind of example is read.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from assistant.network.base import base_model
from assistant.training.reader.batches import batches, sampled
from assistant.training.reader.loop import Recipe, Task, half, run
from assistant.training.trunk.batches import Encoded, arrays, encoded, targets
from assistant.training.trunk.examples import Example, all_written, of_rows, of_written
from assistant.training.trunk.network import TrunkNetwork

_RECIPE = Path(__file__).with_name("recipes") / "1.json"
_VERDICT_WEIGHT = 0.5


class Trunk(Task):
    """Finding the sentence that answers, its words, and the verdict."""

    def __init__(self, base: Path) -> None:
        """`base`: folder of all-mpnet-base-v2."""
        self.base = base

    def plan(self, folder: Path, recipe: Recipe) -> list[list[Encoded]]:
        """See `Task.plan`."""
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self.base / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        planned: list[list[Encoded]] = []
        for number, times in enumerate(recipe.rounds):
            rng = random.Random(recipe.seed + number)
            groups: dict[str, list[Example]] = defaultdict(list)
            for example in of_written(all_written(folder / "written", dev=False), rng):
                groups[example.kind].append(example)
            for example in of_rows(folder / "reading" / "train.jsonl.gz", rng):
                groups[example.kind].append(example)
            chosen = sampled(groups, times, rng)
            planned += batches(encoded(tokenizer, chosen, rng), recipe.batch, rng)
        return planned

    def load(self, checkpoint: Path | None, recipe: Recipe) -> TrunkNetwork:
        """See `Task.load`."""
        torch.manual_seed(recipe.seed)
        network = TrunkNetwork(self.base, recipe.rank, recipe.frozen, recipe.dropout)
        if checkpoint is not None:
            from safetensors.torch import load_file

            _, unexpected = network.load_state_dict(load_file(checkpoint), strict=False)
            if unexpected:
                raise ValueError(f"{checkpoint} is no checkpoint of this network: {unexpected[:4]}")
        return network

    def tokens(self, row: Encoded) -> int:
        """See `Task.tokens`."""
        return len(row.ids)

    def loss(self, network: Any, rows: Sequence[Encoded], device: torch.device) -> Any:
        """See `Task.loss`."""
        inputs = {name: torch.from_numpy(values).to(device) for name, values in arrays(rows).items()}
        wanted = {
            name: torch.from_numpy(values).to(device)
            for name, values in targets(rows, inputs["input_ids"].shape[1]).items()
        }
        with half(device):
            outputs = network(**inputs)
        return loss_of(outputs, wanted)


def loss_of(outputs: tuple[Any, Any, Any, Any], wanted: dict[str, Any]) -> Any:
    """Cross-entropy of start and end, of the sentence and of the verdict, summed over the rows."""
    start, end, sentence, verdict = outputs
    spans = (_cross(start, wanted["start"]) + _cross(end, wanted["end"])) / 2 * wanted["spans"]
    decided = functional.cross_entropy(verdict, wanted["verdict"], ignore_index=-1, reduction="sum")
    return spans.sum() + _cross(sentence, wanted["sentence"]).sum() + _VERDICT_WEIGHT * decided


def _cross(logits: Any, wanted: Any) -> Any:
    return functional.cross_entropy(logits, wanted, reduction="none")


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, or go on training."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--base", type=Path, help="folder of all-mpnet-base-v2; else the hub's cache or the packages")
    known, rest = parser.parse_known_args(sys.argv[1:] if arguments is None else arguments)
    with base_model(known.base) as base:
        run(Trunk(base), _RECIPE, rest)


if __name__ == "__main__":
    main()
