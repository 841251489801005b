"""Files, folders and texts -> Articles; one small function per format."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from index.article import Article
from index.errors import ArticleTooLargeError, LoadError, UnreadableFileError, UnsupportedFormatError
from index.loading.formats import FORMATS, REMEDIES
from index.loading.making import article_from, printable
from index.settings import IndexSettings

_ARCHIVES = frozenset({".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst", ".jar"})


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file with another name than its path, such as an upload in a temporary folder.

    Attributes:
        path: where the file lies.
        name: its name with the suffix; becomes the article's source, which decides its id.
    """

    path: Path
    name: str


def load_file(path: Path, settings: IndexSettings, name: str = "") -> Article:
    """Load one file as an article. Its source is the file's absolute path, or the given name.

    What it states about itself is kept as `article_from` says.

    Args:
        path: a file of one of the `FORMATS`. A symbolic link is followed; only `find_files` keeps to a folder.
        settings: the settings with the limits.
        name: the file's name (see `NamedFile`); empty = its path.

    Raises:
        UnsupportedFormatError: there is no loader for this suffix.
        UnreadableFileError: the file is missing, no plain file, binary, encrypted or damaged.
        EmptyArticleError: nothing is left to read after cleaning.
        ArticleTooLargeError: the file is over `max_file_bytes` or its text over `max_article_chars`.
    """
    return load_with_notices(path, settings, name)[0]


def load_with_notices(path: Path, settings: IndexSettings, name: str = "") -> tuple[Article, tuple[str, ...]]:
    """As `load_file`, with what a user should know about how the file was read (see `Loaded.notices`)."""
    # An address has no suffix that would say what is behind it.
    suffix = Path(path if "://" in name else name or path).suffix.lower()
    label = printable(name or path)
    if suffix not in FORMATS:
        raise UnsupportedFormatError(f"{label} can't be added: {_unsupported(suffix)}.")
    try:
        with _open(path, label, settings) as file:
            loaded = FORMATS[suffix](file, label, settings)
        source = printable(name or path.parent.resolve() / path.name)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableFileError(f"{label} can't be read: {reason}. Check that it exists and may be read.") from error
    return article_from(loaded, source, settings), loaded.notices


def find_files(path: Path) -> tuple[list[Path], list[tuple[str, str]]]:
    """The file at `path`, or all files in that folder and its sub-folders, sorted.

    Hidden files and folders are skipped silently. Files that can't be an article are not opened: other formats, links that
    lead out of the folder, pipes, sockets and devices.

    Returns:
        The files that can be loaded, and (path, reason) for the others.

    Raises:
        LoadError: the path does not exist or can't be reached.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise LoadError(f"{printable(path)} can't be added: {reason}. Check the path.") from error
    files: list[Path] = []
    skipped: list[tuple[str, str]] = []
    candidates = _walk(path, skipped) if stat.S_ISDIR(mode) else iter([path])
    root = path.resolve() if stat.S_ISDIR(mode) else None
    for candidate in candidates:
        if reason := _refusal(candidate, root):
            skipped.append((printable(candidate), reason))
        else:
            files.append(candidate)
    return files, skipped


def _walk(folder: Path, skipped: list[tuple[str, str]]) -> Iterator[Path]:
    def failed(error: OSError) -> None:
        skipped.append((printable(error.filename or folder), f"the folder can't be read: {error.strerror}"))

    for parent, folders, names in os.walk(folder, onerror=failed, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        linked = [name for name in folders if Path(parent, name).is_symlink()]
        skipped += [(printable(Path(parent, name)), "a symbolic link to a folder is not followed") for name in linked]
        yield from (Path(parent, name) for name in sorted(names) if not name.startswith("."))


def _refusal(path: Path, root: Path | None) -> str:
    """Why a file won't be loaded, found without opening it; empty = it will be. `root` is the folder that it must be in."""
    try:
        mode = path.stat().st_mode
        if root is not None and path.is_symlink() and not path.resolve().is_relative_to(root):
            return "it is a symbolic link that leads out of the folder"
    except (OSError, RuntimeError) as error:
        return f"it can't be reached: {getattr(error, 'strerror', None) or error}"
    if not stat.S_ISREG(mode):
        return "it is a folder, a pipe, a socket or a device, not a plain file"
    suffix = path.suffix.lower()
    return "" if suffix in FORMATS else _unsupported(suffix)


def _unsupported(suffix: str) -> str:
    suffix = printable(suffix)
    known = ", ".join(FORMATS)
    if suffix in REMEDIES:
        return f"{suffix} files can't be read: {REMEDIES[suffix]}"
    if suffix in _ARCHIVES:
        return f"{suffix} archives are not opened: unpack it and add the folder (readable: {known})"
    what = f"{suffix} files" if suffix else "files without a suffix"
    return f"{what} can't be read: save it as one of {known}"


def _open(path: Path, label: str, settings: IndexSettings) -> BinaryIO:
    """Open a file for reading, after checking that it is a plain file within the size limit."""
    # Check before opening, since opening a pipe waits for a writer and opening a device may act on it; and again after, since
    # the path may mean another file by then.
    _check(path.stat(), label, settings)
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    file = os.fdopen(os.open(path, flags), "rb")
    try:
        _check(os.fstat(file.fileno()), label, settings)
    except BaseException:
        file.close()
        raise
    return file


def _check(status: os.stat_result, label: str, settings: IndexSettings) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFileError(f"{label} is no plain file. Add a text, a web page, a PDF or an office document.")
    if status.st_size > settings.max_file_bytes:
        raise ArticleTooLargeError(
            f"{label} has {status.st_size:,} bytes; the limit is {settings.max_file_bytes:,}. "
            "Split it, or raise FOOTNOTE_MAX_FILE_BYTES."
        )
