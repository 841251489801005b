"""The trained reader: a small network finds the words that answer, or says that none do. Needs no language model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answer import Draft, DraftSentence, Quote
from assistant.asking import HEAD_KINDS, Asked, analyse
from assistant.reading import heads
from assistant.reading.calibration import Calibration, Values, calibration_of, evidence_features, features
from assistant.reading.networks import SpanNetwork, details, open_network
from assistant.reading.quoting import QuotingReader, trust
from assistant.reading.windows import Reading, Span, SpanFinder
from index.article import Passage
from index.embedding import Embedder
from index.passages import sentences
from index.retrieval import Evidence

_HEADLINE = 2.0
"""What a headline's score is lowered by: it says shortly what a sentence of the text says better."""
_RANK = 0.15
"""What a passage's score is lowered by for each passage before it."""
_SEVERAL = re.compile(
    r"\b(?:two|three|four|five|several|both|list|name all|which|what|who) (?:\w+ )?(?:\w+s|people|men|women)\b|\band who\b",
    re.I,
)
_SECOND = 0.2
"""How probable another span must be to be named beside the best, where the question asks for several."""


@dataclass(frozen=True, slots=True)
class Found:
    """The best span of all passages.

    Attributes:
        evidence: the passage that it stands in.
        span: the words, offsets in the passage.
        others: other spans of the same passage, best first.
        confidence: calibrated probability that it is right.
    """

    evidence: Evidence
    span: Span
    others: tuple[Span, ...]
    confidence: float


class TrainedReader:
    """Reads every passage with a network, takes the best span of all, and quotes the sentence that it stands in.

    How far it is trusted is reckoned from the network's scores and from the quoting reader's, which looks at other things:
    whether the sentence has the question's words, names and numbers. Each sees what the other overlooks.
    """

    def __init__(
        self, embedder: Embedder, network: str | SpanNetwork = "trained", threshold: float | None = None
    ) -> None:
        """Loads nothing yet.

        Args:
            embedder: for the quoting reader's opinion.
            network: "trained" for the built-in one, a folder or a name for transformers, or the network itself.
            threshold: an answer less probable than this is none; None = the one chosen on held-out questions.
        """
        self._quoting = QuotingReader(embedder)
        self._network = network
        self._threshold = threshold
        self._finder: SpanFinder | None = None

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
            ReaderError: it can't be loaded.
        """
        if self._finder is None:
            self._finder = SpanFinder(open_network(self._network) if isinstance(self._network, str) else self._network)
        return self._finder

    def calibration(self, setting: str) -> Calibration:
        """How scores become probabilities; the built-in network's serves for others too, as far as their scores go."""
        return calibration_of(details(), setting)

    def read(self, question: str, evidence: Sequence[Evidence]) -> Draft:
        """See `Reader.read`."""
        if not evidence:
            return Draft((), 0.0)
        asked = analyse(question)
        if asked.kind in HEAD_KINDS:
            return heads.read(asked, evidence[0])
        found = self.find(asked, evidence)
        if found is None:
            return Draft((), 0.0)
        threshold = self.calibration("evidence").threshold if self._threshold is None else self._threshold
        if found.confidence < threshold:
            return Draft((), found.confidence)
        return Draft(tuple(_sentences(asked, found)), found.confidence)

    def find(self, asked: Asked, evidence: Sequence[Evidence]) -> Found | None:
        """The best span of all passages with its probability; None where nothing could be read."""
        judged = self.judge(asked, evidence)
        if judged is None:
            return None
        reading, item, values = judged
        confidence = self.calibration("evidence").probability(values)
        return Found(item, reading.spans[0], reading.spans[1:], confidence)

    def judge(self, asked: Asked, evidence: Sequence[Evidence]) -> tuple[Reading, Evidence, Values] | None:
        """The best passage with what was read in it and what the confidence in it is reckoned from."""
        readings = self.finder.read(asked.text, [item.passage.text for item in evidence])
        opinions = self._quoting.judge(asked, evidence)
        probable = {(o.sentence.passage.id, o.sentence.start): o.probability for o in opinions}
        best, place = -1, ("", -1)
        for n in choose(readings, evidence):
            if readings[n].spans:
                best, place = n, _sentence_of(evidence[n].passage, readings[n].spans[0])
                break
        if best < 0:
            return None
        same = bool(opinions) and (opinions[0].sentence.passage.id, opinions[0].sentence.start) == place
        second = (probable.get(place, 0.0), trust(opinions) if opinions else 0.0, same)
        per_passage = [
            features(asked, reading, _around(item)) for reading, item in zip(readings, evidence, strict=True)
        ]
        headline = evidence[best].passage.kind != "body"
        values = evidence_features(per_passage, best, headline=headline, second=second)
        return readings[best], evidence[best], values

    def answers(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[str, float]]:
        """For pairs of question and context: the best words and the calibrated probability that they are right.

        For measuring, so it never abstains: `("", 0.0)` only where a context has no words.
        """
        calibration = self.calibration("single")
        found = []
        for (question, context), reading in zip(pairs, self.finder.read_pairs(pairs), strict=True):
            if not reading.spans:
                found.append(("", 0.0))
                continue
            best = reading.spans[0]
            values = features(analyse(question), reading, context)
            found.append((context[best.start : best.end], calibration.probability(values)))
        return found


def choose(readings: Sequence[Reading], evidence: Sequence[Evidence]) -> list[int]:
    """The passages, the one with the most likely answer first."""

    def worth(n: int) -> float:
        score, known, _ = readings[n].features
        return score / 2 + known - _RANK * n - _HEADLINE * (evidence[n].passage.kind != "body")

    return sorted(range(len(readings)), key=lambda n: (-worth(n), n))


def _sentence_of(passage: Passage, span: Span) -> tuple[str, int]:
    """The passage's id and where in the article the sentence starts that the span starts in."""
    starts = [start for start, _ in sentences(passage.text) if start <= span.start]
    return passage.id, passage.start + (starts[-1] if starts else 0)


def _around(item: Evidence) -> str:
    parts = [item.title, *(p.text for p in item.head if p.kind == "date"), item.passage.text]
    parts += [p.text for p in (item.before, item.after) if p is not None]
    return " ".join(parts)


def _sentences(asked: Asked, found: Found) -> list[DraftSentence]:
    """The sentence that the span stands in; a second one where several things are asked for and another span is likely."""
    passage = found.evidence.passage
    spans = sentences(passage.text)
    drafts = [_quoted(asked, found, found.span, spans)]
    said = {drafts[0].quotes[0].start}
    if _SEVERAL.search(asked.text):
        for other in found.others:
            second = _quoted(asked, found, other, spans)
            if other.probability >= _SECOND and second.quotes[0].start not in said:
                drafts.append(second)
                break
    return drafts


def _quoted(asked: Asked, found: Found, span: Span, spans: Sequence[tuple[int, int]]) -> DraftSentence:
    """A span with the sentence, or the sentences, around it."""
    passage = found.evidence.passage
    touched = [(start, end) for start, end in spans if start < span.end and end > span.start]
    start, end = (touched[0][0], touched[-1][1]) if touched else (span.start, span.end)
    quote = Quote(passage, passage.text[start:end], passage.start + start)
    key = "" if asked.kind == "yes_no" else passage.text[max(span.start, start) : min(span.end, end)]
    return DraftSentence((quote,), key=key)
