"""Question + sentence -> features that tell how well the sentence answers: word alignment, names, numbers and meaning.

A question's word counts as present if the sentence has it (same stem), a misspelling or derivation of it, or a word of similar
meaning. Similarity is the cosine of the words' vectors, as BERTScore (Zhang et al., 2020) aligns tokens, weighted by rarity.
"""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.core.logistic import logistic
from assistant.understanding.analysis import AnswerType, QuestionAnalysis
from index.arrays import Vectors
from index.embedding import Embedder
from index.stemming import plain, stem

_REMEMBERED = 20_000
_SAME_MEANING = (0.35, 0.75)
"""Cosines of two words: up to the first the words have nothing in common, from the second on they mean the same."""

SPAN_TYPES: tuple[AnswerType, ...] = ("who", "when", "where", "number", "duration", "why", "said")
FEATURES = (
    "exact", "soft", "soft_context", "weakest", "missing", "names", "names_near", "numbers", "meaning", "best_passage",
    "span", "length",
    *(f"no_span_{answer_type}" for answer_type in SPAN_TYPES),
)  # fmt: skip


TRUST_FEATURES = (*FEATURES, "score", "lead", "sum")


class RememberedVectors:
    """Vectors of words and sentences; remembers the last 20,000 (30 MB). Safe to use from several threads."""

    def __init__(self, embedder: Embedder) -> None:
        """Remembers nothing yet."""
        self._embedder = embedder
        self._known: OrderedDict[str, Vectors] = OrderedDict()
        self._guard = threading.Lock()

    def of(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (len(texts), dimension)."""
        if not texts:
            return np.zeros((0, self._embedder.dimension), dtype=np.float32)
        with self._guard:
            known = {text: self._known[text] for text in texts if text in self._known}
        if missing := [text for text in dict.fromkeys(texts) if text not in known]:
            known.update(zip(missing, self._embedder.embed(missing), strict=True))
            with self._guard:
                self._known.update((text, known[text]) for text in missing)
                while len(self._known) > _REMEMBERED:
                    self._known.popitem(last=False)
        return np.stack([known[text] for text in texts])


class Alignment:
    """How well each word of a question matches each word of the evidence; computed once for a question."""

    def __init__(self, terms: Sequence[str], vocabulary: Sequence[str]) -> None:
        """Align the question's words with all words of the evidence by their letters.

        Args:
            terms: the question's content words, lower-cased.
            vocabulary: the evidence's content words, lower-cased, each once.
        """
        self._terms = terms
        self._column = {word: n for n, word in enumerate(vocabulary)}
        stems = [stem(word) for word in vocabulary]
        known = set(stems)
        self._hard = np.zeros((len(terms), len(vocabulary)))
        for row, term in enumerate(terms):
            wanted = stem(plain(term))
            for column, other in enumerate(stems):
                self._hard[row, column] = _likeness(wanted, other, misspelt=wanted not in known)
        self._soft = self._hard.copy()

    def compare(self, words: Sequence[str], vectors: RememberedVectors) -> None:
        """Align the question's words with some words of the evidence by meaning too; until then only letters count."""
        if not self._terms or not words:
            return
        low, high = _SAME_MEANING
        cosines = vectors.of(self._terms) @ vectors.of(words).T
        # A number is similar to nothing but itself.
        cosines[[any(letter.isdigit() for letter in term) for term in self._terms]] = 0.0
        columns = [self._column[word] for word in words]
        self._soft[:, columns] = np.maximum(self._hard[:, columns], np.clip((cosines - low) / (high - low), 0.0, 0.9))

    def __contains__(self, word: object) -> bool:
        return word in self._column

    def hard(self, words: Sequence[str]) -> npt.NDArray[np.float64]:
        """For each word of the question, how well one of these words matches it by letters, 0..1; shape (terms,)."""
        return self._best(self._hard, words)

    def soft(self, words: Sequence[str]) -> npt.NDArray[np.float64]:
        """For each word of the question, how well one of these words matches it by letters or meaning, 0..1; shape (terms,)."""
        return self._best(self._soft, words)

    def _best(self, table: npt.NDArray[np.float64], words: Sequence[str]) -> npt.NDArray[np.float64]:
        columns = [self._column[word] for word in words]
        best: npt.NDArray[np.float64] = table[:, columns].max(axis=1) if columns else np.zeros(len(table))
        return best


def _likeness(wanted: str, other: str, *, misspelt: bool) -> float:
    """1 for the same stem, 0.85 for a misspelling of it, 0.75 for a word derived from it, else 0."""
    if wanted == other:
        return 1.0
    shared = 0
    for a, b in zip(wanted, other, strict=False):
        if a != b:
            break
        shared += 1
    if shared >= 5 and shared >= 0.6 * max(len(wanted), len(other)):
        return 0.75
    if misspelt and wanted.isalpha() and len(wanted) >= 3 and len(other) >= 3 and wanted[0] == other[0]:
        from rapidfuzz.distance import DamerauLevenshtein

        most = 2 if len(wanted) >= 6 else 1
        if DamerauLevenshtein.distance(wanted, other, score_cutoff=most) <= most:
            return 0.85
    return 0.0


def rarity(terms: Sequence[str], sentences: Sequence[frozenset[str]]) -> npt.NDArray[np.float64]:
    """Weight of each word of the question: inverse document frequency over the evidence's sentences; shape (terms,).

    Args:
        terms: the question's content words.
        sentences: the stems of each sentence's content words.
    """
    holds = [sum(stem(term) in words for words in sentences) for term in terms]
    return np.array([math.log(1 + len(sentences) / (1 + n)) for n in holds])


@dataclass(frozen=True, slots=True)
class SentenceSignals:
    """The signals that the features of a sentence are made from.

    Attributes:
        words: its content words.
        context: its content words and those around it.
        similarity: cosine of question and sentence.
        first_passage: whether it stands in the best passage.
        has_span: whether it has a span of the answer type; None = the type needs no span.
    """

    words: Sequence[str]
    context: Sequence[str]
    similarity: float
    first_passage: bool
    has_span: bool | None


def features(
    asked: QuestionAnalysis, alignment: Alignment, weights: npt.NDArray[np.float64], sentence: SentenceSignals
) -> npt.NDArray[np.float64]:
    """The features of one sentence, in the order of `FEATURES`.

    Args:
        asked: the question.
        alignment: aligns the question's words with the evidence's.
        weights: rarity of the question's words.
        sentence: the signals of the sentence.
    """
    total = float(weights.sum()) or 1.0
    soft, around = alignment.soft(sentence.words), alignment.soft(sentence.context)
    names = np.array([term in asked.names for term in asked.terms], dtype=bool)
    numbers = np.array([any(letter.isdigit() for letter in term) for term in asked.terms], dtype=bool)
    hard_here, hard_around = alignment.hard(sentence.words), alignment.hard(sentence.context)
    missing = weights * (1 - around) / (float(weights.max(initial=0.0)) or 1.0)
    return np.array([
        float(weights @ hard_here) / total,
        float(weights @ soft) / total,
        float(weights @ around) / total,
        float(around.min()) if len(around) else 0.0,
        float(missing.max(initial=0.0)),
        float(hard_around[names].mean()) if names.any() else 1.0,
        float(hard_here[names].mean()) if names.any() else 1.0,
        float(hard_around[numbers].mean()) if numbers.any() else 1.0,
        sentence.similarity,
        float(sentence.first_passage),
        float(sentence.has_span is True),
        math.log(1 + len(asked.terms)),
        *(float(sentence.has_span is False and asked.answer_type == answer_type) for answer_type in SPAN_TYPES),
    ])  # fmt: skip


def trust_features(ranked: Sequence[tuple[float, npt.NDArray[np.float64]]]) -> npt.NDArray[np.float64]:
    """The features that tell whether the best sentence answers at all: its own, its lead, and how probable the others are.

    Args:
        ranked: probability and features of each judged sentence, the best first.

    Returns:
        Values in the order of `TRUST_FEATURES`.
    """
    best, values = ranked[0]
    second = ranked[1][0] if len(ranked) > 1 else 0.0
    score = math.log(max(best, 1e-6) / max(1 - best, 1e-6))
    return np.array([*values, score, best - second, sum(p for p, _ in ranked)])


def probability(values: npt.NDArray[np.float64], names: Sequence[str], weights: Mapping[str, float]) -> float:
    """Logistic model: named values -> probability. A value that the fitted model does not have counts nothing."""
    score = weights["intercept"] + sum(
        weights.get(name, 0.0) * value for name, value in zip(names, values, strict=True)
    )
    return logistic(float(score))
