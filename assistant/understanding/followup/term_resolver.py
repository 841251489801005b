"""The built-in resolver: a network predicts which words of the history a follow-up needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.core.standalone import Standalone
from assistant.core.turns import Turn
from assistant.understanding.followup.acts import Act, act_of
from assistant.understanding.followup.agreement import Agreement
from assistant.understanding.followup.choosing import chosen
from assistant.understanding.followup.editing import readings
from assistant.understanding.followup.ellipsis import completed, is_bare, topic_of, without_terms
from assistant.understanding.followup.fronting import fronted
from assistant.understanding.followup.history import asked_last, contexts_of, told, typed, utterances_of
from assistant.understanding.followup.layout import Utterance, lay_out
from assistant.understanding.followup.leaning import leans, without_lead_in
from assistant.understanding.followup.names import PRONOUNS
from assistant.understanding.followup.referring import about_answer, asks_of_answer, is_known, put_right
from assistant.understanding.followup.resolver_network import ResolverNetwork, built_in_name, open_network
from assistant.understanding.followup.resolving import Resolver, in_order
from assistant.understanding.followup.terms import WORD, content_words


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
        self,
        question: str,
        history: Sequence[Utterance],
        before: str | None = None,
        contexts: Sequence[str] = (),
        answer: str = "",
    ) -> Standalone:
        """The standalone question, made from earlier utterances rather than turns.

        Args:
            question: the question as it was asked.
            history: the utterances, oldest first.
            before: the last question in its standalone form; None = as it stands in the history; empty = there is none that
                this one can complete.
            contexts: passages that were cited, the most relevant first.
            answer: the words that were marked as the answer to the last question; empty = unknown.
        """
        if before is None:
            before = next((utterance.text for utterance in reversed(history) if utterance.role == "user"), "")
        if before and (whole := completed(question, before, answer)):
            return Standalone(whole, "follow-up", topic=topic_of(question))
        asked = without_lead_in(question)
        network = self.network
        layout = lay_out(network.tokenizer, asked, history)
        if not layout.said:
            return Standalone(asked, "self-contained")
        whole, *others = readings(layout, network.predict(layout), network.thresholds, Agreement(layout, contexts))
        if whole == asked:
            return Standalone(asked, "self-contained")
        # "And his sister?" can be completed only when it is known whose she is.
        whole = (completed(without_terms(whole), before, answer) if before else "") or whole
        # What seems to be whole may be: it is asked as well, as it was typed.
        other = others[0] if others else "" if leans(asked) else asked
        return Standalone(whole, "follow-up", own=asked, other=other)

    def _rewritten(self, question: str, recent: Sequence[Turn]) -> Standalone:
        act, last = act_of(question), recent[-1]
        if act.kind in ("source", "speaker") and asks_of_answer(question, last):
            return about_answer(act.kind, last, told(asked_last(recent)))
        if act.kind == "meant" and act.topic:
            return self._meant(act, question, recent)
        if act.kind == "back" and act.topic and (act.certain or is_known(act.topic, recent)):
            return self._returned(act, recent)
        if act.kind in ("meant", "back") and not act.topic:
            return Standalone(question, "unclear")
        if picked := chosen(question, recent) or fronted(question):
            found = self._of(picked, recent)
            return found if found.kind == "follow-up" else Standalone(picked, "follow-up")
        return self._of(question, recent)

    def _of(self, question: str, recent: Sequence[Turn]) -> Standalone:
        """The question with what it needs from the turns."""
        asked = asked_last(recent)
        answer = asked.answer.sentences[0].key if asked.answer.sentences else ""
        found = self.rewritten(question, utterances_of(recent), told(asked), contexts_of(recent), answer)
        return replace(found, about_answer="around") if is_bare(question) and recent[-1].answer.citations else found

    def _meant(self, act: Act, question: str, recent: Sequence[Turn]) -> Standalone:
        """The last question about what the user meant."""
        last = asked_last(recent)
        whole = put_right(act.topic, question, typed(last), told(last))
        if PRONOUNS & {word.lower() for word in WORD.findall(act.topic)}:
            whole = self.rewritten(whole, utterances_of(recent), "", contexts_of(recent)).question
        return Standalone(whole, "follow-up")

    def _returned(self, act: Act, recent: Sequence[Turn]) -> Standalone:
        """The question behind what the user goes back to; without one, what there is about it."""
        if not act.rest:
            return Standalone(f"Tell me about {act.topic}.", "follow-up")
        # Nothing else can be meant.
        history = [Utterance("user", f"{act.topic[:1].upper()}{act.topic[1:]}.")]
        found = self.rewritten(act.rest, history, "", contexts_of(recent))
        if content_words(found.question).keys() >= content_words(act.topic).keys():
            return found
        return Standalone(f"{found.question} ({act.topic})", "follow-up", own=found.own or act.rest)
