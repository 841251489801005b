"""Options that commands share, and options as one dataclass; typer by itself wants a function with a parameter for each."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

Options = TypeVar("Options")

LibraryOption = Annotated[
    Path | None,
    typer.Option("--library", "-l", envvar="FOOTNOTE_LIBRARY", help="Folder of the library.", show_envvar=True),
]


def with_options(options: type[Options]) -> Callable[[Callable[[Options], None]], Callable[..., None]]:
    """Give a command's function the signature that typer reads: a parameter for each field of a dataclass.

        @app.command()
        @with_options(ServeOptions)
        def serve(options: ServeOptions) -> None: ...

    Args:
        options: a dataclass whose fields are annotated as typer's parameters are, `Annotated[…, typer.Option(…)]`. The help
            lists them in their order; one without a default must be given on the command line.

    Returns:
        A decorator. The command it makes has the function's name and docstring, and calls it with the filled-in dataclass.
    """
    # Resolved here, because typer would look the names up in the module of the function, not in that of the dataclass.
    hints = typing.get_type_hints(options, include_extras=True)
    parameters = [
        inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, default=_default(one), annotation=hints[one.name])
        for one in fields(options)  # type: ignore[arg-type]
    ]

    def decorated(function: Callable[[Options], None]) -> Callable[..., None]:
        @functools.wraps(function)
        def command(**values: Any) -> None:
            function(options(**values))

        command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        command.__annotations__ = {one.name: hints[one.name] for one in fields(options)}  # type: ignore[arg-type]
        return command

    return decorated


def _default(field: Field[Any]) -> Any:
    return inspect.Parameter.empty if field.default is MISSING else field.default
