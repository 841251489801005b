"""Examples -> batches of token ids: cut to windows, sorted by length, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol, TypeVar

import numpy as np

from assistant.training.reader.examples import Example
from index.compiling import built_in_model_dir

MAX_TOKENS = 256
MAX_QUESTION_TOKENS = 64
_TOGETHER = 24
"""How many batches are sorted by length together: little padding, yet every batch has many articles."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """An example as token ids.

    Attributes:
        ids: `[CLS] question [SEP] context [SEP]`.
        context: place of the context's first token.
        start: place of the answer's first token; 0 = none.
        end: place of its last token; 0 = none.
    """

    ids: Any
    context: int
    start: int
    end: int


@lru_cache(maxsize=1)
def tokenizer() -> Any:
    """The tokenizer of all-MiniLM-L6-v2, cutting nothing off."""
    from tokenizers import Tokenizer

    loaded = Tokenizer.from_file(str(built_in_model_dir() / "tokenizer.json"))
    loaded.no_truncation()
    loaded.no_padding()
    return loaded


def tokenized(texts: Sequence[str]) -> dict[str, tuple[Any, Any]]:
    """Each different text with its token ids and their character offsets, shape (tokens,) and (tokens, 2)."""
    different = list(dict.fromkeys(texts))
    found = {}
    for first in range(0, len(different), 2_000):
        part = different[first : first + 2_000]
        for text, encoding in zip(part, tokenizer().encode_batch(part, add_special_tokens=False), strict=True):
            offsets = np.array(encoding.offsets, np.int32).reshape(-1, 2)
            found[text] = np.array(encoding.ids, np.int32), offsets
    return found


def encoded(
    examples: Sequence[Example], rng: random.Random, crop: float, known: dict[str, tuple[Any, Any]]
) -> list[Encoded]:
    """The examples as token ids.

    Args:
        examples: what to encode.
        rng: chooses the windows.
        crop: share of the examples whose context is cut to a random part of itself, the answer kept.
        known: `tokenized` questions and contexts.
    """
    first, last = tokenizer().token_to_id("[CLS]"), tokenizer().token_to_id("[SEP]")
    done = []
    for example in examples:
        question = known[example.question][0][-MAX_QUESTION_TOKENS:]
        ids, offsets = known[example.context]
        start, end = token_span(offsets, example.start, example.end) if example.answerable else (0, 0)
        if example.answerable and end < start:
            continue
        room = MAX_TOKENS - len(question) - 3
        if rng.random() < crop:
            room = min(room, rng.randint(60, 160))
        left = _window(len(ids), start, end, room, example.answerable, rng)
        shift = len(question) + 2
        part = ids[left : left + room]
        row = np.concatenate([[first], question, [last], part, [last]])
        place = (shift + start - left, min(shift + end - left, shift + len(part) - 1)) if example.answerable else (0, 0)
        done.append(Encoded(row, shift, *place))
    return done


def token_span(offsets: Any, start: int, end: int) -> tuple[int, int]:
    """The first and the last token that touch the characters; the last before the first if none does."""
    touching = np.flatnonzero((offsets[:, 1] > start) & (offsets[:, 0] < end))
    return (int(touching[0]), int(touching[-1])) if len(touching) else (0, -1)


def _window(tokens: int, start: int, end: int, room: int, answerable: bool, rng: random.Random) -> int:
    """Choose where a window of `room` tokens begins: anywhere, as long as it holds the answer."""
    if tokens <= room:
        return 0
    if not answerable:
        return rng.randint(0, tokens - room)
    return rng.randint(max(0, min(start, end - room + 1)), min(start, tokens - room))


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


def batches(rows: Sequence[Row], size: int, rng: random.Random) -> list[list[Row]]:
    """Shuffled batches of rows of like length; the last, short one left out."""
    order = list(rows)
    rng.shuffle(order)
    grouped: list[list[Row]] = []
    for first in range(0, len(order), size * _TOGETHER):
        part = sorted(order[first : first + size * _TOGETHER], key=lambda row: len(row.ids))
        together = [part[n : n + size] for n in range(0, len(part), size)]
        rng.shuffle(together)
        grouped += [batch for batch in together if len(batch) == size]
    return grouped


def arrays(rows: Sequence[Encoded]) -> dict[str, Any]:
    """Rows as padded arrays, int64, with the names of the network's inputs."""
    longest = max(len(row.ids) for row in rows)
    ids = np.zeros((len(rows), longest), np.int64)
    mask, types = np.zeros_like(ids), np.zeros_like(ids)
    for n, row in enumerate(rows):
        ids[n, : len(row.ids)] = row.ids
        mask[n, : len(row.ids)] = 1
        types[n, row.context : len(row.ids) - 1] = 1
    return {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
