"""Readings of windows -> the sentences that may answer, best first, and how far the best of them is to be trusted."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from assistant.network.readings import ABSENT, WindowReading, Words
from assistant.reading.calibration import Values
from assistant.reading.passage_windows import EvidenceWindow
from assistant.understanding.analysis import QuestionAnalysis
from index.article import Passage
from index.stemming import stem
from index.telling import telling_stems

TRUST = (
    "odds", "lead", "words", "verdict", "similarity", "rank", "names missing", "numbers missing",
    "terms missing", "is the question", "opinion", "same article", "is yes/no", "is why", "is how", "is number", "is time",
    "terms missing above", "is no sentence",
)  # fmt: skip
"""The values that tell whether the best sentence answers. Rows, items and records are no sentences: their words are few, and what
they are about stands in the title and the headings above."""

_BOUND = 15.0
_UNBROKEN = re.compile(r"\d+(?:[.,]\d+)+|(?<!\S)\S*(?:@|://)\S*\w|(?<!\w)(?:[^\W\d_]\.){2,}")
"""Numbers, addresses and initials such as "a.m." are marked whole or not at all."""
_STOP = re.compile(r"[.!?…。！？][\W⁰¹²³⁴-⁹]*$")
_CLOSES = {")": "(", "]": "[", "”": "“", "»": "«"}
_KINDS = {"yes_no": 0, "why": 1, "how": 2, "number": 3, "duration": 3, "when": 4}
YES, NO = 1, 2
"""Places of the verdicts among the network's three."""


@dataclass(frozen=True)
class Found:
    """A sentence that may answer.

    Attributes:
        window: where it stands.
        reading: what the network says of the window.
        number: of the sentence in the window.
        passage: that it stands in.
        start: its first character in the passage.
        margin: its logit less that of "no sentence of this window".
    """

    window: EvidenceWindow
    reading: WindowReading
    number: int
    passage: Passage
    start: int
    margin: float

    @property
    def text(self) -> str:
        """The sentence."""
        return self.window.context[slice(*self.reading.sentences[self.number])]

    @cached_property
    def words(self) -> tuple[Words, ...]:
        """Its likeliest words, as characters of the window's context, best first. A network's tokens may be parts of words."""
        context = self.window.context
        return tuple(_whole(context, one) for one in self.reading.words(self.number, most=6))

    @property
    def surroundings(self) -> str:
        """The sentence with the one before and the one behind it."""
        spans = self.reading.sentences
        first, last = max(0, self.number - 1), min(len(spans) - 1, self.number + 1)
        return self.window.context[spans[first][0] : spans[last][1]]


def found_sentences(windows: Sequence[EvidenceWindow], readings: Sequence[WindowReading]) -> list[Found]:
    """The sentences of all windows, each once, the likeliest first; those that are no evidence are left out."""
    best: dict[tuple[str, int], Found] = {}
    for window, reading in zip(windows, readings, strict=True):
        for number, (start, _) in enumerate(reading.sentences):
            if window.is_silent(start):
                continue
            passage, place = window.place(start)
            margin = float(reading.margins[number]) if np.isfinite(reading.margins[number]) else ABSENT
            one = Found(window, reading, number, passage, place, margin)
            known = best.get(identity := (passage.article_id, passage.start + place))
            if known is None or one.margin > known.margin:
                best[identity] = one
    return sorted(best.values(), key=lambda one: -one.margin)


def shares(best_first: Sequence[Found]) -> Values:
    """The probability of each sentence, "none of all" being one more, (sentences,)."""
    margins = np.array([one.margin for one in best_first], np.float64)
    found: Values = np.exp(margins - np.logaddexp.reduce(np.append(margins, 0.0)))
    return found


def trust_values(asked: QuestionAnalysis, best_first: Sequence[Found], opinion: float = 0.0) -> Values:
    """The values of the best sentence, in the order of `TRUST`.

    Args:
        asked: the question.
        best_first: what `found_sentences` gives.
        opinion: the margin that another network gives the best sentence; 0 without one.
    """
    best = best_first[0]
    second = next((one.margin for one in best_first[1:] if one.text != best.text), 0.0)  # That of "none".
    words = best.words[0] if best.words else None
    verdict = best.reading.verdicts[best.number]
    said, around = (telling_stems(text) for text in (best.text, best.surroundings))
    kinds = np.zeros(5)
    if asked.answer_type in _KINDS:
        kinds[_KINDS[asked.answer_type]] = 1
    terms = [stem(term) for term in asked.terms]
    return np.array([
        _log_odds(float(shares(best_first)[[one.text == best.text for one in best_first]].sum())),
        min(10.0, best.margin - second),
        _bounded(words.score) if words else -_BOUND,
        _bounded(float(max(verdict[YES], verdict[NO]) - verdict[0])) if kinds[0] else 0.0,
        best.window.evidence.similarity,
        best.window.rank,
        _missing([stem(term) for term in asked.terms if term in asked.names], around),
        _missing([stem(term) for term in asked.terms if any(letter.isdigit() for letter in term)], said),
        _missing(terms, around),
        best.text.rstrip().endswith("?"),
        _bounded(opinion),
        np.mean([one.passage.article_id == best.passage.article_id for one in best_first]),
        *kinds,
        _missing(terms, around | telling_stems(best.window.head)),
        not _STOP.search(best.text),
    ], dtype=np.float64)  # fmt: skip


def _whole(text: str, words: Words) -> Words:
    """The same, from the beginning of its first word or number to the end of its last, with the bracket that closes it."""
    start, end = words.start, words.end
    for piece in _UNBROKEN.finditer(text):
        start = piece.start() if piece.start() < start < piece.end() else start
        end = piece.end() if piece.start() < end < piece.end() else end
    while 0 < start < len(text) and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    opening = _CLOSES.get(text[end : end + 1])
    if opening and text.count(opening, start, end) > text.count(text[end], start, end):
        end += 1
    return replace(words, start=start, end=end)


def _missing(words: Sequence[str], present: Set[str]) -> float:
    return sum(word not in present for word in words) / len(words) if words else 0.0


def _log_odds(probability: float) -> float:
    """As a logit, which is what a logistic model adds to: the network's own judgement, before the other values move it."""
    bounded = float(np.clip(probability, 1e-4, 1 - 1e-4))  # What is no number stays none, and is refused.
    return math.log(bounded / (1 - bounded))


def _bounded(score: float) -> float:
    return float(np.clip(score, -_BOUND, _BOUND))  # What is no number stays none, and is refused.
