"""What an answer is made of: plain frozen data, the same in Python, on the command line, in the page and in reports."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, NamedTuple

from index.article import Passage
from index.evidence import Evidence

Status = Literal["answered", "not_found", "unclear", "small_talk"]

Verdict = Literal["proven", "quote not found", "detail not in the quote", "not supported"]
"""What the proof says of a sentence: it may be said; a quote stands in no passage; a number, a date, a name or the key words
stand in none of its quotes; the quotes don't say what the sentence says."""


_MOST_SHOWN = 300
"""Characters of one text in `print(answer)`."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of proving one sentence.

    Attributes:
        verdict: only of a proven sentence is anything said.
        detail: what is missing, such as the number that stands in no quote; may be empty. Never said to be an answer.
        support: probability that the quotes say what the sentence says, 0..1; 1 for a sentence that is its own quote.
    """

    verdict: Verdict
    detail: str = ""
    support: float = 1.0


class Dropped(NamedTuple):
    """A sentence of a draft that is no part of the answer: its text, the verdict on it, and what was missing."""

    text: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a language model was asked for. Usages can be added.

    Attributes:
        requests: how many replies were begun; of those from a cassette all, of those from a cache none.
        prompt_tokens: that it read, as its server counts them, or estimated where it doesn't say.
        completion_tokens: that it wrote.
        seconds: that were waited for it, its replies' own proof left out.
    """

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0

    @property
    def tokens(self) -> int:
        """Those that were read and written."""
        return self.prompt_tokens + self.completion_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.requests + other.requests,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.seconds + other.seconds,
        )


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
        notice: what the user has to know of how it came about, as when a language model was not reached; may be empty.
        usage: what a language model did for it.
        written: a language model wrote its sentences; the confidence is then the least support of those that were proven.
    """

    sentences: tuple[DraftSentence, ...]
    confidence: float
    order: tuple[str, ...] = ()
    notice: str = ""
    usage: Usage = Usage()
    written: bool = False


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
        usage: what a language model did for this answer, follow-up and repair included.
        spent: tokens that the conversation has taken of a language model, this answer's among them.
    """

    standalone_question: str
    ranked: tuple[tuple[str, float], ...] = ()
    timings: dict[str, float] = field(default_factory=dict)
    fingerprint: str = ""
    dropped: tuple[Dropped, ...] = ()
    searched: tuple[str, ...] = ()
    usage: Usage = Usage()
    spent: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What the user gets. `print(answer)` shows it with its quotes.

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
        notice: what the user has to know of how it came about, as when a language model was not reached; may be empty.
        written: a language model wrote its sentences; `confidence` is then the least probability that the quotes of one say
            what it says, and not that the answer is right.
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
    notice: str = ""
    written: bool = False

    @property
    def text(self) -> str:
        """Plain text with [1] markers; for a refusal and for small talk, the message."""
        return " ".join(sentence.render() for sentence in self.sentences) if self.sentences else self.message

    def __str__(self) -> str:
        """The text, then each quote with its place; of a refusal, the closest quotes."""
        quotes = self.citations or self.closest
        lines = [f"  [{c.number}] “{_shortened(c.quote)}” ({c.title}, characters {c.start}-{c.end})" for c in quotes]
        between = [] if self.citations or not quotes else ["Closest, not an answer:"]
        return "\n".join([self.text, *between, *lines, *([f"({self.notice})"] if self.notice else [])])

    def __repr__(self) -> str:
        """Short: an answer holds all that was read for it."""
        return (
            f"Answer(question={_shortened(self.question)!r}, status={self.status!r}, text={_shortened(self.text)!r}, "
            f"citations={len(self.citations)}, confidence={self.confidence:.2f})"
        )

    @property
    def left_out(self) -> dict[str, int]:
        """How many sentences of the draft are no part of the answer, by the verdict on them."""
        return dict(Counter(dropped.reason for dropped in self.trace.dropped))

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
            "notice": self.notice,
            "written": self.written,
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
        return cls(
            question=data["question"],
            status=data["status"],
            sentences=tuple(AnswerSentence(s["text"], tuple(s["citations"]), s["key"]) for s in data["sentences"]),
            citations=tuple(Citation(**c) for c in data["citations"]),
            confidence=data["confidence"],
            evidence=tuple(Evidence.from_dict(e) for e in data["evidence"]),
            closest=tuple(Citation(**c) for c in data["closest"]),
            message=data["message"],
            notice=data.get("notice", ""),
            written=data.get("written", False),
            trace=_trace_from_dict(data["trace"]),
        )

    def to_json(self) -> str:
        """`to_dict` as one line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Answer:
        """The answer that `to_json` was called on."""
        return cls.from_dict(json.loads(text))


def _shortened(text: str) -> str:
    """A text on one line, of at most 300 characters."""
    line = " ".join(text.split())
    return line if len(line) <= _MOST_SHOWN else f"{line[:_MOST_SHOWN]} …"


def _trace_from_dict(data: dict[str, Any]) -> Trace:
    """A trace; one that was kept by an older version has neither the search's order nor a language model's usage."""
    return Trace(
        **{
            **data,
            "ranked": tuple((passage, score) for passage, score in data["ranked"]),
            "timings": dict(data["timings"]),
            "dropped": tuple(Dropped(*dropped) for dropped in data["dropped"]),
            "searched": tuple(data.get("searched", ())),
            "usage": Usage(**data.get("usage", {})),
        }
    )
