"""What came of questions -> how far a reader is to be trusted, and the figures of that. All are cross-validated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from assistant.core import squad_scores as scoring
from assistant.reading.calibration import Calibration, Values, fit, with_confidence

SETTINGS = ("own", "library", "squad", "foreign", "document", "documents", "foreign document")
"""Of its own article, of all of them, of a context of `reading/dev`, and of an article that has nothing to do with it; of its own
document, of all documents and articles, and of a document that has nothing to do with it."""
LIBRARIES = ("library", "documents")
_OWN = ("own", "document")
_RIGHT_VERDICTS = 0.92
"""Of the verdicts that are said so many must be right."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question before any refusal.

    Attributes:
        setting: what it was asked of, one of `SETTINGS`.
        article: its article, or the title of its context.
        kind: of the question.
        answerable: whether the article says it.
        read: whether a sentence that answers was among those that were read.
        right: whether the best sentence answers.
        values: those of `trust_values`.
        words: how well its words are the expected ones, F1.
        verdict: whether the likelier verdict is right; None = no yes/no question.
        decision: the values of its verdict; empty = no yes/no question. Where the article does not answer none is right.
    """

    setting: str
    article: str
    kind: str
    answerable: bool
    read: bool
    right: bool
    values: list[float]
    words: float
    verdict: bool | None
    decision: list[float] = field(default_factory=list)


def fitted(found: Sequence[Outcome]) -> Calibration:
    """Fit the trust in the best sentence, and the threshold where a wrong answer weighs twice a wrong refusal.

    The trust is fitted on all, the threshold on the written questions, of their own text and of a foreign one. More than half
    of those of `reading/dev` have no answer and are made to deceive: they teach what to distrust, not how often people ask so.
    """
    trust = np.round(fit([np.array(one.values) for one in found], [one.right for one in found]), 5)
    unset = Calibration(trust, 0.0)
    whole = [one for one in found if one.setting != "squad" and one.setting not in LIBRARIES]
    threshold = best_threshold(whole, _confidence(unset, whole))
    asked = [one for one in found if one.setting in _OWN and one.decision]
    if not asked:
        return replace(unset, threshold=threshold)
    verdict = np.round(fit(_decisions(unset, asked), [bool(one.verdict) for one in asked]), 5)
    certain = replace(unset, verdict=verdict)
    return replace(certain, threshold=threshold, certain_from=_certain_from(certain, asked))


def _decisions(calibration: Calibration, asked: Sequence[Outcome]) -> list[Values]:
    confidence = _confidence(calibration, asked)
    return [with_confidence(np.array(one.decision), sure) for one, sure in zip(asked, confidence, strict=True)]


def _certain(calibration: Calibration, asked: Sequence[Outcome]) -> Values:
    """How certain the verdict of each question is."""
    confidence = _confidence(calibration, asked)
    return np.array(
        [calibration.certain(np.array(one.decision), sure) for one, sure in zip(asked, confidence, strict=True)]
    )


def _certain_from(calibration: Calibration, asked: Sequence[Outcome]) -> float:
    """The least certainty from which on the verdicts are right as often as they must be."""
    certain, right = _certain(calibration, asked), np.array([bool(one.verdict) for one in asked])
    order = np.argsort(-certain, kind="stable")
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(shares >= _RIGHT_VERDICTS)
    return float(np.floor(certain[order][enough[-1]] * 100) / 100) if len(enough) else 1.0


def best_threshold(found: Sequence[Outcome], confidence: Values) -> float:
    """The least threshold at which the loss is within a standard error of its minimum (Breiman et al., 1984, 3.4.3).

    The loss is 2 for a wrong answer and 1 for a wrong refusal. It hardly changes over a wide range, and of two thresholds that
    the questions can't tell apart, the one that answers more serves more.
    """
    right, answerable = np.array([one.right for one in found]), np.array([one.answerable for one in found])
    tried = np.unique(np.round(confidence, 2))
    losses = np.stack([2.0 * (~right & (confidence >= t)) + (answerable & (confidence < t)) for t in tried])
    sums = losses.sum(axis=1)
    best = int(sums.argmin())
    error = float(losses[best].std()) * len(found) ** 0.5
    return float(tried[int(np.argmax(sums <= sums[best] + error))])


def _confidence(calibration: Calibration, found: Sequence[Outcome]) -> Values:
    return np.array([calibration.probability(np.array(one.values)) for one in found])


def cross_validated(found: Sequence[Outcome]) -> tuple[Values, Values, Values]:
    """The confidence in each outcome, the threshold it is held to, and whether a verdict is said; ten folds.

    All are fitted on the other articles.
    """
    names = list(dict.fromkeys(one.article for one in found))
    fold = {name: n % 10 for n, name in enumerate(names)}
    confidence, threshold, told = np.zeros(len(found)), np.zeros(len(found)), np.zeros(len(found))
    for number in range(10):
        inside = [n for n, one in enumerate(found) if fold[one.article] == number]
        if inside:
            calibration = fitted([one for one in found if fold[one.article] != number])
            confidence[inside] = _confidence(calibration, [found[n] for n in inside])
            threshold[inside] = calibration.threshold
            decided = [n for n in inside if found[n].decision]
            told[decided] = _certain(calibration, [found[n] for n in decided]) >= calibration.certain_from
    return confidence, threshold, told * (confidence >= threshold)


def figures(found: Sequence[Outcome], confidence: Values, threshold: Values, told: Values) -> dict[str, Any]:
    """What the outcomes come to, each judged with its confidence against its threshold; `told` where a verdict is said."""
    asked, said = np.array([one.answerable for one in found]), confidence >= threshold
    right = np.array([one.right for one in found])
    yesno = np.array([one.kind == "yesno" for one in found])
    verdicts = [one.verdict for one in found if one.verdict is not None and one.right]
    separated = scoring.auroc(confidence[asked], confidence[~asked])
    return {
        "questions": len(found),
        "read": _share(np.array([one.read for one in found])[asked]),
        "right first": _share(right[asked]),
        "answered right": _share((right & said)[asked]),
        "of answered right": _share(right[said & asked]),
        "of all answers right": _share(right[said]),
        "refused": _share((~said)[~asked]),
        "yes/no cited": _share((right & said)[asked & yesno]),
        "verdict": _share(np.array(verdicts)),
        "verdict said": _share(told[asked & yesno]),
        "of verdicts said right": _share(np.array([bool(one.verdict) for one in found])[told > 0]),
        "words F1": _share(np.array([one.words for one in found])[asked & ~yesno & right]),
        "AUROC": separated,
        "AUROC right": scoring.auroc(confidence[right], confidence[~right]),
        "calibration error": scoring.calibration_error(confidence, right),
    }


def by_kind(found: Sequence[Outcome], confidence: Values, threshold: Values) -> dict[str, dict[str, float]]:
    """Of each kind of question: how many, right first, answered rightly, and by how much the mean confidence is too high.

    A kind has too few questions for bins, so its calibration error is that of the mean.
    """
    parts: dict[str, dict[str, float]] = {}
    for kind in sorted({one.kind for one in found}):
        mine = np.array([n for n, one in enumerate(found) if one.kind == kind])
        right = np.array([found[n].right for n in mine])
        parts[kind] = {
            "questions": len(mine),
            "right first": float(right.mean()),
            "answered right": float((right & (confidence[mine] >= threshold[mine])).mean()),
            "too sure": float(confidence[mine].mean() - right.mean()),
        }
    return parts


def _share(values: Any) -> float | None:
    return float(np.mean(values)) if len(values) else None
