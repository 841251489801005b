"""The reader with a network: chooses the sentence that answers, its words, and whether to refuse."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assistant.core.draft import Draft
from assistant.core.kinds import Kind
from assistant.network.reading_models import ReadingModel
from assistant.network.readings import ABSENT, WindowReading
from assistant.network.window_network import WindowNetwork
from assistant.network.windows import Window
from assistant.reading import article_head as heads
from assistant.reading.calibration import Calibration, Values, calibration_of
from assistant.reading.composing import Reading, composed
from assistant.reading.correcting import corrected
from assistant.reading.judging import Found, found_sentences, trust_values
from assistant.reading.nearest import nearest
from assistant.reading.passage_windows import EvidenceWindow, windows_of
from assistant.reading.rivals import without_kin
from assistant.understanding.analysis import HEAD_TYPES, QuestionAnalysis, analyse
from index.evidence import Evidence
from index.retrieval import reordered

_CANDIDATES = 24
"""As many passages are found for the first network to read."""
_RANK = 0.2
"""The worth of one place in the order of the search, as a logit. Of 218 questions asked of 42 articles at once, what answers
is in the first eight windows for 74.3 %, with 0 for 72.9 %, with 0.4 for 76.1 %, by the search alone for 68.3 %; in the first for
42.7, 38.5, 43.1 and 36.2 %."""

_OF_A_SIDE = 0.5
"""What answers one side of a comparison is trusted from this share of the threshold on: its question keeps the words of the
whole, such as "larger", which no sentence about one side alone answers."""


class NetworkReader:
    """Reads the evidence, each passage with headline and neighbours, and quotes the likeliest sentence of all of it."""

    def __init__(self, model: ReadingModel, threshold: float | None = None, first: ReadingModel | None = None) -> None:
        """Loads nothing yet.

        Args:
            model: the network.
            threshold: the reader abstains below this probability; None = the one chosen on held-out questions.
            first: a faster network that reads all that was found, to choose what this one reads; None = the search decides.
        """
        self._model, self._first, self._threshold = model, first, threshold
        self._networks: dict[ReadingModel, WindowNetwork] = {}
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        """See `Reader.name`."""
        if self._first is None or self._first == self._model:
            return self._model.name
        return f"{self._model.name}, of what {self._first.name} chose"

    def _network(self, model: ReadingModel) -> WindowNetwork:
        """A network, built and loaded at its first use.

        Raises:
            ReaderError: it can't be built or loaded.
        """
        with self._loading:
            if model not in self._networks:
                self._networks[model] = model.load()
            return self._networks[model]

    def warm(self) -> None:
        """See `Loaded.warm`."""
        for model in (self._model, self._first):
            if model is not None:
                self._network(model).read([Window("", "", "Warm.")])

    def calibration(self) -> Calibration:
        """What was fitted on held-out questions."""
        return calibration_of(self._model.details())

    def read(self, question: str, evidence: Sequence[Evidence]) -> Draft:
        """See `Reader.read`."""
        return self.read_as("fact", question, evidence)

    def read_as(self, kind: Kind, question: str, evidence: Sequence[Evidence]) -> Draft:
        """See `ByKind.read_as`."""
        calibration = self.calibration()
        threshold = calibration.threshold if self._threshold is None else self._threshold
        if kind == "comparison":
            threshold *= _OF_A_SIDE
        return replace(self._draft(kind, analyse(question), evidence, calibration, threshold), threshold=threshold)

    def _draft(
        self,
        kind: Kind,
        asked: QuestionAnalysis,
        evidence: Sequence[Evidence],
        calibration: Calibration,
        threshold: float,
    ) -> Draft:
        if not evidence:
            return Draft((), 0.0)
        if asked.answer_type in HEAD_TYPES:
            stated = heads.read(asked, evidence[0])
            return stated if stated.confidence >= threshold else Draft((), stated.confidence)
        windows, readings = self.readings(asked, evidence)
        best_first = found_sentences(windows, readings)
        order = _order(windows, readings)
        if not best_first:
            return Draft((), 0.0, order)
        confidence = calibration.probability(self.trust_values(asked, without_kin(asked, best_first)))
        if confidence < threshold:
            return Draft((), confidence, order, nearest=nearest(best_first))

        def trusted(found: Sequence[Found]) -> bool:
            return calibration.probability(self.trust_values(asked, found)) >= threshold

        reading = Reading(asked, best_first, calibration, trusted)
        return composed(kind, reading, Draft((), confidence, order))

    @property
    def candidates(self) -> int:
        """See `Reranking.candidates`."""
        return _CANDIDATES if self._first else 0

    def reranked(self, question: str, evidence: Sequence[Evidence]) -> Sequence[Evidence]:
        """See `Reranking.reranked`. Passages that are read together stay together."""
        asked = analyse(question)
        if self._first is None or asked.answer_type in HEAD_TYPES:
            return evidence
        windows, readings = _read(self._network(self._first), asked, evidence)
        worth = [_best_margin(reading) - _RANK * window.rank for window, reading in zip(windows, readings, strict=True)]
        best_first = [windows[n] for n in np.argsort(-np.array(worth), kind="stable")]
        order = [name for window in best_first for name in (window.evidence.passage.id, *window.passages)]
        return reordered(evidence, list(dict.fromkeys(order)))

    def trust_values(self, asked: QuestionAnalysis, best_first: Sequence[Found]) -> Values:
        """What tells how far the best sentence is to be trusted, the opinion of the first network among it."""
        if self._first is None or self._first == self._model:
            return trust_values(asked, best_first)
        best = best_first[0]
        question = corrected(asked.text, [best.window.context])
        [reading] = self._network(self._first).read([_window(question, best.window)])
        return trust_values(asked, best_first, float(reading.margins[best.number]))

    def readings(
        self, asked: QuestionAnalysis, evidence: Sequence[Evidence]
    ) -> tuple[list[EvidenceWindow], list[WindowReading]]:
        """The windows of the evidence, and the network's result for each, read with misspelt words of the question corrected."""
        return _read(self._network(self._model), asked, evidence)


def _read(
    network: WindowNetwork, asked: QuestionAnalysis, evidence: Sequence[Evidence]
) -> tuple[list[EvidenceWindow], list[WindowReading]]:
    windows = windows_of(evidence)
    question = corrected(asked.text, [window.context for window in windows])
    return windows, network.read([_window(question, one) for one in windows])


def _window(question: str, window: EvidenceWindow) -> Window:
    return Window(question, window.head, window.context)


def _best_margin(reading: WindowReading) -> float:
    return float(reading.margins.max(initial=ABSENT))


def _order(windows: Sequence[EvidenceWindow], readings: Sequence[WindowReading]) -> tuple[str, ...]:
    """Ids of the found passages, those with the likeliest sentences first."""
    worth = [_best_margin(reading) for reading in readings]
    return tuple(windows[n].evidence.passage.id for n in np.argsort(-np.array(worth), kind="stable"))
