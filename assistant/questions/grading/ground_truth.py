"""Where expected quotes stand in the articles that are asked, and which citations and passages overlap them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from assistant.core.answer import Answer, Citation
from assistant.questions.reports import Place
from assistant.questions.spec.cases import Expected
from assistant.questions.spec.wordings import pattern, tokens
from index.article import Article
from index.stopwords import STOP_WORDS

_MOST = 1_000
"""Most places of a quote; one that occurs more often identifies nothing, and would fill the report."""


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
    """Find a quote in articles: at most 1,000 places, article by article; they may overlap."""
    found: list[Place] = []
    for article in articles:
        start = article.text.find(quote)
        while start >= 0 and len(found) < _MOST:
            found.append((article.id, start, start + len(quote)))
            start = article.text.find(quote, start + 1)
    return tuple(found)


def wordings_in(wordings: Iterable[str], articles: Iterable[Article]) -> tuple[tuple[Place, ...], ...]:
    """Find accepted wordings in articles, as if they were the places of one quote.

    They stand in for the expected evidence of a question that has none, to tell whether the search found it. Wordings of common
    words alone are left out; if no wording is found, there is no quote.
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
    """Whether what was found overlaps the expected evidence: one of its quotes, or each of them (`all_evidence`).

    Args:
        expected: says whether one quote is enough. Without expected evidence the result is True.
        places: of each expected quote.
        found: what was retrieved, or cited.
    """
    hits = [any(overlaps(place, one) for place in quote for one in found) for quote in places]
    return (all(hits) if expected.all_evidence else any(hits)) if hits else True


def cited(answer: Answer) -> list[Place]:
    """The places of an answer's citations."""
    return [place_of(citation) for citation in answer.citations]


def place_of(citation: Citation) -> Place:
    """Where a citation stands."""
    return (citation.article_id, citation.start, citation.end)


def retrieved(answer: Answer) -> list[Place]:
    """The places of the passages that the reader was given."""
    passages = [evidence.passage for evidence in answer.evidence]
    return [(passage.article_id, passage.start, passage.end) for passage in passages]
