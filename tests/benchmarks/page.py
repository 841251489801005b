"""Measures the chat page in a real Chromium: its start, a click on a marker, an answer, a crowd, foreign requests, axe.

python -m tests.benchmarks.page [--starts N] [--clicks N] [--users N] [--questions N] [--json]
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks import _common
from tests.benchmarks.crowd import measure_crowd
from tests.browser.conftest import CHROMIUM_ARGUMENTS, find_chromium
from tests.browser.server import ROOT, Server
from tests.helpers import free_port

QUESTIONS = (
    "Who is John Kirby?",
    "What did Jens Stoltenberg say?",
    "Why did the soldiers cross the border?",
    "What does the Kremlin plan to sign?",
)
SECOND_ARTICLE = "The harbour ferry\n\nThe harbour ferry carries ninety passengers on each crossing.\n\n" + "\n\n".join(
    f"On day {n} the ferry crossed {n + 3} times, and the log says that the weather was fair." for n in range(4000)
)
"""Long, so that a click has something to do: some 350,000 characters."""

_USABLE = "#question:not([disabled])"
_CLICK = """async marker => {
  const quote = marker.closest("li").querySelector("blockquote").textContent;
  const before = performance.now();
  marker.click();
  for (;;) {
    const lit = document.querySelector("#article mark.cited");
    const box = lit?.getBoundingClientRect();
    const inView = box && box.top >= 0 && box.bottom <= innerHeight;
    if (inView && lit.textContent === quote) return performance.now() - before;
    if (performance.now() - before > 5000) return Infinity;
    await new Promise(requestAnimationFrame);
  }
}"""
"""Milliseconds from the click to the frame in which the quote, and no other, is lit up in the window."""

_ASK = """async question => {
  const box = document.querySelector("#question");
  const turns = document.querySelectorAll("#log .turn").length;
  box.value = question;
  const before = performance.now();
  document.querySelector("#ask").requestSubmit();
  for (;;) {
    const done = document.querySelectorAll("#log .answer:not(.pending)").length;
    if (done > turns) return performance.now() - before;
    if (performance.now() - before > 60000) return Infinity;
    await new Promise(requestAnimationFrame);
  }
}"""


def main() -> None:
    """Run from the command line."""
    parser = _common.parser("page", __doc__ or "")
    parser.add_argument("--starts", type=int, default=5, help="starts of the page; the median counts")
    parser.add_argument("--clicks", type=int, default=30, help="clicks on markers, and questions in the page")
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--questions", type=int, default=10, help="questions of each user")
    arguments = parser.parse_args()
    requests: list[str] = []
    with TemporaryDirectory() as folder, _browser() as browser:
        rows = _starts(browser, Path(folder), arguments.starts)
        with _served(Path(folder) / "page") as server:
            page = _visit(browser, server.url, requests)
            rows += _clicks(page, arguments.clicks)
            rows += _answers(page, server, arguments.clicks)
            findings = _findings(page)
            crowd = measure_crowd(server, arguments.users, arguments.questions)
            foreign = [url for url in requests if not url.startswith(server.url + "/")]
    rows += [*crowd.rows(), _row("requests to other origins", foreign=len(foreign), of=len(requests))]
    rows.append(_row("axe: serious or critical findings, light and dark", found=len(findings)))
    _common.show("the chat page", rows, as_json=arguments.json, notes=[*findings, *foreign[:5], *crowd.notes()])


def _row(what: str, **figures: Any) -> dict[str, Any]:
    """A row of the table: what was measured, the figure and what it is compared with."""
    (name, value), *others = figures.items()
    return {
        "what": what,
        "figure": value,
        "unit": name,
        "beside it": ", ".join(f"{key.replace('_', ' ')} {_number(other)}" for key, other in others),
    }


def _number(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _starts(browser: Browser, folder: Path, times: int) -> list[dict[str, Any]]:
    """Seconds from `make chat` to a question box that can be typed in, with an open browser waiting for it."""
    usable, answered, gradio = [], [], []
    for n in range(times):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import gradio"], check=True, capture_output=True)
        gradio.append(time.perf_counter() - begin)
        port = free_port()
        command = ["make", "chat", f"ARGS=--port {port} --library {folder / 'started'}"]
        page = browser.new_page()
        begin = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _open_when_there(page, f"http://127.0.0.1:{port}")
            usable.append(time.perf_counter() - begin)
            page.evaluate(_ASK, QUESTIONS[0])
            answered.append(time.perf_counter() - begin)
        finally:
            page.close()
            process.terminate()
            process.wait(timeout=30)
        _common.say(f"start {n + 1}: usable after {usable[-1]:.2f} s, first answer after {answered[-1]:.2f} s")
    # The first start of all makes the library and adds the sample; it counts like the others.
    return [
        _row("make chat to a usable page, median", s=_common.median(usable), worst=max(usable), target="5 s"),
        _row("make chat to the first answer, median", s=_common.median(answered), worst=max(answered)),
        _row("baseline: import gradio alone, median", s=_common.median(gradio)),
    ]


def _open_when_there(page: Page, url: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            page.goto(url, wait_until="commit")
            break
        except Exception:
            time.sleep(0.02)
    page.locator(_USABLE).wait_for(timeout=60_000)


def _clicks(page: Page, times: int) -> list[dict[str, Any]]:
    """Milliseconds from a click on a marker to its words in view, two articles in turn."""
    for question in (QUESTIONS[0], "How many passengers does the harbour ferry carry?"):
        page.evaluate(_ASK, question)
    markers = [turn.locator(".quotes .marker").first for turn in page.locator("#log .turn").all()]
    spent = [markers[n % len(markers)].evaluate(_CLICK) for n in range(times)]
    return [
        _row(
            "click on a marker to its words in view, median",
            ms=_common.median(spent),
            p95=_common.percentile(spent, 95),
            worst=max(spent),
            target="150 ms",
        )
    ]


def _answers(page: Page, server: Server, times: int) -> list[dict[str, Any]]:
    """A question's time in the page, less the same question's time through the API by itself; one after the other."""
    in_page, by_api, more = [], [], []
    for n in range(times):
        question = QUESTIONS[n % len(QUESTIONS)]
        begin = time.perf_counter()
        server.ask(question)
        by_api.append(1000 * (time.perf_counter() - begin))
        in_page.append(page.evaluate(_ASK, question))
        more.append(in_page[-1] - by_api[-1])
    return [
        _row(
            "question to answer in the page over the API's own time, median",
            ms=_common.median(more),
            p95=_common.percentile(more, 95),
            in_page=_common.median(in_page),
            by_API=_common.median(by_api),
            target="150 ms",
        )
    ]


def _findings(page: Page) -> list[str]:
    """Serious and critical findings of axe over what the page shows now, in light and in dark."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                found.append(f"{scheme}: {violation['id']}: {violation['nodes'][0]['target']}")
    return found


def _visit(browser: Browser, url: str, requests: list[str]) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.on("request", lambda request: requests.append(request.url))
    page.goto(url)
    page.locator("#article-list li").first.wait_for(state="attached", timeout=60_000)
    return page


@contextmanager
def _served(folder: Path) -> Iterator[Server]:
    """The page over the sample article and a second one."""
    from assistant import Article, Assistant
    from assistant.sample import sample_path

    folder.mkdir()
    with Assistant.open(folder / "library") as assistant:
        assistant.add(sample_path())
        assistant.add(Article(SECOND_ARTICLE, "The harbour ferry", "ferry.txt"))
    server = Server(folder / "library", folder / "log")
    server.start()
    httpx.get(f"{server.url}/config", timeout=60)
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def _browser() -> Iterator[Browser]:
    executable = find_chromium()
    if executable is None:
        raise SystemExit(
            "Chromium is missing. Install it (Debian: apt-get install chromium-headless-shell) or set CHROMIUM."
        )
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


if __name__ == "__main__":
    main()
