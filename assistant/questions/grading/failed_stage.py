"""Finds the stage at which a question failed: the first one that did not do its part, by the answer's trace.

No stage is run again and no model is asked: the trace holds what was searched for, what was found, and what the proof left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.core.answer import Answer, Dropped
from assistant.core.turns import Turn
from assistant.questions.grading.form import besides, contrary, disordered, misunderstood, undecided
from assistant.questions.grading.ground_truth import GroundTruth, cited, reached, retrieved, wordings_in
from assistant.questions.reports import Outcome, Place, Stage
from assistant.questions.spec.cases import Expected
from assistant.questions.spec.wordings import holds, tokens
from assistant.understanding.followup.leaning import leans
from index.stemming import stem
from index.stopwords import STOP_WORDS

_AROUND = 2_000
"""How many characters before and after the expected evidence are searched for the words of a follow-up."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The stage that failed, and what shows it, in words."""

    stage: Stage
    reason: str


def broken_at(
    expected: Expected,
    answer: Answer,
    outcome: Outcome,
    truth: GroundTruth,
    history: Sequence[Turn] = (),
) -> Broken:
    """Find the stage at which a question failed.

    Args:
        expected: what was asked.
        answer: what came.
        outcome: one that is not right.
        truth: the articles that were asked, and where the expected evidence stands in them.
        history: the turns before, oldest first.
    """
    if outcome == "law broken":
        return Broken("proof failed", "what was said is not proven")
    if expected.answerable and _missing(expected, truth.places):
        return Broken("not in the library", "no article that was asked holds the expected evidence")
    if expected.answerable and truth.absent and not truth.places:
        return Broken("not in the library", "none of the set's articles was asked")
    if expected.answerable and not truth.places:
        truth = replace(truth, places=wordings_in(expected.answers, truth.articles.values()))
    if reason := _misunderstood(expected, answer, truth, history):
        return Broken("follow-up misunderstood", reason)
    if reason := misunderstood(expected, answer):
        return Broken("kind misunderstood", reason)
    if not expected.answerable:
        return Broken("read wrongly", "the articles don't answer this")
    found = _found(answer)
    if not found or not reached(expected, truth.places, found):
        count = len(answer.evidence)
        return Broken(
            "not retrieved",
            f"none of the {count} passages found holds the expected evidence" if count else "nothing was found",
        )
    if _only_its_form(expected, answer, truth):
        return Broken("read wrongly", "")
    if dropped := _lost_in_proof(expected, answer):
        detail = f": {dropped.detail}" if dropped.detail else ""
        return Broken("proof failed", f"“{dropped.text}” was left out: {dropped.reason}{detail}")
    done = "was not used" if answer.status == "answered" else "the reader refused"
    if expected.evidence and answer.evidence:
        rank = _rank(expected, answer, truth.places)
        return Broken("read wrongly", f"the expected evidence was found (passage {rank}), and {done}")
    return Broken("read wrongly", f"passages were found, and {done.replace('was not used', 'something else was read')}")


def _found(answer: Answer) -> list[Place]:
    """The places the reader could use: the passages, and the citations, since some assistants do not report their passages."""
    return [*retrieved(answer), *cited(answer)]


def _only_its_form(expected: Expected, answer: Answer, truth: GroundTruth) -> bool:
    """Whether the expected evidence is cited, so that neither search nor proof lost it, but not as it should be."""
    if answer.status != "answered" or not reached(expected, truth.places, cited(answer)):
        return False
    faults = (contrary(expected, answer), undecided(expected, answer))
    return any((*faults, besides(expected, answer, truth.places), disordered(expected, answer, truth.places)))


def _missing(expected: Expected, places: Sequence[Sequence[Place]]) -> bool:
    """Whether the expected evidence can't be cited because it stands in none of the articles."""
    there = [bool(quote) for quote in places]
    return bool(there) and not (all(there) if expected.all_evidence else any(there))


def _rank(expected: Expected, answer: Answer, places: Sequence[Sequence[Place]]) -> int:
    """How many passages, from the best on, it takes to have the expected evidence."""
    found = _found(answer)
    return next(n for n in range(1, len(found) + 1) if reached(expected, places, found[:n]))


def _lost_in_proof(expected: Expected, answer: Answer) -> Dropped | None:
    """The sentence that the proof dropped, if it held the expected answer, or if nothing else was left."""
    for dropped in answer.trace.dropped:
        if any(holds(dropped.text, wording) for wording in expected.answers) or any(
            _in_common(dropped.text, quote) for quote in expected.evidence
        ):
            return dropped
    return answer.trace.dropped[0] if answer.trace.dropped and answer.status != "answered" else None


def _in_common(text: str, quote: str) -> bool:
    """Whether one of two texts contains the other, apart from spaces and punctuation."""
    first, second = (f" {' '.join(tokens(one))} " for one in (text, quote))
    return bool(first.strip() and second.strip()) and (first in second or second in first)


# Follow-ups


def _misunderstood(
    expected: Expected,
    answer: Answer,
    truth: GroundTruth,
    history: Sequence[Turn],
) -> str:
    """Why a follow-up was misunderstood; "" if it was understood, or if the question is no follow-up.

    It was misunderstood if it leans on the turns before and the standalone question takes no word from them, or if none of the
    words taken stands near the expected evidence. A system that does not report its standalone question is not judged.
    """
    asked = answer.trace.standalone_question
    if answer.status == "small_talk" and expected.answerable:
        return f"it was taken for small talk: {answer.message}"
    if answer.status == "unclear" and expected.answerable:
        return "what it refers to was not understood" + (f": {answer.message}" if answer.message else "")
    if not history or not asked:
        return ""
    own = _stems(expected.question)
    borrowed = _stems(asked) - own
    if not borrowed:
        return f"searched for “{asked}”, which has no word from before" if leans(expected.question) else ""
    around = _around(truth)
    if not any(truth.places) or borrowed & around:
        return ""
    offered = _stems(" ".join(_said_in(turn) for turn in history)) - own
    if offered & around or not reached(expected, truth.places, _found(answer)):
        return f"searched for “{asked}”, whose words from before are not those of the expected evidence"
    return ""


def _said_in(turn: Turn) -> str:
    answer = turn.answer
    return " ".join(
        [turn.question, answer.trace.standalone_question, *(sentence.text for sentence in answer.sentences)]
    )


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in tokens(text) if word not in STOP_WORDS)


def _around(truth: GroundTruth) -> frozenset[str]:
    """Stems of the paragraphs with expected evidence, and of the ones before them, which may have the name for a pronoun."""
    spans: set[tuple[str, int, int]] = set()
    for article_id, start, end in (place for quote in truth.places for place in quote):
        text = truth.articles[article_id].text
        first = max(text.rfind("\n\n", max(start - _AROUND, 0), start), start - _AROUND, 0)
        first = max(text.rfind("\n\n", max(start - _AROUND, 0), first), start - _AROUND, 0)
        last = text.find("\n\n", end, end + _AROUND)
        spans.add((article_id, first, last if last >= 0 else end + _AROUND))
    return frozenset().union(*(_stems(truth.articles[name].text[first:last]) for name, first, last in spans))
