"""Keeps Chroma in step with the library: opened with care, checked, brought up to date, rebuilt when broken.

Chroma's files do not always survive a kill, and opening broken ones can crash the process. So a note about the files is
written when they are closed and deleted when they are opened. If the note is missing (after a kill), a child process opens the
files first. If that fails, or the note does not match the files, they are deleted and made again from the vectors in the
library, with no re-embedding.
"""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from index.arrays import Vectors
from index.errors import VectorStoreError
from index.library.store import Library
from index.vectors.stores import Hits, LibraryVectors, VectorSearch, VectorStore, open_embedded, open_server

_PROBE_SECONDS = 60
_PROBE_VECTORS = 200
_SELF_SIMILARITY = 0.999
_log = logging.getLogger(__name__)


class VectorIndex:
    """The vectors of a library, ready to be searched. Opened at first use; safe to use from several threads."""

    def __init__(self, library: Library, backend: str) -> None:
        """Opens nothing yet.

        Args:
            library: the truth.
            backend: "embedded", or the URL of a Chroma server.
        """
        self._library = library
        self._backend = backend
        self._guard = threading.RLock()
        self._store: VectorStore | None = None
        self._unopenable = False
        self._exact = LibraryVectors(library)
        self._folder = library.folder / "vectors"
        self._note = library.folder / "vectors.clean.json"

    def query(self, vector: Vectors, limit: int, articles: Sequence[str] | None = None) -> Hits:
        """See `VectorSearch.query`."""
        return self._search().query(vector, limit, articles)

    def put(self, removed: Sequence[str], added: Sequence[str]) -> None:
        """Follow a change of the library: delete some passages, store others.

        A failure is logged, not raised: the library has the change, and the next opening repeats it.
        """
        with self._guard:
            try:
                store = self._opened()
                store.delete(removed)
                store.upsert(*self._library.vectors(added))
            except (VectorStoreError, OSError) as error:
                _log.warning("The vectors are behind the library and will be rebuilt at the next start: %s", error)
                self._abandon()

    def clear(self) -> None:
        """Delete all vectors. Call this before a change of the library in which passages keep their ids.

        Raises:
            VectorStoreError: Chroma can't be reached.
        """
        with self._guard:
            if self._backend == "embedded":
                self._abandon()
                shutil.rmtree(self._folder, ignore_errors=True)
            else:
                self._opened().clear()

    def rebuild(self) -> None:
        """Store all vectors of the library anew.

        Raises:
            VectorStoreError: Chroma can't be reached.
        """
        with self._guard:
            self.clear()
            _catch_up(self._library, self._opened())

    def problems(self) -> list[str]:
        """The problems of the vectors; empty if there are none. Does not repair damage that the next use would repair."""
        with self._guard:
            unopened = self._store is None and self._backend == "embedded"
            if unopened and (damage := self._damage(self._read_note())):
                return [damage]
            try:
                difference = self._opened().ids() ^ self._library.passage_ids()
            except VectorStoreError as error:
                return [str(error)]
        return [f"{len(difference)} vectors differ between Chroma and the library"] if difference else []

    def close(self) -> None:
        """Close Chroma and note that it ended cleanly. May be called twice."""
        with self._guard:
            if self._store is None:
                return
            self._abandon()
            if self._backend == "embedded":
                note = {"generation": self._library.generation, "files": _files(self._folder)}
                # Without the note (the disk may be full), the next opening checks the files itself.
                with suppress(OSError):
                    self._note.write_text(json.dumps(note))

    def _search(self) -> VectorSearch:
        with self._guard:
            if self._backend != "embedded":
                return self._opened()
            if not self._library.owner or (self._unopenable and self._store is None):
                return self._exact
            try:
                return self._opened()
            except (VectorStoreError, OSError) as error:
                # A question can be answered even if this cache can't be opened, as on a full disk.
                _log.warning("Chroma can't be opened; the library's own vectors are searched: %s", error)
                # Checking again would cost each question seconds; the next change of the library checks again.
                self._unopenable = True
                return self._exact

    def _opened(self) -> VectorStore:
        if self._store is None:
            self._store = self._open_server() if self._backend != "embedded" else self._open_embedded()
        return self._store

    def _open_server(self) -> VectorStore:
        store = open_server(self._backend, _collection(self._library))
        if self._library.owner:
            _catch_up(self._library, store)
        return store

    def _open_embedded(self) -> VectorStore:
        note = self._read_note()
        damage = self._damage(note)
        self._note.unlink(missing_ok=True)
        if damage and self._folder.exists():
            _log.warning("%s; they are rebuilt from the library.", damage)
            shutil.rmtree(self._folder)
        store = open_embedded(self._folder, _collection(self._library))
        if damage or note is None or note.get("generation") != self._library.generation:
            _catch_up(self._library, store)
        return store

    def _read_note(self) -> dict[str, Any] | None:
        """The note written when the files were last closed, or None."""
        try:
            note = json.loads(self._note.read_text())
        except (OSError, ValueError):
            note = None
        return note if isinstance(note, dict) else None

    def _damage(self, note: dict[str, Any] | None) -> str:
        """The damage of Chroma's files, found without opening them in this process; empty if there is none."""
        if not self._folder.exists():
            return f"The vectors in {self._folder} are missing" if self._library.count() else ""
        sound = _survives(self._library.folder) if note is None else note.get("files") == _files(self._folder)
        return "" if sound else f"The vectors in {self._folder} are damaged"

    def _abandon(self) -> None:
        """Drop the store without noting that its files are clean."""
        if self._store is not None:
            self._store.close()
            self._store = None


def _collection(library: Library) -> str:
    return f"footnote-{library.id}"


def _catch_up(library: Library, store: VectorStore) -> None:
    with library.snapshot():
        wanted, present = library.passage_ids(), store.ids()
        store.delete(sorted(present - wanted))
        store.upsert(*library.vectors(sorted(wanted - present)))


def _files(folder: Path) -> dict[str, list[int]]:
    """Size and modification time of each file, which differ if a file was truncated, made sparse or written to.

    Allocated blocks are left out: a file system may allocate them later, although nobody has touched the file.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    stats = [(path, path.stat()) for path in files]
    return {str(path.relative_to(folder)): [s.st_size, s.st_mtime_ns] for path, s in stats}


def _survives(library_folder: Path) -> bool:
    """Whether a child process can open and search the store. A broken one can crash, hang or eat memory there, not here."""
    command = [sys.executable, "-m", "index.vectors.upkeep", str(library_folder.absolute())]
    try:
        root = Path(__file__).parents[2]
        done = subprocess.run(command, cwd=root, timeout=_PROBE_SECONDS, capture_output=True, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _probe(library_folder: str) -> bool:
    """Runs in the child process: lists all ids, and checks that vectors of the library find themselves."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    library = Library(Path(library_folder), write=False)
    store = open_embedded(library.folder / "vectors", _collection(library))
    ids = sorted(store.ids() & library.passage_ids())
    sample, _, vectors = library.vectors(ids[:: max(1, len(ids) // _PROBE_VECTORS)])
    found = [store.query(vector, 1) for vector in vectors]
    store.close()
    return len(sample) == len(found) and all(hits and hits[0][1] > _SELF_SIMILARITY for hits in found)


if __name__ == "__main__":
    sys.exit(0 if _probe(sys.argv[1]) else 1)
