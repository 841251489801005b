"""How well scores tell supported claims from others: AUROC, balanced accuracy, precision where most supported ones are kept."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]
Truth = npt.NDArray[np.bool_]
KEYS = ("auroc", "balanced_accuracy", "precision_at_90_recall")


def figures(scores: Sequence[float], supported: Sequence[bool], threshold: float | None = None) -> dict[str, float]:
    """`KEYS`, each 0..1.

    Args:
        scores: of the claims, higher for more support; any scale.
        supported: whether people said so.
        threshold: for balanced accuracy; None = the best one for these very claims.

    Raises:
        ValueError: there is no supported claim, or no other.
    """
    found, truth = np.asarray(scores, float), np.asarray(supported, bool)
    if truth.all() or not truth.any():
        raise ValueError("figures need supported claims and others")
    used = best_threshold(scores, supported) if threshold is None else threshold
    values = (auroc(scores, supported), _balanced(found, truth, used), _precision(found, truth, 0.9))
    return dict(zip(KEYS, values, strict=True))


def auroc(scores: Sequence[float], supported: Sequence[bool]) -> float:
    """Chance that a supported claim scores above another, a tie being half (Mann and Whitney, 1947)."""
    found, truth = np.asarray(scores, float), np.asarray(supported, bool)
    right, wrong = found[truth][:, None], found[~truth][None, :]
    return float((right > wrong).mean() + (right == wrong).mean() / 2)


def best_threshold(scores: Sequence[float], supported: Sequence[bool]) -> float:
    """The score from which on claims are to count as supported for the best balanced accuracy."""
    found, truth = np.asarray(scores, float), np.asarray(supported, bool)
    return float(max(np.unique(found), key=lambda tried: _balanced(found, truth, tried)))


def _balanced(found: Scores, truth: Truth, threshold: float) -> float:
    """Mean of the shares of the supported claims that are kept and of the others that are dropped."""
    kept = found >= threshold
    return float((kept[truth].mean() + (~kept)[~truth].mean()) / 2)


def _precision(found: Scores, truth: Truth, recall: float) -> float:
    """Best precision among the thresholds that keep at least this share of the supported claims."""
    kept = found[None, :] >= np.unique(found)[:, None]
    enough = kept[:, truth].mean(axis=1) >= recall
    right = (kept & truth)[enough].sum(axis=1)
    return float((right / kept[enough].sum(axis=1)).max())
