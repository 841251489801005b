"""What a network says of a window: logits of its sentences, of words and of verdicts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.network.encoded import Encoded
from index.spans import Span

Logits = npt.NDArray[np.float32]
ABSENT = -30.0
"""The margin of a sentence none of whose tokens was read, or of which a network says nothing."""
_LONGEST = 40
"""Longer spans, in tokens, are not looked for."""


@dataclass(frozen=True, slots=True)
class Words:
    """A span of a window that may be the answer's words.

    Attributes:
        start: its first character in the context.
        end: one past its last character.
        score: its logit (start and end added) less that of "no answer".
        share: its probability among the spans of its sentence.
    """

    start: int
    end: int
    score: float
    share: float


@dataclass(frozen=True, slots=True)
class WindowReading:
    """What a network says of a window.

    Attributes:
        sentences: spans of its sentences, as characters of the context.
        margins: their logits less that of "none of them", (sentences,); a sentence without tokens has `ABSENT`.
        verdicts: logits of neither, yes and no for each sentence, (sentences, 3).
        encoded: its tokens.
        start: logits of the answer's first token, (tokens,), the first one for "no answer".
        end: likewise of its last token.
    """

    sentences: tuple[Span, ...]
    margins: Logits
    verdicts: Logits
    encoded: Encoded
    start: Logits
    end: Logits

    def words(self, sentence: int, most: int = 1) -> list[Words]:
        """The likeliest spans of a sentence that don't overlap, best first; none if the window has none of its tokens."""
        inside = np.flatnonzero(self.encoded.sentence == sentence)
        if not len(inside):
            return []
        start, end = self.start[inside].astype(np.float64), self.end[inside].astype(np.float64)
        lengths = np.subtract.outer(np.arange(len(inside)), np.arange(len(inside))).T
        joint = np.where((lengths >= 0) & (lengths < _LONGEST), start[:, None] + end[None, :], -np.inf)
        total = float(np.logaddexp.reduce(joint[np.isfinite(joint)]))
        none = float(self.start[0]) + float(self.end[0])
        found: list[Words] = []
        while len(found) < most and np.isfinite(joint.max()):
            first, last = (int(n) for n in np.unravel_index(int(joint.argmax()), joint.shape))
            if _is_two(start[first : last + 1], end[first : last + 1]):
                joint[first, last] = -np.inf
                continue
            left = int(self.encoded.offsets[inside[first] - self.encoded.first][0])
            right = int(self.encoded.offsets[inside[last] - self.encoded.first][1])
            score = float(joint[first, last])
            found.append(Words(left, right, score - none, float(np.exp(score - total))))
            joint[: last + 1, first:] = -np.inf
        return found


def _is_two(start: npt.NDArray[np.float64], end: npt.NDArray[np.float64]) -> bool:
    """Whether two spans, one behind the other, are together at least as likely as the span from the first to the last.

    Start and end are told apart from each other, so between two candidates the start of one and the end of the other may be the
    likeliest, though nobody would give all that stands between as the answer.

    Args:
        start: logits that the span's tokens are the first one, (tokens,).
        end: likewise the last one.
    """
    if len(start) < 2:
        return False
    earlier_ends = np.maximum.accumulate(end[:-1])
    return bool((np.exp(earlier_ends - end[-1]) + np.exp(start[1:] - start[0])).max() >= 1)
