"""Articles in: load -> clean -> split -> embed -> store, with progress; the one place that knows this order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
from index.report import AddReport, Meter, Progress
from index.settings import IndexSettings
from index.vectors.upkeep import VectorIndex

_BATCH_PASSAGES = 512
"""How many passages are embedded together: enough to sort by length, few enough that a kill loses little."""

_LINK_BYTES = 100_000
"""How long what is behind a link is taken to be, before it is fetched."""


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
        """Add a file (or `index.loading.files.NamedFile`), a folder, a link, an Article, a llama-index Document, or a list.

        Each article is stored whole or not at all. Files that can't become an article are skipped, with the reason in the report.

        Raises:
            LoadError: a path does not exist, or the source has another type.
            WebNotAllowedError: a link, and the setting `web` is off; nothing is added.
            LibraryInUseError: another process is the writer.
            LibraryWriteError: the library can't be written; articles that were stored before stay.
            FingerprintError: the library was made with another model or other rules.
            EmbeddingError: the embedding model fails; articles that were stored before stay.
        """
        self._library.require_owner()
        self._library.check_fingerprint(self.fingerprint)
        run = _Run()
        sources = list(self._sources(source, run))
        meter = Meter([source.size for source in sources], progress)
        for n, one in enumerate(sources, start=1):
            meter.next(one.name)
            if prepared := self._prepare(one, run):
                run.waiting.append(prepared)
                meter.read(one.size)
            else:
                meter.dropped(one.size)
            full = sum(len(passages) for _, passages in run.waiting) >= _BATCH_PASSAGES
            # A small rest would be embedded as slowly as few passages are.
            if n == len(sources) or (full and meter.left > meter.waiting / 2):
                self._store(run, meter)
        meter.ended()
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
        """Read, split and embed every article anew, by the present settings; a failure leaves the old state whole.

        An article is read from its file if that is still there and can be read; else it keeps its text, without blocks.
        """
        self._library.require_owner()

        def made() -> Iterator[tuple[Article, tuple[Passage, ...], Vectors]]:
            waiting: list[tuple[Article, tuple[Passage, ...]]] = []
            for known in self._library.articles()[::-1]:
                article = self._read_again(known)
                waiting.append((article, self._split(article)))
                if sum(len(passages) for _, passages in waiting) >= _BATCH_PASSAGES:
                    yield from self._embedded(waiting)
                    waiting = []
            yield from self._embedded(waiting)

        # Passages keep their ids, so after a kill between both changes, Chroma's old vectors would pass for new ones.
        self._vectors.clear()
        self._library.replace_all(made(), self.fingerprint)
        self._vectors.rebuild()

    def _embedded(
        self, articles: Sequence[tuple[Article, tuple[Passage, ...]]]
    ) -> Iterator[tuple[Article, tuple[Passage, ...], Vectors]]:
        """The articles with the vectors of their passages, which are embedded together."""
        vectors = self._embedder.embed([passage.text for _, passages in articles for passage in passages])
        first = 0
        for article, passages in articles:
            yield article, passages, vectors[first : first + len(passages)]
            first += len(passages)

    def _read_again(self, article: Article) -> Article:
        """The article as its file has it now; as it is if it has blocks, or its file can't be read."""
        from index.loading.files import load_file

        path = Path(article.source)
        if article.blocks or not path.is_absolute():
            return article
        try:
            again = load_file(path, self._settings)
        except LoadError:
            return article
        return again if again.id == article.id else article

    def _sources(self, source: Any, run: _Run) -> Iterator[_Source]:
        """What is to be added; each is read when its turn comes, so that no folder is in memory as a whole."""
        # A question doesn't need the loaders; importing them takes a twentieth of a cold process's time.
        from index.loading import files as loading
        from index.loading import making, web

        known = self._settings
        if isinstance(source, (list, tuple)):
            for item in source:
                yield from self._sources(item, run)
        elif isinstance(source, Article):
            name = source.source or source.title
            yield _Source(name, partial(making.article_again, source, known), len(source.text))
        elif link := web.link_of(source, known):
            yield _Source(link.url, partial(web.load_link, link, known), _LINK_BYTES)
        elif isinstance(source, loading.NamedFile):
            name = making.printable(source.name)
            yield _Source(name, partial(loading.load_file, source.path, known, name), _bytes_of(source.path))
        elif isinstance(source, (str, Path)):
            if not str(source).strip():
                raise LoadError(
                    'An empty path can\'t be added. Give a file, a folder ("." is the current one) or a link.'
                )
            files, skipped = loading.find_files(Path(source))
            run.skipped += skipped
            for file in files:
                yield _Source(making.printable(file), partial(loading.load_file, file, known), _bytes_of(file))
        elif hasattr(source, "text") and hasattr(source, "metadata"):
            name = str(source.metadata.get("file_path") or "document")
            yield _Source(name, partial(making.article_from_document, source, known), len(source.text))
        else:
            raise LoadError(
                f"A {type(source).__name__} can't be added. Give a path, a folder, a link, an Article or a llama-index Document."
            )

    def _prepare(self, source: _Source, run: _Run) -> tuple[Article, tuple[Passage, ...]] | None:
        try:
            article = source.make()
        except LoadError as error:
            run.skipped.append((source.name, str(error)))
            return None
        # If a list has two versions of an article, the last one stays; so waiting articles count before stored ones.
        waiting = {other.id: other.content_hash for other, _ in run.waiting}
        current = waiting.get(article.id) or self._library.version(article.id)
        same = article.id if current == article.content_hash and not self._has_other_blocks(article) else None
        if current is None:
            same = self._library.same_content(article.content_hash)
            same = same or next((i for i, content in waiting.items() if content == article.content_hash), None)
        if same is not None:
            run.unchanged.append(same)
            return None
        return article, self._split(article)

    def _has_other_blocks(self, article: Article) -> bool:
        """Whether the library has the article with the same text, but with other blocks or none."""
        return (
            self._library.version(article.id) is not None and self._library.article(article.id).blocks != article.blocks
        )

    def _split(self, article: Article) -> tuple[Passage, ...]:
        return split(article, self._embedder.count_tokens, self._embedder.max_tokens)

    def _store(self, run: _Run, meter: Meter) -> None:
        """Embed the waiting articles, then store them one by one: if the model fails, every old version stays as it was."""
        texts = [passage.text for _, passages in run.waiting for passage in passages]
        if not texts:
            return
        vectors = self._embedder.embed(texts, meter.embedded)
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
        meter.stored()


@dataclass(frozen=True, slots=True)
class _Source:
    """Something to add: its name, what reads it, and its length in bytes."""

    name: str
    make: Callable[[], Article]
    size: int


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


def _bytes_of(file: Path) -> int:
    """Length of a file; none of one that is gone, which is reported when it is read."""
    try:
        return file.stat().st_size
    except OSError:
        return 0
