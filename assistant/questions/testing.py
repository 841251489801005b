"""Runs several question sets for a command: plans and checks the run, asks, and compares with the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.core.errors import QuestionSetError
from assistant.questions.comparing.failing import failed, law_broken
from assistant.questions.spec.cases import QuestionSet
from assistant.questions.spec.files import check_writable, find_sets, load_sets

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.questions.comparing.baseline import Baseline
    from assistant.questions.comparing.evaluation import Evaluation
    from assistant.questions.metrics.figures import Comparison
    from assistant.questions.reports import Report
    from assistant.questions.running.run import Progress
    from assistant.writing.model import LanguageModel

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """A run that was checked beforehand, so that no long run fails for a reason that was known at its start.

    Attributes:
        sets: with the chosen cases.
        partial: only some cases were chosen.
        path: the baseline's file; None = there is none.
        baseline: what it holds; None = it is yet to be written.
    """

    sets: tuple[QuestionSet, ...]
    partial: bool = False
    path: Path | None = None
    baseline: Baseline | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which questions are asked.

    Attributes:
        paths: files of sets, and folders.
        tags: only cases with one of these; empty = any.
        keyword: only cases with this in id or question; "" = any.
    """

    paths: Sequence[Path]
    tags: Sequence[str] = ()
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The files that a run reads and writes beside its sets; None = there is none.

    Attributes:
        reports: will be written.
        baseline: what was right before.
        update: the baseline will be written; it need not be there.
        record: receives a language model's replies.
        replay: has such replies, to be read.
    """

    reports: Sequence[Path] = ()
    baseline: Path | None = None
    update: bool = False
    record: Path | None = None
    replay: Path | None = None

    @property
    def written(self) -> list[Path]:
        """Those that are written anew."""
        return [*self.reports, *([self.record] if self.record else [])]

    @property
    def all(self) -> list[Path]:
        """Every one of them."""
        return [*self.written, *(path for path in (self.baseline, self.replay) if path)]


def planned(selection: Selection, files: RunFiles, *, library: bool = False) -> Plan:
    """Find, load and check everything that a run needs.

    Args:
        selection: which questions are asked.
        files: what is read and written beside the sets.
        library: the articles are in a library; else all of them must be files.

    Raises:
        QuestionSetError: a set can't be used, no case is left, a file can't be written or is named twice, no such baseline.
    """
    found = find_sets(selection.paths)
    _check_apart(found, files.all)
    for path in [*files.written, *([files.baseline] if files.baseline and files.update else [])]:
        check_writable(path)
    known = _known(files.baseline, files.update)
    sets = load_sets(found)
    if not library:
        _check_sources(sets)
    if not (selection.tags or selection.keyword):
        return Plan(sets, False, files.baseline, known)
    return Plan(_chosen(sets, selection), True, files.baseline, known)


def _known(path: Path | None, update: bool) -> Baseline | None:
    if path is None or (update and not path.exists()):
        return None
    from assistant.questions.comparing.baseline import read_baseline

    return read_baseline(path)


def _check_sources(sets: Sequence[QuestionSet]) -> None:
    """Refuse articles named by hash alone, which only a library can find."""
    wrong = [
        f"{one.path or one.name}: the article sha256:{source.content_hash} is named by its hash alone. "
        "Name the library that holds it with --library, or its file in the set."
        for one in sets
        for source in one.sources
        if source.path is None
    ]
    if wrong:
        raise QuestionSetError("\n".join(wrong))


def _check_apart(files: Sequence[Path], written: Sequence[Path]) -> None:
    """Refuse a report that would overwrite a set, the baseline or another report."""
    taken = {file.resolve() for file in files}
    for path in written:
        if path.resolve() in taken:
            raise QuestionSetError(f"{path}: this file is named twice. Name another one.")
        taken.add(path.resolve())


def _chosen(sets: Sequence[QuestionSet], selection: Selection) -> tuple[QuestionSet, ...]:
    """The sets that have selected cases, with only these cases."""
    from assistant.questions.running.run import choose

    chosen: list[QuestionSet] = []
    nothing: list[str] = []
    for one in sets:
        try:
            chosen.append(choose(one, tags=selection.tags, keyword=selection.keyword))
        except QuestionSetError as error:
            nothing.append(str(error))
    if not chosen:
        raise QuestionSetError("\n".join(nothing))
    return tuple(chosen)


@contextmanager
def opened(library: Path, llm: LanguageModel | None = None) -> Iterator[Assistant]:
    """Open a library for reading, and load the models.

    Args:
        library: its folder.
        llm: the language model that answers; None = the one of the settings, if there is any.

    Raises:
        FootnoteError: the library can't be used.
        QuestionSetError: there is no library.
    """
    from assistant.assistant import Assistant

    if not library.is_dir() or not any(library.iterdir()):
        raise QuestionSetError(f"{library}: there is no library here. Name the folder of one, or leave --library out.")
    with Assistant.open(library, llm=llm, write=False) as assistant:
        assistant.warm()
        yield assistant


def assistant_for(
    question_set: QuestionSet, shared: Assistant | None, llm: LanguageModel | None
) -> AbstractContextManager[Assistant]:
    """The assistant that answers the questions of a set.

    Args:
        question_set: the set.
        shared: used, and left open; None = a new assistant over the set's own articles.
        llm: the language model of a new assistant; None = the one of the settings, if there is any.

    Raises:
        FootnoteError: the set's articles can't be used.
    """
    from assistant.questions.running.run import prepared

    return nullcontext(shared) if shared else prepared(question_set, llm=llm)


def evaluate(
    question_set: QuestionSet,
    assistant: Assistant,
    plan: Plan,
    *,
    workers: int = 1,
    progress: Progress | None = None,
    timings: bool = True,
) -> Evaluation:
    """Run one set of a plan, measure it and compare it with the baseline.

    Args:
        question_set: one of the plan's.
        assistant: answers the questions.
        plan: has the baseline.
        workers: how many cases are asked at once.
        progress: told of each case that is done.
        timings: False = as if no answer had taken any time, so that none is too slow.

    Raises:
        FootnoteError: the assistant can't answer at all.
    """
    from assistant.questions.comparing.evaluation import Evaluation
    from assistant.questions.metrics.measure import measure
    from assistant.questions.running.run import run

    report = run(question_set, assistant, workers=workers, progress=progress)
    if not timings:
        report = replace(report, results=tuple(result.untimed() for result in report.results))
    return Evaluation(report, measure(report, timings=timings), _compared(report, plan))


def _compared(report: Report, plan: Plan) -> Comparison | None:
    if plan.baseline is None:
        return None
    from assistant.questions.comparing.baseline import compare

    return compare(report, plan.baseline, partial=plan.partial)


def faults(evaluations: Sequence[Evaluation]) -> list[str]:
    """A sentence for each set that failed, with the questions that did."""
    found: list[str] = []
    for evaluation in evaluations:
        report = evaluation.report
        if wrong := [result.expected.id for result in failed(report, evaluation.comparison)]:
            more = f" and {len(wrong) - _MOST_NAMED} more" if len(wrong) > _MOST_NAMED else ""
            names = ", ".join(wrong[:_MOST_NAMED])
            found.append(f"{report.name}: {len(wrong)} of {len(report.results)} questions failed: {names}{more}")
    return found


def broken_laws(evaluations: Sequence[Evaluation]) -> list[str]:
    """A sentence for each set in which an answer breaks a law."""
    return [
        f"{found.report.name}: a law is broken, which no baseline and no threshold allows"
        for found in evaluations
        if law_broken(found.report)
    ]


def update(plan: Plan, evaluations: Sequence[Evaluation]) -> tuple[list[str], list[str]]:
    """Update the plan's baseline; questions that were not asked keep their outcomes. If a law is broken nothing is written.

    Returns:
        Why it was not written, if it was not; and what changes in it.

    Raises:
        QuestionSetError: it can't be written.
    """
    from assistant.questions.comparing.baseline import write_baseline

    if plan.path is None:
        return [], []
    if broken := broken_laws(evaluations):
        return [*broken, f"{plan.path}: not written"], []
    write_baseline(plan.path, [found.report for found in evaluations], plan.baseline, partial=plan.partial)
    return [], [f"{plan.path}: {_change(found)}" for found in evaluations]


def _change(evaluation: Evaluation) -> str:
    name, comparison = evaluation.report.name, evaluation.comparison
    if comparison is None:
        return f"{name}: {len(evaluation.report.results)} new, none before"
    parts = {
        "improved": comparison.improvements,
        "got worse": comparison.regressions,
        "changed": comparison.changes,
        "new": comparison.new,
        "gone": comparison.gone,
    }
    counts = (f"{len(ids)} {what}" for what, ids in parts.items() if ids or what in ("improved", "got worse"))
    return f"{name}: {', '.join(counts)}"
