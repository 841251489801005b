"""How long the tests take, and which of them take longest: `python -m tests.benchmarks.suite [--against CHECKOUT] [--json]`.

The tests are those of `make test`. CHECKOUT is a clone of the project at another commit, installed in its own `.venv`: its
`make test` is run first, on the same machine, and both totals are printed.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from tests.benchmarks._common import parser, show

ROOT = Path(__file__).resolve().parents[2]
_SLOWEST = 20


def main() -> None:
    """Run the tests and print the table."""
    arguments = parser("suite", "How long the tests take, and which of them take longest.")
    arguments.add_argument("--against", type=Path, metavar="CHECKOUT", help="run `make test` of this clone first")
    arguments.add_argument("--workers", default="3")
    options = arguments.parse_args()
    before = _timed(["make", "test"], options.against) if options.against else None
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "tests.xml"
        workers = ["--numprocesses", options.workers, "--dist", "loadfile"]
        command = [sys.executable, "-m", "pytest", "-q", "-m", "not slow", *workers, f"--junitxml={report}"]
        total = _timed(command, ROOT)
        took = _seconds_of(report)
    rows = [{"test": name, "seconds": round(seconds, 1)} for name, seconds in took.most_common(_SLOWEST)]
    notes = [f"{len(took)} tests in {total:.0f} s with {options.workers} workers; {sum(took.values()):.0f} s summed."]
    if before is not None:
        notes.append(f"`make test` in {options.against}: {before:.0f} s, {before / total:.1f} times as long.")
    figures = {"total": total, "summed": sum(took.values()), "against": before}
    show("The slowest tests", rows, as_json=options.json, notes=notes, **figures)


def _timed(command: list[str], folder: Path) -> float:
    """Seconds that a command took; its output goes to stderr."""
    start = time.monotonic()
    subprocess.run(command, cwd=folder, check=False, stdout=sys.stderr)
    return time.monotonic() - start


def _seconds_of(report: Path) -> Counter[str]:
    """Each test of a JUnit report with its seconds, setting up and tearing down among them."""
    cases = ElementTree.parse(report).iter("testcase")
    return Counter({f"{case.get('classname')}::{case.get('name')}": float(case.get("time", 0)) for case in cases})


if __name__ == "__main__":
    main()
