"""The sentences that may answer, of several articles -> what the articles say that differ, the one to believe first.

Conflicts are found by the same question read in each article: another article's best sentence is a rival if it is trusted as an
answer by itself, and its words are others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from assistant.core.kinds import Kind
from assistant.core.squad_scores import f1
from assistant.reading.judging import Found
from assistant.understanding.analysis import QuestionAnalysis
from index.stemming import stem
from index.telling import telling_stems

_MOST = 3
"""So many other articles are asked."""
_BELOW = 6.0
"""A rival's margin is no more than so much below the best one's."""
_SAME = 0.6
"""Words that agree so far, as F1, say the same."""

Trusted = Callable[[Sequence[Found]], bool]
"""Whether the first of the sentences, which are of one article, is trusted as an answer."""
WordsOf = Callable[[Found], str]
"""The answer's words in a sentence; empty if they are not sure enough."""


def rivals(kind: Kind, best_first: Sequence[Found], trusted: Trusted, words_of: WordsOf) -> list[Found]:
    """The best sentence of each article that answers otherwise than the best of all, and that one, the one to believe first.

    The newest article is believed, of questions for the first state of something the oldest; articles without a date come last,
    in the order of their likelihood.

    Args:
        kind: of the question.
        best_first: the sentences that may answer, at least one.
        trusted: tells whether an article's sentences answer.
        words_of: gives the answer's words.
    """
    best = best_first[0]
    by_article: dict[str, list[Found]] = {}
    for one in best_first:
        by_article.setdefault(one.passage.article_id, []).append(one)
    others = [found for found in by_article.values() if found[0].margin >= best.margin - _BELOW][1 : _MOST + 1]
    differing = [best]
    for found in others:
        words = words_of(found[0])
        same = any(f1(words_of(known), words) >= _SAME or known.text == found[0].text for known in differing)
        if words and not same and trusted(found):
            differing.append(found[0])
    return sorted(differing, key=lambda one: _age(one, oldest_first=kind == "oldest"))


def without_kin(asked: QuestionAnalysis, best_first: Sequence[Found]) -> list[Found]:
    """The sentences without those of other articles that tell of the same thing as the best one's.

    They would count as its competitors, though what they say is for or against it: whether the best one is to be trusted is
    judged without them. An article tells of the same if it has all names of the question.

    Args:
        asked: the question.
        best_first: the sentences that may answer, at least one.
    """
    best = best_first[0]
    names = {stem(name) for name in asked.names}

    def has_names(one: Found) -> bool:
        return names <= telling_stems(f"{one.window.head} {one.window.context}")

    if not names or not has_names(best):
        return list(best_first)
    others = {one.passage.article_id for one in best_first if has_names(one)} - {best.passage.article_id}
    return [one for one in best_first if one.passage.article_id not in others]


def _age(found: Found, oldest_first: bool) -> tuple[bool, int]:
    published = found.window.evidence.published
    day = (published or date.min).toordinal()
    return published is None, day if oldest_first else -day
