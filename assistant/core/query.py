"""A question on its way through the stages: one object from whoever asks to the stage that answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.core.turns import Turn


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked, and what it may lean on.

    Attributes:
        text: the question in words; may lean on the history.
        history: the turns before, oldest first.
        articles: ids that limit the search; None = all.
        standalone: the question as it is to be searched, in the user's own words; None = made of text and history.
        llm: whether a language model may write the answer, where one is set.
    """

    text: str
    history: Sequence[Turn] = ()
    articles: Sequence[str] | None = None
    standalone: str | None = None
    llm: bool = True

    @property
    def spent(self) -> int:
        """Tokens that the conversation has taken of a language model so far."""
        return max((turn.answer.trace.spent for turn in self.history), default=0)

    @property
    def first(self) -> bool:
        """Whether nothing was asked yet that was searched for."""
        return all(turn.answer.status in ("small_talk", "unclear") for turn in self.history)
