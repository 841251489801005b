"""A claim and its evidence -> what the network reads: `[CLS] claim [SEP] evidence [SEP]`, as padded arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
"""Of the network, in order, each (batch, tokens), int64."""
MAX_TOKENS = 192
"""Of claim and evidence together; of longer evidence a part is read, the one that has the most of the claim's words."""
_MAX_CLAIM_TOKENS = 80
_STEP = 16
"""Tokens from one part of the evidence that is looked at to the next."""

Arrays = dict[str, npt.NDArray[np.int64]]


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim and its evidence as token ids.

    Attributes:
        ids: `[CLS] claim [SEP] evidence [SEP]`, (tokens,).
        evidence: place of the evidence's first token.
    """

    ids: npt.NDArray[np.int64]
    evidence: int


def lay_out(tokenizer: Any, pairs: Sequence[tuple[str, str]]) -> list[Pair]:
    """Each claim with its evidence as token ids, at most `MAX_TOKENS`.

    Args:
        tokenizer: the reader's, which neither pads nor cuts.
        pairs: (claim, evidence).
    """
    first, last = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    texts = [text for pair in pairs for text in pair]
    ids = [encoding.ids for encoding in tokenizer.encode_batch(texts, add_special_tokens=False)]
    laid = []
    for whole, evidence in zip(ids[::2], ids[1::2], strict=True):
        claim = whole[:_MAX_CLAIM_TOKENS]
        room = MAX_TOKENS - len(claim) - 3
        row = np.array([first, *claim, last, *_part(claim, evidence, room), last], np.int64)
        laid.append(Pair(row, len(claim) + 2))
    return laid


def _part(claim: Sequence[int], evidence: Sequence[int], room: int) -> Sequence[int]:
    """As many tokens of the evidence as there is room for, from where most different ones of the claim are among them."""
    if len(evidence) <= room:
        return evidence
    wanted = set(claim)
    starts = [*range(0, len(evidence) - room, _STEP), len(evidence) - room]
    start = max(starts, key=lambda place: len(wanted.intersection(evidence[place : place + room])))
    return evidence[start : start + room]


def arrays(rows: Sequence[Pair]) -> Arrays:
    """Rows as arrays padded to the longest, with the names of the network's inputs."""
    ids = np.zeros((len(rows), max(len(row.ids) for row in rows)), np.int64)
    mask, types = np.zeros_like(ids), np.zeros_like(ids)
    for n, row in enumerate(rows):
        ids[n, : len(row.ids)] = row.ids
        mask[n, : len(row.ids)] = 1
        types[n, row.evidence : len(row.ids)] = 1
    return dict(zip(INPUTS, (ids, mask, types), strict=True))
