"""Uploaded files on their way into the library: which are let in, under what name, how far it is, and gone afterwards."""

from __future__ import annotations

import contextlib
import re
import stat
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.page.events.inputs import line
from assistant.page.words import say
from index.errors import LoadError
from index.ingest import AddReport, Progress
from index.loading.files import NamedFile

MOST_FILES = 200
"""Added at a time."""
_MOST_NAME_CHARS = 120
_MOST_SUFFIX_CHARS = 10
_SECONDS_BETWEEN_SIGNS = 0.25

_FOLDER = re.compile(r"[0-9a-f]{64}")
"""Gradio lays an upload into a folder named by its SHA-256."""
_SEPARATORS = re.compile(r"[/\\:]")
_ODD = re.compile(r'[<>"|?*\ufeff\ufffd]')


@dataclass(slots=True)
class Uploads:
    """Files of one upload.

    Attributes:
        files: those that can be added, under names that differ.
        skipped: (name, reason) of the others.
    """

    files: list[NamedFile] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    def discard(self) -> None:
        """Delete the uploaded files; what is in the library stays."""
        for file in self.files:
            with contextlib.suppress(OSError):
                file.path.unlink()
            with contextlib.suppress(OSError):  # another upload may lie beside it
                file.path.parent.rmdir()


def received(files: Any, folder: Path, known: Mapping[str, str], *, keep: bool) -> Uploads:
    """What of an upload can be added.

    Args:
        files: as the browser tells: [{"path": what Gradio's upload gave, "name": the file's own name}].
        folder: where Gradio keeps uploads; nothing else is read, or deleted.
        known: names that articles have already, as users see them -> their sources, which may be whole paths.
        keep: give a file another name if its own is known; else it takes that article's source, and so replaces it.

    Raises:
        LoadError: no list of files, or too many.
    """
    if not isinstance(files, list) or not files:
        raise LoadError(say("files_unclear"))
    if len(files) > MOST_FILES:
        raise LoadError(say("too_many_files", count=MOST_FILES))
    uploads = Uploads()
    used: set[str] = set(known) if keep else set()
    paths: set[Path] = set()
    for file in files:
        given = file if isinstance(file, dict) else {}
        path = uploaded(given.get("path"), folder)
        name = cleaned(given.get("name") or (path.name if path else ""))
        if path is None:
            uploads.skipped.append((name, say("upload_gone")))
        elif path not in paths:
            # Two files of one name in one upload are two articles, whatever `keep` says of those before.
            name = free_name(name, used)
            used.add(name)
            paths.add(path)
            uploads.files.append(NamedFile(path, name if keep else known.get(name, name)))
    return uploads


def uploaded(path: Any, folder: Path) -> Path | None:
    """An upload's path, if it is a plain file that lies where Gradio lays uploads, with no link on the way; else None."""
    if not isinstance(path, str) or not path or "\0" in path:
        return None
    try:
        root, found = folder.resolve(), Path(path)
        if found.parent.parent != root or not _FOLDER.fullmatch(found.parent.name) or found.name in ("", ".", ".."):
            return None
        if found.parent.is_symlink() or not stat.S_ISREG(found.lstat().st_mode):
            return None
    except (OSError, ValueError):
        return None
    return found


def cleaned(name: Any) -> str:
    """A file's name as it can be shown and kept: the last part of a path, no control, bidirectional or odd characters."""
    last = _SEPARATORS.split(line(name, 4 * _MOST_NAME_CHARS))[-1]
    whole = " ".join(_ODD.sub("", last).split()).strip(" .")
    stem, dot, suffix = whole.rpartition(".")
    if not dot or len(suffix) > _MOST_SUFFIX_CHARS:
        return whole[:_MOST_NAME_CHARS].strip(" .") or say("article")
    return f"{stem[:_MOST_NAME_CHARS].strip(' .') or say('article')}.{suffix.strip()}"


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, or "name (2).txt" and so on if it is taken."""
    stem, dot, suffix = name.rpartition(".")
    stem, end = (stem, f"{dot}{suffix}") if stem else (name, "")
    number = 2
    found = name
    while found in taken:
        found = f"{stem} ({number}){end}"
        number += 1
    return found


class Adding:
    """Adds in a thread, one after the other, and says how far it is. What was begun is ended, whoever stops listening."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()

    def run(
        self, add: Callable[[Progress], AddReport], total: int, done: Callable[[], None]
    ) -> Iterator[tuple[float, int, str] | AddReport]:
        """Signs of life as (articles done, articles in all, name of the next); last the report.

        Args:
            add: adds, and tells how far it is.
            total: articles in all, as far as it is known before.
            done: called at the end, however that is.

        Raises:
            FootnoteError: as `Assistant.add`.
        """
        run = _Run(add, done, self._one_at_a_time, total)
        run.start()
        while not run.wait(_SECONDS_BETWEEN_SIGNS):
            yield run.state
        if run.error is not None:
            raise run.error
        yield run.report


class _Run:
    """One `add` in its thread."""

    def __init__(
        self, add: Callable[[Progress], AddReport], done: Callable[[], None], lock: threading.Lock, total: int
    ) -> None:
        self._add = add
        self._done = done
        self._lock = lock
        self._ended = threading.Event()
        self.state: tuple[float, int, str] = (0.0, total, "")
        self.report = AddReport()
        self.error: BaseException | None = None

    def start(self) -> None:
        threading.Thread(target=self._run, name="footnote-adding").start()

    def wait(self, seconds: float) -> bool:
        """Wait for the end; False if it has not come within the time."""
        return self._ended.wait(seconds)

    def _run(self) -> None:
        try:
            with self._lock:
                self.report = self._add(self._progress)
        except BaseException as error:  # raised again where it is listened to
            self.error = error
        finally:
            try:
                self._done()
            finally:
                self._ended.set()

    def _progress(self, done: float, total: int, name: str) -> None:
        # Between two articles there is no name: the last one is still at work.
        self.state = (done, total, name or self.state[2])
