"""Conversations: turns that may lean on earlier ones, held by the caller and, on request, kept in the library."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from typing import Protocol, cast

from assistant.core.answer import Answer, Citation
from assistant.core.errors import LibraryError, RatingError
from assistant.core.events import Done, Event
from assistant.core.query import Query
from assistant.core.turns import Rating, Turn, Verdict
from assistant.verification.citations import cut
from index.library.conversations import StoredConversation, StoredRating
from index.library.store import Library


class Asked(Protocol):
    """What a conversation needs of the assistant that answers its questions."""

    def stream(self, question: Query) -> Generator[Event, None, None]:
        """See `Assistant.stream`."""

    def refreshed(self, answers: Sequence[Answer]) -> list[Answer]:
        """See `KeptConversations.refreshed`."""

    def keep_turn(self, conversation_id: str, answer: Answer, *, owner: str = "") -> int:
        """See `KeptConversations.keep_turn`."""


class Conversation:
    """Turns that may lean on earlier ones. Made by `Assistant.conversation`.

    Attributes:
        id: the name under which it is kept in the library; "" if only the caller holds it.
        articles: ids that limit the search; None = all.
        collection: name of the collection that limits it, as it is when a question is asked; None = none does.
    """

    def __init__(
        self,
        assistant: Asked,
        *,
        id: str = "",
        turns: Sequence[Turn] = (),
        articles: Sequence[str] | None = None,
        collection: str | None = None,
    ) -> None:
        """Called by `Assistant.conversation`; use that instead."""
        self._assistant = assistant
        self._turns = list(turns)
        self.id = id
        self.articles = tuple(articles) if articles is not None else None
        self.collection = collection

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All turns, oldest first; each citation says whether it is stale now."""
        answers = self._assistant.refreshed([turn.answer for turn in self._turns])
        return tuple(Turn(turn.question, answer) for turn, answer in zip(self._turns, answers, strict=True))

    def ask(self, question: str, *, standalone: str | None = None) -> Answer:
        """Answer a question that may lean on earlier turns. The turn is added (and kept, if the conversation is kept).

        Args:
            question: the question in words.
            standalone: as in `Assistant.ask`.

        Raises:
            FootnoteError: as `Assistant.ask`; the conversation is then unchanged.
        """
        *_, last = self.stream(question, standalone=standalone)
        assert isinstance(last, Done)
        return last.answer

    def stream(self, question: str, *, standalone: str | None = None) -> Generator[Event, None, None]:
        """Answer like `ask`, as the events of `Assistant.stream`. The turn is added with the last event.

        Closing the stream earlier leaves the conversation unchanged.
        """
        query = Query(question, tuple(self._turns), self.articles, standalone, collection=self.collection)
        events = self._assistant.stream(query)
        with closing(events):
            for event in events:
                if isinstance(event, Done):
                    self._add(question, event.answer)
                yield event

    def _add(self, question: str, answer: Answer) -> None:
        if self.id:
            self._assistant.keep_turn(self.id, answer)
        self._turns.append(Turn(question, answer))


class KeptConversations:
    """The conversations kept in a library. Has no state of its own; safe to use from several threads."""

    def __init__(self, library: Library) -> None:
        """Works on one library."""
        self._library = library

    def conversations(self, owner: str | None = None, *, limit: int | None = None) -> tuple[StoredConversation, ...]:
        """The kept conversations, the last used first.

        Args:
            owner: list only this owner's conversations; None = everybody's.
            limit: the most conversations to list; None = all.
        """
        return self._library.conversations.all(owner, limit)

    def stored_conversation(self, conversation_id: str) -> StoredConversation:
        """A kept conversation's title, owner and so on, without its turns.

        Raises:
            ConversationNotFoundError: no conversation with this id is kept.
        """
        return self._library.conversations.one(conversation_id)

    def keep_turn(self, conversation_id: str, answer: Answer, *, owner: str = "") -> int:
        """Append a turn to a kept conversation; the first turn creates the conversation.

        Args:
            conversation_id: an unguessable name.
            answer: the turn's answer, which has its question too.
            owner: owns a new conversation, and must own an existing one; empty = no owner, and no check.

        Returns:
            The turn's number, from 0.

        Raises:
            ConversationNotFoundError: the conversation is another owner's.
        """
        return self._library.conversations.keep_turn(conversation_id, answer.question, answer.to_json(), owner)

    def turns(self, conversation_id: str, *, before: int | None = None, last: int | None = None) -> tuple[Turn, ...]:
        """The turns of a kept conversation, oldest first; each citation says whether it is stale now.

        Args:
            conversation_id: its id.
            before: give only turns with a smaller number; None = all.
            last: give only so many of these, the latest; None = all.

        Raises:
            ConversationNotFoundError: no conversation with this id is kept.
        """
        stored = self._library.conversations.turns(conversation_id, before, last)
        if not stored:
            self.stored_conversation(conversation_id)
        answers = self.refreshed([Answer.from_json(text) for text in stored])
        return tuple(Turn(answer.question, answer) for answer in answers)

    def turn_count(self, conversation_id: str) -> int:
        """How many turns a conversation has; 0 if no conversation with this id is kept."""
        return self._library.conversations.turn_count(conversation_id)

    def rename_conversation(self, conversation_id: str, title: str) -> None:
        """Give a conversation another title, cut at 200 characters; a blank title restores its first question.

        Raises:
            ConversationNotFoundError: no conversation with this id is kept.
        """
        title = " ".join(title.split()) or self.turns(conversation_id, before=1)[0].question
        self._library.conversations.rename(conversation_id, title)

    def delete_conversation(self, conversation_id: str) -> None:
        """Delete a conversation with its turns and their ratings, for good.

        Raises:
            ConversationNotFoundError: no conversation with this id is kept.
        """
        self._library.conversations.delete(conversation_id)

    def rate(self, conversation_id: str, ordinal: int, rating: Rating | None) -> None:
        """Keep a rating of an answer, in place of an earlier one.

        Args:
            conversation_id: id of the kept conversation.
            ordinal: the turn's number, from 0.
            rating: the rating; None = remove it.

        Raises:
            ConversationNotFoundError: no such turn is kept.
            RatingError: the rating's quote does not stand in the article as it is now.
            ArticleNotFoundError: the library has no article with the quote's id.
        """
        stored = None if rating is None else self._stored(rating)
        self._library.conversations.rate(conversation_id, ordinal, stored)

    def ratings(self, conversation_id: str) -> dict[int, Rating]:
        """The ratings of a kept conversation's answers, by the numbers of their turns."""
        stored = self._library.conversations.ratings(conversation_id)
        return {ordinal: self._rating(rating) for ordinal, rating in stored.items()}

    def quote(self, article_id: str, start: int, end: int) -> Citation:
        """The characters from `start` to `end` (exclusive) of an article, as a proven quote.

        Raises:
            ArticleNotFoundError: no article has this id.
            LibraryError: the article has no such characters, or only white space there.
        """
        article = self._library.article(article_id)
        citation = cut(article, start, end)
        if citation is None:
            raise LibraryError(
                f"Characters {start} to {end} of {article.title!r} are no quote: it has {len(article.text)} characters. "
                "Give a span of its text."
            )
        return citation

    def refreshed(self, answers: Sequence[Answer]) -> list[Answer]:
        """The answers, each citation marked stale if its article has since been changed or removed."""
        if not answers:
            return []
        versions = self._library.versions()
        return [answer.with_staleness(versions) for answer in answers]

    def _stored(self, rating: Rating) -> StoredRating:
        quote = rating.quote
        if quote is None:
            return StoredRating(rating.verdict, rating.said)
        now = self.quote(quote.article_id, quote.start, quote.end)
        if now.quote != quote.quote:
            raise RatingError(f"{quote.quote[:60]!r} does not stand in {now.title!r} any more. Mark the words again.")
        return StoredRating(
            rating.verdict, rating.said, now.article_id, now.content_hash, now.start, now.end, now.quote
        )

    def _rating(self, stored: StoredRating) -> Rating:
        quote = None
        if stored.article_id is not None:
            quote = Citation(
                1,
                stored.article_id,
                self._library.heading(stored.article_id)[0],
                stored.start or 0,
                stored.end or 0,
                stored.quote or "",
                stored.content_hash or "",
                stale=self._library.version(stored.article_id) != stored.content_hash,
            )
        return Rating(cast(Verdict, stored.verdict), stored.said, quote)
