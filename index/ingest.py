"""Articles in: load -> clean -> split -> embed -> store, with progress; the one place that knows this order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from index.arrays import Vectors
from index.article import Article, Passage
from index.embedding import Embedder
from index.errors import LoadError
from index.fingerprint import fingerprint
from index.library.store import Library, RemovedArticle
from index.passages import split
from index.settings import IndexSettings
from index.vectors.upkeep import VectorIndex

Progress = Callable[[float, int, str], None]
"""Called with (articles done, articles in all, name of the next); the first number may be a fraction."""

_BATCH_PASSAGES = 512
"""How many passages are embedded together: enough to sort by length, few enough that a kill loses little."""


@dataclass(frozen=True, slots=True)
class AddReport:
    """The result of an `add`.

    Attributes:
        added: ids of new articles.
        unchanged: ids of articles that were there already.
        replaced: ids of articles whose old version was replaced.
        skipped: (path, reason) for each source that could not be added.
    """

    added: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON types."""
        return {
            "added": list(self.added),
            "unchanged": list(self.unchanged),
            "replaced": list(self.replaced),
            "skipped": [list(pair) for pair in self.skipped],
        }


class Ingest:
    """Brings articles into a library."""

    def __init__(self, library: Library, embedder: Embedder, vectors: VectorIndex, settings: IndexSettings) -> None:
        """Works on one library and its vectors."""
        self._library = library
        self._embedder = embedder
        self._vectors = vectors
        self._settings = settings

    @property
    def fingerprint(self) -> str:
        """All that decides the vectors: model, dimension, passage rules."""
        return fingerprint(self._embedder)

    def add(self, source: Any, progress: Progress | None = None) -> AddReport:
        """Add a file (or `index.loading.files.NamedFile`), a folder, an Article, a llama-index Document, or a list of these.

        Each article is stored whole or not at all. Files that can't become an article are skipped, with the reason in the report.

        Raises:
            LoadError: a path does not exist, or the source has another type.
            LibraryInUseError: another process is the writer.
            LibraryWriteError: the library can't be written; articles that were stored before stay.
            FingerprintError: the library was made with another model or other rules.
            EmbeddingError: the embedding model fails; articles that were stored before stay.
        """
        self._library.require_owner()
        self._library.check_fingerprint(self.fingerprint)
        run = _Run()
        sources = list(self._sources(source, run))
        report = progress or (lambda done, total, name: None)
        for n, (name, make) in enumerate(sources):
            report(n, len(sources), name)
            if prepared := self._prepare(name, make, run):
                run.waiting.append(prepared)
            if sum(len(passages) for _, passages in run.waiting) >= _BATCH_PASSAGES or n + 1 == len(sources):
                self._store(run, partial(_within, report, n + 1 - len(run.waiting), n + 1, len(sources)))
        report(len(sources), len(sources), "")
        return run.report()

    def remove(self, article_id: str) -> RemovedArticle:
        """Remove an article.

        Returns:
            The removed article, which `restore` can put back.

        Raises:
            ArticleNotFoundError: no article has this id.
            LibraryInUseError: another process is the writer.
        """
        removed = self._library.remove(article_id)
        self._vectors.put([passage.id for passage in removed.passages], [])
        return removed

    def restore(self, removed: RemovedArticle) -> None:
        """Put a removed article back, with its old vectors.

        Raises:
            ArticleExistsError: an article with its id or its text was added meanwhile.
            FingerprintError: it was removed from a library made with another model or other rules.
            LibraryInUseError: another process is the writer.
        """
        self._library.require_owner()
        self._library.check_fingerprint(self.fingerprint)
        self._library.restore(removed, self.fingerprint)
        self._vectors.put([], [passage.id for passage in removed.passages])

    def rebuild(self) -> None:
        """Split and embed every article anew, by the present settings; a failure leaves the old state whole."""
        self._library.require_owner()

        def made() -> Iterator[tuple[Article, tuple[Passage, ...], Vectors]]:
            for article in self._library.articles()[::-1]:
                passages = self._split(article)
                yield article, passages, self._embedder.embed([passage.text for passage in passages])

        # Passages keep their ids, so after a kill between both changes, Chroma's old vectors would pass for new ones.
        self._vectors.clear()
        self._library.replace_all(made(), self.fingerprint)
        self._vectors.rebuild()

    def _sources(self, source: Any, run: _Run) -> Iterator[tuple[str, Callable[[], Article]]]:
        """(name, function that makes the article) for each; called one by one, so that no folder is in memory as a whole."""
        # A question doesn't need the loaders; importing them takes a twentieth of a cold process's time.
        from index.loading import files as loading

        if isinstance(source, (list, tuple)):
            for item in source:
                yield from self._sources(item, run)
        elif isinstance(source, Article):
            yield (
                source.source or source.title,
                partial(
                    loading.article_from_text,
                    source.text,
                    title=source.title,
                    source=source.source,
                    published=source.published,
                    settings=self._settings,
                ),
            )
        elif isinstance(source, loading.NamedFile):
            name = loading.printable(source.name)
            yield name, partial(loading.load_file, source.path, self._settings, name)
        elif isinstance(source, (str, Path)):
            files, skipped = loading.find_files(Path(source))
            run.skipped += skipped
            for file in files:
                yield loading.printable(file), partial(loading.load_file, file, self._settings)
        elif hasattr(source, "text") and hasattr(source, "metadata"):
            yield (
                str(source.metadata.get("file_path") or "document"),
                partial(loading.article_from_document, source, self._settings),
            )
        else:
            raise LoadError(
                f"A {type(source).__name__} can't be added. Give a path, a folder, an Article or a llama-index Document."
            )

    def _prepare(self, name: str, make: Callable[[], Article], run: _Run) -> tuple[Article, tuple[Passage, ...]] | None:
        try:
            article = make()
        except LoadError as error:
            run.skipped.append((name, str(error)))
            return None
        # If a list has two versions of an article, the last one stays; so waiting articles count before stored ones.
        waiting = {other.id: other.content_hash for other, _ in run.waiting}
        current = waiting.get(article.id) or self._library.version(article.id)
        same = article.id if current == article.content_hash else None
        if current is None:
            same = self._library.same_content(article.content_hash)
            same = same or next((i for i, content in waiting.items() if content == article.content_hash), None)
        if same is not None:
            run.unchanged.append(same)
            return None
        return article, self._split(article)

    def _split(self, article: Article) -> tuple[Passage, ...]:
        return split(article, self._embedder.count_tokens, self._embedder.max_tokens)

    def _store(self, run: _Run, progress: Callable[[float], None]) -> None:
        """Embed the waiting articles, then store them one by one: if the model fails, every old version stays as it was."""
        texts = [passage.text for _, passages in run.waiting for passage in passages]
        if not texts:
            return
        vectors = self._embedder.embed(texts, lambda done, total: progress(done / total))
        old: list[str] = []
        first = 0
        try:
            for article, passages in run.waiting:
                known = [passage.id for passage in self._library.passages_of(article.id)]
                self._library.put(article, passages, vectors[first : first + len(passages)], self.fingerprint)
                first += len(passages)
                old += known
                (run.replaced if known else run.added).append(article.id)
        finally:
            new = [passage.id for _, passages in run.waiting for passage in passages]
            self._vectors.put(old, new)
        run.waiting = []


@dataclass(slots=True)
class _Run:
    """An `add` under way."""

    added: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    waiting: list[tuple[Article, tuple[Passage, ...]]] = field(default_factory=list)

    def report(self) -> AddReport:
        return AddReport(
            tuple(dict.fromkeys(self.added)),
            tuple(dict.fromkeys(self.unchanged)),
            tuple(dict.fromkeys(self.replaced)),
            tuple(self.skipped),
        )


def _within(report: Progress, first: int, last: int, total: int, part: float) -> None:
    """Reports progress within the articles that are stored together."""
    report(first + part * (last - first), total, "")
