"""Conversations: turns that understand each other, held by the caller and, when asked, kept in the library."""

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
    """What a conversation needs of the assistant that it is led with."""

    def stream(self, question: Query) -> Generator[Event, None, None]:
        """See `Assistant.stream`."""

    def refreshed(self, answers: Sequence[Answer]) -> list[Answer]:
        """See `KeptConversations.refreshed`."""

    def keep_turn(self, conversation_id: str, answer: Answer, *, owner: str = "") -> int:
        """See `KeptConversations.keep_turn`."""


class Conversation:
    """Turns that understand each other. Made by `Assistant.conversation`.

    Attributes:
        id: name under which it is kept in the library; "" for one that only the caller holds.
        articles: ids that limit the search; None = all.
    """

    def __init__(
        self,
        assistant: Asked,
        *,
        id: str = "",
        turns: Sequence[Turn] = (),
        articles: Sequence[str] | None = None,
    ) -> None:
        """For `Assistant.conversation`; call that."""
        self._assistant = assistant
        self._turns = list(turns)
        self.id = id
        self.articles = tuple(articles) if articles is not None else None

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All turns, oldest first; their citations say whether they are stale by now."""
        answers = self._assistant.refreshed([turn.answer for turn in self._turns])
        return tuple(Turn(turn.question, answer) for turn, answer in zip(self._turns, answers, strict=True))

    def ask(self, question: str, *, standalone: str | None = None) -> Answer:
        """Answer a question that may lean on the turns before; the turn is added (and kept, if the conversation is).

        Args:
            question: in words.
            standalone: as in `Assistant.ask`.

        Raises:
            FootnoteError: as `Assistant.ask`; the conversation is then unchanged.
        """
        *_, last = self.stream(question, standalone=standalone)
        assert isinstance(last, Done)
        return last.answer

    def stream(self, question: str, *, standalone: str | None = None) -> Generator[Event, None, None]:
        """The same answer as it comes about, as `Assistant.stream`; the turn is added with the last event.

        A stream that is closed before that leaves nothing behind.
        """
        query = Query(question, tuple(self._turns), self.articles, standalone)
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
    """Conversations in a library. Keeps no state of its own; safe to use from several threads."""

    def __init__(self, library: Library) -> None:
        """Over one library."""
        self._library = library

    def conversations(self, owner: str | None = None, *, limit: int | None = None) -> tuple[StoredConversation, ...]:
        """Kept conversations, the last used first.

        Args:
            owner: only this one's; None = everybody's.
            limit: the most; None = all.
        """
        return self._library.conversations.all(owner, limit)

    def stored_conversation(self, conversation_id: str) -> StoredConversation:
        """Title, owner and so on of a kept conversation.

        Raises:
            ConversationNotFoundError: none of this id is kept.
        """
        return self._library.conversations.one(conversation_id)

    def keep_turn(self, conversation_id: str, answer: Answer, *, owner: str = "") -> int:
        """Append a turn to a kept conversation; the first makes it.

        Args:
            conversation_id: an unguessable name.
            answer: what was answered.
            owner: whose the conversation is; empty = whoever's.

        Returns:
            The turn's number, from 0.

        Raises:
            ConversationNotFoundError: the conversation is another owner's.
        """
        return self._library.conversations.keep_turn(conversation_id, answer.question, answer.to_json(), owner)

    def turns(self, conversation_id: str, *, before: int | None = None, last: int | None = None) -> tuple[Turn, ...]:
        """Turns of a kept conversation, oldest first; their citations say whether they are stale by now.

        Args:
            conversation_id: its id.
            before: only turns with a smaller number; None = all.
            last: only so many, the latest of them; None = all.

        Raises:
            ConversationNotFoundError: none of this id is kept.
        """
        stored = self._library.conversations.turns(conversation_id, before, last)
        if not stored:
            self.stored_conversation(conversation_id)
        answers = self.refreshed([Answer.from_json(text) for text in stored])
        return tuple(Turn(answer.question, answer) for answer in answers)

    def turn_count(self, conversation_id: str) -> int:
        """How many turns a conversation has; 0 if none of this id is kept."""
        return self._library.conversations.turn_count(conversation_id)

    def rename_conversation(self, conversation_id: str, title: str) -> None:
        """Give a conversation another title; a blank one gives it back its first question. 200 characters are kept.

        Raises:
            ConversationNotFoundError: none of this id is kept.
        """
        title = " ".join(title.split()) or self.turns(conversation_id, before=1)[0].question
        self._library.conversations.rename(conversation_id, title)

    def delete_conversation(self, conversation_id: str) -> None:
        """Delete a conversation with its turns and their ratings, for good.

        Raises:
            ConversationNotFoundError: none of this id is kept.
        """
        self._library.conversations.delete(conversation_id)

    def rate(self, conversation_id: str, ordinal: int, rating: Rating | None) -> None:
        """Keep what somebody says of an answer, in place of what was said before.

        Args:
            conversation_id: id of the kept conversation.
            ordinal: the turn's number, from 0.
            rating: what is said; None = nothing any more.

        Raises:
            ConversationNotFoundError: no such turn is kept.
            RatingError: the rating's quote does not stand in the article as it is now.
            ArticleNotFoundError: nor is there such an article.
        """
        stored = None if rating is None else self._stored(rating)
        self._library.conversations.rate(conversation_id, ordinal, stored)

    def ratings(self, conversation_id: str) -> dict[int, Rating]:
        """What was said of the answers of a kept conversation, by the numbers of their turns."""
        stored = self._library.conversations.ratings(conversation_id)
        return {ordinal: self._rating(rating) for ordinal, rating in stored.items()}

    def quote(self, article_id: str, start: int, end: int) -> Citation:
        """The characters from `start` to `end` (exclusive) of an article, as a proven quote.

        Raises:
            ArticleNotFoundError: there is none with this id.
            LibraryError: it has no such characters, or only white space there.
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
        """The answers with each citation marked stale if its article has changed or gone since."""
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
                self._library.title(stored.article_id),
                stored.start or 0,
                stored.end or 0,
                stored.quote or "",
                stored.content_hash or "",
                stale=self._library.version(stored.article_id) != stored.content_hash,
            )
        return Rating(cast(Verdict, stored.verdict), stored.said, quote)
