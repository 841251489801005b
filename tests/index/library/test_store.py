"""The library: what is put is there, whole; what is replaced or removed is gone; one writer; errors that say what to do."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.arrays import Vectors
from index.article import Article, Passage
from index.errors import (
    ArticleNotFoundError,
    FingerprintError,
    LibraryDamagedError,
    LibraryError,
    LibraryInUseError,
    LibraryVersionError,
    LibraryWriteError,
)
from index.library.database import Database
from index.library.store import Library
from tests import processes
from tests.helpers import EMBEDDER, FINGERPRINT, cut, store


def found(library: Library, query: str, articles: list[str] | None = None) -> list[str]:
    """Texts of the passages that a full-text search finds, best first."""
    ids = [pid for pid, _ in library.search(query, 10, articles)]
    passages = library.passages(ids)
    return [passages[pid].text for pid in ids]


# Articles and passages


def test_what_is_put_is_there_after_reopening(tmp_path: Path) -> None:
    library = Library(tmp_path)
    article = store(library, "Żółw 🐢 walks.\nمرحبا بالعالم", "one")
    passages, vectors = cut(article)
    library.close()
    library = Library(tmp_path)
    assert library.articles() == (article,)
    assert library.article(article.id) == article
    assert library.passages_of(article.id) == passages
    ids, article_ids, stored = library.all_vectors()
    assert (set(ids), set(article_ids)) == ({p.id for p in passages}, {article.id})
    order = [ids.index(p.id) for p in passages]
    np.testing.assert_array_equal(stored[order], vectors)
    assert library.check() == []
    library.close()


def test_articles_come_newest_first(library: Library) -> None:
    articles = [store(library, f"text {n}", str(n)) for n in range(3)]
    assert library.articles() == tuple(reversed(articles))
    again = store(library, "text 0 edited", "0")
    assert library.article_ids() == (again.id, articles[2].id, articles[1].id)


def test_a_new_version_replaces_the_old_one_everywhere(library: Library) -> None:
    old = store(library, "The heron stands.\nIt waits.", "bird")
    new = store(library, "The egret stands.", "bird")
    assert old.id == new.id
    assert library.articles() == (new,)
    assert [p.text for p in library.passages_of(new.id)] == ["The egret stands."]
    assert found(library, "heron") == []
    assert found(library, "egret") == ["The egret stands."]
    assert library.versions() == {new.id: new.content_hash}
    assert library.count() == len(library.all_vectors()[0]) == 1
    assert "heron" not in library.vocabulary()
    assert library.check() == []


def test_a_removed_article_is_gone_everywhere(library: Library) -> None:
    gone, kept = store(library, "A heron.", "1"), store(library, "A stork.", "2")
    library.remove(gone.id)
    assert library.articles() == (kept,)
    assert found(library, "heron OR stork") == ["A stork."]
    assert library.passages_of(gone.id) == ()
    assert library.same_content(gone.content_hash) is None
    with pytest.raises(ArticleNotFoundError, match=f"{gone.id}.*footnote list"):
        library.article(gone.id)
    with pytest.raises(ArticleNotFoundError, match="footnote list"):
        library.remove(gone.id)
    assert library.check() == []


def test_the_generation_grows_with_each_change(library: Library) -> None:
    seen = [library.generation]
    article = store(library, "one", "1")
    seen.append(library.generation)
    store(library, "two", "1")
    seen.append(library.generation)
    library.remove(article.id)
    seen.append(library.generation)
    assert seen == [0, 1, 2, 3]


def test_seventy_thousand_ids_are_looked_up_in_pages(library: Library) -> None:
    article = store(library, "\n".join(f"line {n}" for n in range(6_500)), "long")
    ids = [p.id for p in library.passages_of(article.id)]
    asked = [*ids, *(f"unknown {n}" for n in range(70_000))]
    assert set(library.passages(asked)) == set(ids)
    assert len(library.vectors(asked)[0]) == len(ids) == 6_500
    assert library.passages([]) == {}


def test_full_text_search_stems_ranks_and_limits(library: Library) -> None:
    store(library, "Sailors sail. Sails are sailed.\nA boat has one sail and a mast.", "boats")
    other = store(library, "The café sells sails.", "shop")
    assert len(found(library, "sailing")) == 3
    assert found(library, "sailing", [other.id]) == ["The café sells sails."]
    assert found(library, "cafe") == ["The café sells sails."]
    scores = [score for _, score in library.search("sail", 10)]
    assert scores == sorted(scores, reverse=True)
    assert len(library.search("sail", 2)) == 2


def test_a_search_may_be_limited_to_forty_thousand_articles(library: Library) -> None:
    one, _ = store(library, "A heron.", "1"), store(library, "A heron.", "2")
    assert found(library, "heron", [one.id, *(f"unknown {n}" for n in range(40_000))]) == ["A heron."]


# Nothing half


def test_vectors_that_do_not_fit_change_nothing(library: Library) -> None:
    old = store(library, "old", "1")
    article = Article("new\ntwo", source="1")
    passages, vectors = cut(article)
    broken = vectors.copy()
    broken[1, 0] = np.nan
    for bad in (vectors[:1], broken):
        with pytest.raises(LibraryError, match="footnote doctor"):
            library.put(article, passages, bad, FINGERPRINT)
    assert library.articles() == (old,)
    assert found(library, "old") == ["old"]


def test_replacing_all_is_undone_whole_when_it_fails_halfway(library: Library) -> None:
    articles = [store(library, f"text {n}", str(n)) for n in range(3)]

    def made() -> Iterator[tuple[Article, tuple[Passage, ...], Vectors]]:
        yield articles[0], *cut(articles[0])
        raise TimeoutError("the model stopped")

    with pytest.raises(TimeoutError, match="the model stopped"):
        library.replace_all(made(), "another model")
    assert library.meta("fingerprint") == FINGERPRINT
    assert library.count() == 3
    assert len(found(library, "text")) == 3
    assert library.check() == []


def test_a_reader_sees_one_state_while_another_thread_writes(library: Library) -> None:
    store(library, "before", "1")
    with library.snapshot():
        assert found(library, "before") == ["before"]
        writer = threading.Thread(target=store, args=(library, "after", "1"))
        writer.start()
        writer.join()
        assert found(library, "before") == ["before"]
        assert found(library, "after") == []
        assert library.articles()[0].text == "before"
    assert found(library, "after") == ["after"]


def test_the_check_notices_a_passage_that_is_not_a_slice(library: Library) -> None:
    article = Article("The text.", source="1")
    wrong = (Passage("p", article.id, 0, 3, "Thy", 0),)
    library.put(article, wrong, EMBEDDER.embed(["Thy"]), FINGERPRINT)
    assert library.check() == ["1 passages differ from their article's text"]


# Fingerprint


def test_vectors_of_two_kinds_are_never_mixed(library: Library) -> None:
    article = store(library, "one", "1")
    with pytest.raises(FingerprintError, match=r"another model.*reembed=True"):
        store(library, "two", "2", "another model")
    with pytest.raises(FingerprintError, match="footnote doctor --repair"):
        library.check_fingerprint("another model")
    assert library.articles() == (article,)


def test_an_emptied_library_takes_any_fingerprint(library: Library) -> None:
    library.remove(store(library, "one", "1").id)
    library.check_fingerprint("another model")
    store(library, "two", "2", "another model")
    assert library.meta("fingerprint") == "another model"


# One writer


def test_the_second_opener_reads_but_does_not_write(tmp_path: Path) -> None:
    first = Library(tmp_path)
    article = store(first, "one", "1")
    second = Library(tmp_path)
    assert second.articles() == (article,)
    with pytest.raises(LibraryInUseError, match=f"in use by PID {os.getpid()}"):
        store(second, "two", "2")
    first.close()
    store(second, "two", "2")
    second.close()


def test_a_closed_library_says_so_and_takes_no_lock(tmp_path: Path) -> None:
    closed = Library(tmp_path)
    article = store(closed, "one", "1")
    closed.close()
    closed.close()
    for use in (closed.articles, closed.require_owner, lambda: closed.remove(article.id)):
        with pytest.raises(LibraryError, match=r"closed.*Assistant\.open"):
            use()
    other = Library(tmp_path)
    assert other.owner
    other.close()


READ_AND_CLOSE = """
import sys; from pathlib import Path; from index.library.store import Library
library = Library(Path(sys.argv[1]), write=False); print(len(library.articles())); library.close()
"""


def articles_seen_elsewhere(folder: Path) -> int:
    """How many articles another process sees; it opens and closes the library."""
    return int(processes.run(READ_AND_CLOSE, folder).stdout)


@pytest.mark.system
def test_opening_it_twice_in_one_process_leaves_its_locks_alone(tmp_path: Path) -> None:
    """POSIX drops a process's locks on a file as soon as it closes any handle of it: SQLite's own then go too."""
    writer = Library(tmp_path)
    store(writer, "one", "1")
    reader = Library(tmp_path, write=False)
    reader.close()
    # Without its locks the writer would lose its log here: this process thinks that it is the last one.
    assert articles_seen_elsewhere(tmp_path) == 1
    store(writer, "two", "2")
    assert articles_seen_elsewhere(tmp_path) == 2
    assert writer.check() == []
    writer.close()
    assert articles_seen_elsewhere(tmp_path) == 2


def test_threads_that_ended_leave_no_open_files(library: Library) -> None:
    store(library, "one", "1")

    def in_new_thread() -> None:
        thread = threading.Thread(target=library.articles)
        thread.start()
        thread.join()

    in_new_thread()
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        in_new_thread()
    assert len(os.listdir("/proc/self/fd")) <= before + 3


def test_an_error_of_the_caller_inside_a_snapshot_stays_what_it_is(library: Library) -> None:
    with pytest.raises(ConnectionResetError), library.snapshot():
        raise ConnectionResetError("a language model hung up")


# Files that are not a library


def test_a_file_that_is_not_sqlite_is_refused_and_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    for content in (b"", b"not a database at all, but long enough to be one" * 10, b"SQLite format 3\x00"):
        path.write_bytes(content)
        with pytest.raises(LibraryDamagedError, match=r"not a SQLite file.*untouched.*backup"):
            Library(tmp_path)
        assert path.read_bytes() == content


@pytest.mark.parametrize("left", [150, 4096, 20_000, 0.5, 0.99])
def test_a_truncated_file_is_refused_and_left_untouched(tmp_path: Path, left: float) -> None:
    library = Library(tmp_path)
    store(library, "\n".join(f"line {n}" for n in range(500)), "1")
    library.close()
    path = tmp_path / "library.db"
    os.truncate(path, int(left * path.stat().st_size) if left < 1 else int(left))
    before = path.read_bytes()
    with pytest.raises(LibraryDamagedError, match=r"cut short.*untouched.*backup"):
        Library(tmp_path)
    assert path.read_bytes() == before


def test_damage_inside_the_file_is_a_clear_error(tmp_path: Path) -> None:
    library = Library(tmp_path)
    store(library, "\n".join(f"line {n}" for n in range(500)), "1")
    library.close()
    path = tmp_path / "library.db"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(LibraryDamagedError, match="damaged"):
        Library(tmp_path).articles()
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_refused_and_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    foreign = sqlite3.connect(path)
    foreign.execute("CREATE TABLE bookmarks (url)")
    foreign.commit()
    foreign.close()
    before = path.read_bytes()
    with pytest.raises(LibraryDamagedError, match=r"not a library of Footnote.*untouched"):
        Library(tmp_path)
    assert path.read_bytes() == before


def test_a_folder_in_the_place_of_the_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "library.db").mkdir()
    with pytest.raises(LibraryError, match=r"library\.db"):
        Library(tmp_path)


def test_a_file_in_the_place_of_the_folder_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryWriteError, match="file"):
        Library(tmp_path / "file")


def test_a_library_of_a_newer_version_is_refused_and_left_untouched(tmp_path: Path) -> None:
    Library(tmp_path).close()
    path = tmp_path / "library.db"
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    before = path.read_bytes()
    with pytest.raises(LibraryVersionError, match=r"schema 99.*Upgrade Footnote"):
        Library(tmp_path)
    assert path.read_bytes() == before


@pytest.mark.system
def test_a_log_left_by_a_library_that_was_moved_away_spoils_nothing(tmp_path: Path) -> None:
    killed = """
import os, sys
from pathlib import Path
from tests.index.library.test_store import *
library = Library(Path(sys.argv[1])); store(library, 'left in the log', '1'); os._exit(9)
"""
    assert processes.run(killed, tmp_path).returncode == 9
    assert (tmp_path / "library.db-wal").stat().st_size > 0
    (tmp_path / "library.db").rename(tmp_path / "moved.db")
    library = Library(tmp_path)
    assert library.articles() == ()
    store(library, "new", "2")
    assert library.check() == []
    library.close()


def test_what_is_committed_is_on_the_disk(tmp_path: Path) -> None:
    """`kill -9` does not show it, a power cut would: the log is flushed at each commit."""
    database = Database(tmp_path)
    assert database.connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert database.connection.execute("PRAGMA synchronous").fetchone() == (2,)
    database.close()


def test_a_folder_is_made_where_there_is_none(tmp_path: Path) -> None:
    Database(tmp_path / "a" / "b").close()
    assert (tmp_path / "a" / "b" / "library.db").is_file()


def test_closing_waits_for_who_reads_in_another_thread(library: Library) -> None:
    reading, go = threading.Event(), threading.Event()

    def read() -> int:
        with library.snapshot() as connection:
            reading.set()
            assert go.wait(60)
            return int(connection.execute("SELECT count(*) FROM passages").fetchone()[0])

    with ThreadPoolExecutor(1) as other:
        count = other.submit(read)
        assert reading.wait(60)
        threading.Timer(0.2, go.set).start()
        library.close()
        assert go.is_set()
        assert count.result() == 0
    with pytest.raises(LibraryError, match="closed"):
        library.count()
