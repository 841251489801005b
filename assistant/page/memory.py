"""Conversations in memory, bounded, until the server ends: for when the library can't be written."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.core.answer import Answer
from assistant.core.errors import ConversationNotFoundError
from assistant.core.turns import Rating, Turn
from assistant.page.words import say
from index.library.conversations import MAX_TITLE_CHARS, StoredConversation

MOST_CONVERSATIONS = 200
"""Beyond these, the least recently used one is dropped."""
MOST_TURNS = 100
"""Of one conversation; beyond these, the oldest are dropped."""


@dataclass(slots=True)
class _Held:
    """A conversation; `first` is the number of its oldest turn that was not dropped."""

    stored: StoredConversation
    turns: list[Turn] = field(default_factory=list)
    ratings: dict[int, Rating] = field(default_factory=dict)
    first: int = 0


class Memory:
    """Keeps conversations with the library's methods. Safe to use from several threads."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._lock = threading.Lock()

    def conversations(self, owner: str) -> tuple[StoredConversation, ...]:
        """An owner's conversations, the last used first."""
        with self._lock:
            return tuple(held.stored for held in reversed(self._held.values()) if held.stored.owner == owner)

    def find(self, conversation_id: str) -> StoredConversation | None:
        """A conversation; None if there is none of this id."""
        with self._lock:
            held = self._held.get(conversation_id)
            return held.stored if held else None

    def hold(self, stored: StoredConversation, turns: Sequence[Turn], ratings: dict[int, Rating]) -> None:
        """Take over a conversation from elsewhere; `turns` are its last ones."""
        with self._lock:
            first = stored.turns - len(turns)
            self._put(_Held(stored, list(turns), {n: r for n, r in ratings.items() if n >= first}, first))

    def keep_turn(self, conversation_id: str, answer: Answer, *, owner: str = "") -> int:
        """Append a turn; the first one creates the conversation. Returns the turn's number, from 0."""
        with self._lock:
            held = self._held.get(conversation_id)
            if held is None:
                title = answer.question[:MAX_TITLE_CHARS]
                held = _Held(StoredConversation(conversation_id, title, 0.0, owner))
            held.turns.append(Turn(answer.question, answer))
            dropped = max(0, len(held.turns) - MOST_TURNS)
            del held.turns[:dropped]
            held.first += dropped
            held.ratings = {n: r for n, r in held.ratings.items() if n >= held.first}
            count = held.first + len(held.turns)
            held.stored = replace(held.stored, updated=time.time(), turns=count)
            self._put(held)
            return count - 1

    def turns(self, conversation_id: str, *, before: int | None = None, last: int | None = None) -> tuple[Turn, ...]:
        """The last `last` turns with numbers below `before`, oldest first; () if there is no such conversation."""
        with self._lock:
            held = self._held.get(conversation_id)
            if held is None:
                return ()
            end = len(held.turns) if before is None else min(max(0, before - held.first), len(held.turns))
            return tuple(held.turns[0 if last is None else max(0, end - last) : end])

    def turn_count(self, conversation_id: str) -> int:
        """How many turns there were, dropped ones included; 0 if there is no such conversation."""
        with self._lock:
            held = self._held.get(conversation_id)
            return held.first + len(held.turns) if held else 0

    def rename_conversation(self, conversation_id: str, title: str) -> None:
        """Give it another title; a blank one gives it back its oldest question. Raises ConversationNotFoundError."""
        with self._lock:
            held = self._get(conversation_id)
            title = " ".join(title.split()) or held.turns[0].question
            held.stored = replace(held.stored, title=title[:MAX_TITLE_CHARS])

    def delete_conversation(self, conversation_id: str) -> None:
        """Delete a conversation. Raises ConversationNotFoundError."""
        with self._lock:
            self._get(conversation_id)
            del self._held[conversation_id]

    def rate(self, conversation_id: str, ordinal: int, rating: Rating | None) -> None:
        """Keep a rating; None removes it. Raises ConversationNotFoundError if the turn is unknown or dropped."""
        with self._lock:
            held = self._get(conversation_id)
            if not held.first <= ordinal < held.first + len(held.turns):
                raise ConversationNotFoundError(say("turn_gone"))
            held.ratings.pop(ordinal, None)
            if rating is not None:
                held.ratings[ordinal] = rating

    def ratings(self, conversation_id: str) -> dict[int, Rating]:
        """Ratings by the numbers of their turns."""
        with self._lock:
            held = self._held.get(conversation_id)
            return dict(held.ratings) if held else {}

    def _get(self, conversation_id: str) -> _Held:
        held = self._held.get(conversation_id)
        if held is None:
            raise ConversationNotFoundError(say("conversation_gone"))
        return held

    def _put(self, held: _Held) -> None:
        self._held[held.stored.id] = held
        self._held.move_to_end(held.stored.id)
        while len(self._held) > MOST_CONVERSATIONS:
            self._held.popitem(last=False)
