"""`footnote test SETS…` runs question sets; `footnote test new|import|schema` helps to write them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from assistant.core.errors import QuestionSetError
from assistant.questions.comparing.failing import Threshold
from assistant.questions.metrics.figures import FIGURES, LESS_IS_BETTER
from assistant.questions.running.language_model import open_language_model, write_recording
from assistant.questions.spec.files import check_writable, write_whole
from assistant.questions.testing import (
    RunFiles,
    Selection,
    assistant_for,
    broken_laws,
    evaluate,
    faults,
    opened,
    planned,
    update,
)
from assistant.terminal.options import with_options
from assistant.terminal.output import progress_bar
from index.processors import usable_cores

if TYPE_CHECKING:
    from assistant.questions.comparing.evaluation import Evaluation
    from assistant.questions.testing import Plan
    from assistant.writing.model import LanguageModel

EXIT_FAILED = 1

_RUN = "run"
_CHOOSE, _FAIL, _REPORT, _MODEL = "Which questions", "When it fails", "Reports", "A language model"
_FIGURES = ", ".join(f"{name} (at most)" if name in LESS_IS_BETTER else name for name in FIGURES)

_HELP = """Ask the questions of question sets, and check every answer. No model judges it; nothing leaves the machine.

Each set's articles are put into a temporary library, unless --library names one that holds them.

With a language model, --record keeps what it replies to this run, and --replay runs without it: with the same articles,
questions and settings, the same answers.

Exit code:
  0  held
  1  failed: an answer breaks a law, or
     without --baseline and --fail-under: one is not right, or not in time;
     with --baseline: one is not that was there, or that is new;
     with --fail-under: a figure is not reached
     (--update-baseline alone: only a broken law)
  2  wrong use; nothing was asked
"""


class _SetsOrCommand(TyperGroup):
    """Runs `test new`, `test import` and `test schema`; any other word names a set. A set called `new` is written `./new`."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        if args[:1] and args[0] in self.commands and args[0] != _RUN:
            return super().make_context(info_name, args, parent, **extra)
        # Given the group's name, so that its usage reads `footnote test SETS…` and not `footnote test run SETS…`.
        return self.commands[_RUN].make_context(info_name, args, parent, **extra)


test = typer.Typer(
    name="test",
    cls=_SetsOrCommand,
    help="Run question sets as regression tests; write, import and describe them.",
    pretty_exceptions_enable=False,
)

ForceOption = Annotated[bool, typer.Option("--force", help="Write over a file that is there already.")]


# Running


@dataclass(frozen=True, slots=True)
class RunOptions:
    """The options of `footnote test SETS…`."""

    sets: Annotated[
        list[Path],
        typer.Argument(metavar="SETS", help="Files, or folders with *.questions.yaml, .yml, .jsonl below them."),
    ]
    library: Annotated[
        Path | None,
        typer.Option("--library", "-l", help="Ask this library, and change nothing in it.", show_default=False),
    ] = None
    tags: Annotated[
        list[str] | None,
        typer.Option(metavar="TAG,TAG", help="Only cases with one of these; repeatable.", rich_help_panel=_CHOOSE),
    ] = None
    keyword: Annotated[
        str,
        typer.Option("-k", metavar="WORD", help="Only cases with this in id or question.", rich_help_panel=_CHOOSE),
    ] = ""
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Fail only for what was right there, or is new.", rich_help_panel=_FAIL),
    ] = None
    update_baseline: Annotated[
        bool,
        typer.Option("--update-baseline", help="Write this run to the baseline.", rich_help_panel=_FAIL),
    ] = False
    fail_under: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIGURE=N",
            help=f"Fail if a set's figure is under N; repeatable. Figures: {_FIGURES}.",
            rich_help_panel=_FAIL,
        ),
    ] = None
    llm: Annotated[
        str, typer.Option(metavar="NAME", help="Answer with it; FOOTNOTE_LLM if left out.", rich_help_panel=_MODEL)
    ] = ""
    record: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep its requests and replies, and nothing older.", rich_help_panel=_MODEL),
    ] = None
    replay: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Take replies from there, and ask no model.", rich_help_panel=_MODEL),
    ] = None
    junit: Annotated[Path | None, typer.Option(metavar="FILE", help="Write JUnit XML.", rich_help_panel=_REPORT)] = None
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write one self-contained HTML file.", rich_help_panel=_REPORT)
    ] = None
    json_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what --json prints.", rich_help_panel=_REPORT)
    ] = None
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.", rich_help_panel=_REPORT)] = False
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose", "-v", help="Show every question that failed, not only the first 20.", rich_help_panel=_REPORT
        ),
    ] = False
    no_timings: Annotated[
        bool,
        typer.Option(
            "--no-timings",
            help="Leave seconds and time limits out: the same answers give the same bytes.",
            rich_help_panel=_REPORT,
        ),
    ] = False
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Cases asked at once; if left out, one for each core.", show_default=False
        ),
    ] = None

    @property
    def reports(self) -> dict[str, Path]:
        """The reports that are written: kind -> file."""
        named = {"junit": self.junit, "html": self.html, "json": self.json_file}
        return {kind: path for kind, path in named.items() if path}

    def selection(self) -> Selection:
        """Which questions are asked."""
        return Selection(self.sets, _listed(self.tags), self.keyword)

    def files(self) -> RunFiles:
        """What is read and written beside the sets."""
        reports = tuple(self.reports.values())
        return RunFiles(reports, self.baseline, self.update_baseline, self.record, self.replay)


@test.command(
    _RUN,
    hidden=True,
    help=_HELP,
    epilog="To write sets: footnote test new ARTICLE, footnote test import FILE, footnote test schema. Each has --help.",
)
@with_options(RunOptions)
def run_sets(options: RunOptions) -> None:
    """Run question sets and report; users read `_HELP` instead of this line."""
    if options.update_baseline and options.baseline is None:
        raise typer.BadParameter("needs --baseline FILE.", param_hint="--update-baseline")
    if options.record and options.replay:
        raise typer.BadParameter("can't be used together with --replay.", param_hint="--record")
    thresholds = [_threshold(text) for text in options.fail_under or ()]
    plan = planned(options.selection(), options.files(), library=options.library is not None)
    with open_language_model(options.llm, record=options.record, replay=options.replay) as model:
        evaluations = _evaluated(plan, options, model)
        recorded = write_recording(model)
    _report(evaluations, options)
    missed = [fault for threshold in thresholds for fault in threshold.missed(evaluations)]
    if options.update_baseline:
        wrong, notes = update(plan, evaluations)
    else:
        wrong, notes = faults(evaluations) if options.baseline or not thresholds else broken_laws(evaluations), []
    for line in (*([recorded] if recorded else []), *notes, *wrong, *missed):
        typer.echo(f"footnote: {line}", err=True)
    if wrong or missed:
        raise typer.Exit(EXIT_FAILED)


def _evaluated(plan: Plan, options: RunOptions, model: LanguageModel | None) -> list[Evaluation]:
    """Run the sets of a plan one after the other."""
    timings, workers = not options.no_timings, options.workers or usable_cores()
    evaluations: list[Evaluation] = []
    with opened(options.library, model) if options.library else nullcontext() as shared:
        for one in plan.sets:
            with (
                progress_bar(one.name, quiet=options.as_json) as progress,
                assistant_for(one, shared, model) as assistant,
            ):
                found = evaluate(one, assistant, plan, workers=workers, progress=progress, timings=timings)
            evaluations.append(found)
    return evaluations


def _report(evaluations: Sequence[Evaluation], options: RunOptions) -> None:
    """Write the reports that the options name, and print the results as JSON or for people."""
    timings = not options.no_timings
    for kind, path in options.reports.items():
        write_whole(path, _rendered(kind, evaluations, timings=timings))
    if options.as_json:
        typer.echo(_rendered("json", evaluations, timings=timings).rstrip("\n"))
    else:
        _show(evaluations, verbose=options.verbose)


def _listed(tags: Sequence[str] | None) -> tuple[str, ...]:
    return tuple(tag.strip() for part in tags or () for tag in part.split(",") if tag.strip())


def _threshold(text: str) -> Threshold:
    try:
        return Threshold.parse(text)
    except QuestionSetError as error:
        raise typer.BadParameter(str(error), param_hint="--fail-under") from error


def _rendered(kind: str, evaluations: Sequence[Evaluation], *, timings: bool) -> str:
    from assistant.questions import rendering

    forms = {"junit": rendering.to_junit, "html": rendering.to_html, "json": rendering.to_json}
    return forms[kind](evaluations, timings=timings)


def _show(evaluations: Sequence[Evaluation], *, verbose: bool) -> None:
    from rich.console import Console

    from assistant.questions.rendering import to_terminal

    to_terminal(evaluations, Console(), verbose=verbose)


# Writing sets


@test.command()
def new(
    article: Annotated[Path, typer.Argument(help="An article's file (.txt .md .html .pdf).")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="SET", help="The new file; ARTICLE.questions.yaml here if left out."),
    ] = None,
    force: ForceOption = False,
) -> None:
    """Write a set to start from: a few drafts of cases, and the article as comments to quote from."""
    from assistant.questions.importing.starter import starter

    output = output or Path(f"{article.stem}.questions.yaml")
    _check_new(output, force)
    write_whole(output, starter(article, folder=output.parent))
    typer.echo(f"wrote {output}. Mend its cases, then: footnote test {output}")


@test.command("import")
def import_set(
    file: Annotated[Path, typer.Argument(help="promptfoo's YAML or JSON, or SQuAD's JSON.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="SET", help="The new file, *.questions.yaml.")],
    article: Annotated[
        list[Path] | None,
        typer.Option("--article", "-a", help="What promptfoo's questions are about; repeatable.", exists=True),
    ] = None,
    force: ForceOption = False,
) -> None:
    """Make a set from another tool's file. SQuAD's articles are written beside the set."""
    from assistant.questions.importing.formats import import_promptfoo, import_squad

    _check_new(output, force)
    squad = _is_squad(file)
    if squad == bool(article):
        wrong = "SQuAD's file brings its own articles: leave it out." if squad else "name what the questions are about."
        raise typer.BadParameter(wrong, param_hint="--article")
    folder = output.parent
    text = import_squad(file, folder) if squad else import_promptfoo(file, article or (), folder=folder)
    write_whole(output, text)
    typer.echo(f"wrote {output}. Read it, then: footnote test {output}")


@test.command()
def schema(
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there.")] = None,
    force: ForceOption = False,
) -> None:
    """Print the JSON Schema of a set, with which editors complete and check it."""
    from assistant.questions.spec.schema import json_schema

    text = json.dumps(json_schema(), indent=2, ensure_ascii=False)
    if output is None:
        typer.echo(text)
        return
    _check_new(output, force, endings=())
    write_whole(output, text + "\n")
    typer.echo(f"wrote {output}")


def _check_new(path: Path, force: bool, endings: tuple[str, ...] = (".yaml", ".yml")) -> None:
    if endings and not path.name.lower().endswith(endings):
        raise typer.BadParameter(f"{path} must be called *.questions.yaml.", param_hint="--output")
    if path.exists() and not force:
        raise QuestionSetError(f"{path}: this is there already. Choose another name, or write over it with --force.")
    check_writable(path)


def _is_squad(path: Path) -> bool:
    """Whether a file is SQuAD's: JSON with a list of articles under "data"."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and isinstance(found.get("data"), list)
