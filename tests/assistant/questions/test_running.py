"""Running a set: whom it can ask, what it does with failures, and that the same run gives the same report."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, Settings
from assistant.core.answer import Answer, Trace
from assistant.core.draft import Draft, DraftSentence, Quote, Usage
from assistant.core.errors import EmptyLibraryError, QuestionSetError
from assistant.core.turns import Turn
from assistant.questions import Case, Expected, Grade, QuestionSet, Report, Result, Source, load, run
from assistant.questions.running.run import choose, prepared
from index.article import Article
from index.evidence import Evidence
from tests.assistant.questions.doctored import CASES, HARBOUR, OTHER, RIGHT_ANSWER, WHO, DoctoredAssistant, question_set
from tests.assistant.questions.sets import GOOD_SET, MILL, write_set
from tests.doubles import EagerReader, HashEmbedder, ScriptedReader

DOCTORED = question_set(CASES)


def bytes_of(report: Report) -> str:
    return json.dumps(report.to_dict(timings=False))


class Slow(DoctoredAssistant):
    """Answers later the earlier it is asked, so that threads finish out of order; counts how many are asked at once."""

    def __init__(self) -> None:
        super().__init__(CASES)
        self.most = self._now = self._asked = 0
        self._lock = threading.Lock()

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
        with self._lock:
            self._now += 1
            self._asked += 1
            self.most = max(self.most, self._now)
            pause = 0.02 / self._asked
        time.sleep(pause)
        try:
            return super().ask(question, history=history)
        finally:
            with self._lock:
                self._now -= 1


def test_several_workers_ask_at_once_and_the_report_is_the_same() -> None:
    one, four = Slow(), Slow()
    assert bytes_of(run(DOCTORED, one)) == bytes_of(run(DOCTORED, four, workers=4))
    assert one.most == 1
    assert four.most > 1


def test_each_turn_of_a_dialogue_has_those_before_as_its_history() -> None:
    seen: list[tuple[str, ...]] = []

    class Listening(DoctoredAssistant):
        def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
            seen.append(tuple(turn.question for turn in history))
            assert all(turn.answer is not None for turn in history)
            return RIGHT_ANSWER

    turns = tuple(replace(WHO, id=f"talk/turn-{n}", question=f"{n}?", depth=n) for n in (1, 2, 3))
    run(QuestionSet("s", None, (), (Case("talk", turns, dialogue=True),)), Listening(CASES))
    assert seen == [(), ("1?",), ("1?", "2?")]


def test_progress_tells_of_each_case_once() -> None:
    told: list[tuple[int, int, str]] = []
    run(DOCTORED, DoctoredAssistant(CASES), workers=3, progress=lambda *what: told.append(what))
    assert [done for done, _, _ in told] == list(range(1, len(CASES) + 1))
    assert {total for _, total, _ in told} == {len(CASES)}
    assert sorted(name for _, _, name in told) == sorted(case.name for case in CASES)


def test_a_report_is_read_back_as_it_was() -> None:
    report = run(DOCTORED, DoctoredAssistant(CASES))
    assert Report.from_dict(json.loads(json.dumps(report.to_dict()))) == report
    without = Report.from_dict(json.loads(bytes_of(report)))
    assert bytes_of(without) == bytes_of(report)
    assert '"seconds"' not in bytes_of(report)
    assert "timings" not in bytes_of(report)


def test_without_their_time_two_results_differ_in_nothing_that_took_time() -> None:
    def taking(seconds: float) -> Result:
        trace = Trace("?", timings={"reading": seconds}, usage=Usage(1, 20, 3, seconds))
        return Result(WHO, replace(RIGHT_ANSWER, trace=trace), Grade("right and cited"), seconds)

    assert taking(1.5).untimed() == taking(2.5).untimed()
    assert taking(1.5).untimed().answer.trace.usage.tokens == 23


def test_the_report_names_what_was_asked() -> None:
    report = run(DOCTORED, DoctoredAssistant(CASES))
    assert report.name == "doctored"
    assert [article.content_hash for article in report.articles if article.id == HARBOUR.id] == [HARBOUR.content_hash]
    assert report.fingerprint == "made"


# Whom it can ask


class Failing(DoctoredAssistant):
    """Another's system, which fails at one question."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(CASES)
        self._error = error

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
        if question.startswith(("wrong-found", "refused: ")):
            raise self._error
        return super().ask(question, history=history)


@pytest.mark.parametrize("workers", [1, 3])
def test_a_system_that_fails_at_a_question_is_wrong_there_and_the_run_goes_on(workers: int) -> None:
    report = run(DOCTORED, Failing(RuntimeError("no power")), workers=workers)
    results = {result.expected.id: result for result in report.results}
    assert len(results) == len(DOCTORED.expected)
    for name in ("wrong-found", "refused"):
        assert results[name].grade.outcome == "wrong", "even a question without an answer was not refused rightly"
        assert "RuntimeError: no power" in results[name].grade.reason
    assert results["right"].grade.outcome == "right and cited"


@pytest.mark.parametrize("workers", [1, 3])
def test_an_error_of_ours_ends_the_run(workers: int) -> None:
    with pytest.raises(EmptyLibraryError):
        run(DOCTORED, Failing(EmptyLibraryError("nothing there")), workers=workers)


@pytest.mark.parametrize("workers", [1, 3])
def test_an_interruption_ends_the_run(workers: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(DOCTORED, Failing(KeyboardInterrupt()), workers=workers)


@pytest.mark.parametrize(
    "broken",
    [
        replace(RIGHT_ANSWER, confidence=float("nan")),
        replace(RIGHT_ANSWER, evidence=None),
        replace(RIGHT_ANSWER, trace=None),
        replace(RIGHT_ANSWER, citations=(replace(RIGHT_ANSWER.citations[0], start=None),)),
        replace(RIGHT_ANSWER, sentences=(replace(RIGHT_ANSWER.sentences[0], text=None),)),
    ],
)
def test_an_answer_that_is_filled_with_something_else_costs_no_other(broken: Any) -> None:
    cases = (Case("bad", (replace(WHO, id="bad"),)), Case("good", (replace(WHO, id="good"),)))

    class Mixed(DoctoredAssistant):
        def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
            answers.append(broken if not answers else RIGHT_ANSWER)
            return answers[-1]

    answers: list[Any] = []
    bad, good = run(QuestionSet("s", None, (), cases), Mixed(CASES)).results
    assert bad.grade.outcome == "wrong"
    assert "no usable Answer" in bad.grade.reason
    assert (bad.grade.exact, bad.grade.f1) == (0.0, 0.0)
    assert good.grade.outcome == "right and cited"


@pytest.mark.parametrize(
    ("expected", "what"),
    [
        (replace(WHO, answers=("/(/",)), "not a regular expression"),
        (replace(WHO, must_not_say=("?",)), "no word that counts"),
        (replace(WHO, evidence=(" ",)), "quote is empty"),
    ],
)
def test_a_set_made_in_python_is_checked_too(expected: Expected, what: str) -> None:
    with pytest.raises(QuestionSetError, match=what):
        run(QuestionSet("s", None, (), (Case("who", (expected,)),)), DoctoredAssistant(CASES))


def test_something_that_is_no_answer_is_refused() -> None:
    class Talking:
        def ask(self, question: str, **_: Any) -> Any:
            return "Marta Oyelaran"

    with pytest.raises(QuestionSetError, match="gave a str"):
        run(replace(DOCTORED, sources=()), Talking())


class Bare:
    """A system that has `ask` and nothing else."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = iter(answers)

    def ask(self, question: str, **_: Any) -> Answer:
        return next(self._answers)


HARBOUR_SET = f"""\
version: 1
articles: [harbour.txt]
cases:
  - id: who
    question: {WHO.question}
    answers: [Marta Oyelaran]
    evidence: ["{WHO.evidence[0]}"]
  - id: again
    question: {WHO.question}
    evidence: ["{WHO.evidence[0]}"]
"""


@pytest.mark.parametrize("name", ["harbour.txt", HARBOUR.source, "a name of its own"])
@pytest.mark.parametrize("hashed", [True, False])
def test_a_system_that_does_not_tell_its_articles_is_checked_against_the_sets_files(
    tmp_path: Path, name: str, hashed: bool
) -> None:
    (tmp_path / "harbour.txt").write_text(HARBOUR.text, encoding="utf-8")
    question_set = load(write_set(tmp_path, HARBOUR_SET))
    own = Article("", source=name).id
    kept = HARBOUR.content_hash if hashed else ""
    named = replace(RIGHT_ANSWER, citations=(replace(RIGHT_ANSWER.citations[0], article_id=own, content_hash=kept),))
    passages = tuple(replace(one, passage=replace(one.passage, article_id=own)) for one in RIGHT_ANSWER.evidence)
    refused = replace(named, status="not_found", sentences=(), citations=(), evidence=passages)
    right, missed = run(question_set, Bare(named, refused)).results
    assert right.grade.outcome == "right and cited", right.grade.reason
    assert missed.grade.stage == "read wrongly", missed.grade.reason
    false = replace(named, citations=(replace(named.citations[0], quote="Marta"),))
    assert run(question_set, Bare(false, refused)).results[0].grade.outcome == "law broken"


def test_what_is_cited_from_no_article_of_the_set_is_not_proven(tmp_path: Path) -> None:
    (tmp_path / "harbour.txt").write_text(HARBOUR.text, encoding="utf-8")
    question_set = load(write_set(tmp_path, HARBOUR_SET))
    made_up = replace(RIGHT_ANSWER.citations[0], article_id="x", quote="Ada", start=0, end=3, content_hash="0" * 64)
    answer = replace(RIGHT_ANSWER, citations=(made_up,))
    assert run(question_set, Bare(answer, answer)).results[0].grade.outcome == "law broken"


# Articles


def test_a_library_that_lacks_the_article_is_told(tmp_path: Path) -> None:
    question_set = load(write_set(tmp_path, GOOD_SET))
    with Assistant.open(tmp_path / "library", embedder=HashEmbedder(), reader=EagerReader()) as assistant:
        assistant.add(OTHER)
        stages = {result.expected.id: result.grade.stage for result in run(question_set, assistant).results}
    assert stages["when"] == "not in the library"
    assert stages["talk/turn-1"] == "not in the library", "where only words are expected too"


def test_a_quote_that_an_article_named_by_its_hash_lacks_is_refused(tmp_path: Path) -> None:
    mill = Article(MILL, source="mill.txt")
    text = GOOD_SET.replace("mill.txt", f"'sha256:{mill.content_hash}'")
    good, bad = load(write_set(tmp_path, text)), load(write_set(tmp_path, text.replace("in 1912]", "in 1913]")))
    with Assistant.open(tmp_path / "library", embedder=HashEmbedder(), reader=EagerReader()) as assistant:
        assistant.add(mill)
        run(good, assistant)
        with pytest.raises(QuestionSetError, match=r"set\.yaml:4: when: 'burned down in 1913'"):
            run(bad, assistant)
        assistant.remove(mill.id)
        assistant.add(OTHER)
        assert run(bad, assistant).results[0].grade.stage == "not in the library"


def test_prepared_articles_are_named_alike_wherever_the_set_lies(tmp_path: Path) -> None:
    reports = []
    for folder in (tmp_path / "here", tmp_path / "there"):
        folder.mkdir()
        question_set = load(write_set(folder, GOOD_SET))
        with prepared(question_set) as assistant:
            reports.append(bytes_of(run(question_set, assistant)))
    assert reports[0] == reports[1]
    assert str(tmp_path) not in reports[0]


def test_a_set_that_names_hashes_alone_needs_a_library() -> None:
    only = QuestionSet("s", None, (Source(None, "0" * 64),), (Case("who", (WHO,)),))
    with pytest.raises(QuestionSetError, match="hash alone"), prepared(only):
        pass


# Choosing


def test_cases_are_chosen_by_tag_and_by_word() -> None:
    cases = (
        Case("a", (Expected("a", "Who came?", ("x",), tags=("who",)),)),
        Case("b", (Expected("b", "When?", answerable=False, tags=("when", "unanswerable")),)),
        Case("talk", (Expected("talk/turn-1", "Why?", ("x",), tags=("why",)), Expected("talk/turn-2", "WHO then?", ("x",)))),
    )  # fmt: skip
    whole = QuestionSet("s", None, (), cases)

    def ids(**wanted: Any) -> list[str]:
        return [case.id for case in choose(whole, **wanted).cases]

    assert ids() == ["a", "b", "talk"]
    assert ids(tags=["who", "unanswerable"]) == ["a", "b"]
    assert ids(keyword="who") == ["a", "talk"]
    assert ids(keyword="TALK") == ["talk"]
    assert ids(tags=["why"], keyword="who") == ["talk"]
    with pytest.raises(
        QuestionSetError, match=r"no case has a tag of who and 'zebra' .*: unanswerable, when, who, why"
    ):
        choose(whole, tags=["who"], keyword="zebra")


# The real stages, each with one part broken


STAGES_SET = QuestionSet(
    "harbour",
    None,
    (Source(None, HARBOUR.content_hash),),
    (
        Case("who", (WHO,)),
        Case("no", (Expected("no", "Who owns the lighthouse?", answerable=False),)),
    ),
)


def _reading(quote: str) -> Draft:
    def draft(question: str, evidence: Sequence[Evidence]) -> Draft:
        passage = next((one.passage for one in evidence if quote in one.passage.text), evidence[0].passage)
        return Draft((DraftSentence((Quote(passage, quote),)),), 0.9)

    return draft  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("draft", "stage"),
    [
        (_reading("Marta Oyelaran opened the harbour"), None),
        (_reading("Jonas Pryce designed the lighthouse"), "read wrongly"),
        (_reading("Marta Oyelaran opened the harbor of Velm in 1931."), "proof failed"),
        (Draft((), 0.0), "read wrongly"),
    ],
)
def test_a_broken_reader_is_named(tmp_path: Path, draft: Draft, stage: str | None) -> None:
    with Assistant.open(tmp_path, embedder=HashEmbedder(), reader=ScriptedReader(draft)) as assistant:
        assistant.add(HARBOUR)
        who, no = run(STAGES_SET, assistant).results
    assert who.grade.stage == stage, who.grade.reason
    assert no.grade.outcome == "refused rightly"


def test_a_search_that_finds_other_passages_is_named(tmp_path: Path) -> None:
    class Astray(Assistant):
        def ask(self, question: str, **kept: Any) -> Answer:
            return super().ask(question, **{**kept, "standalone": "When does the ferry to Osk leave?"})

    settings = Settings(evidence=1)
    article = Article("\n\n".join([HARBOUR.text, *(paragraph * 20 for paragraph in HARBOUR.text.split("\n\n")[2:])]))
    question_set = replace(STAGES_SET, sources=(), cases=STAGES_SET.cases[:1])
    with Astray.open(tmp_path, settings=settings, embedder=HashEmbedder(), reader=EagerReader()) as assistant:
        assistant.add(article)
        (who,) = run(question_set, assistant).results
    assert who.grade.stage == "not retrieved", who.grade.reason
