"""Measures what a cold process costs: `footnote ask` on the sample article, and `import assistant` alone.

python -m tests.benchmarks.cold [--runs N] [--json]
"""

from __future__ import annotations

import json
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

QUESTION = "Who is John Kirby?"
ASK = "from assistant.cli import main; main()"
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
    assistant.ask({question!r})
    again = time.perf_counter()
print(json.dumps([imported - start, opened - imported, warmed - opened, asked - warmed, again - asked]))
"""
STAGE_NAMES = ("import", "open the library", "load model and vectors", "first ask", "second ask")
_IMPORT_LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)")


def main() -> None:
    """Run from the command line."""
    parser = _common.parser("cold", __doc__ or "")
    parser.add_argument("--runs", type=int, default=7, help="processes of each kind; the median counts")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        library = str(Path(folder) / "library")
        with Assistant.open(library) as assistant:
            assistant.add(sample_path())
        ask = ["-c", ASK, "ask", QUESTION, "--library", library]
        kinds = {
            "footnote ask": ask,
            "import assistant": ["-c", "from assistant import Assistant"],
            "python alone": ["-c", "pass"],
            "baseline: import sentence_transformers": ["-c", "import sentence_transformers"],
        }
        targets = {"footnote ask": 4.0, "import assistant": 0.5}
        seconds = _seconds(kinds, arguments.runs)
        rows = [
            {
                "process": name,
                "median s": _common.median(seconds[name]),
                "max s": max(seconds[name]),
                "target s": targets.get(name, ""),
            }
            for name in kinds
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


def _seconds(kinds: dict[str, list[str]], runs: int) -> dict[str, list[float]]:
    """Wall-clock seconds of each process, the kinds in turn so that all meet the same conditions."""
    seconds: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(runs):
        for name, command in kinds.items():
            start = time.perf_counter()
            done = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=False)
            seconds[name].append(time.perf_counter() - start)
            if done.returncode not in (0, 1):
                raise SystemExit(f"{name} failed:\n{done.stderr}")
    return seconds


def _stages(library: str, runs: int) -> dict[str, float]:
    script = STAGES.format(library=library, question=QUESTION)
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
