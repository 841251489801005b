"""Follow-up + history -> standalone question: a language model rewrites, and the rewrite is checked before the search."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from assistant.core.draft import Usage
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
from index.sentences import sentences
from prompts.loading import load

MAX_TOKENS = 400
"""The most tokens of a reply; a question has some 20, a model that thinks aloud first takes some hundreds."""
HISTORY_TOKENS = 1_500
NOT_REACHED = "The language model did not reply to the follow-up; it was understood without it."
"""The reason is left to the notice of the reader, which asks the same model next."""

_MOST_CHARS = 2 * MAX_CHARS
"""The most characters of a reply, with the text around the question. The rest is not waited for."""
_SPEAKERS = {"topic": "Topic", "user": "Question", "assistant": "Answer"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """The result of asking a model for a standalone question.

    Attributes:
        standalone: the standalone question; None = the model gave none that can be used.
        usage: how much of the model it took, in either case.
        notice: why there was no reply; empty if there was one, usable or not.
    """

    standalone: Standalone | None
    usage: Usage
    notice: str = ""


class ModelResolver(Resolver):
    """Lets a language model rewrite follow-ups; if it gives nothing usable, the fallback resolves the question."""

    def __init__(
        self,
        model: LanguageModel,
        fallback: Resolver,
        *,
        max_tokens: int = MAX_TOKENS,
        history_tokens: int = HISTORY_TOKENS,
        conversation_tokens: int = 0,
    ) -> None:
        """Takes ready parts and closes none of them.

        Args:
            model: writes the rewrites.
            fallback: a resolver that needs no language model.
            max_tokens: the most tokens that the model may write for a question.
            history_tokens: the most tokens of history in the prompt, by `estimate_tokens`.
            conversation_tokens: a conversation that has used so many tokens is left to the fallback; 0 = no limit.
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
        """The resolver to use when the model can't rewrite."""
        return self._fallback

    def resolve(self, question: str, history: Sequence[Turn] = ()) -> Standalone:
        """See `Resolver.resolve`. Waits for the model, up to its time limits.

        Raises:
            CassetteError: a recording is replayed that has no reply to this request.
        """
        spent = max((turn.answer.trace.spent for turn in history), default=0)
        if 0 < self._conversation_tokens <= spent:
            return self._fallback.resolve(question, history)

        def rewritten(asked: str, recent: Sequence[Turn]) -> Standalone:
            found = self.rewrite(asked, utterances_of(recent, understood=True))
            standalone = found.standalone or self._fallback.resolve(question, history)
            return replace(standalone, usage=standalone.usage + found.usage, notice=found.notice or standalone.notice)

        return in_order(question, history, rewritten)

    def rewrite(self, question: str, history: Sequence[Utterance]) -> Rewrite:
        """Ask the model and check its reply.

        Args:
            question: the question as it was asked.
            history: the utterances, oldest first.

        Raises:
            CassetteError: a recording is replayed that has no reply to this request.
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
    """The latest utterances that fit, oldest first, each on one line; the first that doesn't fit is cut after a sentence.

    Args:
        history: the utterances, oldest first.
        budget: the most tokens, by `estimate_tokens`, speakers included.
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
    """A usable rewrite as a standalone question.

    The user's own words count more in the search, as with the built-in resolver. If the model borrowed the right words, this
    costs nothing; if it borrowed wrong ones, which no check of the words can find, it saves a part of the meaning (metrics:
    `index.retrieval`).
    """
    asked, rewrite = without_lead_in(question), without_lead_in(rewrite)
    if same(asked, rewrite):
        return Standalone(asked, "self-contained")
    return Standalone(rewrite, "follow-up", own=asked)
