"""The collections kept in the library file: groups of articles under a name that somebody gave them."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Literal

from index.errors import ArticleNotFoundError, CollectionNameError, CollectionNotFoundError
from index.library import schema
from index.library.database import Database, storable
from index.naming import one_line

MAX_NAME_CHARS = 200
"""The most characters that a name may have."""

Collecting = Literal["extend", "replace", "new"]
"""What becomes of a collection that is there already: it gets further articles, or these alone, or is left as it is."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A group of articles under a name.

    Attributes:
        name: one line, unique in its library.
        articles: ids of its articles, the last added to the library first; may be empty.
    """

    name: str
    articles: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The collection as JSON types."""
        return {"name": self.name, "articles": list(self.articles)}


class Collections:
    """The collections of a library; `Library.collections`. Safe to use from several threads.

    Names are cleaned before they are compared (`cleaned`). Every change raises LibraryInUseError where another process is the
    writer and LibraryWriteError where the library can't be written; nothing is changed then.
    """

    def __init__(self, database: Database) -> None:
        """Works on one library file."""
        self._database = database

    def all(self) -> tuple[Collection, ...]:
        """All collections, by name."""
        return self._select("true", ())

    def one(self, name: str) -> Collection:
        """The collection with this name.

        Raises:
            CollectionNotFoundError: there is none.
        """
        name = cleaned(name)
        found = self._select("c.name = ?", (name,))
        if not found:
            raise self._missing(name)
        return found[0]

    def collect(self, name: str, articles: Sequence[str], how: Collecting = "extend") -> Collection:
        """Put articles into a collection, which is made if there is none with this name.

        Args:
            name: its name.
            articles: ids; may be empty.
            how: what becomes of a collection that is there already.

        Returns:
            The collection as it is now.

        Raises:
            ArticleNotFoundError: no article has one of the ids; nothing is changed.
            CollectionNameError: the name has no letters and digits, or is too long; or it is taken, and `how` is "new".
        """
        name = usable_name(name)
        ids = _ids(articles)
        with self._database.transaction() as connection:
            for article_id in ids:
                self._require_article(connection, article_id)
            made = connection.execute("INSERT OR IGNORE INTO collections VALUES (?)", (name,))
            if how == "new" and not made.rowcount:
                raise self._taken(name)
            if how == "replace":
                connection.execute("DELETE FROM collected WHERE name = ?", (name,))
            connection.executemany("INSERT OR IGNORE INTO collected VALUES (?, ?)", [(name, one) for one in ids])
            return self.one(name)

    def uncollect(self, name: str, articles: Sequence[str]) -> Collection:
        """Take articles out of a collection; they stay in the library.

        Returns:
            The collection as it is now, perhaps empty.

        Raises:
            CollectionNotFoundError: no collection has this name.
            ArticleNotFoundError: one of the articles is not in it; nothing is changed.
        """
        with self._database.transaction() as connection:
            collection = self.one(name)
            for article_id in _ids(articles):
                gone = connection.execute(
                    "DELETE FROM collected WHERE name = ? AND article_id = ?", (collection.name, article_id)
                )
                if not gone.rowcount:
                    raise ArticleNotFoundError(
                        f"The collection {collection.name!r} has no article {article_id!r}; nothing was taken out. "
                        "`footnote list --in NAME` shows the ids of its articles."
                    )
            return self.one(name)

    def rename(self, name: str, new_name: str) -> Collection:
        """Give a collection another name.

        Returns:
            The collection under its new name.

        Raises:
            CollectionNotFoundError: no collection has this name.
            CollectionNameError: the new name has no letters and digits, or is too long, or another collection has it.
        """
        wanted = usable_name(new_name)
        with self._database.transaction() as connection:
            known = self.one(name).name
            if wanted != known and connection.execute("SELECT 1 FROM collections WHERE name = ?", (wanted,)).fetchone():
                raise self._taken(wanted)
            connection.execute("UPDATE collections SET name = ? WHERE name = ?", (wanted, known))
            return self.one(wanted)

    def delete(self, name: str) -> None:
        """Delete a collection; its articles stay in the library.

        Raises:
            CollectionNotFoundError: no collection has this name.
        """
        name = cleaned(name)
        with self._database.transaction() as connection:
            if not connection.execute("DELETE FROM collections WHERE name = ?", (name,)).rowcount:
                raise self._missing(name)

    def _select(self, where: str, parameters: Sequence[str]) -> tuple[Collection, ...]:
        with self._database.snapshot() as connection:
            if schema.version(connection) < 4:
                return ()
            # The ids and the places of articles stand in an index of theirs, so no text is read.
            rows = connection.execute(
                "SELECT c.name, a.id FROM collections c LEFT JOIN collected k ON k.name = c.name "
                f"LEFT JOIN articles a ON a.id = k.article_id WHERE {where} "
                "ORDER BY c.name COLLATE NOCASE, c.name, a.rowid DESC",
                parameters,
            ).fetchall()
        grouped = groupby(rows, key=itemgetter(0))
        return tuple(Collection(name, tuple(row[1] for row in group if row[1])) for name, group in grouped)

    def _require_article(self, connection: Any, article_id: str) -> None:
        if not connection.execute("SELECT 1 FROM articles WHERE id = ?", (article_id,)).fetchone():
            raise ArticleNotFoundError(
                f"The library {self._database.folder} has no article {article_id!r}, so no collection was changed. "
                "`footnote list` shows the ids there are."
            )

    def _taken(self, name: str) -> CollectionNameError:
        return CollectionNameError(
            f"The library {self._database.folder} has a collection {name!r} already; it was left as it is. Take another "
            "name, or put the articles into that one: footnote collection extend NAME IDS, or assistant.collect(name, ids)."
        )

    def _missing(self, name: str) -> CollectionNotFoundError:
        return CollectionNotFoundError(
            f"The library {self._database.folder} has no collection {name!r}. `footnote collection list` shows those it has."
        )


def cleaned(name: str) -> str:
    """A name as it is kept: one line without control characters and bidirectional marks, composed (NFC).

    Two ways to type the same letters give one name. A blank name becomes empty, and so does what is no text.
    """
    return one_line(unicodedata.normalize("NFC", storable(name))) if isinstance(name, str) else ""


def usable_name(name: str) -> str:
    """A name for a collection as it is kept.

    Raises:
        CollectionNameError: it has no letters and digits, or is too long.
    """
    usable = cleaned(name)
    if not any(letter.isalnum() for letter in usable):
        raise CollectionNameError(f"{name!r} is no name for a collection. Give it one with letters or digits.")
    if len(usable) > MAX_NAME_CHARS:
        raise CollectionNameError(
            f"The name {usable[:20]!r}... has {len(usable):,} characters, and a collection's name has {MAX_NAME_CHARS} at most. "
            "Give it a shorter one."
        )
    return usable


def leave_collections(connection: Any, article_id: str) -> tuple[str, ...]:
    """Take an article that is being removed out of its collections; their names."""
    names = connection.execute(
        "SELECT name FROM collected WHERE article_id = ? ORDER BY name", (article_id,)
    ).fetchall()
    connection.execute("DELETE FROM collected WHERE article_id = ?", (article_id,))
    return tuple(name for (name,) in names)


def return_to_collections(connection: Any, article_id: str, names: Sequence[str]) -> None:
    """Put an article that is being put back into those of its former collections that are still there."""
    connection.execute(
        "INSERT OR IGNORE INTO collected SELECT name, ? FROM collections WHERE name IN (SELECT value FROM json_each(?))",
        (article_id, json.dumps(list(names))),
    )


def _ids(articles: Sequence[str]) -> list[str]:
    """The ids, each once; a single id is a list of one."""
    given = [articles] if isinstance(articles, str) else articles
    return list(dict.fromkeys(storable(article_id) for article_id in given))
