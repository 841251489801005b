"""The trained reader: a small network finds the answer span, or that there is none. Needs no language model."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence

from assistant.core.answer import Draft, DraftSentence, Quote
from assistant.network.span_network import details, open_network
from assistant.network.spans import Reading, SpanNetwork
from assistant.network.windows import SpanFinder
from assistant.reading import article_head as heads
from assistant.reading.calibration import Calibration, Values, answering_sentence, calibration_of, features
from assistant.reading.choosing import Candidate, candidates, ranked, reordered, trust_values
from assistant.reading.clauses import whole
from assistant.reading.correcting import corrected
from assistant.reading.quoting_reader import QuotingReader
from assistant.understanding.analysis import HEAD_TYPES, QuestionAnalysis, analyse
from index.embedding import Embedder
from index.evidence import Evidence

_SEVERAL = re.compile(
    r"\b(?:two|three|four|five|several|both|list|name all|which|what|who) (?:\w+ )?(?:\w+s|people|men|women)\b|\band who\b",
    re.I,
)
_SECOND = 0.2
"""If a question asks for several things, another span is given beside the best from this probability on."""


class TrainedReader:
    """Reads all passages with a network, chooses between its spans and the quoting reader's sentences, and quotes the best."""

    def __init__(
        self, embedder: Embedder, network: str | SpanNetwork = "trained", threshold: float | None = None
    ) -> None:
        """Loads nothing yet.

        Args:
            embedder: compares meanings for the quoting reader.
            network: "trained" for the built-in one, a folder or a name for transformers, or the network itself.
            threshold: the reader abstains below this probability; None = the threshold chosen on held-out questions.
        """
        self._quoting = QuotingReader(embedder)
        self._network = network
        self._threshold = threshold
        self._finder: SpanFinder | None = None
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        """See `Reader.name`."""
        if self._network == "trained":
            return str(details()["name"])
        return self._network if isinstance(self._network, str) else self._network.name

    @property
    def finder(self) -> SpanFinder:
        """The network over windows, loaded at its first use.

        Raises:
            ReaderError: the network can't be loaded.
        """
        with self._loading:
            if self._finder is None:
                network = open_network(self._network) if isinstance(self._network, str) else self._network
                self._finder = SpanFinder(network)
            return self._finder

    def warm(self) -> None:
        """See `Loaded.warm`."""
        self.finder.read("", ["Warm."])

    def calibration(self, setting: str) -> Calibration:
        """The calibration for a setting. Other networks use the built-in one's, which fits as far as their scores are alike."""
        return calibration_of(details(), setting)

    def read(self, question: str, evidence: Sequence[Evidence]) -> Draft:
        """See `Reader.read`."""
        if not evidence:
            return Draft((), 0.0)
        asked = analyse(question)
        if asked.answer_type in HEAD_TYPES:
            return heads.read(asked, evidence[0])
        calibration = self.calibration("evidence")
        readings = self.readings(asked, evidence)
        best_first = ranked(self.candidates(asked, readings, evidence), calibration)
        order = reordered(readings, evidence)
        if not best_first:
            return Draft((), 0.0, order)
        confidence = calibration.probability(trust_values(asked, best_first))
        threshold = calibration.threshold if self._threshold is None else self._threshold
        if confidence < threshold:
            return Draft((), confidence, order)
        return Draft(tuple(_sentences(asked, [candidate for _, candidate in best_first])), confidence, order)

    def readings(self, asked: QuestionAnalysis, evidence: Sequence[Evidence]) -> list[Reading]:
        """The network's result for each passage, read with the question's misspelt words corrected."""
        texts = [item.passage.text for item in evidence]
        return self.finder.read(corrected(asked.text, texts), texts)

    def candidates(
        self, asked: QuestionAnalysis, readings: Sequence[Reading], evidence: Sequence[Evidence]
    ) -> list[Candidate]:
        """The sentences that may answer, found by the network and the quoting reader."""
        return candidates(readings, self._quoting.judge(asked, evidence), evidence)

    def answers(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, float]]:
        """For pairs of question and context: the best span's words and the calibrated probability that they are right.

        This is for evaluation, so it never abstains; it gives `("", 0.0)` only for a context without tokens.
        """
        calibration = self.calibration("single")
        found = []
        for (_, context), (reading, values) in zip(pairs, self.values(pairs), strict=True):
            if reading.spans:
                best = reading.spans[0]
                found.append((context[best.start : best.end], calibration.probability(values)))
            else:
                found.append(("", 0.0))
        return found

    def values(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Reading, Values]]:
        """For pairs of question and context: the network's result, and the values that its calibration uses."""
        readings = self.finder.read_pairs(pairs)
        said = [answering_sentence(reading, context) for (_, context), reading in zip(pairs, readings, strict=True)]
        vectors = self._quoting.vectors.of([*(question for question, _ in pairs), *said])
        meaning = (vectors[: len(pairs)] * vectors[len(pairs) :]).sum(axis=1)
        return [
            (reading, features(analyse(question), reading, context, float(cosine)))
            for (question, context), reading, cosine in zip(pairs, readings, meaning, strict=True)
        ]


def _sentences(asked: QuestionAnalysis, best_first: Sequence[Candidate]) -> list[DraftSentence]:
    """The best sentence; and a second one of its passage if the question asks for several things and its span is likely too."""
    best = best_first[0]
    drafts = [_quoted(asked, best)]
    if _SEVERAL.search(asked.text):
        for other in best_first[1:]:
            apart = other.rank == best.rank and (other.start >= best.end or other.end <= best.start)
            if apart and other.span and other.span.probability >= _SECOND:
                drafts.append(_quoted(asked, other))
                break
    return drafts


def _quoted(asked: QuestionAnalysis, candidate: Candidate) -> DraftSentence:
    """A candidate's sentence with the answer span marked; for a yes/no question nothing is marked, since all of it decides."""
    passage, span = candidate.evidence.passage, candidate.span
    text = passage.text[candidate.start : candidate.end]
    key = candidate.key
    if span is not None:
        words = max(span.start, candidate.start) - candidate.start, min(span.end, candidate.end) - candidate.start
        key = text[slice(*whole(asked, text, words))]
    quote = Quote(passage, text, passage.start + candidate.start)
    return DraftSentence((quote,), key="" if asked.answer_type == "yes_no" else key)
