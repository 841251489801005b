"""The command `collection`: make, list, extend, rename and delete groups of articles that a question can be asked in."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from assistant.core.protocols import HasCollections
from assistant.terminal.options import LibraryOption
from assistant.terminal.output import JsonOption, print_json
from index.library.collecting import Collection

Opened = Callable[[Path | None, bool], AbstractContextManager[HasCollections]]
"""Opens the library in a folder; the second argument says whether it is to be changed."""

_NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The collection's name.")]
_IdsArgument = Annotated[list[str], typer.Argument(metavar="IDS", help="Article ids, as `footnote list` shows them.")]
_SomeIdsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[IDS]", help="Article ids, as `footnote list` shows them.")
]
_NewNameArgument = Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")]


def collection_commands(opened: Opened) -> typer.Typer:
    """The subcommands of `footnote collection`."""
    app = typer.Typer(
        help="Name groups of articles; `footnote ask --in NAME` asks within one.",
        no_args_is_help=True,
        add_completion=False,
    )

    @app.command("list")
    def list_collections(library: LibraryOption = None, as_json: JsonOption = False) -> None:
        """List the collections; `footnote list --in NAME` lists the articles of one."""
        with opened(library, False) as assistant:
            collections = assistant.collections()
        if as_json:
            print_json([collection.to_dict() for collection in collections])
        elif collections:
            for collection in collections:
                typer.echo(_line(collection))
        else:
            typer.echo("No collections yet. Make one: footnote collection make NAME IDS")

    @app.command()
    def make(name: _NameArgument, ids: _SomeIdsArgument = None, library: LibraryOption = None) -> None:
        """Make a collection, with some articles or none."""
        with opened(library, True) as assistant:
            typer.echo(f"made {_line(assistant.collect(name, ids or (), how='new'))}")

    @app.command()
    def extend(name: _NameArgument, ids: _IdsArgument, library: LibraryOption = None) -> None:
        """Put further articles into a collection."""
        with opened(library, True) as assistant:
            # A wrong name would make another collection.
            assistant.collection(name)
            typer.echo(f"extended {_line(assistant.collect(name, ids))}")

    @app.command()
    def reduce(name: _NameArgument, ids: _IdsArgument, library: LibraryOption = None) -> None:
        """Take articles out of a collection; they stay in the library."""
        with opened(library, True) as assistant:
            typer.echo(f"reduced {_line(assistant.uncollect(name, ids))}")

    @app.command()
    def rename(name: _NameArgument, new_name: _NewNameArgument, library: LibraryOption = None) -> None:
        """Give a collection another name."""
        with opened(library, True) as assistant:
            typer.echo(f"renamed {_line(assistant.rename_collection(name, new_name))}")

    @app.command()
    def delete(name: _NameArgument, library: LibraryOption = None) -> None:
        """Delete a collection; its articles stay in the library."""
        with opened(library, True) as assistant:
            known = assistant.collection(name).name
            assistant.delete_collection(known)
            typer.echo(f"deleted {known}")

    return app


def _line(collection: Collection) -> str:
    count = len(collection.articles)
    return f"{collection.name}: {count:,} article{'' if count == 1 else 's'}"
