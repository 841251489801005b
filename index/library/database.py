"""The SQLite file under the library: opened with care, one writer at a time, transactions, errors that say what to do."""

from __future__ import annotations

import os
import sqlite3
import struct
import threading
import weakref
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

from index.errors import (
    FootnoteError,
    LibraryDamagedError,
    LibraryError,
    LibraryInUseError,
    LibraryVersionError,
    LibraryWriteError,
)
from index.library import schema

_in_use: Counter[tuple[int, int]] = Counter()
"""Device and inode of the library files that this process has open; see `_check_header`."""
_in_use_guard = threading.Lock()

_SECONDS_FOR_READERS = 10.0


class _Held:
    """A thread's connection, closed when its thread ends; if left to the garbage collector, it would stay open for long."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


class Database:
    """One library file. Safe to use from several threads: each has its own connection.

    The first process that opens the file for writing is its owner, the only one that may write, until it closes. Others read.
    """

    def __init__(self, folder: Path, *, write: bool = True) -> None:
        """Open the library in `folder`; both are created if they are missing.

        Args:
            folder: holds `library.db`, the lock and the vectors.
            write: whether to become the owner if nobody else is.

        Raises:
            LibraryDamagedError: the file is not a whole library; it is left untouched.
            LibraryVersionError: the library was made by a newer version.
            LibraryWriteError: there is no library yet, and none can be created.
        """
        self.folder = folder
        self.path = folder / "library.db"
        self._local = threading.local()
        self._held: weakref.WeakSet[_Held] = weakref.WeakSet()
        self._guard = threading.RLock()
        self._read = threading.Condition()
        self._readers = 0
        self._closed = False
        self._current = False
        self._file: tuple[int, int] | None = None
        self._lock = FileLock(folder / "writer.lock", timeout=0, thread_local=False)
        self._pid_file = folder / "writer.pid"
        fresh = not self.path.exists()
        if fresh:
            with _translated(self.path):
                folder.mkdir(parents=True, exist_ok=True)
        if write or fresh:
            self._try_own()
        try:
            if fresh:
                self._create()
            self._register()
            self._check_version()
            if self.owner:
                # The library can be read even if the disk is full or the file can't be written; the first change tries again.
                with suppress(LibraryWriteError, LibraryInUseError):
                    self._migrate()
        except BaseException:
            self.close()
            raise

    @property
    def owner(self) -> bool:
        """Whether this process may write."""
        return bool(self._lock.is_locked)

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection, in autocommit mode.

        Raises:
            LibraryError: the library is closed.
        """
        self._require_open()
        held: _Held | None = getattr(self._local, "held", None)
        if held is None:
            with _translated(self.path):
                held = _Held(self._connect())
            self._local.held = held
            with self._guard:
                self._held.add(held)
        return held.connection

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Give all reads inside one consistent state, whatever is written meanwhile."""
        connection = self.connection
        if connection.in_transaction:
            with _translated_sqlite(self.path):
                yield connection
            return
        with self._reader(), _translated_sqlite(self.path):
            connection.execute("BEGIN")
            try:
                # The snapshot is taken at the first read, not at BEGIN.
                connection.execute("SELECT 1 FROM meta LIMIT 1").fetchone()
                yield connection
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def _reader(self) -> Iterator[None]:
        """Count a thread as reading: `close` waits for it, since closing a connection in use crashes the process."""
        with self._read:
            self._require_open()
            self._readers += 1
        try:
            yield
        finally:
            with self._read:
                self._readers -= 1
                self._read.notify_all()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Make all writes inside durable, or none of them.

        Raises:
            LibraryInUseError: another process is the owner.
            LibraryWriteError: the disk is full or the folder read-only; nothing was changed.
        """
        with self._guard:
            self.require_owner()
            self._migrate()
            with self._all_or_nothing() as connection:
                yield connection

    @contextmanager
    def _all_or_nothing(self) -> Iterator[sqlite3.Connection]:
        connection = self.connection
        with _translated_sqlite(self.path):
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def require_owner(self) -> None:
        """Become the owner if there is none.

        Raises:
            LibraryInUseError: another process is the owner; the message has its PID.
            LibraryWriteError: the folder is read-only.
        """
        self._require_open()
        if self.owner or self._try_own():
            return
        if not os.access(self.folder, os.W_OK):
            raise LibraryWriteError(
                f"The library {self.folder} can't be changed: its folder is read-only. Reading goes on working; to change "
                "it, give the folder write permission, or work on a copy of it."
            )
        raise LibraryInUseError(
            f"The library {self.folder} is in use by PID {self._owner_pid() or 'unknown'}. Reading goes on working; to "
            "change it, use that process (the chat page, say) or stop it first."
        )

    def close(self) -> None:
        """Close every connection and let the next owner in. May be called twice."""
        with self._guard:
            with self._read:
                self._closed = True
                unused = self._read.wait_for(lambda: not self._readers, _SECONDS_FOR_READERS)
            # A connection that is in use for so long is closed when its thread ends.
            for held in list(self._held) if unused else []:
                held.connection.close()
            self._held.clear()
            if self._file is not None:
                with _in_use_guard:
                    _in_use[self._file] -= 1
                self._file = None
            if self._lock.is_locked:
                self._pid_file.unlink(missing_ok=True)
                self._lock.release()

    def _require_open(self) -> None:
        if self._closed:
            raise LibraryError(f"The library {self.folder} is closed. Open it again with Assistant.open(...).")

    def _try_own(self) -> bool:
        try:
            self._lock.acquire()
        except OSError:
            # Another process has the lock (filelock's Timeout is an OSError), or the folder can be read but not written.
            return False
        # On a full disk, writing the PID may fail; only the lock matters.
        with suppress(OSError):
            self._pid_file.write_text(str(os.getpid()))
        return True

    def _owner_pid(self) -> str:
        try:
            return self._pid_file.read_text().strip()
        except OSError:
            return ""

    def _create(self) -> None:
        """Create the file under another name first, so that a kill never leaves half a library."""
        if not self.owner:
            raise LibraryWriteError(
                f"No library can be made in {self.folder}: the folder can't be written, or another process is making one "
                "there. Choose another folder with --library or FOOTNOTE_LIBRARY."
            )
        draft = self.folder / "library.db.new"
        steps = ";\n".join(statement for step in schema.STEPS for statement in step)
        with _translated(self.path):
            draft.unlink(missing_ok=True)
            connection = sqlite3.connect(draft, isolation_level=None)
            try:
                connection.executescript(f"PRAGMA journal_mode=WAL; BEGIN; {schema.FIRST} {steps}; COMMIT;")
                connection.execute(f"PRAGMA user_version={schema.VERSION}")
                connection.execute(
                    "INSERT INTO meta VALUES ('library_id', lower(hex(randomblob(8)))), ('generation', '0')"
                )
            finally:
                connection.close()
            # Logs left by a library that was moved away would be taken for this one's.
            for ending in ("-wal", "-shm"):
                self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
            os.replace(draft, self.path)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._uri(), uri=True, timeout=10, isolation_level=None, check_same_thread=False)
        connection.executescript("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;")
        return connection

    def _uri(self) -> str:
        base = self.path.absolute().as_uri()
        if os.access(self.folder, os.W_OK):
            return base
        # In WAL mode even reading writes beside the file, unless there is a log already or SQLite is told that nothing will
        # change. If told so, SQLite would not see changes that are only in the log.
        logged = self.path.with_name(self.path.name + "-wal").exists()
        return f"{base}?mode=ro" if logged else f"{base}?mode=ro&immutable=1"

    def _register(self) -> None:
        """Note that this process has the file open; check the file's header unless it was open already."""
        with _in_use_guard, _translated(self.path):
            stat = self.path.stat()
            file = (stat.st_dev, stat.st_ino)
            if not _in_use[file]:
                _check_header(self.path)
            _in_use[file] += 1
            self._file = file

    def _check_version(self) -> None:
        with _translated(self.path):
            version = schema.version(self.connection)
        if version < 1:
            raise LibraryDamagedError(_damaged(self.path, "is not a library of Footnote"))
        if version > schema.VERSION:
            raise LibraryVersionError(
                f"The library {self.folder} has schema {version}; this Footnote knows schemas up to {schema.VERSION}. "
                "Upgrade Footnote (pip install --upgrade footnote), or use another folder."
            )

    def _migrate(self) -> None:
        """Bring the file up to this schema. Only the owner does so, once, since nobody else changes the file meanwhile.

        The statements and the new version are one transaction, so that a kill leaves the old schema or the new one.
        """
        if self._current:
            return
        self._check_version()
        if schema.version(self.connection) < schema.VERSION:
            with self._all_or_nothing() as connection:
                for statement in (s for step in schema.STEPS[schema.version(connection) - 1 :] for s in step):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version={schema.VERSION}")
        self._current = True


def storable(text: str) -> str:
    """The text as SQLite can store it: lone surrogates, which Python and JSON allow, become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _check_header(path: Path) -> None:
    """Refuse a file that is not a whole SQLite file, before SQLite touches it.

    Never call this for a file that this process has open: closing any handle of a file drops all locks that the process has
    on it (POSIX), SQLite's included, and another process could then delete the log that the writer uses.
    """
    with path.open("rb") as file:
        header = file.read(100)
    problem = ""
    if len(header) < 100 or not header.startswith(b"SQLite format 3\x00"):
        problem = "is not a SQLite file"
    else:
        (page_size,) = struct.unpack(">H", header[16:18])
        (pages,) = struct.unpack(">I", header[28:32])
        page_size = 65536 if page_size == 1 else page_size
        missing = set(range(path.stat().st_size // page_size + 1, pages + 1))
        # Missing pages may be in the log, from which SQLite completes the file; a process may be doing so right now.
        if missing and missing - _logged_pages(path) and path.stat().st_size < pages * page_size:
            problem = f"is cut short ({path.stat().st_size} bytes of {pages * page_size})"
    if problem:
        raise LibraryDamagedError(_damaged(path, problem))


def _logged_pages(path: Path) -> set[int]:
    """Numbers of the pages in the write-ahead log (https://sqlite.org/fileformat2.html#walformat); empty without a log."""
    pages: set[int] = set()
    with suppress(FileNotFoundError), path.with_name(path.name + "-wal").open("rb") as log:
        (page_size,) = struct.unpack(">8xI20x", log.read(32).ljust(32, b"\0"))
        while len(frame := log.read(24)) == 24:
            pages.add(struct.unpack(">I20x", frame)[0])
            log.seek(page_size, os.SEEK_CUR)
    return pages


def _damaged(path: Path, problem: str) -> str:
    return (
        f"The library file {path} {problem}. It was left untouched: restore it from a backup, or move it away and add the "
        "articles again."
    )


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """Translates errors of SQLite and of the file system into ours."""
    try:
        with _translated_sqlite(path):
            yield
    except OSError as error:
        raise LibraryWriteError(
            f"{path} can't be used ({error}); nothing was changed. Free some space, or check the folder's permissions."
        ) from error


@contextmanager
def _translated_sqlite(path: Path) -> Iterator[None]:
    """Translates errors of SQLite alone into ours, around code of a caller, whose own errors stay unchanged."""
    try:
        yield
    except FootnoteError:
        raise
    except sqlite3.DatabaseError as error:
        text = str(error)
        if any(word in text for word in ("malformed", "not a database")):
            raise LibraryDamagedError(_damaged(path, f"is damaged ({text})")) from error
        if any(word in text for word in ("full", "readonly", "disk I/O", "unable to open")):
            raise LibraryWriteError(
                f"The library {path} can't be written ({text}); nothing was changed. Free some space, or check the "
                "folder's permissions."
            ) from error
        if "locked" in text:
            raise LibraryInUseError(f"The library {path} is busy ({text}). Try again in a moment.") from error
        raise LibraryError(f"The library {path} failed: {text}. Run: footnote doctor") from error
