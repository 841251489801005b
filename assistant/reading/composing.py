"""The sentences that may answer -> the draft that the kind of the question asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.core.draft import Draft, DraftSentence, Quote
from assistant.core.kinds import Kind
from assistant.reading.calibration import Calibration
from assistant.reading.deciding import decision
from assistant.reading.judging import Found, shares
from assistant.reading.listing import items_of, likely
from assistant.reading.marking import answer_words
from assistant.reading.rivals import Trusted, rivals
from assistant.understanding.analysis import QuestionAnalysis

_OF_STATES: tuple[Kind, ...] = ("fact", "newest", "oldest")
"""Kinds of which several articles may say different things."""
_ALSO_ANSWERS = 0.35
"""A further sentence of the window is given if it is at least so likely beside the best."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read for a question.

    Attributes:
        asked: the question.
        best_first: the sentences that may answer, at least one.
        calibration: of the reader.
        trusted: whether the first of some sentences of one article is trusted as an answer.
    """

    asked: QuestionAnalysis
    best_first: Sequence[Found]
    calibration: Calibration
    trusted: Trusted


def composed(kind: Kind, reading: Reading, draft: Draft) -> Draft:
    """The draft, with the sentences that answer.

    Args:
        kind: of the question.
        reading: what was read.
        draft: what else is known of it.
    """
    asked, best_first, calibration = reading.asked, reading.best_first, reading.calibration
    found = likely(best_first) if kind == "list" else _answering(best_first)
    # Whatever was asked, a list of which two lines answer is meant whole.
    items = items_of(best_first[0], () if kind == "list" else found[1:])
    if items and (kind == "list" or len(found) > 1):
        return replace(draft, sentences=tuple(DraftSentence((quote,)) for quote in items))
    if kind == "list":
        return replace(draft, sentences=tuple(_quoted(kind, asked, one) for one in found))
    if kind in _OF_STATES and len(differing := rivals(kind, best_first, reading.trusted, answer_words)) > 1:
        said = [replace(_quoted(kind, asked, one), aside=n > 0) for n, one in enumerate(differing)]
        return replace(draft, sentences=tuple(said))
    verdict = decision(best_first[0], draft.confidence, calibration) if kind == "yes_no" else ""
    return replace(draft, sentences=tuple(_quoted(kind, asked, one) for one in found), verdict=verdict)


def _answering(best_first: Sequence[Found]) -> list[Found]:
    """The best sentence, and further ones of its window that answer, too."""
    best, known = best_first[0], shares(best_first)
    nothing = 1 - float(known.sum())
    return [
        best,
        *(
            other
            for share, other in zip(known[1:3], best_first[1:3], strict=False)
            if share / known[0] >= _ALSO_ANSWERS and share > nothing and other.window is best.window
        ),
    ]


def _quoted(kind: Kind, asked: QuestionAnalysis, found: Found) -> DraftSentence:
    """A sentence with the answer's words marked; of a yes/no question all of it decides, and nothing is marked."""
    key = "" if "yes_no" in (kind, asked.answer_type) else answer_words(found)
    return DraftSentence((Quote(found.passage, found.text, found.passage.start + found.start),), key=key)
