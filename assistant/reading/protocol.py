"""The protocols of a reader: what the assistant needs of it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from functools import partial
from typing import Protocol, runtime_checkable

from assistant.core.draft import Draft, DraftSentence, Proof
from assistant.core.kinds import Kind
from index.evidence import Evidence

Prove = Callable[[DraftSentence], Proof]
"""Proves the next sentence of the answer: a proven sentence is said, any other is left out and counted."""

Drafting = Generator[None, None, Draft]
"""A draft in the making. Yields after each sentence that it had proven, so that the sentence can be shown, and a few times a
second while nothing comes, so that the caller can stop. Returns the draft with all its sentences. Closing it early ends the
work, at a language model's server too."""


class Reader(Protocol):
    """Standalone question + evidence -> Draft. Holds no state between questions; safe to use from several threads."""

    @property
    def name(self) -> str:
        """Name and version; part of the trace's fingerprint."""

    def read(self, question: str, evidence: Sequence[Evidence]) -> Draft:
        """Answer from the evidence alone.

        Args:
            question: a standalone question.
            evidence: passages, best first, with their surroundings.

        Returns:
            A draft; without sentences if the evidence does not answer.
        """


@runtime_checkable
class Loaded(Protocol):
    """A reader that has a model to load. Optional for a Reader."""

    def warm(self) -> None:
        """Load the model, so that the first question does not wait. Other threads may ask or call this meanwhile."""


@runtime_checkable
class Reranking(Protocol):
    """A reader that chooses what it reads from more passages. Optional, as `Loaded`."""

    @property
    def candidates(self) -> int:
        """The most passages to choose from."""

    def reranked(self, question: str, evidence: Sequence[Evidence]) -> Sequence[Evidence]:
        """The same passages, those that are likeliest to answer first.

        Args:
            question: a standalone question.
            evidence: passages, best first, with their surroundings.
        """


@runtime_checkable
class ByKind(Protocol):
    """A reader that answers a question as its kind asks: a list with several sentences, yes or no before the quote. Optional."""

    def read_as(self, kind: Kind, question: str, evidence: Sequence[Evidence]) -> Draft:
        """The same as `Reader.read`.

        Args:
            kind: of the question.
            question: a standalone question.
            evidence: passages, best first, with their surroundings.
        """


class NetworkedReader(Reader, Loaded, Reranking, ByKind, Protocol):
    """A reader that has a network to load and chooses what it reads."""


@runtime_checkable
class Streaming(Protocol):
    """A reader that gives its sentences one by one, and may react to their proofs. Optional, as `Loaded`."""

    def stream(self, question: str, evidence: Sequence[Evidence], prove: Prove, tokens: int | None = None) -> Drafting:
        """The same as `Reader.read`, sentence by sentence.

        Args:
            question: a standalone question.
            evidence: passages, best first, with their surroundings.
            prove: called once with each sentence, as soon as it comes.
            tokens: the most tokens that a language model may read and write for the draft; None = no limit.
        """


def drafting(
    reader: Reader,
    question: str,
    evidence: Sequence[Evidence],
    prove: Prove,
    tokens: int | None = None,
    kind: Kind = "fact",
) -> Drafting:
    """Any reader's draft, sentence by sentence; arguments as `Streaming.stream` and `ByKind.read_as`."""
    if isinstance(reader, Streaming):
        return (yield from reader.stream(question, evidence, prove, tokens))
    read = partial(reader.read_as, kind) if isinstance(reader, ByKind) else reader.read
    draft = read(question, evidence)
    for sentence in draft.sentences:
        prove(sentence)
        yield
    return draft


def candidates(reader: Reader, limit: int) -> int:
    """How many passages to search for, if a reader is to read so many."""
    return max(limit, reader.candidates) if isinstance(reader, Reranking) else limit


def chosen(reader: Reader, question: str, found: Sequence[Evidence], limit: int) -> tuple[Evidence, ...]:
    """Of the passages that were found those that a reader is to read, best first.

    Args:
        reader: reads them.
        question: a standalone question.
        found: passages, in the order of the search.
        limit: the most passages.
    """
    if len(found) > limit and isinstance(reader, Reranking):
        found = reader.reranked(question, found)
    return tuple(found[:limit])


def whole(reading: Drafting) -> Draft:
    """Run a drafting to its end and return the draft."""
    try:
        while True:
            next(reading)
    except StopIteration as end:
        draft: Draft = end.value
        return draft
