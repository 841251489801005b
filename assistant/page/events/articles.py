"""The events about articles: list, read, add, remove, bring back."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypedDict

from assistant.core.errors import ArticleNotFoundError, LoadError, WebNotAllowedError
from assistant.core.protocols import TakesArticles
from assistant.page.events import inputs, uploads, views
from assistant.page.events.collecting import Collections, CollectionView
from assistant.page.events.handling import Told, preparing, queued, quick
from assistant.page.events.uploads import Adding
from assistant.page.events.views import ArticlePage, ArticleView
from assistant.page.preparation import Preparation
from assistant.page.words import say
from assistant.questions.examples import Examples
from index.article import Article
from index.library.store import RemovedArticle
from index.loading.files import load_file
from index.loading.web import Link
from index.report import AddReport, Progress

MOST_LISTED = 500
"""How many articles the page receives, the newest first; `list_articles` gives all."""
MOST_REMOVED = 20
MOST_REMOVED_CHARS = 20_000_000
"""How many removed articles can be brought back, and how many characters these may have together."""
_MOST_TITLE_CHARS = 300
_MOST_URL_CHARS = 8_000
_SECONDS_FOR_EXAMPLES = 1.0


class LibraryView(TypedDict):
    """What the page shows of the library: the newest articles, how many there are, collections, questions to begin with."""

    articles: list[ArticleView]
    article_count: int
    collections: list[CollectionView]
    examples: list[str]


class RemovedView(LibraryView):
    """The library without an article; `undo` brings it back."""

    undo: str
    title: str


class Articles:
    """Handlers of the events about articles."""

    def __init__(
        self,
        assistant: TakesArticles,
        preparation: Preparation,
        examples: Examples,
        folder: Callable[[], Path],
        *,
        links: bool = False,
    ) -> None:
        """Over one assistant.

        Args:
            assistant: has the articles.
            preparation: nothing is added before its end.
            examples: example questions, found anew when the articles change.
            folder: where uploads lie.
            links: whether links may be fetched for whoever reaches the page.
        """
        self.links = links
        self._assistant = assistant
        self._collections = Collections(assistant)
        self._preparation = preparation
        self._examples = examples
        self._folder = folder
        self._adding = Adding()
        self._removed = _Removed()

    @quick
    def list_articles(self) -> list[ArticleView]:
        """List all articles, the last added first: id, title, source, date of publication, length in characters."""
        return [views.article_view(entry) for entry in self._assistant.entries()]

    @quick
    def read_article(self, article_id: str) -> ArticlePage:
        """Read an article: what `list_articles` says of it, its text, its content hash, and its blocks.

        The blocks are the headline, the date line, headings, paragraphs, items, rows and so on, as offsets (Unicode code
        points) in the text. "pictures" says whether its pages can be had as pictures.

        Args:
            article_id: As list_articles gives it.
        """
        return views.article_page(self._assistant.article(inputs.text(article_id, 100)))

    @queued
    def add_articles(self, files: list[dict[str, str]], same_name: str) -> Iterator[Told]:
        """Add uploaded files. They are deleted from where they lay, whatever comes of it.

        What was begun is ended, also when nobody listens any more.

        Args:
            files: [{"path": what /gradio_api/upload gave, "name": the file's own name}], at most 200.
            same_name: "keep" gives a file whose name an article has already another one, `name (2).txt`; "replace"
                makes it the new version of that article; "" adds none of the files.

        Yields:
            {"event": "preparing", "note"}: models are being loaded.
            {"event": "progress", "done", "total", "name"}: articles done (a fraction, by their bytes), in all, and which is next.
            {"event": "stored", "articles", "article_count", "collections", "examples"}: some of them are in the library by now.
            {"event": "added", "report", "articles", "article_count", "collections", "examples"}: the report has "added",
                "replaced" and "unchanged" (ArticleView each) and "skipped": [{"name", "reason"}].
            {"event": "failed", "message"}: why not; articles that were stored before stay.
        """
        # Of several articles of one name the newest is meant: it stands first in the list.
        known = {views.short_source(entry.source): entry.source for entry in reversed(self._assistant.entries())}
        received = uploads.received(files, self._folder(), known, keep=same_name == "keep")
        if not same_name:
            received.discard()
            yield {"event": "added", "report": self._report(AddReport(), []), **self.library()}
            return
        yield from self._add(received.files, len(received.files), received.discard, received.skipped)

    @queued
    def compare_files(self, files: list[dict[str, str]]) -> Iterator[Told]:
        """Find the uploaded files that differ from the article of their name, so that nobody is asked about the others.

        The files stay where they lie, for `add_articles`.

        Args:
            files: as `add_articles` takes them.

        Yields:
            {"event": "preparing", "note"}: models are being loaded.
            {"event": "comparing", "name"}: this file is read now.
            {"event": "compared", "names"}: the names of those that differ.
        """
        yield from preparing(self._preparation)
        known = {views.short_source(entry.source): entry for entry in reversed(self._assistant.entries())}
        sources = {name: entry.source for name, entry in known.items()}
        differing: list[str] = []
        for file in uploads.received(files, self._folder(), sources, keep=False).files:
            entry = known.get(views.short_source(file.name))
            if entry is None:
                continue
            yield {"event": "comparing", "name": views.short_source(file.name)}
            # What can't be read is told when it is added.
            with suppress(LoadError):
                if load_file(file.path, self._assistant.settings, file.name).content_hash != entry.content_hash:
                    differing.append(views.short_source(file.name))
        yield {"event": "compared", "names": differing}

    @queued
    def add_text(self, title: str, text: str) -> Iterator[Told]:
        """Add a text. Yields what `add_articles` does.

        Args:
            title: may be empty: then it is the text's own headline, or its first words.
            text: the article.
        """
        content = inputs.text(text)
        most = self._assistant.settings.max_article_chars
        if not content.strip():
            raise LoadError(say("text_needed"))
        if len(content) > most:
            raise LoadError(say("text_too_long", count=f"{most:,}"))
        article = Article(content, inputs.line(title, _MOST_TITLE_CHARS))
        yield from self._add([article], 1, _nothing, [])

    @queued
    def add_link(self, url: str) -> Iterator[Told]:
        """Fetch a link and add what is behind it. Yields what `add_articles` does. Whoever calls it wants it fetched.

        Args:
            url: http:// or https://
        """
        if not self.links:
            raise WebNotAllowedError(say("links_off"))
        address = inputs.line(url, _MOST_URL_CHARS)
        if not address:
            raise LoadError(say("link_needed"))
        yield from self._add([Link(address)], 1, _nothing, [])

    @quick
    def remove_article(self, article_id: str) -> RemovedView:
        """Remove an article; it can be brought back until 20 others were removed, or the server stops.

        Args:
            article_id: As list_articles gives it.
        """
        removed = self._assistant.remove(inputs.text(article_id, 100))
        return {"undo": self._removed.hold(removed), "title": removed.article.title, **self._changed()}

    @quick
    def restore_article(self, token: str) -> LibraryView:
        """Bring a removed article back to its place in the list.

        Args:
            token: what `remove_article` gave under "undo".
        """
        with self._removed.taken(inputs.text(token, 100)) as removed:
            self._assistant.restore(removed)
        return self._changed()

    def library(self) -> LibraryView:
        """What the page shows of the library."""
        return {
            "articles": [views.article_view(entry) for entry in self._assistant.entries(limit=MOST_LISTED)],
            "article_count": self._assistant.article_count(),
            "collections": self._collections.listed(),
            "examples": list(self._examples.now()),
        }

    def _changed(self) -> LibraryView:
        self._examples.look()
        return self.library()

    def _add(
        self, source: list[Any], total: int, done: Callable[[], None], skipped: list[tuple[str, str]]
    ) -> Iterator[Told]:
        try:
            yield from preparing(self._preparation)
        except BaseException:  # raises GeneratorExit here when the client has disconnected
            done()
            raise
        count = self._assistant.article_count()
        for state in self._adding.run(lambda progress: self._stored(source, progress), total, done):
            before, count = count, self._assistant.article_count()
            if isinstance(state, AddReport):
                self._examples.look()
                self._examples.wait(_SECONDS_FOR_EXAMPLES)
                yield {"event": "added", "report": self._report(state, skipped), **self.library()}
            else:
                yield {"event": "progress", "done": state[0], "total": state[1], "name": state[2]}
                if count != before:
                    yield {"event": "stored", **self.library()}

    def _stored(self, source: list[Any], progress: Progress) -> AddReport:
        return self._assistant.add(source, progress) if source else AddReport()

    def _report(self, report: AddReport, skipped: list[tuple[str, str]]) -> dict[str, Any]:
        entries = {entry.id: entry for entry in self._assistant.entries()}

        def viewed(ids: tuple[str, ...]) -> list[ArticleView]:
            return [views.article_view(entries[article_id]) for article_id in ids if article_id in entries]

        return {
            "added": viewed(report.added),
            "replaced": viewed(report.replaced),
            "unchanged": viewed(report.unchanged),
            "skipped": [_skipped(name, reason) for name, reason in (*report.skipped, *skipped)],
        }


class _Removed:
    """Removed articles that can be brought back, under unguessable names. Bounded: the oldest is dropped first."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, RemovedArticle] = OrderedDict()
        self._lock = threading.Lock()

    def hold(self, removed: RemovedArticle) -> str:
        """Hold an article. Returns the name to take it back by."""
        token = secrets.token_urlsafe(16)
        with self._lock:
            self._held[token] = removed
            while len(self._held) > 1 and (len(self._held) > MOST_REMOVED or self._characters() > MOST_REMOVED_CHARS):
                self._held.popitem(last=False)
        return token

    @contextmanager
    def taken(self, token: str) -> Iterator[RemovedArticle]:
        """Take the article of this name out; it is put back if the block fails.

        Raises:
            ArticleNotFoundError: it was dropped or taken already.
        """
        with self._lock:
            removed = self._held.pop(token, None)
        if removed is None:
            raise ArticleNotFoundError(say("undo_gone"))
        try:
            yield removed
        except BaseException:
            with self._lock:
                self._held[token] = removed
            raise

    def _characters(self) -> int:
        return sum(len(removed.article.text) for removed in self._held.values())


def _skipped(name: str, reason: str) -> dict[str, str]:
    """A skipped file with its reason, both without the server's folders, which are private."""
    short = views.short_source(name)
    return {"name": short or say("pasted"), "reason": reason.replace(name, short) if name else reason}


def _nothing() -> None:
    """Nothing is to be done after a pasted text was added."""
