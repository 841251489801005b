"""Keeps the page's conversations: in the library, or in memory if the library can't be written."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from assistant.conversations import KeptConversations
from assistant.core.answer import Answer
from assistant.core.errors import ConversationNotFoundError, LibraryError
from assistant.core.turns import KeptTurn, Rating, Turn
from assistant.page.memory import MOST_TURNS, Memory
from assistant.page.words import say
from assistant.understanding.followup.history import HISTORY_TURNS
from index.library.conversations import StoredConversation

TURNS_AT_A_TIME = 50
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Chat:
    """A part of a conversation.

    Attributes:
        stored: the conversation.
        turns: at most 50, oldest first.
        earlier: how many older turns there are.
        notice: what the user should know about it; may be empty.
    """

    stored: StoredConversation
    turns: tuple[KeptTurn, ...]
    earlier: int
    notice: str


@dataclass(frozen=True, slots=True)
class Kept:
    """Where an answer was kept: its conversation, the number of its turn, and a notice for the user."""

    stored: StoredConversation
    number: int
    notice: str


class _Shelf(Protocol):
    """A store of conversations: the library, through the Assistant's methods, or the memory."""

    def turns(
        self, conversation_id: str, *, before: int | None = None, last: int | None = None
    ) -> tuple[Turn, ...]: ...

    def rename_conversation(self, conversation_id: str, title: str) -> None: ...

    def rate(self, conversation_id: str, ordinal: int, rating: Rating | None) -> None: ...

    def ratings(self, conversation_id: str) -> dict[int, Rating]: ...


class Chats:
    """The conversations of all visitors; each owner sees only his own. Safe to use from several threads.

    `owner` is the name that `inputs.owner_of` gives a visitor; for "" nothing is kept and nothing is found. All methods that
    take the id of a conversation raise ConversationNotFoundError if it is not this owner's, even if another owner has it.
    """

    def __init__(self, assistant: KeptConversations) -> None:
        """Over one assistant."""
        self._assistant = assistant
        self._memory = Memory()

    def all(self, owner: str) -> tuple[StoredConversation, ...]:
        """The owner's conversations, the last used first; at most 200."""
        if not owner:
            return ()
        held = self._memory.conversations(owner)
        there = {stored.id for stored in held}
        stored = [one for one in self._assistant.conversations(owner, limit=MOST_LISTED) if one.id not in there]
        return tuple(sorted((*held, *stored), key=lambda one: -one.updated)[:MOST_LISTED])

    def open(self, owner: str, id: str, before: int | None = None) -> Chat:
        """The last turns of a conversation, or the last before turn number `before`."""
        stored, shelf = self._find(owner, id)
        turns = self._numbered(stored, shelf, before)
        earlier = turns[0].number if turns else 0
        return Chat(stored, turns, earlier, say("in_memory") if shelf is self._memory else "")

    def turns(self, owner: str, id: str) -> Iterator[KeptTurn]:
        """All turns of a conversation, oldest first, read in small batches."""
        stored, shelf = self._find(owner, id)
        for start in range(0, stored.turns, TURNS_AT_A_TIME):
            end = min(start + TURNS_AT_A_TIME, stored.turns)
            yield from self._numbered(stored, shelf, end, last=end - start)

    def history(self, owner: str, id: str) -> tuple[Turn, ...]:
        """The turns that a follow-up may lean on; () for a new conversation."""
        if not owner or not id:
            return ()
        _, shelf = self._find(owner, id)
        return shelf.turns(id, last=HISTORY_TURNS)

    def keep(self, owner: str, id: str, answer: Answer) -> Kept:
        """Append a turn to a conversation; the id "" begins a new one. In memory if the library can't be written."""
        if not owner:
            return Kept(StoredConversation("", answer.question, 0.0), 0, say("no_visitor"))
        shelf = self._find(owner, id)[1] if id else self._assistant
        name = id or secrets.token_urlsafe(16)
        notice = ""
        if shelf is not self._memory:
            try:
                number = self._assistant.keep_turn(name, answer, owner=owner)
                return Kept(self._find(owner, name)[0], number, "")
            except LibraryError as error:
                notice = f"{say('in_memory')} {error}"
                if id:
                    self._hold(owner, id)
        number = self._memory.keep_turn(name, answer, owner=owner)
        return Kept(self._find(owner, name)[0], number, notice)

    def rename(self, owner: str, id: str, title: str) -> StoredConversation:
        """Give a conversation another title."""
        _, shelf = self._find(owner, id)
        shelf.rename_conversation(id, title)
        return self._find(owner, id)[0]

    def delete(self, owner: str, id: str) -> None:
        """Delete a conversation in the library and in memory; if the library can't delete it, it stays in both."""
        _, shelf = self._find(owner, id)
        if shelf is not self._memory or self._stored(owner, id):
            self._assistant.delete_conversation(id)
        if shelf is self._memory:
            self._memory.delete_conversation(id)

    def rate(self, owner: str, id: str, number: int, rating: Rating | None) -> None:
        """Keep the owner's rating of an answer; None removes it."""
        stored, shelf = self._find(owner, id)
        if number >= stored.turns:
            raise ConversationNotFoundError(say("turn_gone"))
        shelf.rate(id, number, rating)

    def _find(self, owner: str, id: str) -> tuple[StoredConversation, _Shelf]:
        held = self._memory.find(id)
        if held is not None and owner and held.owner == owner:
            return held, self._memory
        if stored := self._stored(owner, id):
            return stored, self._assistant
        raise ConversationNotFoundError(say("conversation_gone"))

    def _stored(self, owner: str, id: str) -> StoredConversation | None:
        if not owner or not id:
            return None
        try:
            stored = self._assistant.stored_conversation(id)
        except ConversationNotFoundError:
            return None
        return stored if stored.owner == owner else None

    def _hold(self, owner: str, id: str) -> None:
        """Continue in memory a conversation of the library that can't be written."""
        stored, shelf = self._find(owner, id)
        self._memory.hold(stored, shelf.turns(id, last=MOST_TURNS), shelf.ratings(id))

    def _numbered(
        self, stored: StoredConversation, shelf: _Shelf, before: int | None, last: int = TURNS_AT_A_TIME
    ) -> tuple[KeptTurn, ...]:
        end = stored.turns if before is None else min(before, stored.turns)
        turns = shelf.turns(stored.id, before=end, last=last)
        answers = self._assistant.refreshed([turn.answer for turn in turns])
        ratings = shelf.ratings(stored.id)
        first = end - len(turns)
        return tuple(
            KeptTurn(first + n, Turn(turn.question, answer), ratings.get(first + n))
            for n, (turn, answer) in enumerate(zip(turns, answers, strict=True))
        )
