"""Measures what a cold process costs: `footnote ask` on the sample article, `import assistant` alone, the page until it is there.

python -m tests.benchmarks.cold [--runs N] [--against CHECKOUT] [--json]

CHECKOUT is a clone of the project at another commit: its processes run in turn with ours, by the same Python.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant import Assistant
from assistant.sample import sample_path
from tests.benchmarks import _common

QUESTION, ANOTHER = "Who is John Kirby?", "What did South Korea report?"
ROOT = Path(__file__).resolve().parents[2]
ASK = "from assistant.cli import main; main()"
PAGE = """
import os, socket, sys, threading, time, urllib.request
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = str(probe.getsockname()[1])
def wait():
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}", timeout=30).read()
        except OSError:
            time.sleep(0.01)
        else:
            os._exit(0)
threading.Thread(target=wait, daemon=True).start()
sys.argv[1:] = ["serve", "--library", sys.argv[1], "--port", port]
from assistant.cli import main
main()
"""
"""A process that ends as soon as the page was read from it."""
STAGES = """
import json, time
start = time.perf_counter()
import assistant.cli
from assistant.assistant import Assistant
imported = time.perf_counter()
with Assistant.open({library!r}, write=False) as assistant:
    opened = time.perf_counter()
    assistant.warm()
    warmed = time.perf_counter()
    assistant.ask({question!r})
    asked = time.perf_counter()
    assistant.ask({another!r})  # What was read a moment ago is not read again.
    again = time.perf_counter()
print(json.dumps([imported - start, opened - imported, warmed - opened, asked - warmed, again - asked]))
"""
STAGE_NAMES = ("import", "open the library", "load model and vectors", "first ask", "second ask")
_IMPORT_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)")


def main() -> None:
    """Run from the command line."""
    parser = _common.parser("cold", __doc__ or "")
    parser.add_argument("--runs", type=int, default=7, help="processes of each kind; the median counts")
    parser.add_argument("--against", type=Path, metavar="CHECKOUT", help="measure this clone in turn with this one")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        library = str(Path(folder) / "library")
        with Assistant.open(library) as assistant:
            assistant.add(sample_path())
        ask = ["-c", ASK, "ask", QUESTION, "--library", library]
        kinds = {
            "footnote ask": ask,
            "import assistant": ["-c", "from assistant import Assistant"],
            "page, until it is there": ["-c", PAGE, library],
            "python alone": ["-c", "pass"],
            "baseline: import sentence_transformers": ["-c", "import sentence_transformers"],
        }
        processes = {name: (command, ROOT) for name, command in kinds.items()}
        if arguments.against:
            ours = list(kinds.items())[:3]
            processes |= {f"{name} ({arguments.against})": (command, arguments.against) for name, command in ours}
        seconds = _seconds(processes, arguments.runs)
        rows = [
            {"process": name, "median s": _common.median(seconds[name]), "max s": max(seconds[name])}
            for name in processes
        ]
        stages = _stages(library, arguments.runs)
        imports = _imports(ask)
    notes = ["", "footnote ask, stage by stage (medians, s):"]
    notes += [f"  {name}: {value:.3f}" for name, value in stages.items()]
    notes += ["imports of footnote ask, own time by top package (s, one process under -X importtime):"]
    notes += [f"  {name}: {value:.3f}" for name, value in imports.items()]
    title = f"cold processes, {arguments.runs} of each"
    _common.show(
        title, rows, as_json=arguments.json, notes=() if arguments.json else notes, stages=stages, imports=imports
    )


def _seconds(processes: dict[str, tuple[list[str], Path]], runs: int) -> dict[str, list[float]]:
    """Wall-clock seconds of each process (command, checkout), in turn so that all meet the same conditions."""
    seconds: dict[str, list[float]] = {name: [] for name in processes}
    for _ in range(runs):
        for name, (command, checkout) in processes.items():
            environment = {**os.environ, "PYTHONPATH": str(checkout.resolve())}
            start = time.perf_counter()
            done = subprocess.run(
                [sys.executable, *command], capture_output=True, text=True, check=False, cwd=checkout, env=environment
            )
            seconds[name].append(time.perf_counter() - start)
            if done.returncode not in (0, 1) or "Traceback" in done.stderr:
                raise SystemExit(f"{name} failed:\n{done.stderr}")
    return seconds


def _stages(library: str, runs: int) -> dict[str, float]:
    script = STAGES.format(library=library, question=QUESTION, another=ANOTHER)
    times = []
    for _ in range(runs):
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        times.append(json.loads(done.stdout))
    return {name: _common.median([run[n] for run in times]) for n, name in enumerate(STAGE_NAMES)}


def _imports(command: list[str]) -> dict[str, float]:
    """Own seconds of the modules of each top package, the ten largest."""
    done = subprocess.run([sys.executable, "-X", "importtime", *command], capture_output=True, text=True, check=False)
    spent: Counter[str] = Counter()
    for microseconds, module in _IMPORT_LINE.findall(done.stderr):
        spent[module.partition(".")[0]] += int(microseconds)
    return {name: value / 1e6 for name, value in spent.most_common(10)} | {"all": spent.total() / 1e6}


if __name__ == "__main__":
    main()
