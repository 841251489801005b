"""Words + evidence -> the sentences of the evidence that support the words best, as quotes not yet proven."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.core.draft import Quote
from index.article import Passage
from index.embedding import Embedder
from index.evidence import Evidence
from index.sentences import sentences
from index.spans import Span

_MOST_SENTENCES = 2
"""So many neighbouring sentences are also compared as one, since a statement may draw on two."""


def best_quotes(words: str, evidence: Sequence[Evidence], embedder: Embedder) -> list[Quote]:
    """The best sentence, or two neighbours, of each passage; the best of all first.

    These are the sentences in which the words stand to the letter, else those nearest in meaning.

    Args:
        words: the words to support; not blank.
        evidence: the passages to search.
        embedder: compares meanings.
    """
    words = words.strip()
    spans = [(item.passage, span) for item in evidence for span in _spans(item.passage, words)]
    if not spans:
        return []
    vectors = embedder.embed([words, *(passage.text[slice(*span)] for passage, span in spans)])
    nearness = vectors[1:] @ vectors[0]
    order = sorted(range(len(spans)), key=lambda n: (words not in spans[n][0].text, -float(nearness[n])))
    best: dict[str, Quote] = {}
    for passage, (start, end) in (spans[n] for n in order):
        best.setdefault(passage.id, Quote(passage, passage.text[start:end], passage.start + start))
    # Neighbouring passages may share a sentence.
    return list({(quote.passage.article_id, quote.start, quote.text): quote for quote in best.values()}.values())


def _spans(passage: Passage, words: str) -> Iterator[Span]:
    """Spans of the passage's text that are candidates for a quote."""
    found = sentences(passage.text)
    if (start := passage.text.find(words)) >= 0:
        covered = [(s, e) for s, e in found if e > start and s < start + len(words)]
        yield covered[0][0], covered[-1][1]
        return
    for size in range(1, _MOST_SENTENCES + 1):
        yield from ((found[n][0], found[n + size - 1][1]) for n in range(len(found) - size + 1))
