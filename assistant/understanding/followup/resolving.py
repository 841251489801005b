"""Follow-up + history -> standalone question: the one place that knows the order of the steps.

The rewriting itself is done by a network (`term_resolver.py`) or a language model (`assistant/writing/contextualizing.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from assistant.core.standalone import Standalone
from assistant.core.turns import Turn
from assistant.understanding.analysis import HEAD_TYPES, analyse
from assistant.understanding.followup.ellipsis import points_at_nothing
from assistant.understanding.followup.history import usable


class Resolver(Protocol):
    """Turns follow-ups into standalone questions. Holds no state between questions; several threads may call it at once."""

    @property
    def name(self) -> str:
        """Name and version; part of the trace's fingerprint."""

    def resolve(self, question: str, history: Sequence[Turn] = ()) -> Standalone:
        """The standalone question.

        Args:
            question: the question as it was asked.
            history: the earlier turns, oldest first.
        """


Rewriting = Callable[[str, Sequence[Turn]], Standalone]
"""(question as it was asked, the turns that it can lean on, at least one) -> the standalone question."""


def in_order(question: str, history: Sequence[Turn], rewritten: Rewriting) -> Standalone:
    """Resolve a question by the steps that all resolvers share.

    These decide by themselves on questions without turns to lean on, on questions about "the article", and on unclear ones.

    Args:
        question: the question as it was asked.
        history: the earlier turns, oldest first.
        rewritten: rewrites a question; called only if there are turns to lean on.
    """
    question = " ".join(question.split())
    recent = usable(history)
    if not recent:
        return Standalone(question, "unclear" if points_at_nothing(question) else "self-contained")
    if about := article_meant(question, recent):
        return Standalone(question, "self-contained", about)
    found = rewritten(question, recent)
    if found.kind == "self-contained" and points_at_nothing(question):
        return replace(found, kind="unclear")
    return found


def corrected(question: str, history: Sequence[Turn] = ()) -> Standalone:
    """A standalone question that the user wrote himself: its words are kept, and "the article" means the one cited last."""
    question = " ".join(question.split())
    return Standalone(question, "self-contained", article_meant(question, usable(history)))


def article_meant(question: str, turns: Sequence[Turn]) -> str:
    """Id of the article that a question about "the article" itself means: the one cited last. Empty for other questions."""
    return last_cited(turns) if analyse(question).answer_type in HEAD_TYPES else ""


def last_cited(turns: Sequence[Turn]) -> str:
    """Id of the article that was cited last; empty if none was."""
    return next((citation.article_id for turn in reversed(turns) for citation in reversed(turn.answer.citations)), "")
