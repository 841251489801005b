"""Linear models over the words of a question, and perhaps its vector: which class it belongs to.

One file a model: the features, a weight for each feature and class, and the classes, as `training.kinds` fits and writes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """A multinomial logistic regression over features that are there or not, and a vector.

    Attributes:
        features: their names.
        weights: (features, classes).
        vector: of the vector's values, (values, classes); no values = it takes no vector.
        intercept: (classes,).
        classes: their names.
    """

    features: tuple[str, ...]
    weights: Scores
    vector: Scores
    intercept: Scores
    classes: tuple[str, ...]

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each feature stands."""
        return {feature: n for n, feature in enumerate(self.features)}

    def of(self, feature: str) -> Scores:
        """What a feature counts for each class, (classes,); 0 for one that was never seen."""
        place = self.places.get(feature)
        none: Scores = np.zeros(len(self.classes))
        return none if place is None else self.weights[place]

    def probabilities(self, features: Iterable[str], vector: npt.NDArray[Any] | None = None) -> Scores:
        """How probable each class is, (classes,); features that were never seen count nothing."""
        known = [self.places[feature] for feature in set(features) if feature in self.places]
        scores = self.intercept + self.weights[known].sum(axis=0)
        if vector is not None:
            scores = scores + np.asarray(vector @ self.vector, np.float64)
        odds = np.exp(scores - scores.max())
        shares: Scores = odds / odds.sum()
        return shares


def load(path: Path) -> Weights:
    """Read what `save` has written."""
    with np.load(path, allow_pickle=False) as held:
        names = json.loads(bytes(held["names"]).decode("utf-8"))
        weights, vector = (held[name].astype(np.float64) * held[f"{name} scale"] for name in ("weights", "vector"))
        intercept = held["intercept"].astype(np.float64)
        return Weights(tuple(names["features"]), weights, vector, intercept, tuple(names["classes"]))


def save(path: Path, model: Weights) -> None:
    """Write a model as an .npz file, its weights in 8 bits with a scale for each class."""
    names = {"features": model.features, "classes": model.classes}
    held: dict[str, Any] = {
        "names": np.frombuffer(json.dumps(names).encode(), np.uint8),
        "intercept": model.intercept.astype(np.float32),
    }
    for name, values in (("weights", model.weights), ("vector", model.vector)):
        scale = np.maximum(np.abs(values).max(axis=0, initial=0.0), 1e-9) / 127
        held |= {name: np.round(values / scale).astype(np.int8), f"{name} scale": scale.astype(np.float32)}
    np.savez_compressed(path, **held)
