"""The one object a user holds, and the one place that knows the order of the stages of an answer."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from assistant import followup
from assistant.answer import Answer, Trace
from assistant.citing import closest, prove
from assistant.conversation import Conversation, Turn
from assistant.errors import ConversationNotFoundError, EmptyLibraryError, QuestionError
from assistant.events import Done, Event, Found, Searching, SentenceDropped, SentenceProven
from assistant.reading.opening import Loader, open_reader
from assistant.reading.protocol import Reader
from assistant.settings import Settings, library_folder, load_settings
from index.article import Article
from index.embedding import Embedder, open_embedder
from index.ingest import AddReport, Ingest, Progress
from index.library import Library, StoredConversation
from index.retrieval import Retriever, reordered
from index.upkeep import VectorIndex

if TYPE_CHECKING:
    from assistant.llama import FootnoteQueryEngine
    from index.llama import FootnoteRetriever

MAX_QUESTION_CHARS = 2_000

NOT_FOUND = "The articles don't say."
UNCLEAR = "I can't tell what that refers to. Please name who or what you mean."
NO_QUESTION = "Please ask a question in words."
TOO_LONG = f"That question is too long; please ask it in at most {MAX_QUESTION_CHARS:,} characters."


class Assistant:
    """Answers questions about a library of articles. Keeps no state of its users; safe to use from several threads."""

    def __init__(self, library: Library, embedder: Embedder, reader: Reader, settings: Settings) -> None:
        """From ready parts; `Assistant.open` is the usual way.

        Args:
            library: the truth.
            embedder: makes the vectors.
            reader: gives the drafts.
            settings: all that can be set.
        """
        self._library = library
        self._embedder = embedder
        self._reader = reader
        self._settings = settings
        self._vectors = VectorIndex(library, settings.vectors)
        self._ingest = Ingest(library, embedder, self._vectors, settings)
        self._retriever = Retriever(library, embedder, self._vectors)
        self._loader = Loader(reader)

    @classmethod
    def open(
        cls,
        folder: str | Path | None = None,
        *,
        settings: Settings | None = None,
        embedder: Embedder | None = None,
        reader: Reader | None = None,
        reembed: bool = False,
        write: bool = True,
    ) -> Self:
        """Open a library, or make an empty one.

        Args:
            folder: where it is kept; None = the one in the settings, else the per-user data folder.
            settings: all that can be set; None = from the environment.
            embedder: another embedding model than the settings name.
            reader: another reader than the settings name.
            reembed: embed everything anew if the library was made with another model or other passage rules.
            write: False = only read, so that another process can be the writer.

        Raises:
            LibraryDamagedError, LibraryVersionError, LibraryWriteError: see there.
            FingerprintError: the library was made with another model or other rules, and `reembed` is False.
        """
        settings = settings or load_settings()
        embedder = embedder or open_embedder(settings)
        library = Library(Path(folder) if folder is not None else library_folder(settings), write=write)
        try:
            assistant = cls(library, embedder, reader or open_reader(settings, embedder), settings)
            if reembed:
                assistant.reembed()
            else:
                library.check_fingerprint(assistant._ingest.fingerprint)
        except BaseException:
            library.close()
            raise
        return assistant

    def close(self) -> None:
        """Close the library and let the next writer in. May be called twice."""
        self._loader.close()
        try:
            self._vectors.close()
        finally:
            self._library.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # The library

    @property
    def folder(self) -> Path:
        """Folder of the library."""
        return self._library.folder

    @property
    def settings(self) -> Settings:
        """What this assistant was opened with."""
        return self._settings

    @property
    def can_write(self) -> bool:
        """Whether this process is the library's one writer."""
        return self._library.owner

    def add(self, source: Any, progress: Progress | None = None) -> AddReport:
        """Add a file, a folder, an Article, a llama-index Document, or a list of these. Errors as `Ingest.add`.

        Args:
            source: what to add; a file that can't become an article is skipped with the reason.
            progress: called with (articles done, articles in all, name of the next).
        """
        return self._ingest.add(source, progress)

    def remove(self, article_id: str) -> None:
        """Remove an article.

        Raises:
            ArticleNotFoundError: there is none with this id.
            LibraryInUseError: another process is the writer.
        """
        self._ingest.remove(article_id)

    def articles(self) -> tuple[Article, ...]:
        """All articles, the last added first."""
        return self._library.articles()

    def article(self, article_id: str) -> Article:
        """One article.

        Raises:
            ArticleNotFoundError: there is none with this id.
        """
        return self._library.article(article_id)

    def reembed(self) -> None:
        """Split and embed every article anew if the settings differ from what the library was made with."""
        if self._library.count() and self._library.meta("fingerprint") != self._ingest.fingerprint:
            self._ingest.rebuild()

    def rebuild_vectors(self) -> None:
        """Make Chroma's vectors anew from those in the library; nothing is embedded."""
        self._library.require_owner()
        self._vectors.rebuild()

    def library_problems(self) -> list[str]:
        """What is wrong inside the library file; empty when all is well. Reads all of it."""
        return self._library.check()

    def vector_problems(self) -> list[str]:
        """How Chroma differs from the library; empty when it does not. For the library's one writer."""
        return self._vectors.problems()

    def warm(self) -> None:
        """Load the models, so that the first question does not wait for them."""
        vector = self._embedder.embed(["warm"])[0]
        self._vectors.query(vector, 1)
        self._loader.load()

    # Questions

    def ask(self, question: str, *, history: Sequence[Turn] = (), articles: Sequence[str] | None = None) -> Answer:
        """Answer a question.

        Args:
            question: in words; may lean on the history.
            history: the turns before, oldest first; held by the caller.
            articles: ids that limit the search; None = all.

        Returns:
            An answer whose every sentence is proven; a refusal where the articles don't say; "unclear" where the question
            can't be understood.

        Raises:
            EmptyLibraryError: there is no article to ask.
            ArticleNotFoundError: one of `articles` is not in the library.
            QuestionError: the question is not a string, or `articles` is empty.
            VectorStoreError, EmbeddingError: a search or model that failed is never taken for "nothing found".
        """
        *_, last = self.stream(question, history=history, articles=articles)
        assert isinstance(last, Done)
        return last.answer

    def stream(
        self, question: str, *, history: Sequence[Turn] = (), articles: Sequence[str] | None = None
    ) -> Iterator[Event]:
        """The same answer as it comes about: Searching, Found, SentenceProven and SentenceDropped, Done. Errors as `ask`."""
        articles = self._check(question, articles)
        # Halves of characters, which Python and JSON let through, no tokenizer takes.
        question = question.encode("utf-8", "replace").decode("utf-8")
        watch = _Stopwatch()
        if refusal := _not_a_question(question):
            yield Done(Answer(question[:MAX_QUESTION_CHARS], "unclear", message=refusal))
            return
        with watch.measure("followup"):
            standalone = followup.resolve(question, history)
        if standalone.kind == "unclear":
            trace = Trace(standalone.question, timings=watch.seconds, fingerprint=self._fingerprint)
            yield Done(Answer(question, "unclear", message=UNCLEAR, trace=trace))
            return
        self._loader.begin()
        yield Searching(standalone.question)
        about = standalone.article_id
        if about and (about in articles if articles else self._library.version(about)):
            articles = (about,)
        answer = self._answer(question, standalone.question, articles, watch)
        yield Found(answer.evidence)
        for sentence in answer.sentences:
            numbers = set(sentence.citations)
            yield SentenceProven(sentence, tuple(c for c in answer.citations if c.number in numbers))
        for text, reason in answer.trace.dropped:
            yield SentenceDropped(text, reason)
        yield Done(answer)

    def _answer(self, question: str, standalone: str, articles: Sequence[str] | None, watch: _Stopwatch) -> Answer:
        """Retrieval, reading and proof over one state of the library, whatever is added meanwhile."""
        with self._library.snapshot():
            with watch.measure("retrieval"):
                evidence = self._retriever.retrieve(standalone, limit=self._settings.evidence, articles=articles)
            with watch.measure("reading"):
                draft = self._reader.read(standalone, evidence)
                read = reordered(evidence, draft.order)
            with watch.measure("citing"):
                proven = prove(draft, self._library.article)
                near = () if proven.sentences else closest([e.passage for e in read[:3]], self._library.article)
        trace = Trace(
            standalone_question=standalone,
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

    def _check(self, question: str, articles: Sequence[str] | None) -> tuple[str, ...] | None:
        if not isinstance(question, str):
            raise QuestionError(f"A question is a string, not {type(question).__name__}.")
        if self._library.empty():
            raise EmptyLibraryError(
                f"The library {self.folder} has no articles yet. Add one: footnote add FILE, or assistant.add(...)."
            )
        if articles is None:
            return None
        if isinstance(articles, str) or not articles:
            raise QuestionError(f"`articles` is {articles!r}; give a list of at least one article id, or None for all.")
        for article_id in articles:
            if self._library.version(article_id) is None:
                self._library.article(article_id)
        return tuple(articles)

    # For llama-index programs

    def as_retriever(self, limit: int = 8, *, articles: Sequence[str] | None = None) -> FootnoteRetriever:
        """The finding half as a llama-index `BaseRetriever`: passages with exact offsets, no language model.

        Args:
            limit: the most nodes for a query.
            articles: ids that limit the search; None = all.
        """
        from index.llama import FootnoteRetriever

        return FootnoteRetriever(self._retriever, limit=limit, articles=articles)

    def as_query_engine(self, *, articles: Sequence[str] | None = None) -> FootnoteQueryEngine:
        """The whole assistant as a llama-index `CustomQueryEngine`: its source nodes are the proven citations.

        Args:
            articles: ids that limit the search; None = all.
        """
        from assistant.llama import FootnoteQueryEngine

        return FootnoteQueryEngine(self, articles=articles)

    @property
    def _fingerprint(self) -> str:
        return f"{self._ingest.fingerprint}; {self._reader.name}; evidence {self._settings.evidence}"

    # Conversations

    def conversation(
        self, id: str | None = None, *, keep: bool = False, articles: Sequence[str] | None = None
    ) -> Conversation:
        """A new conversation, or one that was kept.

        Args:
            id: of a kept conversation, to go on with it.
            keep: keep a new one in the library; its `id` then reopens it.
            articles: ids that limit the search; None = all.

        Raises:
            ConversationNotFoundError: none of this id is kept.
            LibraryInUseError: `keep`, but another process is the writer.
        """
        if id is None:
            if keep:
                self._library.require_owner()
            return Conversation(self, id=secrets.token_urlsafe(16) if keep else "", articles=articles)
        stored = self._library.turns(id)
        if not stored:
            raise ConversationNotFoundError(
                f"The library {self.folder} keeps no conversation {id!r}. assistant.conversations() lists those it keeps."
            )
        answers = [Answer.from_json(text) for text in stored]
        return Conversation(self, id=id, turns=[Turn(a.question, a) for a in answers], articles=articles)

    def conversations(self) -> tuple[StoredConversation, ...]:
        """All kept conversations, the last used first."""
        return self._library.conversations()

    def keep_turn(self, conversation_id: str, answer: Answer) -> None:
        """Append a turn to a kept conversation; the first makes it."""
        self._library.keep_turn(conversation_id, answer.question, answer.to_json())

    def refreshed(self, answers: Sequence[Answer]) -> list[Answer]:
        """The answers with each citation marked stale if its article has changed or gone since."""
        if not answers:
            return []
        versions = self._library.versions()
        return [answer.with_staleness(versions) for answer in answers]


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
