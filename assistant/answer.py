"""What an answer is made of: plain frozen data, the same in Python, on the command line, in the page and in reports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from index.article import Passage
from index.retrieval import Evidence

Status = Literal["answered", "not_found", "unclear", "small_talk"]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that are said to stand in a passage; not yet proven.

    Attributes:
        passage: the passage they are said to stand in.
        text: the words.
        start: where in the article they are said to start (characters); None = look for them in the passage.
    """

    passage: Passage
    text: str
    start: int | None = None


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence not yet proven.

    Attributes:
        quotes: what is said to support it.
        text: the reader's own words; empty = the quote speaks for itself.
        key: the words that answer, standing inside the first quote; empty = none marked.
    """

    quotes: tuple[Quote, ...]
    text: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer not yet proven. No sentences = the reader found no answer.

    Attributes:
        sentences: what would be said, in order.
        confidence: calibrated probability that the best answer found is right, though it may not be said.
        order: ids of the passages, those first that are likeliest to hold an answer; empty = as the search ranked them.
    """

    sentences: tuple[DraftSentence, ...]
    confidence: float
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A proven quote: `article.text[start:end] == quote`.

    Attributes:
        number: the marker in the answer's text, from 1.
        article_id: the article it stands in.
        title: that article's title.
        start: first character, counted from 0.
        end: one past the last character.
        quote: the words.
        content_hash: the version of the article that was cited.
        stale: the article has changed or gone since.
    """

    number: int
    article_id: str
    title: str
    start: int
    end: int
    quote: str
    content_hash: str = ""
    stale: bool = False


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A proven sentence with the numbers of its citations.

    Attributes:
        text: the sentence, without markers.
        citations: numbers of the citations that carry it; never empty.
        key: the words that answer, standing verbatim in the first citation's quote; may be empty.
    """

    text: str
    citations: tuple[int, ...]
    key: str = ""

    def render(self) -> str:
        """The sentence with its markers, as plain text."""
        return f"{self.text} {''.join(f'[{number}]' for number in self.citations)}"


@dataclass(frozen=True, slots=True)
class Trace:
    """How an answer came about, so that a failed regression names its stage.

    Attributes:
        standalone_question: what was searched for.
        ranked: passage ids with their scores, best first, after reading.
        timings: stage -> seconds.
        fingerprint: of the settings and models that were used.
        dropped: sentences of the draft that could not be proven, each with the reason.
        searched: passage ids as the search ranked them, best first.
    """

    standalone_question: str
    ranked: tuple[tuple[str, float], ...] = ()
    timings: dict[str, float] = field(default_factory=dict)
    fingerprint: str = ""
    dropped: tuple[tuple[str, str], ...] = ()
    searched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user gets.

    Attributes:
        question: as it was asked.
        status: "answered", "not_found" (the articles don't say), "unclear" (the question can't be understood) or "small_talk"
            (thanks and the like: nothing was searched for, and `message` is a short reply).
        sentences: what is said; empty unless answered.
        citations: proven quotes, numbered from 1; empty unless answered.
        confidence: calibrated probability that the best answer found is right, 0..1; low for a refusal.
        evidence: the passages considered, best first.
        closest: for a refusal, proven quotes of the closest passages; not an answer.
        message: what a refusal says, or the reply to small talk; empty when answered.
        trace: how it came about.
    """

    question: str
    status: Status
    sentences: tuple[AnswerSentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    confidence: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    closest: tuple[Citation, ...] = ()
    message: str = ""
    trace: Trace = field(default_factory=lambda: Trace(""))

    @property
    def text(self) -> str:
        """Plain text with [1] markers; for a refusal and for small talk, the message."""
        return " ".join(sentence.render() for sentence in self.sentences) if self.sentences else self.message

    def with_staleness(self, versions: Mapping[str, str]) -> Answer:
        """A copy whose citations say whether the version they cite is gone.

        Args:
            versions: article id -> content hash, of all articles that there are.
        """

        def mark(citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
            return tuple(replace(c, stale=versions.get(c.article_id) != c.content_hash) for c in citations)

        return replace(self, citations=mark(self.citations), closest=mark(self.closest))

    def to_dict(self) -> dict[str, Any]:
        """JSON types only; the same everywhere (command line, API, reports). `from_dict` reads it back."""
        trace = asdict(self.trace)
        return {
            "question": self.question,
            "status": self.status,
            "text": self.text,
            "sentences": [{**asdict(s), "citations": list(s.citations)} for s in self.sentences],
            "citations": [asdict(c) for c in self.citations],
            "confidence": self.confidence,
            "evidence": [e.to_dict() for e in self.evidence],
            "closest": [asdict(c) for c in self.closest],
            "message": self.message,
            "trace": {
                **trace,
                "ranked": [list(pair) for pair in self.trace.ranked],
                "searched": list(self.trace.searched),
                "dropped": [list(pair) for pair in self.trace.dropped],
            },
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Answer:
        """The answer that `to_dict` was called on.

        Raises:
            KeyError: a field is missing.
        """
        trace = data["trace"]
        pairs = {name: tuple((first, second) for first, second in trace[name]) for name in ("ranked", "dropped")}
        return cls(
            question=data["question"],
            status=data["status"],
            sentences=tuple(AnswerSentence(s["text"], tuple(s["citations"]), s["key"]) for s in data["sentences"]),
            citations=tuple(Citation(**c) for c in data["citations"]),
            confidence=data["confidence"],
            evidence=tuple(Evidence.from_dict(e) for e in data["evidence"]),
            closest=tuple(Citation(**c) for c in data["closest"]),
            message=data["message"],
            # An answer that was kept before the search's order was has none.
            trace=Trace(
                **{**trace, **pairs, "timings": dict(trace["timings"]), "searched": tuple(trace.get("searched", ()))}
            ),
        )

    def to_json(self) -> str:
        """`to_dict` as one line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Answer:
        """The answer that `to_json` was called on."""
        return cls.from_dict(json.loads(text))
