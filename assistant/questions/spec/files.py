"""Handles the files of a run: finds the sets, checks that reports can be written, and writes files atomically."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.core.errors import QuestionSetError
from assistant.questions.spec.cases import QuestionSet

ENDINGS = (".questions.yaml", ".questions.yml", ".questions.jsonl")
"""Endings by which sets are found in folders."""


def find_sets(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Find the files of question sets, each once, in the order of the paths; below a folder in the order of their names.

    Args:
        paths: files of any name, and folders, whose hidden subfolders are left out.

    Raises:
        QuestionSetError: a path is not there, or a folder holds no set.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        if path.is_dir():
            below = sorted(_below(path))
            if not below:
                raise QuestionSetError(f"{path}: no question set lies below it. A set is called *{ENDINGS[0]}.")
        elif path.exists():
            below = [path]
        else:
            raise QuestionSetError(f"{path}: this is not there. Name files of question sets, or folders.")
        for file in below:
            found.setdefault(file.resolve(), file)
    return tuple(found.values())


def load_sets(paths: Sequence[Path]) -> tuple[QuestionSet, ...]:
    """Load all sets.

    Raises:
        QuestionSetError: all problems of all sets, one per line; or two sets have the same name.
    """
    from assistant.questions.spec.loading import load

    loaded: dict[str, QuestionSet] = {}
    wrong: list[str] = []
    for path in paths:
        try:
            one = load(path)
        except QuestionSetError as error:
            wrong.append(str(error))
            continue
        other = loaded.setdefault(one.name, one)
        if other is not one:
            wrong.append(f"{path}: {other.path} is called {one.name!r} too. Rename one of them.")
    if wrong:
        raise QuestionSetError("\n".join(wrong))
    return tuple(loaded.values())


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.name.lower().endswith(ENDINGS) and path.is_file():
            yield path


def check_writable(path: Path) -> None:
    """Make sure that a file can be written, without changing one that exists.

    Raises:
        QuestionSetError: it can't.
    """
    if path.is_dir():
        raise QuestionSetError(f"{path}: this is a folder. Name a file.")
    if _is_device(path):
        return
    try:
        with tempfile.TemporaryFile(dir=path.resolve().parent):
            pass
    except OSError as error:
        raise _unwritable(path, error) from error


def write_whole(path: Path, text: str) -> None:
    """Write a file in UTF-8, atomically: an older one stays until the new one is complete.

    Raises:
        QuestionSetError: it can't be written.
    """
    # A symbolic link stays one; the file that it points to is replaced.
    target, content = path.resolve(), text.encode("utf-8", "replace")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if _is_device(path):
            path.write_bytes(content)
            return
        draft.write_bytes(content)
        os.replace(draft, target)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise _unwritable(path, error) from error


def _is_device(path: Path) -> bool:
    """Whether it is written to but never replaced: /dev/null, /dev/stdout, a pipe."""
    return path.exists() and not path.is_file()


def _unwritable(path: Path, error: OSError) -> QuestionSetError:
    return QuestionSetError(f"{path}: can't be written: {error.strerror or error}. Name a file in a folder that can.")
