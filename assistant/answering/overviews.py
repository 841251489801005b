"""Which articles an overview is of, and its drafts: of one article, of one of its sections, or a line of each of several."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set

import numpy as np

from assistant.answering.titled import TitledDraft
from assistant.core.draft import Draft, DraftSentence, Quote
from assistant.core.remarks import Remark
from assistant.reading.overview import overview
from assistant.understanding.dividing import topic_of
from index.article import Passage
from index.evidence import Evidence
from index.retrieval import Retriever
from index.telling import telling_stems

_MOST_ARTICLES = 8
"""An overview of several articles has a line of so many, then says how many there are."""
_MOST_FOUND = 24
_CONFIDENCE = 0.9


class Overviews:
    """Makes overviews of what is in a library."""

    def __init__(self, retriever: Retriever) -> None:
        """Over the library of a retriever."""
        self._retriever = retriever
        self._library = retriever.library

    def drafts(self, question: str, article_id: str, articles: Sequence[str] | None) -> list[TitledDraft]:
        """The overview that a question asks for; none if it names something that no title and no heading is about.

        Args:
            question: as it stands alone.
            article_id: of the article that was talked about last; it is meant if the question names nothing. Empty = none was.
            articles: ids that it is limited to; None = all.
        """
        with self._library.snapshot():
            among = list(articles or self._library.article_ids())
            topic = topic_of(question)
            if not topic and article_id in among:
                return [self._of_article(article_id, topic)]
            if topic:
                named = self._named(topic, articles)
                return [self._of_article(named, topic)] if named else []
            return [self._of_article(among[0], topic)] if len(among) == 1 else self._lines(among)

    def mentioned(self, question: str, articles: Sequence[str] | None) -> list[TitledDraft]:
        """The overview of the article whose text has most of what a question names; none if none has more than half of it.

        For what no title and no heading is about, and what no sentence answered.
        """
        with self._library.snapshot():
            topic = topic_of(question)
            named = self._named(topic, articles, lambda one: f"{one.title} {one.passage.text}") if topic else ""
            return [self._of_article(named, topic)] if named else []

    def _named(self, topic: str, among: Sequence[str] | None, text_of: Callable[[Evidence], str] | None = None) -> str:
        """The article that has most words of the topic, more than half of them; empty if there is none.

        Args:
            topic: what is named.
            among: ids of the articles.
            text_of: where the words must stand; None = in the title or the headings.
        """
        wanted = telling_stems(topic)
        found = self._retriever.retrieve(topic, limit=_MOST_FOUND, articles=among)
        shares = {
            item.passage.article_id: len(wanted & telling_stems((text_of or _titles)(item))) for item in reversed(found)
        }
        best = max(shares, key=lambda name: shares[name], default="")
        return best if best and 2 * shares[best] > len(wanted) else ""

    def _of_article(self, article_id: str, topic: str) -> TitledDraft:
        """Of a section, if its heading has words of the topic that the title has not; else of all of the article."""
        passages = self._library.passages_of(article_id)
        title = self._library.heading(article_id)[0]
        bodies = [passage for passage in passages if passage.kind == "body"]
        section = _section(bodies, telling_stems(topic) - telling_stems(title))
        chosen = section or bodies
        ids, _, vectors = self._library.vectors([passage.id for passage in chosen])
        place = {name: n for n, name in enumerate(ids)}
        ordered = vectors[[place[passage.id] for passage in chosen]] if ids else np.zeros((0, 1), np.float32)
        quotes = overview(chosen, ordered, self._retriever.embedder.embed, headline=title)
        heads = [Quote(one, one.text, one.start) for one in passages if one.kind == "title" and not section]
        said = tuple(DraftSentence((quote,)) for quote in (*heads[:1], *quotes))
        # A headline that is quoted first need not be told above it.
        told = f"{title} › {_headings(section[0])}" if section else "" if heads else title
        return TitledDraft(told, Draft(said, _CONFIDENCE), self._evidence(title, chosen))

    def _lines(self, articles: Sequence[str]) -> list[TitledDraft]:
        """A sentence of each of the articles, like ones together."""
        shown = list(articles[:_MOST_ARTICLES])
        found = []
        for name in self._alike(shown):
            passages = self._library.passages_of(name)
            bodies = [passage for passage in passages if passage.kind == "body"][:1]
            ids, _, vectors = self._library.vectors([passage.id for passage in bodies])
            quotes = overview(bodies, vectors, self._retriever.embedder.embed, most=1) if ids else ()
            said = tuple(DraftSentence((quote,)) for quote in quotes[:1])
            title = self._library.heading(name)[0]
            found.append(TitledDraft(title, Draft(said, _CONFIDENCE), self._evidence(title, bodies)))
        if len(articles) > len(shown) and found:
            last = found[-1]
            remark = Remark("some_articles", (len(shown), len(articles)))
            found[-1] = last._replace(draft=Draft(last.draft.sentences, _CONFIDENCE, remarks=(remark,)))
        return [one for one in found if one.draft.sentences]

    def _alike(self, articles: Sequence[str]) -> Iterator[str]:
        """The articles, each followed by the one that is nearest to it of those left."""
        means = []
        for name in articles:
            _, _, vectors = self._library.vectors([passage.id for passage in self._library.passages_of(name)])
            means.append(vectors.mean(axis=0) if len(vectors) else np.zeros(self._retriever.embedder.dimension))
        left = list(range(len(articles)))
        at = 0
        while left:
            left.remove(at)
            yield articles[at]
            at = max(left, key=lambda n: float(means[at] @ means[n]), default=0)

    def _evidence(self, title: str, passages: Sequence[Passage]) -> list[Evidence]:
        return [Evidence(passage, 1 / (1 + n), title=title) for n, passage in enumerate(passages)]


def _section(bodies: Sequence[Passage], wanted: Set[str]) -> list[Passage]:
    """The passages under the heading that has most of the wanted words, at least half of them; none if no heading has."""
    shares = [len(wanted & telling_stems(_headings(passage))) for passage in bodies]
    best = max(shares, default=0)
    return (
        [one for one, share in zip(bodies, shares, strict=True) if share == best]
        if 2 * best >= max(1, len(wanted))
        else []
    )


def _titles(found: Evidence) -> str:
    """The title of a passage's article, and the headings above it and in it."""
    return f"{found.title} {_headings(found.passage)}"


def _headings(passage: Passage) -> str:
    """The headings above a passage, and those in it."""
    return " › ".join(filter(None, (passage.heading, *(passage.text[start:end] for start, end in passage.silent))))
