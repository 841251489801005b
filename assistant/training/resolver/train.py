"""Trains the resolver: `python -m assistant.training.resolver.train FOLDER RUN`; started again, it goes on where it was.

FOLDER is what `prepare` wrote; RUN is described in `assistant.training.shared.loop`. The rounds of the recipe say how often each
kind of example is read.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from assistant.training.resolver.examples import Example, read
from assistant.training.resolver.labels import Labels, label
from assistant.training.resolver.network import FollowUpNetwork, load
from assistant.training.shared.batches import batches, sampled, tokenizer
from assistant.training.shared.loop import Recipe, Task, half, run
from assistant.understanding.followup.layout import Layout, lay_out
from assistant.understanding.followup.resolver_network import INPUTS

_RECIPE = Path(__file__).with_name("recipes") / "1.json"
_WEIGHTS = {"needed": 4.0, "replaced": 1.0, "links": 1.0, "places": 0.5, "changed": 0.5}
"""Of the parts of the loss; chosen so that none is much larger than the others when training begins."""


@dataclass(frozen=True, slots=True)
class Row:
    """An example as token ids and as what is to be learnt at them.

    Attributes:
        ids: token ids, (tokens,).
        types: kinds of tokens, (tokens,).
        marks: how the talk has used their words, (tokens,).
        needed: 1 and 0 at the first token of each content word of the history, -1 elsewhere, (tokens,).
        replaced: likewise of each word of the question.
        links: what is put in after a token, 0 for nothing; -1 where nothing can be, (tokens,).
        changed: whether anything is.
        pointers: (pointer, token of the edit, tokens that are right).
    """

    ids: Any
    types: Any
    marks: Any
    needed: Any
    replaced: Any
    links: Any
    changed: bool
    pointers: tuple[tuple[int, int, tuple[int, ...]], ...]


class Resolving(Task):
    """Finding the words of the history that a question needs, and where in it they go."""

    def plan(self, folder: Path, recipe: Recipe) -> list[list[Row]]:
        """See `Task.plan`."""
        rng = random.Random(recipe.seed)
        by_kind: dict[str, list[Row]] = defaultdict(list)
        for example in read(folder / "examples.jsonl.gz"):
            by_kind[example.kind].append(encoded(example))
        plan: list[list[Row]] = []
        for one in recipe.rounds:
            plan += batches(sampled(by_kind, one, rng), recipe.batch, rng)
        return plan

    def load(self, checkpoint: Path | None, recipe: Recipe) -> FollowUpNetwork:
        """See `Task.load`."""
        return load(checkpoint, recipe.dropout)

    def tokens(self, row: Row) -> int:
        """See `Task.tokens`."""
        return len(row.ids)

    def loss(self, network: Any, rows: Sequence[Row], device: torch.device) -> Any:
        """See `Task.loss`."""
        inputs = {name: torch.from_numpy(values).to(device) for name, values in arrays(rows).items()}
        with half(device):
            outputs = network(**inputs)
        return loss_of(outputs, rows, device)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, or go on training."""
    run(Resolving(), _RECIPE, arguments)


def encoded(example: Example) -> Row:
    """An example as what the network reads and learns."""
    layout = lay_out(tokenizer(), example.question, example.history)
    labels = label(layout, example.rewrite)
    tokens = len(layout.ids)
    needed, replaced, links = (np.full(tokens, -1) for _ in range(3))
    for word, wanted in zip(layout.said, labels.needed, strict=True):
        if word.stem:
            needed[word.token] = wanted
    for word in layout.asked:
        replaced[word.token] = links[word.token] = 0
    links[0] = 0  # Before the first word.
    pointers = []
    for one in labels.replacements:
        for n in range(one.first, one.last + 1):
            replaced[layout.asked[n].token] = 1
        pointers += _pointers(layout, 0, layout.asked[one.first].token, one.spans)
    for insertion in labels.insertions:
        token = layout.asked[insertion.after].token if insertion.after >= 0 else 0
        links[token] = 1 + insertion.link
        pointers += _pointers(layout, 2, token, insertion.spans)
    return Row(layout.ids, layout.types, layout.marks, needed, replaced, links, _changed(labels), tuple(pointers))


def _changed(labels: Labels) -> bool:
    """What can't be found in the history can't be put in either, so it is no reason for a change."""
    return any(labels.needed)


def _pointers(
    layout: Layout, first: int, token: int, spans: Sequence[tuple[int, int]]
) -> list[tuple[int, int, tuple[int, ...]]]:
    starts = tuple(layout.said[start].token for start, _ in spans)
    ends = tuple(layout.said[end].token for _, end in spans)
    return [(first, token, starts), (first + 1, token, ends)]


def arrays(rows: Sequence[Row]) -> dict[str, Any]:
    """Rows as padded arrays, int64, with the names of the network's inputs."""
    ids, types, marks = (_padded([getattr(row, name) for row in rows], 0) for name in ("ids", "types", "marks"))
    mask = _padded([np.ones(len(row.ids), np.int64) for row in rows], 0)
    return dict(zip(INPUTS, (ids, mask, types, marks), strict=True))


def _padded(values: Sequence[Any], filler: int) -> Any:
    whole = np.full((len(values), max(map(len, values))), filler, np.int64)
    for n, one in enumerate(values):
        whole[n, : len(one)] = one
    return whole


def loss_of(outputs: tuple[Any, Any, Any, Any], rows: Sequence[Row], device: torch.device) -> Any:
    """The loss of all parts, summed over the rows, each a mean within its row."""
    words, links, pointers, changed = outputs
    needed, replaced, linked = (
        torch.from_numpy(_padded([getattr(row, name) for row in rows], -1)).to(device)
        for name in ("needed", "replaced", "links")
    )
    total = _WEIGHTS["needed"] * _binary(words[..., 0], needed) + _WEIGHTS["replaced"] * _binary(
        words[..., 1], replaced
    )
    put_in = functional.cross_entropy(links.transpose(1, 2), linked.clamp(min=0), reduction="none") * (linked >= 0)
    total = total + _WEIGHTS["links"] * put_in.sum()
    target = torch.tensor([float(row.changed) for row in rows], device=device)
    total = total + _WEIGHTS["changed"] * functional.binary_cross_entropy_with_logits(changed, target, reduction="sum")
    return total + _WEIGHTS["places"] * _misplaced(pointers, rows)


def _misplaced(pointers: Any, rows: Sequence[Row]) -> Any:
    """Cross-entropy of the places of spans; of a span that stands in several places, any is right."""
    wanted = [(n, *pointer) for n, row in enumerate(rows) for pointer in row.pointers]
    if not wanted:
        return pointers.sum() * 0.0
    # In one step: the gradient of each single choice would be as large as all of the pointers.
    chosen = pointers[[w[0] for w in wanted], [w[1] for w in wanted], [w[2] for w in wanted]]
    right = torch.full_like(chosen, -1e9)
    for n, (_, _, _, places) in enumerate(wanted):
        right[n, list(places)] = 0.0
    return -torch.logsumexp(functional.log_softmax(chosen, dim=-1) + right, dim=-1).sum()


def _binary(logits: Any, wanted: Any) -> Any:
    """Cross-entropy where something is wanted, the mean of each row, summed over the rows."""
    there = wanted >= 0
    found = functional.binary_cross_entropy_with_logits(logits, wanted.clamp(min=0).float(), reduction="none") * there
    return (found.sum(dim=1) / there.sum(dim=1).clamp(min=1)).sum()


if __name__ == "__main__":
    main()
