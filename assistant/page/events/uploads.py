"""Adds uploaded files to the library: chooses and names them, reports progress, and deletes them afterwards."""

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
from index.loading.files import NamedFile
from index.report import AddReport, Progress

MOST_FILES = 200
"""How many files are added at a time."""
_MOST_NAME_CHARS = 120
_MOST_SUFFIX_CHARS = 10
_SECONDS_BETWEEN_SIGNS = 0.25

_FOLDER = re.compile(r"[0-9a-f]{64}")
"""Gradio stores an upload in a folder named by its SHA-256."""
_SEPARATORS = re.compile(r"[/\\:]")
_ODD = re.compile(r'[<>"|?*\ufeff\ufffd]')


@dataclass(slots=True)
class Uploads:
    """The files of one upload.

    Attributes:
        files: those that can be added, each under its own name.
        skipped: (name, reason) of the others.
    """

    files: list[NamedFile] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    def discard(self) -> None:
        """Delete the uploaded files; what is in the library stays."""
        for file in self.files:
            with contextlib.suppress(OSError):
                file.path.unlink()
            with contextlib.suppress(OSError):  # the folder may hold another upload
                file.path.parent.rmdir()


def received(files: Any, folder: Path, known: Mapping[str, str], *, keep: bool) -> Uploads:
    """Find the files of an upload that can be added.

    Args:
        files: as the browser sends them: [{"path": what Gradio's upload gave, "name": the file's own name}].
        folder: where Gradio stores uploads; nothing outside it is read or deleted.
        known: name of an article as users see it -> its source, which may be a whole path.
        keep: give a file a new name if its own is known; False = give it that article's source, so that it replaces it.

    Raises:
        LoadError: it is not a list of files, or has too many.
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
            # Two files of one name in one upload are two articles; `keep` is about earlier articles only.
            name = free_name(name, used)
            used.add(name)
            paths.add(path)
            uploads.files.append(NamedFile(path, name if keep else known.get(name, name)))
    return uploads


def uploaded(path: Any, folder: Path) -> Path | None:
    """An upload's path if it is a plain file where Gradio stores uploads, reached without symbolic links; else None."""
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
    """A safe name for a file: the last part of its path, without control, bidirectional and other unusual characters."""
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
    """Adds uploads in a thread, one after the other, with progress. What was begun is finished even if the client disconnects."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()

    def run(
        self, add: Callable[[Progress], AddReport], total: int, done: Callable[[], None]
    ) -> Iterator[tuple[float, int, str] | AddReport]:
        """Yield (articles done, articles in all, name of the next) several times a second, and finally the report.

        Args:
            add: adds the articles, and reports its progress.
            total: number of articles, as far as it is known beforehand.
            done: called at the end, after an error too.

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
        """Wait for the end; False if it has not ended in time."""
        return self._ended.wait(seconds)

    def _run(self) -> None:
        try:
            with self._lock:
                self.report = self._add(self._progress)
        except BaseException as error:  # raised again in the thread that waits
            self.error = error
        finally:
            try:
                self._done()
            finally:
                self._ended.set()

    def _progress(self, done: float, total: int, name: str) -> None:
        # Between two articles no name is given; the last one is still being stored.
        self.state = (done, total, name or self.state[2])
