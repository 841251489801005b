"""The levels of confidence: what is said of an answer's probability, as a share that is measured."""

from __future__ import annotations

from typing import Literal, NamedTuple

LevelName = Literal["very high", "high", "middling", "low", "very low"]


class Level(NamedTuple):
    """A level of confidence: of the answers in it, so many are right.

    Attributes:
        name: its name.
        least: the least confidence that belongs to it, 0..1.
        right: it claims that about so many answers are right,
        of: of so many.
    """

    name: LevelName
    least: float
    right: int
    of: int

    @property
    def claims(self) -> float:
        """The share of right answers that it claims, 0..1."""
        return self.right / self.of


LEVELS = (
    Level("very high", 0.9, 19, 20),
    Level("high", 0.7, 8, 10),
    Level("middling", 0.5, 6, 10),
    Level("low", 0.3, 4, 10),
    Level("very low", 0.0, 1, 10),
)
"""All of them, the highest first. Each but the last claims the middle of its range; of answers in the last range most are far
below the middle, since what has no answer comes to nearly nothing. `tests/benchmarks/confidence.py` measures what is true."""


def level_of(confidence: float) -> Level:
    """The level that a confidence belongs to; the last one for what is no probability at all."""
    return next((level for level in LEVELS if confidence >= level.least), LEVELS[-1])
