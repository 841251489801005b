"""The library: articles, passages, their vectors and full text, and conversations. The only truth; all else is derived."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from index.article import Article, Passage
from index.database import Database
from index.embedding import Vectors
from index.errors import ArticleNotFoundError, FingerprintError, LibraryError

_PAGE = 500
"""Ids looked up by one statement; SQLite allows 32,766."""

_PASSAGE = 'id, article_id, start, "end", text, ordinal, kind'


@dataclass(frozen=True, slots=True)
class StoredConversation:
    """A conversation kept in the library.

    Attributes:
        id: its unguessable name.
        title: its first question.
        updated: seconds since 1970.
    """

    id: str
    title: str
    updated: float


class Library:
    """Articles and passages in one SQLite file. Safe to use from several threads; one process writes, others read."""

    def __init__(self, folder: Path, *, write: bool = True) -> None:
        """Open, or make, the library in a folder. Errors as `Database`."""
        self._database = Database(folder, write=write)
        self.folder = folder

    @property
    def owner(self) -> bool:
        """Whether this process may write."""
        return self._database.owner

    def require_owner(self) -> None:
        """Become the one writer. Raises LibraryInUseError if another process is."""
        self._database.require_owner()

    def snapshot(self) -> AbstractContextManager[Any]:
        """One consistent state for all reads of this thread inside the `with`."""
        return self._database.snapshot()

    def close(self) -> None:
        """Close it and let the next writer in. May be called twice."""
        self._database.close()

    # Fingerprint

    def meta(self, key: str) -> str | None:
        """A recorded value, or None."""
        with self._database.snapshot() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    @property
    def id(self) -> str:
        """16 hexadecimal digits, drawn when the library was made."""
        return self.meta("library_id") or ""

    @property
    def generation(self) -> int:
        """Grows by one with each change of articles or passages."""
        return int(self.meta("generation") or 0)

    def check_fingerprint(self, fingerprint: str) -> None:
        """Compare with what the library was made with; an empty library takes any.

        Raises:
            FingerprintError: it differs, and there are passages.
        """
        recorded = self.meta("fingerprint")
        if recorded not in (None, fingerprint) and self.count() > 0:
            raise FingerprintError(
                f"The library {self.folder} was made with {recorded}; the settings say {fingerprint}. Vectors of two kinds "
                "are never mixed: set the old model again (FOOTNOTE_EMBEDDING_MODEL), or re-embed everything with "
                "`footnote doctor --repair` or Assistant.open(..., reembed=True)."
            )

    # Articles

    def articles(self) -> tuple[Article, ...]:
        """All articles, the last added first."""
        with self._database.snapshot() as connection:
            rows = connection.execute(
                "SELECT text, title, source, published, id, content_hash FROM articles ORDER BY rowid DESC"
            ).fetchall()
        return tuple(_article(row) for row in rows)

    def article(self, article_id: str) -> Article:
        """One article.

        Raises:
            ArticleNotFoundError: there is none with this id.
        """
        with self._database.snapshot() as connection:
            row = connection.execute(
                "SELECT text, title, source, published, id, content_hash FROM articles WHERE id = ?", (article_id,)
            ).fetchone()
        if row is None:
            raise ArticleNotFoundError(
                f"The library {self.folder} has no article {article_id!r}. `footnote list` shows the ids there are."
            )
        return _article(row)

    def article_ids(self) -> tuple[str, ...]:
        """Ids of all articles, the last added first."""
        with self._database.snapshot() as connection:
            return tuple(row[0] for row in connection.execute("SELECT id FROM articles ORDER BY rowid DESC"))

    def empty(self) -> bool:
        """Whether there is no article."""
        with self._database.snapshot() as connection:
            return connection.execute("SELECT 1 FROM articles LIMIT 1").fetchone() is None

    def version(self, article_id: str) -> str | None:
        """Content hash of an article's current version; None if there is none with this id."""
        with self._database.snapshot() as connection:
            row = connection.execute("SELECT content_hash FROM articles WHERE id = ?", (article_id,)).fetchone()
        return row[0] if row else None

    def title(self, article_id: str) -> str:
        """Title of an article; empty if there is none with this id."""
        with self._database.snapshot() as connection:
            row = connection.execute("SELECT title FROM articles WHERE id = ?", (article_id,)).fetchone()
        return row[0] if row else ""

    def versions(self) -> dict[str, str]:
        """Article id -> content hash of its current version."""
        with self._database.snapshot() as connection:
            return dict(connection.execute("SELECT id, content_hash FROM articles").fetchall())

    def same_content(self, content_hash: str) -> str | None:
        """Id of the article with this content, or None."""
        with self._database.snapshot() as connection:
            row = connection.execute("SELECT id FROM articles WHERE content_hash = ?", (content_hash,)).fetchone()
        return row[0] if row else None

    def put(self, article: Article, passages: Sequence[Passage], vectors: Vectors, fingerprint: str) -> None:
        """Store an article with its passages, in place of its old version, in one transaction.

        Args:
            article: the article.
            passages: all its passages.
            vectors: unit vectors, shape (len(passages), dimension).
            fingerprint: what made the vectors; recorded.

        Raises:
            LibraryInUseError: another process is the writer.
            LibraryWriteError: it can't be written; nothing was changed.
            FingerprintError: the passages there were made with another.
        """
        with self._database.transaction() as connection:
            self.check_fingerprint(fingerprint)
            _delete(connection, article.id)
            _insert(connection, article, passages, vectors)
            _changed(connection, fingerprint)

    def replace_all(self, made: Iterator[tuple[Article, Sequence[Passage], Vectors]], fingerprint: str) -> None:
        """Store all articles anew, with another fingerprint, in one transaction: the old state or the new, never half."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM passages")
            for article, passages, vectors in made:
                _insert_passages(connection, article, passages, vectors)
            _changed(connection, fingerprint)

    def remove(self, article_id: str) -> None:
        """Remove an article with its passages.

        Raises:
            ArticleNotFoundError: there is none with this id.
        """
        with self._database.transaction() as connection:
            if not _delete(connection, article_id):
                raise ArticleNotFoundError(
                    f"The library {self.folder} has no article {article_id!r}. `footnote list` shows the ids there are."
                )
            _changed(connection, None)

    # Passages

    def count(self) -> int:
        """How many passages there are."""
        with self._database.snapshot() as connection:
            return int(connection.execute("SELECT count(*) FROM passages").fetchone()[0])

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Passages by id; those that are not there are left out. Any number of ids."""
        found: dict[str, Passage] = {}
        with self._database.snapshot() as connection:
            for page in _pages(ids):
                marks = ",".join("?" * len(page))
                rows = connection.execute(f"SELECT {_PASSAGE} FROM passages WHERE id IN ({marks})", page)
                found.update((row[0], Passage(*row)) for row in rows)
        return found

    def passages_of(self, article_id: str, ordinals: Sequence[int] | None = None) -> tuple[Passage, ...]:
        """Passages of an article in their order; all, or those with these ordinals."""
        query = f"SELECT {_PASSAGE} FROM passages WHERE article_id = ?"
        parameters: list[Any] = [article_id]
        if ordinals is not None:
            query += f" AND ordinal IN ({','.join('?' * len(ordinals))})"
            parameters += ordinals
        with self._database.snapshot() as connection:
            return tuple(Passage(*row) for row in connection.execute(query + " ORDER BY ordinal", parameters))

    def passage_ids(self) -> set[str]:
        """Ids of all passages."""
        with self._database.snapshot() as connection:
            return {row[0] for row in connection.execute("SELECT id FROM passages")}

    def vectors(self, ids: Sequence[str]) -> tuple[list[str], list[str], Vectors]:
        """The given passages that are there: their ids, article ids, and vectors of shape (n, dimension)."""
        rows: list[tuple[str, str, bytes]] = []
        with self._database.snapshot() as connection:
            for page in _pages(ids):
                marks = ",".join("?" * len(page))
                rows += connection.execute(
                    f"SELECT id, article_id, vector FROM passages WHERE id IN ({marks})",
                    page,
                )
        return _with_vectors(rows)

    def all_vectors(self) -> tuple[list[str], list[str], Vectors]:
        """All passages: their ids, article ids, and vectors of shape (n, dimension)."""
        with self._database.snapshot() as connection:
            return _with_vectors(connection.execute("SELECT id, article_id, vector FROM passages").fetchall())

    # Full text

    def search(self, query: str, limit: int, articles: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """Full-text search by bm25 (Robertson and Zaragoza, 2009) over stemmed words.

        Args:
            query: in FTS5's query language.
            limit: the most hits.
            articles: ids that limit the search; None = all.

        Returns:
            (passage id, score), best first; a larger score is better.
        """
        where, parameters = "words MATCH ?", [query]
        if articles is not None:
            # One parameter for any number of ids: SQLite allows 32,766.
            where += " AND rowid IN (SELECT rowid FROM passages WHERE article_id IN (SELECT value FROM json_each(?)))"
            parameters.append(json.dumps(list(articles)))
        with self._database.snapshot() as connection:
            # Ranked before the passages are looked up: thousands match, few are wanted.
            rows = connection.execute(
                "SELECT p.id, -best.score FROM (SELECT rowid AS place, bm25(words, 1.0, 0.5) AS score FROM words "
                f"WHERE {where} ORDER BY score, rowid LIMIT ?) AS best "
                "JOIN passages p ON p.rowid = best.place ORDER BY best.score, best.place",
                (*parameters, limit),
            ).fetchall()
        return [(pid, float(score)) for pid, score in rows]

    def vocabulary(self) -> dict[str, int]:
        """Every stemmed word of the library with the number of passages that hold it."""
        with self._database.snapshot() as connection:
            return dict(connection.execute("SELECT term, doc FROM vocabulary").fetchall())

    # Conversations

    def keep_turn(self, conversation_id: str, question: str, answer: str) -> None:
        """Append a turn to a conversation; the first makes it.

        Args:
            conversation_id: its name.
            question: the first one becomes the title.
            answer: the whole turn as JSON.
        """
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO conversations VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET updated = excluded.updated",
                (conversation_id, question[:200], time.time()),
            )
            connection.execute(
                "INSERT INTO turns SELECT ?, count(*), ? FROM turns WHERE conversation_id = ?",
                (conversation_id, answer, conversation_id),
            )

    def turns(self, conversation_id: str) -> list[str]:
        """The turns of a conversation as JSON, oldest first; empty if there is none of this name."""
        with self._database.snapshot() as connection:
            rows = connection.execute(
                "SELECT answer FROM turns WHERE conversation_id = ? ORDER BY ordinal", (conversation_id,)
            ).fetchall()
        return [row[0] for row in rows]

    def conversations(self) -> tuple[StoredConversation, ...]:
        """All kept conversations, the last used first."""
        with self._database.snapshot() as connection:
            rows = connection.execute(
                "SELECT id, title, updated FROM conversations ORDER BY updated DESC, id"
            ).fetchall()
        return tuple(StoredConversation(*row) for row in rows)

    def check(self) -> list[str]:
        """What is wrong inside the file; empty when all is well. Reads all of it."""
        with self._database.snapshot() as connection:
            problems = [row[0] for row in connection.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
            bad = connection.execute(
                "SELECT count(*) FROM passages p JOIN articles a ON a.id = p.article_id WHERE "
                'substr(a.text, p.start + 1, p."end" - p.start) <> p.text'
            ).fetchone()[0]
        return problems + ([f"{bad} passages differ from their article's text"] if bad else [])


def _article(row: Sequence[Any]) -> Article:
    text, title, source, published, article_id, content_hash = row
    day = date.fromisoformat(published) if published else None
    return Article(text, title, source, day, article_id, content_hash)


def _pages(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _PAGE):
        yield ids[start : start + _PAGE]


def _with_vectors(rows: Sequence[tuple[str, str, bytes]]) -> tuple[list[str], list[str], Vectors]:
    matrix = np.frombuffer(b"".join(row[2] for row in rows), dtype=np.float32)
    return [row[0] for row in rows], [row[1] for row in rows], matrix.reshape(len(rows), -1) if rows else matrix


def _delete(connection: Any, article_id: str) -> bool:
    connection.execute("DELETE FROM passages WHERE article_id = ?", (article_id,))
    return bool(connection.execute("DELETE FROM articles WHERE id = ?", (article_id,)).rowcount)


def _insert(connection: Any, article: Article, passages: Sequence[Passage], vectors: Vectors) -> None:
    connection.execute(
        "INSERT INTO articles (id, title, source, published, text, content_hash) VALUES (?, ?, ?, ?, ?, ?)",
        (
            article.id,
            article.title,
            article.source,
            article.published.isoformat() if article.published else None,
            article.text,
            article.content_hash,
        ),
    )
    _insert_passages(connection, article, passages, vectors)


def _insert_passages(connection: Any, article: Article, passages: Sequence[Passage], vectors: Vectors) -> None:
    if len(passages) != len(vectors) or not np.isfinite(vectors).all():
        raise LibraryError(
            f"The embedding model gave {len(vectors)} vectors, some perhaps not finite, for {len(passages)} passages of "
            f"{article.title!r}; nothing was stored. Run: footnote doctor"
        )
    connection.executemany(
        f"INSERT INTO passages ({_PASSAGE}, title, vector) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (p.id, p.article_id, p.start, p.end, p.text, p.ordinal, p.kind, article.title, vector.tobytes())
            for p, vector in zip(passages, np.ascontiguousarray(vectors, dtype=np.float32), strict=True)
        ),
    )


def _changed(connection: Any, fingerprint: str | None) -> None:
    values: Mapping[str, str] = {} if fingerprint is None else {"fingerprint": fingerprint}
    connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(values.items()))
