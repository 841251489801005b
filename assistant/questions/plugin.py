"""The pytest plugin: each case of a collected `*.questions.yaml` is a test. `-p no:footnote` turns the plugin off.

pytest imports it in every run where Footnote is installed. So it imports only pytest and light modules of our own at the top;
everything else is imported when there is a set, and what is missing then is named with how to install it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from assistant.core.errors import FootnoteError, QuestionSetError
from assistant.questions.running.language_model import open_language_model, write_recording
from assistant.questions.spec.files import ENDINGS, check_writable

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.questions.comparing.baseline import Baseline
    from assistant.questions.metrics.figures import Comparison
    from assistant.questions.reports import Report, Result
    from assistant.questions.spec.cases import Case, QuestionSet
    from assistant.writing.model import LanguageModel


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the command-line options, and the ini-file keys for most of them."""
    group = parser.getgroup("footnote", "Footnote's question sets")
    for name, metavar, what, where in (
        ("baseline", "FILE", "what is not right there either is expected to fail; `footnote test` writes it", _BELOW),
        ("library", "FOLDER", "ask this library, not a temporary one with each set's articles", _BELOW),
        ("llm", "NAME", "answer with this language model; FOOTNOTE_LLM if left out", ""),
        ("replay", "FILE", "take a language model's replies from there, and ask none", _BELOW),
    ):
        group.addoption(f"--footnote-{name}", metavar=metavar, default=None, help=what)
        parser.addini(f"footnote_{name}", f"{what}{where}", default="")
    # Not in the ini-file, where it would overwrite the recording in each run.
    what = "keep the language model's requests and replies there, for --footnote-replay"
    group.addoption("--footnote-record", metavar="FILE", default=None, help=what)


def pytest_configure(config: pytest.Config) -> None:
    """Prepare what the tests share; nothing is opened or read yet.

    Raises:
        pytest.UsageError: both a recording and a replay are asked for, or a recording by several workers.
    """
    if config.getoption("--footnote-record") and config.getoption("--footnote-replay"):
        raise pytest.UsageError("--footnote-record can't be used together with --footnote-replay.")
    if config.getoption("--footnote-record") and config.getoption("numprocesses", None):
        # Each worker of pytest-xdist would write its own part over that of the others.
        raise pytest.UsageError("--footnote-record needs one process: leave out --numprocesses (-n).")
    config.stash[_SHARED] = _Shared(config)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the recording, unless the run was broken off; failed tests don't matter."""
    broken_off = session.shouldstop or session.shouldfail
    if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and not broken_off:
        try:
            session.config.stash[_SHARED].write_recording()
        except FootnoteError as error:
            pytest.exit(str(error), returncode=pytest.ExitCode.TESTS_FAILED)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect question sets, recognised by the ending of their names."""
    return SetFile.from_parent(parent, path=file_path) if file_path.name.lower().endswith(ENDINGS) else None


_BELOW = " (relative to this file)"


_MOST_OPEN = 3


class _Shared:
    """What the tests of a run share: baseline, language model, and an assistant for each set; each opened when first needed.

    A few assistants are open at once, the one not asked for the longest time is closed: each takes some 100 MB.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._assistants: dict[Path, Assistant | FootnoteError] = {}
        self._names: dict[str, Path] = {}
        self._open = ExitStack()
        self._stacks: dict[Path, ExitStack] = {}  # Of the open assistants, the one asked last at the end.
        config.add_cleanup(self.close)

    @cached_property
    def baseline(self) -> Baseline | None:
        """The baseline that the options name; None if they name none.

        Raises:
            QuestionSetError: it can't be read.
        """
        path = self._named("baseline")
        if path is None:
            return None
        from assistant.questions.comparing.baseline import read_baseline

        return read_baseline(path)

    def load(self, path: Path) -> QuestionSet:
        """Load a set, and make sure that the baseline can tell it from the others by its name.

        Raises:
            QuestionSetError: what is wrong with it or with the baseline.
        """
        from assistant.questions.spec.loading import load

        found = load(_short(path))
        other = self._names.setdefault(found.name, path)
        if self.baseline is not None and other != path:
            raise QuestionSetError(f"{_short(other)} is called {found.name!r} too, and has its place in the baseline.")
        return found

    def assistant(self, question_set: QuestionSet, path: Path) -> Assistant:
        """The assistant that a set's questions are asked.

        Raises:
            FootnoteError: its library can't be opened; the same error for every case of the set.
        """
        library = self._named("library")
        key = library or path
        if key not in self._assistants:
            opening = ExitStack()
            try:
                self._assistants[key] = opening.enter_context(_opened(question_set, library, self.llm))
                self._stacks[key] = opening
            except FootnoteError as error:
                self._assistants[key] = error
        if key in self._stacks:
            self._stacks[key] = self._stacks.pop(key)
        while len(self._stacks) > _MOST_OPEN:
            self._close_one()
        found = self._assistants[key]
        if isinstance(found, FootnoteError):
            raise found
        return found

    def _close_one(self) -> None:
        """Close the assistant that was not asked for the longest time."""
        key = next(iter(self._stacks))
        del self._assistants[key]
        self._stacks.pop(key).close()

    def close(self) -> None:
        """Close all that is open, the language model last; what can't be closed leaves nothing else open."""
        with self._open:
            for stack in self._stacks.values():
                self._open.push(stack)

    @cached_property
    def llm(self) -> LanguageModel | None:
        """The language model that the options name, recorded or replayed; None = the one of the settings, if any.

        Raises:
            FootnoteError: it can't be used, or a recording can't be read or written.
        """
        record = self._named("record")
        if record:
            check_writable(record)
        name = self._config.getoption("--footnote-llm") or self._config.getini("footnote_llm")
        replay = None if record else self._named("replay")
        return self._open.enter_context(open_language_model(str(name), record=record, replay=replay))

    def write_recording(self) -> None:
        """Write what was recorded, if a model was asked.

        Raises:
            CassetteError: it can't be written.
        """
        if "llm" in vars(self):
            write_recording(self.llm)

    def _named(self, name: str) -> Path | None:
        """The file or folder that an option names; the command line comes before the ini-file."""
        config = self._config
        if option := config.getoption(f"--footnote-{name}"):
            return config.invocation_params.dir / str(option)
        if name != "record" and (written := config.getini(f"footnote_{name}")):
            return (config.inipath.parent if config.inipath else config.rootpath) / str(written)
        return None


_SHARED = pytest.StashKey[_Shared]()


def _opened(
    question_set: QuestionSet, library: Path | None, llm: LanguageModel | None
) -> AbstractContextManager[Assistant]:
    from assistant.questions.running.run import prepared
    from assistant.questions.testing import opened

    return prepared(question_set, llm=llm) if library is None else opened(library, llm)


class SetFile(pytest.File):
    """A question set."""

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each case."""
        try:
            question_set = self.config.stash[_SHARED].load(self.path)
        except (FootnoteError, ModuleNotFoundError) as error:
            raise self.CollectError(_message(error)) from None
        for case in question_set.cases:
            yield CaseItem.from_parent(self, name=case.id, question_set=question_set, case=case)


class CaseItem(pytest.Item):
    """A case: a question, or a dialogue with all its turns. `-k` finds it by its id and its tags."""

    def __init__(self, *, question_set: QuestionSet, case: Case, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._set = question_set
        self._case = case
        self._assistant: Assistant | None = None
        self.extra_keyword_matches.update(tag for turn in case.turns for tag in turn.tags)

    def setup(self) -> None:
        """Open the set's library, if it is the first of its cases."""
        with _without_traceback():
            self._assistant = self.config.stash[_SHARED].assistant(self._set, self.path)

    def teardown(self) -> None:
        """Let the assistant go: pytest keeps its items to the end of the run."""
        self._assistant = None

    def runtest(self) -> None:
        """Ask, and fail with an account of what is not right; xfail if the baseline has it wrong too."""
        from assistant.questions.comparing.failing import failed

        with _without_traceback():
            report, comparison = self._asked()
        known = {change.id: change.before for change in comparison.regressions} if comparison else {}
        if wrong := failed(report, comparison):
            texts = (_account(result, report.results, known.get(result.expected.id, "")) for result in wrong)
            pytest.fail("\n\n".join(texts), pytrace=False)
        wrong_too = [_summary(one) for one in report.results if not one.held and one.expected.id not in known]
        wavers = [_summary(one) for one in report.results if not one.held and one.expected.id in known]
        told = (("known from the baseline", wrong_too), ("so near the threshold that rounding decides", wavers))
        if reasons := [f"{why}: {'; '.join(results)}" for why, results in told if results]:
            pytest.xfail("; ".join(reasons))

    def _asked(self) -> tuple[Report, Comparison | None]:
        from assistant.questions.comparing.baseline import compare
        from assistant.questions.running.run import run

        assert self._assistant is not None, "setup comes first"
        baseline = self.config.stash[_SHARED].baseline
        report = run(replace(self._set, cases=(self._case,)), self._assistant)
        return report, None if baseline is None else compare(report, baseline, partial=True)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """No traceback of what is known to be wrong: nobody is shown it, and to make one takes longer than to ask."""
        if isinstance(excinfo.value, pytest.xfail.Exception):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the case stands, and its name in the heading of an account."""
        return self.path, max(self._case.turns[0].line - 1, 0), f"{self._set.name}: {self._case.id}"


@contextmanager
def _without_traceback() -> Iterator[None]:
    """An error of ours, or a package that is missing, fails the test with one message and without a traceback."""
    try:
        yield
    except (FootnoteError, ModuleNotFoundError) as error:
        raise pytest.fail.Exception(_message(error), pytrace=False) from None


def _message(error: FootnoteError | ModuleNotFoundError) -> str:
    if isinstance(error, FootnoteError):
        return str(error)
    return (
        f"Footnote needs {error.name}, which is not installed here. "
        f"Install Footnote with all that it needs for {sys.executable}, as its README says."
    )


def _short(path: Path) -> Path:
    """A path as errors name it: relative to the working folder if it lies below."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


# Accounts


def _account(result: Result, results: Sequence[Result], before: str) -> str:
    """Everything that a reader of the log needs to know about a question that is not right.

    Args:
        result: the question.
        results: all turns of its case.
        before: its outcome in the baseline; "" without a baseline, or if the question is new.
    """
    from assistant.questions.rendering.words import clean, form

    expected, answer = result.expected, result.answer
    searched = answer.trace.standalone_question
    lines = [
        *(("after", f"{one.expected.question} — {one.answer.text}") for one in results[: expected.depth - 1]),
        ("question", expected.question),
        ("searched", searched if searched != expected.question else ""),
        ("expected", _wanted(result)),
        *(("evidence", f"“{quote}”") for quote in expected.evidence),
        *form(result),
        ("never", " or ".join(map(_quoted, expected.must_not_say))),
        ("got", answer.text),
        *((f"cited [{one.number}]", f"“{one.quote}”") for one in answer.citations if one.quote not in answer.text),
        ("broke at", result.grade.stage or ""),
        ("reason", result.grade.reason),
        ("baseline", before),
        ("note", expected.note),
    ]
    shown = (f"  {name:<10} {clean(text).replace(chr(10), chr(10) + ' ' * 13)}" for name, text in lines if text)
    return "\n".join([clean(_summary(result)), *shown])


def _summary(result: Result) -> str:
    """One line: the turn, the outcome, and the stage that failed or the time it took."""
    _, _, turn = result.expected.id.partition("/")
    why: str = result.grade.stage or ""
    if result.grade.right:
        why = f"{result.seconds:.3f} s, and {result.expected.max_seconds:g} s are allowed"
    return f"{f'{turn}: ' if turn else ''}{result.verdict}{f' ({why})' if why else ''}"


def _wanted(result: Result) -> str:
    if not result.expected.answerable:
        return "a refusal: the articles don't say"
    return " or ".join(map(_quoted, result.expected.answers))


def _quoted(wording: str) -> str:
    """A wording in quotation marks; a regular expression as it is, between slashes."""
    return wording if wording.startswith("/") and wording.endswith("/") else f"“{wording}”"
