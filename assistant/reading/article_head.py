"""Answers questions about the article itself ("What is the title?") from its headline, date line, byline and lead."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.core.draft import Draft, DraftSentence, Quote
from assistant.reading.answer_spans import dateline
from assistant.understanding.analysis import QuestionAnalysis
from index.article import Passage
from index.evidence import Evidence
from index.heading import byline_author, updated_span
from index.sentences import sentences

_CERTAIN = 0.95
_UNSURE = 0.05

_OFFICE = re.compile(r"([^,:|–—]+?)(?:,| [|–—]) [a-z][^.!?:]*")
"""A name with an office behind it: "Tora Vind, science editor"."""
_OFFICE_CHARS = 100


def read(asked: QuestionAnalysis, evidence: Evidence) -> Draft:
    """Answer from the head of the evidence's article; the draft has no sentences if the head lacks what is asked for."""
    find = _FINDERS[asked.answer_type]
    sentences_found = find(evidence.head)
    return Draft(tuple(sentences_found), _CERTAIN if sentences_found else _UNSURE)


def _of_kind(head: Sequence[Passage], kind: str) -> list[Passage]:
    return [passage for passage in head if passage.kind == kind]


def _whole(passages: Sequence[Passage]) -> list[DraftSentence]:
    return [DraftSentence((Quote(p, p.text, p.start),), key=p.text) for p in passages[:1]]


def _title(head: Sequence[Passage]) -> list[DraftSentence]:
    return _whole(_of_kind(head, "title"))


def _published(head: Sequence[Passage]) -> list[DraftSentence]:
    return _whole(_of_kind(head, "date"))


def _updated(head: Sequence[Passage]) -> list[DraftSentence]:
    for passage in head:
        if passage.kind in {"date", "byline"} and (place := updated_span(passage.text)):
            return [DraftSentence((Quote(passage, passage.text, passage.start),), key=passage.text[slice(*place)])]
    return []


def _about(head: Sequence[Passage]) -> list[DraftSentence]:
    """The headline, then the first sentence of the lead."""
    return _title(head) + _first_sentence(head)


def _filed(head: Sequence[Passage]) -> list[DraftSentence]:
    for first in _first_sentence(head):
        if place := dateline(first.quotes[0].text):
            return [DraftSentence(first.quotes, key=first.quotes[0].text[slice(*place)])]
    return []


def _author(head: Sequence[Passage]) -> list[DraftSentence]:
    for passage in head:
        line = passage.text.split("\n")[0]
        if name := byline_author(line) or (_officer(line) if passage.kind == "byline" else ""):
            return [DraftSentence((Quote(passage, line, passage.start),), key=name)]
    return []


def _officer(line: str) -> str:
    """The full name in a line of the head that has a name and an office; empty if it is something else."""
    match = _OFFICE.fullmatch(line.strip()) if len(line) <= _OFFICE_CHARS else None
    return byline_author(f"By {match[1]}") if match and " " in match[1] else ""


def _first_sentence(head: Sequence[Passage]) -> list[DraftSentence]:
    """That of the lead; a byline, or what has no word, as a row of asterisks, is none."""
    for passage in _of_kind(head, "body"):
        for start, end in sentences(passage.text):
            text = passage.text[start:end]
            if passage.is_silent(start):
                continue
            if any(letter.isalpha() for letter in text) and not byline_author(text):
                return [DraftSentence((Quote(passage, text, passage.start + start),))]
    return []


_FINDERS = {
    "title": _title,
    "about": _about,
    "published": _published,
    "updated": _updated,
    "filed": _filed,
    "author": _author,
}
