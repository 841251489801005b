"""FAULTS.md, what the system does to a library: damaged files, two processes, full disks, signals. Rows are in the names."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from assistant import Article, Assistant
from index.errors import LibraryDamagedError, LibraryInUseError
from tests import processes
from tests.helpers import assert_whole, opened, texts

pytestmark = pytest.mark.system

CHILD = """
import os, signal, sys, time
from pathlib import Path
from assistant import Article, Assistant
from assistant.errors import *
from tests.doubles import EagerReader, HashEmbedder
from tests.sandbox import limit_file_size, obey_file_permissions
def opened(folder=sys.argv[1], **options):
    return Assistant.open(folder, embedder=HashEmbedder(), reader=EagerReader(), **options)
"""


def child(script: str, folder: Path, *arguments: object) -> CompletedProcess[str]:
    """Run a script in another process, which finds `opened` and the library's folder ready."""
    return processes.run(CHILD + script, folder, *arguments)


@contextmanager
def running(script: str, folder: Path) -> Iterator[processes.Running]:
    """Another process; entered when it has written its first line."""
    with processes.running(CHILD + script, folder) as process:
        assert process.output.readline() == "ready\n", process.errors()
        yield process


# 4: the file itself


def test_row_4_a_truncated_file_with_a_log_beside_it_is_refused_and_left_untouched(tmp_path: Path) -> None:
    script = "a = opened(); a.add(Article('\\n\\n'.join(f'Line number {n}.' for n in range(2000)), source='1'))\n"
    # The first part goes to the file itself, a second one stays in the log.
    done = child(script + "a.close(); a = opened(); a.add(Article('Two.', source='2')); os._exit(9)", tmp_path)
    assert done.returncode == 9, done.stderr
    path = tmp_path / "library.db"
    assert (tmp_path / "library.db-wal").stat().st_size > 0
    os.truncate(path, path.stat().st_size // 2)
    before = path.read_bytes()
    with pytest.raises(LibraryDamagedError, match=r"untouched.*backup"):
        opened(tmp_path).articles()
    assert path.read_bytes() == before


# 5: two processes


def test_row_5_a_second_writer_is_told_who_the_first_is_and_may_read(tmp_path: Path) -> None:
    script = (
        "a = opened(); a.add(Article('The heron stands.', source='1')); print('ready', flush=True); time.sleep(600)"
    )
    with running(script, tmp_path) as writer, opened(tmp_path) as second:
        assert not second.can_write
        assert second.ask("What does the heron do?").status == "answered"
        start = time.monotonic()
        for change in (
            lambda: second.add(Article("The stork flies.", source="2")),
            lambda: second.remove(second.articles()[0].id),
            lambda: second.conversation(keep=True),
            second.rebuild_vectors,
        ):
            with pytest.raises(LibraryInUseError, match=rf"in use by PID {writer.pid}\b.*Reading goes on"):
                change()
        assert time.monotonic() - start < 20, "at once: no lock is waited for"
        writer.send(signal.SIGKILL)
        writer.wait()
        assert (tmp_path / "writer.pid").read_text() == str(writer.pid), "the stale note is still there"
        second.add(Article("The stork flies.", source="2"))
        assert second.can_write
        assert texts(second) == {"The heron stands.", "The stork flies."}
        assert_whole(second)


def test_row_5_a_reader_sees_what_the_writer_adds(tmp_path: Path) -> None:
    script = """
a = opened(); a.add(Article('The heron stands.', source='1')); print('ready', flush=True)
sys.stdin.readline(); a.add(Article('The stork flies.', source='2')); print('added', flush=True); time.sleep(600)
"""
    with running(script, tmp_path) as writer, opened(tmp_path) as reader:
        assert "stork" not in reader.ask("The stork flies.").text
        writer.write("go\n")
        assert writer.output.readline() == "added\n"
        assert "stork" in reader.ask("The stork flies.").text


# 6: full disk, read-only folder

FULL_DISK = """
with opened() as a:
    a.add(Article("The heron stands.", source="1"))
    a.warm()
    before = a.articles()
    paragraphs = [f"Paragraph number {n} of a large article about storks." + " They fly." * 20 for n in range(600)]
    large = Article("\\n\\n".join(paragraphs), source="2")
    refused = 0
    for size in (1, 5_000, 50_000, 150_000, 300_000):
        limit_file_size(size)
        try:
            a.add(large)
        except LibraryWriteError as error:
            refused += 1
            assert "nothing was changed" in str(error) and "Free some space" in str(error), error
            assert a.articles() == before, size
        else:
            limit_file_size(-1)
            a.remove(large.id)
        assert a.ask("What does the heron do?").status == "answered"
    assert refused >= 3, refused
    limit_file_size(1)
limit_file_size(-1)
with opened() as a:
    assert a.articles() == before
    assert a.add(large).added and a.library_problems() == []
    assert a.ask(paragraphs[599]).evidence[0].similarity > 0.999
    assert a.vector_problems() == []
print("done")
"""


def test_row_6_a_full_disk_changes_nothing(tmp_path: Path) -> None:
    done = child(FULL_DISK, tmp_path)
    assert done.stdout == "done\n", done.stderr


def test_row_6_no_library_can_be_made_on_a_full_disk(tmp_path: Path) -> None:
    script = """
limit_file_size(1_000)
try:
    opened()
except LibraryWriteError as error:
    print(error)
limit_file_size(-1)
opened().close()
"""
    done = child(script, tmp_path / "library")
    assert done.returncode == 0, done.stderr
    assert "nothing was changed" in done.stdout
    assert "Free some space" in done.stdout


READ_ONLY = """
obey_file_permissions()
a = opened()
print(len(a.articles()), a.ask("The stork flies.").status)
for change in (lambda: a.add(Article("New.", source="3")), lambda: a.remove(a.articles()[0].id), a.rebuild_vectors):
    try:
        change()
    except LibraryWriteError as error:
        print("refused:", error)
a.close()
try:
    opened(os.path.join(sys.argv[1], "new"))
except LibraryWriteError as error:
    print("refused:", error)
"""


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    for path in folder.rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    folder.chmod(0o555)
    try:
        yield
    finally:
        folder.chmod(0o755)


@pytest.mark.parametrize("end", ["close", "kill"])
def test_row_6_a_read_only_folder_answers_and_refuses_changes(tmp_path: Path, end: str) -> None:
    folder = tmp_path / "library"
    script = "a = opened(); a.add(Article('The heron stands.', source='1')); a.close(); a = opened()\n"
    script += "a.add(Article('The stork flies.', source='2'))\n" + ("a.close()" if end == "close" else "os._exit(9)")
    child(script, folder)
    with read_only(folder):
        done = child(READ_ONLY, folder)
    lines = done.stdout.splitlines()
    assert lines[0] == "2 answered", done.stderr
    assert len(lines) == 5, done.stdout
    assert all("read-only" in line or "can't be" in line for line in lines[1:])
    with opened(folder) as assistant:
        assert texts(assistant) == {"The heron stands.", "The stork flies."}
        assert_whole(assistant)


# 33: told to stop


ADDING = """
import sys, time
from assistant.cli import main
opened = 0
def wait_at_a_late_article(event, arguments):
    global opened
    if event == "open" and "/articles/" in str(arguments[0]):
        opened += 1
        if opened == 300:
            print("ready", flush=True)
            time.sleep(600)
sys.addaudithook(wait_at_a_late_article)
main()
"""
"""`footnote`, which waits in the midst of an `add`: with some articles stored, some embedded, some not yet read."""


@pytest.mark.parametrize(("told", "codes"), [(signal.SIGINT, {130}), (signal.SIGTERM, {143, -signal.SIGTERM})], ids=str)
def test_row_33_add_that_is_told_to_stop_frees_the_lock_and_leaves_a_whole_library(
    tmp_path: Path, told: signal.Signals, codes: set[int]
) -> None:
    folder, library = tmp_path / "articles", tmp_path / "library"
    folder.mkdir()
    for n in range(400):
        (folder / f"{n}.txt").write_text(f"Heading {n}\n\nArticle {n} is about birds.\n\nHeading\n\nIt ends.")
    with processes.running(ADDING, "add", folder, "--library", library) as adding:
        assert adding.output.readline() == "ready\n", adding.errors()
        adding.send(told)
        assert adding.wait() in codes, adding.errors()
        assert "Traceback" not in adding.errors()
    with Assistant.open(library) as assistant:
        assert assistant.can_write
        assert 0 < len(assistant.articles()) < 400
        assert_whole(assistant)
