"""A question that can be understood alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from assistant.core.draft import Usage


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question that can be understood alone.

    Attributes:
        question: the question to search for and read.
        kind: "self-contained" (as it was asked: a first question, or a new topic), "follow-up" (with words from earlier turns),
            or "unclear" (nothing says what is meant).
        article_id: for a question about "the article" itself, the one that was cited last; else empty.
        own: the question as it was asked, if the words from earlier turns may be wrong and so count less in the search;
            empty = all words count alike.
        usage: how much of a language model the rewriting took.
        notice: a note to the user on how it was made, such as that a language model was not reached; may be empty.
    """

    question: str
    kind: Literal["self-contained", "follow-up", "unclear"]
    article_id: str = ""
    own: str = ""
    usage: Usage = field(default_factory=Usage)
    notice: str = ""
