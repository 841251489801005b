"""What `Assistant.stream` yields while an answer comes about: one type for each thing that can happen."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.core.answer import Answer, AnswerSentence, Citation
from index.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Searching:
    """The question as it is searched for."""

    standalone_question: str


@dataclass(frozen=True, slots=True)
class Found:
    """The passages considered, best first."""

    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A language model has been asked and nothing more has come: a few times a second, so that whoever stops is heard.

    Attributes:
        seconds: since the reading began.
    """

    seconds: float


@dataclass(frozen=True, slots=True)
class SentenceProven:
    """A sentence of the answer with the citations that carry it."""

    sentence: AnswerSentence
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class SentenceDropped:
    """A sentence that could not be proven, why, and what was missing; it is not part of the answer."""

    text: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """The whole answer; always the last event."""

    answer: Answer


Event = Searching | Found | Waiting | SentenceProven | SentenceDropped | Done
