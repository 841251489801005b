"""Sentences of a draft that are speech -> the same with the words that name the speaker, quoted before them.

They are one more quote of the same sentence, not a sentence of their own: they answer nothing, so they are no item of a list, no
side of a comparison, and nothing that a verdict is about.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from assistant.core.draft import DraftSentence, Quote
from assistant.reading.speakers import spoken
from index.article import Article
from index.spans import Span


class Attributing:
    """Adds the speakers to the sentences of one draft, one after the other."""

    def __init__(self, article_of: Callable[[str], Article]) -> None:
        """Takes what gives the articles that are quoted."""
        self._article_of = article_of
        self._told: tuple[str, Span] | None = None

    def attributed(self, sentence: DraftSentence) -> DraftSentence:
        """The next sentence of the draft, with its speaker where it is clear who speaks and it doesn't say so itself.

        What the sentence before it quotes already is not quoted again. A sentence in a reader's own words stays as it is.
        """
        if sentence.text or len(sentence.quotes) != 1 or sentence.quotes[0].start is None:
            self._told = None
            return sentence
        [quote], start = sentence.quotes, sentence.quotes[0].start
        article = self._article_of(quote.passage.article_id)
        if article.text[start : start + len(quote.text)] != quote.text:
            self._told = None
            return sentence
        span, speaker = spoken(article, (start, start + len(quote.text)))
        told = (article.id, speaker or span)
        spans = [span] if speaker is None or told == self._told else [speaker, span]
        self._told = told
        return replace(sentence, quotes=tuple(Quote(quote.passage, article.text[slice(*one)], one[0]) for one in spans))
