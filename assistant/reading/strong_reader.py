"""The strong reader: a network of 110 million parameters chooses the sentence that answers, its words, and whether to refuse."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from assistant.core.answer import Draft, DraftSentence, Quote
from assistant.network.trunk import Trunk, WindowNetwork, WindowReading
from assistant.network.trunk_building import built_trunk, details, open_trunk_tokenizer
from assistant.network.trunk_windows import Window
from assistant.reading import article_head as heads
from assistant.reading.calibration import Calibration, calibration_of
from assistant.reading.correcting import corrected
from assistant.reading.judging import Found, found_sentences, shares, trust_values
from assistant.reading.passage_windows import EvidenceWindow, windows_of
from assistant.understanding.analysis import HEAD_TYPES, QuestionAnalysis, analyse
from index.evidence import Evidence

_MOST_WINDOWS = 8
"""As many as passages are found by default: for a library, what is read decides more than how well."""
_SURE_OF_WORDS = 0.2
"""Words are marked from this probability among those of their sentence on."""
_ALSO_ANSWERS = 0.35
"""A further sentence is given if it is at least so likely beside the best, and the question asks for several things."""


class StrongReader:
    """Reads the first windows of the evidence, with headline, and quotes the likeliest sentence of all of them."""

    def __init__(
        self,
        cache_dir: Path | None = None,
        base: Path | None = None,
        threshold: float | None = None,
        network: WindowNetwork | None = None,
    ) -> None:
        """Loads nothing yet.

        Args:
            cache_dir: folder of the network that is built at first use; None = the per-user cache.
            base: folder of the base that it is built from; None = the hub's cache, else the packages.
            threshold: the reader abstains below this probability; None = the one chosen on held-out questions.
            network: reads windows; None = the built-in one.
        """
        self._cache_dir, self._base, self._threshold = cache_dir, base, threshold
        self._network = network
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        """See `Reader.name`."""
        return str(details()["name"])

    @property
    def network(self) -> WindowNetwork:
        """The network, built and loaded at its first use.

        Raises:
            ReaderError: it can't be built or loaded.
        """
        with self._loading:
            if self._network is None:
                self._network = _loaded(built_trunk(self._cache_dir, self._base))
            return self._network

    def warm(self) -> None:
        """See `Loaded.warm`."""
        self.network.read([Window("", "", "Warm.")])

    def calibration(self) -> Calibration:
        """What was fitted on held-out questions."""
        return calibration_of(details(), "evidence")

    def read(self, question: str, evidence: Sequence[Evidence]) -> Draft:
        """See `Reader.read`."""
        if not evidence:
            return Draft((), 0.0)
        asked = analyse(question)
        if asked.answer_type in HEAD_TYPES:
            return heads.read(asked, evidence[0])
        windows, readings = self.readings(asked, evidence)
        best_first = found_sentences(windows, readings)
        order = _order(windows, readings)
        if not best_first:
            return Draft((), 0.0, order)
        calibration = self.calibration()
        confidence = calibration.probability(trust_values(asked, best_first))
        threshold = calibration.threshold if self._threshold is None else self._threshold
        if not confidence >= threshold:  # Also what is no number is no answer.
            return Draft((), confidence, order)
        return Draft(tuple(_sentences(asked, best_first)), confidence, order)

    def readings(
        self, asked: QuestionAnalysis, evidence: Sequence[Evidence]
    ) -> tuple[list[EvidenceWindow], list[WindowReading]]:
        """The windows of the evidence, and the network's result for each, read with misspelt words of the question corrected."""
        windows = windows_of(evidence, _MOST_WINDOWS)
        question = corrected(asked.text, [window.context for window in windows])
        return windows, self.network.read([Window(question, one.evidence.title, one.context) for one in windows])


@lru_cache(maxsize=1)
def _loaded(model: Path) -> Trunk:
    """The network, once for all readers of this process: it holds no state of its callers."""
    return Trunk(model, open_trunk_tokenizer())


def _order(windows: Sequence[EvidenceWindow], readings: Sequence[WindowReading]) -> tuple[str, ...]:
    """Ids of the found passages, those with the likeliest sentences first."""
    worth = [float(reading.margins.max(initial=-30)) for reading in readings]
    return tuple(windows[n].evidence.passage.id for n in np.argsort(-np.array(worth), kind="stable"))


def _sentences(asked: QuestionAnalysis, best_first: Sequence[Found]) -> list[DraftSentence]:
    """The best sentence, and further ones of its window that answer, too."""
    best = best_first[0]
    known = shares(best_first)
    drafts = [_quoted(asked, best)]
    for share, other in zip(known[1:3], best_first[1:3], strict=False):
        if share / known[0] >= _ALSO_ANSWERS and share > 1 - float(known.sum()) and other.window is best.window:
            drafts.append(_quoted(asked, other))
    return drafts


def _quoted(asked: QuestionAnalysis, found: Found) -> DraftSentence:
    """A sentence with the answer's words marked; of a yes/no question all of it decides, and nothing is marked."""
    text, passage = found.text, found.passage
    start, _ = found.reading.sentences[found.number]
    key = ""
    if asked.answer_type != "yes_no" and found.words and found.words[0].share >= _SURE_OF_WORDS:
        key = text[found.words[0].start - start : found.words[0].end - start]
    return DraftSentence((Quote(passage, text, passage.start + found.start),), key=key)
