"""The last answer's quotes and what stands around them: for turns that ask about that answer, as "why?" and "are you sure?"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.answering.titled import TitledDraft
from assistant.core.answer import Answer, Citation
from assistant.core.draft import Draft, DraftSentence, Quote
from assistant.core.remarks import Remark
from index.article import Article, Passage
from index.evidence import Evidence
from index.retrieval import Retriever
from index.sentences import sentences
from index.spans import Span

_MOST_QUOTES = 3
"""So many of an answer's quotes are looked up."""
_REACH = 1_500
"""The sentence before a quote, and the one behind it, are looked for in so many characters."""


class Surroundings:
    """Finds what stands around the quotes of an answer, as the articles are now."""

    def __init__(self, retriever: Retriever) -> None:
        """Over the library of a retriever."""
        self._retriever = retriever
        self._library = retriever.library

    def evidence(self, answer: Answer, articles: Sequence[str] | None) -> tuple[Evidence, ...]:
        """The passages that an answer cites, with those before and behind them; none of articles that have changed since.

        Args:
            answer: that is asked about.
            articles: ids that limit the search; None = all.
        """
        found: dict[str, Passage] = {}
        with self._library.snapshot():
            for citation in self._current(answer, articles):
                found |= {passage.id: passage for passage in self._near(citation)}
            return self._retriever.surrounded(list(found.values()))

    def in_context(self, answer: Answer, articles: Sequence[str] | None) -> TitledDraft | None:
        """The first quote of an answer between the sentences around it; None if its article has changed or is not asked."""
        with self._library.snapshot():
            citation = next(self._current(answer, articles), None)
            near = self._near(citation) if citation else []
            if citation is None or not near:
                return None
            article = self._library.article(citation.article_id)
            spans = _around(article, citation, [one for one in near if one.kind == "body"])
            key = next((one.key for one in answer.sentences if citation.number in one.citations), "")
            said = tuple(
                DraftSentence(
                    (Quote(near[0], article.text[start:end], start),),
                    key=key if start == citation.start and key in citation.quote else "",
                )
                for start, end in spans
            )
            draft = Draft(said, answer.confidence, remarks=(Remark("in_context"),) if len(said) > 1 else ())
            return TitledDraft("", draft, self._retriever.surrounded(near))

    def _current(self, answer: Answer, articles: Sequence[str] | None) -> Iterator[Citation]:
        """The answer's first citations, as far as their articles are asked and as they were; that of the first sentence first."""
        first = answer.sentences[0].answering(answer.citations)
        for citation in [first, *(one for one in answer.citations if one is not first)][:_MOST_QUOTES]:
            asked = articles is None or citation.article_id in articles
            if asked and self._library.version(citation.article_id) == citation.content_hash:
                yield citation

    def _near(self, citation: Citation) -> list[Passage]:
        """The passages that a quote stands in, then their neighbours."""
        passages = self._library.passages_of(citation.article_id)
        cited = [n for n, one in enumerate(passages) if one.start < citation.end and citation.start < one.end]
        around = sorted({n + step for n in cited for step in (-1, 1)} - set(cited))
        return [passages[n] for n in (*cited, *around) if 0 <= n < len(passages)]


def _around(article: Article, citation: Citation, passages: Sequence[Passage]) -> list[Span]:
    """Where the sentence before a quote, the quote, and the sentence behind it stand, as far as there are any in the passages."""
    text, start, end = article.text, citation.start, citation.end
    silent = {(one.start + first, one.start + last) for one in passages for first, last in one.silent}
    spoken = [(one.start, one.end) for one in passages]

    def told(span: Span) -> bool:
        """Whether it stands in one of the passages, and is no heading."""
        inside = any(first <= span[0] and span[1] <= last for first, last in spoken)
        return inside and not any(first <= span[0] < last for first, last in silent)

    first, last = max(0, start - _REACH), min(len(text), end + _REACH)
    before = [span for span in sentences(text, first, start) if span[0] > first or first == 0]
    behind = [span for span in sentences(text, end, last) if span[1] < last or last == len(text)]
    # The sentence of another paragraph belongs to something else.
    near = [span for span in (*before[-1:], *behind[:1]) if "\n" not in text[min(span[1], end) : max(span[0], start)]]
    return sorted([(start, end), *filter(told, near or (*before[-1:], *behind[:1]))])
