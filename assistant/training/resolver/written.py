"""The conversations of the written articles, as examples: follow-ups as they were typed, and questions that need nothing.

A person typed each turn and wrote down what would be asked of somebody who had not seen the conversation. What was answered is
the sentences that the article answers with, as they would be quoted.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.training.reader.written import Question, Written
from assistant.training.resolver.examples import Example
from assistant.understanding.followup.layout import Utterance

NOT_FOUND = "I found no sentence that answers this."
_MOST_TURNS = 4
_UNRELATED = 10
"""So many single questions of an article are asked after turns about another one."""
_GOES_ON = 0.5
"""Share of the talks about another article that come before a conversation."""


def of_conversations(articles: Sequence[Written], rng: random.Random) -> Iterator[Example]:
    """The turns of conversations that have turns before them.

    With the questions before as they were typed ("written") and as they were understood ("written alone"); with a talk about
    another article before that ("written later"); and what was understood, asked as it is ("written told").
    """
    for article in articles:
        before: list[tuple[Question, str]] = []
        for turn in article.turns:
            if not turn.history:
                before = []
            if before:
                typed = _history(before, alone=False)
                example = Example("written", typed, turn.typed, turn.text)
                yield example
                yield replace(example, kind="written alone", history=_history(before, alone=True))
                if rng.random() < _GOES_ON:
                    other = rng.choice(articles)
                    if other is not article and other.turns:
                        yield replace(example, kind="written later", history=(*_talk(other, rng), *typed))
                if turn.text != turn.typed:
                    history = _history(before, alone=rng.random() < 0.5)
                    yield replace(example, kind="written told", history=history, question=turn.text)
            before.append((turn, _answer(article, turn)))


def unrelated(articles: Sequence[Written], rng: random.Random) -> Iterator[Example]:
    """Single questions after turns about another article: they need nothing ("unrelated")."""
    for article in articles:
        asked = [one for one in article.questions if one.series != "pairs"]
        for one in rng.sample(asked, min(_UNRELATED, len(asked))):
            other = rng.choice(articles)
            if other is not article:
                yield Example("unrelated", _talk(other, rng), one.text, one.text)
        first = [turn for turn in article.turns if not turn.history]
        for turn in first:
            other = rng.choice(articles)
            if other is not article:
                yield Example("unrelated", _talk(other, rng), turn.typed, turn.typed)


def _talk(article: Written, rng: random.Random) -> tuple[Utterance, ...]:
    """Some turns about an article: the first of its conversation, or single questions."""
    if article.turns and rng.random() < 0.6:
        turns = article.turns[: rng.randint(1, _MOST_TURNS)]
        return _history([(turn, _answer(article, turn)) for turn in turns], alone=rng.random() < 0.5)
    asked = rng.sample(article.questions, min(rng.randint(1, _MOST_TURNS), len(article.questions)))
    return _history([(one, _answer(article, one)) for one in asked], alone=True)


def _history(turns: Sequence[tuple[Question, str]], *, alone: bool) -> tuple[Utterance, ...]:
    said = ((turn.text if alone or not turn.typed else turn.typed, answer) for turn, answer in turns[-10:])
    return tuple(one for asked, answer in said for one in (Utterance("user", asked), Utterance("assistant", answer)))


def _answer(article: Written, turn: Question) -> str:
    return " ".join(article.text[start:end] for start, end in turn.evidence) or NOT_FOUND
