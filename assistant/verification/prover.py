"""Draft -> proven sentences and their citations: lets a sentence through only if its quotes and their articles prove it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from assistant.core.answer import AnswerSentence, Citation, Dropped, answering
from assistant.core.draft import Draft, DraftSentence, Proof
from assistant.verification.citations import ArticleOf, locate
from assistant.verification.details.missing import missing, whole_words
from assistant.verification.entailment.checker import EntailmentChecker, open_checker
from assistant.verification.entailment.framing import without_frame
from assistant.verification.entailment.polarity import denies_alone
from assistant.verification.entailment.premise import is_about, repeats, whole_sentences
from assistant.verification.narrowing import Narrowed
from index.article import Passage
from index.library.database import storable

_MOST_CHARS = 2_000
"""The most characters of a sentence in a reader's own words; a passage has no more."""
_MOST_SHOWN = 200
"""The most characters of what a proof says is missing."""


@dataclass(frozen=True, slots=True)
class Proven:
    """A draft after the proof.

    Attributes:
        sentences: the proven sentences.
        citations: their quotes, numbered from 1 in the order of their first use.
        dropped: the other sentences, each with the verdict on it.
    """

    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    dropped: tuple[Dropped, ...]


class Proved(NamedTuple):
    """One sentence after the proof.

    Attributes:
        proof: the verdict.
        said: the sentence as the answer says it, or as it was dropped.
        citations: the citations that support it, with their numbers in the whole answer; empty for a dropped sentence.
    """

    proof: Proof
    said: AnswerSentence | Dropped
    citations: tuple[Citation, ...]


class Prover:
    """Proves the sentences of one answer, one after the other, in one thread.

    A sentence that only quotes is proven if it has a quote, all its quotes are found, and its key words stand in one of them.
    A sentence in a reader's own words needs two more things: every number, date and name must stand in its quotes or in the
    question, and the entailment checker must find that the sentences it quotes (the premise) entail it (the claim). The checker
    is not asked if the claim only repeats a sentence of the premise.
    """

    def __init__(
        self,
        question: str,
        article_of: ArticleOf,
        checker: Callable[[], EntailmentChecker] = open_checker,
        narrowed: Narrowed | None = None,
    ) -> None:
        """Proves nothing yet.

        Args:
            question: the question as it was asked and as it was searched for, in one string.
            article_of: gives the articles as the library has them now.
            checker: gives the entailment checker; called when it is first needed.
            narrowed: what the question asks of instead of what was answered last; None = it is no such question.
        """
        self._question = storable(question)
        self._article_of = article_of
        self._checker = checker
        self._narrowed = narrowed
        self._citations: dict[tuple[str, int, int], Citation] = {}
        self._sentences: list[AnswerSentence] = []
        self._dropped: list[Dropped] = []

    @property
    def proven(self) -> Proven:
        """The draft after the proof, as far as it has come."""
        return Proven(tuple(self._sentences), tuple(self._citations.values()), tuple(self._dropped))

    def prove(self, sentence: DraftSentence) -> Proved:
        """Prove the next sentence.

        Raises:
            ReaderError: the entailment checker's files are missing or damaged.
        """
        sentence = replace(sentence, text=storable(sentence.text))
        located = [locate(quote, self._article_of) for quote in sentence.quotes]
        cited = [citation for citation in located if citation]
        proof = self._proof(sentence, located, cited)
        if proof.verdict != "proven":
            text = sentence.text or storable(" ".join(quote.text for quote in sentence.quotes))
            self._dropped.append(Dropped(text, proof.verdict, proof.detail))
            return Proved(proof, self._dropped[-1], ())
        used = tuple({citation.number: citation for citation in map(self._numbered, cited)}.values())
        numbers = tuple(citation.number for citation in used)
        said = AnswerSentence(_said(sentence, cited), numbers, sentence.key, sentence.also)
        self._sentences.append(said)
        return Proved(proof, said, used)

    def _numbered(self, citation: Citation) -> Citation:
        """The citation with its number: the place's old number if it was cited before, else the next one."""
        place = (citation.article_id, citation.start, citation.end)
        return self._citations.setdefault(place, replace(citation, number=len(self._citations) + 1))

    def _proof(self, sentence: DraftSentence, located: Sequence[Citation | None], cited: Sequence[Citation]) -> Proof:
        if not cited or None in located:
            lost = next((quote.text for quote, found in zip(sentence.quotes, located, strict=True) if not found), "")
            return _failed(Proof("quote not found", lost))
        keys = (sentence.key, *sentence.also)
        if absent := next((words for words in keys if words not in answering(cited, keys).quote), ""):
            return _failed(Proof("detail not in the quote", absent))
        if self._narrowed and (absent := self._narrowed.missing(cited, sentence.key)):
            return _failed(Proof("detail not in the quote", absent))
        if not sentence.text:
            return Proof("proven")
        return self._own_words(sentence.text, [quote.passage for quote in sentence.quotes], cited)

    def _own_words(self, text: str, passages: Sequence[Passage], cited: Sequence[Citation]) -> Proof:
        if len(text) > _MOST_CHARS:
            return Proof("not supported", support=0.0)
        articles = {citation.article_id: self._article_of(citation.article_id).text for citation in cited}
        quotes = [_whole(articles[c.article_id], c) for c in cited]
        if detail := missing(text, quotes, self._question, list(articles.values())):
            return _failed(Proof("detail not in the quote", detail))
        claim = without_frame(text)
        parts = list(dict.fromkeys(_premise(p, c) for p, c in zip(passages, cited, strict=True)))
        if any(repeats(claim, part) for part in parts):
            return Proof("proven")
        premise = " ".join(parts)
        if denies_alone(claim, premise) or not is_about(claim, [premise, self._question]):
            return Proof("not supported", support=0.0)
        checker = self._checker()
        support = checker.support([(claim, premise)])[0]
        return Proof("proven" if support >= checker.threshold else "not supported", support=support)


def prove(
    draft: Draft, article_of: ArticleOf, question: str = "", checker: Callable[[], EntailmentChecker] = open_checker
) -> Proven:
    """Prove every sentence of a draft; see `Prover`."""
    prover = Prover(question, article_of, checker)
    for sentence in draft.sentences:
        prover.prove(sentence)
    return prover.proven


def _failed(proof: Proof) -> Proof:
    """A failed proof, with support 0 and its detail shortened and storable."""
    detail = storable(proof.detail)
    return replace(proof, detail=detail if len(detail) <= _MOST_SHOWN else detail[:_MOST_SHOWN] + "…", support=0.0)


def _said(sentence: DraftSentence, citations: Sequence[Citation]) -> str:
    """The sentence as the answer says it: the reader's own words, or the key words and the quotes themselves."""
    if sentence.text:
        return sentence.text
    quoted = " … ".join(f"“{citation.quote}”" for citation in citations)
    words = ", ".join((sentence.key, *sentence.also))
    whole = any(sentence.key == citation.quote for citation in citations)
    return f"{words} — {quoted}" if sentence.key and not whole else quoted


def _premise(passage: Passage, citation: Citation) -> str:
    """The sentences of the passage that a quote stands in; the quote itself if it is not from this passage."""
    start, end = citation.start - passage.start, citation.end - passage.start
    if passage.text[max(start, 0) : end] != citation.quote:
        return citation.quote
    return passage.text[slice(*whole_sentences(passage.text, (start, end)))]


def _whole(text: str, citation: Citation) -> str:
    """The quote, widened to the words that it cuts, from its article's text."""
    return text[slice(*whole_words(text, (citation.start, citation.end)))]
