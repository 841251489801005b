"""The logistic function, as all calibrated probabilities use it."""

from __future__ import annotations

import math

_MOST = 30.0


def logistic(logit: float) -> float:
    """A logit as a probability, 0..1. Of what is no number it is 0: nothing is shown, or held to be proven, for that."""
    if math.isnan(logit):
        return 0.0
    return 1 / (1 + math.exp(-max(-_MOST, min(_MOST, logit))))
