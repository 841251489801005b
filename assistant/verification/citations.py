"""Quotes -> citations: cuts each citation from its article, character by character."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from assistant.core.answer import Citation
from assistant.core.draft import Quote
from assistant.verification.quotes.locating import find
from index.article import Article, Passage
from index.errors import ArticleNotFoundError

ArticleOf = Callable[[str], Article]
"""Article id -> the article as the library has it now; raises ArticleNotFoundError."""


def locate(quote: Quote, article_of: ArticleOf) -> Citation | None:
    """The quote as a citation (its number still 0), or None if it does not stand where it should.

    Args:
        quote: if it has a start, it must stand there to the letter; else it is looked for in its passage, white space and
            quote marks aside (`assistant.verification.quotes.locating.find`), and cited as the article has it.
        article_of: gives the articles as the library has them now.
    """
    passage = quote.passage
    try:
        article = article_of(passage.article_id)
    except ArticleNotFoundError:
        return None
    words, start = quote.text, quote.start
    if start is None:
        found = find(words, passage.text)
        if found is None:
            return None
        words, start = passage.text[slice(*found)], passage.start + found[0]
    end = start + len(words)
    if start < 0 or not words.strip() or article.text[start:end] != words:
        return None
    return _citation(0, article, start, end)


def closest(quotes: Iterable[Quote], article_of: ArticleOf) -> tuple[Citation, ...]:
    """Quotes for a refusal to show, proven; those that the library no longer has are left out."""
    found = (locate(quote, article_of) for quote in quotes)
    return numbered(citation for citation in found if citation)


def whole(passage: Passage) -> Quote:
    """All of a passage."""
    return Quote(passage, passage.text, passage.start)


def cut(article: Article, start: int, end: int) -> Citation | None:
    """The characters from `start` to `end` of an article as a proven quote; None outside the text or for white space alone."""
    if not 0 <= start < end <= len(article.text) or not article.text[start:end].strip():
        return None
    return _citation(1, article, start, end)


def _citation(number: int, article: Article, start: int, end: int) -> Citation:
    words, page = article.text[start:end], article.page_at(start)
    published = article.published.isoformat() if article.published else ""
    return Citation(
        number, article.id, article.title, start, end, words, article.content_hash, page=page, published=published
    )


def numbered(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """The citations, numbered from 1."""
    return tuple(replace(citation, number=n) for n, citation in enumerate(citations, start=1))
