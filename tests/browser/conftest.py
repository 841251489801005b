"""Fixtures of the browser tests: a real server in a process of its own, and a real Chromium in front of it.

pytest-playwright's own fixtures live for the whole session, and with them an event loop in the main thread that later
tests would trip over; these live for this package only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from assistant.sample import sample_path
from tests.browser.server import ROOT, Server, running
from tests.browser.visits import Visit, Windows

__all__ = ["ROOT", "Server", "Visit", "Visitor", "running"]

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    # Nobody but this machine can be reached: the page must work with the network blocked.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The first has no window of its own to draw: a page opens in a quarter of the time."""

Visitor = Callable[..., Visit]


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The page over an empty library, so with the sample article. One for all browser tests of a worker: for asking only."""
    folder = tmp_path_factory.mktemp("page")
    yield from running(folder / "library", folder / "log")


@pytest.fixture
def changed(server: Server) -> Iterator[Server]:
    """The same server, for a test that adds and removes articles; it begins and ends with the sample article alone."""
    yield server
    server.reset()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, in a process that can be stopped and started."""
    yield from running(tmp_path / "library", tmp_path / "log")


@pytest.fixture(scope="session")
def sample_text() -> str:
    """The sample article as its file has it."""
    return sample_path().read_text(encoding="utf-8")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A real browser; where it is missing it is installed if that can be done, else the tests are skipped loudly."""
    executable = find_chromium() or _install_chromium()
    if executable is None:
        message = f"NO BROWSER TESTS RAN: Chromium is missing. Install it (Debian: apt-get install {_NAMES[0]}) or set CHROMIUM."
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        sys.__stderr__.write(f"\n*** {message} ***\n")  # type: ignore[union-attr]
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def windows(chromium: Browser) -> Iterator[Windows]:
    """Its windows, lent to one test after another."""
    lent = Windows(chromium)
    yield lent
    lent.close()


@pytest.fixture
def visit(windows: Windows) -> Iterator[Visitor]:
    """Opens the page as another person would: a browser that knows nothing, each time. All are watched to the end.

    `visit(server)` waits until the articles are there, `visit(server, ready=False)` only until the page is; further
    arguments are those of Playwright's `new_context`.
    """
    with _visits(windows) as opened:
        yield opened


@pytest.fixture(scope="module")
def _long_visit(windows: Windows, server: Server) -> Iterator[Visit]:
    with _visits(windows) as opened:
        yield opened(server)


@pytest.fixture
def visitor(_long_visit: Visit) -> Iterator[Visit]:
    """One person's long visit to the shared server, for tests that only ask."""
    yield _long_visit
    _long_visit.check()


@contextmanager
def _visits(windows: Windows) -> Iterator[Visitor]:
    with windows.visits() as begun:
        visits = []

        def opened(server: Server, *, ready: bool = True, **options: object) -> Visit:
            visit = begun(server, **options)
            visits.append(visit)
            visit.page.goto(server.url)
            if ready:
                visit.ready()
            return visit

        yield opened
        for visit in visits:
            visit.check()


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
    install = ["apt-get", "install", "-y", "--no-install-recommends", _NAMES[0]]
    for command in (["apt-get", "update"], install):
        if subprocess.run(command, env=environment, capture_output=True, timeout=280).returncode != 0:
            return None
    return find_chromium()
