"""The sentences that may answer -> the draft that the kind of the question asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.core.draft import Draft, DraftSentence, Quote
from assistant.core.kinds import Kind
from assistant.reading.calibration import Calibration
from assistant.reading.deciding import decision
from assistant.reading.judging import Found
from assistant.reading.listing import items_of, leads, likely
from assistant.reading.marking import answer_words
from assistant.reading.rivals import Trusted, rivals
from assistant.understanding.analysis import QuestionAnalysis

_OF_STATES: tuple[Kind, ...] = ("fact", "newest", "oldest")
"""Kinds of which several articles may say different things."""
_MOST, _MOST_LISTED = 3, 12
"""So many sentences are given at most, of the best one's window; and for a list, of its article."""


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
    best = best_first[0]
    if kind == "list":
        found = likely(best_first, _MOST_LISTED, lambda one: one.passage.article_id == best.passage.article_id)
        found.sort(key=lambda one: one.passage.start + one.start)
        items = items_of(best)
    else:
        # Beside a side's own sentence often stands the other side's, which is nearly as likely.
        most = 1 if kind == "comparison" else _MOST
        found = likely(best_first, most, lambda one: one.window is best.window)
        # Whatever was asked, a list that the best sentence leads to, or of which two lines answer, is meant whole.
        items = items_of(best) if leads(best) else items_of(best, found[1:]) if len(found) > 1 else []
    if items:
        return replace(draft, sentences=tuple(DraftSentence((quote,)) for quote in items), listed=True)
    if kind in _OF_STATES and len(differing := rivals(kind, best_first, reading.trusted, answer_words)) > 1:
        said = [replace(_quoted(kind, asked, one), aside=n > 0) for n, one in enumerate(differing)]
        return replace(draft, sentences=tuple(said))
    verdict = decision(best, draft.confidence, calibration) if kind == "yes_no" else ""
    return replace(draft, sentences=tuple(_quoted(kind, asked, one) for one in found), verdict=verdict)


def _quoted(kind: Kind, asked: QuestionAnalysis, found: Found) -> DraftSentence:
    """A sentence with the answer's words marked; of a yes/no question all of it decides, and nothing is marked."""
    key = "" if "yes_no" in (kind, asked.answer_type) else answer_words(found)
    return DraftSentence((Quote(found.passage, found.text, found.passage.start + found.start),), key=key)
