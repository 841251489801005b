"""The one object a user holds: the library, questions and conversations."""

from __future__ import annotations

import secrets
from collections.abc import Generator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from assistant.answering.checking import MAX_QUESTION_CHARS
from assistant.answering.stages import Answering
from assistant.collecting import KeptCollections
from assistant.conversations import Conversation, KeptConversations
from assistant.core.answer import Answer, Citation
from assistant.core.errors import SettingsError
from assistant.core.events import Done, Event
from assistant.core.query import Query
from assistant.core.settings import Settings, library_folder, load_settings
from assistant.core.turns import Turn
from assistant.opening import open_language_model, open_reader, open_resolver
from assistant.reading.protocol import Reader
from assistant.understanding.followup.resolving import Resolver
from assistant.understanding.followup.term_resolver import TermResolver
from assistant.writing.model import LanguageModel
from index.article import Article, ArticleEntry
from index.embedding import Embedder, open_embedder
from index.ingest import Ingest
from index.library.store import Library, RemovedArticle
from index.report import AddReport, Progress
from index.retrieval import Retriever
from index.vectors.upkeep import VectorIndex

if TYPE_CHECKING:
    from assistant.integrations.llama import FootnoteQueryEngine
    from index.llama import FootnoteRetriever

__all__ = ["MAX_QUESTION_CHARS", "Assistant"]


class Assistant(KeptConversations, KeptCollections):
    """Answers questions about a library of articles. Keeps no state of its users; safe to use from several threads."""

    def __init__(
        self,
        library: Library,
        embedder: Embedder,
        reader: Reader,
        settings: Settings,
        resolver: Resolver | None = None,
        model: LanguageModel | None = None,
    ) -> None:
        """Takes ready parts; `Assistant.open` is the usual way.

        Args:
            library: holds the articles and all that is derived from them.
            embedder: makes the vectors.
            reader: gives the drafts.
            settings: the settings of answering and finding.
            resolver: turns follow-ups into standalone questions; None = the built-in one.
            model: a language model that the reader or resolver uses, closed with the assistant.
        """
        super().__init__(library)
        self._embedder = embedder
        self._settings = settings
        self._model = model
        self._vectors = VectorIndex(library, settings.vectors)
        self._ingest = Ingest(library, embedder, self._vectors, settings)
        self._retriever = Retriever(library, embedder, self._vectors)
        self._answering = Answering(self._retriever, resolver or TermResolver(), reader, settings)

    @classmethod
    def open(
        cls,
        folder: str | Path | None = None,
        *,
        settings: Settings | None = None,
        embedder: Embedder | None = None,
        reader: Reader | None = None,
        resolver: Resolver | None = None,
        llm: LanguageModel | None = None,
        reembed: bool = False,
        write: bool = True,
    ) -> Self:
        """Open a library, or make an empty one.

        Args:
            folder: the library's folder; None = the one in the settings, else the per-user data folder.
            settings: the settings of answering and finding; None = from the environment.
            embedder: replaces the embedding model that the settings name.
            reader: replaces the reader that the settings name.
            resolver: replaces the resolver that turns follow-ups into standalone questions.
            llm: replaces the language model that the settings name (`assistant.writing.serving.LlamaModel` wraps any of
                llama-index's); the caller closes it.
            reembed: embed everything anew if the library was made with another model or other passage rules.
            write: False = only read, so that another process can be the writer.

        Raises:
            LibraryDamagedError, LibraryVersionError, LibraryWriteError: the library can't be opened; see these classes.
            FingerprintError: the library was made with another model or other rules, and `reembed` is False.
            SettingsError: the language model that was set can't be used, or a part is given by its name.
        """
        for name, part in {"embedder": embedder, "reader": reader, "resolver": resolver, "llm": llm}.items():
            if isinstance(part, str):
                raise SettingsError(
                    f"{name}={part!r} is a name, and what replaces a part must be the part itself. Choose one by name with "
                    "settings=assistant.settings.load_settings(...), or in the environment, as FOOTNOTE_READER."
                )
        settings = settings or load_settings()
        embedder = embedder or open_embedder(settings)
        library = Library(Path(folder) if folder is not None else library_folder(settings), write=write)
        try:
            opened = open_language_model(settings) if llm is None else None
            model = llm or opened
            reader = reader or open_reader(settings, embedder, model)
            resolver = resolver or open_resolver(settings, model)
            assistant = cls(library, embedder, reader, settings, resolver, opened)
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
        self._answering.close()
        try:
            self._vectors.close()
        finally:
            if self._model is not None:
                self._model.close()
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
        """The settings that this assistant was opened with."""
        return self._settings

    @property
    def can_write(self) -> bool:
        """Whether this process is the library's one writer."""
        return self._library.owner

    def add(self, source: Any, progress: Progress | None = None) -> AddReport:
        """Add a file (or `index.loading.files.NamedFile`), a folder, a link, an Article, a llama-index Document, or a list.

        Raises the errors of `Ingest.add`.

        Args:
            source: what to add; the report names each file that was skipped, with the reason.
            progress: called with (articles done, articles in all, name of the next).
        """
        return self._ingest.add(source, progress)

    def remove(self, article_id: str) -> RemovedArticle:
        """Remove an article; it leaves its collections.

        Returns:
            The removed article, which `restore` can put back; the library itself no longer has it.

        Raises:
            ArticleNotFoundError: no article has this id.
            LibraryInUseError: another process is the writer.
        """
        return self._ingest.remove(article_id)

    def restore(self, removed: RemovedArticle) -> None:
        """Put a removed article back as it was, at its place in the list and in its collections; nothing is embedded anew.

        Raises:
            ArticleExistsError: an article with its id or its text was added meanwhile; nothing is changed.
            FingerprintError: it was removed from a library made with another model or other rules; nothing is changed.
            LibraryInUseError: another process is the writer.
        """
        self._ingest.restore(removed)

    def articles(self) -> tuple[Article, ...]:
        """All articles, the last added first."""
        return self._library.articles()

    def entries(self, limit: int | None = None, offset: int = 0) -> tuple[ArticleEntry, ...]:
        """The articles without their texts, the last added first: thousands are listed in milliseconds.

        Args:
            limit: the most entries; None = all.
            offset: how many entries to skip.
        """
        return self._library.entries(limit, offset)

    def article_count(self) -> int:
        """How many articles there are."""
        return self._library.article_count()

    def article(self, article_id: str) -> Article:
        """The article with this id.

        Raises:
            ArticleNotFoundError: no article has this id.
        """
        return self._library.article(article_id)

    def reembed(self) -> None:
        """Split and embed every article anew if the library was made with another embedding model or other passage rules."""
        if self._library.count() and self._library.meta("fingerprint") != self._ingest.fingerprint:
            self._ingest.rebuild()

    def rebuild_vectors(self) -> None:
        """Fill Chroma anew with the vectors in the library; nothing is embedded."""
        self._library.require_owner()
        self._vectors.rebuild()

    def library_problems(self) -> list[str]:
        """The problems inside the library file; empty if there are none. Reads the whole file."""
        return self._library.check()

    def vector_problems(self) -> list[str]:
        """How Chroma differs from the library; empty if it does not. Only for the library's one writer."""
        return self._vectors.problems()

    def warm(self) -> None:
        """Load the models, so that the first question does not wait for them."""
        vector = self._embedder.embed(["warm"])[0]
        self._vectors.query(vector, 1)
        self._answering.warm()

    # Questions

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        articles: Sequence[str] | None = None,
        standalone: str | None = None,
        llm: bool = True,
        collection: str | None = None,
    ) -> Answer:
        """Answer a question.

        Args:
            question: the question in words; may lean on the history.
            history: the earlier turns, oldest first; held by the caller.
            articles: ids that limit the search; None = all.
            standalone: the question to search for, in the user's own words; None = made from question and history.
            llm: False = quote the articles, even if a language model is set.
            collection: name of the collection whose articles alone are asked, in place of `articles`.

        Returns:
            An answer whose every sentence is proven; a refusal if the articles don't say; "unclear" if the question
            can't be understood; "small_talk" for a greeting, thanks and the like, which is not searched for.

        Raises:
            EmptyLibraryError: the library has no articles.
            ArticleNotFoundError: one of `articles` is not in the library.
            CollectionNotFoundError: there is no such collection.
            QuestionError: the question is not a string, `articles` or the collection is empty, or both are given.
            VectorStoreError, EmbeddingError: the search or the model failed, which is never reported as "nothing found".
        """
        *_, last = self.stream(Query(question, history, articles, standalone, llm, collection))
        assert isinstance(last, Done)
        return last.answer

    def stream(
        self,
        question: str | Query,
        *,
        history: Sequence[Turn] = (),
        articles: Sequence[str] | None = None,
        standalone: str | None = None,
        llm: bool = True,
        collection: str | None = None,
    ) -> Generator[Event, None, None]:
        """Answer like `ask`, as events, with any reader. Arguments and errors as `ask`; a `Query` holds all arguments at once.

        Yields:
            Searching, Found, then a SentenceProven or SentenceDropped as soon as each sentence comes, with a Waiting now
            and then while a language model writes; last Done. Closing the generator early ends all work, a request to a
            language model too.
        """
        if not isinstance(question, Query):
            question = Query(question, history, articles, standalone, llm, collection)
        return self._answering.stream(question)

    def find(self, words: str, *, articles: Sequence[str] | None = None, limit: int = 1) -> tuple[Citation, ...]:
        """The sentences that support these words best, as proven quotes: not an answer, and given however weak the support is.

        Args:
            words: a statement, or words to look for.
            articles: ids that limit the search; None = all.
            limit: the most quotes, each from a different passage.

        Raises:
            EmptyLibraryError, ArticleNotFoundError, VectorStoreError, EmbeddingError: as `ask`.
            QuestionError: `words` is not a string or is too long, or `articles` is empty.
        """
        return self._answering.find(words, articles, limit)

    # For llama-index programs

    def as_retriever(self, limit: int = 8, *, articles: Sequence[str] | None = None) -> FootnoteRetriever:
        """The search alone as a llama-index `BaseRetriever`: gives passages with exact offsets, uses no language model.

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
        from assistant.integrations.llama import FootnoteQueryEngine

        return FootnoteQueryEngine(self, articles=articles)

    # Conversations

    def conversation(
        self,
        id: str | None = None,
        *,
        keep: bool = False,
        articles: Sequence[str] | None = None,
        collection: str | None = None,
    ) -> Conversation:
        """A new conversation, or one that was kept.

        Args:
            id: id of a kept conversation to continue; None = begin a new one.
            keep: keep a new conversation in the library; its `id` then reopens it.
            articles: ids that limit the search; None = all.
            collection: name of the collection that limits it, as it is when a question is asked; None = none does.

        Raises:
            ConversationNotFoundError: no conversation with this id is kept.
            LibraryInUseError: `keep` is set, but another process is the writer.
        """
        if id is not None:
            return Conversation(self, id=id, turns=self.turns(id), articles=articles, collection=collection)
        if keep:
            self._library.require_owner()
        new = secrets.token_urlsafe(16) if keep else ""
        return Conversation(self, id=new, articles=articles, collection=collection)
