"""QuestionSet + assistant -> Report: every question asked and graded, over several threads with the same report."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from assistant.answer import Answer
from assistant.conversation import Turn
from assistant.errors import FootnoteError, QuestionSetError
from assistant.questions.cases import Case, QuestionSet, Source
from assistant.questions.grading import grade
from assistant.questions.locating import occurrences
from assistant.questions.reports import ArticleRef, Grade, Place, Report, Result
from index.article import Article

if TYPE_CHECKING:
    from assistant.assistant import Assistant

Progress = Callable[[int, int, str], None]
"""Called with (cases done, cases in all, id of the one that is done); one call at a time."""


class Asks(Protocol):
    """What can be tested: an `Assistant`, or anything else that answers questions.

    Where it also has `articles()`, which gives the Articles it answers from, expected quotes and citations are looked up in
    these; else in the files of the question set, whose `Article.id` its citations must then name.
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
        QuestionSetError: an article that the set names by its hash is there and lacks an expected quote; or `ask` gives
            something else than an Answer.
        FootnoteError: the assistant's own, as for an empty library.
    """
    articles = {article.id: article for article in _articles(question_set, assistant)}
    running = _Running(assistant, articles, _places(question_set, articles), len(question_set.cases), progress)
    if workers <= 1:
        results = [running.case(case) for case in question_set.cases]
    else:
        results = _side_by_side(running, question_set.cases, workers)
    found = tuple(result for case in results for result in case)
    return Report(question_set.name, _asked(question_set, articles, found), _fingerprint(found), found)


@contextmanager
def prepared(question_set: QuestionSet, folder: Path | None = None) -> Iterator[Assistant]:
    """An assistant over a new library that holds the articles of a set, its models loaded.

    The articles are called by their paths relative to the set, so that reports name them alike on every machine.

    Args:
        question_set: whose articles; all of them files.
        folder: an empty one for the library; None = a temporary one.

    Raises:
        QuestionSetError: an article is named by its hash alone, or can't be read.
    """
    import tempfile

    from assistant.assistant import Assistant

    articles = list(_from_files(question_set))
    with tempfile.TemporaryDirectory() as temporary, Assistant.open(folder or temporary) as assistant:
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


# Articles


def _articles(question_set: QuestionSet, assistant: Any) -> Iterable[Article]:
    """What is asked: the assistant's own articles, or, where it does not tell, the set's files."""
    own = getattr(assistant, "articles", None)
    return own() if callable(own) else _from_files(question_set)


def _from_files(question_set: QuestionSet) -> Iterator[Article]:
    from assistant.questions.writing import article_path
    from index.article import article_id
    from index.loading import load_file
    from index.settings import IndexSettings

    for source in question_set.sources:
        if source.path is None:
            raise QuestionSetError(
                f"{question_set.name}: the article sha256:{source.content_hash} is named by its hash alone. "
                "Name the library that holds it, or the article's file in the set."
            )
        try:
            article = load_file(source.path, IndexSettings())
        except FootnoteError as error:
            raise QuestionSetError(f"{question_set.name}: the article can't be used: {error}") from error
        name = article_path(source.path, question_set.path.parent if question_set.path else source.path.parent)
        yield replace(article, source=name, id=article_id(name, article.text))


def _places(question_set: QuestionSet, articles: Mapping[str, Article]) -> dict[str, tuple[Place, ...]]:
    """Expected quote -> where it stands; those that should and don't are refused."""
    ordered = [articles[name] for name in sorted(articles)]
    found: dict[str, tuple[Place, ...]] = {}
    lost: list[str] = []
    complete = _is_complete(question_set.sources, ordered)
    for expected in question_set.expected:
        for quote in expected.evidence:
            if quote not in found:
                found[quote] = occurrences(quote, ordered)
            if complete and not found[quote]:
                lost.append(f"{question_set.path or question_set.name}:{expected.line}: {expected.id}: {quote!r}")
    if lost:
        raise QuestionSetError(
            "Expected quotes that stand in none of the set's articles; copy them, character by character:\n"
            + "\n".join(lost)
        )
    return found


def _is_complete(sources: Sequence[Source], articles: Sequence[Article]) -> bool:
    """Whether all articles are there in the very version that the set names, so that a missing quote is the set's fault."""
    there = {article.content_hash for article in articles}
    return bool(sources) and all(source.content_hash in there for source in sources)


def _asked(
    question_set: QuestionSet, articles: Mapping[str, Article], results: Sequence[Result]
) -> tuple[ArticleRef, ...]:
    """Of all articles that were asked, those that the set, its expected quotes or the answers are about."""
    hashes = {source.content_hash for source in question_set.sources}
    ids = {place[0] for result in results for quote in result.places for place in quote}
    ids |= {citation.article_id for result in results for citation in result.answer.citations}
    ids |= {evidence.passage.article_id for result in results for evidence in result.answer.evidence}
    ids |= {article.id for article in articles.values() if article.content_hash in hashes}
    found = (articles[name] for name in sorted(ids & set(articles)))
    return tuple(ArticleRef(article.id, article.title, article.content_hash) for article in found)


def _fingerprint(results: Sequence[Result]) -> str:
    found = {result.answer.trace.fingerprint for result in results} - {""}
    return ", ".join(sorted(found))


# Asking


@dataclass(slots=True)
class _Running:
    """Cases asked one after the other, or from several threads."""

    assistant: Asks
    articles: Mapping[str, Article]
    places: Mapping[str, tuple[Place, ...]]
    total: int
    progress: Progress | None
    done: int = 0
    lock: Any = None

    def __post_init__(self) -> None:
        self.lock = threading.Lock()

    def case(self, case: Case) -> list[Result]:
        """All turns of a case, each with those before as its history."""
        history: list[Turn] = []
        results: list[Result] = []
        for expected in case.turns:
            start = time.perf_counter()
            answer, failure = self._ask(expected.question, history)
            seconds = time.perf_counter() - start
            places = tuple(self.places[quote] for quote in expected.evidence)
            graded = failure or grade(expected, answer, self.articles, places, history)
            results.append(Result(expected, answer, graded, seconds, places))
            history.append(Turn(expected.question, answer))
        self._tell(case.id)
        return results

    def _ask(self, question: str, history: Sequence[Turn]) -> tuple[Answer, Grade | None]:
        """The answer; where there is none, one that says nothing, and its grade."""
        try:
            answer = self.assistant.ask(question, history=tuple(history)) if history else self.assistant.ask(question)
        except FootnoteError:
            raise
        except Exception as error:
            said = f"the assistant failed: {type(error).__name__}: {error}"
            return Answer(question, "unclear", message=said), Grade("wrong", reason=said)
        if not isinstance(answer, Answer):
            raise QuestionSetError(f"`ask` gave a {type(answer).__name__}; it must give an assistant.Answer.")
        return answer, None

    def _tell(self, name: str) -> None:
        with self.lock:
            self.done += 1
            if self.progress:
                self.progress(self.done, self.total, name)


def _side_by_side(running: _Running, cases: Sequence[Case], workers: int) -> list[list[Result]]:
    """The results in the order of the cases; after an error no further case is begun."""
    with ThreadPoolExecutor(workers, thread_name_prefix="questions") as pool:
        waiting = [pool.submit(running.case, case) for case in cases]
        try:
            return [future.result() for future in waiting]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
