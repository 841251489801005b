"""Finds the articles of a run, the expected quotes in them, and the articles behind another system's ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.core.answer import Answer, Citation
from assistant.core.errors import FootnoteError, QuestionSetError
from assistant.questions.grading.ground_truth import occurrences
from assistant.questions.reports import ArticleRef, Place, Result
from assistant.questions.spec.cases import QuestionSet, Source
from index.article import Article, Passage


def lists_articles(assistant: Any) -> bool:
    """Whether an assistant can list the articles that it answers from."""
    return callable(getattr(assistant, "articles", None))


def articles_of(question_set: QuestionSet, assistant: Any) -> Iterable[Article]:
    """The articles of a run: the assistant's own, or the set's files if it does not list any. Errors as `files`."""
    found: Iterable[Article] = assistant.articles() if lists_articles(assistant) else files(question_set)
    return found


def files(question_set: QuestionSet) -> Iterator[Article]:
    """Read a set's articles from their files, named by their paths relative to the set.

    Raises:
        QuestionSetError: one is named by its hash alone, or can't be read.
    """
    from assistant.questions.spec.writing import article_path
    from index.article import article_id
    from index.loading.files import load_file
    from index.settings import IndexSettings

    for source in question_set.sources:
        if source.path is None:
            raise QuestionSetError(
                f"{question_set.name}: the article sha256:{source.content_hash} is named by its hash alone. "
                "Name the library that holds it, or the article's file in the set."
            )
        try:
            article = load_file(source.path, IndexSettings())
        except FootnoteError as error:
            raise QuestionSetError(f"{question_set.name}: the article can't be used: {error}") from error
        name = article_path(source.path, question_set.path.parent if question_set.path else source.path.parent)
        yield replace(article, source=name, id=article_id(name, article.text))


def places_in(question_set: QuestionSet, articles: Mapping[str, Article]) -> dict[str, tuple[Place, ...]]:
    """Find every expected quote: quote -> its places.

    Raises:
        QuestionSetError: all articles are there in the versions that the set names, yet a quote stands in none of them.
    """
    ordered = [articles[name] for name in sorted(articles)]
    found: dict[str, tuple[Place, ...]] = {}
    lost: list[str] = []
    complete = _is_complete(question_set.sources, ordered)
    for expected in question_set.expected:
        for quote in expected.evidence:
            if quote not in found:
                found[quote] = occurrences(quote, ordered)
            if complete and not found[quote]:
                lost.append(f"{question_set.path or question_set.name}:{expected.line}: {expected.id}: {quote!r}")
    if lost:
        raise QuestionSetError(
            "Expected quotes that stand in none of the set's articles; copy them, character by character:\n"
            + "\n".join(lost)
        )
    return found


def _is_complete(sources: Sequence[Source], articles: Sequence[Article]) -> bool:
    """Whether all articles are there in the versions that the set names; then a missing quote is the set's fault."""
    there = {article.content_hash for article in articles}
    return bool(sources) and all(source.content_hash in there for source in sources)


def absent(question_set: QuestionSet, articles: Mapping[str, Article]) -> bool:
    """Whether none of the set's articles is there in its version, so that none of the questions can be answered."""
    if not question_set.sources:
        return False
    there = {article.content_hash for article in articles.values()}
    hashes = {source.content_hash for source in question_set.sources if source.content_hash}
    named = [source for source in question_set.sources if source.path is not None and not source.content_hash]
    hashes |= {article.content_hash for article in files(replace(question_set, sources=tuple(named)))}
    return not hashes & there


def mentioned(
    question_set: QuestionSet, articles: Mapping[str, Article], results: Sequence[Result]
) -> tuple[ArticleRef, ...]:
    """The articles that the set, its expected quotes or the answers refer to, out of all that were asked."""
    hashes = {source.content_hash for source in question_set.sources}
    ids = {place[0] for result in results for quote in result.places for place in quote}
    ids |= {citation.article_id for result in results for citation in result.answer.citations}
    ids |= {evidence.passage.article_id for result in results for evidence in result.answer.evidence}
    ids |= {article.id for article in articles.values() if article.content_hash in hashes}
    found = (articles[name] for name in sorted(ids & set(articles)))
    return tuple(ArticleRef(article.id, article.title, article.content_hash) for article in found)


def known_as(articles: Mapping[str, Article], answers: Iterable[Answer]) -> dict[str, Article]:
    """Find the articles behind ids that only the answers use.

    An assistant that does not list its articles has its own ids for them. An article is recognised by the content hash of a
    citation, or else by the quoted text at its offsets.

    Args:
        articles: by id.
        answers: all answers of a run: one that cites nothing may use an id that another one explains.

    Returns:
        Id -> the article, with this id; without the ids that can't be resolved.
    """
    ordered = [articles[name] for name in sorted(articles)]
    found: dict[str, Article] = {}
    for answer in answers:
        parts: list[Citation | Passage] = [*answer.citations, *answer.closest]
        for part in [*parts, *(evidence.passage for evidence in answer.evidence)]:
            name = part.article_id
            if name not in articles and name not in found:
                meant = next((article for article in ordered if _is_of(part, article)), None)
                if meant is not None:
                    found[name] = replace(meant, id=name)
    return found


def _is_of(part: Citation | Passage, article: Article) -> bool:
    if isinstance(part, Citation):
        if part.content_hash:
            return part.content_hash == article.content_hash
        return bool(part.quote) and article.text[part.start : part.end] == part.quote
    return bool(part.text) and article.text[part.start : part.end] == part.text
