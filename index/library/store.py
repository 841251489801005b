"""The library: articles, passages, their vectors and full text, and conversations. The only truth; all else is derived."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

from index.arrays import Vectors
from index.article import Article, ArticleEntry, Passage
from index.errors import ArticleExistsError, ArticleNotFoundError, FingerprintError
from index.library import schema
from index.library.collecting import Collections, leave_collections, return_to_collections
from index.library.conversations import Conversations, StoredConversation
from index.library.database import Database, storable
from index.library.rows import (
    ARTICLE,
    PASSAGE,
    RemovedArticle,
    article_of,
    day,
    delete_article,
    insert_article,
    note_change,
    pages,
    passage_of,
    with_vectors,
)

__all__ = ["ArticleEntry", "Library", "RemovedArticle", "StoredConversation"]


_RULES = ", passage rules "
"""Before the rules in a fingerprint, which begins with the model."""


class Library:
    """Articles and passages in one SQLite file. Safe to use from several threads; one process writes, others read.

    Attributes:
        folder: the library's folder.
        conversations: the conversations kept in it.
        collections: the groups of articles that have a name.
    """

    def __init__(self, folder: Path, *, write: bool = True) -> None:
        """Open or create the library in a folder. Raises the errors of `Database`."""
        self._database = Database(folder, write=write)
        self.folder = folder
        self.conversations = Conversations(self._database)
        self.collections = Collections(self._database)

    @property
    def owner(self) -> bool:
        """Whether this process may write."""
        return self._database.owner

    def require_owner(self) -> None:
        """Become the one writer. Raises LibraryInUseError if another process is."""
        self._database.require_owner()

    def snapshot(self) -> AbstractContextManager[Any]:
        """Give all reads of this thread inside the `with` one consistent state."""
        return self._database.snapshot()

    def close(self) -> None:
        """Close the library and let the next writer in. May be called twice."""
        self._database.close()

    # Fingerprint

    def meta(self, key: str) -> str | None:
        """The value recorded under a key, or None."""
        with self._database.snapshot() as connection:
            row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    @property
    def id(self) -> str:
        """16 hexadecimal digits, drawn when the library was made."""
        return self.meta("library_id") or ""

    @property
    def generation(self) -> int:
        """A number that grows by one with each change of articles or passages."""
        return int(self.meta("generation") or 0)

    def check_fingerprint(self, fingerprint: str) -> None:
        """Compare a fingerprint with the library's; an empty library accepts any.

        Raises:
            FingerprintError: it differs, and the library has passages.
        """
        recorded = self.meta("fingerprint")
        if recorded not in (None, fingerprint) and self.count() > 0:
            if (recorded or "").partition(_RULES)[0] == fingerprint.partition(_RULES)[0]:
                raise FingerprintError(
                    f"The library {self.folder} was made by another version of Footnote, which cut articles into passages in "
                    f"another way ({recorded}; now {fingerprint}). `footnote doctor --repair` or Assistant.open(..., "
                    "reembed=True) reads its articles again from their files, where they are still there, and embeds them anew."
                )
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
                f"SELECT {ARTICLE} FROM {schema.articles(connection)} ORDER BY place DESC"
            ).fetchall()
        return tuple(article_of(row) for row in rows)

    def article(self, article_id: str) -> Article:
        """The article with this id.

        Raises:
            ArticleNotFoundError: no article has this id.
        """
        with self._database.snapshot() as connection:
            row = connection.execute(
                f"SELECT {ARTICLE} FROM {schema.articles(connection)} WHERE id = ?", (storable(article_id),)
            ).fetchone()
        if row is None:
            raise self._missing(article_id)
        return article_of(row)

    def entries(self, limit: int | None = None, offset: int = 0) -> tuple[ArticleEntry, ...]:
        """All articles without their texts, the last added first.

        Args:
            limit: the most entries; None = all.
            offset: how many entries to skip.
        """
        with self._database.snapshot() as connection:
            rows = connection.execute(
                "SELECT id, title, source, published, content_hash, characters "
                f"FROM {schema.entries(connection)} ORDER BY place DESC LIMIT ? OFFSET ?",
                (-1 if limit is None else max(limit, 0), max(offset, 0)),
            ).fetchall()
        return tuple(ArticleEntry(i, t, s, day(published), content, n) for i, t, s, published, content, n in rows)

    def article_count(self) -> int:
        """How many articles there are."""
        with self._database.snapshot() as connection:
            return int(connection.execute("SELECT count(*) FROM articles").fetchone()[0])

    def article_ids(self) -> tuple[str, ...]:
        """Ids of all articles, the last added first."""
        with self._database.snapshot() as connection:
            return tuple(row[0] for row in connection.execute("SELECT id FROM articles ORDER BY rowid DESC"))

    def empty(self) -> bool:
        """Whether the library has no articles."""
        with self._database.snapshot() as connection:
            return connection.execute("SELECT 1 FROM articles LIMIT 1").fetchone() is None

    def version(self, article_id: str) -> str | None:
        """Content hash of an article's current version; None if no article has this id."""
        with self._database.snapshot() as connection:
            row = connection.execute(
                "SELECT content_hash FROM articles WHERE id = ?", (storable(article_id),)
            ).fetchone()
        return row[0] if row else None

    def heading(self, article_id: str) -> tuple[str, date | None]:
        """Title and publication date of an article; empty and None if no article has this id."""
        with self._database.snapshot() as connection:
            row = connection.execute("SELECT title, published FROM articles WHERE id = ?", (article_id,)).fetchone()
        return (row[0], day(row[1])) if row else ("", None)

    def versions(self) -> dict[str, str]:
        """Article id -> content hash of the current version, for all articles."""
        with self._database.snapshot() as connection:
            return dict(connection.execute(f"SELECT id, content_hash FROM {schema.entries(connection)}").fetchall())

    def same_content(self, content_hash: str) -> str | None:
        """Id of the article with this content hash, or None."""
        with self._database.snapshot() as connection:
            row = connection.execute("SELECT id FROM articles WHERE content_hash = ?", (content_hash,)).fetchone()
        return row[0] if row else None

    def put(self, article: Article, passages: Sequence[Passage], vectors: Vectors, fingerprint: str) -> None:
        """Store an article with its passages, in place of its old version, in one transaction.

        Args:
            article: the article.
            passages: all its passages.
            vectors: unit vectors, shape (len(passages), dimension).
            fingerprint: tells how the vectors were made; it is recorded.

        Raises:
            LibraryInUseError: another process is the writer.
            LibraryWriteError: the library can't be written; nothing was changed.
            FingerprintError: the library's passages have another fingerprint.
        """
        with self._database.transaction() as connection:
            self.check_fingerprint(fingerprint)
            delete_article(connection, article.id)
            insert_article(connection, article, passages, vectors)
            note_change(connection, fingerprint)

    def replace_all(self, made: Iterator[tuple[Article, Sequence[Passage], Vectors]], fingerprint: str) -> None:
        """Store all articles anew, with another fingerprint, in one transaction: a failure leaves the old state whole.

        Each article keeps its place; its text may be another than before.
        """
        with self._database.transaction() as connection:
            places = dict(connection.execute("SELECT id, rowid FROM articles").fetchall())
            connection.execute("DELETE FROM passages")
            for article, passages, vectors in made:
                delete_article(connection, article.id)
                insert_article(connection, article, passages, vectors, places.get(article.id))
            note_change(connection, fingerprint)

    def remove(self, article_id: str) -> RemovedArticle:
        """Remove an article with its passages; it leaves its collections.

        Returns:
            The removed article, which `restore` can put back.

        Raises:
            ArticleNotFoundError: no article has this id.
        """
        with self._database.transaction() as connection:
            article, passages = self.article(article_id), self.passages_of(article_id)
            _, _, vectors = with_vectors(
                connection.execute(
                    "SELECT id, article_id, vector FROM passages WHERE article_id = ? ORDER BY ordinal", (article_id,)
                ).fetchall()
            )
            (place,) = connection.execute("SELECT rowid FROM articles WHERE id = ?", (article_id,)).fetchone()
            delete_article(connection, article_id)
            collections = leave_collections(connection, article_id)
            # Its place stays free, even if it was the last one, so that the article can return to it.
            connection.execute(
                "INSERT INTO meta VALUES ('last_place', ?) ON CONFLICT (key) DO UPDATE "
                "SET value = max(value + 0, excluded.value + 0)",
                (str(place),),
            )
            note_change(connection, None)
        return RemovedArticle(article, passages, vectors, place, self.meta("fingerprint") or "", collections)

    def restore(self, removed: RemovedArticle, fingerprint: str) -> None:
        """Put a removed article back at its old place, and into its collections that are still there.

        Args:
            removed: the article, as `remove` returned it.
            fingerprint: tells how this library's vectors are made.

        Raises:
            ArticleExistsError: an article with its id or its text was added meanwhile.
            FingerprintError: its vectors were made with another model, or its passages by other rules.
        """
        article = removed.article
        if removed.fingerprint != fingerprint:
            raise FingerprintError(
                f"{article.title!r} can't be put back: it was removed from a library made with {removed.fingerprint}, and "
                f"this one is made with {fingerprint}. Add the article again."
            )
        with self._database.transaction() as connection:
            known = article.id if self.version(article.id) else self.same_content(article.content_hash)
            if known is not None:
                raise ArticleExistsError(
                    f"{article.title!r} can't be put back into the library {self.folder}: it holds {known!r}, an article "
                    "with the same id or text, added meanwhile. Remove that one first."
                )
            self.check_fingerprint(fingerprint)
            insert_article(connection, article, removed.passages, removed.vectors, removed.place)
            return_to_collections(connection, article.id, removed.collections)
            note_change(connection, fingerprint)

    # Passages

    def count(self) -> int:
        """How many passages there are."""
        with self._database.snapshot() as connection:
            return int(connection.execute("SELECT count(*) FROM passages").fetchone()[0])

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Passage id -> passage, for any number of ids; unknown ids are left out."""
        found: dict[str, Passage] = {}
        with self._database.snapshot() as connection:
            for page in pages(ids):
                marks = ",".join("?" * len(page))
                rows = connection.execute(
                    f"SELECT {PASSAGE} FROM {schema.passages(connection)} WHERE id IN ({marks})", page
                )
                found.update((row[0], passage_of(row)) for row in rows)
        return found

    def passages_of(self, article_id: str, ordinals: Sequence[int] | None = None) -> tuple[Passage, ...]:
        """The passages of an article in their order: all, or those with the given ordinals."""
        where = "article_id = ?"
        parameters: list[Any] = [article_id]
        if ordinals is not None:
            where += f" AND ordinal IN ({','.join('?' * len(ordinals))})"
            parameters += ordinals
        with self._database.snapshot() as connection:
            query = f"SELECT {PASSAGE} FROM {schema.passages(connection)} WHERE {where} ORDER BY ordinal"
            return tuple(map(passage_of, connection.execute(query, parameters)))

    def passage_ids(self) -> set[str]:
        """Ids of all passages."""
        with self._database.snapshot() as connection:
            return {row[0] for row in connection.execute("SELECT id FROM passages")}

    def vectors(self, ids: Sequence[str]) -> tuple[list[str], list[str], Vectors]:
        """(ids, article ids, vectors of shape (n, dimension)) of the given passages; unknown ids are left out."""
        rows: list[tuple[str, str, bytes]] = []
        with self._database.snapshot() as connection:
            for page in pages(ids):
                marks = ",".join("?" * len(page))
                rows += connection.execute(
                    f"SELECT id, article_id, vector FROM passages WHERE id IN ({marks})",
                    page,
                )
        return with_vectors(rows)

    def all_vectors(self) -> tuple[list[str], list[str], Vectors]:
        """(ids, article ids, vectors of shape (n, dimension)) of all passages."""
        with self._database.snapshot() as connection:
            return with_vectors(connection.execute("SELECT id, article_id, vector FROM passages").fetchall())

    # Full text

    def search(self, query: str, limit: int, articles: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """Full-text search by bm25 (Robertson and Zaragoza, 2009) over stemmed words.

        Args:
            query: the query, in FTS5's query language.
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
            # Rank before looking the passages up: thousands match, few are wanted.
            rows = connection.execute(
                "SELECT p.id, -best.score FROM (SELECT rowid AS place, bm25(words, 1.0, 0.5) AS score FROM words "
                f"WHERE {where} ORDER BY score, rowid LIMIT ?) AS best "
                "JOIN passages p ON p.rowid = best.place ORDER BY best.score, best.place",
                (*parameters, limit),
            ).fetchall()
        return [(pid, float(score)) for pid, score in rows]

    def vocabulary(self) -> dict[str, int]:
        """Every stemmed word of the library -> the number of passages that have it."""
        with self._database.snapshot() as connection:
            return dict(connection.execute("SELECT term, doc FROM vocabulary").fetchall())

    # The whole

    def check(self) -> list[str]:
        """The problems inside the file; empty if there are none. Reads the whole file."""
        with self._database.snapshot() as connection:
            problems = [row[0] for row in connection.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
            bad = connection.execute(
                "SELECT count(*) FROM passages p JOIN articles a ON a.id = p.article_id WHERE "
                'substr(a.text, p.start + 1, p."end" - p.start) <> p.text'
            ).fetchone()[0]
            listed = connection.execute(
                f"SELECT count(*) FROM (SELECT * FROM {schema.entries(connection)} EXCEPT {schema.ENTRIES_OF_ARTICLES})"
            ).fetchone()[0]
        problems += [f"{bad} passages differ from their article's text"] if bad else []
        return problems + ([f"{listed} articles are listed as they are not"] if listed else [])

    def _missing(self, article_id: str) -> ArticleNotFoundError:
        return ArticleNotFoundError(
            f"The library {self.folder} has no article {article_id!r}. `footnote list` shows the ids there are."
        )
