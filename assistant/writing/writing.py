"""Lets a language model write one answer: asks it once, and once more with what failed if nothing could be proven."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Literal

from assistant.core.draft import Draft, DraftSentence, Proof, Quote, Usage
from assistant.core.errors import CassetteError, ModelError, ReplyError
from assistant.reading.protocol import Prove
from assistant.writing.claims import Claim
from assistant.writing.model import LanguageModel, Message, Request, SchemaRefusedError
from assistant.writing.passages import estimate_tokens, fenced
from assistant.writing.replies import Form, ReplyParser, reply_schema
from index.evidence import Evidence
from prompts.loading import load

NOT_REACHED = "The language model gave no answer, so the articles are quoted instead. {why}"
NOT_PROVEN = "Nothing that the language model wrote could be proven, so the articles are quoted instead."
BROKEN_OFF = "The language model's answer broke off; what is shown of it is proven. {why}"
SPENT = "The tokens allowed for the language model are used up, so the articles are quoted instead."

_LEAST_TOKENS = 50
"""Fewer tokens are not enough for an answer."""
_SECONDS_BETWEEN_SIGNS = 0.25
_SECONDS_AFTER = 1.0
"""How long to listen to a server after a reply's last sentence, for its count of the tokens."""
_MOST_REPEATED = 8_000
"""The most characters of a reply that the model sees again, with what failed of it."""
_UNREADABLE = "(a sentence that could not be read)"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a language model may read and write.

    Attributes:
        passage_tokens: the most tokens of the passages in a request.
        answer_tokens: the most tokens that it may write for an answer, over all its replies.
        format: the form of its replies; "auto" = JSON, or lines if JSON can't be had.
    """

    passage_tokens: int = 3_000
    answer_tokens: int = 1_200
    format: Literal["auto", "json", "lines"] = "auto"


@dataclass(slots=True)
class Round:
    """One reply and the proofs of its sentences.

    Attributes:
        messages: the request's messages.
        form: the form that was asked for.
        sentences: all sentences of the reply, in order.
        supports: the supports of the proven sentences.
        failed: for each other sentence, the sentence and what was wrong with it, as text for the model.
        text: the beginning of the reply's text.
        refused: the reply says that the passages don't answer.
        unreadable: why the reply could not be read to its end; empty = it could.
        broken: why the reply did not come to its end; empty = it did.
        schema_refused: the server refuses a schema.
    """

    messages: tuple[Message, ...]
    form: Form
    sentences: list[DraftSentence] = field(default_factory=list)
    supports: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    text: str = ""
    refused: bool = False
    unreadable: str = ""
    broken: str = ""
    schema_refused: bool = False

    def judge(self, sentence: DraftSentence, proof: Proof) -> None:
        """Note the proof of a sentence."""
        if proof.verdict == "proven":
            self.supports.append(proof.support)
        else:
            detail = f": {proof.detail}" if proof.detail else ""
            self.failed.append(f"- “{sentence.text}”: {proof.verdict}{detail}")


class Writing:
    """One answer in the making.

    Attributes:
        usage: how much of the model it has taken so far.
        notice: why there is no draft, for the user; empty until that is known.
        form: the form of the last reply.
        schema_refused: the model's server refuses a schema.
    """

    def __init__(
        self,
        model: LanguageModel,
        limits: Limits,
        question: str,
        evidence: Sequence[Evidence],
        *,
        form: Form,
        tokens: int | None = None,
    ) -> None:
        """Asks nothing yet.

        Args:
            model: writes the answer.
            limits: the limits for this answer.
            question: a standalone question.
            evidence: passages, best first.
            form: the form of the replies; another one is tried if "auto" allows it.
            tokens: the most tokens that the model may read and write; None = no limit.
        """
        self.usage = Usage()
        self.notice = ""
        self.form: Form = form
        self.schema_refused = False
        self._model = model
        self._limits = limits
        self._question = question
        self._tokens = tokens
        self._block = fenced(evidence, limits.passage_tokens, beside=[question])

    def draft(self, prove: Prove) -> Generator[None, None, Draft | None]:
        """The draft, as `Drafting`; None if the model gives nothing that can be said."""
        done = yield from self._round((self._ask(),), prove)
        if done and done.schema_refused and self._limits.format == "auto":
            self.form = "lines"
            done = yield from self._round((self._ask(),), prove)
            self.schema_refused = done is not None and not done.broken
        if done and not _ended(done):
            if done.unreadable and self._limits.format == "auto":
                self.form = "lines"
            done = (yield from self._round(self._again(done), prove)) or done
        if done is None:
            self.notice = SPENT
            return None
        if not _ended(done) or (done.broken and not done.supports):
            self.notice = NOT_REACHED.format(why=done.broken) if done.broken else NOT_PROVEN
            return None
        why = done.broken or done.unreadable
        notice = BROKEN_OFF.format(why=why) if why else ""
        least = min(done.supports, default=0.0)
        return Draft(tuple(done.sentences), least, notice=notice, usage=self.usage, written=True)

    def _ask(self) -> Message:
        block = self._block
        text = load("answer").fill(
            fence=block.fence, passages=block.text, question=self._question, format=_format(self.form)
        )
        return Message("user", text)

    def _again(self, done: Round) -> tuple[Message, ...]:
        """The messages of the second request: the first request's, the reply, and what failed of it."""
        failed = "\n".join(done.failed) or f"- The whole reply: {done.unreadable or 'it has no sentence.'}"
        repair = Message("user", load("repair").fill(failed=failed, format=_format(self.form)))
        return (*done.messages, Message("assistant", done.text.strip() or "(nothing)"), repair)

    def _round(self, messages: tuple[Message, ...], prove: Prove) -> Generator[None, None, Round | None]:
        """Ask once and prove the sentences as they come; None if too few tokens are left."""
        allowed = self._allowed(messages)
        if not self._block.passages or allowed < _LEAST_TOKENS:
            return None
        done = Round(messages, self.form)
        schema = reply_schema(len(self._block.passages)) if self.form == "json" else {}
        request = Request(f"answer: {self._question}", messages, allowed, self._block.fence, schema)
        parser = ReplyParser(self.form, len(self._block.passages))
        with closing(self._model.stream(request)) as stream:
            try:
                for sentence in self._sentences(stream, parser, done):
                    if sentence is not None:
                        done.judge(sentence, prove(sentence))
                    yield
                done.refused = parser.end().refused
            except CassetteError:
                raise
            except SchemaRefusedError as error:
                done.schema_refused, done.broken = True, str(error)
            except ModelError as error:
                done.broken = str(error)
            except ReplyError as error:
                done.unreadable = str(error)
            finally:
                self.usage += stream.usage
        return done

    def _sentences(self, pieces: Iterable[str], parser: ReplyParser, done: Round) -> Iterator[DraftSentence | None]:
        """The sentences of a reply as soon as they are complete, and None now and then while nothing comes."""
        told, over = time.monotonic(), 0.0
        seen = 0
        for piece in pieces:
            now = time.monotonic()
            if parser.over:
                over = over or now
                if parser.problem or now - over > _SECONDS_AFTER:
                    return
            done.text += piece[: max(_MOST_REPEATED - len(done.text), 0)]
            ready = [self._sentence(claim) for claim in parser.feed(piece)]
            ready += [DraftSentence((), one.text or _UNREADABLE) for one in parser.rejected[seen:]]
            seen = len(parser.rejected)
            for sentence in ready:
                if sentence not in done.sentences:
                    done.sentences.append(sentence)
                    yield sentence
                    told = time.monotonic()
            if time.monotonic() - told > _SECONDS_BETWEEN_SIGNS:
                yield None
                told = time.monotonic()

    def _sentence(self, claim: Claim) -> DraftSentence:
        quotes = (Quote(self._block.passages[number - 1], words) for number, words in claim.quotes)
        return DraftSentence(tuple(quotes), claim.text)

    def _allowed(self, messages: Sequence[Message]) -> int:
        """How many tokens the model may write in its next reply."""
        left = self._limits.answer_tokens - self.usage.completion_tokens
        if self._tokens is None:
            return left
        asked = sum(estimate_tokens(message.text) for message in messages)
        return min(left, self._tokens - self.usage.tokens - asked)


def _format(form: Form) -> str:
    return load(f"format_{form}").fill()


def _ended(done: Round) -> bool:
    """Whether a second reply is not needed or would not help."""
    return bool(done.supports or done.refused or done.broken)
