"""Draft -> verified Citations: a quote is cited only if it stands, character by character, in the article."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from assistant.answer import AnswerSentence, Citation, Draft, DraftSentence, Quote
from index.article import Article, Passage
from index.errors import ArticleNotFoundError

ArticleOf = Callable[[str], Article]
"""Article id -> the article as it stands in the library now; raises ArticleNotFoundError."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What is left of a draft.

    Attributes:
        sentences: those with at least one proven quote.
        citations: the proven quotes, numbered from 1 in the order of their first use.
        dropped: the others, each with the reason.
    """

    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    dropped: tuple[tuple[str, str], ...]


def prove(draft: Draft, article_of: ArticleOf) -> Proven:
    """Verify every quote of a draft against the library; drop the sentences that can't be proven.

    A sentence is proven if all its quotes are, it has one, and its key words stand in the first.
    """
    numbers: dict[tuple[str, int, int], Citation] = {}
    sentences: list[AnswerSentence] = []
    dropped: list[tuple[str, str]] = []
    for sentence in draft.sentences:
        cited = [locate(quote, article_of) for quote in sentence.quotes]
        proven = [citation for citation in cited if citation is not None]
        if reason := _failure(sentence, cited):
            dropped.append((sentence.text or " ".join(quote.text for quote in sentence.quotes), reason))
            continue
        for citation in proven:
            numbers.setdefault((citation.article_id, citation.start, citation.end), citation)
        keys = list(numbers)
        used = tuple(keys.index((c.article_id, c.start, c.end)) + 1 for c in proven)
        sentences.append(AnswerSentence(_said(sentence, proven), used, sentence.key))
    return Proven(tuple(sentences), numbered(numbers.values()), tuple(dropped))


def locate(quote: Quote, article_of: ArticleOf) -> Citation | None:
    """The quote as a citation (its number still 0), or None if it does not stand where it is said to.

    Args:
        quote: without a start, it is looked for in its passage.
        article_of: the library as it stands now.
    """
    passage = quote.passage
    try:
        article = article_of(passage.article_id)
    except ArticleNotFoundError:
        return None
    start = quote.start
    if start is None:
        found = passage.text.find(quote.text)
        start = passage.start + found if found >= 0 else None
    if start is None or not quote.text.strip() or start < 0:
        return None
    end = start + len(quote.text)
    if article.text[start:end] != quote.text:
        return None
    return Citation(0, article.id, article.title, start, end, quote.text, article.content_hash)


def closest(passages: Iterable[Passage], article_of: ArticleOf) -> tuple[Citation, ...]:
    """Whole passages as proven quotes, for a refusal to show; those that are not in the library any more are left out."""
    found = (locate(Quote(passage, passage.text, passage.start), article_of) for passage in passages)
    return numbered(citation for citation in found if citation)


def cut(article: Article, start: int, end: int) -> Citation | None:
    """The characters from `start` to `end` of an article as a proven quote, or None if there are none but white space."""
    if not 0 <= start < end <= len(article.text) or not article.text[start:end].strip():
        return None
    return Citation(1, article.id, article.title, start, end, article.text[start:end], article.content_hash)


def numbered(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """The citations, numbered from 1."""
    return tuple(
        Citation(n, c.article_id, c.title, c.start, c.end, c.quote, c.content_hash, c.stale)
        for n, c in enumerate(citations, start=1)
    )


def _failure(sentence: DraftSentence, cited: Sequence[Citation | None]) -> str:
    """Why a sentence is not proven; empty if it is."""
    first = cited[0] if cited else None
    if first is None or None in cited:
        return "quote not found in the article"
    if sentence.key not in first.quote:
        return "key words not in the quote"
    return ""


def _said(sentence: DraftSentence, citations: Sequence[Citation]) -> str:
    """The sentence as it is said: the reader's own words, or the key words and the quotes themselves."""
    if sentence.text:
        return sentence.text
    quoted = " … ".join(f"“{citation.quote}”" for citation in citations)
    return f"{sentence.key} — {quoted}" if sentence.key and sentence.key != citations[0].quote else quoted
