"""Reads, inserts and deletes articles, passages and vectors as rows of the library file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from index.arrays import Vectors
from index.article import Article, Block, Passage
from index.errors import LibraryError

PASSAGE = 'id, article_id, start, "end", text, ordinal, kind, heading, silent, page'
"""The columns of a passage, in the order of its attributes."""

_PAGE = 500
"""How many ids one statement looks up; SQLite allows 32,766."""


ARTICLE = "text, title, source, published, id, content_hash, blocks, updated, authors, site"
"""The columns of an article, in the order of its attributes."""


@dataclass(frozen=True, slots=True)
class RemovedArticle:
    """A removed article with all that is needed to put it back.

    Attributes:
        article: the article.
        passages: all its passages.
        vectors: the passages' vectors, shape (len(passages), dimension).
        place: its place among the articles.
        fingerprint: tells how the vectors were made.
        collections: names of the collections that it was in.
    """

    article: Article
    passages: tuple[Passage, ...]
    vectors: Vectors = field(compare=False, repr=False)
    place: int
    fingerprint: str
    collections: tuple[str, ...] = ()


def article_of(row: Sequence[Any]) -> Article:
    """The article in a row of the columns `ARTICLE`."""
    text, title, source, published, article_id, content_hash, blocks, updated, authors, site = row
    return Article(
        text,
        title,
        source,
        day(published),
        article_id,
        content_hash,
        tuple(Block(*block) for block in json.loads(blocks or "[]")),
        day(updated),
        tuple(json.loads(authors or "[]")),
        site or "",
    )


def passage_of(row: Sequence[Any]) -> Passage:
    """The passage in a row of the columns `PASSAGE`."""
    passage_id, article_id, start, end, text, ordinal, kind, heading, silent, page = row
    spans = tuple((int(a), int(b)) for a, b in json.loads(silent or "[]"))
    return Passage(passage_id, article_id, start, end, text, ordinal, kind, heading, spans, page)


def day(published: str | None) -> date | None:
    """A stored date."""
    return date.fromisoformat(published) if published else None


def pages(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """The ids in lists of as many as one statement looks up."""
    for start in range(0, len(ids), _PAGE):
        yield ids[start : start + _PAGE]


def with_vectors(rows: Sequence[tuple[str, str, bytes]]) -> tuple[list[str], list[str], Vectors]:
    """(ids, article ids, vectors of shape (n, dimension)) from rows of these three."""
    matrix = np.frombuffer(b"".join(row[2] for row in rows), dtype=np.float32)
    return [row[0] for row in rows], [row[1] for row in rows], matrix.reshape(len(rows), -1) if rows else matrix


def delete_article(connection: Any, article_id: str) -> None:
    """Delete an article with its passages, if there is one with this id."""
    connection.execute("DELETE FROM passages WHERE article_id = ?", (article_id,))
    connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))


def insert_article(
    connection: Any, article: Article, passages: Sequence[Passage], vectors: Vectors, place: int | None = None
) -> None:
    """Insert an article with its passages, as the last of all or at a free place. Other arguments as `insert_passages`."""
    if place is None:
        (place,) = connection.execute(
            "SELECT 1 + max(coalesce((SELECT max(rowid) FROM articles), 0), "
            "coalesce((SELECT value + 0 FROM meta WHERE key = 'last_place'), 0))"
        ).fetchone()
    connection.execute(
        "INSERT INTO articles (rowid, id, title, source, published, text, content_hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            place,
            article.id,
            article.title,
            article.source,
            article.published.isoformat() if article.published else None,
            article.text,
            article.content_hash,
        ),
    )
    insert_details(connection, article)
    insert_passages(connection, article, passages, vectors)


def insert_details(connection: Any, article: Article) -> None:
    """Insert, or replace, what an article's text does not hold."""
    blocks = [[block.start, block.end, block.kind, block.level, block.page] for block in article.blocks]
    connection.execute(
        "INSERT OR REPLACE INTO details (article_id, blocks, updated, authors, site) VALUES (?, ?, ?, ?, ?)",
        (
            article.id,
            json.dumps(blocks, separators=(",", ":")),
            article.updated.isoformat() if article.updated else None,
            json.dumps(article.authors, ensure_ascii=False),
            article.site,
        ),
    )


def insert_passages(connection: Any, article: Article, passages: Sequence[Passage], vectors: Vectors) -> None:
    """Insert the passages of an article that is already there.

    Args:
        connection: a connection in a transaction.
        article: the article.
        passages: all its passages.
        vectors: the passages' vectors, shape (len(passages), dimension).

    Raises:
        LibraryError: the vectors have another shape.
    """
    if len(passages) != len(vectors) or not np.isfinite(vectors).all():
        raise LibraryError(
            f"The embedding model gave {len(vectors)} vectors, some perhaps not finite, for {len(passages)} passages of "
            f"{article.title!r}; nothing was stored. Run: footnote doctor"
        )
    connection.executemany(
        f"INSERT INTO passages ({PASSAGE}, title, vector) VALUES ({', '.join('?' * 12)})",
        (
            (*_columns(p), f"{article.title} {p.heading}".strip(), vector.tobytes())
            for p, vector in zip(passages, np.ascontiguousarray(vectors, dtype=np.float32), strict=True)
        ),
    )


def _columns(passage: Passage) -> tuple[Any, ...]:
    silent = json.dumps(passage.silent, separators=(",", ":")) if passage.silent else ""
    return (
        passage.id,
        passage.article_id,
        passage.start,
        passage.end,
        passage.text,
        passage.ordinal,
        passage.kind,
        passage.heading,
        silent,
        passage.page,
    )


def note_change(connection: Any, fingerprint: str | None) -> None:
    """Count a change of articles or passages; record the fingerprint of the vectors, unless it is None."""
    values: Mapping[str, str] = {} if fingerprint is None else {"fingerprint": fingerprint}
    connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(values.items()))
