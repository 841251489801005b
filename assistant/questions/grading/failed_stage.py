"""Where a question broke: the first stage on its way that did not do its part, told from the answer's trace.

No stage is run again, and nothing is asked of a model: what was searched for, what was found, and what the proof left out
stand in the trace.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.core.answer import Answer, Dropped
from assistant.core.turns import Turn
from assistant.questions.grading.ground_truth import GroundTruth, cited, reached, retrieved, wordings_in
from assistant.questions.reports import Outcome, Place, Stage
from assistant.questions.spec.cases import Expected
from assistant.questions.spec.wordings import holds, tokens
from assistant.understanding.followup.leaning import leans
from index.stemming import stem
from index.stopwords import STOP_WORDS

_AROUND = 2_000
"""Characters before and after expected evidence, at the most, in which the words of a follow-up are looked for."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The stage, and in words what shows it."""

    stage: Stage
    reason: str


def broken_at(
    expected: Expected,
    answer: Answer,
    outcome: Outcome,
    truth: GroundTruth,
    history: Sequence[Turn] = (),
) -> Broken:
    """Where a question that is not right broke.

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
    if not expected.answerable:
        return Broken("read wrongly", "the articles don't answer this")
    found = _found(answer)
    if not found or not reached(expected, truth.places, found):
        count = len(answer.evidence)
        return Broken(
            "not retrieved",
            f"none of the {count} passages found holds the expected evidence" if count else "nothing was found",
        )
    if dropped := _lost_in_proof(expected, answer):
        detail = f": {dropped.detail}" if dropped.detail else ""
        return Broken("proof failed", f"“{dropped.text}” was left out: {dropped.reason}{detail}")
    done = "was not used" if answer.status == "answered" else "the reader refused"
    if expected.evidence and answer.evidence:
        rank = _rank(expected, answer, truth.places)
        return Broken("read wrongly", f"the expected evidence was found (passage {rank}), and {done}")
    return Broken("read wrongly", f"passages were found, and {done.replace('was not used', 'something else was read')}")


def _found(answer: Answer) -> list[Place]:
    """What the reader had: the passages, and what it cites where an assistant does not tell them."""
    return [*retrieved(answer), *cited(answer)]


def _missing(expected: Expected, places: Sequence[Sequence[Place]]) -> bool:
    """Whether what is expected can't be cited, as it stands in no article."""
    there = [bool(quote) for quote in places]
    return bool(there) and not (all(there) if expected.all_evidence else any(there))


def _rank(expected: Expected, answer: Answer, places: Sequence[Sequence[Place]]) -> int:
    """The number of passages that had to be read to have all that is needed, from 1."""
    found = _found(answer)
    return next(n for n in range(1, len(found) + 1) if reached(expected, places, found[:n]))


def _lost_in_proof(expected: Expected, answer: Answer) -> Dropped | None:
    """What the proof left out, if it would have been the answer, or was all there was."""
    for dropped in answer.trace.dropped:
        if any(holds(dropped.text, wording) for wording in expected.answers) or any(
            _in_common(dropped.text, quote) for quote in expected.evidence
        ):
            return dropped
    return answer.trace.dropped[0] if answer.trace.dropped and answer.status != "answered" else None


def _in_common(text: str, quote: str) -> bool:
    """Whether one of two texts holds the other, spaces and punctuation aside."""
    first, second = (f" {' '.join(tokens(one))} " for one in (text, quote))
    return bool(first.strip() and second.strip()) and (first in second or second in first)


# Follow-ups


def _misunderstood(
    expected: Expected,
    answer: Answer,
    truth: GroundTruth,
    history: Sequence[Turn],
) -> str:
    """Why a follow-up was not understood: what shows it; "" = it was, or it is none.

    It was not if it leans on the turns before, and the standalone question has no word of theirs; or if it has some, and not
    one of them stands around the expected evidence. A system that does not tell its standalone question is not judged.
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
    """Stems of the paragraphs that hold expected evidence, each with the one before it: it may have the name to a pronoun."""
    spans: set[tuple[str, int, int]] = set()
    for article_id, start, end in (place for quote in truth.places for place in quote):
        text = truth.articles[article_id].text
        first = max(text.rfind("\n\n", max(start - _AROUND, 0), start), start - _AROUND, 0)
        first = max(text.rfind("\n\n", max(start - _AROUND, 0), first), start - _AROUND, 0)
        last = text.find("\n\n", end, end + _AROUND)
        spans.add((article_id, first, last if last >= 0 else end + _AROUND))
    return frozenset().union(*(_stems(truth.articles[name].text[first:last]) for name, first, last in spans))
