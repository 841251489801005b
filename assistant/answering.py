"""Question -> answer: the one place that knows the order of the stages."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from assistant import smalltalk
from assistant.answer import Answer, Citation, Trace
from assistant.citing import closest, locate, numbered, prove
from assistant.conversation import Turn
from assistant.errors import EmptyLibraryError, QuestionError
from assistant.events import Done, Event, Found, Searching, SentenceDropped, SentenceProven
from assistant.followup import Resolver, Standalone, corrected
from assistant.matching import best_quotes
from assistant.reading.opening import Loader
from assistant.reading.protocol import Reader
from assistant.settings import Settings
from index.database import storable
from index.embedding import Embedder
from index.ingest import fingerprint
from index.library import Library
from index.retrieval import Retriever, reordered

MAX_QUESTION_CHARS = 2_000

NOT_FOUND = "The articles don't say."
UNCLEAR = "I can't tell what that refers to. Please name who or what you mean."
NO_QUESTION = "Please ask a question in words."
TOO_LONG = f"That question is too long; please ask it in at most {MAX_QUESTION_CHARS:,} characters."

_FIND_DEPTH = 5
"""Passages whose sentences are compared with the words that are looked for."""


class Answering:
    """Leads a question through the stages. Safe to use from several threads; errors and arguments as `Assistant`."""

    def __init__(
        self,
        library: Library,
        embedder: Embedder,
        retriever: Retriever,
        resolver: Resolver,
        reader: Reader,
        settings: Settings,
    ) -> None:
        """From ready parts, none of which it closes."""
        self._library = library
        self._embedder = embedder
        self._retriever = retriever
        self._resolver = resolver
        self._reader = reader
        self._settings = settings
        self._loader = Loader(reader)

    def warm(self) -> None:
        """Load the reader's model now."""
        self._loader.load()

    def close(self) -> None:
        """Wait for a loading that has begun."""
        self._loader.close()

    def stream(
        self, question: str, history: Sequence[Turn], articles: Sequence[str] | None, standalone: str | None
    ) -> Iterator[Event]:
        """See `Assistant.stream`."""
        articles = self._check(question, articles)
        # Halves of characters no tokenizer takes either.
        question = storable(question)
        watch = _Stopwatch()
        refusal = _not_a_question(question)
        if standalone is not None and not refusal:
            self._check(standalone, None)
            refusal = _not_a_question(standalone)
        if refusal:
            yield Done(Answer(question[:MAX_QUESTION_CHARS], "unclear", message=refusal))
            return
        # A question that was corrected is meant to be searched.
        first = all(turn.answer.status in ("small_talk", "unclear") for turn in history)
        if standalone is None and (reply := smalltalk.reply(question, first=first)):
            trace = Trace("", fingerprint=self._fingerprint)
            yield Done(Answer(question, "small_talk", message=reply, trace=trace))
            return
        with watch.measure("followup"):
            resolved = (
                self._resolver.resolve(question, history)
                if standalone is None
                else corrected(storable(standalone), history)
            )
        if resolved.kind == "unclear":
            trace = Trace(resolved.question, timings=watch.seconds, fingerprint=self._fingerprint)
            yield Done(Answer(question, "unclear", message=UNCLEAR, trace=trace))
            return
        self._loader.begin()
        yield Searching(resolved.question)
        about = resolved.article_id
        if about and (about in articles if articles else self._library.version(about)):
            articles = (about,)
        answer = self._answer(question, resolved, articles, watch)
        yield Found(answer.evidence)
        for sentence in answer.sentences:
            numbers = set(sentence.citations)
            yield SentenceProven(sentence, tuple(c for c in answer.citations if c.number in numbers))
        for text, reason in answer.trace.dropped:
            yield SentenceDropped(text, reason)
        yield Done(answer)

    def _answer(self, question: str, resolved: Standalone, articles: Sequence[str] | None, watch: _Stopwatch) -> Answer:
        """Retrieval, reading and proof over one state of the library, whatever is added meanwhile."""
        with self._library.snapshot():
            with watch.measure("retrieval"):
                evidence = self._retriever.retrieve(
                    resolved.question,
                    asked=resolved.own,
                    limit=self._settings.evidence,
                    articles=articles,
                )
            with watch.measure("reading"):
                draft = self._reader.read(resolved.question, evidence)
                read = reordered(evidence, draft.order)
            with watch.measure("citing"):
                proven = prove(draft, self._library.article)
                near = () if proven.sentences else closest([e.passage for e in read[:3]], self._library.article)
        trace = Trace(
            standalone_question=resolved.question,
            ranked=tuple((e.passage.id, e.score) for e in read),
            searched=tuple(e.passage.id for e in evidence),
            timings=watch.seconds,
            fingerprint=self._fingerprint,
            dropped=proven.dropped,
        )
        return Answer(
            question=question,
            status="answered" if proven.sentences else "not_found",
            sentences=proven.sentences,
            citations=proven.citations,
            confidence=draft.confidence,
            evidence=read,
            closest=near,
            message="" if proven.sentences else NOT_FOUND,
            trace=trace,
        )

    def find(self, words: str, articles: Sequence[str] | None, limit: int) -> tuple[Citation, ...]:
        """See `Assistant.find`."""
        articles = self._check(words, articles)
        if len(words) > MAX_QUESTION_CHARS:
            raise QuestionError(f"{len(words):,} characters can't be looked for; the limit is {MAX_QUESTION_CHARS:,}.")
        words = storable(words)
        if _not_a_question(words) or limit < 1:
            return ()
        with self._library.snapshot():
            evidence = self._retriever.retrieve(words, limit=max(limit, _FIND_DEPTH), articles=articles)
            found = (locate(quote, self._library.article) for quote in best_quotes(words, evidence, self._embedder))
            return numbered([citation for citation in found if citation][:limit])

    def _check(self, question: str, articles: Sequence[str] | None) -> tuple[str, ...] | None:
        if not isinstance(question, str):
            raise QuestionError(f"A question is a string, not {type(question).__name__}.")
        if self._library.empty():
            raise EmptyLibraryError(
                f"The library {self._library.folder} has no articles yet. Add one: footnote add FILE, or assistant.add(...)."
            )
        if articles is None:
            return None
        if isinstance(articles, str) or not articles:
            raise QuestionError(f"`articles` is {articles!r}; give a list of at least one article id, or None for all.")
        for article_id in articles:
            if self._library.version(article_id) is None:
                self._library.article(article_id)
        return tuple(articles)

    @property
    def _fingerprint(self) -> str:
        return f"{fingerprint(self._embedder)}; {self._resolver.name}; {self._reader.name}; evidence {self._settings.evidence}"


class _Stopwatch:
    """Seconds per stage, in the order of the stages."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = time.perf_counter() - start


def _not_a_question(question: str) -> str:
    """Why it can't be asked, politely; empty if it can."""
    if len(question) > MAX_QUESTION_CHARS:
        return TOO_LONG
    return "" if any(letter.isalnum() for letter in question) else NO_QUESTION
