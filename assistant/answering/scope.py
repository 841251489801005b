"""Which articles are asked: all, some of them, or those of a collection."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.core.errors import QuestionError
from index.library.store import Library


def scope_of(library: Library, articles: Sequence[str] | None, collection: str | None = None) -> tuple[str, ...] | None:
    """Ids of the articles that are asked; None = all.

    Args:
        library: that they are in.
        articles: ids; None = no single ones are named.
        collection: name of a collection; None = none is named.

    Raises:
        QuestionError: single articles and a collection are named, or none of the named kind are there.
        ArticleNotFoundError: the library has no article with one of the ids.
        CollectionNotFoundError: it has no collection of that name.
    """
    if collection is not None:
        return _collected(library, collection, articles)
    if articles is None:
        return None
    if isinstance(articles, str) or not articles:
        raise QuestionError(f"`articles` is {articles!r}; give a list of at least one article id, or None for all.")
    for article_id in articles:
        if library.version(article_id) is None:
            library.article(article_id)
    return tuple(articles)


def _collected(library: Library, name: str, articles: Sequence[str] | None) -> tuple[str, ...]:
    collection = library.collections.one(name)
    if articles is not None:
        raise QuestionError(
            f"Single articles are given, and the collection {collection.name!r}. Give one of the two; the articles of a "
            "collection are listed by `footnote list --in NAME`, and by assistant.collection(name).articles."
        )
    if not collection.articles:
        raise QuestionError(
            f"The collection {collection.name!r} has no articles, so nothing can be asked in it. Put some into it: "
            "footnote collection extend NAME IDS, or assistant.collect(name, ids)."
        )
    return collection.articles
