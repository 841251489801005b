"""Trains a reader: `python -m assistant.training.reader.train DATA RUN [--small]`; started again, it goes on where it was.

DATA is the folder of the data, with `written/`, `reading/` and `support/`; RUN is described in `shared.loop`. The rounds of the
recipe say how often each kind of example is read.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from assistant.core.settings import load_settings
from assistant.network.adapters import unpacked
from assistant.network.base import base_model
from assistant.network.windows import BERT, MPNET
from assistant.training.reader.batches import Asked, arrays, encoded, targets
from assistant.training.reader.examples import ARTICLES, Group, all_written, of_rows, of_support, of_written
from assistant.training.reader.mining import nearest
from assistant.training.reader.network import SCALE, SmallNetwork, TrunkNetwork, WindowReader
from assistant.training.reader.restore import restored
from assistant.training.shared.batches import batches, sampled
from assistant.training.shared.loop import Recipe, Task, half, run
from index.compiling import built_in_model_dir

_ABSENT = -5e3
"""Logits below this are of sentences that a window does not have."""
RECIPE, SMALL_RECIPE = (Path(__file__).with_name("recipes") / name for name in ("10.json", "small-2.json"))


class Trunk(Task):
    """Finding the sentence that answers, its words, and the verdict."""

    at_once = 4

    def __init__(self, base: Path, small: bool = False) -> None:
        """Loads nothing.

        Args:
            base: folder of the base: of all-mpnet-base-v2, or of the embedding model for the small network.
            small: the fast reader's network instead of the strong one's.
        """
        self.base = base
        self.small = small
        self.signs = BERT if small else MPNET

    def plan(self, folder: Path, recipe: Recipe) -> list[list[Asked]]:
        """See `Task.plan`."""
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self.base / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        tokenizer.encode_special_tokens = True
        articles, more = all_written(folder / "written", dev=False), all_written(ARTICLES, dev=False)
        near = nearest([*articles, *more])
        planned: list[list[Asked]] = []
        for number, times in enumerate(recipe.rounds):
            rng = random.Random(recipe.seed + number)
            groups: dict[str, list[Group]] = defaultdict(list)
            for name, part in itertools.groupby(more, lambda article: article.id.split("-")[0]):
                for group in of_written(list(part), rng, near, times):
                    groups[f"{name}/{group[0].kind}"].append(group)
            read = (
                of_written(articles, rng, near, times),
                of_support(folder / "support" / "train.jsonl.gz", rng),
                of_rows(folder / "reading" / "train.jsonl.gz", rng),
            )
            for group in itertools.chain(*read):
                groups[group[0].kind].append(group)
            chosen = sampled(groups, times, rng)
            asked = encoded(tokenizer, chosen, rng, self.signs)
            planned += batches(asked, recipe.batch, rng, lambda row: row.about)
        return planned

    def load(self, checkpoint: Path | None, recipe: Recipe) -> WindowReader:
        """See `Task.load`; the checkpoint may be what was exported."""
        torch.manual_seed(recipe.seed)
        network: WindowReader
        if self.small:
            network = SmallNetwork(recipe.dropout)
        else:
            network = TrunkNetwork(self.base, recipe.rank, recipe.frozen, recipe.dropout)
        if checkpoint is not None:
            _, unexpected = network.load_state_dict(_grown(_weights(checkpoint), network.state_dict()), strict=False)
            if unexpected:
                raise ValueError(f"{checkpoint} is no checkpoint of this network: {unexpected[:4]}")
        return network

    def tokens(self, row: Asked) -> int:
        """See `Task.tokens`."""
        return sum(len(one.ids) for one in row.windows)

    def loss(self, network: Any, rows: Sequence[Asked], device: torch.device) -> Any:
        """See `Task.loss`."""
        read = [one for row in rows for one in row.windows]
        inputs = {name: torch.from_numpy(values).to(device) for name, values in arrays(read).items()}
        wanted = {
            name: torch.from_numpy(values).to(device)
            for name, values in targets(read, inputs["input_ids"].shape[1]).items()
        }
        with half(device):
            outputs = network(**inputs)
        return loss_of(outputs, wanted) + shared_loss(
            outputs[2], wanted["sentence"], [len(row.windows) for row in rows]
        )


def _weights(checkpoint: Path) -> dict[str, Any]:
    """The weights of a checkpoint, or of a file that `export` has written of one."""
    from safetensors.numpy import load_file

    return restored(checkpoint) if checkpoint.suffix == ".onnx" else dict(_named(unpacked(load_file(checkpoint))))


def _named(known: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, values in known.items():
        value = torch.from_numpy(values)
        if name.startswith("encoder.layer.") and name.endswith(".up"):
            yield f"encoder.{name}", value / SCALE
        elif name.startswith("encoder.layer.") and name.endswith(".down"):
            yield f"encoder.{name}", value
        elif not name.endswith(".largest"):
            yield name, value


def _grown(known: dict[str, Any], fresh: dict[str, Any]) -> dict[str, Any]:
    """Weights for a network whose adapters may have a higher rank: what is new of them adds nothing yet, as in `fresh` ones."""
    grown = {}
    for name, value in known.items():
        grown[name] = value
        if name.endswith((".up", ".down")) and name in fresh:
            if any(more > room for more, room in zip(value.shape, fresh[name].shape, strict=True)):
                raise ValueError(
                    f"The adapters to go on from have rank {min(value.shape)}: name a recipe with that rank or more."
                )
            grown[name] = fresh[name].clone()
            grown[name][: value.shape[0], : value.shape[1]] = value
    return grown


def loss_of(outputs: tuple[Any, Any, Any, Any], wanted: dict[str, Any]) -> Any:
    """Cross-entropy of start and end, of the sentence and of the verdict, summed over the windows."""
    start, end, sentence, verdict = outputs
    spans = (_cross(start, wanted["start"]) + _cross(end, wanted["end"])) / 2 * wanted["spans"]
    return spans.sum() + _cross(sentence, wanted["sentence"]).sum() + _verdict_loss(sentence, verdict, wanted)


def _verdict_loss(sentence: Any, verdict: Any, wanted: dict[str, Any]) -> Any:
    """Cross-entropy of the verdict of the sentences that answer, or of all sentences of a window that does not decide."""
    asked = wanted["verdict"] >= 0
    if not asked.any():
        return 0.0 * verdict.sum()  # Every worker needs a gradient of every weight.
    there = (sentence[asked, 1:] > _ABSENT).float()
    answering = wanted["sentence"][asked, 1:]
    judged = torch.where(answering.sum(1, keepdim=True) > 0, answering, there / there.sum(1, keepdim=True).clamp(min=1))
    targets = wanted["verdict"][asked].unsqueeze(1).expand(judged.shape)
    losses = functional.cross_entropy(verdict[asked, 1:].transpose(1, 2), targets, reduction="none")
    return (losses * judged).sum()


def shared_loss(sentence: Any, wanted: Any, windows: Sequence[int]) -> Any:
    """Cross-entropy of the sentences of all windows of a question, "none" being one of them (Clark & Gardner, 2018, 3.2).

    Args:
        sentence: logits, (windows, 1 + SENTENCES), the first for "none".
        wanted: which answer, likewise.
        windows: how many belong to each question, in order.
    """
    total = sentence.new_zeros(())
    margins = sentence[:, 1:] - sentence[:, :1]
    first = 0
    for count in windows:
        if count > 1:
            scores = torch.cat([margins.new_zeros(1), margins[first : first + count].reshape(-1)])
            right = torch.cat([wanted.new_zeros(1), wanted[first : first + count, 1:].reshape(-1)]) > 0
            if not right.any():
                right[0] = True
            total = total + scores.logsumexp(0) - scores[right].logsumexp(0)
        first += count
    return total


def _cross(logits: Any, wanted: Any) -> Any:
    return functional.cross_entropy(logits, wanted, reduction="none")


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, or go on training."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--base", type=Path, default=load_settings().base_model, help="folder of all-mpnet-base-v2")
    parser.add_argument("--small", action="store_true", help="the fast reader's network")
    known, rest = parser.parse_known_args(sys.argv[1:] if arguments is None else arguments)
    if known.small:
        run(Trunk(built_in_model_dir(), small=True), SMALL_RECIPE, rest)
        return
    with base_model(known.base) as base:
        run(Trunk(base), RECIPE, rest)


if __name__ == "__main__":
    main()
