"""What the assistant needs of a reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from assistant.answer import Draft
from index.retrieval import Evidence


class Reader(Protocol):
    """Takes a standalone question and evidence, gives a Draft. Holds no state between questions; safe across threads."""

    @property
    def name(self) -> str:
        """Name and version; part of the trace's fingerprint."""

    def read(self, question: str, evidence: Sequence[Evidence]) -> Draft:
        """Answer from the evidence alone.

        Args:
            question: a standalone question.
            evidence: passages, best first, with their surroundings.

        Returns:
            A draft; without sentences where the evidence does not answer.
        """


@runtime_checkable
class Loaded(Protocol):
    """A reader that has something to load. Optional: a Reader without it reads as well."""

    def warm(self) -> None:
        """Load it, so that the first question does not wait; another thread may ask meanwhile, and may call this too."""
