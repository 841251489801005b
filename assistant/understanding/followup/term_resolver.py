"""The built-in resolver: a network predicts which words of the history a follow-up needs."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.core.standalone import Standalone
from assistant.core.turns import Turn
from assistant.understanding.followup.agreement import Agreement
from assistant.understanding.followup.editing import edited
from assistant.understanding.followup.ellipsis import completed
from assistant.understanding.followup.history import contexts_of, told, utterances_of
from assistant.understanding.followup.layout import Utterance, lay_out
from assistant.understanding.followup.leaning import without_lead_in
from assistant.understanding.followup.resolver_network import ResolverNetwork, built_in_name, open_network
from assistant.understanding.followup.resolving import Resolver, in_order


class TermResolver(Resolver):
    """Rewrites follow-ups by rules for elliptical questions and, for others, by a network; needs no language model."""

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
            ReaderError: the network can't be loaded.
        """
        return self._network or open_network()

    def warm(self) -> None:
        """Load the network now."""
        self.rewritten("Why?", [Utterance("user", "Who?"), Utterance("assistant", "Nobody.")])

    def resolve(self, question: str, history: Sequence[Turn] = ()) -> Standalone:
        """See `Resolver.resolve`."""
        return in_order(question, history, self._rewritten)

    def rewritten(
        self, question: str, history: Sequence[Utterance], before: str | None = None, contexts: Sequence[str] = ()
    ) -> Standalone:
        """The standalone question, made from earlier utterances rather than turns.

        Args:
            question: the question as it was asked.
            history: the utterances, oldest first.
            before: the last question in its standalone form; None = as it stands in the history.
            contexts: passages that were cited, the most relevant first.
        """
        if before is None:
            before = next((utterance.text for utterance in reversed(history) if utterance.role == "user"), "")
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
        return self.rewritten(question, utterances_of(recent), told(recent[-1]), contexts_of(recent))
