"""Follow-up + history -> standalone question: the one place that knows the order of its steps, and the built-in way.

A language model does it behind the same protocol: `assistant.generating.contextualizing`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from assistant.asking import HEAD_KINDS, analyse
from assistant.conversation import Turn
from assistant.followup.agreement import Agreement
from assistant.followup.editing import edited
from assistant.followup.ellipsis import completed, points_at_nothing
from assistant.followup.history import contexts_of, pieces_of, told, usable
from assistant.followup.layout import Piece, lay_out
from assistant.followup.leaning import without_lead_in
from assistant.followup.network import ResolverNetwork, built_in_name, open_network
from assistant.followup.standalone import Standalone


class Resolver(Protocol):
    """Makes questions understandable alone. Holds no state between questions; several threads may call it at once."""

    @property
    def name(self) -> str:
        """Name and version; part of the trace's fingerprint."""

    def resolve(self, question: str, history: Sequence[Turn] = ()) -> Standalone:
        """The standalone question.

        Args:
            question: as it was asked.
            history: the turns before, oldest first.
        """


Rewriting = Callable[[str, Sequence[Turn]], Standalone]
"""(question as it was asked, the turns it can lean on, at least one) -> the standalone question."""


def in_order(question: str, history: Sequence[Turn], rewritten: Rewriting) -> Standalone:
    """The steps that are the same whoever rewrites: what leans on nothing, means an article or stays unclear is told here.

    Args:
        question: as it was asked.
        history: the turns before, oldest first.
        rewritten: asked only where there are turns to lean on.
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


class TermResolver(Resolver):
    """The built-in way: a network decides which words of the history are needed and where they go; needs no language model."""

    def __init__(self, network: ResolverNetwork | None = None) -> None:
        """Loads nothing yet.

        Args:
            network: None = the built-in one.
        """
        self._network = network

    @property
    def name(self) -> str:
        """See `Resolver.name`."""
        return self._network.name if self._network else built_in_name()

    @property
    def network(self) -> ResolverNetwork:
        """The network, loaded at its first use.

        Raises:
            ReaderError: it can't be loaded.
        """
        return self._network or open_network()

    def warm(self) -> None:
        """Load the network now."""
        self.rewritten("Why?", [Piece("user", "Who?"), Piece("assistant", "Nobody.")])

    def resolve(self, question: str, history: Sequence[Turn] = ()) -> Standalone:
        """See `Resolver.resolve`."""
        return in_order(question, history, self._rewritten)

    def rewritten(
        self, question: str, history: Sequence[Piece], before: str | None = None, contexts: Sequence[str] = ()
    ) -> Standalone:
        """The standalone question, from what was said alone.

        Args:
            question: as it was asked.
            history: oldest first.
            before: the last question as it can be understood alone; None = as it stands in the history.
            contexts: passages that were cited, the most telling first.
        """
        if before is None:
            before = next((piece.text for piece in reversed(history) if piece.role == "user"), "")
        if before and (whole := completed(question, before)):
            return Standalone(whole, "follow-up")
        asked = without_lead_in(question)
        network = self.network
        layout = lay_out(network.tokenizer, asked, history)
        if not layout.said:
            return Standalone(asked, "self-contained")
        whole = edited(layout, network.predict(layout), network.thresholds, Agreement(layout, contexts))
        if whole == asked:
            return Standalone(asked, "self-contained")
        return Standalone(whole, "follow-up", own=asked)

    def _rewritten(self, question: str, recent: Sequence[Turn]) -> Standalone:
        return self.rewritten(question, pieces_of(recent), told(recent[-1]), contexts_of(recent))


def corrected(question: str, history: Sequence[Turn] = ()) -> Standalone:
    """A standalone question in the user's own words: kept, but limited to the article that it would be limited to."""
    question = " ".join(question.split())
    return Standalone(question, "self-contained", article_meant(question, usable(history)))


def article_meant(question: str, turns: Sequence[Turn]) -> str:
    """Id of the article that a question about "the article" itself means: the one cited last; else empty."""
    if analyse(question).kind not in HEAD_KINDS:
        return ""
    cited = [citation.article_id for turn in turns for citation in turn.answer.citations]
    return cited[-1] if cited else ""
