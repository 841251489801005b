"""Fixtures of the browser tests: a real server in a process of its own, and a real Chromium in front of it.

pytest-playwright's own fixtures live for the whole session, and with them an event loop in the main thread that later
tests would trip over; these live for this package only.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from assistant.sample import sample_path
from tests.conftest import free_port

ROOT = Path(__file__).parents[2]
ANSWER_MS = 60_000
"""The first question waits for the models, and two cores are shared."""

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DEAD_PROXY = "http://127.0.0.1:9"


@dataclass
class Server:
    """The chat page in a process of its own."""

    library: Path
    log: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

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
        """Start, and wait until the page is served and the models are loaded."""
        environment = {
            **os.environ,
            "HTTP_PROXY": DEAD_PROXY,
            "HTTPS_PROXY": DEAD_PROXY,
            "http_proxy": DEAD_PROXY,
            "https_proxy": DEAD_PROXY,
        }
        watched = [sys.executable, "tests/browser/watched.py", str(self.reached_log), "app.py"]
        command = [*watched, "--library", str(self.library), "--port", str(self.port)]
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
        joined = httpx.post(f"{self.url}/gradio_api/call/ask", json={"data": [question]}, timeout=timeout)
        joined.raise_for_status()
        return httpx.get(f"{self.url}/gradio_api/call/ask/{joined.json()['event_id']}", timeout=timeout)


def running(library: Path, log: Path) -> Iterator[Server]:
    """A server that is stopped at the end, if it still runs; whatever was asked of it, it must end well."""
    server = Server(library, log)
    server.start()
    try:
        yield server
    finally:
        status = server.stop()[0] if server.process is not None else 0
    assert status == 0
    assert "Traceback" not in log.read_text(errors="replace")


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The page over an empty library, so with the sample article. Shared: for asking only."""
    folder = tmp_path_factory.mktemp("page")
    yield from running(folder / "library", folder / "log")


@pytest.fixture(scope="session")
def sample_text() -> str:
    """The sample article as its file has it."""
    return sample_path().read_text(encoding="utf-8")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A real browser; where it is missing it is installed if that can be done, else the tests are skipped loudly."""
    executable = find_chromium() or _install_chromium()
    if executable is None:
        message = (
            "NO BROWSER TESTS RAN: Chromium is missing. Install it (Debian: apt-get install chromium) or set CHROMIUM."
        )
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        sys.__stderr__.write(f"\n*** {message} ***\n")  # type: ignore[union-attr]
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=_ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Visit:
    """A page in a browser context of its own, and what it did."""

    page: Page
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        """Ask, and wait for the answer."""
        self.page.locator("#fn-ask textarea:enabled").wait_for()  # so the remembered turns are there to be counted
        turns = self.page.locator("#fn-chat .fn-turn").count()
        self.page.fill("#fn-ask textarea", question)
        self.page.press("#fn-ask textarea", "Enter")
        self.page.locator("#fn-chat .fn-turn").nth(turns).locator(".fn-answer").wait_for(timeout=ANSWER_MS)

    def last(self, selector: str) -> str:
        """Text of the last element of this kind in the log."""
        return self.page.locator(f"#fn-chat {selector}").last.inner_text()

    def texts(self, selector: str) -> list[str]:
        """Texts of all elements of this kind in the log."""
        return self.page.locator(f"#fn-chat {selector}").all_inner_texts()


Visitor = Callable[[Server], Visit]


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Visitor]:
    """Opens the page as another person would: a fresh browser context each time."""
    yield from _visits(chromium)


@pytest.fixture(scope="module")
def visitor(chromium: Browser, server: Server) -> Iterator[Visit]:
    """One person's long visit to the shared server, for tests that only ask."""
    for visit in _visits(chromium):
        yield visit(server)


def _visits(chromium: Browser) -> Iterator[Visitor]:
    contexts = []

    def opened(server: Server) -> Visit:
        context = chromium.new_context(viewport={"width": 1280, "height": 800})
        context.set_default_timeout(15_000)
        contexts.append(context)
        visited = Visit(context.new_page())
        visited.page.on("request", lambda request: visited.requests.append(request.url))
        visited.page.on("dialog", lambda dialog: (visited.dialogs.append(dialog.message), dialog.dismiss()))
        visited.page.on("pageerror", lambda error: visited.errors.append(str(error)))
        visited.page.goto(server.url)
        visited.page.locator(".fn-articles li").first.wait_for(timeout=ANSWER_MS)
        return visited

    yield opened
    for context in contexts:
        context.close()


def find_chromium() -> str | None:
    """Path of a Chromium: from the environment, or by its usual names."""
    named = os.environ.get("CHROMIUM")
    candidates = [named] if named else list(_NAMES)
    return next((found for name in candidates if (found := shutil.which(name))), None)


def _install_chromium() -> str | None:
    """Try to install it where that is possible: as root on Debian and its relatives."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return None
    sys.__stderr__.write("\ninstalling Chromium for the browser tests ...\n")  # type: ignore[union-attr]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]):
        if subprocess.run(command, env=environment, capture_output=True, timeout=280).returncode != 0:
            return None
    return find_chromium()
