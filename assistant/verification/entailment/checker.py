"""The support checker: how probable it is that a piece of evidence says what a sentence says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from assistant.network.weights import MODELS, details, open_session, open_tokenizer
from assistant.verification.entailment.features import features, share_a_word
from assistant.verification.entailment.layout import arrays, lay_out
from assistant.verification.entailment.places import exchanged

BUILT_IN = MODELS / "entailment"
"""Folder of the built-in checker's network, its figures and its card; the tokenizer is the reader's."""

ClaimAndEvidence = tuple[str, str]
Floats = npt.NDArray[np.float64]


class EntailmentChecker(Protocol):
    """Claims with evidence -> how far they are supported. Several threads may call it at once."""

    name: str
    threshold: float
    """From this probability on, a claim counts as supported."""

    def support(self, pairs: Sequence[ClaimAndEvidence]) -> list[float]:
        """For each (claim, evidence) the probability that the evidence supports the claim, 0..1."""


class OnnxChecker(EntailmentChecker):
    """The built-in checker, on two CPU threads. torch is not needed."""

    def __init__(self, folder: Path = BUILT_IN) -> None:
        """Checks and loads the files of a folder that `export` wrote.

        Raises:
            ReaderError: a file is missing, or not what was exported.
        """
        known = details(folder / "support.json")
        self.name = str(known["name"])
        self.threshold = float(known["threshold"])
        self._counted = np.array(known["counted"])
        self._calibration = np.array(known["calibration"])
        self._tokenizer = open_tokenizer()
        self._session = open_session(folder / "support.onnx", known["sha256"]["support.onnx"], threads=2)

    def support(self, pairs: Sequence[ClaimAndEvidence]) -> list[float]:
        """See `EntailmentChecker.support`. A pair's probability does not depend on the others'.

        It is 0 where claim and evidence have no word in common: of the data's 100 such pairs 4 are supported, and of other
        languages the network knows nothing.
        """
        found = [0.0] * len(pairs)
        readable = [n for n, pair in enumerate(pairs) if share_a_word(*pair)]
        for n, values in zip(readable, self.values([pairs[n] for n in readable]), strict=True):
            found[n] = probability(self._calibration, values)
        return found

    def values(self, pairs: Sequence[ClaimAndEvidence]) -> list[Floats]:
        """What the probability is made of, for each pair: two logits, the network's and that of what is counted, and 1 where
        two parts have changed places, else 0.
        """
        counted = [score(self._counted, np.array(features(*pair))) for pair in pairs]
        places = [float(exchanged(*pair)) for pair in pairs]
        return [np.array(values) for values in zip(self._logits(pairs), counted, places, strict=True)]

    def _logits(self, pairs: Sequence[ClaimAndEvidence]) -> list[float]:
        # One by one: 8-bit products round by the largest value of a whole batch, so others would change a pair's logit.
        rows = lay_out(self._tokenizer, pairs)
        return [float(self._session.run(["supported"], arrays([row]))[0][0]) for row in rows]


def score(weights: Floats, values: Floats) -> float:
    """Logit of a logistic model: the intercept, then a weight for each value."""
    return float(weights[0] + weights[1:] @ values)


def probability(weights: Floats, values: Floats) -> float:
    """What a logistic model says, 0..1; weights as in `score`."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score(weights, values)))))


@lru_cache(maxsize=1)
def open_checker() -> EntailmentChecker:
    """The built-in checker, loaded once in a process. Errors as `OnnxChecker`."""
    return OnnxChecker()
