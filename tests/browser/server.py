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
from assistant.page import create_app
from tests.assistant.page.site import leaks_unseen, listening
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
        until = time.monotonic() + 90
        while time.monotonic() < until and self.process.poll() is None:
            try:
                httpx.get(self.url, timeout=5)
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return
        raise RuntimeError(f"The chat page did not start:\n{self.log.read_text(errors='replace')}")

    def stop(self, signal_number: int = signal.SIGTERM) -> tuple[int, float]:
        """Stop by a signal; the exit status and how long it took, in seconds."""
        assert self.process is not None
        begin = time.monotonic()
        self.process.send_signal(signal_number)
        try:
            status = self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        self.process = None
        return status, time.monotonic() - begin

    def ask(self, question: object, timeout: float = 60) -> httpx.Response:
        """Ask through the API, as any HTTP client would: the whole event stream."""
        return self.call("ask", question, None, timeout=timeout)

    def call(self, event: str, *arguments: object, timeout: float = 60) -> httpx.Response:
        """Call a queued event: the whole event stream."""
        joined = httpx.post(f"{self.url}/gradio_api/call/{event}", json={"data": arguments}, timeout=timeout)
        joined.raise_for_status()
        return httpx.get(f"{self.url}/gradio_api/call/{event}/{joined.json()['event_id']}", timeout=timeout)

    def run(self, event: str, *arguments: object) -> Any:
        """Call a quick event: what it gives."""
        response = httpx.post(f"{self.url}/gradio_api/run/{event}", json={"data": arguments}, timeout=60)
        response.raise_for_status()
        return response.json()["data"][0]


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
        status = server.stop()[0] if server.process is not None else 0
    assert status == 0
    assert "Traceback" not in log.read_text(errors="replace")


@contextmanager
def serving(assistant: Assistant, log: Path) -> Iterator[Server]:
    """The page in this process, over an assistant whose parts a test has in hand; what it reaches is not written down."""
    app = create_app(assistant)
    try:
        with listening(app) as port:
            server = Server(assistant.folder, log, port)
            with leaks_unseen():
                server.run("list_articles")  # answered as soon as Gradio is there
            yield server
    finally:
        del app
        with leaks_unseen():
            pass
