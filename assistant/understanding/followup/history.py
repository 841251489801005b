"""Turns -> the utterances and passages that a follow-up can lean on."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.core.answer import AnswerSentence, Citation
from assistant.core.turns import Turn
from assistant.understanding.followup.acts import act_of
from assistant.understanding.followup.layout import Utterance
from assistant.understanding.followup.names import PRONOUNS, names
from index.sentences import sentences

HISTORY_TURNS = 10
"""A follow-up may lean on so many turns, the latest; 200 turns cost no more than 10."""
_LOOKED_THROUGH = 5 * HISTORY_TURNS
"""How many of the latest turns are searched for usable ones."""
REFUSED = "I found no sentence that answers this."
"""Stands for all refusals: what else they say is about the articles, not what was talked about."""
_MOST_BEFORE = 3
"""So many sentences before an answer that begins with a pronoun are looked through for a name."""
_CONTEXTS = 6
"""The most passages that are read to learn which pronouns a name goes with."""


def usable(history: Sequence[Turn]) -> list[Turn]:
    """The last turns that a follow-up can lean on, oldest first: those whose question was understood; no small talk."""
    told = [turn for turn in history[-_LOOKED_THROUGH:] if turn.answer.status in {"answered", "not_found"}]
    return told[-HISTORY_TURNS:]


def asked_last(turns: Sequence[Turn]) -> Turn:
    """The last turn that asked something of the articles, not about an answer; the first one if all did."""
    return next((turn for turn in reversed(turns) if act_of(turn.question).kind not in ("source", "speaker")), turns[0])


def told(turn: Turn) -> str:
    """A turn's question as it was understood."""
    return turn.answer.trace.standalone_question or turn.question


def typed(turn: Turn) -> str:
    """A turn's question in the user's own words: as it was corrected, or else as it was asked."""
    return told(turn) if turn.answer.trace.corrected else turn.question


def utterances_of(turns: Sequence[Turn], *, understood: bool = False) -> list[Utterance]:
    """The utterances of some turns, oldest first: each question as it was typed, then what was cited.

    There is no "topic": a headline is a sentence and names too much that is not talked about.

    Args:
        turns: oldest first.
        understood: give the questions as they were understood instead. For a language model, whose rewrites are checked: the
            network would spoil all that follows a question that it misunderstood.
    """
    utterances: list[Utterance] = []
    for turn in turns:
        question = told(turn) if understood else typed(turn)
        utterances += [Utterance("user", question), Utterance("assistant", _answer(turn))]
    return utterances


def contexts_of(turns: Sequence[Turn]) -> list[str]:
    """The texts of the passages that answers cite, the latest first."""
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
    """The text of an answer; if it begins with a pronoun and has no name, with the nearest sentence before it that has one."""
    answer = turn.answer
    if not answer.sentences:
        return REFUSED
    text = " ".join(_said(sentence, answer.citations) for sentence in answer.sentences)
    first = answer.citations[0]
    opening = text.partition(" ")[0].lower()
    if opening not in PRONOUNS or names(text[len(opening) :]):
        return text
    for item in answer.evidence:
        passage = item.passage
        if passage.article_id == first.article_id and passage.start < first.start < passage.end:
            return _naming(passage.text[: first.start - passage.start]) + text
    return text


def _naming(before: str) -> str:
    """The end of a text, from its last sentence that has a name on; no name further back is likelier to be meant."""
    for start, end in reversed(sentences(before)[-_MOST_BEFORE:]):
        # Every sentence begins with a capital, which makes its first word no name.
        if names(before[start].lower() + before[start + 1 : end]):
            return before[start:]
    return ""


def _said(sentence: AnswerSentence, citations: Sequence[Citation]) -> str:
    """The quotes that stand in a sentence, without the key words that may precede them; else the sentence itself."""
    quotes = [c.quote for c in citations if c.number in sentence.citations and c.quote in sentence.text]
    return " ".join(quotes) or sentence.text
