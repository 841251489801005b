"""The events about conversations: open, list, rename, delete, rate an answer, export."""

from __future__ import annotations

from typing import Any, TypedDict, cast

from assistant.conversations import KeptConversations
from assistant.core.errors import ConversationNotFoundError, RatingError
from assistant.core.turns import MAX_SAID_CHARS, Rating, Verdict
from assistant.page.chats import Chats
from assistant.page.events import inputs, views
from assistant.page.events.handling import quick
from assistant.page.events.views import ConversationView, RatingView, TurnView
from assistant.page.export.exporting import ExportedFile, Exporter
from assistant.page.export.footnotes import OriginOf
from assistant.page.words import say
from index.library.conversations import MAX_TITLE_CHARS


class OpenedConversation(TypedDict):
    """A part of a conversation; `earlier` is how many turns come before it."""

    id: str
    title: str
    notice: str
    earlier: int
    turns: list[TurnView]


class Conversations:
    """Handlers of the events about conversations.

    The first argument of each is the visitor: the browser's own token, which no other browser knows. Another visitor's
    conversation is not found, like one that does not exist.
    """

    def __init__(self, kept: KeptConversations, chats: Chats, exporter: Exporter, origin_of: OriginOf) -> None:
        """Over everybody's conversations."""
        self._kept = kept
        self._chats = chats
        self._origin_of = origin_of
        self._exporter = exporter

    @quick
    def open_conversation(self, visitor: str, conversation: str, before: int | None) -> OpenedConversation:
        """The last 50 turns of a conversation, or the last 50 before one that is known.

        Args:
            visitor: the browser's own token.
            conversation: its id.
            before: number of a turn; only turns before it are given. null = the last ones.
        """
        chat = self._chats.open(inputs.owner_of(visitor), inputs.identifier(conversation), inputs.number(before))
        turns = [views.turn_view(kept.number, kept.turn, self._origin_of, kept.rating) for kept in chat.turns]
        return {
            "id": chat.stored.id,
            "title": chat.stored.title,
            "notice": chat.notice,
            "earlier": chat.earlier,
            "turns": turns,
        }

    @quick
    def list_conversations(self, visitor: str) -> list[ConversationView]:
        """The visitor's conversations, the last used first; at most 200.

        Args:
            visitor: the browser's own token.
        """
        return self.listed(inputs.owner_of(visitor))

    @quick
    def rename_conversation(self, visitor: str, conversation: str, title: str) -> ConversationView:
        """Give a conversation another title; a blank one gives it back its first question.

        Args:
            visitor: the browser's own token.
            conversation: its id.
            title: one line; 200 characters are kept.
        """
        owner, wanted = inputs.owner_of(visitor), inputs.line(title, MAX_TITLE_CHARS)
        return views.conversation_view(self._chats.rename(owner, inputs.identifier(conversation), wanted))

    @quick
    def delete_conversation(self, visitor: str, conversation: str) -> list[ConversationView]:
        """Delete a conversation for good; gives those that are left.

        Args:
            visitor: the browser's own token.
            conversation: its id.
        """
        owner = inputs.owner_of(visitor)
        self._chats.delete(owner, inputs.identifier(conversation))
        return self.listed(owner)

    @quick
    def rate(
        self, visitor: str, conversation: str, turn: int, verdict: str, said: str, quote: dict[str, Any] | None
    ) -> RatingView | None:
        """Keep what the visitor thinks of an answer, in place of what he thought before.

        Args:
            visitor: the browser's own token.
            conversation: its id.
            turn: number of the turn.
            verdict: "up" or "down"; "" takes the rating back.
            said: what it should have said; may be empty.
            quote: {"article_id", "start", "end"} of the words that it should have quoted; null = none chosen.
        """
        number = inputs.number(turn)
        if number is None:
            raise ConversationNotFoundError(say("turn_gone"))
        rating = None
        if verdict != "":
            rating = self._rating(verdict, said, quote)
        self._chats.rate(inputs.owner_of(visitor), inputs.identifier(conversation), number, rating)
        return views.rating_view(rating)

    @quick
    def export(self, visitor: str, conversation: str, format: str) -> ExportedFile:
        """A conversation as a file for the browser to save.

        Args:
            visitor: the browser's own token.
            conversation: its id; "" = all of the visitor's, for "cases" only.
            format: "markdown", "json", or "cases": the answers with a thumbs-down as drafts for a question set.
        """
        return self._exporter.export(inputs.owner_of(visitor), inputs.identifier(conversation), inputs.text(format, 20))

    def listed(self, owner: str) -> list[ConversationView]:
        """An owner's conversations, for the page's list."""
        return [views.conversation_view(stored) for stored in self._chats.all(owner)]

    def _rating(self, verdict: str, said: str, quote: dict[str, Any] | None) -> Rating:
        if verdict not in ("up", "down"):
            raise RatingError(say("verdict_unknown"))
        kept = inputs.text(said, MAX_SAID_CHARS)
        if quote is None:
            return Rating(cast(Verdict, verdict), kept)
        given = quote if isinstance(quote, dict) else {}
        start, end = inputs.number(given.get("start")), inputs.number(given.get("end"))
        if start is None or end is None:
            raise RatingError(say("quote_gone"))
        return Rating(
            cast(Verdict, verdict), kept, self._kept.quote(inputs.text(given.get("article_id"), 100), start, end)
        )
