"""Makes the data from which the HTML report's script builds its list of questions: compact, each passage once."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from assistant.core.answer import Answer, Part
from assistant.core.kinds import Kind
from assistant.questions.comparing.evaluation import Evaluation
from assistant.questions.rendering.words import Shown, questions, quoting, wording
from assistant.questions.reports import Place, Result
from assistant.questions.spec.cases import DIALOGUE
from index.article import Passage
from index.evidence import Evidence

_WHOLE = 3
"""How many of the best passages are shown whole, cited or not."""

_START = 100
"""How many characters are shown of any other passage."""

_CITED, _EXPECTED = 1, 2

_USUAL: Kind = "fact"
"""The kind that goes without saying: of most questions, and of all that nothing has understood."""


def page_data(evaluations: Sequence[Evaluation], names: Sequence[str], timings: bool) -> dict[str, Any]:
    """The data for the page's script.

    Args:
        evaluations: one for each set.
        names: of the sets; no two are the same.
        timings: whether the data has seconds.

    Returns:
        `sets`: names. `passages`: [title, start, end, text] each, the text cut short where no question needs all of it.
        `cases`: one object for each question; what is empty is left out. Its `found` are the passages found, best first:
        [number of the passage, score, place in the search's order, marks], a mark [start, end, 1 = cited + 2 = expected,
        numbers of the citations] in characters (Unicode code points) of the passage.
    """
    passages = _Passages()
    cases = [
        _case(shown, n, passages, timings)
        for n, evaluation in enumerate(evaluations)
        for shown in questions(evaluation)
    ]
    return {"sets": list(names), "passages": passages.to_list(), "cases": cases}


class _Passages:
    """Numbers passages in the order in which questions use them."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str], int] = {}
        self._all: list[Evidence] = []
        self._whole: set[int] = set()

    def number(self, evidence: Evidence, whole: bool) -> int:
        """The passage's number; `whole` = the report shows all of its text."""
        passage = evidence.passage
        # Other systems may give two passages the same id.
        n = self._numbers.setdefault((passage.id, passage.text), len(self._all))
        if n == len(self._all):
            self._all.append(evidence)
        if whole:
            self._whole.add(n)
        return n

    def to_list(self) -> list[list[Any]]:
        return [
            [
                one.title,
                one.passage.start,
                one.passage.end,
                one.passage.text if n in self._whole else _begin(one.passage),
            ]
            for n, one in enumerate(self._all)
        ]


def _begin(passage: Passage) -> str:
    return passage.text if len(passage.text) <= _START else f"{passage.text[:_START].rstrip()} …"


def _case(shown: Shown, number: int, passages: _Passages, timings: bool) -> dict[str, Any]:
    result = shown.result
    expected, answer, grade = result.expected, result.answer, result.grade
    dialogue = expected.id.rpartition("/turn-")[0] if DIALOGUE in expected.tags else ""
    data = {
        "set": number,
        "id": expected.id,
        "dialogue": dialogue,
        "turn": expected.depth if dialogue else 0,
        "question": expected.question,
        "standalone": _standalone(result),
        "outcome": result.verdict,
        "right": result.held,
        "change": shown.change,
        "before": shown.before,
        "stage": grade.stage,
        "reason": grade.reason,
        "tags": expected.tags,
        "note": expected.note,
        "line": expected.line,
        "answers": expected.answers,
        "evidence": expected.evidence,
        "quoting": quoting(expected),
        "verdict": expected.verdict,
        "kind": expected.kind,
        "refuse": not expected.answerable,
        "never": expected.must_not_say,
        "limit": expected.max_seconds if timings else None,
        "decided": answer.verdict,
        "understood": answer.kind if expected.kind or answer.kind != _USUAL else "",
        "said": [[one.text, one.keys, list(one.citations)] for one in answer.sentences],
        "parts": [_part(part) for part in answer.parts],
        "notice": answer.notice,
        "message": "" if answer.sentences else answer.message,
        "matched": wording(result),
        "confidence": f"{answer.confidence:.2f}",
        "seconds": f"{result.seconds:.3f}" if timings else "",
        "dropped": answer.trace.dropped,
        "found": _found(result, passages),
        "beside": list(_beside(answer)),
        "missed": _missed(result),
    }
    return {key: value for key, value in data.items() if value or key == "set"}


def _part(part: Part) -> list[Any]:
    """A part of an answer: [number of its sentences, heading, remarks before them, remarks after them]."""
    before = [remark.text for remark in part.remarks if remark.name == "others"]
    after = [remark.text for remark in part.remarks if remark.name != "others"]
    return [part.sentences, part.heading, before, after]


def _standalone(result: Result) -> str:
    searched = result.answer.trace.standalone_question
    return "" if searched == " ".join(result.expected.question.split()) else searched


def _found(result: Result, passages: _Passages) -> list[list[Any]]:
    answer = result.answer
    places = [place for quote in result.places for place in quote]
    ranks = {passage_id: n + 1 for n, passage_id in enumerate(answer.trace.searched)}
    rows = []
    for n, evidence in enumerate(answer.evidence):
        marks = _marks(evidence.passage, answer, places)
        number = passages.number(evidence, whole=n < _WHOLE or bool(marks))
        rows.append([number, round(evidence.score, 4), ranks.get(evidence.passage.id, 0), marks])
    return rows


def _marks(passage: Passage, answer: Answer, places: Sequence[Place]) -> list[list[Any]]:
    """The cited and the expected parts of a passage, in order and without overlap."""
    spans = [
        (citation.start, citation.end, _CITED, citation.number)
        for citation in answer.citations
        if citation.article_id == passage.article_id
    ]
    spans += [(start, end, _EXPECTED, 0) for article_id, start, end in places if article_id == passage.article_id]
    inside = [
        (max(start, passage.start) - passage.start, min(end, passage.end) - passage.start, kind, n)
        for start, end, kind, n in spans
        if start < passage.end and passage.start < end
    ]
    edges = sorted({edge for start, end, *_ in inside for edge in (start, end)})
    marks = []
    for start, end in itertools.pairwise(edges):
        over = [(kind, n) for first, last, kind, n in inside if first < end and start < last]
        if over:
            kinds = sum({kind for kind, _ in over})
            marks.append([start, end, kinds, sorted({n for _, n in over if n})])
    return marks


def _beside(answer: Answer) -> Iterator[list[Any]]:
    """Citations that are in no retrieved passage as a whole: [number, title, quote]."""
    for citation in answer.citations:
        held = any(
            evidence.passage.article_id == citation.article_id
            and evidence.passage.start <= citation.start
            and citation.end <= evidence.passage.end
            for evidence in answer.evidence
        )
        if not held:
            yield [citation.number, citation.title, citation.quote]


def _missed(result: Result) -> list[int]:
    """Numbers, from 0, of the expected quotes that are in no retrieved passage."""
    found = [evidence.passage for evidence in result.answer.evidence]
    return [
        n
        for n, places in enumerate(result.places)
        if not any(
            passage.article_id == article_id and start < passage.end and passage.start < end
            for passage in found
            for article_id, start, end in places
        )
    ]
