"""The chat page in a process of its own, watched: what it connects to and looks up is written down."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from assistant import Assistant
from assistant.core.settings import load_settings
from assistant.page import create_app
from assistant.page.preparation import Preparation
from assistant.sample import sample_path
from tests.assistant.page.site import HTTP, SECONDS_TO_HANG, listening
from tests.doubles import EagerReader, HashEmbedder
from tests.helpers import free_port

ROOT = Path(__file__).parents[2]
DEAD_PROXY = "http://127.0.0.1:9"


@dataclass
class Server:
    """The chat page in a process of its own."""

    library: Path
    log: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    options: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def reached_log(self) -> Path:
        return self.log.with_name(f"{self.log.name}-reached")

    def reached(self) -> list[str]:
        """Every address that the server's process connected to or looked up."""
        return self.reached_log.read_text().splitlines()

    def start(self) -> None:
        """Start, and wait until the page is served; the models load on."""
        environment = {
            **os.environ,
            "HTTP_PROXY": DEAD_PROXY,
            "HTTPS_PROXY": DEAD_PROXY,
            "http_proxy": DEAD_PROXY,
            "https_proxy": DEAD_PROXY,
            **self.settings,
        }
        watched = [sys.executable, "tests/browser/watched.py", str(self.reached_log), "app.py"]
        command = [*watched, "--library", str(self.library), "--port", str(self.port), *self.options]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        until = time.monotonic() + SECONDS_TO_HANG
        while time.monotonic() < until and self.process.poll() is None:
            try:
                HTTP.get(self.url, timeout=5)
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(f"The chat page did not start:\n{self.log.read_text(errors='replace')}")

    def stop(self, signal_number: int = signal.SIGTERM) -> int:
        """Stop by a signal; the exit status."""
        assert self.process is not None
        self.process.send_signal(signal_number)
        try:
            status = self.process.wait(timeout=SECONDS_TO_HANG)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        self.process = None
        return status

    def kill(self) -> None:
        """End at once, whatever it is at."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.process = None

    def ask(self, question: object) -> httpx.Response:
        """Ask through the API, as any HTTP client would: the whole event stream."""
        return self.call("ask", question, None)

    def call(self, event: str, *arguments: object) -> httpx.Response:
        """Call a queued event: the whole event stream."""
        joined = HTTP.post(f"{self.url}/gradio_api/call/{event}", json={"data": arguments})
        joined.raise_for_status()
        return HTTP.get(f"{self.url}/gradio_api/call/{event}/{joined.json()['event_id']}")

    def run(self, event: str, *arguments: object) -> Any:
        """Call a quick event: what it gives."""
        response = HTTP.post(f"{self.url}/gradio_api/run/{event}", json={"data": arguments})
        response.raise_for_status()
        return response.json()["data"][0]

    def upload(self, name: str, content: bytes) -> httpx.Response:
        """Upload a file, as the browser does; it is no article yet."""
        return HTTP.post(f"{self.url}/gradio_api/upload", files={"files": (name, content)})

    def add(self, name: str, content: bytes) -> str:
        """Add an article; its id."""
        [path] = self.upload(name, content).json()
        report = last_said(self.call("add_articles", [{"path": path, "name": name}], "keep"))["report"]
        return str(report["added"][0]["id"])

    def reset(self) -> None:
        """Leave the sample article alone in the library, whatever was added, replaced or removed."""
        sample = sample_path()
        listed = self.run("list_articles")
        for article in listed:
            if article["source"] != sample.name:
                self.run("remove_article", article["id"])
        if sample.name not in [article["source"] for article in listed]:
            self.add(sample.name, sample.read_bytes())


def last_said(stream: httpx.Response) -> Any:
    """The last thing that an event stream says."""
    said = [line.partition("data: ")[2] for line in stream.text.splitlines() if line.startswith("data: ")]
    assert said, stream.text
    return json.loads(said[-1])[0]


def running(library: Path, log: Path, *options: str, settings: Mapping[str, str] | None = None) -> Iterator[Server]:
    """A server that is stopped at the end, if it still runs; whatever was asked of it, it must end well."""
    server = Server(library, log, options=options, settings=settings or {})
    server.start()
    try:
        yield server
    finally:
        status = server.stop() if server.process is not None else 0
    assert status == 0
    assert "Traceback" not in log.read_text(errors="replace")


@contextmanager
def serving(assistant: Assistant, log: Path, preparation: Preparation | None = None) -> Iterator[Server]:
    """The page in this process, over an assistant whose parts a test has in hand; what it reaches is not written down."""
    with listening(create_app(assistant, preparation)) as port:
        server = Server(assistant.folder, log, port)
        server.run("list_articles")  # answered as soon as Gradio is there
        yield server


@contextmanager
def doubles(folder: Path, **settings: Any) -> Iterator[Assistant]:
    """An assistant over an empty library that embeds in no time and answers whatever is asked."""
    embedder, chosen = HashEmbedder(max_tokens=400), load_settings(**settings)
    with Assistant.open(folder, settings=chosen, embedder=embedder, reader=EagerReader()) as assistant:
        yield assistant
