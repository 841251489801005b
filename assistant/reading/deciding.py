"""A sentence that decides a yes/no question -> yes or no, where that is sure enough."""

from __future__ import annotations

import numpy as np

from assistant.core.draft import YesNo
from assistant.reading.calibration import Calibration, Values
from assistant.reading.judging import NO, YES, Found


def decision_values(best: Found) -> Values:
    """What tells, beside the confidence, whether the likelier verdict on a sentence is right."""
    verdict = best.reading.verdicts[best.number].astype(np.float64)
    decided = max(verdict[YES], verdict[NO])
    return np.array([abs(verdict[YES] - verdict[NO]), decided - verdict[0], verdict[YES] > verdict[NO]], np.float64)


def decision(best: Found, confidence: float, calibration: Calibration) -> YesNo:
    """What a sentence says to a yes/no question; empty where that is not sure enough.

    Args:
        best: the sentence.
        confidence: the probability that it answers.
        calibration: of the reader.
    """
    if calibration.certain(decision_values(best), confidence) < calibration.certain_from:
        return ""
    verdict = best.reading.verdicts[best.number]
    return "yes" if verdict[YES] > verdict[NO] else "no"
