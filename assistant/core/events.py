"""The events that `Assistant.stream` yields while an answer is made: one type for each thing that can happen."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.core.answer import Answer, AnswerSentence, Citation
from index.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Searching:
    """The search begins, for this question."""

    standalone_question: str


@dataclass(frozen=True, slots=True)
class Found:
    """The passages considered, best first."""

    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A language model was asked and has sent nothing new. Comes a few times a second, so that the caller can stop.

    Attributes:
        seconds: time since the reading began.
    """

    seconds: float


@dataclass(frozen=True, slots=True)
class SentenceProven:
    """A sentence of the answer with the citations that support it."""

    sentence: AnswerSentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class SentenceDropped:
    """A sentence that could not be proven, with the reason and what was missing; it is not part of the answer."""

    text: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """The whole answer; always the last event."""

    answer: Answer


Event = Searching | Found | Waiting | SentenceProven | SentenceDropped | Done
