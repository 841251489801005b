"""The option --json, JSON output, and a progress bar for terminals."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

EXIT_WRONG_USE = 2
_LABEL_CHARS = 48

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@contextmanager
def progress_bar(label: str, *, quiet: bool) -> Iterator[Callable[[float, int, str], None] | None]:
    """A progress bar on stderr, if that is a terminal.

    Args:
        label: what is being done.
        quiet: no bar in a terminal either.

    Yields:
        A function to call with (done, total, name of the current item); None without a bar.
    """
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)

        def show(done: float, total: int, name: str) -> None:
            bar.update(task, completed=done, total=max(total, 1), description=f"{label} {name}".strip()[:_LABEL_CHARS])

        yield show


def print_json(data: Any) -> None:
    """Print data as one line of JSON on stdout."""
    typer.echo(json.dumps(data, ensure_ascii=False))
