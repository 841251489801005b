"""Questions about the library itself: how many articles there are, what they are about, and which of them mention something."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answering.titled import TitledDraft
from assistant.core.dates import in_words
from assistant.core.draft import Draft, DraftSentence
from assistant.reading.matching import best_quotes
from assistant.understanding.dividing import topic_of
from index.evidence import Evidence
from index.library.store import Library
from index.retrieval import Retriever
from index.stemming import stem

_MOST_TITLES = 10
_DEPTH = 24
_CONFIDENCE = 0.9


def about_library(question: str, library: Library, articles: Sequence[str] | None) -> str:
    """How many articles there are, those added last by title and date; empty if the question names something to look for.

    Args:
        question: as it stands alone.
        library: holds them.
        articles: ids that the question is limited to; None = all.
    """
    if topic_of(question):
        return ""
    entries = [entry for entry in library.entries() if articles is None or entry.id in articles]
    lines = [f"- {entry.title}{f' ({in_words(entry.published)})' if entry.published else ''}" for entry in entries]
    count = "There is 1 article here:" if len(entries) == 1 else f"There are {len(entries):,} articles here:"
    more = len(lines) - _MOST_TITLES
    return "\n".join([count, *lines[:_MOST_TITLES], *([f"- and {more:,} more"] if more > 0 else [])])


def mentions(question: str, retriever: Retriever, articles: Sequence[str] | None) -> list[TitledDraft]:
    """The articles that mention what a question about the library names, each with the sentence that is nearest to it.

    Args:
        question: as it stands alone.
        retriever: finds passages.
        articles: ids that limit the search; None = all.
    """
    topic = topic_of(question)
    stems = {stem(word) for word in retriever.terms(topic)}
    found: dict[str, list[Evidence]] = {}
    for item in retriever.retrieve(topic, limit=_DEPTH, articles=articles):
        words = {stem(word) for word in retriever.terms(f"{item.title} {item.passage.text}")}
        if stems <= words:
            found.setdefault(item.passage.article_id, []).append(item)
    drafts = []
    for items in found.values():
        quotes = best_quotes(topic, items, retriever.embedder)
        if quotes:
            drafts.append(TitledDraft(items[0].title, Draft((DraftSentence((quotes[0],)),), _CONFIDENCE), items))
    return drafts
