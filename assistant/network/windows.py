"""A question and contexts -> windows of tokens -> answer spans with exact character offsets."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.network.spans import Logits, Reading, Span, SpanNetwork

_MAX_QUESTION_TOKENS = 64
_SPAN_TOKENS = 40
"""The most tokens of a span; longer answers, such as whole clauses, are made from spans afterwards."""
_TOP = 6
_SETTING_UP = threading.Lock()
_BATCH = 2
"""Windows in one call: with more, the activations between the layers don't fit a core's own cache."""


@dataclass(frozen=True, slots=True)
class _Window:
    context: int
    encoding: Any


class SpanFinder:
    """Runs a network over contexts of any length."""

    def __init__(self, network: SpanNetwork) -> None:
        """Sets up the network's tokenizer for windows, only once, since other threads may be using it."""
        self.network = network
        self._tokenizer = network.tokenizer
        with _SETTING_UP:
            if self._tokenizer.truncation is None:
                self._tokenizer.no_padding()
                self._tokenizer.enable_truncation(
                    network.max_tokens, stride=network.max_tokens // 3, strategy="only_second"
                )

    def read(self, question: str, contexts: Sequence[str]) -> list[Reading]:
        """Read each context separately."""
        return self.read_pairs([(question, context) for context in contexts])

    def read_pairs(self, pairs: Sequence[tuple[str, str]]) -> list[Reading]:
        """Read pairs of question and context separately, in batches of windows of similar length."""
        short = {question: self._short(question) for question, _ in pairs}
        shortened = [(short[question], context) for question, context in pairs]
        windows = [
            _Window(n, encoding)
            for n, first in enumerate(self._tokenizer.encode_batch(shortened))
            for encoding in [first, *first.overflowing]
        ]
        order = sorted(range(len(windows)), key=lambda n: len(windows[n].encoding.ids))
        found: dict[int, tuple[list[Span], float]] = {}
        for first in range(0, len(order), _BATCH):
            part = order[first : first + _BATCH]
            starts, ends, answerable = self.network.logits(_arrays([windows[n].encoding for n in part]))
            for row, n in enumerate(part):
                spans = best_spans(starts[row], ends[row], windows[n].encoding)
                known = float(answerable[row]) if answerable is not None else spans[0].score if spans else -10.0
                found[n] = spans, known
        readings: list[list[tuple[list[Span], float]]] = [[] for _ in pairs]
        for n, window in enumerate(windows):
            readings[window.context].append(found[n])
        return [_merged(parts) for parts in readings]

    def _short(self, question: str) -> str:
        """The question, or only its end if it is too long, since earlier turns stand at its beginning."""
        most = min(_MAX_QUESTION_TOKENS, self.network.max_tokens // 3)
        if len(question) <= most:
            return question
        # As the second text of a pair, the question is cut into windows, and the last window has its last tokens.
        encoding = self._tokenizer.encode("", question)
        last = encoding.overflowing[-1] if encoding.overflowing else encoding
        offsets = [span for span, part in zip(last.offsets, last.sequence_ids, strict=True) if part == 1]
        return question if len(offsets) <= most else question[offsets[-most][0] :]


def best_spans(start: Logits, end: Logits, encoding: Any) -> list[Span]:
    """The best spans of a window that don't overlap, best first.

    Args:
        start: start logits, (tokens,), perhaps padded; the first one stands for "no answer".
        end: end logits, likewise.
        encoding: the window's encoding, by `tokenizers`.
    """
    inside = np.array([n for n, part in enumerate(encoding.sequence_ids) if part == 1], dtype=int)
    if not len(inside):
        return []
    s, e = start[inside].astype(np.float64), end[inside].astype(np.float64)
    scores = _joint(s, e)
    none = float(start[0]) + float(end[0])
    highest = max(float(scores.max()), none)
    total = float(np.exp(scores - highest).sum()) + np.exp(none - highest)
    p_start, p_end = _softmax(s, float(start[0])), _softmax(e, float(end[0]))
    found: list[Span] = []
    taken: list[tuple[int, int]] = []
    width = scores.shape[1]
    offsets = encoding.offsets  # A property that makes a new list each time.
    for flat in _largest(scores.ravel(), 20 * _TOP):
        first, length = divmod(int(flat), width)
        last = first + length
        if not np.isfinite(scores[first, length]) or any(first <= b and last >= a for a, b in taken):
            continue
        taken.append((first, last))
        left, right = offsets[inside[first]][0], offsets[inside[last]][1]
        score = float(scores[first, length])
        found.append(
            Span(left, right, score - none, float(np.exp(score - highest)) / total, p_start[first], p_end[last])
        )
        if len(found) == _TOP:
            break
    return found


def _largest(values: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.intp]:
    """Indexes of the largest values, the largest first, the earlier first in a tie."""
    places = np.arange(len(values))
    if len(values) > count:  # A window has thousands of spans; sorting all would take longer than finding them.
        places = np.sort(np.argpartition(-values, count)[:count])
    return places[np.argsort(-values[places], kind="stable")]


def _joint(start: npt.NDArray[np.float64], end: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The score of each span, shape (tokens, lengths): the second index is the length less one; minus infinity past the end."""
    count = len(start)
    width = min(_SPAN_TOKENS, count)
    padded = np.concatenate([end, np.full(width, -np.inf)])
    joint: npt.NDArray[np.float64] = start[:, None] + np.lib.stride_tricks.sliding_window_view(padded, width)[:count]
    return joint


def _softmax(logits: npt.NDArray[np.float64], none: float) -> list[float]:
    highest = max(float(logits.max()), none)
    powers = np.exp(logits - highest)
    return [float(p) for p in powers / (powers.sum() + np.exp(none - highest))]


def _merged(parts: Sequence[tuple[list[Span], float]]) -> Reading:
    """The reading of a context from those of its windows: the best spans of all, each place once."""
    spans: list[Span] = []
    for span in sorted((s for found, _ in parts for s in found), key=lambda s: -s.score):
        if all(span.end <= other.start or span.start >= other.end for other in spans):
            spans.append(span)
    return Reading(tuple(spans[:_TOP]), max((known for _, known in parts), default=-10.0))


def _arrays(encodings: Sequence[Any]) -> dict[str, npt.NDArray[np.int64]]:
    longest = max(len(encoding.ids) for encoding in encodings)
    arrays = {
        name: np.zeros((len(encodings), longest), np.int64)
        for name in ("input_ids", "attention_mask", "token_type_ids")
    }
    for n, encoding in enumerate(encodings):
        length = len(encoding.ids)
        arrays["input_ids"][n, :length] = encoding.ids
        arrays["attention_mask"][n, :length] = 1
        arrays["token_type_ids"][n, :length] = [int(part == 1) for part in encoding.sequence_ids]
    return arrays
