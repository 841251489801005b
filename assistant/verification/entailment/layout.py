"""A claim and its premise -> the network's input: `[CLS] claim [SEP] premise [SEP]`, as padded arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
"""Names of the network's inputs, in order, each (batch, tokens), int64."""
MAX_TOKENS = 192
"""The most tokens of claim and premise together; of a longer premise the part with the most of the claim's tokens is read."""
_MAX_CLAIM_TOKENS = 80
_STEP = 16
"""Tokens between the starts of two parts that are compared."""

Arrays = dict[str, npt.NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim and its premise as token ids.

    Attributes:
        ids: `[CLS] claim [SEP] premise [SEP]`, (tokens,).
        premise: position of the premise's first token.
    """

    ids: npt.NDArray[np.int64]
    premise: int


def lay_out(tokenizer: Any, pairs: Sequence[tuple[str, str]]) -> list[Pair]:
    """Each claim with its premise as token ids, at most `MAX_TOKENS`.

    Args:
        tokenizer: the reader's, which neither pads nor truncates.
        pairs: (claim, premise).
    """
    first, last = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    texts = [text for pair in pairs for text in pair]
    ids = [encoding.ids for encoding in tokenizer.encode_batch(texts, add_special_tokens=False)]
    laid = []
    for whole, premise in zip(ids[::2], ids[1::2], strict=True):
        claim = whole[:_MAX_CLAIM_TOKENS]
        room = MAX_TOKENS - len(claim) - 3
        row = np.array([first, *claim, last, *_part(claim, premise, room), last], np.int64)
        laid.append(Pair(row, len(claim) + 2))
    return laid


def _part(claim: Sequence[int], premise: Sequence[int], room: int) -> Sequence[int]:
    """The part of the premise that fits and has the most different tokens of the claim."""
    if len(premise) <= room:
        return premise
    wanted = set(claim)
    starts = [*range(0, len(premise) - room, _STEP), len(premise) - room]
    start = max(starts, key=lambda place: len(wanted.intersection(premise[place : place + room])))
    return premise[start : start + room]


def arrays(rows: Sequence[Pair]) -> Arrays:
    """The network's inputs by name, each row padded to the longest."""
    ids = np.zeros((len(rows), max(len(row.ids) for row in rows)), np.int64)
    mask, types = np.zeros_like(ids), np.zeros_like(ids)
    for n, row in enumerate(rows):
        ids[n, : len(row.ids)] = row.ids
        mask[n, : len(row.ids)] = 1
        types[n, row.premise : len(row.ids)] = 1
    return dict(zip(INPUTS, (ids, mask, types), strict=True))
