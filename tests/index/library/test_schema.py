"""Libraries of an older schema: brought up to date by their owner in one step, read as they are by anybody else."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest

from index.errors import CollectionNotFoundError, LibraryVersionError
from index.library import schema
from index.library.conversations import StoredRating
from index.library.store import Library
from tests import processes
from tests.helpers import FINGERPRINT, cut, opened, store
from tests.index.library.test_store import found
from tests.index.test_faults_system import child

SCHEMA_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE articles (
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, source TEXT NOT NULL, published TEXT,
    text TEXT NOT NULL, content_hash TEXT NOT NULL
);
CREATE INDEX articles_by_content ON articles (content_hash);
CREATE TABLE passages (
    rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, article_id TEXT NOT NULL REFERENCES articles (id),
    ordinal INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL,
    text TEXT NOT NULL, vector BLOB NOT NULL
);
CREATE UNIQUE INDEX passages_by_article ON passages (article_id, ordinal);
CREATE VIRTUAL TABLE words USING fts5 (
    text, title, content='passages', content_rowid='rowid', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, 'row');
CREATE TRIGGER passages_inserted AFTER INSERT ON passages BEGIN
    INSERT INTO words (rowid, text, title) VALUES (new.rowid, new.text, new.title);
END;
CREATE TRIGGER passages_deleted AFTER DELETE ON passages BEGIN
    INSERT INTO words (words, rowid, text, title) VALUES ('delete', old.rowid, old.text, old.title);
END;
CREATE TABLE conversations (id TEXT PRIMARY KEY, title TEXT NOT NULL, updated REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE turns (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE, ordinal INTEGER NOT NULL,
    answer TEXT NOT NULL, PRIMARY KEY (conversation_id, ordinal)
) WITHOUT ROWID;
INSERT INTO meta VALUES ('library_id', '0123456789abcdef'), ('generation', '2'), ('fingerprint', 'FINGERPRINT');
INSERT INTO conversations VALUES ('c1', 'first question', 100.0), ('c2', 'other', 50.0);
INSERT INTO turns VALUES ('c1', 0, 'answer 0'), ('c1', 1, 'answer 1'), ('c2', 0, 'answer');
PRAGMA user_version = 1;
"""

ARTICLES = ("The heron stands.\nŻółw 🐢 walks.", "A stork flies.")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Folder of a library of schema 1, with two articles and two conversations."""
    made = Library(tmp_path / "made")
    articles = [store(made, text, str(n)) for n, text in enumerate(ARTICLES)]
    made.close()
    folder = tmp_path / "old"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "library.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.executescript(SCHEMA_1.replace("FINGERPRINT", FINGERPRINT))
        for a in articles:
            connection.execute(
                "INSERT INTO articles (id, title, source, published, text, content_hash) VALUES (?, ?, ?, ?, ?, ?)",
                (a.id, a.title, a.source, "2024-06-18", a.text, a.content_hash),
            )
            for p, vector in zip(*cut(a), strict=True):
                connection.execute(
                    "INSERT INTO passages VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (p.id, a.id, p.ordinal, p.start, p.end, p.kind, a.title, p.text, vector.tobytes()),
                )
    return folder


def version(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "library.db")) as connection:
        return schema.version(connection)


@contextmanager
def reading(folder: Path) -> Iterator[Library]:
    library = Library(folder, write=False)
    yield library
    library.close()


def assert_all_there(library: Library) -> None:
    assert [article.text for article in library.articles()] == list(reversed(ARTICLES))
    entries = [(e.id, e.title, e.published, e.content_hash, e.characters) for e in library.entries()]
    whole = [(a.id, a.title, a.published, a.content_hash, len(a.text)) for a in library.articles()]
    assert entries == whole
    assert library.entries(1, 1)[0].id == library.articles()[1].id
    assert (library.article_count(), len(library.versions())) == (2, 2)
    assert found(library, "heron") == ["The heron stands."]
    listed = [(c.id, c.title, c.updated, c.owner, c.turns) for c in library.conversations.all()]
    assert listed == [("c1", "first question", 100.0, "", 2), ("c2", "other", 50.0, "", 1)]
    assert library.conversations.turns("c1") == ["answer 0", "answer 1"]
    assert library.conversations.ratings("c1") == {}
    assert library.conversations.all("somebody") == ()
    assert len(library.conversations.all("")) == 2
    assert library.collections.all() == ()
    with pytest.raises(CollectionNotFoundError):
        library.collections.one("birds")
    assert library.check() == []


def test_the_owner_brings_an_older_file_up_to_date(old: Path) -> None:
    library = Library(old)
    assert version(old) == schema.VERSION == 4
    assert_all_there(library)
    library.conversations.keep_turn("c3", "mine", "answer", "ann")
    library.conversations.rate("c1", 1, StoredRating("up"))
    library.collections.collect("birds", library.article_ids())
    library.remove(library.article_ids()[0])
    library.close()
    with reading(old) as library:
        assert [c.id for c in library.conversations.all("ann")] == ["c3"]
        assert library.conversations.ratings("c1") == {1: StoredRating("up")}
        assert [entry.title for entry in library.entries()] == ["About 0"]
        assert library.collections.one("birds").articles == library.article_ids()
        assert library.check() == []


def test_a_file_brought_up_to_date_is_built_like_a_new_one(old: Path, tmp_path: Path) -> None:
    def built(folder: Path) -> list[tuple[str, str, str]]:
        with closing(sqlite3.connect(folder / "library.db")) as connection:
            rows = connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name").fetchall()
        return [
            (kind, name, " ".join((sql or "").split()).replace("( ", "(").replace(" )", ")"))
            for kind, name, sql in rows
        ]

    Library(old).close()
    Library(tmp_path / "new").close()
    assert built(old) == built(tmp_path / "new")


def test_a_reader_reads_an_older_file_and_leaves_it_as_it_is(old: Path) -> None:
    with reading(old) as library:
        assert_all_there(library)
    assert version(old) == 1


UNWRITABLE = """
import sqlite3
from index.library.store import Library
from tests.index.library.test_schema import assert_all_there, version
how = sys.argv[2]
if how == "full disk":
    # The file that all readers share must be there before.
    other = sqlite3.connect(os.path.join(sys.argv[1], "library.db"))
    version(Path(sys.argv[1]))
    other.execute("SELECT * FROM meta").fetchall()
    limit_file_size(1)
else:
    obey_file_permissions()
    os.chmod(sys.argv[1] if how == "read-only folder" else os.path.join(sys.argv[1], "library.db"), 0o500)
library = Library(Path(sys.argv[1]))
assert_all_there(library)
try:
    library.conversations.delete("c1")
except LibraryWriteError as error:
    print("refused:", error)
assert_all_there(library)
limit_file_size(-1)
os.chmod(sys.argv[1], 0o700)
os.chmod(os.path.join(sys.argv[1], "library.db"), 0o600)
print(version(Path(sys.argv[1])))
if how == "full disk":
    library.conversations.delete("c1")
    print(len(library.conversations.all()), library.check())
    other.close()
library.close()
"""


@pytest.mark.system
@pytest.mark.parametrize("how", ["full disk", "read-only folder", "read-only file"])
def test_an_older_file_that_can_not_be_written_is_read(old: Path, how: str) -> None:
    done = child(UNWRITABLE, old, how)
    assert done.returncode == 0, done.stderr
    refused, left, *then = done.stdout.splitlines()
    assert refused.startswith("refused:")
    assert left == "1"
    assert then == (["1 []"] if how == "full disk" else [])
    library = Library(old)
    assert version(old) == schema.VERSION
    library.close()


def test_a_reader_sees_what_the_writer_makes_of_an_older_file(old: Path) -> None:
    with reading(old) as reader:
        with reader.snapshot():
            assert_all_there(reader)
            writer = Library(old)
            writer.conversations.keep_turn("c3", "mine", "answer", "ann")
            assert version(old) == schema.VERSION
            assert_all_there(reader)
        assert [c.id for c in reader.conversations.all("ann")] == ["c3"]
        assert [e.id for e in reader.entries()] == list(reader.article_ids())
        writer.close()


def test_a_reader_that_becomes_the_writer_brings_the_file_up_to_date_first(old: Path) -> None:
    with reading(old) as library:
        assert version(old) == 1
        library.conversations.keep_turn("c3", "mine", "answer", "ann")
        assert version(old) == schema.VERSION
        assert [c.id for c in library.conversations.all("ann")] == ["c3"]


def test_a_reader_that_becomes_the_writer_leaves_a_newer_file_alone(old: Path) -> None:
    with reading(old) as library:
        with closing(sqlite3.connect(old / "library.db")) as newer:
            newer.execute("PRAGMA user_version = 99")
        with pytest.raises(LibraryVersionError, match="schema 99"):
            library.conversations.delete("c1")
        assert library.conversations.turns("c1") == ["answer 0", "answer 1"]


KILLED = """
import os, sqlite3, sys
from pathlib import Path
connect = sqlite3.connect

def watched(*arguments, **options):
    connection = connect(*arguments, **options)
    last = lambda sql: os.kill(os.getpid(), 9) if sql.strip().startswith(sys.argv[2]) else None
    connection.set_trace_callback(last)
    return connection

sqlite3.connect = watched
from index.library.store import Library
Library(Path(sys.argv[1]))
"""


@pytest.mark.system
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE",
        "CREATE TABLE ratings",
        "INSERT INTO entries",
        "CREATE TABLE collected",
        f"PRAGMA user_version={schema.VERSION}",
        "COMMIT",
    ],
)
def test_a_kill_while_the_file_is_brought_up_to_date_leaves_the_old_one_whole(old: Path, statement: str) -> None:
    assert processes.run(KILLED, old, statement).returncode == -signal.SIGKILL
    assert version(old) == 1
    with reading(old) as library:
        assert_all_there(library)
    library = Library(old)
    assert version(old) == schema.VERSION
    assert_all_there(library)
    library.close()


def test_a_removed_article_of_an_older_file_comes_back_with_its_vectors(old: Path) -> None:
    with opened(old) as assistant:
        before = assistant.articles()
        removed = assistant.remove(before[1].id)
        np.testing.assert_array_equal(removed.vectors, cut(before[1])[1])
        assistant.restore(removed)
        assert assistant.articles() == before
