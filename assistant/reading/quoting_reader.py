"""The quoting reader: answers with a sentence of the evidence itself, and abstains if none is good enough."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.core.draft import Draft, DraftSentence, Quote
from assistant.reading import article_head as heads
from assistant.reading.alignment import (
    FEATURES,
    TRUST_FEATURES,
    Alignment,
    RememberedVectors,
    SentenceSignals,
    features,
    probability,
    rarity,
    trust_features,
)
from assistant.reading.answer_spans import candidates, needs_span
from assistant.understanding.analysis import HEAD_TYPES, QuestionAnalysis, analyse
from index.article import Passage
from index.embedding import Embedder
from index.evidence import Evidence
from index.sentences import sentences
from index.stemming import stem
from index.telling import telling_words

_MODEL = Path(__file__).with_suffix(".json")
_WEIGHED = 6
"""How many sentences have their words compared with the question's by meaning; chosen by matches of letters."""
_COMPARED = 4
"""How many sentences have their vectors compared with the question's; each costs some milliseconds the first time."""
_HEADLINE = 0.5
"""A headline's probability is multiplied by this, since it says in short what a sentence of the text says better."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the evidence with the words needed to judge it.

    Attributes:
        passage: the passage that it stands in.
        start: its first character in the article.
        text: the sentence.
        words: its content words.
        context: its content words and those of its neighbours, of the title and of the date line.
        rank: rank of its passage, from 0.
    """

    passage: Passage
    start: int
    text: str
    words: tuple[str, ...]
    context: tuple[str, ...]
    rank: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence with the reader's judgement.

    Attributes:
        sentence: the sentence.
        values: its features, in the order of `alignment.FEATURES`.
        probability: the probability that it answers the question.
        key: the answer span, as words; may be empty.
    """

    sentence: Sentence
    values: Any
    probability: float
    key: str


class QuotingReader:
    """Picks the sentence that answers and marks the answer span in it, or abstains. Needs no language model."""

    name = "quoting 1"

    def __init__(self, embedder: Embedder, threshold: float | None = None) -> None:
        """Loads nothing yet.

        Args:
            embedder: compares meanings.
            threshold: the reader abstains below this probability; None = the threshold chosen on held-out questions.
        """
        self.vectors = RememberedVectors(embedder)
        self._threshold = threshold

    def read(self, question: str, evidence: Sequence[Evidence]) -> Draft:
        """See `Reader.read`."""
        if not evidence:
            return Draft((), 0.0)
        asked = analyse(question)
        if asked.answer_type in HEAD_TYPES:
            return heads.read(asked, evidence[0])
        judged = self.judge(asked, evidence)
        if not judged:
            return Draft((), 0.0)
        best = judged[0]
        confidence = trust(judged)
        threshold = model()["threshold"] if self._threshold is None else self._threshold
        if confidence < threshold:
            return Draft((), confidence)
        quote = Quote(best.sentence.passage, best.sentence.text, best.sentence.start)
        return Draft((DraftSentence((quote,), key=best.key),), confidence)

    def judge(self, asked: QuestionAnalysis, evidence: Sequence[Evidence]) -> list[Judged]:
        """The most promising sentences of the evidence, the most probable first."""
        pool = split_evidence(evidence)
        vocabulary = list(dict.fromkeys(word for sentence in pool for word in sentence.context))
        alignment = Alignment(asked.terms, vocabulary)
        weights = rarity(asked.terms, [frozenset(map(stem, s.words)) for s in pool])
        spans = [candidates(sentence.text, asked) for sentence in pool]

        def most_promising(among: Sequence[int], most: int) -> list[int]:
            def hope(n: int) -> float:
                here, around = alignment.soft(pool[n].words), alignment.soft(pool[n].context)
                return float(weights @ here) + 0.5 * float(weights @ around) + 0.3 * bool(spans[n])

            return sorted(among, key=lambda n: (-hope(n), pool[n].rank, pool[n].start))[:most]

        weighed = most_promising(range(len(pool)), _WEIGHED)
        alignment.compare(list(dict.fromkeys(word for n in weighed for word in pool[n].words)), self.vectors)
        chosen = most_promising(weighed, _COMPARED)
        if not chosen:
            return []
        vectors = self.vectors.of([asked.text, *(pool[n].text for n in chosen)])
        similarities = vectors[1:] @ vectors[0]
        judged = []
        for n, similarity in zip(chosen, similarities, strict=True):
            sentence, found = pool[n], spans[n]
            has_span = bool(found) if needs_span(asked.answer_type) else None
            known = SentenceSignals(sentence.words, sentence.context, float(similarity), sentence.rank == 0, has_span)
            values = features(asked, alignment, weights, known)
            key = sentence.text[slice(*_nearest(sentence.text, found, asked, alignment))] if found else ""
            likely = probability(values, FEATURES, model()["choose"]) * (
                1.0 if sentence.passage.kind == "body" else _HEADLINE
            )
            judged.append(Judged(sentence, values, likely, key))
        return sorted(judged, key=lambda j: (-j.probability, j.sentence.rank, j.sentence.start))


def split_evidence(evidence: Sequence[Evidence]) -> list[Sentence]:
    """The sentences of all passages, each once, with the content words around them."""
    pool: list[Sentence] = []
    seen: set[tuple[str, int]] = set()
    for rank, item in enumerate(evidence):
        passage = item.passage
        head = telling_words(" ".join([item.title, *(p.text for p in item.head if p.kind == "date")]))
        spans = sentences(passage.text)
        words = [telling_words(passage.text[slice(*span)]) for span in spans]
        before = telling_words(passage_end(item.before)) if item.before else ()
        for n, (start, end) in enumerate(spans):
            place = (passage.article_id, passage.start + start)
            if place in seen or passage.is_silent(start):
                continue
            seen.add(place)
            around = words[n - 1] if n else before
            following = words[n + 1] if n + 1 < len(words) else ()
            context = tuple(dict.fromkeys((*words[n], *around, *following, *head)))
            pool.append(Sentence(passage, passage.start + start, passage.text[start:end], words[n], context, rank))
    return pool


def passage_end(passage: Passage) -> str:
    """The last sentence of a passage."""
    spans = sentences(passage.text)
    return passage.text[slice(*spans[-1])] if spans else ""


def _nearest(
    text: str, spans: Sequence[tuple[int, int]], asked: QuestionAnalysis, alignment: Alignment
) -> tuple[int, int]:
    """The one of several fitting spans that is nearest to the question's words in the sentence; the earlier in a tie."""
    places = []
    for word in telling_words(text):
        strength = float(alignment.hard([word]).max(initial=0.0)) if word in alignment else 0.0
        # Telling words have no accents; the text may.
        if strength > 0 and (start := text.lower().find(word)) >= 0:
            places.append((start + len(word) / 2, strength))
    if not places:
        return spans[0]

    def cost(span: tuple[int, int]) -> float:
        middle = (span[0] + span[1]) / 2
        return sum(
            min(abs(middle - place), 80.0) * strength for place, strength in places if not span[0] <= place <= span[1]
        )

    return min(spans, key=lambda span: (cost(span), span[0]))


def trust(judged: Sequence[Judged]) -> float:
    """Calibrated probability that the best of the judged sentences answers the question."""
    values = trust_features([(j.probability, j.values) for j in judged])
    return probability(values, TRUST_FEATURES, model()["trust"])


@lru_cache(maxsize=1)
def model() -> dict[str, Any]:
    """The weights for choosing and for trust, and the threshold, as `fitting.py` wrote them."""
    fitted: dict[str, Any] = json.loads(_MODEL.read_text(encoding="utf-8"))
    return fitted
