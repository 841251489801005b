"""The event that suggests next questions, after an answer or a refusal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from assistant.core.errors import ArticleNotFoundError
from assistant.core.protocols import AnswersQuestions
from assistant.core.turns import Turn
from assistant.page.chats import Chats
from assistant.page.events import inputs
from assistant.page.events.handling import SECONDS_BETWEEN_SIGNS, Told, failed
from assistant.questions.suggestions import MOST, Suggestions, next_questions, suggested_article
from index.article import Article

_SECONDS = 30.0
"""Whoever reads an answer longer than that needs no questions by then."""


class _Next(NamedTuple):
    """What next questions are to be about, and the conversation that they must not repeat."""

    article: Article
    turns: tuple[Turn, ...]


class Suggesting:
    """The handler of the event."""

    def __init__(self, assistant: AnswersQuestions, chats: Chats, suggestions: Suggestions) -> None:
        """Over one assistant."""
        self._assistant = assistant
        self._chats = chats
        self._suggestions = suggestions

    async def suggest_questions(
        self, visitor: str, conversation: str, articles: list[str] | None
    ) -> AsyncIterator[Told]:
        """Up to three next questions after the last turn of a conversation, as they are found; no answer waits for them.

        They are of the article that the answer cites first, after a refusal of the one that alone was asked, else of the
        closest. Each was answered by it when it was asked in the background; none was asked in the conversation, and none has an
        answer that the conversation has quoted.

        Args:
            visitor: the browser's own token; "" = nobody, for whom nothing is kept and suggested.
            conversation: its id.
            articles: ids of the articles that were asked; null = all.

        Yields:
            {"event": "looking"}: about four times a second.
            {"event": "suggested", "article_id", "title", "refused", "questions"}: those known so far, and whether the answer was
                a refusal; told again when there are more.
            {"event": "failed", "message"}: why there are none.
        """
        try:
            owner, name = inputs.owner_of(visitor), inputs.identifier(conversation)
            wanted = await asyncio.to_thread(self._wanted, owner, name, inputs.article_ids(articles))
            if wanted is None:
                return
            until = time.monotonic() + _SECONDS
            told: tuple[str, ...] = ()
            while True:
                over = not self._suggestions.looking(wanted.article.id) or time.monotonic() > until
                known = self._suggestions.known(wanted.article.content_hash)
                questions = next_questions(known, wanted.article.content_hash, wanted.turns)
                if questions != told:
                    told = questions
                    yield _told(wanted, questions)
                if over or len(told) == MOST:
                    return
                yield {"event": "looking"}
                await asyncio.sleep(SECONDS_BETWEEN_SIGNS)
        except Exception as error:
            yield failed(error)

    def _wanted(self, owner: str, conversation: str, articles: Sequence[str] | None) -> _Next | None:
        """What questions are wanted of; the search for them is begun. None = of nothing."""
        if not owner or not conversation:
            return None
        turns = tuple(kept.turn for kept in self._chats.open(owner, conversation).turns)
        article_id = suggested_article(turns[-1].answer, articles) if turns else ""
        if not article_id:
            return None
        try:
            article = self._assistant.article(article_id)
        except ArticleNotFoundError:
            return None
        self._suggestions.look(article_id)
        return _Next(article, turns)


def _told(wanted: _Next, questions: tuple[str, ...]) -> Told:
    return {
        "event": "suggested",
        "article_id": wanted.article.id,
        "title": wanted.article.title,
        "refused": wanted.turns[-1].answer.status != "answered",
        "questions": list(questions),
    }
