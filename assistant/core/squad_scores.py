"""Scores answers by exact match and token F1, as the official SQuAD 2.0 script does (Rajpurkar et al., 2018).

Normalisation: lower case, no punctuation, no articles, single spaces. Among several right answers the nearest counts; an
unanswerable question is right when nothing is answered.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_ARTICLES = re.compile(r"\b(a|an|the)\b", re.UNICODE)
_PUNCTUATION = str.maketrans("", "", string.punctuation)
_BINS = 10


def normalized(text: str) -> str:
    """The text in the form in which answers are compared."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_PUNCTUATION)).split())


def exact(gold: str, answer: str) -> float:
    """1 if both are the same after normalisation, else 0."""
    return float(normalized(gold) == normalized(answer))


def f1(gold: str, answer: str) -> float:
    """Harmonic mean of precision and recall of the normalised tokens; if one text is empty, 1 if the other is too, else 0."""
    wanted, given = normalized(gold).split(), normalized(answer).split()
    if not wanted or not given:
        return float(wanted == given)
    same = sum((Counter(wanted) & Counter(given)).values())
    return 2 * same / (len(wanted) + len(given))


@dataclass(frozen=True, slots=True)
class Scored:
    """The scores of a question.

    Attributes:
        source: the data set that the question is from.
        answerable: whether its context holds the answer.
        em: exact match of the best span, as if the reader never abstained; 0 if no answer could be right.
        f1: token F1, likewise.
        confidence: calibrated probability that the best span is right.
    """

    source: str
    answerable: bool
    em: float
    f1: float
    confidence: float

    @property
    def right(self) -> bool:
        """Whether the span counts as right for the confidence: its F1 is at least 0.5."""
        return self.f1 >= 0.5


def scored(source: str, golds: Sequence[str], answer: str, confidence: float) -> Scored:
    """Score the best span of a question; `golds` is empty for an unanswerable one."""
    known = [gold for gold in golds if normalized(gold)]
    em = max((exact(gold, answer) for gold in known), default=0.0)
    return Scored(source, bool(golds), em, max((f1(gold, answer) for gold in known), default=0.0), confidence)


def figures(rows: Sequence[Scored], threshold: float) -> dict[str, float | None]:
    """The metrics of scored questions, in percent except `auroc`, `ece` and `best_threshold`; None if undefined.

    Args:
        rows: the scored questions.
        threshold: for `em`, `f1` and `no_ans_accuracy`, less confident answers count as refusals.

    Returns:
        em, f1: over all questions, refusing below the threshold. has_ans_f1: over the answerable ones, never refusing.
        no_ans_accuracy: share of the unanswerable ones that are refused. best_f1, best_threshold: at the confidence that gives
        the best F1 here. auroc: of answerability by confidence. ece: expected calibration error of the confidence, ten bins of
        equal width.
    """
    answerable = np.array([row.answerable for row in rows])
    confidence = np.array([row.confidence for row in rows])
    em, gained = np.array([row.em for row in rows]), np.array([row.f1 for row in rows])
    kept = confidence >= threshold
    best, where = best_threshold(answerable, gained, confidence)
    return {
        "em": _percent(np.where(kept, em, ~answerable)),
        "f1": _percent(np.where(kept, gained, ~answerable)),
        "has_ans_f1": _percent(gained[answerable]),
        "no_ans_accuracy": _percent(~kept[~answerable]),
        "best_f1": 100 * best,
        "best_threshold": where,
        "auroc": auroc(confidence[answerable], confidence[~answerable]),
        "ece": calibration_error(confidence, np.array([row.right for row in rows])),
    }


def best_threshold(
    answerable: npt.NDArray[np.bool_], gained: npt.NDArray[np.float64], confidence: npt.NDArray[np.float64]
) -> tuple[float, float]:
    """The best mean score that a threshold can give, and that threshold (`find_best_thresh` of the official script)."""
    order = np.argsort(-confidence, kind="stable")
    change = np.where(answerable, gained, -1.0)[order]
    totals = np.concatenate([[0.0], np.cumsum(change)]) + float((~answerable).sum())
    # A threshold can't part answers of the same confidence.
    ends = np.flatnonzero(np.diff(confidence[order], append=-np.inf) != 0) + 1
    allowed = np.concatenate([[0], ends])
    cut = int(allowed[np.argmax(totals[allowed])])
    return float(totals[cut] / len(confidence)), float(confidence[order][cut - 1]) if cut else 1.0


def auroc(positive: npt.NDArray[np.float64], negative: npt.NDArray[np.float64]) -> float | None:
    """Probability that a positive scores above a negative, ties half (Mann and Whitney, 1947)."""
    if not len(positive) or not len(negative):
        return None
    ordered = np.sort(negative)
    below = np.searchsorted(ordered, positive, side="left")
    equal = np.searchsorted(ordered, positive, side="right") - below
    return float((below + equal / 2).mean() / len(negative))


def calibration_error(confidence: npt.NDArray[np.float64], right: npt.NDArray[np.bool_]) -> float:
    """Expected calibration error (Guo et al., 2017), bins of equal width."""
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = [abs(float(confidence[bins == b].sum() - right[bins == b].sum())) for b in range(_BINS)]
    return sum(gaps) / len(confidence)


def risk_coverage(rows: Sequence[Scored]) -> list[tuple[float, float]]:
    """(coverage, risk) at each confidence, the highest first: share of the questions answered, share of those wrong."""
    ordered = sorted(rows, key=lambda row: -row.confidence)
    wrong = np.cumsum([not row.right for row in ordered])
    return [((n + 1) / len(ordered), float(wrong[n]) / (n + 1)) for n in range(len(ordered))]


def _percent(values: npt.NDArray[np.float64] | npt.NDArray[np.bool_]) -> float | None:
    return 100 * float(values.mean()) if len(values) else None
