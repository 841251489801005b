"""Collections: groups of articles under a name, kept in the library, so that a question can be asked within one."""

from __future__ import annotations

from collections.abc import Sequence

from index.library.collecting import Collecting, Collection
from index.library.store import Library


class KeptCollections:
    """The collections kept in a library. Has no state of its own; safe to use from several threads.

    A name is cleaned: one line, no control characters; it has letters or digits, and at most 200 characters. Each change raises
    LibraryInUseError where another process is the writer, and LibraryWriteError where the library can't be written.
    """

    _library: Library

    def collections(self) -> tuple[Collection, ...]:
        """All collections, by name; each with the ids of its articles."""
        return self._library.collections.all()

    def collection(self, name: str) -> Collection:
        """The collection with this name.

        Raises:
            CollectionNotFoundError: there is none.
        """
        return self._library.collections.one(name)

    def collect(self, name: str, articles: Sequence[str] = (), *, how: Collecting = "extend") -> Collection:
        """Put articles into a collection, which is made if there is none with this name.

        An article may be in several. A new version of it stays in them; one that is removed leaves them.

        Args:
            name: the collection's name.
            articles: ids; may be empty.
            how: what becomes of a collection that is there: "extend" adds to it, "replace" leaves it these articles alone, "new"
                refuses.

        Returns:
            The collection as it is now.

        Raises:
            ArticleNotFoundError: no article has one of the ids; nothing is changed.
            CollectionNameError: the name has no letters and digits, or is too long; or it is taken, and `how` is "new".
        """
        return self._library.collections.collect(name, articles, how)

    def uncollect(self, name: str, articles: Sequence[str]) -> Collection:
        """Take articles out of a collection; they stay in the library.

        Returns:
            The collection as it is now, perhaps empty.

        Raises:
            CollectionNotFoundError: no collection has this name.
            ArticleNotFoundError: one of the articles is not in it; nothing is changed.
        """
        return self._library.collections.uncollect(name, articles)

    def rename_collection(self, name: str, new_name: str) -> Collection:
        """Give a collection another name.

        Raises:
            CollectionNotFoundError: no collection has this name.
            CollectionNameError: the new name has no letters and digits, or is too long, or another collection has it.
        """
        return self._library.collections.rename(name, new_name)

    def delete_collection(self, name: str) -> None:
        """Delete a collection; its articles stay in the library.

        Raises:
            CollectionNotFoundError: no collection has this name.
        """
        self._library.collections.delete(name)
