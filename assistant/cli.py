"""The command line: `footnote add|list|show|remove|ask|chat|serve|test|doctor`. Exit codes: 0 done, 1 not found, 2 wrong use."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from assistant.core.errors import FootnoteError, QuestionSetError
from assistant.core.settings import Settings, load_settings
from assistant.terminal.answers import show_stream, shown
from assistant.terminal.articles import ReadFirst, article_data, read_first, shown_article
from assistant.terminal.collecting import collection_commands
from assistant.terminal.options import LibraryOption, with_options
from assistant.terminal.output import EXIT_WRONG_USE, JsonOption, print_json, progress_bar

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from index.report import Progress

EXIT_NOT_FOUND = 1


class _Commands(TyperGroup):
    """Imports the command `test` when it is used, so that the other commands start without it."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name != "test":
            return super().get_command(ctx, cmd_name)
        from assistant.questions.command import test

        return typer.main.get_command(test)

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), "test"]


app = typer.Typer(
    cls=_Commands,
    help="Ask articles questions; every answer carries quotes that are proven to stand in them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

LlmOption = Annotated[
    str | None,
    typer.Option(
        "--llm",
        envvar="FOOTNOTE_LLM",
        metavar="PROVIDER:MODEL@ADDRESS",
        help="Language model that writes the answers, as openai-like:qwen2.5:7b@http://127.0.0.1:11434/v1; "
        "its key is taken from FOOTNOTE_LLM_KEY. Without one, articles are quoted.",
    ),
]
ArticleOption = Annotated[
    list[str] | None, typer.Option("--article", "-a", help="Ask only this article id; repeatable.")
]

InOption = Annotated[str | None, typer.Option("--in", metavar="NAME", help="Ask only the articles of this collection.")]


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"footnote {_version()}")
        raise typer.Exit


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("footnote")
    except PackageNotFoundError:
        return "(not installed: it runs from its source tree)"


VersionOption = Annotated[
    bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
]


@app.callback()
def footnote(version: VersionOption = False) -> None:
    """Take the options that come before a command."""


def main() -> None:
    """Entry point of `footnote`: errors on stderr, each on one line, and exit code 2."""
    try:
        app()
    except QuestionSetError as error:
        # One problem per line, each with its place in a file.
        for line in str(error).splitlines():
            typer.echo(f"footnote: {line}", err=True)
        raise SystemExit(EXIT_WRONG_USE) from None
    except FootnoteError as error:
        typer.echo(f"footnote: {' '.join(str(error).split())}", err=True)
        raise SystemExit(EXIT_WRONG_USE) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


@app.command()
def add(
    paths: Annotated[
        list[str],
        typer.Argument(
            help="Files (text, Markdown, web pages, PDF, Office, e-books, mail, data, subtitles, pictures), folders, "
            "or links (with FOOTNOTE_WEB=true)."
        ),
    ],
    library: LibraryOption = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Say of each file what was understood of it.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Add articles. Adding the same again changes nothing; a changed article replaces its old version."""
    with _opened(library) as assistant, progress_bar("Adding", quiet=as_json) as show:
        read = read_first(paths, assistant.settings) if verbose else ReadFirst(list(paths))
        report = assistant.add(read.sources, _by_file_name(show))
        report = replace(report, skipped=(*read.skipped, *report.skipped))
    if as_json:
        print_json(report.to_dict() | ({"understood": read.told} if verbose else {}))
    else:
        typer.echo(
            f"added {len(report.added)}, unchanged {len(report.unchanged)}, replaced {len(report.replaced)}, "
            f"skipped {len(report.skipped)}"
        )
        for name, value in (line for file in read.told for line in file):
            typer.echo(f"  {name}: {value}")
        for path, reason in report.skipped:
            typer.echo(f"  skipped {path}: {reason}", err=True)
    if not (report.added or report.unchanged or report.replaced):
        raise typer.Exit(EXIT_NOT_FOUND)


@app.command("list")
def list_articles(
    library: LibraryOption = None,
    within: Annotated[
        str | None, typer.Option("--in", metavar="NAME", help="List only the articles of this collection.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """List the articles, the last added first."""
    with _opened(library, write=False) as assistant:
        among = None if within is None else set(assistant.collection(within).articles)
        articles = [article for article in assistant.articles() if among is None or article.id in among]
    if as_json:
        print_json([article.to_dict() for article in articles])
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("id", "title", "published", "source", box=None)
    for article in articles:
        table.add_row(article.id, Text(article.title), str(article.published or ""), Text(article.source))
    none = "No articles yet. Add one: footnote add FILE"
    if within is not None:
        none = "No articles in this collection. Put some into it: footnote collection extend NAME IDS"
    Console().print(table if articles else none)


@app.command()
def show(
    id: Annotated[str, typer.Argument(metavar="ID", help="Article id, as `footnote list` shows it.")],
    library: LibraryOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show an article: its text with headings, items, rows of tables, notes and pages."""
    with _opened(library, write=False) as assistant:
        article = assistant.article(id)
    if as_json:
        print_json(article_data(article))
    else:
        typer.echo(shown_article(article))


@app.command()
def remove(
    ids: Annotated[list[str], typer.Argument(help="Article ids, as `footnote list` shows them.")],
    library: LibraryOption = None,
) -> None:
    """Remove articles."""
    with _opened(library) as assistant:
        for article_id in ids:
            assistant.remove(article_id)
            typer.echo(f"removed {article_id}")


@dataclass(frozen=True, slots=True)
class AskOptions:
    """The question and the options of `footnote ask`."""

    question: Annotated[str, typer.Argument(help="A question in words.")]
    library: LibraryOption = None
    article: ArticleOption = None
    within: InOption = None
    llm: LlmOption = None
    as_json: JsonOption = False
    timings: Annotated[bool, typer.Option("--timings", help="Say where the time went, on stderr.")] = False


@app.command()
@with_options(AskOptions)
def ask(options: AskOptions) -> None:
    """Ask one question. Works while the chat page serves the same library."""
    with _opened(options.library, write=False, llm=options.llm) as assistant:
        answer = assistant.ask(options.question, articles=options.article or None, collection=options.within)
    if options.as_json:
        print_json(answer.to_dict())
    else:
        typer.echo(shown(answer))
    if options.timings:
        for stage, seconds in answer.trace.timings.items():
            typer.echo(f"{stage}: {1000 * seconds:.1f} ms", err=True)
    if answer.status not in ("answered", "small_talk"):
        raise typer.Exit(EXIT_NOT_FOUND)


@app.command()
def chat(
    library: LibraryOption = None, article: ArticleOption = None, within: InOption = None, llm: LlmOption = None
) -> None:
    """Chat in the terminal; Ctrl-C stops an answer, an empty line or Ctrl-D ends the chat."""
    with _opened(library, write=False, llm=llm) as assistant:
        conversation = assistant.conversation(articles=article or None, collection=within)
        while True:
            try:
                question = input("> " if sys.stdin.isatty() else "").strip()
            except EOFError:
                break
            if not question:
                break
            show_stream(question, conversation.stream(question))


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """The options of `footnote serve`."""

    library: LibraryOption = None
    llm: LlmOption = None
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 = every one. Others than this machine's own need --auth.")
    ] = "127.0.0.1"
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 7860
    auth: Annotated[
        str | None,
        typer.Option(
            envvar="FOOTNOTE_AUTH",
            metavar="USER:PASSWORD",
            help="Login that the page asks for. In the environment no list of processes shows it.",
        ),
    ] = None
    allow_host: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Further name under which the page is reached; repeatable.")
    ] = None
    mcp: Annotated[bool, typer.Option("--mcp", help="Serve ask, list_articles, read_article to MCP at /mcp.")] = False
    open_browser: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False


@app.command()
@with_options(ServeOptions)
def serve(options: ServeOptions) -> None:
    """Serve the chat page; with the sample article when the library is empty."""
    from assistant.page.serving import server
    from assistant.page.serving.access import auth_pair
    from assistant.page.serving.options import PageOptions

    page = PageOptions(
        host=options.host,
        port=options.port,
        auth=None if options.auth is None else auth_pair(options.auth),
        allowed_hosts=tuple(options.allow_host or ()),
        mcp=options.mcp,
        open_browser=options.open_browser,
    )
    if not server.serve(options.library, page, settings=_settings(options.llm)):
        # Models are still being loaded by native code, which would abort the process while the interpreter is finalized.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


@app.command()
def doctor(
    file: Annotated[
        Path | None, typer.Argument(help="A file: say whether it can be read, and what is understood of it.")
    ] = None,
    library: LibraryOption = None,
    llm: LlmOption = None,
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended.")] = False,
    port: Annotated[int, typer.Option(help="Port that the chat page would use.")] = 7860,
    as_json: JsonOption = False,
) -> None:
    """Check library, index, model files and port, or one file; say what is wrong and what would mend it."""
    from assistant.doctor import examine, examine_file

    settings = _settings(llm)
    findings = examine_file(file, settings) if file else examine(library, port=port, repair=repair, settings=settings)
    if as_json:
        print_json([finding.to_dict() for finding in findings])
    else:
        for finding in findings:
            typer.echo(finding.line())
    if any(not finding.ok for finding in findings):
        raise typer.Exit(EXIT_NOT_FOUND)


@contextmanager
def _opened(folder: Path | None, *, write: bool = True, llm: str | None = None) -> Iterator[Assistant]:
    from assistant.assistant import Assistant

    with Assistant.open(folder, settings=_settings(llm), write=write) as assistant:
        yield assistant


app.add_typer(collection_commands(lambda folder, write: _opened(folder, write=write)), name="collection")


def _settings(llm: str | None) -> Settings:
    """The settings of the environment, with the language model of the command line if it names one."""
    return load_settings() if llm is None else load_settings(llm=llm)


def _by_file_name(show: Progress | None) -> Progress | None:
    """The same callback, but with file names instead of paths, which would leave no room for the bar."""
    return show and (lambda done, total, path: show(done, total, Path(path).name))
