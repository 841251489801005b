"""Question -> its kind. Learned: `training.kinds` fits it to questions that were written for it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import cast

import numpy as np

from assistant.core.kinds import Kind
from assistant.understanding.analysis import HEAD_TYPES, analyse
from assistant.understanding.linear import Weights, load
from assistant.understanding.wording import Wording, features_of
from index.embedding import Embedder, open_embedder
from index.settings import BUILT_IN_MODEL, IndexSettings

KINDS = Path(__file__).with_name("kinds.npz")
_SURE_ENOUGH: dict[Kind, float] = {"beyond": 0.7, "library": 0.8, "overview": 0.6}
"""Kinds that no article is read for are taken from this probability on: taken wrongly, they cost an answer."""


@cache
def kinds_model() -> Weights:
    """What tells kinds."""
    return load(KINDS)


class Kinds:
    """Tells the kinds of questions, with the built-in embedding model, for which it was fitted."""

    def __init__(self, embedder: Embedder, settings: IndexSettings) -> None:
        """Loads nothing yet.

        Args:
            embedder: that of the search; it serves here, too, if it is the built-in one.
            settings: how the built-in one is opened if it is not.
        """
        self._embedder = embedder
        if embedder.name != BUILT_IN_MODEL:
            self._embedder = open_embedder(settings.model_copy(update={"embedding_model": BUILT_IN_MODEL}))

    def of(self, question: str) -> Kind:
        """What a question asks for; that about the title, the date or the author of the article itself is a fact.

        Args:
            question: as it stands alone.

        Raises:
            EmbeddingError: the built-in model can't be loaded.
        """
        answer_type = analyse(question).answer_type
        if answer_type in HEAD_TYPES:
            return "overview" if answer_type == "about" else "fact"
        model = kinds_model()
        likely = model.probabilities(features_of(Wording(question)), self._embedder.embed([question])[0])
        for n in np.argsort(-likely):
            kind = cast(Kind, model.classes[int(n)])
            if likely[n] >= _SURE_ENOUGH.get(kind, 0.0):
                return kind
        return "fact"
