"""Deterministic stand-ins behind the project's own protocols: no model, no Chroma, no patching."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from assistant.assistant import Assistant
from assistant.core.answer import Answer
from assistant.core.draft import Draft, DraftSentence, Quote
from assistant.core.events import Done, Event, Searching, SentenceProven
from assistant.core.query import Query
from assistant.reading.protocol import Drafting, Prove
from index.arrays import Vectors
from index.embedding import Progress
from index.errors import EmbeddingError
from index.evidence import Evidence
from index.sentences import sentences
from index.vectors.stores import Hits

_TOKEN = re.compile(r"\w+|[^\w\s]")


class HashEmbedder:
    """Sums a random vector for each word: texts that share words are near each other, in microseconds, the same everywhere.

    The vectors are dense, as a model's are: Chroma's graph misses neighbours among sparse ones, which are all equally far.

    Attributes:
        calls: how many texts were embedded so far.
    """

    def __init__(self, name: str = "hashed words", dimension: int = 64, max_tokens: int = 60) -> None:
        self.name = name
        self.dimension = dimension
        self.max_tokens = max_tokens
        self.calls = 0
        self._guard = threading.Lock()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words and signs; a megabyte without a space is one, as in WordPiece."""
        return [sum(1 for _ in _TOKEN.finditer(text)) for text in texts]

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Unit vectors, shape (len(texts), dimension)."""
        with self._guard:
            self.calls += len(texts)
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for n, text in enumerate(texts):
            for word in _TOKEN.findall(text.lower()):
                vectors[n] += _vector(self.name, word, self.dimension)
            length = float(np.linalg.norm(vectors[n]))
            if length:
                vectors[n] /= length
            else:
                vectors[n, 0] = 1.0
            if progress:
                progress(n + 1, len(texts))
        return vectors


@lru_cache(maxsize=100_000)
def _vector(name: str, word: str, dimension: int) -> Vectors:
    digest = hashlib.blake2b(f"{name}:{word}".encode("utf-8", "replace"), digest_size=8).digest()
    return np.random.default_rng(int.from_bytes(digest, "big")).normal(size=dimension).astype(np.float32)


class FailingEmbedder(HashEmbedder):
    """Fails with an EmbeddingError once it has been given more than `after` texts."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after

    def embed(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """The first texts as ever, then the error."""
        if self.calls + len(texts) > self.after:
            self.calls = self.after
            raise EmbeddingError(f"The double was told to fail after {self.after} texts. Give it a higher number.")
        return super().embed(texts, progress)


class MemoryStore:
    """A VectorStore in a dict, with exact search."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[str, Vectors]] = {}
        self._guard = threading.Lock()

    def query(self, vector: Vectors, limit: int, articles: Sequence[str] | None = None) -> Hits:
        """See `VectorSearch.query`."""
        if not np.isfinite(vector).all():
            return []
        with self._guard:
            rows = [(pid, row) for pid, (aid, row) in self._rows.items() if articles is None or aid in set(articles)]
        hits = [(pid, float(row @ vector)) for pid, row in rows]
        return sorted(hits, key=lambda hit: (-hit[1], hit[0]))[: max(limit, 0)]

    def upsert(self, ids: Sequence[str], article_ids: Sequence[str], vectors: Vectors) -> None:
        """See `VectorStore.upsert`."""
        with self._guard:
            for pid, article_id, vector in zip(ids, article_ids, vectors, strict=True):
                self._rows[pid] = (article_id, np.array(vector))

    def delete(self, ids: Sequence[str]) -> None:
        """See `VectorStore.delete`."""
        with self._guard:
            for pid in ids:
                self._rows.pop(pid, None)

    def ids(self) -> set[str]:
        """See `VectorStore.ids`."""
        with self._guard:
            return set(self._rows)

    def count(self) -> int:
        """See `VectorStore.count`."""
        return len(self.ids())

    def clear(self) -> None:
        """See `VectorStore.clear`."""
        with self._guard:
            self._rows.clear()

    def close(self) -> None:
        """Nothing to let go of."""


class ScriptedReader:
    """Gives the drafts it was given, one after the other; where they end, it abstains. For tests in one thread."""

    name = "scripted"

    def __init__(self, *drafts: Draft | Callable[[str, Sequence[Evidence]], Draft]) -> None:
        """Drafts, or functions of question and evidence that make one."""
        self._drafts: Iterator[Draft | Callable[[str, Sequence[Evidence]], Draft]] = iter(drafts)
        self.questions: list[str] = []

    def read(self, question: str, evidence: Sequence[Evidence]) -> Draft:
        """The next draft; none where there is no evidence."""
        self.questions.append(question)
        draft = next(self._drafts, Draft((), 0.0))
        if not evidence:
            return Draft((), 0.0)
        return draft(question, evidence) if callable(draft) else draft


class EagerReader:
    """Quotes the first sentence of each of the best passages, whatever was asked; never abstains while there is evidence."""

    name = "eager"

    def __init__(self, passages: int = 1) -> None:
        self._passages = passages

    def read(self, question: str, evidence: Sequence[Evidence]) -> Draft:
        """One sentence for each of the best passages."""
        return Draft(tuple(self._sentence(item) for item in evidence[: self._passages]), 0.9 if evidence else 0.0)

    def _sentence(self, item: Evidence) -> DraftSentence:
        passage = item.passage
        start, end = sentences(passage.text)[0]
        return DraftSentence((Quote(passage, passage.text[start:end], passage.start + start),))


class PlainReader(EagerReader):
    """As `EagerReader`, and asked with whatever words, as a language model is: no kind of question is told apart for it."""

    def stream(self, question: str, evidence: Sequence[Evidence], prove: Prove, tokens: int | None = None) -> Drafting:
        """See `Streaming.stream`."""
        draft = self.read(question, evidence)
        for sentence in draft.sentences:
            prove(sentence)
            yield
        return draft


class TellingAssistant(Assistant):
    """Gives the answers that it was given, for tests of what becomes of an answer; other questions are answered as ever."""

    _given: Sequence[Answer] = ()

    def give(self, *answers: Answer) -> None:
        """Answer their questions with these from now on; of several to one question, the first for which was searched."""
        self._given = answers

    def stream(self, question: str | Query, **options: Any) -> Generator[Event, None, None]:
        """As `Assistant.stream`: each sentence with its citations, then the whole answer."""
        query = question if isinstance(question, Query) else Query(question)
        answer = next((one for one in self._given if _answers(one, query)), None)
        if answer is None:
            yield from super().stream(question, **options)
            return
        yield Searching(answer.trace.standalone_question or answer.question)
        for sentence in answer.sentences:
            yield SentenceProven(sentence, tuple(c for c in answer.citations if c.number in sentence.citations))
        yield Done(answer)


def _answers(answer: Answer, query: Query) -> bool:
    searched = query.standalone in (None, answer.trace.standalone_question)
    return answer.question == query.text and searched
