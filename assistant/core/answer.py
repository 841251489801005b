"""What an answer is made of: plain frozen data, the same in Python, on the command line, in the page and in reports."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from itertools import islice
from typing import Any, Literal, NamedTuple

from assistant.core.dates import in_words
from assistant.core.draft import Usage, YesNo
from assistant.core.kinds import Kind
from assistant.core.levels import Level, level_of
from assistant.core.remarks import Remark
from index.evidence import Evidence

Status = Literal["answered", "not_found", "unclear", "small_talk"]


_MOST_SHOWN = 300
"""The most characters of one text in `print(answer)`."""
LISTED: tuple[Kind, ...] = ("list", "overview")
"""Each sentence of such an answer has a line of its own."""


class Dropped(NamedTuple):
    """A sentence of a draft that was left out of the answer: its text, the verdict on it, and what was missing."""

    text: str
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """A proven quote: `article.text[start:end] == quote`.

    Attributes:
        number: the marker in the answer's text, from 1.
        article_id: the article that the quote stands in.
        title: that article's title.
        start: first character, counted from 0.
        end: one past the last character.
        quote: the words.
        content_hash: identifies the version of the article that was cited.
        stale: the article has since been changed or removed.
        page: page of the source that the quote begins on, from 1; 0 = the source has no pages.
        published: the article's publication date, YYYY-MM-DD; empty = the source states none.
    """

    number: int
    article_id: str
    title: str
    start: int
    end: int
    quote: str
    content_hash: str = ""
    stale: bool = False
    page: int = 0
    published: str = ""

    @property
    def place(self) -> str:
        """Where the quote stands, for a person: "p. 12", or its characters where the source has no pages."""
        return f"p. {self.page}" if self.page else f"characters {self.start}-{self.end}"

    def overlaps(self, other: Citation) -> bool:
        """Whether both quotes have characters of one article in common."""
        return self.article_id == other.article_id and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A proven sentence with the numbers of its citations.

    Attributes:
        text: the sentence, without markers.
        citations: numbers of the citations that support it; never empty.
        key: the answer's words, verbatim from the quote of `answering`; may be empty.
        also: further such words from there, as the other items of a list.
    """

    text: str
    citations: tuple[int, ...]
    key: str = ""
    also: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """All the answer's words; none if none are marked."""
        return (self.key, *self.also) if self.key else ()

    def answering(self, citations: Iterable[Citation]) -> Citation:
        """The one of its citations that has the answer's words: the last with all of them, since one before may name the speaker.

        Args:
            citations: of the answer.

        Raises:
            ValueError: none of them is cited by the sentence.
        """
        own = sorted(
            (one for one in citations if one.number in self.citations), key=lambda one: self.citations.index(one.number)
        )
        if not own:
            raise ValueError(
                f"The sentence {self.text!r} cites {list(self.citations)}; give the citations of its answer."
            )
        return answering(own, self.keys)

    def render(self) -> str:
        """The sentence with its markers, as plain text."""
        return f"{self.text} {''.join(f'[{number}]' for number in self.citations)}"


def answering(citations: Sequence[Citation], keys: Sequence[str]) -> Citation:
    """The last of a sentence's citations that has all of its keys; the last one if none has."""
    having = [one for one in citations if all(key in one.quote for key in keys)]
    return (having or citations)[-1]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an answer: the next ones of its sentences, under one heading.

    Attributes:
        sentences: how many there are; 0 = no sentence was found for it.
        heading: what it answers in the user's own words, or the title of the article that it is from; may be empty.
        remarks: fixed sentences on how its quotes stand to each other.
    """

    sentences: int
    heading: str = ""
    remarks: tuple[Remark, ...] = ()

    def render(self, sentences: Sequence[AnswerSentence], listed: bool) -> str:
        """The part as plain text.

        Args:
            sentences: its own.
            listed: whether each is a line of a list.
        """
        before = [remark.text for remark in self.remarks if remark.name == "others"]
        after = [remark.text for remark in self.remarks if remark.name != "others"]
        said = [sentence.render() for sentence in sentences]
        body = [f"- {line}" for line in said] if listed and len(said) > 1 else [" ".join(said)] if said else []
        return "\n".join([*([self.heading] if self.heading else []), *before, *body, *after])


@dataclass(frozen=True, slots=True)
class Trace:
    """How an answer was made, so that a failed regression names its stage.

    Attributes:
        standalone_question: the question that was searched for.
        ranked: passage ids with their scores, best first, after reading.
        timings: stage -> seconds.
        fingerprint: names the settings and models that were used.
        dropped: sentences of the draft that could not be proven, each with the reason.
        searched: passage ids as the search ranked them, best first.
        usage: how much of a language model this answer took, follow-up and repair included.
        spent: language-model tokens that the conversation has used so far, including this answer's.
        threshold: the confidence from which on the question is answered; 0 = unknown, or there are several, as where several
            questions are one.
        corrected: the user wrote the standalone question himself.
    """

    standalone_question: str
    ranked: tuple[tuple[str, float], ...] = ()
    timings: dict[str, float] = field(default_factory=dict)
    fingerprint: str = ""
    dropped: tuple[Dropped, ...] = ()
    searched: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    spent: int = 0
    threshold: float = 0.0
    corrected: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What the user gets. `print(answer)` shows it with its quotes.

    Attributes:
        question: as it was asked.
        status: "answered", "not_found" (the articles don't say), "unclear" (the question can't be understood) or "small_talk"
            (thanks and the like: nothing was searched for, and `message` is a short reply).
        sentences: what the answer says; empty unless answered.
        citations: proven quotes, numbered from 1; empty unless answered.
        confidence: calibrated probability that the best answer found is right, 0..1; low for a refusal.
        evidence: the passages considered, best first.
        closest: for a refusal, proven quotes of the closest passages, the nearest first; not an answer.
        message: the text of a refusal, or the reply to small talk; empty when answered.
        trace: how it was made.
        notice: a note to the user on how it was made, such as that a language model was not reached; may be empty.
        written: a language model wrote the sentences; `confidence` is then the least of their supports (the probability that
            its quotes entail a sentence), not the probability that the answer is right.
        kind: what was asked for.
        verdict: of a yes/no question, what the first sentence says to it, where that is sure enough.
        parts: how the sentences are laid out; empty = all are one part.
        did_you_mean: other standalone questions that a follow-up may be understood as, and that are answered otherwise, the
            likeliest first; each can be asked as `standalone`. Mostly empty.
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
    kind: Kind = "fact"
    verdict: YesNo = ""
    parts: tuple[Part, ...] = ()
    did_you_mean: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Plain text with [1] markers; for a refusal and for small talk, the message.

        Parts are apart by an empty line, and each sentence of a list or of an overview has a line of its own.
        """
        if not self.sentences:
            return self.message
        listed = self.kind in LISTED
        told = "\n\n".join(part.render(said, listed) for part, said in self.laid_out())
        return f"{self.verdict.capitalize()}. {told}" if self.verdict else told

    @property
    def level(self) -> Level | None:
        """How sure the answer is, as a level of five; None if there is no answer, or a language model wrote it.

        How often a language model's answers are right was never measured.
        """
        return level_of(self.confidence) if self.status == "answered" and not self.written else None

    def laid_out(self) -> list[tuple[Part, tuple[AnswerSentence, ...]]]:
        """The parts, each with its sentences; one that has all, if the answer has no parts."""
        rest = iter(self.sentences)
        parts = self.parts or (Part(len(self.sentences)),)
        return [(part, tuple(islice(rest, part.sentences))) for part in parts]

    def __str__(self) -> str:
        """The text, then each quote with its place and the date of its article; for a refusal, the closest quotes.

        Other readings of the question come below.
        """
        quotes = self.citations or self.closest
        lines = [f"  [{c.number}] “{_shortened(c.quote)}” ({_where(c)})" for c in quotes]
        between = [] if self.citations or not quotes else ["Closest, not an answer:"]
        offered = [f"Did you mean: {other}" for other in self.did_you_mean]
        return "\n".join([self.text, *between, *lines, *offered, *([f"({self.notice})"] if self.notice else [])])

    def __repr__(self) -> str:
        """Short, since an answer holds all the passages that were read for it."""
        return (
            f"Answer(question={_shortened(self.question)!r}, status={self.status!r}, text={_shortened(self.text)!r}, "
            f"citations={len(self.citations)}, confidence={self.confidence:.2f})"
        )

    @property
    def left_out(self) -> dict[str, int]:
        """How many sentences of the draft were left out of the answer, by verdict."""
        return dict(Counter(dropped.reason for dropped in self.trace.dropped))

    def with_staleness(self, versions: Mapping[str, str]) -> Answer:
        """A copy whose citations say whether the version that they cite is gone.

        Args:
            versions: article id -> content hash, for all articles in the library.
        """

        def mark(citations: tuple[Citation, ...]) -> tuple[Citation, ...]:
            return tuple(replace(c, stale=versions.get(c.article_id) != c.content_hash) for c in citations)

        return replace(self, citations=mark(self.citations), closest=mark(self.closest))

    def to_dict(self) -> dict[str, Any]:
        """The answer in JSON types; the same everywhere (command line, API, reports). `from_dict` reads it back."""
        trace = asdict(self.trace)
        return {
            "question": self.question,
            "status": self.status,
            "text": self.text,
            "kind": self.kind,
            "verdict": self.verdict,
            "sentences": [{**asdict(s), "citations": list(s.citations), "also": list(s.also)} for s in self.sentences],
            "parts": [_part_to_dict(part) for part in self.parts],
            "citations": [asdict(c) for c in self.citations],
            "confidence": self.confidence,
            "level": self.level.name if self.level else None,
            "evidence": [e.to_dict() for e in self.evidence],
            "closest": [asdict(c) for c in self.closest],
            "message": self.message,
            "notice": self.notice,
            "written": self.written,
            "did_you_mean": list(self.did_you_mean),
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
            sentences=tuple(
                AnswerSentence(s["text"], tuple(s["citations"]), s["key"], tuple(s.get("also", ())))
                for s in data["sentences"]
            ),
            citations=tuple(Citation(**c) for c in data["citations"]),
            confidence=data["confidence"],
            evidence=tuple(Evidence.from_dict(e) for e in data["evidence"]),
            closest=tuple(Citation(**c) for c in data["closest"]),
            message=data["message"],
            notice=data.get("notice", ""),
            written=data.get("written", False),
            trace=_trace_from_dict(data["trace"]),
            kind=data.get("kind", "fact"),
            verdict=data.get("verdict", ""),
            parts=tuple(_part_from_dict(part) for part in data.get("parts", ())),
            did_you_mean=tuple(data.get("did_you_mean", ())),
        )

    def to_json(self) -> str:
        """`to_dict` as one line of JSON."""
        return json.dumps(self.to_dict(), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Answer:
        """The answer that `to_json` was called on."""
        return cls.from_dict(json.loads(text))


def _where(citation: Citation) -> str:
    """The article, its date as far as it is known, and the place in it."""
    dated = in_words(date.fromisoformat(citation.published)) if citation.published else ""
    return ", ".join(filter(None, (citation.title, dated, citation.place)))


def _shortened(text: str) -> str:
    """A text on one line, of at most 300 characters."""
    line = " ".join(text.split())
    return line if len(line) <= _MOST_SHOWN else f"{line[:_MOST_SHOWN]} …"


def _part_to_dict(part: Part) -> dict[str, Any]:
    """A part in JSON types; each remark with its words, so that readers of the JSON need not know them."""
    remarks = [{"name": remark.name, "values": list(remark.values), "text": remark.text} for remark in part.remarks]
    return {"sentences": part.sentences, "heading": part.heading, "remarks": remarks}


def _part_from_dict(data: dict[str, Any]) -> Part:
    remarks = tuple(Remark(remark["name"], tuple(remark["values"])) for remark in data["remarks"])
    return Part(data["sentences"], data["heading"], remarks)


def _trace_from_dict(data: dict[str, Any]) -> Trace:
    """The trace of a dictionary; one kept by an older version lacks the search's order and the language model's usage."""
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
