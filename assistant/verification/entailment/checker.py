"""The entailment checker: the probability that a premise entails a claim."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from assistant.core.logistic import logistic
from assistant.network.weights import MODELS, details, open_session, open_tokenizer
from assistant.verification.entailment.features import features, share_a_word
from assistant.verification.entailment.layout import arrays, lay_out
from assistant.verification.entailment.places import exchanged

BUILT_IN = MODELS / "entailment"
"""Folder of the built-in checker's network, its metrics and its card; it uses the reader's tokenizer."""

ClaimAndPremise = tuple[str, str]
Floats = npt.NDArray[np.float64]


class EntailmentChecker(Protocol):
    """Claims with their premises -> the probabilities of entailment. Several threads may call it at once."""

    name: str
    threshold: float
    """A claim counts as entailed from this probability on."""

    def support(self, pairs: Sequence[ClaimAndPremise]) -> list[float]:
        """For each (claim, premise) the probability that the premise entails the claim, 0..1."""


class OnnxChecker(EntailmentChecker):
    """The built-in checker, on two CPU threads. torch is not needed."""

    def __init__(self, folder: Path = BUILT_IN) -> None:
        """Checks and loads the files of a folder that `export` wrote.

        Raises:
            ReaderError: a file is missing, or differs from what was exported.
        """
        known = details(folder / "support.json")
        self.name = str(known["name"])
        self.threshold = float(known["threshold"])
        self._counted = np.array(known["counted"])
        self._calibration = np.array(known["calibration"])
        self._tokenizer = open_tokenizer()
        self._session = open_session(folder / "support.onnx", known["sha256"]["support.onnx"], threads=2)

    def support(self, pairs: Sequence[ClaimAndPremise]) -> list[float]:
        """See `EntailmentChecker.support`. A pair's probability does not depend on the other pairs.

        It is 0 if claim and premise have no word in common: of the 100 such pairs in the data, 4 are supported, and the
        network does not know other languages.
        """
        found = [0.0] * len(pairs)
        readable = [n for n, pair in enumerate(pairs) if share_a_word(*pair)]
        for n, values in zip(readable, self.values([pairs[n] for n in readable]), strict=True):
            found[n] = probability(self._calibration, values)
        return found

    def values(self, pairs: Sequence[ClaimAndPremise]) -> list[Floats]:
        """The values that a pair's probability is computed from: the network's logit, the logit of the counted features, and 1
        if two parts have changed places, else 0.
        """
        counted = [score(self._counted, np.array(features(*pair))) for pair in pairs]
        places = [float(exchanged(*pair)) for pair in pairs]
        return [np.array(values) for values in zip(self._logits(pairs), counted, places, strict=True)]

    def _logits(self, pairs: Sequence[ClaimAndPremise]) -> list[float]:
        # One by one: 8-bit products are scaled by the largest value in a batch, so other pairs would change a pair's logit.
        rows = lay_out(self._tokenizer, pairs)
        return [float(self._session.run(["supported"], arrays([row]))[0][0]) for row in rows]


def score(weights: Floats, values: Floats) -> float:
    """The logit of a logistic model; `weights` has the intercept, then a weight for each value."""
    return float(weights[0] + weights[1:] @ values)


def probability(weights: Floats, values: Floats) -> float:
    """The probability that a logistic model gives, 0..1; weights as in `score`."""
    return logistic(score(weights, values))


@lru_cache(maxsize=1)
def open_checker() -> EntailmentChecker:
    """The built-in checker, loaded once in a process. Raises the errors of `OnnxChecker`."""
    return OnnxChecker()
