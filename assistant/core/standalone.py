"""A question that can be understood alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from assistant.core.answer import Usage


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question that can be understood alone.

    Attributes:
        question: to be searched for and read.
        kind: "self-contained" (as it was asked: a first question, or a new topic), "follow-up" (with words from before), or
            "unclear" (nothing says what is meant).
        article_id: for a question about "the article" itself, the one that was cited last; else empty.
        own: the question as it was asked, where the words from before may be the wrong ones and so count less; empty = all words
            count alike.
        usage: what a language model did for it.
        notice: what the user has to know of how it came about, as when a language model was not reached; may be empty.
    """

    question: str
    kind: Literal["self-contained", "follow-up", "unclear"]
    article_id: str = ""
    own: str = ""
    usage: Usage = field(default_factory=Usage)
    notice: str = ""
