"""A question that can be understood alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from assistant.core.draft import Usage

_END = ".,;:!?…"
"""Punctuation that says nothing at the end of a question."""


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
        topic: what an elliptical question asks the last one of, as "a ticket" in "And a ticket?"; empty = it is none.
        other: another question that may be meant as well; empty = none.
        about_answer: asks about the last answer itself: "around" (for more on it, as "why?", so what stands around the cited
            sentences is read first), "source" (where it stands), "speaker" (who says it); empty = it doesn't.
        usage: how much of a language model the rewriting took.
        notice: a note to the user on how it was made, such as that a language model was not reached; may be empty.
    """

    question: str
    kind: Literal["self-contained", "follow-up", "unclear"]
    article_id: str = ""
    own: str = ""
    topic: str = ""
    other: str = ""
    about_answer: Literal["", "around", "source", "speaker"] = ""
    usage: Usage = field(default_factory=Usage)
    notice: str = ""


def reworded(standalone: str, typed: str) -> bool:
    """Whether a standalone question differs from the question as typed in more than letter case, white space and end punctuation.

    Args:
        standalone: the question that is searched for.
        typed: the question as it was typed.
    """
    return _bare(standalone) != _bare(typed)


def _bare(question: str) -> str:
    return " ".join(question.split()).rstrip(f"{_END} ").casefold()
