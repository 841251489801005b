"""Rows of token ids -> batches: sampled, shuffled, of like length, the same for the same seed."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Protocol, TypeVar

import numpy as np

from index.compiling import built_in_model_dir

_TOGETHER = 24
"""How many batches are sorted by length together: little padding, yet every batch has many articles."""


@lru_cache(maxsize=1)
def tokenizer() -> Any:
    """The tokenizer of all-MiniLM-L6-v2, cutting nothing off."""
    from tokenizers import Tokenizer

    loaded = Tokenizer.from_file(str(built_in_model_dir() / "tokenizer.json"))
    loaded.no_truncation()
    loaded.no_padding()
    loaded.encode_special_tokens = True
    return loaded


def token_span(offsets: Any, start: int, end: int) -> tuple[int, int]:
    """The first and the last token that touch the characters; the last before the first if none does."""
    touching = np.flatnonzero((offsets[:, 1] > start) & (offsets[:, 0] < end))
    return (int(touching[0]), int(touching[-1])) if len(touching) else (0, -1)


class Tokens(Protocol):
    """Something with token ids."""

    @property
    def ids(self) -> Any:
        """Of shape (tokens,)."""


Row = TypeVar("Row", bound=Tokens)
Kind = TypeVar("Kind")


def sampled(groups: Mapping[Any, Sequence[Kind]], times: Mapping[Any, float], rng: random.Random) -> list[Kind]:
    """Repeat each group's members as often as `times` says: 2.5 is all of them twice and a random half; 0 if it is missing."""
    chosen: list[Kind] = []
    for key in sorted(groups):
        group, share = groups[key], times.get(key, 0.0)
        chosen += [*group] * int(share) + rng.sample(group, int(len(group) * (share % 1)))
    return chosen


def batches(
    rows: Sequence[Row], size: int, rng: random.Random, alike: Callable[[Row], str] = lambda row: ""
) -> list[list[Row]]:
    """Shuffled batches of rows of like length; the last, short one left out.

    Args:
        rows: what is put into batches.
        size: rows of a batch.
        rng: shuffles.
        alike: rows of which this is the same come next to each other, which is in one batch but for its edges; "" = alone.
    """
    groups: dict[str, list[Row]] = defaultdict(list)
    for number, row in enumerate(rows):
        groups[alike(row) or f"\0{number}"].append(row)
    order = list(groups.values())
    rng.shuffle(order)
    parts: list[list[list[Row]]] = [[]]
    for group in order:
        if sum(map(len, parts[-1])) >= size * _TOGETHER:
            parts.append([])
        parts[-1].append(group)
    grouped: list[list[Row]] = []
    left: list[Row] = []
    for part in parts:
        part.sort(key=lambda group: max(len(row.ids) for row in group))
        ordered = [row for group in part for row in group]
        together = [ordered[n : n + size] for n in range(0, len(ordered), size)]
        rng.shuffle(together)
        grouped += [batch for batch in together if len(batch) == size]
        left += [row for batch in together if len(batch) < size for row in batch]
    return grouped + [left[n : n + size] for n in range(0, len(left) - size + 1, size)]
