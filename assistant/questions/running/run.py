"""Runs a question set: asks and grades every question. The report does not depend on the number of threads."""

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
"""Called with (cases done, cases in all, id of the case just done); never from two threads at once."""


_NOT_USABLE = "the assistant gave no usable Answer"


class Asks(Protocol):
    """What can be tested: an `Assistant`, or any other system that answers questions.

    If it also has `articles()`, which returns the Articles it answers from, expected quotes and citations are looked up in
    these, otherwise in the files of the question set.
    """

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
        """Answer one question; `history`, the turns before, is passed in dialogues only."""
        ...


def run(question_set: QuestionSet, assistant: Asks, *, workers: int = 1, progress: Progress | None = None) -> Report:
    """Ask every question of a set and grade the answers.

    If the assistant raises anything but a `FootnoteError`, that answer counts as wrong and the run goes on.

    Args:
        question_set: what to ask.
        assistant: what to ask; from several threads if there are several workers.
        workers: how many cases are asked at once; the turns of a dialogue are asked one after the other. The report is the
            same for any number, timings aside.
        progress: told of each case that is done.

    Raises:
        QuestionSetError: an article that the set names by its hash is there and lacks an expected quote; a set made in Python
            has a wording or a quote that can't be used; or `ask` returns something other than an Answer.
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
        # Only now, with all answers: a later one may be the first to show which article an id stands for.
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

    Articles are named by their paths relative to the set, so that reports are the same on every machine.

    Args:
        question_set: has the articles, all of them files.
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
    """Choose the cases of a set that have one of the tags, and the keyword in their id or a question.

    Args:
        question_set: the set; its dialogues are kept whole.
        tags: empty = any; "unanswerable" and "dialogue" are tags too.
        keyword: part of the id or of a question, in upper or lower case; "" = any.

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
    """Refuse what `load` would have refused, since a set may have been made in Python.

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
    """A question with its answer; `failure` says why there is no real one."""

    expected: Expected
    answer: Answer
    seconds: float
    failure: str = ""


@dataclass(slots=True)
class _Asking:
    """Asks cases one after the other, or from several threads."""

    assistant: Asks
    total: int
    progress: Progress | None
    done: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def case(self, case: Case) -> list[_Asked]:
        """Ask the turns of a case, each with the earlier ones as its history."""
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
        """The answer and ""; if there is none, an empty answer and the reason."""
        try:
            answer = self.assistant.ask(question, history=tuple(history)) if history else self.assistant.ask(question)
        except FootnoteError:
            raise
        except Exception as error:  # another system may raise anything, and must not end a long run
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
    """Grade the turns of a case, each with the earlier ones as its history.

    Args:
        asked: the turns.
        truth: of the whole set, without the places of any one question.
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
    """Whether a question expects wordings but no quote; only a quote shows by itself that its article is absent."""
    return any(expected.answerable and not expected.evidence for expected in question_set.expected)


def _failed(expected: Expected, reason: str) -> Grade:
    nothing = 0.0 if expected.answers else None
    return Grade("wrong", exact=nothing, f1=nothing, reason=reason)


def _unusable(answer: Answer) -> str:
    """Why an answer can't be graded and stored; "" if it can. A malformed answer must not end the whole run."""
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
    """The answers in the order of the cases. After an error no further case is started."""
    with ThreadPoolExecutor(workers, thread_name_prefix="questions") as pool:
        waiting = [pool.submit(asking.case, case) for case in cases]
        try:
            return [future.result() for future in waiting]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
