"""The network's answer span -> the words of a sentence to mark as the answer: the span, or the whole that it is a part of.

Reported speech is marked with all its quoted words, a reason with its clause, a list with all its items.
"""

from __future__ import annotations

import re

from assistant.reading.answer_spans import Span
from assistant.understanding.analysis import QuestionAnalysis

_SCRAP = 4
"""Fewer words than these make no reason and no remark."""
_NAMING = re.compile(r"\b(?:call|mean|describe|stand for)", re.I)
"""Questions with these words ask for a name or a meaning, for which a word or two are enough."""
_QUOTED = re.compile(r"“[^”]{3,}”|\"[^\"]{3,}\"")
_CLAUSE = re.compile(r"[^,;:.()“”\"—]+")
_ITEM = r"[^,;:.()“”\"—]{1,40}?"
_AFTER = re.compile(rf"^(?:, {_ITEM})*,? (?:and|or) (?:the )?[\w’'-]+(?: [A-Z][\w’'-]*)*")
_PLURAL = re.compile(r"(?:[^s]s|people|men|women|children)$")


def whole(asked: QuestionAnalysis, sentence: str, words: Span) -> Span:
    """Start and end of the words to mark; they include the network's, unless the sentence quotes other words.

    Args:
        asked: the question.
        sentence: the sentence.
        words: start and end of the network's span in it.
    """
    scrap = len(sentence[slice(*words)].split()) < _SCRAP
    if scrap and asked.answer_type == "said" and not _NAMING.search(asked.text):
        return _said(sentence, words)
    if scrap and asked.answer_type == "why":
        return _clause(sentence, words)
    if _PLURAL.search(asked.focus):
        return _items(sentence, words)
    return words


def _said(sentence: str, words: Span) -> Span:
    """The quotation that overlaps these words; if none does, the first one; without quotations, the clause."""
    quoted = [match.span() for match in _QUOTED.finditer(sentence)]
    overlapping = [span for span in quoted if span[0] < words[1] and span[1] > words[0]]
    return (overlapping or quoted or [_clause(sentence, words)])[0]


def _clause(sentence: str, words: Span) -> Span:
    """The words up to the next punctuation on either side."""
    for match in _CLAUSE.finditer(sentence):
        if match.start() <= words[0] and words[1] <= match.end():
            clause = match.group()
            return match.start() + len(clause) - len(clause.lstrip()), match.start() + len(clause.rstrip())
    return words


def _items(sentence: str, words: Span) -> Span:
    """The words with the rest of the list after them: ", X and Y"."""
    after = _AFTER.match(sentence[words[1] :])
    return (words[0], words[1] + after.end()) if after else words
