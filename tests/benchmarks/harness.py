"""What question sets cost over the assistant's own time, what a second core gives, and how large and quick the HTML report is.

python -m tests.benchmarks.harness [--cases N] [--json]

The sets of `tests/questions` are repeated until there are N cases, over all their articles in one library. The plain baseline is
the same questions asked in a bare loop.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count, islice
from pathlib import Path

from assistant import Assistant
from assistant.core.turns import Turn
from assistant.questions import Case, QuestionSet, Report, load, run
from assistant.questions.comparing.baseline import compare, read_baseline, write_baseline
from assistant.questions.comparing.evaluation import Evaluation
from assistant.questions.metrics.measure import measure
from assistant.questions.rendering import to_html, to_json, to_junit
from assistant.questions.running.run import prepared
from assistant.questions.spec.cases import Expected
from tests.benchmarks._common import median, parser, show
from tests.browser.conftest import CHROMIUM_ARGUMENTS, find_chromium

SETS = Path(__file__).resolve().parent.parent / "questions"
_RUNS = 3
_MB = 1_000_000
FILTERS = (("outcome", "wrong"), ("outcome", ""), ("tag", "who"), ("q", "when did"), ("tag", ""), ("q", ""))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    options = _options(arguments)
    question_set = repeated([load(path) for path in sorted(SETS.glob("*.questions.yaml"))], options.cases)
    with prepared(question_set) as assistant, tempfile.TemporaryDirectory() as folder:
        bare = _seconds(lambda: bare_loop(question_set, assistant))
        started = time.perf_counter()
        report = run(question_set, assistant)
        asked = time.perf_counter()
        page = reported(report, Path(folder))
        done = time.perf_counter()
        own = sum(result.seconds for result in report.results)
        speed = speed_up(replace(question_set, cases=question_set.cases[: max(options.cases // 4, 1)]), assistant)
        size = page.stat().st_size
        opened = in_chromium(page, len(report.results))
    rows = [
        {"what": "cases", "value": len(question_set.cases), "unit": ""},
        {"what": "questions", "value": len(report.results), "unit": ""},
        {"what": "bare loop (baseline)", "value": bare, "unit": "s"},
        {"what": "assistant's own time in the run", "value": own, "unit": "s"},
        {"what": "asking and grading over it", "value": 100 * (asked - started - own) / own, "unit": "%"},
        {"what": "figures, comparison, all reports over it", "value": 100 * (done - asked) / own, "unit": "%"},
        {"what": "overhead in all", "value": 100 * (done - started - own) / own, "unit": "%"},
        {"what": "speed-up by 2 workers", "value": speed, "unit": "x"},
        {"what": "HTML report", "value": size / _MB, "unit": "MB"},
        {"what": "opens in Chromium", "value": opened[0], "unit": "s"},
        {"what": "filters, slowest", "value": opened[1], "unit": "s"},
    ]
    show(
        "question sets", rows, as_json=options.json, notes=[f"{os.cpu_count()} cores; speed-up: median of {_RUNS} runs"]
    )
    return 0


def repeated(sets: Sequence[QuestionSet], cases: int) -> QuestionSet:
    """One set with the sources of all and so many cases, each with an id of its own."""

    def again() -> Iterator[Case]:
        for turn in count():
            for one in sets:
                for case in one.cases:
                    name = f"{one.name}-{case.id}-{turn}"
                    yield replace(case, id=name, turns=tuple(_renamed(case, name)))

    sources = tuple(dict.fromkeys(source for one in sets for source in one.sources))
    return QuestionSet("repeated", sets[0].path, sources, tuple(islice(again(), cases)))


def _renamed(case: Case, name: str) -> Iterator[Expected]:
    for turn in case.turns:
        yield replace(turn, id=f"{name}/turn-{turn.depth}" if case.dialogue else name)


def bare_loop(question_set: QuestionSet, assistant: Assistant) -> None:
    """Every question asked, and nothing done with the answer."""
    for case in question_set.cases:
        history: list[Turn] = []
        for turn in case.turns:
            history.append(Turn(turn.question, assistant.ask(turn.question, history=history)))


def reported(report: Report, folder: Path) -> Path:
    """Everything that follows a run, written as the command line writes it."""
    baseline = folder / "baseline.json"
    write_baseline(baseline, [report])
    evaluation = Evaluation(report, measure(report), compare(report, read_baseline(baseline)))
    page = folder / "report.html"
    page.write_text(to_html([evaluation]), encoding="utf-8")
    (folder / "report.json").write_text(to_json([evaluation]), encoding="utf-8")
    (folder / "report.xml").write_text(to_junit([evaluation]), encoding="utf-8")
    return page


def speed_up(question_set: QuestionSet, assistant: Assistant) -> float:
    """Time with one worker over time with two, by turns."""
    pairs = [
        [_seconds(lambda workers=workers: run(question_set, assistant, workers=workers)) for workers in (1, 2)]  # type: ignore[misc]
        for _ in range(_RUNS)
    ]
    return median([one for one, _ in pairs]) / median([two for _, two in pairs])


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


_FILTERED = """([name, value]) => new Promise(done => {
  const field = document.querySelector(`#filters [name=${name}]`), start = performance.now();
  field.value = value;
  field.dispatchEvent(new Event("input", {bubbles: true}));
  field.dispatchEvent(new Event("change", {bubbles: true}));
  requestAnimationFrame(() => setTimeout(() => done([(performance.now() - start) / 1000, shown()])));
  function shown() { return document.querySelector("#count").textContent; }
})"""
"""Set a filter as a person does; seconds until what it leaves has been drawn, and how many it says are left."""


def in_chromium(page: Path, results: int) -> tuple[float, float]:
    """Seconds until the cases are on the screen, and until the slowest of some filters has been drawn; medians of some runs.

    Args:
        page: the report.
        results: how many questions it must show before it counts as open.
    """
    from playwright.sync_api import sync_playwright

    opened, filtered = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_ARGUMENTS)
        for _ in range(_RUNS):
            tab = browser.new_page()
            start = time.perf_counter()
            tab.goto(page.as_uri())
            tab.locator("#count", has_text=f"{results:,} questions").wait_for()
            tab.locator(".case").first.wait_for()
            tab.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
            opened.append(time.perf_counter() - start)
            waits = [tab.evaluate(_FILTERED, step) for step in FILTERS]
            told = {text for _, text in waits}
            if len(told) < len(FILTERS) - 1:
                raise SystemExit(f"The filters of the report do not filter: {told}")
            filtered.append(max(seconds for seconds, _ in waits))
            tab.close()
        browser.close()
    return median(opened), median(filtered)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    made = parser("harness", __doc__.split("\n")[0])
    made.add_argument("--cases", type=int, default=1000)
    return made.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
