"""Follow-up + history -> standalone question, by a language model whose rewrite is checked before it is searched for."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from assistant.core.answer import Usage
from assistant.core.errors import CassetteError, ModelError
from assistant.core.standalone import Standalone
from assistant.core.turns import Turn
from assistant.understanding.followup.history import utterances_of
from assistant.understanding.followup.layout import Utterance
from assistant.understanding.followup.leaning import without_lead_in
from assistant.understanding.followup.resolving import Resolver, in_order
from assistant.writing.model import LanguageModel, Message, Request
from assistant.writing.passages import draw_fence, estimate_tokens
from assistant.writing.rewrites import MAX_CHARS, objection, read, same
from index.passages import sentences
from prompts.loading import load

MAX_TOKENS = 400
"""Of a reply; a question has some 20, a model that thinks aloud before it some hundreds."""
HISTORY_TOKENS = 1_500
NOT_REACHED = "The language model did not reply to the follow-up; it was understood without it."
"""Why, the reader's notice says, which asks the same model next."""

_MOST_CHARS = 2 * MAX_CHARS
"""Of a reply, with what stands around the question. What comes after is not waited for."""
_SPEAKERS = {"topic": "Topic", "user": "Question", "assistant": "Answer"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What came of asking a model for a standalone question.

    Attributes:
        standalone: the question; None = the model gave none that can be used.
        usage: what it took, all the same.
        notice: why there was no reply; empty if there was one, usable or not.
    """

    standalone: Standalone | None
    usage: Usage
    notice: str = ""


class ModelResolver(Resolver):
    """Asks a language model where a question may lean on others; where it gives nothing usable, the fallback is taken."""

    def __init__(
        self,
        model: LanguageModel,
        fallback: Resolver,
        *,
        max_tokens: int = MAX_TOKENS,
        history_tokens: int = HISTORY_TOKENS,
        conversation_tokens: int = 0,
    ) -> None:
        """From ready parts, none of which it closes.

        Args:
            model: writes the rewrites.
            fallback: needs no language model.
            max_tokens: the most that the model may write for a question.
            history_tokens: the most of what was said before that it is shown, by `estimate_tokens`.
            conversation_tokens: a conversation that has taken as many is left to the fallback; 0 = no limit.
        """
        self._model = model
        self._fallback = fallback
        self._max_tokens = max_tokens
        self._history_tokens = history_tokens
        self._conversation_tokens = conversation_tokens

    @property
    def name(self) -> str:
        """See `Resolver.name`."""
        prompt = hashlib.sha256(load("contextualize").text.encode()).hexdigest()[:8]
        return f"follow-ups {prompt} by {self._model.name}, else {self._fallback.name}"

    @property
    def fallback(self) -> Resolver:
        """What resolves where the model can't."""
        return self._fallback

    def resolve(self, question: str, history: Sequence[Turn] = ()) -> Standalone:
        """See `Resolver.resolve`. Waits as long as the model may take.

        Raises:
            CassetteError: the recorded model has no reply to this.
        """
        spent = max((turn.answer.trace.spent for turn in history), default=0)
        if 0 < self._conversation_tokens <= spent:
            return self._fallback.resolve(question, history)

        def rewritten(asked: str, recent: Sequence[Turn]) -> Standalone:
            found = self.rewrite(asked, utterances_of(recent))
            standalone = found.standalone or self._fallback.resolve(question, history)
            return replace(standalone, usage=standalone.usage + found.usage, notice=found.notice or standalone.notice)

        return in_order(question, history, rewritten)

    def rewrite(self, question: str, history: Sequence[Utterance]) -> Rewrite:
        """Ask the model, and check its reply.

        Args:
            question: as it was asked.
            history: oldest first.

        Raises:
            CassetteError: the recorded model has no reply to this.
        """
        shown = latest(history, self._history_tokens)
        request = self._request(question, shown)
        stream = self._model.stream(request)
        reply = ""
        with closing(stream):
            try:
                for piece in stream:
                    reply += piece
                    if len(reply) > _MOST_CHARS:
                        break
            except CassetteError:
                raise
            except ModelError as error:
                _log.warning("The language model rewrote no follow-up: %s", error)
                return Rewrite(None, stream.usage, NOT_REACHED)
        text = read(reply)
        if reason := objection(text, question, shown, request.fence):
            _log.debug("The language model's rewrite of a question is not used: %s.", reason)
            return Rewrite(None, stream.usage)
        return Rewrite(_standalone(text, question), stream.usage)

    def _request(self, question: str, shown: Sequence[Utterance]) -> Request:
        lines = [f"{_SPEAKERS[piece.role]}: {piece.text}" for piece in shown]
        prompt = load("contextualize")
        fence = draw_fence([prompt.text, question, *lines])
        text = prompt.fill(fence=fence, history="\n".join(lines), question=question)
        return Request(f"contextualize: {question}", (Message("user", text),), self._max_tokens, fence)


def latest(history: Sequence[Utterance], budget: int) -> list[Utterance]:
    """The latest pieces that fit, oldest first, each on one line; of the first that doesn't, its first sentences.

    Args:
        history: oldest first.
        budget: the most tokens, by `estimate_tokens`, those of the speakers among them.
    """
    shown: list[Utterance] = []
    for piece in reversed(history):
        text = " ".join(piece.text.split())
        room = budget - estimate_tokens(f"{_SPEAKERS[piece.role]}: \n")
        ends = [len(text), *(end for _, end in reversed(sentences(text)))]
        end = next((end for end in ends if estimate_tokens(text[:end]) <= room), 0)
        if end:
            shown.append(Utterance(piece.role, text[:end]))
        if end < len(text):
            break
        budget = room - estimate_tokens(text)
    return shown[::-1]


def _standalone(rewrite: str, question: str) -> Standalone:
    """A rewrite that can be used, as a question that can be understood alone.

    The user's own words count more in the search, as with the built-in way: where the model borrowed the right words that
    costs nothing, and where it borrowed wrong ones, which no check of the words can tell, it saves a part of what was meant
    (figures: `index.retrieval`).
    """
    asked, rewrite = without_lead_in(question), without_lead_in(rewrite)
    if same(asked, rewrite):
        return Standalone(asked, "self-contained")
    return Standalone(rewrite, "follow-up", own=asked)
