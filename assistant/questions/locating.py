"""Where expected quotes stand in the articles that are asked, and what overlaps them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.answer import Answer
from assistant.questions.cases import Expected
from assistant.questions.reports import Place
from index.article import Article


def occurrences(quote: str, articles: Iterable[Article]) -> tuple[Place, ...]:
    """Every place of a quote, article by article; places may overlap one another."""
    found: list[Place] = []
    for article in articles:
        start = article.text.find(quote)
        while start >= 0:
            found.append((article.id, start, start + len(quote)))
            start = article.text.find(quote, start + 1)
    return tuple(found)


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
