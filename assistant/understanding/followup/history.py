"""Turns -> what was said, as far as a follow-up can lean on it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.core.answer import AnswerSentence, Citation
from assistant.core.turns import Turn
from assistant.understanding.followup.layout import Utterance
from assistant.understanding.followup.names import PRONOUNS, names

HISTORY_TURNS = 10
"""Turns that are looked at, the latest; 200 turns cost what 10 do."""
_LOOKED_THROUGH = 5 * HISTORY_TURNS
"""Turns that are looked through for those, as some tell nothing."""
_CONTEXTS = 6
"""Passages that are looked at for what a name goes with."""


def usable(history: Sequence[Turn]) -> list[Turn]:
    """The last turns that somebody can lean on, oldest first: questions that were understood, no small talk."""
    told = [turn for turn in history[-_LOOKED_THROUGH:] if turn.answer.status in {"answered", "not_found"}]
    return told[-HISTORY_TURNS:]


def told(turn: Turn) -> str:
    """A turn's question as it was understood."""
    return turn.answer.trace.standalone_question or turn.question


def utterances_of(turns: Sequence[Turn]) -> list[Utterance]:
    """What was said, oldest first: each question as it was understood, then its answer.

    No title: a headline is a sentence, and names too much that is not talked about.
    """
    pieces: list[Utterance] = []
    for turn in turns:
        pieces += [Utterance("user", told(turn)), Utterance("assistant", _answer(turn))]
    return pieces


def contexts_of(turns: Sequence[Turn]) -> list[str]:
    """The passages that answers stand in, the latest first."""
    found = []
    for turn in reversed(turns):
        for item in turn.answer.evidence:
            passage = item.passage
            cited = any(
                c.article_id == passage.article_id and passage.start <= c.start < passage.end
                for c in turn.answer.citations
            )
            if cited:
                found.append(passage.text)
    return found[:_CONTEXTS]


def _answer(turn: Turn) -> str:
    """What an answer said; where it has only a pronoun for somebody, with the sentences before it in its passage."""
    answer = turn.answer
    if not answer.sentences:
        return answer.message
    text = " ".join(_said(sentence, answer.citations) for sentence in answer.sentences)
    first = answer.citations[0]
    opening = text.partition(" ")[0].lower()
    if opening not in PRONOUNS or names(text[len(opening) :]):
        return text
    for item in answer.evidence:
        passage = item.passage
        if passage.article_id == first.article_id and passage.start < first.start < passage.end:
            return passage.text[: first.start - passage.start][-300:] + text
    return text


def _said(sentence: AnswerSentence, citations: Sequence[Citation]) -> str:
    """A sentence; where it sets its key words before its quote, the quote alone, which has them too."""
    quotes = [c.quote for c in citations if c.number in sentence.citations and c.quote in sentence.text]
    return " ".join(quotes) or sentence.text
