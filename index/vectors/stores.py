"""Stores vectors in Chroma, embedded or on a server: upsert, delete, query. They can always be made again from the library."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import numpy as np

from index.arrays import Vectors
from index.errors import VectorStoreError

_PAGE = 5_000
"""The most ids of one request; Chroma fails on tens of thousands at once."""

Hits = list[tuple[str, float]]
"""(passage id, cosine similarity), best first."""


class VectorSearch(Protocol):
    """Something that finds the nearest vectors."""

    def query(self, vector: Vectors, limit: int, articles: Sequence[str] | None = None) -> Hits:
        """The nearest passages.

        Args:
            vector: a unit vector, shape (dimension,).
            limit: the most hits.
            articles: ids that limit the search; None = all.
        """


class VectorStore(VectorSearch, Protocol):
    """What the index needs of a vector database. Takes any number of ids or vectors at once; unknown ids are no error."""

    def upsert(self, ids: Sequence[str], article_ids: Sequence[str], vectors: Vectors) -> None:
        """Store vectors, shape (len(ids), dimension), in place of those with the same ids."""

    def delete(self, ids: Sequence[str]) -> None:
        """Delete vectors."""

    def ids(self) -> set[str]:
        """The ids of all vectors."""

    def count(self) -> int:
        """How many vectors there are."""

    def clear(self) -> None:
        """Delete all vectors."""

    def close(self) -> None:
        """Close files and connections. May be called twice."""


class ChromaStore:
    """A Chroma collection, embedded or on a server. Safe to use from several threads."""

    def __init__(self, client: Any, collection: str) -> None:
        """Called by `open_embedded` and `open_server`.

        Args:
            client: a chromadb client.
            collection: name of the collection, which is created if missing.
        """
        self._client = client
        self._name = collection
        self._guard = threading.Lock()
        self._collection = self._open()

    def query(self, vector: Vectors, limit: int, articles: Sequence[str] | None = None) -> Hits:
        """See `VectorSearch.query`. A vector that is not finite finds nothing."""
        # Chroma raises on empty lists, and returns NaN for NaN.
        if limit < 1 or not np.isfinite(vector).all():
            return []
        if articles is None:
            return self._nearest(vector, limit, None)
        wanted = list(dict.fromkeys(articles))
        pages = (wanted[start : start + _PAGE] for start in range(0, len(wanted), _PAGE))
        hits = [hit for page in pages for hit in self._nearest(vector, limit, page)]
        return sorted(hits, key=lambda hit: -hit[1])[:limit]

    def _nearest(self, vector: Vectors, limit: int, articles: list[str] | None) -> Hits:
        where = None if articles is None else {"article_id": {"$in": articles}}
        with _translated():
            found = self._collection.query(
                query_embeddings=vector.reshape(1, -1), n_results=limit, where=where, include=["distances"]
            )
        return [(pid, 1.0 - float(d)) for pid, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def upsert(self, ids: Sequence[str], article_ids: Sequence[str], vectors: Vectors) -> None:
        """See `VectorStore.upsert`."""
        with _translated():
            page = min(_PAGE, int(self._client.get_max_batch_size()))
        for start in range(0, len(ids), page):
            part = slice(start, start + page)
            metadatas = [{"article_id": article_id} for article_id in article_ids[part]]
            # One thread at a time: with parallel insertions, vectors can end up where no search reaches them.
            with self._guard, _translated():
                self._collection.upsert(ids=list(ids[part]), embeddings=vectors[part], metadatas=metadatas)

    def delete(self, ids: Sequence[str]) -> None:
        """See `VectorStore.delete`."""
        for start in range(0, len(ids), _PAGE):
            with self._guard, _translated():
                self._collection.delete(ids=list(ids[start : start + _PAGE]))

    def ids(self) -> set[str]:
        """See `VectorStore.ids`."""
        return {pid for page in self._pages() for pid in page}

    def count(self) -> int:
        """See `VectorStore.count`."""
        with _translated():
            return int(self._collection.count())

    def clear(self) -> None:
        """See `VectorStore.clear`."""
        with self._guard, _translated():
            self._client.delete_collection(self._name)
            self._collection = self._open()

    def close(self) -> None:
        """See `VectorStore.close`."""
        with self._guard, _translated():
            self._client.close()
            for client in (self._client, getattr(self._client, "_admin_client", None)):
                # chromadb 1.5 leaves the connections to a server open.
                session = getattr(getattr(client, "_server", None), "_session", None)
                if session is not None:
                    session.close()

    def _open(self) -> Any:
        with _translated():
            return self._client.get_or_create_collection(
                self._name,
                # None, or Chroma would download its own model.
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200}},
            )

    def _pages(self) -> Iterator[list[str]]:
        offset = 0
        while True:
            with _translated():
                page = self._collection.get(include=[], limit=_PAGE, offset=offset)["ids"]
            if not page:
                return
            yield page
            offset += len(page)


class HasVectors(Protocol):
    """What the exact search needs of a library."""

    @property
    def generation(self) -> int:
        """A number that changes with every change of the library."""

    def snapshot(self) -> AbstractContextManager[None]:
        """See `Library.snapshot`."""

    def all_vectors(self) -> tuple[list[str], list[str], Vectors]:
        """See `Library.all_vectors`."""


class LibraryVectors:
    """Exact, read-only search over the library's own vectors, for a process that may not open Chroma's files.

    Two processes on one Chroma folder corrupt it or hang, so only the library's owner opens it; all others use this.
    """

    def __init__(self, library: HasVectors) -> None:
        """Reads nothing yet."""
        self._library = library
        self._guard = threading.Lock()
        self._loaded: tuple[int, list[str], list[str], Vectors] | None = None

    def query(self, vector: Vectors, limit: int, articles: Sequence[str] | None = None) -> Hits:
        """See `VectorSearch.query`."""
        ids, article_ids, matrix = self._vectors()
        if not ids or limit < 1:
            return []
        scores = matrix @ vector
        if articles is not None:
            wanted = set(articles)
            scores[[article_id not in wanted for article_id in article_ids]] = -np.inf
        best = np.lexsort((np.arange(len(ids)), -scores))[:limit]
        return [(ids[n], float(scores[n])) for n in best if np.isfinite(scores[n])]

    def _vectors(self) -> tuple[list[str], list[str], Vectors]:
        with self._guard, self._library.snapshot():
            generation = self._library.generation
            if self._loaded is None or self._loaded[0] != generation:
                self._loaded = (generation, *self._library.all_vectors())
            return self._loaded[1:]


def open_embedded(folder: Path, collection: str) -> ChromaStore:
    """Chroma inside this process, with its files in `folder`. The caller must ensure that no other process opens them.

    Raises:
        VectorStoreError: Chroma can't open its files.
    """
    with _translated():
        import chromadb
        from chromadb.config import Settings

        client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    return ChromaStore(client, collection)


def open_server(url: str, collection: str) -> ChromaStore:
    """A Chroma server.

    Args:
        url: the server's address, such as `http://127.0.0.1:8000`.
        collection: name of the collection, which is created if missing.

    Raises:
        VectorStoreError: the server can't be reached.
    """
    parts = urlsplit(url)
    ssl = parts.scheme == "https"
    with _translated(f" at {url}"):
        import chromadb
        from chromadb.config import Settings

        client = chromadb.HttpClient(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or (443 if ssl else 80),
            ssl=ssl,
            settings=Settings(anonymized_telemetry=False),
        )
    return ChromaStore(client, collection)


class _translated:  # noqa: N801 - used as a function
    """Turns whatever Chroma raises into a VectorStoreError."""

    def __init__(self, where: str = "") -> None:
        self._where = where

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        if isinstance(error, Exception) and not isinstance(error, VectorStoreError):
            raise VectorStoreError(
                f"Chroma{self._where} failed: {str(error) or type(error).__name__}. Nothing is lost: the library holds all "
                "vectors. Check that the server runs (FOOTNOTE_VECTORS), or run: footnote doctor --repair"
            ) from error
