"""A command with one dataclass is the same command as one with a parameter for each option."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from assistant.terminal.options import with_options


@dataclass(frozen=True, slots=True)
class Options:
    paths: Annotated[list[Path], typer.Argument(help="What to read.")]
    tags: Annotated[list[str] | None, typer.Option(metavar="TAG", help="Only these.")] = None
    workers: Annotated[int, typer.Option("--workers", "-w", min=1, help="At once.")] = 2
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing.")] = False


one, many = typer.Typer(), typer.Typer()


@one.command()
@with_options(Options)
def read(options: Options) -> None:
    """Read all of it."""
    _tell(options)


@many.command("read")
def read_with_parameters(
    paths: Annotated[list[Path], typer.Argument(help="What to read.")],
    tags: Annotated[list[str] | None, typer.Option(metavar="TAG", help="Only these.")] = None,
    workers: Annotated[int, typer.Option("--workers", "-w", min=1, help="At once.")] = 2,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing.")] = False,
) -> None:
    """Read all of it."""
    _tell(Options(paths, tags, workers, dry_run))


def _tell(options: Options) -> None:
    for field in fields(options):
        typer.echo(f"{field.name} {getattr(options, field.name)!r}")


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["a"],
        ["a", "b", "--tags", "x", "--tags", "y", "-w", "3", "--dry-run"],
        [],
        ["a", "--workers", "0"],
        ["a", "--nonsense"],
    ],
    ids=" ".join,
)
def test_help_values_and_errors_are_those_of_a_command_with_parameters(arguments: list[str]) -> None:
    with_one, with_many = (CliRunner().invoke(app, arguments, prog_name="read") for app in (one, many))
    assert (with_one.exit_code, with_one.output) == (with_many.exit_code, with_many.output)
    assert with_one.output


def test_fields_are_filled_in() -> None:
    done = CliRunner().invoke(one, ["a", "--tags", "x"])
    assert done.output.splitlines() == [f"paths {[Path('a')]}", "tags ['x']", "workers 2", "dry_run False"]
