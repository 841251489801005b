"""The events about collections: list, read, save, rename, delete."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypedDict

from assistant.core.errors import ArticleNotFoundError, CollectionNameError, CollectionNotFoundError, QuestionError
from assistant.core.protocols import HasCollections
from assistant.page.events import inputs
from assistant.page.events.handling import quick
from assistant.page.words import say
from index.library.collecting import MAX_NAME_CHARS, Collection, cleaned, usable_name


class CollectionView(TypedDict):
    """A collection in a list; `articles` is how many it has."""

    name: str
    articles: int


class OpenedCollection(TypedDict):
    """A collection with the ids of its articles."""

    name: str
    articles: list[str]


class SavedCollection(OpenedCollection):
    """The same, after it was changed, with all collections."""

    collections: list[CollectionView]


class Collections:
    """Handlers of the events about collections, which are everybody's, as the articles are.

    So another may have changed, renamed or deleted what a page still shows: each change gives all collections anew, and nothing
    that another made is overwritten unless it was chosen before.
    """

    def __init__(self, kept: HasCollections) -> None:
        """Over the collections of a library."""
        self._kept = kept

    @quick
    def list_collections(self) -> list[CollectionView]:
        """List all collections, by name."""
        return self.listed()

    @quick
    def read_collection(self, name: str) -> OpenedCollection:
        """The ids of a collection's articles, the last added first.

        Args:
            name: as list_collections gives it.
        """
        known = _name(name)
        with _told():
            return _opened(self._kept.collection(known))

    @quick
    def save_collection(self, name: str, articles: list[str], replace: bool) -> SavedCollection:
        """Keep articles under a name.

        Args:
            name: one line, with letters or digits, of at most 200 characters.
            articles: ids of the articles, at least one.
            replace: whether a collection of this name may be there: it then has these articles alone.
        """
        if not isinstance(articles, list) or not articles or not all(isinstance(one, str) for one in articles):
            raise QuestionError(say("collection_unclear"))
        wanted, ids = _new_name(name), [inputs.text(one, 100) for one in articles]
        with _told():
            return self._saved(self._kept.collect(wanted, ids, how="replace" if replace is True else "new"))

    @quick
    def rename_collection(self, name: str, new_name: str) -> SavedCollection:
        """Give a collection another name.

        Args:
            name: as list_collections gives it.
            new_name: one line, with letters or digits, of at most 200 characters.
        """
        known, wanted = _name(name), _new_name(new_name)
        with _told():
            return self._saved(self._kept.rename_collection(known, wanted))

    @quick
    def delete_collection(self, name: str) -> list[CollectionView]:
        """Delete a collection; its articles stay. Gives the collections that are left.

        Args:
            name: as list_collections gives it.
        """
        known = _name(name)
        with _told():
            self._kept.delete_collection(known)
        return self.listed()

    def listed(self) -> list[CollectionView]:
        """All collections, for the page's list."""
        return [{"name": one.name, "articles": len(one.articles)} for one in self._kept.collections()]

    def _saved(self, collection: Collection) -> SavedCollection:
        return {**_opened(collection), "collections": self.listed()}


def _opened(collection: Collection) -> OpenedCollection:
    return {"name": collection.name, "articles": list(collection.articles)}


def _name(value: Any) -> str:
    """A name as it is kept, perhaps by an older version.

    Raises:
        CollectionNameError: it is blank.
    """
    if name := cleaned(inputs.text(value)):
        return name
    raise CollectionNameError(say("collection_name_needed", most=MAX_NAME_CHARS))


def _new_name(value: Any) -> str:
    """A name as it will be kept.

    Raises:
        CollectionNameError: it is none, or too long.
    """
    try:
        return usable_name(inputs.text(value))
    except CollectionNameError:
        raise CollectionNameError(say("collection_name_needed", most=MAX_NAME_CHARS)) from None


@contextmanager
def _told() -> Iterator[None]:
    """Say in the page's words what is not there or taken: those of the library speak of the command line."""
    try:
        yield
    except ArticleNotFoundError:
        raise ArticleNotFoundError(say("collection_article_gone")) from None
    except CollectionNotFoundError:
        raise CollectionNotFoundError(say("collection_gone")) from None
    except CollectionNameError:
        raise CollectionNameError(say("collection_taken")) from None
