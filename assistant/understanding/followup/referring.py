"""Turns that refer to the conversation itself: to the last answer, to what a question was meant for, to what was said before."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten
from typing import Literal

from assistant.core.standalone import Standalone
from assistant.core.turns import Turn
from assistant.understanding.followup.acts import act_of
from assistant.understanding.followup.borrowing import borrowed_spans
from assistant.understanding.followup.ellipsis import asks_itself, completed, is_bare, takes_a_place
from assistant.understanding.followup.history import told, usable, utterances_of
from assistant.understanding.followup.terms import WORD, content_words

_MOST_QUOTED = 200
_BRACKETED = " ("


def doubts_answer(question: str, history: Sequence[Turn]) -> bool:
    """Whether a question asks where the last answer is from, who says it, or whether it is right."""
    recent = usable(history)
    return bool(recent) and act_of(question).kind in ("source", "speaker") and asks_of_answer(question, recent[-1])


def asks_of_answer(question: str, last: Turn) -> bool:
    """Whether a question that seems to ask about the last answer does: there is one, and the question names nothing itself.

    "Where does it say that she resigned?" names something; it is a question like any other.

    Args:
        question: as it was asked.
        last: the turn before.
    """
    answer = last.answer
    if not answer.citations:
        return False
    quoted = content_words(" ".join(citation.quote for citation in answer.citations)).keys()
    named = any(word[:1].isupper() for word in WORD.findall(question)[1:] if word not in ("I", "I'm"))
    return not named and not content_words(question).keys() & (quoted | content_words(told(last)).keys())


def about_answer(kind: Literal["source", "speaker"], last: Turn, question: str) -> Standalone:
    """The standalone question for a turn that asks about the last answer.

    Args:
        kind: "source" for "how do you know?", "speaker" for "who says so?".
        last: the turn before.
        question: that the answer was given to.
    """
    if kind == "source":
        return Standalone(question, "follow-up", about_answer="source")
    quote = last.answer.sentences[0].answering(last.answer.citations).quote
    return Standalone(
        f"Who says “{shorten(quote, _MOST_QUOTED, placeholder=' …')}”?", "follow-up", about_answer="speaker"
    )


def is_known(topic: str, turns: Sequence[Turn]) -> bool:
    """Whether somebody spoke of a topic in the turns: only to that one can go back."""
    words = content_words(topic).keys()
    said = content_words(" ".join(utterance.text for utterance in utterances_of(turns))).keys()
    return bool(words) and words <= said


def put_right(topic: str, utterance: str, asked: str, understood: str) -> str:
    """The last question, asked of what the user meant.

    The topic takes the place of the words that were borrowed for the last question; if there are none, of those that the user
    now denies ("not the mayor, the minister"); else of what is most like it.

    Args:
        topic: what the user meant.
        utterance: that says so.
        asked: the last question as it was typed.
        understood: the last question as it stands alone.
    """
    if asks_itself(topic):
        return f"{topic[:1].upper()}{topic[1:]}?"
    denied = content_words(utterance.replace(topic, " ")).keys() & content_words(understood).keys()
    places = [match.span() for match in WORD.finditer(understood) if content_words(match.group()).keys() & denied]
    if places:
        start, end = _with_article(understood, places[0][0]), places[-1][1]
        return f"{understood[:start]}{topic}{understood[end:]}"
    whole = completed(topic, understood) or completed(f"What about {topic}?", understood)
    spans = borrowed_spans(understood, asked)
    if spans and not is_bare(asked) and not takes_a_place(topic):
        start, end = spans[0]
        if understood[:start].endswith(_BRACKETED):
            return f"{understood[:start]}{topic})"
        return f"{understood[: _with_article(understood, start)]}{topic}{understood[end:]}"
    return whole or f"{understood} ({topic})"


def _with_article(text: str, start: int) -> int:
    """Where a phrase begins, with the article before it."""
    before = text[:start].rstrip()
    for article in ("the", "The", "a", "A", "an", "An"):
        if before.endswith(f" {article}") or before == article:
            return len(before) - len(article)
    return start
