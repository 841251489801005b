"""The reader with a network: chooses the sentence that answers, its words, and whether to refuse."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence

import numpy as np

from assistant.core.answer import Draft, DraftSentence, Quote
from assistant.network.reading_models import ReadingModel
from assistant.network.window_network import ABSENT, WindowNetwork, WindowReading, Words
from assistant.network.windows import Window
from assistant.reading import article_head as heads
from assistant.reading.calibration import Calibration, Values, calibration_of
from assistant.reading.correcting import corrected
from assistant.reading.judging import Found, found_sentences, shares, trust_values
from assistant.reading.passage_windows import EvidenceWindow, windows_of
from assistant.understanding.analysis import HEAD_TYPES, QuestionAnalysis, analyse
from index.evidence import Evidence
from index.retrieval import reordered

_CANDIDATES = 24
"""As many passages are found for the first network to read."""
_RANK = 0.2
"""The worth of one place in the order of the search, as a logit. Of 218 questions asked of 42 articles at once, what answers
is in the first eight windows for 74.3 %, with 0 for 72.9 %, with 0.4 for 76.1 %, by the search alone for 68.3 %; in the first for
42.7, 38.5, 43.1 and 36.2 %."""
_SURE_OF_WORDS = 0.2
"""Words are marked from this probability among those of their sentence on."""
_AS_LIKELY, _NEAR = 0.5, 24
"""Further words, as of a list, are marked with the likeliest if they are so likely beside them, and so few characters away."""
_NEXT_WORD, _LAST_WORD = re.compile(r"[\s–-]\w+"), re.compile(r"\S+\s*$")
_LONGEST_KEY = 40
"""A key does not grow beyond so many characters, only to be told apart."""
_ALSO_ANSWERS = 0.35
"""A further sentence of the window is given if it is at least so likely beside the best."""


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
        if not evidence:
            return Draft((), 0.0)
        asked = analyse(question)
        calibration = self.calibration()
        threshold = calibration.threshold if self._threshold is None else self._threshold
        if asked.answer_type in HEAD_TYPES:
            stated = heads.read(asked, evidence[0])
            return stated if stated.confidence >= threshold else Draft((), stated.confidence)
        windows, readings = self.readings(asked, evidence)
        best_first = found_sentences(windows, readings)
        order = _order(windows, readings)
        if not best_first:
            return Draft((), 0.0, order)
        confidence = calibration.probability(self.trust_values(asked, best_first))
        if confidence < threshold:
            return Draft((), confidence, order)
        return Draft(tuple(_sentences(asked, best_first)), confidence, order)

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
        first, last = _together(found.words)
        begins = max(0, first - start)  # Some tokenizers count the space before a word to it.
        key = _told_apart(text, begins, last - start)
    return DraftSentence((Quote(passage, text, passage.start + found.start),), key=key)


def _told_apart(text: str, start: int, end: int) -> str:
    """The words at a place; if they stand earlier, too, with the next one, or with some before: a key is found by its words."""
    behind = _NEXT_WORD.match(text, end)
    if text.find(text[start:end]) < start and behind and text.find(text[start : behind.end()]) == start:
        return text[start : behind.end()]
    longer = start
    while text.find(text[longer:end]) < longer and (before := _LAST_WORD.search(text, 0, longer)):
        longer = before.start()
    return text[longer if end - longer <= _LONGEST_KEY else start : end]


def _together(words: Sequence[Words]) -> tuple[int, int]:
    """From the first to the last character of the likeliest words and of those that are nearly as likely and stand near by."""
    first, last = words[0].start, words[0].end
    for other in sorted(words[1:], key=lambda one: min(abs(one.start - last), abs(one.end - first))):
        near = other.start - last <= _NEAR and first - other.end <= _NEAR
        if near and other.share >= _AS_LIKELY * words[0].share:
            first, last = min(first, other.start), max(last, other.end)
    return first, last
