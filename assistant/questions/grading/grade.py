"""Grades an answer: one of eight outcomes, which wording matched, which stage failed. By rules, so always the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from assistant.core.answer import Answer, AnswerSentence, Citation, Status
from assistant.core.turns import Turn
from assistant.questions.grading.answer_match import forbidden, match
from assistant.questions.grading.failed_stage import broken_at
from assistant.questions.grading.form import besides, contrary, disordered, misunderstood, undecided
from assistant.questions.grading.ground_truth import GroundTruth, cited, reached
from assistant.questions.reports import RIGHT, Grade, Outcome
from assistant.questions.spec.cases import Expected
from index.article import Article


def grade(
    expected: Expected,
    answer: Answer,
    truth: GroundTruth,
    history: Sequence[Turn] = (),
) -> Grade:
    """Grade one answer. A broken law comes first: no answer is right then.

    Args:
        expected: what was asked, and what is expected.
        answer: what came.
        truth: the articles that were asked, in which every citation must stand, and where the expected evidence is in them.
        history: the turns before, oldest first.
    """
    matched = match(expected.answers, answer) if expected.answers else None
    outcome, reason = _outcome(expected, answer, truth, matched is not None and matched.how is not None)
    stage = None
    if outcome not in RIGHT:
        broken = broken_at(expected, answer, outcome, truth, history)
        stage, reason = broken.stage, "; ".join(part for part in (reason, broken.reason) if part)
    if matched is None:
        return Grade(outcome, reason=reason, stage=stage)
    return Grade(outcome, matched.how, matched.wording, matched.exact, matched.f1, reason, stage)


def _outcome(
    expected: Expected,
    answer: Answer,
    truth: GroundTruth,
    matches: bool,
) -> tuple[Outcome, str]:
    """The outcome, and the reason for it; "" where the failed stage says enough."""
    outcome, reason = _of_what_is_said(expected, answer, truth, matches)
    if outcome in RIGHT:
        undone = undecided(expected, answer) or disordered(expected, answer, truth.places)
        if undone or misunderstood(expected, answer):
            return "right, wrong form", undone
    return outcome, reason


def _of_what_is_said(expected: Expected, answer: Answer, truth: GroundTruth, matches: bool) -> tuple[Outcome, str]:
    """The outcome by what is said and what is cited for it, whatever its form."""
    if law := broken_law(answer, truth.articles):
        return "law broken", law
    if answer.status != "answered":
        return ("refused wrongly" if expected.answerable else "refused rightly"), ""
    if not expected.answerable:
        return "answered what it shouldn't", ""
    if wording := forbidden(expected.must_not_say, answer):
        return "wrong", f"it says {wording!r}, which it must not"
    if opposite := contrary(expected, answer):
        return "wrong", opposite
    if expected.answers and not matches:
        return "wrong", "no accepted wording is said"
    if not reached(expected, truth.places, cited(answer)):
        decided = bool(expected.verdict) and expected.verdict == answer.verdict
        return ("right, wrong evidence" if matches or decided else "wrong"), _uncited(expected)
    if others := besides(expected, answer, truth.places):
        return "right, wrong evidence", others
    return "right and cited", ""


def _uncited(expected: Expected) -> str:
    return "not every expected quote is cited" if expected.all_evidence else "no expected quote is cited"


def broken_law(answer: Answer, articles: Mapping[str, Article]) -> str:
    """Which of the laws "verbatim" and "no proof, no answer" an answer breaks, and where; "" = none."""
    for citation in (*answer.citations, *answer.closest):
        if reason := _not_verbatim(citation, articles):
            return reason
    if answer.status not in get_args(Status):
        return f"the status {answer.status!r} is none of {', '.join(get_args(Status))}"
    if answer.status != "answered":
        claims = answer.sentences or answer.citations or answer.verdict
        return f"status {answer.status!r} with sentences, citations or a verdict" if claims else ""
    if not answer.sentences or not answer.citations:
        return "answered without a sentence or without a citation"
    numbers = {citation.number: citation for citation in answer.citations}
    if len(numbers) != len(answer.citations):
        return "two citations have the same number"
    return next(filter(None, (_unproven(sentence, numbers) for sentence in answer.sentences)), "")


def _not_verbatim(citation: Citation, articles: Mapping[str, Article]) -> str:
    article = articles.get(citation.article_id)
    if article is None:
        return f"citation {citation.number} cites the article {citation.article_id!r}, which was not asked"
    if citation.content_hash not in ("", article.content_hash) and not citation.stale:
        return f"citation {citation.number} is of another version of its article, and does not say that it is stale"
    start, end = citation.start, citation.end
    stands = article.text[start:end] if 0 <= start < end <= len(article.text) else None
    if stands == citation.quote:
        return ""
    return f"citation {citation.number} is not verbatim: [{start}:{end}] is {stands!r}, the quote {citation.quote!r}"


def _unproven(sentence: AnswerSentence, citations: Mapping[int, Citation]) -> str:
    if not sentence.text.strip():
        return "a sentence without words"
    if not sentence.citations:
        return f"the sentence {sentence.text!r} carries no citation"
    if missing := [number for number in sentence.citations if number not in citations]:
        return f"the sentence {sentence.text!r} cites {missing}, which do not exist"
    quote = sentence.answering(citations.values()).quote
    if missing_keys := [key for key in (sentence.key, *sentence.also) if key not in quote]:
        return f"the key words {missing_keys[0]!r} are in no quote of the sentence {sentence.text!r}"
    return ""
