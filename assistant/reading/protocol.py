"""What the assistant needs of a reader."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Protocol, runtime_checkable

from assistant.core.answer import Draft, DraftSentence, Proof
from index.evidence import Evidence

Prove = Callable[[DraftSentence], Proof]
"""Proves a sentence, the next one of the answer: a sentence that is proven is said, any other is left out and counted."""

Drafting = Generator[None, None, Draft]
"""A draft as it comes about. Gives control back after each sentence that it had proven, and a few times a second while nothing
comes, so that what is proven is shown and who stops is heard. Returns the draft, with all its sentences. Closing it early ends
the work, at a language model's server too."""


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


@runtime_checkable
class Streaming(Protocol):
    """A reader that gives its sentences one by one, and may go on by what came of them. Optional, as `Loaded`."""

    def stream(self, question: str, evidence: Sequence[Evidence], prove: Prove, tokens: int | None = None) -> Drafting:
        """The same as `Reader.read`, sentence by sentence.

        Args:
            question: a standalone question.
            evidence: passages, best first, with their surroundings.
            prove: called with each sentence as soon as it is there, once.
            tokens: the most that a language model may read and write for it; None = no limit.
        """


def drafting(
    reader: Reader, question: str, evidence: Sequence[Evidence], prove: Prove, tokens: int | None = None
) -> Drafting:
    """Any reader's draft, sentence by sentence; arguments as `Streaming.stream`."""
    if isinstance(reader, Streaming):
        return (yield from reader.stream(question, evidence, prove, tokens))
    draft = reader.read(question, evidence)
    for sentence in draft.sentences:
        prove(sentence)
        yield
    return draft


def whole(reading: Drafting) -> Draft:
    """A draft without looking at how it comes about."""
    try:
        while True:
            next(reading)
    except StopIteration as end:
        draft: Draft = end.value
        return draft
