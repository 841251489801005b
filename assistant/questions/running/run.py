"""QuestionSet + assistant -> Report: every question asked and graded, over several threads with the same report."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assistant.core.answer import Answer
from assistant.core.errors import FootnoteError, QuestionSetError
from assistant.core.turns import Turn
from assistant.questions.grading.grade import grade
from assistant.questions.grading.ground_truth import GroundTruth
from assistant.questions.reports import Grade, Place, Report, Result
from assistant.questions.running.sources import (
    absent,
    articles_of,
    files,
    known_as,
    lists_articles,
    mentioned,
    places_in,
)
from assistant.questions.spec.cases import Case, Expected, QuestionSet
from assistant.questions.spec.wordings import problem

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.writing.model import LanguageModel

Progress = Callable[[int, int, str], None]
"""Called with (cases done, cases in all, id of the one that is done); one call at a time."""


_NOT_USABLE = "the assistant gave no usable Answer"


class Asks(Protocol):
    """What can be tested: an `Assistant`, or anything else that answers questions.

    Where it also has `articles()`, which gives the Articles it answers from, expected quotes and citations are looked up in
    these; else in the files of the question set.
    """

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
        """Answer one question; `history`, the turns before, is only given in dialogues."""
        ...


def run(question_set: QuestionSet, assistant: Asks, *, workers: int = 1, progress: Progress | None = None) -> Report:
    """Ask every question of a set and grade the answers.

    An assistant that fails at a question, with anything but a `FootnoteError`, has answered wrongly; the run goes on.

    Args:
        question_set: what to ask.
        assistant: whom to ask; from several threads if there are several workers.
        workers: how many cases are asked at once; the turns of a dialogue are asked one after the other. The report is the
            same for any number, timings aside.
        progress: told of each case that is done.

    Raises:
        QuestionSetError: an article that the set names by its hash is there and lacks an expected quote; a set made in Python
            has a wording or a quote that can't be used; or `ask` gives something else than an Answer.
        FootnoteError: the assistant's own, as for an empty library.
    """
    check(question_set)
    articles = {article.id: article for article in articles_of(question_set, assistant)}
    places = places_in(question_set, articles)
    asking = _Asking(assistant, len(question_set.cases), progress)
    if workers <= 1:
        asked = [asking.case(case) for case in question_set.cases]
    else:
        asked = _side_by_side(asking, question_set.cases, workers)
    if not lists_articles(assistant):
        # Graded when all have answered: what it calls its articles may be seen only by a later answer.
        articles |= known_as(articles, (one.answer for case in asked for one in case))
        places = places_in(question_set, articles)
    truth = GroundTruth(articles, absent=_without_evidence(question_set) and absent(question_set, articles))
    found = tuple(result for case in asked for result in _graded(case, truth, places))
    return Report(question_set.name, mentioned(question_set, articles, found), _fingerprint(found), found)


@contextmanager
def prepared(
    question_set: QuestionSet, folder: Path | None = None, llm: LanguageModel | None = None
) -> Iterator[Assistant]:
    """An assistant over a new library that holds the articles of a set, its models loaded.

    The articles are called by their paths relative to the set, so that reports name them alike on every machine.

    Args:
        question_set: whose articles; all of them files.
        folder: an empty one for the library; None = a temporary one.
        llm: the language model that answers; None = the one of the settings, if there is any.

    Raises:
        QuestionSetError: an article is named by its hash alone, or can't be read.
    """
    import tempfile

    from assistant.assistant import Assistant

    articles = list(files(question_set))
    with tempfile.TemporaryDirectory() as temporary, Assistant.open(folder or temporary, llm=llm) as assistant:
        assistant.add(articles)
        assistant.warm()
        yield assistant


def choose(question_set: QuestionSet, *, tags: Sequence[str] = (), keyword: str = "") -> QuestionSet:
    """The cases of a set that have one of some tags, and a word in their id or in a question.

    Args:
        question_set: to choose from; dialogues are kept whole.
        tags: empty = any; "unanswerable" and "dialogue" are tags too.
        keyword: letters that must stand there, in upper or lower case; "" = any.

    Raises:
        QuestionSetError: no case is left.
    """

    def wanted(case: Case) -> bool:
        texts = [case.id, *(turn.question for turn in case.turns)]
        tagged = not tags or any(tag in turn.tags for turn in case.turns for tag in tags)
        return tagged and any(keyword.lower() in text.lower() for text in texts)

    if chosen := tuple(case for case in question_set.cases if wanted(case)):
        return replace(question_set, cases=chosen)
    known = sorted({tag for turn in question_set.expected for tag in turn.tags})
    raise QuestionSetError(
        f"{question_set.name}: no case has {_asked_for(tags, keyword)}. Its tags are: {', '.join(known) or 'none'}."
    )


def _asked_for(tags: Sequence[str], keyword: str) -> str:
    parts = [f"a tag of {', '.join(tags)}"] if tags else []
    return " and ".join([*parts, *([f"{keyword!r} in its id or question"] if keyword else [])])


def _fingerprint(results: Sequence[Result]) -> str:
    found = {result.answer.trace.fingerprint for result in results} - {""}
    return ", ".join(sorted(found))


def check(question_set: QuestionSet) -> None:
    """Refuse what `load` would have refused: a set may have been made in Python.

    Raises:
        QuestionSetError: a wording that is no regular expression, or has no word that counts; an empty quote.
    """
    for expected in question_set.expected:
        for wording in (*expected.answers, *expected.must_not_say):
            if what := problem(wording):
                raise QuestionSetError(f"{question_set.name}: {expected.id}: the wording {wording!r} {what}")
        if not all(quote.strip() for quote in expected.evidence):
            raise QuestionSetError(f"{question_set.name}: {expected.id}: an expected quote is empty. Take it out.")


# Asking


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question with its answer; `failure` says why there is none."""

    expected: Expected
    answer: Answer
    seconds: float
    failure: str = ""


@dataclass(slots=True)
class _Asking:
    """Cases asked one after the other, or from several threads."""

    assistant: Asks
    total: int
    progress: Progress | None
    done: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def case(self, case: Case) -> list[_Asked]:
        """All turns of a case, each with those before as its history."""
        history: list[Turn] = []
        asked: list[_Asked] = []
        for expected in case.turns:
            start = time.perf_counter()
            answer, failure = self._ask(expected.question, history)
            asked.append(_Asked(expected, answer, time.perf_counter() - start, failure))
            history.append(Turn(expected.question, answer))
        self._tell(case.id)
        return asked

    def _ask(self, question: str, history: Sequence[Turn]) -> tuple[Answer, str]:
        """The answer; where there is none, one that says nothing, and why."""
        try:
            answer = self.assistant.ask(question, history=tuple(history)) if history else self.assistant.ask(question)
        except FootnoteError:
            raise
        except Exception as error:  # another's system may fail in any way, and a long run must not be lost
            said = f"the assistant failed: {type(error).__name__}: {error}"
            return _nothing(question, said), said
        if not isinstance(answer, Answer):
            raise QuestionSetError(f"`ask` gave a {type(answer).__name__}; it must give an assistant.Answer.")
        if said := _unusable(answer):
            return _nothing(question, said), said
        return answer, ""

    def _tell(self, name: str) -> None:
        with self.lock:
            self.done += 1
            if self.progress:
                self.progress(self.done, self.total, name)


def _graded(asked: Sequence[_Asked], truth: GroundTruth, places: Mapping[str, tuple[Place, ...]]) -> Iterator[Result]:
    """The turns of a case, each graded with those before as its history.

    Args:
        asked: the turns.
        truth: of the whole set, not yet with a question's own places.
        places: expected quote -> where it stands.
    """
    history: list[Turn] = []
    for one in asked:
        stand = tuple(places[quote] for quote in one.expected.evidence)
        answer, graded = one.answer, _failed(one.expected, one.failure)
        if not one.failure:
            try:
                graded = grade(one.expected, answer, replace(truth, places=stand), history)
            except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
                failure = f"{_NOT_USABLE}: {type(error).__name__}: {error}"
                answer, graded = _nothing(one.expected.question, failure), _failed(one.expected, failure)
        yield Result(one.expected, answer, graded, one.seconds, stand)
        history.append(Turn(one.expected.question, answer))


def _without_evidence(question_set: QuestionSet) -> bool:
    """Whether some question expects words and no quote, by which it could be seen that its article is not there."""
    return any(expected.answerable and not expected.evidence for expected in question_set.expected)


def _failed(expected: Expected, reason: str) -> Grade:
    nothing = 0.0 if expected.answers else None
    return Grade("wrong", exact=nothing, f1=nothing, reason=reason)


def _unusable(answer: Answer) -> str:
    """Why an answer can't be graded and kept; "" = it can. One that is filled with something else must not cost the others."""
    try:
        answer.to_dict()
        if not 0 <= answer.confidence <= 1:
            return f"{_NOT_USABLE}: its confidence is {answer.confidence!r}, not between 0 and 1"
    except (AttributeError, TypeError, ValueError) as error:
        return f"{_NOT_USABLE}: {type(error).__name__}: {error}"
    return ""


def _nothing(question: str, reason: str) -> Answer:
    return Answer(question, "unclear", message=reason)


def _side_by_side(asking: _Asking, cases: Sequence[Case], workers: int) -> list[list[_Asked]]:
    """The answers in the order of the cases; after an error no further case is begun."""
    with ThreadPoolExecutor(workers, thread_name_prefix="questions") as pool:
        waiting = [pool.submit(asking.case, case) for case in cases]
        try:
            return [future.result() for future in waiting]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
