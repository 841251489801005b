"""What a reader drafts, before it is proven: quotes claimed to stand in passages; and the proof of a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assistant.core.remarks import Remark
from index.article import Passage

Verdict = Literal["proven", "quote not found", "detail not in the quote", "not supported"]
"""The proof's verdict on a sentence, in order: it may be said; a quote stands in no passage; a number, a date, a name or the key
words stand in none of its quotes; the quotes don't say what the sentence says."""

YesNo = Literal["yes", "no", ""]
"""What is said to a yes/no question before the quote that decides it; empty = nothing, the quote stands alone."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The result of proving one sentence.

    Attributes:
        verdict: only a proven sentence may be said.
        detail: what is missing, such as the number that stands in no quote; may be empty. It is never shown as an answer.
        support: probability that the quotes entail the sentence, 0..1; 1 for a sentence that is its own quote.
    """

    verdict: Verdict
    detail: str = ""
    support: float = 1.0


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of a language model was used. Usages can be added.

    Attributes:
        requests: replies that were begun; replies from a cassette count, replies from a cache do not.
        prompt_tokens: tokens that the model read, as its server counts them; estimated if the server doesn't say.
        completion_tokens: tokens that the model wrote, counted likewise.
        seconds: time spent waiting for the model, without the time that proving its sentences took.
    """

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0

    @property
    def tokens(self) -> int:
        """Tokens that the model read and wrote."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.requests + other.requests,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.seconds + other.seconds,
        )


@dataclass(frozen=True, slots=True)
class Quote:
    """Words claimed to stand in a passage; not yet proven.

    Attributes:
        passage: the passage they are claimed to stand in; with `start`, any passage of the same article will do.
        text: the words.
        start: where in the article they are claimed to start (characters); None = look for them in the passage.
    """

    passage: Passage
    text: str
    start: int | None = None


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence not yet proven.

    Attributes:
        quotes: the quotes claimed to support it, as they are shown; one before the last may only name who speaks in that.
        text: the reader's own words; empty = the quote speaks for itself.
        key: the answer's words, marked inside the last quote that has them and `also`; empty = none marked.
        also: further such words, as the other items of a list, in the order of the text.
        aside: other articles say it than the one that is believed.
    """

    quotes: tuple[Quote, ...]
    text: str = ""
    key: str = ""
    also: tuple[str, ...] = ()
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer not yet proven. No sentences = the reader found no answer.

    Attributes:
        sentences: what the answer would say, in order.
        confidence: calibrated probability that the best answer found is right, even if the draft doesn't give it.
        order: ids of the passages, likeliest to hold an answer first; empty = as the search ranked them.
        notice: a note to the user on how it was made, such as that a language model was not reached; may be empty.
        usage: how much of a language model it took.
        written: a language model wrote the sentences; the confidence is then the least support of the proven ones.
        verdict: what the first sentence says to a yes/no question.
        remarks: what is to be said of the sentences.
        listed: the sentences are the items of a list in the article, whatever was asked.
        nearest: without sentences, what came closest to an answer, the nearest first; empty = unknown.
        threshold: the confidence from which on the reader answers; 0 = unknown.
    """

    sentences: tuple[DraftSentence, ...]
    confidence: float
    order: tuple[str, ...] = ()
    notice: str = ""
    usage: Usage = Usage()
    written: bool = False
    verdict: YesNo = ""
    remarks: tuple[Remark, ...] = ()
    listed: bool = False
    nearest: tuple[Quote, ...] = ()
    threshold: float = 0.0
