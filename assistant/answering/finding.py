"""Words -> the sentences of articles that are most like them, as proven quotes."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.checking import MAX_QUESTION_CHARS, not_a_question
from assistant.core.answer import Citation
from assistant.core.errors import QuestionError
from assistant.reading.matching import best_quotes
from assistant.verification.citations import locate, numbered
from index.library.database import storable
from index.retrieval import Retriever

_DEPTH = 5
"""At least so many passages are searched for the words; their sentences are compared with them."""


def find(retriever: Retriever, words: str, articles: Sequence[str] | None, limit: int) -> tuple[Citation, ...]:
    """See `Assistant.find`.

    Args:
        retriever: searches.
        words: what is looked for.
        articles: ids that limit the search; None = all.
        limit: the most quotes.

    Raises:
        QuestionError: the words are too long.
    """
    if len(words) > MAX_QUESTION_CHARS:
        raise QuestionError(f"{len(words):,} characters can't be looked for; the limit is {MAX_QUESTION_CHARS:,}.")
    words = storable(words)
    if not_a_question(words) or limit < 1:
        return ()
    library = retriever.library
    with library.snapshot():
        evidence = retriever.retrieve(words, limit=max(limit, _DEPTH), articles=articles)
        found = (locate(quote, library.article) for quote in best_quotes(words, evidence, retriever.embedder))
        return numbered([citation for citation in found if citation][:limit])
