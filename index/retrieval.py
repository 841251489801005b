"""Question -> Evidence: full-text and vector search, fused by reciprocal rank."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from index.arrays import Vectors
from index.article import Passage
from index.embedding import Embedder
from index.evidence import Evidence
from index.library.store import Library
from index.spelling import Speller
from index.stemming import stem
from index.stopwords import STOP_WORDS
from index.vectors.stores import VectorSearch

_DEPTH = 100
"""How many hits of each search are fused."""

_RANK_OFFSET = 10
"""The constant of reciprocal rank fusion; 60 in Cormack, Clarke and Buettcher (2009), who fused many weak rankings. Of two
good ones the first places deserve more: nDCG@10 on SciFact's train queries is .720 with 10 and .708 with 60."""

_ASKED_SHARE = 0.2
"""The share that the question as it was asked has in a follow-up's vector; in bm25 the user's own words count twice, words from
earlier turns once. MRR@8 of synthetic follow-ups about 29 articles: .852 with the right words from earlier turns (.851 if all
count alike), .745 with wrong ones (.700)."""

_MAX_TERMS = 64
_OPENING = 6
"""The head of an article and the beginning of its body are among so many passages."""

_WORD = re.compile(r"\w+(?:['’]\w+)?")


class Retriever:
    """Finds the passages that matter for a question. Safe to use from several threads.

    Attributes:
        library: where the passages are.
        embedder: makes the vectors of questions.
    """

    def __init__(self, library: Library, embedder: Embedder, vectors: VectorSearch, *, correct: bool = True) -> None:
        """Searches a library and its vectors, which the same embedder made.

        Args:
            library: holds the passages and the full text.
            embedder: makes the question's vector.
            vectors: the vectors of the library's passages.
            correct: whether to search also for the corrections of misspelt words.
        """
        self.library = library
        self.embedder = embedder
        self._vectors = vectors
        self._speller = Speller(library) if correct else None

    def retrieve(
        self, question: str, *, asked: str = "", limit: int = 8, articles: Sequence[str] | None = None
    ) -> tuple[Evidence, ...]:
        """The best passages for a standalone question, best first.

        Args:
            question: a standalone question.
            asked: the question as the user asked it, if words from earlier turns were added to make it standalone. These may be
                wrong, so the words that both questions have count more. Empty = all words count alike.
            limit: the most passages.
            articles: ids that limit the search; None = all.
        """
        vectors = self.embedder.embed([question] if asked in {"", question} else [question, asked])
        with self.library.snapshot():
            terms = self.terms(question)
            own = self._own(terms, asked) if len(vectors) > 1 else []
            sought = _between(*vectors) if own else vectors[0]
            nearest = self._vectors.query(sought, _DEPTH, articles)
            # Words that stand in the query twice count twice.
            lexical = self._search(terms + own, _DEPTH, articles)
            # The vectors may be a moment ahead of or behind this snapshot; only passages in the snapshot are evidence.
            fused = fuse([[pid for pid, _ in lexical], [pid for pid, _ in nearest]])
            passages = self.library.passages([pid for pid, _ in fused])
            best = [(passages[pid], score) for pid, score in fused if pid in passages][:limit]
            # By the library's own vectors, since the vector search finds few, and may not have the newest yet.
            ids, _, stored = self.library.vectors([passage.id for passage, _ in best])
            similarity = dict(zip(ids, (stored @ sought).tolist(), strict=True)) if ids else {}
            return tuple(self._evidence(passage, score, similarity[passage.id]) for passage, score in best)

    def surrounded(self, passages: Sequence[Passage]) -> tuple[Evidence, ...]:
        """Passages with their surroundings, each worth less than the one before, as if they had been found in this order."""
        with self.library.snapshot():
            return tuple(self._evidence(passage, 1 / (1 + n), 0.0) for n, passage in enumerate(passages))

    def lexical(self, question: str, limit: int, articles: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """Full-text search alone: (passage id, bm25), best first. Corrections of misspelt words are searched for too."""
        return self._search(self.terms(question), limit, articles)

    def terms(self, question: str) -> list[str]:
        """The words to search for: the question's words without stop words, then corrections of misspelt ones."""
        words = list(dict.fromkeys(word.lower().replace("’", "'") for word in _WORD.findall(question)))
        words = [word.removesuffix("'s") for word in words]
        telling = [word for word in words if word not in STOP_WORDS] or words
        telling = telling[:_MAX_TERMS]
        near = [term for word in telling for term in self._speller.nearest(word)] if self._speller else []
        return list(dict.fromkeys(telling + near))

    def _search(self, terms: Sequence[str], limit: int, articles: Sequence[str] | None) -> list[tuple[str, float]]:
        return self.library.search(" OR ".join(f'"{term}"' for term in terms), limit, articles) if terms else []

    def _own(self, terms: Sequence[str], asked: str) -> list[str]:
        """The terms that the question as it was asked has too; empty if it has all of them."""
        said = {stem(term) for term in self.terms(asked)}
        own = [term for term in terms if stem(term) in said]
        return own if len(own) < len(terms) else []

    def _evidence(self, passage: Passage, score: float, similarity: float) -> Evidence:
        library = self.library
        around = {
            p.ordinal: p for p in library.passages_of(passage.article_id, (passage.ordinal - 1, passage.ordinal + 1))
        }
        opening = library.passages_of(passage.article_id, range(_OPENING))
        bodies = [p for p in opening if p.kind == "body"][:1]
        title, published = library.heading(passage.article_id)
        return Evidence(
            passage,
            score,
            similarity,
            title,
            around.get(passage.ordinal - 1),
            around.get(passage.ordinal + 1),
            tuple(p for p in opening if p.kind != "body" or p in bodies),
            published,
        )


def _between(question: Vectors, asked: Vectors) -> Vectors:
    """A unit vector between two, nearer to the standalone question's."""
    vector = (1 - _ASKED_SHARE) * question + _ASKED_SHARE * asked
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


def fuse(rankings: Sequence[Sequence[str]]) -> list[tuple[str, float]]:
    """Reciprocal rank fusion: ids with the sum of 1 / (10 + rank) over the rankings, best first, ties by first ranking."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, pid in enumerate(ranking, start=1):
            scores[pid] = scores.get(pid, 0.0) + 1 / (_RANK_OFFSET + rank)
    return sorted(scores.items(), key=lambda item: -item[1])


def reordered(evidence: Sequence[Evidence], order: Sequence[str]) -> tuple[Evidence, ...]:
    """The evidence re-ranked; passages that the new order does not name follow in their old order.

    Args:
        evidence: the evidence as it was found.
        order: passage ids, best first.

    Returns:
        The same passages. The sorted scores are assigned anew in this order, so that larger is still better.
    """
    place = {passage_id: n for n, passage_id in enumerate(order)}
    ordered = sorted(evidence, key=lambda item: place.get(item.passage.id, len(place)))
    return tuple(replace(item, score=known.score) for item, known in zip(ordered, evidence, strict=True))
