"""Runs a loader in a child process with limits of memory and time: a document may be crafted to use up all of both."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from importlib import import_module
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from index import errors
from index.errors import LoadError, UnreadableFileError
from index.loading.limits import end_with_parent, limit
from index.pieces import Loaded, Piece

if TYPE_CHECKING:
    from index.settings import IndexSettings

_CHILD = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from index.loading.apart import main; main()"
_LIMITS = ("max_file_bytes", "max_article_chars", "pdf_seconds", "pdf_memory_mb")
_RAISE_TIME = "Raise FOOTNOTE_PDF_SECONDS to allow more."
_RAISE_MEMORY = "Raise FOOTNOTE_PDF_MEMORY_MB to allow more."


def run_apart(reader_name: str, file: BinaryIO, name: str, settings: IndexSettings) -> Loaded:
    """What a reader of ours makes of a file, in a process of its own.

    Args:
        reader_name: the reader's module and function, "index.loading.office.docx:read_docx". It takes the file, the name and
            the settings, of which it may use the limits of size, memory and time.
        file: the open file.
        name: the file's name, for messages.
        settings: the settings with the limits.

    Raises:
        UnreadableFileError: reading takes more than the limits of memory or time allow, or ends the process.
        LoadError: as the reader raises it.
    """
    roots = [*filter(None, sys.path), str(Path(__file__).parents[2])]
    limits = {key: getattr(settings, key) for key in _LIMITS}
    # Isolated: neither the folder that we happen to be in nor the environment names modules.
    command = [sys.executable, "-I", "-c", _CHILD, json.dumps(roots), reader_name, json.dumps([name, limits])]
    try:
        done = subprocess.run(
            command,
            input=file.read(settings.max_file_bytes),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=settings.pdf_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableFileError(
            f"{name} can't be read: reading it takes more than {settings.pdf_seconds:g} s. {_RAISE_TIME}"
        ) from None
    except OSError as error:
        raise UnreadableFileError(f"{name} can't be read: no process for it could be started ({error}).") from error
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise UnreadableFileError(
            f"{name} can't be read: reading it ended the process that tried (exit status {done.returncode}), probably out of "
            f"memory or time. Raise FOOTNOTE_PDF_MEMORY_MB or FOOTNOTE_PDF_SECONDS to allow more."
        ) from None
    if "error" in answer:
        raise _error(answer["error"], answer["message"])
    return _loaded(answer)


def main() -> None:
    """The child: read standard input with the reader that the arguments name; write what it gives to standard output as JSON."""
    reader_name, (name, limits) = sys.argv[2], json.loads(sys.argv[3])
    end_with_parent()
    # What a library prints must not get into the answer.
    out, sys.stdout = sys.stdout, sys.stderr
    try:
        answer = _answer(reader_name, name, limits)
    except LoadError as error:
        answer = {"error": type(error).__name__, "message": str(error)}
    except MemoryError:
        answer = {
            "error": "UnreadableFileError",
            "message": f"{name} can't be read: it takes more than {limits['pdf_memory_mb']} MiB of memory. {_RAISE_MEMORY}",
        }
    out.write(json.dumps(answer, default=str))


def _answer(reader_name: str, name: str, limits: Mapping[str, Any]) -> dict[str, Any]:
    module, _, function = reader_name.partition(":")
    reader = getattr(import_module(module), function)
    data = BytesIO(sys.stdin.buffer.read())
    limit(limits["pdf_memory_mb"], math.ceil(limits["pdf_seconds"]) + 1)
    # Settings are slow to import, and were checked by the parent.
    found: Loaded = reader(data, name, cast("IndexSettings", SimpleNamespace(**limits)))
    return asdict(found)


def _error(kind: str, message: str) -> LoadError:
    found = getattr(errors, kind, LoadError)
    return cast("LoadError", found(message))


def _loaded(answer: Mapping[str, Any]) -> Loaded:
    days = {key: date.fromisoformat(answer[key]) if answer[key] else None for key in ("published", "updated")}
    tuples = {key: tuple(answer[key]) for key in ("authors", "notices")}
    pieces = tuple(Piece(**piece) for piece in answer["pieces"])
    return Loaded(**{**answer, **days, **tuples, "pieces": pieces})
