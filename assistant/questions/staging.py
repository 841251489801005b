"""Where a question broke: the first stage on its way that did not do its part, told from the answer's trace.

No stage is run again, and nothing is asked of a model: what was searched for, what was found, and what the proof left out
stand in the trace.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.answer import Answer
from assistant.conversation import Turn
from assistant.questions.cases import Expected
from assistant.questions.locating import reached, retrieved
from assistant.questions.reports import Outcome, Place, Stage
from assistant.questions.wordings import holds, tokens
from index.article import Article
from index.spelling import stem
from index.stopwords import STOP_WORDS

_ASKS = r"who|whom|whose|what|when|where|why|how|which|did|does|do|is|are|was|were|has|have|had|will|would|can|could|should|may"
_LEANS = re.compile(
    rf"^\W*(?:what|how) about\b|^\W*(?:and|but|so|then|or)\b(?!\W+(?:{_ASKS})\b)"
    r"|\b(?:he|she|it|they|him|her|them|his|hers|its|their|theirs|himself|herself|itself|themselves|this|these|those)\b"
    rf"|\b(?:{_ASKS}|of|for|to|in|on|at|by|from|with|about|after|before|since)\W+that\b"
    r"|\bthat(?=\W*$|\W+(?:is|was|were|happens?|means?)\b)"
    r"|\bwhich one\b|\b(?:ones?|rest|others?|former|latter|same|second|third)\W*$",
    re.IGNORECASE,
)
"""A pronoun, "the rest", or "And ..." that goes on with a name or a time rather than with a whole question."""
_FEW_WORDS = 2
"""A question with fewer words that tell something ("Why?", "How many times?") leans on what went before."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The stage, and in words what shows it."""

    stage: Stage
    reason: str


def broken_at(
    expected: Expected,
    answer: Answer,
    outcome: Outcome,
    places: Sequence[Sequence[Place]],
    articles: Mapping[str, Article],
    history: Sequence[Turn] = (),
) -> Broken:
    """Where a question that is not right broke.

    Args:
        expected: what was asked.
        answer: what came.
        outcome: one that is not right.
        places: of each expected quote, in the articles that were asked.
        articles: by id.
        history: the turns before, oldest first.
    """
    if outcome == "law broken":
        return Broken("proof failed", "what was said is not proven")
    if expected.answerable and _missing(expected, places):
        return Broken("not in the library", "no article that was asked holds the expected evidence")
    if reason := _misunderstood(expected, answer, places, articles, history):
        return Broken("follow-up misunderstood", reason)
    if not expected.answerable:
        return Broken("read wrongly", "the articles don't answer this")
    if not answer.evidence or not reached(expected, places, retrieved(answer)):
        count = len(answer.evidence)
        return Broken(
            "not retrieved",
            f"none of the {count} passages found holds the expected evidence" if count else "nothing was found",
        )
    if dropped := _lost_in_proof(expected, answer):
        return Broken("proof failed", f"“{dropped[0]}” was left out: {dropped[1]}")
    done = "was not used" if answer.status == "answered" else "the reader refused"
    if expected.evidence:
        return Broken(
            "read wrongly", f"the expected evidence was found (passage {_rank(expected, answer, places)}), and {done}"
        )
    return Broken("read wrongly", f"passages were found, and {done.replace('was not used', 'something else was read')}")


def _missing(expected: Expected, places: Sequence[Sequence[Place]]) -> bool:
    """Whether what is expected can't be cited, as it stands in no article."""
    there = [bool(quote) for quote in places]
    return bool(there) and not (all(there) if expected.all_evidence else any(there))


def _rank(expected: Expected, answer: Answer, places: Sequence[Sequence[Place]]) -> int:
    """The number of passages that had to be read to have all that is needed, from 1."""
    found = retrieved(answer)
    return next(n for n in range(1, len(found) + 1) if reached(expected, places, found[:n]))


def _lost_in_proof(expected: Expected, answer: Answer) -> tuple[str, str] | None:
    """What the proof left out, with its reason, if it would have been the answer, or was all there was."""
    for text, reason in answer.trace.dropped:
        if any(holds(text, wording) for wording in expected.answers) or any(
            _in_common(text, quote) for quote in expected.evidence
        ):
            return text, reason
    return answer.trace.dropped[0] if answer.trace.dropped and answer.status != "answered" else None


def _in_common(text: str, quote: str) -> bool:
    """Whether one of two texts holds the other, spaces and punctuation aside."""
    first, second = (f" {' '.join(tokens(one))} " for one in (text, quote))
    return bool(first.strip() and second.strip()) and (first in second or second in first)


# Follow-ups


def _misunderstood(
    expected: Expected,
    answer: Answer,
    places: Sequence[Sequence[Place]],
    articles: Mapping[str, Article],
    history: Sequence[Turn],
) -> str:
    """Why a follow-up was not understood: what shows it; "" = it was, or it is none.

    The turns before offer words; those that stand around the expected evidence are the ones that a standalone question needed.
    It was misunderstood if it needed some, and the standalone question took none of them; or if it took others only. Where no
    evidence is expected, it was if it leans on what went before, and took no word of it.
    """
    if not history:
        return ""
    asked = answer.trace.standalone_question
    if answer.status == "unclear":
        return "what it refers to was not understood" + (f": {answer.message}" if answer.message else "")
    own, taken = _stems(expected.question), _stems(asked or expected.question)
    offered = _stems(" ".join(_told(turn) for turn in history)) - own
    needed, borrowed = offered & _around(places, articles), taken - own
    if not any(places):
        alone = not borrowed and bool(offered) and _leans(expected.question)
        return f"searched for “{asked or expected.question}”, which has no word from before" if alone else ""
    if borrowed & needed or not (needed or borrowed):
        return ""
    if borrowed and not reached(expected, places, retrieved(answer)):
        return f"searched for “{asked}”, whose words from before are not those of the expected evidence"
    if needed and (borrowed or _leans(expected.question)):
        return (
            f"searched for “{asked or expected.question}”, which has no word from before that the expected evidence has"
        )
    return ""


def _leans(question: str) -> bool:
    """Whether a question can't be understood without the turns before."""
    return bool(_LEANS.search(question)) or len(_stems(question)) < _FEW_WORDS


def _told(turn: Turn) -> str:
    answer = turn.answer
    return " ".join(
        [turn.question, answer.trace.standalone_question, *(sentence.text for sentence in answer.sentences)]
    )


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in tokens(text) if word not in STOP_WORDS)


def _around(places: Sequence[Sequence[Place]], articles: Mapping[str, Article]) -> frozenset[str]:
    """Stems of the paragraphs that hold expected evidence."""
    found: set[str] = set()
    for article_id, start, end in (place for quote in places for place in quote):
        text = articles[article_id].text
        before, after = text.rfind("\n\n", 0, start), text.find("\n\n", end)
        found |= _stems(text[max(before, 0) : after if after >= 0 else len(text)])
    return frozenset(found)
