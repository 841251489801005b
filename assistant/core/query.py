"""A question with all that belongs to it, as one object, from the caller to the stage that answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.core.turns import Turn


@dataclass(frozen=True, slots=True)
class Query:
    """A question, the turns it may lean on, and how to answer it.

    Attributes:
        text: the question in words; may lean on the history.
        history: the earlier turns, oldest first.
        articles: ids that limit the search; None = all.
        standalone: the question to search for, in the user's own words; None = made from text and history.
        llm: whether a language model may write the answer, if one is set.
        collection: name of the collection that limits the search, in place of `articles`; None = none does.
    """

    text: str
    history: Sequence[Turn] = ()
    articles: Sequence[str] | None = None
    standalone: str | None = None
    llm: bool = True
    collection: str | None = None

    @property
    def spent(self) -> int:
        """Language-model tokens that the conversation has used so far."""
        return max((turn.answer.trace.spent for turn in self.history), default=0)

    @property
    def first(self) -> bool:
        """Whether no earlier turn was searched for: all were small talk or unclear."""
        return all(turn.answer.status in ("small_talk", "unclear") for turn in self.history)
