"""The turns of a conversation, and the users' ratings of their answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from assistant.core.answer import Answer, Citation
from assistant.core.errors import RatingError

Verdict = Literal["up", "down"]

MAX_SAID_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer."""

    question: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Rating:
    """A user's rating of an answer.

    Attributes:
        verdict: "up" or "down".
        said: a comment in the user's own words, at most 2,000 characters; may be empty.
        quote: the words of an article that would support the right answer (from `Assistant.quote` or `find`).
    """

    verdict: Verdict
    said: str = ""
    quote: Citation | None = None

    def __post_init__(self) -> None:
        """Raises RatingError if the verdict is neither "up" nor "down", or the comment is too long."""
        if self.verdict not in get_args(Verdict):
            raise RatingError(f"A verdict is 'up' or 'down', not {self.verdict!r}.")
        if len(self.said) > MAX_SAID_CHARS:
            raise RatingError(
                f"{len(self.said):,} characters can't be kept with a rating; the limit is {MAX_SAID_CHARS:,}."
            )


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A turn of a kept conversation, its number there (from 0), and its owner's rating of the answer."""

    number: int
    turn: Turn
    rating: Rating | None = None
