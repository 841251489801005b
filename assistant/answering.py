"""Question -> answer: the one place that knows the order of the stages."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace

from assistant.core.answer import Answer, Citation, Draft, DraftSentence, Dropped, Proof, Trace, Usage
from assistant.core.errors import EmptyLibraryError, QuestionError
from assistant.core.events import Done, Event, Found, Searching, SentenceDropped, SentenceProven, Waiting
from assistant.core.fallback import without_model
from assistant.core.query import Query
from assistant.core.settings import Settings
from assistant.core.standalone import Standalone
from assistant.integrations import tracing
from assistant.reading.loader import Loader
from assistant.reading.matching import best_quotes
from assistant.reading.protocol import Reader, candidates, chosen, drafting
from assistant.understanding import small_talk
from assistant.understanding.followup.resolving import Resolver, corrected
from assistant.verification.citations import closest, locate, numbered
from assistant.verification.prover import Prover
from index.evidence import Evidence
from index.fingerprint import fingerprint
from index.library.database import storable
from index.retrieval import Retriever, reordered

MAX_QUESTION_CHARS = 2_000

NOT_FOUND = "The articles don't say."
UNCLEAR = "I can't tell what that refers to. Please name who or what you mean."
NO_QUESTION = "Please ask a question in words."
TOO_LONG = f"That question is too long; please ask it in at most {MAX_QUESTION_CHARS:,} characters."

_FIND_DEPTH = 5
"""At least so many passages are searched for the words; their sentences are compared with them."""


class Answering:
    """Leads a question through the stages. Safe to use from several threads; errors as `Assistant`."""

    def __init__(self, retriever: Retriever, resolver: Resolver, reader: Reader, settings: Settings) -> None:
        """Takes ready parts and closes none of them."""
        self._retriever = retriever
        self._library = retriever.library
        self._resolver = resolver
        self._reader = reader
        self._settings = settings
        self._loader = Loader(reader)

    def warm(self) -> None:
        """Load the reader's model now."""
        self._loader.load()

    def close(self) -> None:
        """Wait until a loading that has begun is over."""
        self._loader.close()

    def stream(self, query: Query) -> Generator[Event, None, None]:
        """See `Assistant.stream`."""
        started = time.time()
        with closing(self._events(query)) as events:
            for event in events:
                if isinstance(event, Done):
                    tracing.record(event.answer, self._settings, started)
                yield event

    def _events(self, query: Query) -> Generator[Event, None, None]:
        articles = self._check(query.text, query.articles)
        # Lone surrogates can't be tokenized either.
        query = replace(query, text=storable(query.text), articles=articles)
        refusal = _not_a_question(query.text)
        if query.standalone is not None and not refusal:
            self._check(query.standalone, None)
            refusal = _not_a_question(query.standalone)
        if refusal:
            trace = Trace("", spent=query.spent)
            yield Done(Answer(query.text[:MAX_QUESTION_CHARS], "unclear", message=refusal, trace=trace))
            return
        resolver, reader = self._resolver, self._reader
        if not query.llm:
            resolver, reader = without_model(resolver), without_model(reader)
        run = _Run(query, reader, self._fingerprint(resolver, reader))
        # A question that the user has corrected is never small talk.
        if query.standalone is None and (reply := small_talk.reply(query.text, first=query.first)):
            yield Done(Answer(query.text, "small_talk", message=reply, trace=run.trace("")))
            return
        with run.watch.measure("followup"):
            run.resolved = (
                resolver.resolve(query.text, query.history)
                if query.standalone is None
                else corrected(storable(query.standalone), query.history)
            )
        if run.resolved.kind == "unclear":
            trace = run.trace(run.resolved.question, run.resolved.usage)
            yield Done(Answer(query.text, "unclear", message=UNCLEAR, notice=run.resolved.notice, trace=trace))
            return
        self._loader.begin()
        yield Searching(run.resolved.question)
        yield from self._answer(run)

    def _answer(self, run: _Run) -> Generator[Event, None, None]:
        """Retrieve, read and prove over one state of the library, whatever is added meanwhile."""
        resolved = run.resolved
        # Reading may take minutes, too long for an open transaction: so the articles that it can cite are kept in memory.
        with self._library.snapshot(), run.watch.measure("retrieval"):
            found = self._retriever.retrieve(
                resolved.question,
                asked=resolved.own,
                limit=candidates(run.reader, self._settings.evidence),
                articles=self._searched(run),
            )
            held = {name: self._library.article(name) for name in {item.passage.article_id for item in found}}
        with run.watch.measure("reranking"):
            evidence = chosen(run.reader, resolved.question, found, self._settings.evidence)
        yield Found(evidence)
        prover = Prover(f"{resolved.question}\n{run.query.text}", held.__getitem__)
        draft = yield from self._read(run, evidence, prover)
        read = reordered(evidence, draft.order)
        proven = prover.proven
        with run.watch.measure("citing"):
            near = () if proven.sentences else closest([e.passage for e in read[:3]], held.__getitem__)
        trace = replace(
            run.trace(resolved.question, resolved.usage + draft.usage),
            ranked=tuple((e.passage.id, e.score) for e in read),
            searched=tuple(e.passage.id for e in found),
            dropped=proven.dropped,
        )
        answer = Answer(
            question=run.query.text,
            status="answered" if proven.sentences else "not_found",
            sentences=proven.sentences,
            citations=proven.citations,
            confidence=draft.confidence,
            evidence=read,
            closest=near,
            message="" if proven.sentences else NOT_FOUND,
            notice=" ".join(filter(None, (resolved.notice, draft.notice))),
            trace=trace,
            written=draft.written and bool(proven.sentences),
        )
        read_from = {item.passage.article_id for item in evidence}
        yield Done(answer.with_staleness({name: self._library.version(name) or "" for name in read_from}))

    def _searched(self, run: _Run) -> Sequence[str] | None:
        """Ids of the articles to search: for a question about "the article" itself, only the one that it means."""
        about, articles = run.resolved.article_id, run.query.articles
        if about and (about in articles if articles else self._library.version(about)):
            return (about,)
        return articles

    def _read(self, run: _Run, evidence: Sequence[Evidence], prover: Prover) -> Generator[Event, None, Draft]:
        """Let the reader draft. Each sentence is proven as soon as it comes, and an event tells the result."""
        told: list[Event] = []

        def prove(sentence: DraftSentence) -> Proof:
            with run.watch.measure("citing"):
                proof, said, citations = prover.prove(sentence)
            told.append(SentenceDropped(*said) if isinstance(said, Dropped) else SentenceProven(said, citations))
            return proof

        started = time.monotonic()
        tokens = self._tokens_left(run.query.spent + run.resolved.usage.tokens)
        with closing(drafting(run.reader, run.resolved.question, evidence, prove, tokens)) as reading:
            while True:
                try:
                    with run.watch.measure("reading"):
                        next(reading)
                except StopIteration as end:
                    yield from told
                    draft: Draft = end.value
                    return draft
                yield from told or [Waiting(time.monotonic() - started)]
                told.clear()

    def _tokens_left(self, spent: int) -> int | None:
        """How many language-model tokens the conversation may still use; None = any number."""
        most = self._settings.llm_conversation_tokens
        return max(most - spent, 0) if most else None

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
            found = (
                locate(quote, self._library.article) for quote in best_quotes(words, evidence, self._retriever.embedder)
            )
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

    def _fingerprint(self, resolver: Resolver, reader: Reader) -> str:
        return f"{fingerprint(self._retriever.embedder)}; {resolver.name}; {reader.name}; evidence {self._settings.evidence}"


class _Run:
    """One question's run through the stages: keeps what a stage found for the next ones.

    Attributes:
        query: the question as it was asked.
        reader: reads the evidence for it.
        fingerprint: names the models and settings that answer it.
        watch: measures how long each stage takes.
        resolved: the standalone question, once it is known.
    """

    def __init__(self, query: Query, reader: Reader, fingerprint: str) -> None:
        self.query = query
        self.reader = reader
        self.fingerprint = fingerprint
        self.watch = _Stopwatch()
        self.resolved = Standalone(query.text, "self-contained")

    def trace(self, standalone: str, usage: Usage | None = None) -> Trace:
        """The trace so far; `usage` is how much of a language model this question has taken."""
        usage = usage or Usage()
        return Trace(
            standalone,
            timings=self.watch.seconds,
            fingerprint=self.fingerprint,
            usage=usage,
            spent=self.query.spent + usage.tokens,
        )


class _Stopwatch:
    """Seconds per stage, in the order of the stages; a stage may be entered several times.

    A stage inside another one is counted for itself only: sentences are proven while the reader reads.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        self.seconds.setdefault(stage, 0.0)
        start, before = time.perf_counter(), sum(self.seconds.values())
        try:
            yield
        finally:
            inside = sum(self.seconds.values()) - before
            self.seconds[stage] += time.perf_counter() - start - inside


def _not_a_question(question: str) -> str:
    """Why the question can't be asked, as a polite message; empty if it can."""
    if len(question) > MAX_QUESTION_CHARS:
        return TOO_LONG
    return "" if any(letter.isalnum() for letter in question) else NO_QUESTION
