"""What parts of the house need of an assistant, where they need little of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from assistant.core.answer import Answer
from index.article import Article, ArticleEntry


class HasArticles(Protocol):
    """Something whose articles can be looked at."""

    def article(self, article_id: str) -> Article:
        """See `Assistant.article`."""

    def entries(self, limit: int | None = None, offset: int = 0) -> tuple[ArticleEntry, ...]:
        """See `Assistant.entries`."""


class AnswersQuestions(HasArticles, Protocol):
    """Something that answers questions about articles."""

    def ask(self, question: str, *, articles: Sequence[str] | None = None, llm: bool = True) -> Answer:
        """See `Assistant.ask`."""
