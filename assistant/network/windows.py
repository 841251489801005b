"""Questions over windows -> a network's inputs: `<s> question </s></s> title. context </s>`, in its own signs.

Only tokens of the context can answer; the title tells where it stands. The first token stands for "no answer".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.network.encoded import Encoded
from index.sentences import sentences
from index.spans import Span

SENTENCES = 64
"""The most sentences of a window that are told apart."""
_QUESTION_TOKENS, _HEAD_TOKENS, _PASSAGE_TOKENS = 48, 40, 254
MAX_TOKENS = _QUESTION_TOKENS + _HEAD_TOKENS + _PASSAGE_TOKENS + 4
"""Room for the longest passage of the built-in embedding model behind any question and any title."""


@dataclass(frozen=True, slots=True)
class Signs:
    """Ids of the tokens that are no words.

    Attributes:
        first: before all; its place stands for "no answer".
        between: question and head.
        last: behind all.
        padding: behind that.
    """

    first: int
    between: tuple[int, ...]
    last: int
    padding: int


MPNET, BERT = Signs(0, (2, 2), 2, 1), Signs(101, (102,), 102, 0)


@dataclass(frozen=True, slots=True)
class Window:
    """A question over a piece of an article.

    Attributes:
        question: as it stands alone.
        head: the article's title, and the headings above; may be empty.
        context: what is read.
    """

    question: str
    head: str
    context: str


def encode(tokenizer: Any, window: Window, signs: Signs = MPNET) -> Encoded:
    """A window as token ids: of the question the last ones, of the head and the context the first, as many as there is room for.

    Args:
        tokenizer: a `tokenizers.Tokenizer` of the network that neither pads nor truncates.
        window: what is read.
        signs: of the network.
    """
    asked = tokenizer.encode(window.question, add_special_tokens=False).ids[-_QUESTION_TOKENS:]
    head = tokenizer.encode(f"{window.head}.", add_special_tokens=False).ids[:_HEAD_TOKENS] if window.head else []
    before = [signs.first, *asked, *signs.between, *head]
    encoding = tokenizer.encode(window.context, add_special_tokens=False)
    room = MAX_TOKENS - len(before) - 1
    ids = [*before, *encoding.ids[:room], signs.last]
    offsets = np.array(encoding.offsets[:room], np.int32).reshape(-1, 2)
    mask, numbers = np.zeros(len(ids), np.int64), np.full(len(ids), -1, np.int64)
    mask[len(before) : len(before) + len(offsets)] = 1
    told = _at_most(sentences(window.context))
    for number, (start, end) in enumerate(told):
        inside = np.flatnonzero((offsets[:, 0] < end) & (offsets[:, 1] > start)) + len(before)
        numbers[inside] = number
    return Encoded(np.array(ids, np.int64), mask, numbers, offsets, len(before), told)


def _at_most(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The sentences that are told apart; the last one has all that follow."""
    if len(spans) <= SENTENCES:
        return tuple(spans)
    return (*spans[: SENTENCES - 1], (spans[SENTENCES - 1][0], spans[-1][1]))


def inputs(windows: Sequence[Encoded], signs: Signs = MPNET) -> dict[str, npt.NDArray[Any]]:
    """Windows as the padded arrays that `graph.graph` describes."""
    shape = len(windows), max(len(window.ids) for window in windows)
    most = max(1 + len(window.sentences) for window in windows)
    filled: dict[str, npt.NDArray[Any]] = {
        "input_ids": np.full(shape, signs.padding, np.int64),
        "attention_mask": np.zeros(shape, np.int64),
        "context": np.zeros(shape, np.float32),
        "members": np.zeros((shape[0], most, shape[1]), np.float32),
    }
    for n, window in enumerate(windows):
        length = len(window.ids)
        filled["input_ids"][n, :length] = window.ids
        filled["attention_mask"][n, :length] = 1
        filled["context"][n, :length] = window.context
        filled["members"][n, 0, 0] = 1
        for number in range(len(window.sentences)):
            inside = np.flatnonzero(window.sentence == number)
            filled["members"][n, 1 + number, inside] = 1 / max(1, len(inside))
    return filled
