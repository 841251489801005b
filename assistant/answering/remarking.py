"""Proven sentences -> the fixed sentences that may be said of them: what the text counts, and which of two numbers is larger."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from assistant.core.answer import AnswerSentence, Citation
from assistant.core.kinds import Kind
from assistant.core.remarks import Remark
from assistant.understanding.analysis import analyse
from assistant.verification.details.numbers import Number, numbers
from index.article import Article
from index.sentences import sentences
from index.spans import Span
from index.stemming import stem
from index.telling import telling_stems, telling_words

_BEFORE = 300
"""The line that leads to a list ends so many characters before its first item at most."""
_NEAR_WORDS = 3
"""A number counts what one of so many words behind it names."""
_MOST_COUNTED = 20
_BETWEEN = re.compile(r"\s*,\s*(?:(?:and|or)\s+)?|\s+(?:and|or)\s+")
_UNIT = re.compile(r"\s?(%|°\s?[CF]?|[^\W\d_]+)")
_CURRENCY = re.compile(r"([$€£¥])\s?\Z")

Said = tuple[AnswerSentence, Citation]
"""A sentence of an answer, and the citation that has its words."""


def remarks_of(
    kind: Kind, question: str, said: Sequence[Said], article_of: Callable[[str], Article]
) -> tuple[Remark, ...]:
    """What may be said of the sentences that answer a question.

    Args:
        kind: of the question.
        question: as it stands alone.
        said: the sentences with their citations.
        article_of: gives the cited articles.
    """
    if kind == "list" and said:
        return tuple(counted(question, said, article_of(said[0][1].article_id)))
    if kind == "comparison" and len(said) == 2:
        return tuple(larger(*said))
    return ()


def counted(question: str, said: Sequence[Said], article: Article) -> Iterator[Remark]:
    """That the text counts more than was found, where it counts what the question asks for in or before the sentences.

    Where that number itself is marked ("three towns"), no item was found, and nothing is said.

    Args:
        question: as it stands alone.
        said: the sentences that list; one that marks no words is an item itself.
        article: that they stand in.
    """
    found = sum(items_of(sentence) for sentence, _ in said)
    wanted = {stem(term) for term in analyse(question).terms}
    first = min(citation.start for _, citation in said)
    before = sentences(article.text, max(0, first - _BEFORE), first)[-1:]
    marked = [(one.start, one.end, _marked(sentence, one.quote)) for sentence, one in said]
    for start, end, marks in (*((*span, ()) for span in before), *marked):
        text = article.text[start:end]
        for number in numbers(text):
            value = _whole(number)
            behind = [stem(word) for word in telling_words(text[number.end :])[:_NEAR_WORDS]]
            is_marked = any(first <= number.start and number.end <= last for first, last in marks)
            if found < value <= _MOST_COUNTED and wanted & set(behind) and not is_marked:
                yield Remark("counted", (value, found))
                return


def _marked(sentence: AnswerSentence, quote: str) -> list[Span]:
    """Where the marked words stand in a quote."""
    return [(at, at + len(key)) for key in sentence.keys if key and (at := quote.find(key)) >= 0]


def names_all(words: str, quote: str) -> bool:
    """Whether a quote has all telling words of some others."""
    return telling_stems(words) <= telling_stems(quote)


def items_of(sentence: AnswerSentence) -> int:
    """How many items a sentence has: those among its marked words, or itself."""
    return max(1, sum(len([part for part in _BETWEEN.split(key) if part]) for key in sentence.keys))


def larger(first: Said, second: Said) -> Iterator[Remark]:
    """Which of two numbers is larger, if each side's marked words are one number and both have one unit."""
    values = [_measured(*side) for side in (first, second)]
    if None in values:
        return
    (one, unit), (other, other_unit) = (value for value in values if value)
    if unit == other_unit:
        yield Remark("equal" if one == other else "first_larger" if one > other else "second_larger")


def _measured(sentence: AnswerSentence, citation: Citation) -> tuple[Decimal, str] | None:
    """The number among the marked words, and its unit; None = there is not just one."""
    start = citation.quote.find(sentence.key) if sentence.key else -1
    end = start + len(sentence.key)
    found = [one for one in numbers(citation.quote) if start <= one.start and one.end <= end] if start >= 0 else []
    readings = found[0].readings if len(found) == 1 else frozenset()
    if len(readings) != 1 or len(next(iter(readings))) != 1:
        return None
    behind, before = _UNIT.match(citation.quote, found[0].end), _CURRENCY.search(citation.quote, 0, found[0].start)
    unit = before[1] if before else stem(behind[1].lower()) if behind else ""
    return (Decimal(next(iter(readings))[0]), unit) if unit else None


def _whole(number: Number) -> int:
    """A number's value if it is one whole number; else 0."""
    values = number.values
    value = next(iter(values)) if len(values) == 1 else ""
    return int(value) if value.isdigit() else 0
