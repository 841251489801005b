"""How well the search ranked the passages that hold expected evidence, and how well the citations meet it, per question.

Every figure is a ratio of two sums over the questions; here are each question's own two numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from assistant.core.answer import Answer
from assistant.questions.grading.ground_truth import cited, overlaps
from assistant.questions.reports import Place, Result

Ratios = dict[str, tuple[float, float]]
"""Name of a figure -> what a question adds to its numerator and to its denominator."""

_DEPTH = 10
"""Of nDCG."""


def places_of(result: Result) -> tuple[tuple[Place, ...], ...]:
    """For each expected quote, its places; none for a question that should be refused. A quote may stand nowhere."""
    if not result.expected.answerable:
        return ()
    return result.places or ((),) * len(result.expected.evidence)


# Retrieval


class Pool:
    """All passages that some question of a run found; answers which of them overlap a place."""

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
    """R@1, R@5, MRR and nDCG@10 of one question; nothing without expected evidence.

    A passage is relevant if it overlaps a place of an expected quote. R@k is 1 or 0 where one quote is enough, and the share
    of the quotes that are met where all are needed. MRR after Voorhees (1999). nDCG after Järvelin and Kekäläinen (2002), with
    relevance 0 or 1; the ideal ranking is made of the relevant passages in the pool, as in TREC's pooled judgements, and
    of one where there are none.
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
    """Passage ids as the search ranked them, each once; as they were read where the search's order is not known."""
    return list(dict.fromkeys(answer.trace.searched or (evidence.passage.id for evidence in answer.evidence)))


def _recall(quotes: Sequence[frozenset[str]], found: Sequence[str], all_needed: bool) -> float:
    met = [not quote.isdisjoint(found) for quote in quotes]
    return sum(met) / len(met) if all_needed else float(any(met))


def _gain(ranks: Iterable[int]) -> float:
    return math.fsum(1 / math.log2(rank + 1) for rank in ranks)


# Citations


def citations(result: Result) -> Ratios:
    """Citation precision and recall of one question, in characters; nothing without expected evidence.

    Precision: of the cited characters, those that stand in a place of an expected quote. Citations are whole sentences and
    expected quotes mostly parts of them, so even all right is below 1; who cites whole passages has far less. Only of answers.

    Recall: of the expected characters, those that are cited. Each quote is taken at its best place. Where one quote is
    enough, the one counts of which the largest share is cited, and the shortest of several.
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
    """Characters of a quote that are cited, at the place where most are."""
    return max((_characters(_within(place, found)) for place in places), default=0)


def _within(place: Place, found: Iterable[Place]) -> list[Place]:
    return [(place[0], max(place[1], one[1]), min(place[2], one[2])) for one in found if overlaps(place, one)]


def _characters(places: Iterable[Place]) -> int:
    """Characters that the places cover together; one that several cover counts once."""
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
