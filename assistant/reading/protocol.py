"""What the assistant needs of a reader."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Protocol, runtime_checkable

from assistant.core.answer import Draft, DraftSentence, Proof
from index.evidence import Evidence


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


Drafting = Generator[DraftSentence | None, Proof | None, Draft]
"""A draft as it comes about. Yields each sentence as soon as it is there, and is sent what came of proving it; yields None,
and is sent None, a few times a second while nothing comes. Returns the draft, with all its sentences. Closing it early ends
the work, at a model's server too."""


@runtime_checkable
class Streaming(Protocol):
    """A reader that gives its sentences one by one, and may go on by what came of them. Optional, as `Loaded`."""

    def stream(self, question: str, evidence: Sequence[Evidence], tokens: int | None = None) -> Drafting:
        """The same as `Reader.read`, sentence by sentence.

        Args:
            question: a standalone question.
            evidence: passages, best first, with their surroundings.
            tokens: the most that a language model may read and write for it; None = no limit.
        """


def drafting(reader: Reader, question: str, evidence: Sequence[Evidence], tokens: int | None = None) -> Drafting:
    """Any reader's draft, sentence by sentence; arguments as `Streaming.stream`."""
    if isinstance(reader, Streaming):
        return (yield from reader.stream(question, evidence, tokens))
    draft = reader.read(question, evidence)
    # `yield from` would hand the proofs to a tuple's iterator, which takes none.
    for sentence in draft.sentences:  # noqa: UP028
        yield sentence
    return draft


def whole(reading: Drafting) -> Draft:
    """A draft without looking at how it comes about: every sentence is taken as proven."""
    try:
        while True:
            next(reading)
    except StopIteration as end:
        draft: Draft = end.value
        return draft
