"""Long PDFs are read by several processes: with what one gives, in the limits of one, and none is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zlib
from pathlib import Path
from typing import Any

import pytest

from index.errors import ArticleTooLargeError, UnreadableFileError
from index.loading.pdf.sharing import Team, TeamError
from tests.index.loading.pdf_canvas import drawn, lines, prose, read, wrapped
from tests.index.loading.pdfs import pdf_of_streams

pytestmark = [
    pytest.mark.system,
    pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning"),  # Only the tests have threads.
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, one process reads a PDF"),
]

ALONE_MB = 250
"""Too little memory to be shared."""


def _book(pages: int) -> bytes:
    """Headings over two columns, under a running head, with a page number at the foot."""

    def page(number: int) -> Any:
        def draw(canvas: Any) -> None:
            lines(canvas, ["The Book of the Harbour"], x=200, y=800, size=9)
            lines(canvas, [f"What happened in year {number}"], x=60, y=780, size=14, font="Helvetica-Bold")
            for column in range(2):
                text = " ".join(prose((number + column + n) % 8) for n in range(3))
                lines(canvas, wrapped(text, 220, 10), x=60 + 250 * column, y=760, size=10)
            lines(canvas, [str(number)], x=290, y=30, size=9)

        return draw

    return drawn(*map(page, range(1, pages + 1)), title="The Book of the Harbour")


@pytest.mark.parametrize("pages", [23, 24, 61])
def test_several_processes_give_what_one_gives(pages: int) -> None:
    book = _book(pages)
    alone, shared = read(book, pdf_memory_mb=ALONE_MB), read(book)
    assert shared == alone
    assert [piece.page for piece in shared.pieces if piece.kind == "heading"] == list(range(1, pages + 1))


def test_more_text_than_allowed_is_refused_though_no_share_has_as_much() -> None:
    book = _book(40)
    chars = sum(len(piece.text) for piece in read(book).pieces)
    with pytest.raises(ArticleTooLargeError, match="more than"):
        read(book, max_article_chars=chars // 3)


def test_a_page_that_takes_too_much_memory_is_told_as_ever() -> None:
    endless = zlib.compress(b"BT /F1 9 Tf (aaaaaaaaaa) Tj ET " * 1_900_000, 9)
    streams = [b"BT /F1 10 Tf 50 700 Td (A page like others) Tj ET"] * 30
    streams[20] = endless
    data = pdf_of_streams([zlib.compress(stream) if stream is not endless else stream for stream in streams],
                          filters=b"/Filter/FlateDecode")  # fmt: skip
    with pytest.raises(UnreadableFileError, match="MiB of memory"):
        read(data, pdf_memory_mb=620)


def test_no_process_is_left_when_the_time_is_over() -> None:
    endless = zlib.compress(b"BT /F1 9 Tf (aaaaaaaaaa) Tj ET " * 1_900_000, 9)
    with pytest.raises(UnreadableFileError, match="takes more than 1 s"):
        read(pdf_of_streams([endless] * 30, filters=b"/Filter/FlateDecode"), pdf_seconds=1, pdf_memory_mb=8192,
             max_article_chars=12_345_678)  # fmt: skip
    deadline = time.monotonic() + 10
    while (left := _processes_with("24691356")) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []


@pytest.mark.parametrize("reader", ["pdf.child", "apart"])
def test_a_process_that_reads_ends_with_the_one_that_started_it(reader: str) -> None:
    # It waits for a document that never comes.
    child = f"from index.loading.{reader} import main; main()"
    arguments = {
        "pdf.child": ["1024", "300", "read", "{}"],
        "apart": ["", "index.loading.mail:read_msg", '["97531864", {}]'],
    }[reader]
    start = "import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', *sys.argv[1:]])\ntime.sleep(60)"
    command = [sys.executable, "-c", start, child, *arguments, "97531864"]
    with subprocess.Popen(command, cwd=Path(__file__).parents[3], stdin=subprocess.PIPE) as parent:
        deadline = time.monotonic() + 10
        while len(_processes_with("97531864")) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(2)
        assert len(_processes_with("97531864")) == 2
        parent.kill()
        parent.wait()
        deadline = time.monotonic() + 10
        while (left := _processes_with("97531864")) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert left == []


def _processes_with(word: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word in path.read_text(errors="replace"):
                found.append(path.parent.name)
        except OSError:
            continue  # It ended.
    return found


def test_a_team_asks_and_gives_in_the_order_of_its_shares() -> None:
    with Team(lambda share, ask: [share, ask(2 * share)], [1, 2, 3]) as team:
        assert team.hear() == [2, 4, 6]
        team.answer(["a", "b", "c"])
        assert team.hear() == [[1, "a"], [2, "b"], [3, "c"]]


@pytest.mark.parametrize("how", ["raises", "ends", "gives what can't be sent"])
def test_a_team_tells_that_a_process_failed(how: str) -> None:
    def work(share: int, _: Any) -> Any:
        if share and how == "raises":
            raise MemoryError
        if share and how == "ends":
            os._exit(0)
        return Path() if share else 1

    with Team(work, [0, 1]) as team, pytest.raises(TeamError):
        team.hear()
