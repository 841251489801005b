"""Question -> answer: the one place that knows the order of the stages."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import replace

from assistant.answering.checking import MAX_QUESTION_CHARS, not_a_question
from assistant.answering.collection import about_library, mentions
from assistant.answering.finding import find
from assistant.answering.meaning import chosen_answer
from assistant.answering.overviews import Overviews
from assistant.answering.refusing import BEYOND, NO_SENTENCE, UNCLEAR, refusal
from assistant.answering.remarking import names_all, remarks_of
from assistant.answering.run import Run
from assistant.answering.scope import scope_of
from assistant.answering.surroundings import Surroundings
from assistant.answering.titled import TitledDraft
from assistant.core.answer import Answer, Citation, Dropped, Part, Status, Trace
from assistant.core.draft import Draft, DraftSentence, Proof
from assistant.core.errors import EmptyLibraryError, QuestionError
from assistant.core.events import Done, Event, Found, Searching, SentenceDropped, SentenceProven, Waiting
from assistant.core.fallback import without_model
from assistant.core.kinds import Kind
from assistant.core.query import Query
from assistant.core.remarks import ONLY_ENGLISH
from assistant.core.settings import Settings
from assistant.core.standalone import Standalone
from assistant.core.turns import Turn
from assistant.integrations import tracing
from assistant.reading.attributing import Attributing
from assistant.reading.loader import Loader
from assistant.reading.protocol import Reader, Streaming, candidates, chosen, drafting
from assistant.understanding import small_talk
from assistant.understanding.dividing import CERTAIN, parts_of, sides_of
from assistant.understanding.followup.history import usable
from assistant.understanding.followup.referring import doubts_answer
from assistant.understanding.followup.resolving import Resolver, corrected, last_cited
from assistant.understanding.kinds import Kinds
from assistant.understanding.language import Languages
from assistant.verification.citations import closest
from assistant.verification.narrowing import Narrowed
from assistant.verification.prover import Prover
from index.evidence import Evidence
from index.fingerprint import fingerprint
from index.library.database import storable
from index.retrieval import Retriever


class Answering:
    """Leads a question through the stages. Safe to use from several threads; errors as `Assistant`."""

    def __init__(self, retriever: Retriever, resolver: Resolver, reader: Reader, settings: Settings) -> None:
        """Takes ready parts and closes none of them."""
        self._retriever = retriever
        self._library = retriever.library
        self._resolver = resolver
        self._reader = reader
        self._settings = settings
        self._languages = Languages()
        self._loader = Loader(reader)
        self._languages_loader = Loader(self._languages)
        self._kinds = Kinds(retriever.embedder, settings)
        self._overviews = Overviews(retriever)
        self._surroundings = Surroundings(retriever)

    def warm(self) -> None:
        """Load the models of reading and of telling languages apart now."""
        self._loader.load()
        self._languages_loader.load()

    def close(self) -> None:
        """Wait until a loading that has begun is over."""
        self._loader.close()
        self._languages_loader.close()

    def stream(self, query: Query) -> Generator[Event, None, None]:
        """See `Assistant.stream`."""
        started = time.time()
        with closing(self._events(query)) as events:
            for event in events:
                if isinstance(event, Done):
                    tracing.record(event.answer, self._settings, started)
                yield event

    def _events(self, query: Query) -> Generator[Event, None, None]:
        self._check(query.text)
        articles = scope_of(self._library, query.articles, query.collection)
        # Lone surrogates can't be tokenized either.
        query = replace(query, text=storable(query.text), articles=articles)
        refusal = not_a_question(query.text)
        if query.standalone is not None and not refusal:
            self._check(query.standalone)
            refusal = not_a_question(query.standalone)
        if refusal:
            trace = Trace("", spent=query.spent)
            yield Done(Answer(query.text[:MAX_QUESTION_CHARS], "unclear", message=refusal, trace=trace))
            return
        resolver, reader = self._resolver, self._reader
        if not query.llm:
            resolver, reader = without_model(resolver), without_model(reader)
        run = Run(query, reader, self._fingerprint(resolver, reader))
        if reply := self._small_talk(run):
            yield Done(Answer(query.text, "small_talk", message=reply, trace=run.trace("")))
            return
        if not isinstance(run.reader, Streaming):
            self._languages_loader.begin()
        with run.watch.measure("followup"):
            run.resolved = (
                resolver.resolve(query.text, query.history)
                if query.standalone is None
                else corrected(storable(query.standalone), query.history)
            )
        if run.resolved.kind == "unclear":
            self._note_language(run)
            trace = run.trace(run.resolved.question, run.resolved.usage)
            yield Done(Answer(query.text, "unclear", message=UNCLEAR, notice=run.notice, trace=trace))
            return
        with run.watch.measure("understanding"):
            run.kind = self._kind(run)
        if run.kind == "beyond":
            self._note_language(run)
            # Only of English questions the kind is known; so it is read for.
            run.kind = "fact" if run.note else run.kind
        if run.kind == "library" and (told := self._about_library(run)):
            yield Done(told)
            return
        self._loader.begin()
        yield Searching(run.resolved.question)
        last = usable(query.history)[-1:]
        narrowed = Narrowed(run.resolved.topic, last[0].answer) if last and run.resolved.topic else None
        run.prover = Prover(f"{run.resolved.question}\n{query.text}", run.held, narrowed=narrowed)
        yield from self._parts(run)
        yield self._also_meant(run, self._done(run))

    def _small_talk(self, run: Run) -> str:
        """The reply to small talk; a question that the user has corrected is none, nor is one that doubts the last answer."""
        query = run.query
        doubts = not isinstance(run.reader, Streaming) and doubts_answer(query.text, query.history)
        return "" if query.standalone is not None or doubts else small_talk.reply(query.text, first=query.first)

    def _kind(self, run: Run) -> Kind:
        """What is asked. A language model that writes the answer is left to see that for itself."""
        return "fact" if isinstance(run.reader, Streaming) else self._kinds.of(run.resolved.question)

    def _note_language(self, run: Run) -> None:
        """Tell a user who asks in another language. A language model that writes the answer understands more of them."""
        if not isinstance(run.reader, Streaming):
            with run.watch.measure("understanding"):
                other = self._languages.is_other(run.query.standalone or run.query.text)
            run.note = ONLY_ENGLISH if other else ""

    def _about_library(self, run: Run) -> Answer | None:
        """What can be said of the library itself; None = the question asks for what its articles are about."""
        with self._library.snapshot():
            message = about_library(run.resolved.question, self._library, run.query.articles)
        if not message:
            return None
        self._note_language(run)
        trace = run.trace(run.resolved.question, run.resolved.usage)
        return Answer(run.query.text, "small_talk", message=message, kind="library", notice=run.notice, trace=trace)

    def _parts(self, run: Run) -> Generator[Event, None, None]:
        """Answer by kind; of several questions in one, each for itself, under its own words."""
        drafts, asked = self._unread(run), run.kind
        # What it names may be no article, no section and nothing that is mentioned: then it is read for.
        if asked in ("overview", "library") and not drafts:
            run.kind = "fact"
        if drafts:
            yield from self._drafted(run, drafts)
        elif run.kind == "beyond":
            with self._library.snapshot(), run.watch.measure("retrieval"):
                found = self._found(run, run.resolved)
                run.hold({name: self._library.article(name) for name in {item.passage.article_id for item in found}})
            yield Found(found)
            run.keep(Draft((), 0.0), found, found)
        elif isinstance(run.reader, Streaming):
            yield from self._one(run, run.resolved, run.kind)
        elif not (yield from self._near_last_answer(run)):
            yield from self._read_by_kind(run)
            if asked == "overview" and not run.prover.proven.sentences:
                run.kind = asked
                run.lay_out_again()
                yield from self._drafted(run, self._overviews.mentioned(run.resolved.question, run.query.articles))

    def _near_last_answer(self, run: Run) -> Generator[Event, None, bool]:
        """Answer a turn that asks about the last answer from what stands around its quotes; False = they don't say."""
        about = run.resolved.about_answer
        last = next((turn.answer for turn in reversed(run.query.history) if turn.answer.citations), None)
        if not about or last is None:
            return False
        if about != "source" and (near := self._surroundings.evidence(last, run.query.articles)):
            kind: Kind = "said" if about == "speaker" else run.kind
            answered = yield from self._one(run, run.resolved, kind, evidence=near)
            if answered.sentences:
                return True
            run.lay_out_again()
        told = None if about == "around" else self._surroundings.in_context(last, run.query.articles)
        run.kind = "fact" if told else run.kind  # It is no list, whatever the question asked for.
        yield from self._drafted(run, [told] if told else [])
        return told is not None

    def _also_meant(self, run: Run, done: Done) -> Done:
        """Offer what else a question may mean, or answer that where only it is answered; a language model is not asked twice."""
        if not run.resolved.other or isinstance(run.reader, Streaming):
            return done
        *_, last = self._events(replace(run.query, standalone=run.resolved.other))
        assert isinstance(last, Done)
        return Done(chosen_answer(done.answer, last.answer, run.resolved.other))

    def _read_by_kind(self, run: Run) -> Generator[Event, None, None]:
        """Read for an answer: for each part of several questions, for each side of a comparison, or for all at once."""
        question = run.resolved.question
        if len(parts := parts_of(question, CERTAIN)) > 1:
            yield from self._several(run, parts)
            return
        if run.kind == "comparison" and (yield from self._compared(run)):
            return
        # What is compared is named by two sides; what names none is to be answered as surely as any other question.
        answered = yield from self._one(run, run.resolved, "fact" if run.kind == "comparison" else run.kind)
        if not answered.sentences and len(parts := parts_of(question)) > 1:
            run.lay_out_again()
            yield from self._several(run, parts)

    def _unread(self, run: Run) -> list[TitledDraft]:
        """What answers without reading for it: an overview, or the articles that mention something."""
        question, articles = run.resolved.question, run.query.articles
        if run.kind == "overview":
            return self._overviews.drafts(question, run.resolved.article_id or last_cited(run.query.history), articles)
        return mentions(question, self._retriever, articles) if run.kind == "library" else []

    def _compared(self, run: Run) -> Generator[Event, None, bool]:
        """Answer each side of a comparison under its name, by the question without the other side.

        Returns:
            False if no two sides are named, or none is answered.
        """
        sides = sides_of(run.resolved.question)
        told = []
        for n, (side, asked) in enumerate(sides):
            answered = yield from self._one(run, replace(run.resolved, question=asked), "comparison", heading=side)
            told += [(sentence, sentence.answering(answered.citations)) for sentence in answered.sentences[:1]]
            if n == 0 and told and names_all(sides[1][0], told[0][1].quote):
                run.lay_out_again(Part(len(answered.sentences)))
                return True
        if not told:
            run.lay_out_again()
            return False
        run.remark(*remarks_of("comparison", run.resolved.question, told, run.held))
        return True

    def _several(self, run: Run, parts: Sequence[str]) -> Generator[Event, None, None]:
        """Answer the parts one by one: each may lean on those before, as in a conversation."""
        turns: list[Turn] = []
        run.kind = "fact"
        resolver = without_model(self._resolver)  # Parts are told apart only where no language model answers.
        for n, part in enumerate(parts):
            with run.watch.measure("followup"):
                own = resolver.resolve(part, turns) if n else Standalone(part, "self-contained")
            with run.watch.measure("understanding"):
                kind = self._kinds.of(own.question)
            answered = yield from self._one(run, own, kind, heading=part)
            turns.append(Turn(part, answered))

    def _one(
        self, run: Run, resolved: Standalone, kind: Kind, heading: str = "", evidence: Sequence[Evidence] = ()
    ) -> Generator[Event, None, Answer]:
        """Retrieve, read and prove over one state of the library, whatever is added meanwhile.

        Args:
            run: of the question.
            resolved: the question, or one of its parts.
            kind: what that asks for.
            heading: of its part of the answer.
            evidence: what is read; none = what is found.

        Returns:
            What answers this question alone.
        """
        with self._library.snapshot(), run.watch.measure("retrieval"):
            found = tuple(evidence) or self._found(run, resolved)
            # Reading may take minutes, too long for an open transaction: so the articles that it can cite are kept in memory.
            run.hold({name: self._library.article(name) for name in {item.passage.article_id for item in found}})
        with run.watch.measure("reranking"):
            evidence = chosen(run.reader, resolved.question, found, self._settings.evidence)
        yield Found(evidence)
        before = len(run.prover.proven.sentences)
        draft = yield from self._read(run, resolved.question, kind, evidence)
        proven = run.prover.proven
        said = proven.sentences[before:]
        run.keep(draft, evidence, found)
        cited = {number for sentence in said for number in sentence.citations}
        citations = tuple(citation for citation in proven.citations if citation.number in cited)
        quoted = [(sentence, sentence.answering(proven.citations)) for sentence in said]
        kind = "list" if draft.listed else kind
        if draft.listed and not heading:
            run.kind = kind
        remarks = () if draft.written or kind == "comparison" else remarks_of(kind, resolved.question, quoted, run.held)
        run.lay_out_draft(draft, len(said), heading, remarks)
        trace = run.trace(resolved.question)
        status: Status = "answered" if said else "not_found"
        return Answer(resolved.question, status, said, citations, evidence=tuple(evidence), trace=trace)

    def _drafted(self, run: Run, drafts: Sequence[TitledDraft]) -> Generator[Event, None, None]:
        """Prove drafts that were made without reading for an answer, each under its own heading."""
        for title, draft, evidence in drafts:
            run.hold({name: self._library.article(name) for name in {item.passage.article_id for item in evidence}})
            before = len(run.prover.proven.sentences)
            yield Found(tuple(evidence))
            for sentence in draft.sentences:
                _, said, citations = run.prover.prove(sentence)
                yield SentenceDropped(*said) if isinstance(said, Dropped) else SentenceProven(said, citations)
            run.keep(draft, evidence, evidence)
            run.lay_out(Part(len(run.prover.proven.sentences) - before, title, draft.remarks))

    def _done(self, run: Run) -> Done:
        """The answer, or a refusal with the closest passages."""
        proven = run.prover.proven
        with run.watch.measure("citing"):
            near = () if proven.sentences else closest(run.nearest, run.held)
        self._note_language(run)  # Last, since its model loads while the reader reads.
        answer = run.answer(near, self._refusal(run, near))
        read_from = {item.passage.article_id for item in run.read}
        return Done(answer.with_staleness({name: self._library.version(name) or "" for name in read_from}))

    def _refusal(self, run: Run, near: Sequence[Citation]) -> str:
        """What is said if nothing is proven, with the closest quotes."""
        if run.kind == "beyond":
            return BEYOND
        if run.note:  # Whether the articles say it can't be told of a question that is not understood.
            return NO_SENTENCE
        shown = [f"{quote.title} {quote.quote}" for quote in near]
        return refusal(run.resolved.question, run.read, shown, run.confidence, self._library, self._searched(run))

    def _found(self, run: Run, resolved: Standalone) -> tuple[Evidence, ...]:
        """What the search finds for a question."""
        return self._retriever.retrieve(
            resolved.question,
            asked=resolved.own,
            limit=candidates(run.reader, self._settings.evidence),
            articles=self._searched(run),
        )

    def _searched(self, run: Run) -> Sequence[str] | None:
        """Ids of the articles to search: for a question about "the article" itself, only the one that it means."""
        about, articles = run.resolved.article_id, run.query.articles
        if about and (about in articles if articles else self._library.version(about)):
            return (about,)
        return articles

    def _read(self, run: Run, question: str, kind: Kind, evidence: Sequence[Evidence]) -> Generator[Event, None, Draft]:
        """Let the reader draft. Each sentence is proven as soon as it comes, and an event tells the result."""
        told: list[Event] = []
        attributing = Attributing(run.held)

        def prove(sentence: DraftSentence) -> Proof:
            with run.watch.measure("citing"):
                proof, said, citations = run.prover.prove(attributing.attributed(sentence))
            told.append(SentenceDropped(*said) if isinstance(said, Dropped) else SentenceProven(said, citations))
            return proof

        started = time.monotonic()
        tokens = self._tokens_left(run.query.spent + run.resolved.usage.tokens)
        with closing(drafting(run.reader, question, evidence, prove, tokens, kind)) as reading:
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
        self._check(words)
        return find(self._retriever, words, scope_of(self._library, articles), limit)

    def _check(self, question: str) -> None:
        if not isinstance(question, str):
            raise QuestionError(f"A question is a string, not {type(question).__name__}.")
        if self._library.empty():
            raise EmptyLibraryError(
                f"The library {self._library.folder} has no articles yet. Add one: footnote add FILE, or assistant.add(...)."
            )

    def _fingerprint(self, resolver: Resolver, reader: Reader) -> str:
        return f"{fingerprint(self._retriever.embedder)}; {resolver.name}; {reader.name}; evidence {self._settings.evidence}"
