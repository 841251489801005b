"""What several tests need: articles stored without a model, a Chroma server to start and stop, free ports, few examples."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from hypothesis import settings

from assistant import Assistant
from index.arrays import Vectors
from index.article import Article, Passage
from index.fingerprint import fingerprint
from index.library.store import Library
from tests.doubles import EagerReader, HashEmbedder

SHIPPED_SETS = Path(__file__).with_name("questions")
"""Folder of the question sets that ship, with their articles and baseline."""

EMBEDDER = HashEmbedder()
FINGERPRINT = fingerprint(EMBEDDER)


def examples(count: int) -> int:
    """So many examples of Hypothesis where all are asked for; a tenth of them, at least 15, before a change lands; else few."""
    match settings.get_current_profile_name():
        case "few":
            return min(count, 8)
        case "fast":
            return max(count // 10, min(count, 15))
        case _:
            return count


def cut(article: Article) -> tuple[tuple[Passage, ...], Vectors]:
    """A passage for each line, with its vector."""
    passages, start = [], 0
    for n, line in enumerate(article.text.split("\n")):
        pid = f"{article.id}-{article.content_hash[:12]}-{n}"
        passages.append(Passage(pid, article.id, start, start + len(line), line, n))
        start += len(line) + 1
    return tuple(passages), EMBEDDER.embed([p.text for p in passages])


def store(library: Library, text: str, source: str = "", fingerprint: str = FINGERPRINT) -> Article:
    """Put an article whose every line is a passage."""
    article = Article(text, title=f"About {source}", source=source, published=date(2024, 6, 18))
    library.put(article, *cut(article), fingerprint)
    return article


def opened(folder: Path) -> Assistant:
    """A library with the hash embedder and a reader that always quotes the best passage's first sentence."""
    return Assistant.open(folder, embedder=HashEmbedder(), reader=EagerReader())


def texts(assistant: Assistant) -> set[str]:
    """Texts of all articles."""
    return {article.text for article in assistant.articles()}


def assert_whole(assistant: Assistant) -> None:
    """The library is sound and the vectors are in step."""
    assert assistant.library_problems() == []
    if assistant.articles():
        assistant.warm()
    assert assistant.vector_problems() == []


def free_port() -> int:
    """A port of loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_chroma(folder: Path, port: int) -> Iterator[str]:
    """URL of a real Chroma server on loopback, its files in `folder`."""
    command = [Path(sys.executable).with_name("chroma"), "run", "--path", folder, "--host", "127.0.0.1", "--port", port]
    environment = {**os.environ, "ANONYMIZED_TELEMETRY": "False"}
    log = folder.with_suffix(".log")
    with log.open("wb") as output:
        server = subprocess.Popen([str(part) for part in command], stdout=output, stderr=output, env=environment)
    try:
        _wait_for(port, server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"The Chroma server did not start:\n{log.read_text(errors='replace')}")
