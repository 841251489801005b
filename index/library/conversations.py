"""The conversations kept in the library file: their owners, their turns, and the ratings of the answers."""

from __future__ import annotations

import time
from dataclasses import astuple, dataclass, replace
from typing import Any

from index.errors import ConversationNotFoundError
from index.library import schema
from index.library.database import Database, storable

MAX_TITLE_CHARS = 200
"""The most characters of a title that are kept."""

_TURNS = "coalesce((SELECT max(ordinal) + 1 FROM turns WHERE conversation_id = {}), 0)"
"""SQL for how many turns a conversation has. They are numbered without gaps, and counting the rows would read them all."""

_RATING = 'verdict, said, article_id, content_hash, start, "end", quote'


@dataclass(frozen=True, slots=True)
class StoredConversation:
    """A conversation kept in the library.

    Attributes:
        id: its unguessable name.
        title: its first question, or the title that it was given later.
        updated: time of its last turn, in seconds since 1970.
        owner: who owns it; empty = nobody in particular.
        turns: how many turns it has.
    """

    id: str
    title: str
    updated: float
    owner: str = ""
    turns: int = 0


@dataclass(frozen=True, slots=True)
class StoredRating:
    """A rating of an answer, with the quote that was marked, if any; see `assistant.core.turns.Rating`."""

    verdict: str
    said: str = ""
    article_id: str | None = None
    content_hash: str | None = None
    start: int | None = None
    end: int | None = None
    quote: str | None = None


class Conversations:
    """The conversations of a library; `Library.conversations`. Safe to use from several threads."""

    def __init__(self, database: Database) -> None:
        """Works on one library file."""
        self._database = database

    def keep_turn(self, conversation_id: str, question: str, answer: str, owner: str = "") -> int:
        """Append a turn to a conversation; the first turn creates the conversation.

        Args:
            conversation_id: its id.
            question: the turn's question; the first one becomes the title.
            answer: the whole turn as JSON.
            owner: owns a new conversation, and must own an existing one; empty = no owner, and no check.

        Returns:
            The turn's number, from 0.

        Raises:
            ConversationNotFoundError: the conversation is another owner's.
        """
        conversation_id, owner = storable(conversation_id), storable(owner)
        with self._database.transaction() as connection:
            row = connection.execute("SELECT owner FROM conversations WHERE id = ?", (conversation_id,)).fetchone()
            if row is not None and owner and row[0] != owner:
                raise self._missing(conversation_id)
            connection.execute(
                "INSERT INTO conversations (id, title, updated, owner) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (id) DO UPDATE SET updated = excluded.updated",
                (conversation_id, storable(question)[:MAX_TITLE_CHARS], time.time(), owner),
            )
            ordinal = _turn_count(connection, conversation_id)
            connection.execute("INSERT INTO turns VALUES (?, ?, ?)", (conversation_id, ordinal, storable(answer)))
        return ordinal

    def turns(self, conversation_id: str, before: int | None = None, last: int | None = None) -> list[str]:
        """The turns of a conversation as JSON, oldest first; empty if no conversation has this id.

        Args:
            conversation_id: its id.
            before: give only turns with a smaller number; None = all.
            last: give only so many of these, the latest; None = all.
        """
        where = "conversation_id = ?"
        parameters: list[str | int] = [storable(conversation_id)]
        if before is not None:
            where += " AND ordinal < ?"
            parameters.append(before)
        with self._database.snapshot() as connection:
            rows = connection.execute(
                f"SELECT answer FROM turns WHERE {where} ORDER BY ordinal DESC LIMIT ?",
                (*parameters, -1 if last is None else max(last, 0)),
            ).fetchall()
        return [row[0] for row in reversed(rows)]

    def turn_count(self, conversation_id: str) -> int:
        """How many turns a conversation has; 0 if no conversation has this id."""
        with self._database.snapshot() as connection:
            return _turn_count(connection, storable(conversation_id))

    def all(self, owner: str | None = None, limit: int | None = None) -> tuple[StoredConversation, ...]:
        """The kept conversations, the last used first.

        Args:
            owner: list only this owner's conversations; None = everybody's.
            limit: the most conversations to list; None = all.
        """
        return self._select("true" if owner is None else "owner = ?", [] if owner is None else [owner], limit)

    def one(self, conversation_id: str) -> StoredConversation:
        """The conversation with this id, without its turns.

        Raises:
            ConversationNotFoundError: no conversation has this id.
        """
        found = self._select("id = ?", [conversation_id], 1)
        if not found:
            raise self._missing(conversation_id)
        return found[0]

    def rename(self, conversation_id: str, title: str) -> None:
        """Give a conversation another title; it keeps its place in the list.

        Raises:
            ConversationNotFoundError: no conversation has this id.
        """
        with self._database.transaction() as connection:
            changed = connection.execute(
                "UPDATE conversations SET title = ? WHERE id = ?",
                (storable(title)[:MAX_TITLE_CHARS], storable(conversation_id)),
            )
            if not changed.rowcount:
                raise self._missing(conversation_id)

    def delete(self, conversation_id: str) -> None:
        """Delete a conversation with its turns and their ratings.

        Raises:
            ConversationNotFoundError: no conversation has this id.
        """
        with self._database.transaction() as connection:
            gone = connection.execute("DELETE FROM conversations WHERE id = ?", (storable(conversation_id),))
            if not gone.rowcount:
                raise self._missing(conversation_id)

    def rate(self, conversation_id: str, ordinal: int, rating: StoredRating | None) -> None:
        """Keep a rating of an answer, in place of an earlier one; None = remove it.

        Raises:
            ConversationNotFoundError: there is no such turn.
        """
        conversation_id = storable(conversation_id)
        with self._database.transaction() as connection:
            if not 0 <= ordinal < _turn_count(connection, conversation_id):
                raise self._missing(conversation_id, ordinal)
            connection.execute(
                "DELETE FROM ratings WHERE conversation_id = ? AND ordinal = ?", (conversation_id, ordinal)
            )
            if rating is not None:
                values = (conversation_id, ordinal, time.time(), *astuple(replace(rating, said=storable(rating.said))))
                connection.execute(
                    f"INSERT INTO ratings (conversation_id, ordinal, updated, {_RATING}) "
                    f"VALUES ({','.join('?' * len(values))})",
                    values,
                )

    def ratings(self, conversation_id: str) -> dict[int, StoredRating]:
        """The ratings of a conversation's answers, by the numbers of their turns."""
        with self._database.snapshot() as connection:
            if schema.version(connection) < 2:
                return {}
            rows = connection.execute(
                f"SELECT ordinal, {_RATING} FROM ratings WHERE conversation_id = ? ORDER BY ordinal",
                (storable(conversation_id),),
            ).fetchall()
        return {ordinal: StoredRating(*rest) for ordinal, *rest in rows}

    def _select(self, where: str, parameters: list[str], limit: int | None) -> tuple[StoredConversation, ...]:
        with self._database.snapshot() as connection:
            old = schema.version(connection) < 2
            table = "(SELECT *, '' AS owner FROM conversations)" if old else "conversations"
            rows = connection.execute(
                f"SELECT id, title, updated, owner, {_TURNS.format('c.id')} FROM {table} AS c WHERE {where} "
                "ORDER BY updated DESC, id LIMIT ?",
                (*map(storable, parameters), -1 if limit is None else max(limit, 0)),
            ).fetchall()
        return tuple(StoredConversation(*row) for row in rows)

    def _missing(self, conversation_id: str, ordinal: int | None = None) -> ConversationNotFoundError:
        what = f"conversation {conversation_id!r}" + ("" if ordinal is None else f" with a turn {ordinal}")
        return ConversationNotFoundError(
            f"The library {self._database.folder} keeps no {what}. assistant.conversations() lists those it keeps."
        )


def _turn_count(connection: Any, conversation_id: str) -> int:
    return int(connection.execute(f"SELECT {_TURNS.format('?')}", (conversation_id,)).fetchone()[0])
