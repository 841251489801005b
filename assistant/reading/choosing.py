"""Chooses the sentence that answers from those that the network and the quoting reader find, and tells how sure it is.

The two look at different things. The network reads words in their order but, being small, overlooks names; the quoting reader
counts whether a sentence has the question's words, names and numbers. The sentences of both are candidates.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from assistant.network.spans import Reading, Span
from assistant.reading.calibration import Calibration, Values
from assistant.reading.quoting_reader import Judged
from assistant.understanding.analysis import QuestionAnalysis
from index.article import Passage
from index.evidence import Evidence
from index.passages import sentences

CHOICE = ("span score", "passages before", "quoting", "quoted")
TRUST = (
    "span score", "answerable", "sure of the words", "lead of the span", "quoting", "quoted first", "passages before",
    "lead", "worth", "yes/no",
)  # fmt: skip
_HEADLINE = 1.5
"""The worth of a headline is lowered by this, since it says in short what a sentence of the text says better."""
_RANK = 0.5
"""The worth of one place in the search's order, as a logit. With 0, 0.2, 0.5 and 1 the answering passage comes first for 86.5,
87.5, 88.5 and 87.7 % of the 511 answerable held-out questions; in the order of the search (BM25) for 82.2 %."""
_UNREAD = -14.0
"""Log-probability of words that are not among the network's spans."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may answer.

    Attributes:
        evidence: the passage that it stands in.
        rank: rank of the passage, from 0.
        start: the sentence's first character in the passage.
        end: one past its last character.
        span: the network's best answer span in it; None if the network has none there.
        key: the quoting reader's answer span in it, as words; may be empty.
        score: the span's score; without a span, a little less than the worst in the passage.
        answerable: the network's logit of the passage being answerable.
        quoting: the quoting reader's probability; None if it did not judge the sentence.
    """

    evidence: Evidence
    rank: int
    start: int
    end: int
    span: Span | None
    key: str
    score: float
    answerable: float
    quoting: float | None

    @property
    def choice(self) -> Values:
        """Values in the order of `CHOICE`."""
        return np.array(
            [self.score, self.rank, _logit(self.quoting or 0.0), self.quoting is not None], dtype=np.float64
        )


def candidates(
    readings: Sequence[Reading], opinions: Sequence[Judged], evidence: Sequence[Evidence]
) -> list[Candidate]:
    """The sentences that the network or the quoting reader found, each once, in no order.

    Args:
        readings: the network's result for each passage.
        opinions: the quoting reader's judgements of sentences in these passages.
        evidence: the passages, best first.
    """
    found: dict[tuple[str, int], Candidate] = {}
    place = {item.passage.id: rank for rank, item in reversed(list(enumerate(evidence)))}
    for rank, (item, reading) in enumerate(zip(evidence, readings, strict=True)):
        spans = sentences(item.passage.text)
        for span in reading.spans:
            start, end = _sentence(spans, span)
            known = Candidate(item, rank, start, end, span, "", _bounded(span.score), reading.answerable, None)
            found.setdefault(_identity(item.passage, start), known)
    for opinion in opinions:
        sentence = opinion.sentence
        key, rank = (sentence.passage.article_id, sentence.start), place[sentence.passage.id]
        if key not in found:
            reading = readings[rank]
            score = _bounded(min((span.score for span in reading.spans), default=-10.0) - 1)
            start = sentence.start - sentence.passage.start
            found[key] = Candidate(
                evidence[rank], rank, start, start + len(sentence.text), None, "", score, reading.answerable, None
            )
        found[key] = replace(found[key], key=opinion.key, quoting=opinion.probability)
    return list(found.values())


def ranked(found: Sequence[Candidate], calibration: Calibration) -> list[tuple[float, Candidate]]:
    """The candidates with their worth, the best first."""
    worth = [float(calibration.choose @ c.choice) - _HEADLINE * (c.evidence.passage.kind != "body") for c in found]
    order = sorted(range(len(found)), key=lambda n: (-worth[n], found[n].rank, found[n].start))
    return [(worth[n], found[n]) for n in order]


def reordered(readings: Sequence[Reading], evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """Ids of the passages, re-ranked by the network: the likeliest to hold an answer first; the search's order counts too."""
    worth = [reading.answerable - _RANK * rank for rank, reading in enumerate(readings)]
    return tuple(evidence[n].passage.id for n in sorted(range(len(worth)), key=lambda n: (-worth[n], n)))


def trust_values(asked: QuestionAnalysis, best_first: Sequence[tuple[float, Candidate]]) -> Values:
    """The values of the best of the `ranked` candidates, in the order of `TRUST`."""
    worth, best = best_first[0]
    others = [one for _, one in best_first[1:]]
    quoted_first = best.quoting is not None and all(best.quoting >= (one.quoting or 0.0) for one in others)
    lead = best.score - max((one.score for one in others), default=-15.0)
    return np.array([
        best.score,
        best.answerable,
        best.span.sureness if best.span else _UNREAD,
        max(-10.0, min(10.0, lead)),
        _logit(best.quoting or 0.0),
        quoted_first,
        best.rank,
        min(10.0, worth - best_first[1][0]) if others else 10.0,
        worth,
        asked.answer_type == "yes_no",
    ], dtype=np.float64)  # fmt: skip


def _identity(passage: Passage, start: int) -> tuple[str, int]:
    return passage.article_id, passage.start + start


def _sentence(spans: Sequence[tuple[int, int]], span: Span) -> tuple[int, int]:
    """The sentences that a span touches, from the first's beginning to the last's end."""
    touched = [(start, end) for start, end in spans if start < span.end and end > span.start]
    return (touched[0][0], touched[-1][1]) if touched else (span.start, span.end)


def _bounded(score: float) -> float:
    return max(-15.0, min(15.0, score))


def _logit(probability: float) -> float:
    kept = min(max(probability, 0.01), 0.99)
    return math.log(kept / (1 - kept))
