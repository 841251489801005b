"""A question set after it was read and checked: plain frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assistant.core.kinds import Kind
from assistant.questions.spec.wordings import YesNo

UNANSWERABLE = "unanswerable"
DIALOGUE = "dialogue"
"""Tags that the loader adds by itself."""


@dataclass(frozen=True, slots=True)
class Source:
    """An article that a set is about: a file, or one that is in the library already.

    Attributes:
        path: absolute path of its file; None = it is named by its hash alone.
        content_hash: SHA-256 of its canonical text; "" = not pinned. Where both are given they must agree.
    """

    path: Path | None = None
    content_hash: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """One question, and what is expected of its answer.

    Attributes:
        id: the case's, or `<case>/turn-<n>` in a dialogue.
        question: as it is asked.
        answers: accepted wordings: text, or a regular expression between slashes. One must match what is said.
        evidence: quotes that stand in the set's articles; a citation must overlap one of them.
        all_evidence: each quote must be overlapped by a citation, not only one.
        only_evidence: each citation must overlap one of the quotes.
        in_order: the first citations of the quotes must come in the order of the quotes.
        verdict: what must be said to a yes/no question before its quotes; "" = anything, or nothing.
        kind: how the question must be understood; None = in any way.
        answerable: False = the articles don't say, and the answer must be a refusal.
        must_not_say: wordings, as in `answers`, none of which may match what is said.
        max_seconds: the answer must not take longer; None = no limit.
        tags: for choosing and for figures by tag; "unanswerable" and "dialogue" are added by the loader.
        note: for readers, such as why this is expected.
        depth: number of the turn in its dialogue, from 1.
        line: where it stands in the set's file, from 1; 0 = not from a file.
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    all_evidence: bool = False
    only_evidence: bool = False
    in_order: bool = False
    verdict: YesNo = ""
    kind: Kind | None = None
    answerable: bool = True
    must_not_say: tuple[str, ...] = ()
    max_seconds: float | None = None
    tags: tuple[str, ...] = ()
    note: str = ""
    depth: int = 1
    line: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """A single question (one turn), or a dialogue (its turns, in order)."""

    id: str
    turns: tuple[Expected, ...]
    dialogue: bool = False


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Fixed questions about some articles.

    Attributes:
        name: what it is called: its file's name without the endings.
        path: its file; None = made in Python.
        sources: the articles it is about.
        cases: in the file's order; at least one.
    """

    name: str
    path: Path | None
    sources: tuple[Source, ...]
    cases: tuple[Case, ...]

    @property
    def expected(self) -> tuple[Expected, ...]:
        """All questions of all cases, in order."""
        return tuple(turn for case in self.cases for turn in case.turns)
