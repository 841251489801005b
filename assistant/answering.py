"""Question -> answer: the one place that knows the order of the stages."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import NamedTuple

from assistant.core.answer import Answer, Citation, Draft, Dropped, Proof, Trace
from assistant.core.errors import EmptyLibraryError, QuestionError
from assistant.core.events import Done, Event, Found, Searching, SentenceDropped, SentenceProven, Waiting
from assistant.core.fallback import without_model
from assistant.core.settings import Settings
from assistant.core.standalone import Standalone
from assistant.core.turns import Turn
from assistant.integrations import tracing
from assistant.reading.loader import Loader
from assistant.reading.matching import best_quotes
from assistant.reading.protocol import Drafting, Reader, drafting
from assistant.understanding import small_talk
from assistant.understanding.followup.resolving import Resolver, corrected
from assistant.verification.citations import closest, locate, numbered
from assistant.verification.prover import Prover
from index.embedding import Embedder
from index.ingest import fingerprint
from index.library.database import storable
from index.library.store import Library
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
        self,
        question: str,
        history: Sequence[Turn],
        articles: Sequence[str] | None,
        standalone: str | None,
        llm: bool = True,
    ) -> Generator[Event, None, None]:
        """See `Assistant.stream`."""
        started = time.time()
        parts = _Parts(self._resolver, self._reader)
        parts = parts if llm else _Parts(without_model(parts.resolver), without_model(parts.reader))
        with closing(self._events(question, history, articles, standalone, parts)) as events:
            for event in events:
                if isinstance(event, Done):
                    tracing.record(event.answer, self._settings, started)
                yield event

    def _events(
        self,
        question: str,
        history: Sequence[Turn],
        articles: Sequence[str] | None,
        standalone: str | None,
        parts: _Parts,
    ) -> Generator[Event, None, None]:
        articles = self._check(question, articles)
        # Halves of characters no tokenizer takes either.
        question = storable(question)
        watch = _Stopwatch()
        spent = max((turn.answer.trace.spent for turn in history), default=0)
        refusal = _not_a_question(question)
        if standalone is not None and not refusal:
            self._check(standalone, None)
            refusal = _not_a_question(standalone)
        if refusal:
            yield Done(Answer(question[:MAX_QUESTION_CHARS], "unclear", message=refusal, trace=Trace("", spent=spent)))
            return
        # A question that was corrected is meant to be searched.
        first = all(turn.answer.status in ("small_talk", "unclear") for turn in history)
        if standalone is None and (reply := small_talk.reply(question, first=first)):
            trace = Trace("", fingerprint=self._fingerprint(parts), spent=spent)
            yield Done(Answer(question, "small_talk", message=reply, trace=trace))
            return
        with watch.measure("followup"):
            resolved = (
                parts.resolver.resolve(question, history)
                if standalone is None
                else corrected(storable(standalone), history)
            )
        if resolved.kind == "unclear":
            trace = Trace(
                resolved.question,
                timings=watch.seconds,
                fingerprint=self._fingerprint(parts),
                usage=resolved.usage,
                spent=spent + resolved.usage.tokens,
            )
            yield Done(Answer(question, "unclear", message=UNCLEAR, notice=resolved.notice, trace=trace))
            return
        self._loader.begin()
        yield Searching(resolved.question)
        about = resolved.article_id
        if about and (about in articles if articles else self._library.version(about)):
            articles = (about,)
        yield from self._answer(question, resolved, articles, spent, watch, parts)

    def _answer(
        self,
        question: str,
        resolved: Standalone,
        articles: Sequence[str] | None,
        spent: int,
        watch: _Stopwatch,
        parts: _Parts,
    ) -> Generator[Event, None, None]:
        """Retrieval, reading and proof over one state of the library, whatever is added meanwhile."""
        # A reading may take minutes, in which no transaction may stay open: what it can cite is held instead.
        with self._library.snapshot(), watch.measure("retrieval"):
            evidence = self._retriever.retrieve(
                resolved.question, asked=resolved.own, limit=self._settings.evidence, articles=articles
            )
            held = {name: self._library.article(name) for name in {item.passage.article_id for item in evidence}}
        yield Found(evidence)
        prover = Prover(f"{resolved.question}\n{question}", held.__getitem__)
        tokens = self._tokens_left(spent + resolved.usage.tokens)
        with closing(drafting(parts.reader, resolved.question, evidence, tokens)) as reading:
            draft = yield from _proven(reading, prover, watch)
        read = reordered(evidence, draft.order)
        proven = prover.proven
        with watch.measure("citing"):
            near = () if proven.sentences else closest([e.passage for e in read[:3]], held.__getitem__)
        usage = resolved.usage + draft.usage
        trace = Trace(
            standalone_question=resolved.question,
            ranked=tuple((e.passage.id, e.score) for e in read),
            searched=tuple(e.passage.id for e in evidence),
            timings=watch.seconds,
            fingerprint=self._fingerprint(parts),
            dropped=proven.dropped,
            usage=usage,
            spent=spent + usage.tokens,
        )
        answer = Answer(
            question=question,
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
        yield Done(answer.with_staleness({name: self._library.version(name) or "" for name in held}))

    def _tokens_left(self, spent: int) -> int | None:
        """How many tokens of a language model the conversation may still take; None = any number."""
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

    def _fingerprint(self, parts: _Parts) -> str:
        names = f"{fingerprint(self._embedder)}; {parts.resolver.name}; {parts.reader.name}"
        return f"{names}; evidence {self._settings.evidence}"


class _Parts(NamedTuple):
    """What makes a question standalone, and what reads for it."""

    resolver: Resolver
    reader: Reader


def _proven(reading: Drafting, prover: Prover, watch: _Stopwatch) -> Generator[Event, None, Draft]:
    """Prove each sentence as it comes, and let the reader know what came of it."""
    started = time.monotonic()
    proof: Proof | None = None
    while True:
        try:
            with watch.measure("reading"):
                sentence = next(reading) if proof is None else reading.send(proof)
        except StopIteration as end:
            draft: Draft = end.value
            return draft
        if sentence is None:
            proof = None
            yield Waiting(time.monotonic() - started)
            continue
        with watch.measure("citing"):
            proof, said, citations = prover.prove(sentence)
        yield SentenceDropped(*said) if isinstance(said, Dropped) else SentenceProven(said, citations)


class _Stopwatch:
    """Seconds per stage, in the order of the stages; a stage may be entered several times."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start


def _not_a_question(question: str) -> str:
    """Why it can't be asked, politely; empty if it can."""
    if len(question) > MAX_QUESTION_CHARS:
        return TOO_LONG
    return "" if any(letter.isalnum() for letter in question) else NO_QUESTION
