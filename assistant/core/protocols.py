"""Minimal protocols of an assistant, for parts that need only some of its methods."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, Protocol

from assistant.core.answer import Answer, Citation
from assistant.core.events import Event
from assistant.core.query import Query
from assistant.core.settings import Settings
from index.article import Article, ArticleEntry
from index.library.collecting import Collecting, Collection
from index.library.store import RemovedArticle
from index.report import AddReport, Progress


class HasArticles(Protocol):
    """Something whose articles can be read."""

    def article(self, article_id: str) -> Article:
        """See `Assistant.article`."""

    def entries(self, limit: int | None = None, offset: int = 0) -> tuple[ArticleEntry, ...]:
        """See `Assistant.entries`."""

    def article_count(self) -> int:
        """See `Assistant.article_count`."""


class HasCollections(Protocol):
    """Something that keeps groups of articles under names."""

    def collections(self) -> tuple[Collection, ...]:
        """See `Assistant.collections`."""

    def collection(self, name: str) -> Collection:
        """See `Assistant.collection`."""

    def collect(self, name: str, articles: Sequence[str] = (), *, how: Collecting = "extend") -> Collection:
        """See `Assistant.collect`."""

    def uncollect(self, name: str, articles: Sequence[str]) -> Collection:
        """See `Assistant.uncollect`."""

    def rename_collection(self, name: str, new_name: str) -> Collection:
        """See `Assistant.rename_collection`."""

    def delete_collection(self, name: str) -> None:
        """See `Assistant.delete_collection`."""


class TakesArticles(HasArticles, HasCollections, Protocol):
    """Something whose articles can be changed, and grouped."""

    @property
    def settings(self) -> Settings:
        """See `Assistant.settings`."""

    def add(self, source: Any, progress: Progress | None = None) -> AddReport:
        """See `Assistant.add`."""

    def remove(self, article_id: str) -> RemovedArticle:
        """See `Assistant.remove`."""

    def restore(self, removed: RemovedArticle) -> None:
        """See `Assistant.restore`."""


class AnswersQuestions(HasArticles, Protocol):
    """Something that answers questions about articles."""

    def ask(
        self, question: str, *, articles: Sequence[str] | None = None, standalone: str | None = None, llm: bool = True
    ) -> Answer:
        """See `Assistant.ask`."""

    def stream(self, question: str | Query) -> Generator[Event, None, None]:
        """See `Assistant.stream`."""

    def find(self, words: str, *, articles: Sequence[str] | None = None, limit: int = 1) -> tuple[Citation, ...]:
        """See `Assistant.find`."""
