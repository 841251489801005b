"""Turns of a conversation, and what somebody says of their answers."""

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
    """What somebody says of an answer.

    Attributes:
        verdict: "up" or "down".
        said: in his own words, at most 2,000 characters; may be empty.
        quote: the words of an article that would have been the right answer's support (`Assistant.quote`, `find`).
    """

    verdict: Verdict
    said: str = ""
    quote: Citation | None = None

    def __post_init__(self) -> None:
        """Raises RatingError: neither verdict, or too much said."""
        if self.verdict not in get_args(Verdict):
            raise RatingError(f"A verdict is 'up' or 'down', not {self.verdict!r}.")
        if len(self.said) > MAX_SAID_CHARS:
            raise RatingError(
                f"{len(self.said):,} characters can't be kept with a rating; the limit is {MAX_SAID_CHARS:,}."
            )


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A turn of a kept conversation, its number in it (from 0), and what its owner thinks of the answer."""

    number: int
    turn: Turn
    rating: Rating | None = None
