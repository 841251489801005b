"""Measures, for each question, how well the search ranked passages with expected evidence, and how well citations match it.

Every figure is a ratio of two sums over the questions; computed here are the two numbers that each question adds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from assistant.core.answer import Answer
from assistant.questions.grading.ground_truth import cited, overlaps
from assistant.questions.metrics.statistics import Ratios
from assistant.questions.reports import Place, Result

_DEPTH = 10
"""Ranks that nDCG looks at."""


def places_of(result: Result) -> tuple[tuple[Place, ...], ...]:
    """The places of each expected quote; a quote that stands nowhere has none. () for a question that should be refused."""
    if not result.expected.answerable:
        return ()
    return result.places or ((),) * len(result.expected.evidence)


# Retrieval


class Pool:
    """The passages that any question of a run found, to be looked up by place."""

    def __init__(self, passages: Mapping[str, Place]) -> None:
        """Take passage ids with their places."""
        by_article: dict[str, list[tuple[int, int, str]]] = {}
        for name, (article_id, start, end) in passages.items():
            if start < end:
                by_article.setdefault(article_id, []).append((start, end, name))
        self._names = {article_id: [name for *_, name in found] for article_id, found in by_article.items()}
        self._spans = {
            article_id: np.array([(start, end) for start, end, _ in found]) for article_id, found in by_article.items()
        }
        self._known: dict[Place, frozenset[str]] = {}

    def overlapping(self, places: Iterable[Place]) -> frozenset[str]:
        """Ids of the passages that have a character in common with one of the places."""
        return frozenset().union(*map(self._overlapping, places))

    def _overlapping(self, place: Place) -> frozenset[str]:
        if place not in self._known:
            self._known[place] = self._look_up(*place)
        return self._known[place]

    def _look_up(self, article_id: str, start: int, end: int) -> frozenset[str]:
        if article_id not in self._spans or start >= end:
            return frozenset()
        spans, names = self._spans[article_id], self._names[article_id]
        return frozenset(names[n] for n in np.flatnonzero((spans[:, 0] < end) & (spans[:, 1] > start)))


def retrieval(result: Result, pool: Pool) -> Ratios:
    """R@1, R@5, MRR and nDCG@10 of one question; empty without expected evidence.

    A passage is relevant if it overlaps a place of an expected quote. R@k is 1 or 0 where one quote is enough, and the share
    of the quotes found where all are needed. MRR after Voorhees (1999). nDCG after Järvelin and Kekäläinen (2002), with
    relevance 0 or 1; the ideal ranking holds all relevant passages of the pool, as in TREC's pooled judgements, and one
    passage if there are none.
    """
    quotes = [pool.overlapping(places) for places in places_of(result)]
    if not quotes:
        return {}
    ranked, relevant = _ranked(result.answer), frozenset().union(*quotes)
    hits = [rank for rank, name in enumerate(ranked, start=1) if name in relevant]
    ideal = min(max(len(relevant), 1), _DEPTH)
    found = {
        "R@1": _recall(quotes, ranked[:1], result.expected.all_evidence),
        "R@5": _recall(quotes, ranked[:5], result.expected.all_evidence),
        "MRR": 1 / hits[0] if hits else 0.0,
        "nDCG@10": _gain(rank for rank in hits if rank <= _DEPTH) / _gain(range(1, ideal + 1)),
    }
    return {name: (value, 1.0) for name, value in found.items()}


def _ranked(answer: Answer) -> list[str]:
    """Passage ids in the search's order, each once; in the reader's order if the search's is not known."""
    return list(dict.fromkeys(answer.trace.searched or (evidence.passage.id for evidence in answer.evidence)))


def _recall(quotes: Sequence[frozenset[str]], found: Sequence[str], all_needed: bool) -> float:
    met = [not quote.isdisjoint(found) for quote in quotes]
    return sum(met) / len(met) if all_needed else float(any(met))


def _gain(ranks: Iterable[int]) -> float:
    return math.fsum(1 / math.log2(rank + 1) for rank in ranks)


# Citations


def citations(result: Result) -> Ratios:
    """Citation precision and recall of one question, in characters; empty without expected evidence.

    Precision: the share of the cited characters that belong to an expected quote; of answers only. Citations are whole
    sentences and expected quotes mostly parts of them, so that even right ones stay below 1, and whole passages far below.

    Recall: the share of the expected characters that are cited, each quote taken at its best place. Where one quote is
    enough, only the one cited to the largest share counts; of several such, the shortest.
    """
    quotes = places_of(result)
    if not quotes:
        return {}
    found = cited(result.answer) if result.answer.status == "answered" else []
    right = [part for quote in quotes for place in quote for part in _within(place, found)]
    counts = [
        (_best(places, found), len(quote)) for quote, places in zip(result.expected.evidence, quotes, strict=True)
    ]
    ratios: Ratios = {"citation_recall": _together(counts) if result.expected.all_evidence else _closest(counts)}
    if total := _characters(found):
        ratios["citation_precision"] = _characters(right), total
    return ratios


def _best(places: Iterable[Place], found: Sequence[Place]) -> int:
    """How many characters of a quote are cited, at the place where most are."""
    return max((_characters(_within(place, found)) for place in places), default=0)


def _within(place: Place, found: Iterable[Place]) -> list[Place]:
    return [(place[0], max(place[1], one[1]), min(place[2], one[2])) for one in found if overlaps(place, one)]


def _characters(places: Iterable[Place]) -> int:
    """How many characters the places cover together, each counted once."""
    count, reached = 0, ("", 0)
    for article_id, start, end in sorted(places):
        start = max(start, reached[1]) if article_id == reached[0] else start
        if start < end:
            count, reached = count + end - start, (article_id, end)
    return count


def _together(counts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    known, total = zip(*counts, strict=True)
    return sum(known), sum(total)


def _closest(counts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    return max(counts, key=lambda count: (count[0] / max(count[1], 1), -count[1]))
