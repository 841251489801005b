"""The figures of a run and its comparison with a baseline: plain frozen data, used by every kind of report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.core.draft import Usage

FIGURES: Mapping[str, str] = {
    "accuracy": "questions whose outcome is right",
    "answer_f1": "token F1 of what is said with the closest accepted wording, as SQuAD's scorer computes it",
    "answer_exact": "what is said is an accepted wording, as SQuAD's scorer compares them",
    "citation_precision": "cited characters, of answers, that stand in expected evidence",
    "citation_recall": "characters of expected evidence that are cited, each quote at its best place",
    "verdict_right": "questions with an expected verdict that got it",
    "verdict_wrong": "questions with an expected verdict that got the opposite; less is better",
    "kind_accuracy": "questions with an expected kind that were understood so",
    "R@1": "expected evidence in the first passage found",
    "R@5": "expected evidence in the first five passages found",
    "MRR": "one over the rank of the first passage with expected evidence",
    "nDCG@10": "normalised discounted cumulative gain of the first ten passages found",
    "abstention_precision": "refusals of questions that the articles don't answer",
    "abstention_recall": "questions without an answer that were refused",
    "abstention_f1": "harmonic mean of the two",
    "follow_up_success": "turns after the first that are right",
    "AURC": "area under the risk-coverage curve: mean share of wrong answers over all thresholds of confidence; less is better",
    "ECE": "expected calibration error: how far the confidence of answers is from the share that is right; less is better",
}
"""Names of the figures, in the order in which they are shown, with what they count. All lie between 0 and 1."""

LESS_IS_BETTER = frozenset({"AURC", "ECE", "verdict_wrong"})


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % bootstrap interval.

    Attributes:
        value: over all questions that it was measured on.
        low: 2.5 % of the resampled values are below it. Resampling makes ECE greater, so its value may be lower than this.
        high: 2.5 % of the resampled values are above it.
        n: number of questions that it was measured on.
    """

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """A point of the risk-coverage curve: what if only answers of at least some confidence were given.

    Attributes:
        confidence: the least confidence.
        coverage: share of the answers that reach it, 0..1.
        risk: share of these that are wrong, 0..1.
    """

    confidence: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class ConfidenceBin:
    """A bin of answers of about the same confidence.

    Attributes:
        confidence: their mean, 0..1.
        accuracy: share of them that is right, 0..1.
        n: how many.
    """

    confidence: float
    accuracy: float
    n: int


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from question to answer.

    Attributes:
        p50: the median.
        p95: 95 % of the answers are not slower.
        total: of all questions.
    """

    p50: float
    p95: float
    total: float


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of a run. A figure that no question measures is left out.

    Attributes:
        overall: name of a figure -> the figure, over all questions; names and order as in `FIGURES`.
        by_tag: tag -> the same, over the questions with that tag.
        by_depth: number of the turn -> the same; 1 = single questions and first turns.
        outcomes: outcome -> how many questions have it, if any.
        stages: stage -> how many questions failed there, if any.
        risk_coverage: the curve, most confident first; at most 200 points.
        confidence: bins of equal width, empty ones left out.
        latency: None = without timings.
        usage: what language models did for all answers together; its seconds are 0 without timings.
        verdicts: "right", "none", "wrong" -> how many questions with an expected verdict got it, none, or the opposite, if any.
        kinds: "right" -> how many questions with an expected kind were understood so, if any; "list as fact" -> how many lists
            were understood as facts, and so on, the most frequent first.
    """

    overall: Mapping[str, Figure]
    by_tag: Mapping[str, Mapping[str, Figure]] = field(default_factory=dict)
    by_depth: Mapping[int, Mapping[str, Figure]] = field(default_factory=dict)
    outcomes: Mapping[str, int] = field(default_factory=dict)
    stages: Mapping[str, int] = field(default_factory=dict)
    risk_coverage: tuple[RiskPoint, ...] = ()
    confidence: tuple[ConfidenceBin, ...] = ()
    latency: Latency | None = None
    usage: Usage = field(default_factory=Usage)
    verdicts: Mapping[str, int] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose outcome has changed.

    Attributes:
        id: the question's.
        before: its outcome in the baseline.
        after: its outcome now; "too slow" if it is right but took longer than its limit.
        wavers: it is now refused, or no longer, with a confidence so near the threshold that rounding may have done it, which
            another processor does otherwise.
    """

    id: str
    before: str
    after: str
    wavers: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run beside its baseline.

    Attributes:
        regressions: were right and are not.
        improvements: were not right and are.
        changes: have another outcome, and are right, or not right, as before.
        new: ids that the baseline lacks.
        gone: ids that only the baseline has.
        p: of McNemar's exact test, two-sided: how likely chance alone makes regressions and improvements this uneven.
        fingerprint: of the models and settings that the baseline was made with; "" = not kept.
    """

    regressions: tuple[Change, ...] = ()
    improvements: tuple[Change, ...] = ()
    changes: tuple[Change, ...] = ()
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    p: float = 1.0
    fingerprint: str = ""
