"""Where expected quotes stand in the articles that are asked, and which citations and passages overlap them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from assistant.core.answer import Answer
from assistant.questions.reports import Place
from assistant.questions.spec.cases import Expected
from assistant.questions.spec.wordings import pattern, tokens
from index.article import Article
from index.stopwords import STOP_WORDS

_MOST = 1_000
"""A quote that stands at more places tells nothing, and would fill the report."""


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """The articles that were asked, and where the evidence that a question expects stands in them.

    Attributes:
        articles: by id.
        places: of each expected quote, in the order of the quotes; none where it stands in no article.
        absent: none of the set's articles was asked.
    """

    articles: Mapping[str, Article]
    places: Sequence[Sequence[Place]] = ()
    absent: bool = False


def occurrences(quote: str, articles: Iterable[Article]) -> tuple[Place, ...]:
    """The places of a quote, article by article, 1,000 at the most; they may overlap one another."""
    found: list[Place] = []
    for article in articles:
        start = article.text.find(quote)
        while start >= 0 and len(found) < _MOST:
            found.append((article.id, start, start + len(quote)))
            start = article.text.find(quote, start + 1)
    return tuple(found)


def wordings_in(wordings: Iterable[str], articles: Iterable[Article]) -> tuple[tuple[Place, ...], ...]:
    """Where accepted wordings stand, all as the places of one quote; none if none does, or if they are common words only.

    What stands in for expected evidence where a question has none, to tell what was found from what was not.
    """
    expressions = [found for wording in wordings if (found := _expression(wording)) is not None]
    places = [
        (article.id, *found.span())
        for article in articles
        for expression in expressions
        for found in islice(expression.finditer(article.text), _MOST)
        if found.group()
    ]
    return (tuple(places),) if places else ()


def _expression(wording: str) -> re.Pattern[str] | None:
    if given := pattern(wording):
        return given
    if not any(word not in STOP_WORDS for word in tokens(wording)):
        return None
    words = r"\W+".join(map(re.escape, wording.split()))
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def overlaps(first: Place, second: Place) -> bool:
    """Whether two places have a character in common."""
    return first[0] == second[0] and max(first[1], second[1]) < min(first[2], second[2])


def reached(expected: Expected, places: Sequence[Sequence[Place]], found: Sequence[Place]) -> bool:
    """Whether something found overlaps the expected evidence: one of the quotes, or each (`all_evidence`).

    Args:
        expected: says which; without evidence anything reaches it.
        places: of each expected quote.
        found: what was retrieved, or cited.
    """
    hits = [any(overlaps(place, one) for place in quote for one in found) for quote in places]
    return (all(hits) if expected.all_evidence else any(hits)) if hits else True


def cited(answer: Answer) -> list[Place]:
    """Where the citations of an answer stand."""
    return [(citation.article_id, citation.start, citation.end) for citation in answer.citations]


def retrieved(answer: Answer) -> list[Place]:
    """Where the passages stand that the reader was given."""
    passages = [evidence.passage for evidence in answer.evidence]
    return [(passage.article_id, passage.start, passage.end) for passage in passages]
