"""One question's run through the stages: what each stage leaves for the next ones."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from assistant.core.answer import Answer, Citation, Part, Trace
from assistant.core.draft import Draft, Quote, Usage
from assistant.core.kinds import Kind
from assistant.core.query import Query
from assistant.core.remarks import Remark
from assistant.core.standalone import Standalone
from assistant.reading.protocol import Reader
from assistant.verification.citations import whole
from assistant.verification.prover import Prover
from index.article import Article
from index.evidence import Evidence
from index.retrieval import reordered

_MOST_NEAREST = 3
"""So many quotes are shown with a refusal."""


class Stopwatch:
    """Seconds per stage, in the order of the stages; a stage may be entered several times.

    A stage inside another one is counted for itself only: sentences are proven while the reader reads.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Count the time inside for a stage."""
        self.seconds.setdefault(stage, 0.0)
        start, before = time.perf_counter(), sum(self.seconds.values())
        try:
            yield
        finally:
            inside = sum(self.seconds.values()) - before
            self.seconds[stage] += time.perf_counter() - start - inside


class Run:
    """One question's run through the stages: keeps what a stage found for the next ones.

    Attributes:
        query: the question as it was asked.
        reader: reads the evidence for it.
        fingerprint: names the models and settings that answer it.
        watch: measures how long each stage takes.
        resolved: the standalone question, once it is known.
        kind: what it asks for, once that is known.
        note: tells the user something of the question itself; may be empty.
        prover: proves its sentences, once they are drafted.
    """

    def __init__(self, query: Query, reader: Reader, fingerprint: str) -> None:
        self.query = query
        self.reader = reader
        self.fingerprint = fingerprint
        self.watch = Stopwatch()
        self.resolved = Standalone(query.text, "self-contained")
        self.kind: Kind = "fact"
        self.note = ""
        self.prover: Prover
        self._held: dict[str, Article] = {}
        self._drafts: list[Draft] = []
        self._parts: list[Part] = []
        self._evidence: list[Evidence] = []
        self._searched: list[str] = []

    def trace(self, standalone: str, usage: Usage | None = None) -> Trace:
        """The trace so far; `usage` is how much of a language model this question has taken."""
        usage = usage or Usage()
        return Trace(
            standalone,
            timings=self.watch.seconds,
            fingerprint=self.fingerprint,
            usage=usage,
            spent=self.query.spent + usage.tokens,
            corrected=self.query.standalone is not None,
        )

    @property
    def usage(self) -> Usage:
        """How much of a language model the question has taken so far."""
        return sum((draft.usage for draft in self._drafts), start=self.resolved.usage)

    @property
    def notice(self) -> str:
        """What the user is told so far of the question and of how its answer is made."""
        told = (self.note, self.resolved.notice, *(draft.notice for draft in self._drafts))
        return " ".join(filter(None, told))

    @property
    def read(self) -> tuple[Evidence, ...]:
        """What was read, best first."""
        return tuple(self._evidence)

    @property
    def confidence(self) -> float:
        """The probability that the best of all that was read answers, 0..1."""
        return max((draft.confidence for draft in self._drafts), default=0.0)

    @property
    def nearest(self) -> tuple[Quote, ...]:
        """What came closest to an answer, the nearest first; where the reader does not tell, the first passages read."""
        found = [quote for draft in self._drafts for quote in draft.nearest] or [
            whole(one.passage) for one in self.read
        ]
        return tuple(found[:_MOST_NEAREST])

    def hold(self, articles: Mapping[str, Article]) -> None:
        """Keep articles as they were when they were searched, so that they can be cited whatever is changed meanwhile."""
        self._held |= articles

    def held(self, article_id: str) -> Article:
        """An article that is held."""
        return self._held[article_id]

    def keep(self, draft: Draft, evidence: Sequence[Evidence], found: Sequence[Evidence]) -> None:
        """Keep what a question came to, or a part of it.

        Args:
            draft: what the reader drafted; its sentences have gone through the prover.
            evidence: what was read, in the order of the search.
            found: what the search found.
        """
        self._drafts.append(draft)
        known = {item.passage.id for item in self._evidence}
        both = [*self._evidence, *(one for one in reordered(evidence, draft.order) if one.passage.id not in known)]
        by_score = sorted(both, key=lambda item: -item.score)
        self._evidence = list(reordered(by_score, [item.passage.id for item in both]))
        self._searched += [item.passage.id for item in found if item.passage.id not in self._searched]

    def lay_out(self, part: Part) -> None:
        """Put the next sentences into a part."""
        self._parts.append(part)

    def lay_out_draft(self, draft: Draft, proven: int, heading: str, remarks: tuple[Remark, ...]) -> None:
        """Put the sentences of a draft into parts: what answers, and what other articles say.

        Args:
            draft: the draft.
            proven: how many of its sentences are proven: its first ones, unless a model wrote them, which says nothing aside.
            heading: of the first part.
            remarks: on the sentences that answer.
        """
        if not proven:
            self.lay_out(Part(0, heading, (Remark("nothing"),)))
            return
        aside = sum(sentence.aside for sentence in draft.sentences[:proven])
        self.lay_out(Part(proven - aside, heading, remarks))
        if aside:
            self.lay_out(Part(aside, remarks=(Remark("others"),)))

    def lay_out_again(self, *parts: Part) -> None:
        """Lay all sentences out anew."""
        self._parts = list(parts)

    def remark(self, *remarks: Remark) -> None:
        """Say something of all parts, behind the last one."""
        last = self._parts[-1]
        self._parts[-1] = replace(last, remarks=(*last.remarks, *remarks))

    def answer(self, closest: tuple[Citation, ...], message: str) -> Answer:
        """The answer that the drafts come to.

        Args:
            closest: passages to show if nothing was proven.
            message: what to say then.
        """
        proven = self.prover.proven
        drafts = [draft for draft in self._drafts if draft.sentences] or self._drafts
        trace = replace(
            self.trace(self.resolved.question, self.usage),
            ranked=tuple((item.passage.id, item.score) for item in self._evidence),
            searched=tuple(self._searched),
            dropped=proven.dropped,
            threshold=self._drafts[0].threshold if len(self._drafts) == 1 else 0.0,
        )
        plain = len(self._parts) < 2 and not any(part.heading or part.remarks for part in self._parts)
        said = bool(proven.sentences)
        return Answer(
            question=self.query.text,
            status="answered" if said else "not_found",
            sentences=proven.sentences,
            citations=proven.citations,
            confidence=min((draft.confidence for draft in drafts), default=0.0),
            evidence=self.read,
            closest=() if said else closest,
            message="" if said else message,
            notice=self.notice,
            trace=trace,
            written=said and any(draft.written for draft in self._drafts),
            kind=self.kind,
            verdict=self._drafts[0].verdict if said and len(self._drafts) == 1 else "",
            parts=() if plain or not said else tuple(self._parts),
        )
