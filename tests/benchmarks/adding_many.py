"""Measures adding many articles, from the command to the last vector: CPU and wall seconds, this checkout against another.

python -m tests.benchmarks.adding_many [--before FOLDER] [--articles N] [--rounds N] [--json]

The articles are made: a headline and paragraphs of the reader's training articles, 16,000 characters each, other ones in each.
Each round adds all of them to a new library in a process of its own, in turn; the median counts. The models are loaded before;
what is loaded by the first passages of an `add` (torch) is counted.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks import _common

_ROOT = Path(__file__).parents[2]
_CHARS = 16_000
_ADD = """
import json, resource, sys, tempfile, time
from assistant import Assistant

def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime

with tempfile.TemporaryDirectory() as folder, Assistant.open(folder) as assistant:
    assistant.warm()
    before, start = cpu(), time.perf_counter()
    report = assistant.add(sys.argv[1])
    print(json.dumps({"wall": time.perf_counter() - start, "cpu": cpu() - before, "added": len(report.added)}))
"""


def main() -> None:
    """Run from the command line."""
    parser = _common.parser("adding_many", __doc__ or "")
    parser.add_argument("--before", type=Path, help="folder of another checkout, to compare with")
    parser.add_argument("--articles", type=int, default=300, help="how many articles")
    parser.add_argument("--rounds", type=int, default=1, help="runs of each checkout, in turn; the median counts")
    arguments = parser.parse_args()
    checkouts = {"before": arguments.before.resolve()} if arguments.before else {}
    checkouts["this checkout"] = _ROOT
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in checkouts}
    loads = [_load()]
    with TemporaryDirectory() as folder:
        write_articles(Path(folder), arguments.articles)
        for _ in range(arguments.rounds):
            for name, root in checkouts.items():
                runs[name].append(_added(root, Path(folder)))
                loads.append(_load())
    figures = {
        name: {key: _common.median([run[key] for run in each]) for key in ("cpu", "wall", "added")}
        for name, each in runs.items()
    }
    first = next(iter(figures.values()))
    rows = [
        {
            "checkout": name,
            "articles": int(one["added"]),
            "CPU s": one["cpu"],
            "wall s": one["wall"],
            "times as fast, CPU": first["cpu"] / one["cpu"],
            "times as fast, wall": first["wall"] / one["wall"],
        }
        for name, one in figures.items()
    ]
    load = f"{min(loads):.1f} to {max(loads):.1f}"
    notes = [f"{arguments.articles} articles of {_CHARS:,} characters; the machine's load was {load}"]
    _common.show("adding many articles", rows, as_json=arguments.json, notes=notes, loads=loads)


def write_articles(folder: Path, count: int) -> None:
    """Write made articles as text files; the same ones every time."""
    sources = sorted((_ROOT / "assistant/training/reader/articles").glob("*.txt"))
    texts = [path.read_text(encoding="utf-8") for path in sources]
    paragraphs = [part.strip() for text in texts for part in text.split("\n\n") if len(part) > 80]
    rng = random.Random(1)
    for n in range(count):
        body: list[str] = []
        while sum(map(len, body)) < _CHARS:
            body.append(rng.choice(paragraphs))
        (folder / f"{n:04}.txt").write_text("\n\n".join([f"Made article number {n}", *body]), encoding="utf-8")


def _added(root: Path, folder: Path) -> dict[str, float]:
    environment = os.environ | {"PYTHONPATH": str(root)}
    command = [sys.executable, "-c", _ADD, str(folder)]
    done = subprocess.run(command, env=environment, cwd=folder.parent, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _load() -> float:
    return os.getloadavg()[0]


if __name__ == "__main__":
    main()
