"""Kept figures -> docs/benchmarks.md: `python -m tests.benchmarks.document`.

Figures are kept in `docs/figures/*.json`, one file for each benchmark, in the order of their names:

    title     what was measured
    about     a sentence or two on what the figures mean
    command   that prints them
    measured  the day, as 2026-11-28; null = before this release, and not again since
    machine   in plain words
    result    what the command printed with --json

To measure again, and keep what comes out under the name of a file that is there already:

    python -m tests.benchmarks.cold --json | python -m tests.benchmarks.document keep cold "2 cores, Python 3.11"
    footnote test tests/questions --json | python -m tests.benchmarks.document keep questions "2 cores, Python 3.11"
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "docs" / "figures"
PAGE = ROOT / "docs" / "benchmarks.md"

KEYS = {"title", "about", "command", "measured", "machine", "result"}
_BEFORE = "Measured before this release."
_HEAD = """# Benchmarks

<!-- Made by `python -m tests.benchmarks.document` from docs/figures; a test compares them. Change those files, not this one. -->

Each command prints such a table, on your machine too; `--json` prints it for programs. FILE and FOLDER are data that is
not part of this repository: each command's `--help` says what a line of FILE has; FOLDER is a data set in BEIR's shape.
What was measured up to 2026-11-28, or "before this release", was measured with the reader and the passages of before:
times and answers are others now.

The benchmarks are part of the checkout and need the extra `test`. Times depend on the machine, so they are worth comparing on the
same machine only.
"""

Row = Mapping[str, object]
_SMALL = 50
"""Sets with fewer questions are one row together."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of kept figures; see the top of this module."""

    name: str
    title: str
    about: str
    command: str
    measured: str | None
    machine: str
    result: Mapping[str, Any]


def kept(folder: Path = FIGURES) -> list[Kept]:
    """All files, in the order of their names.

    Raises:
        ValueError: a file lacks a key, or has one that means nothing.
    """
    found = []
    for path in sorted(folder.glob("*.json")):
        data = json.loads(path.read_text(encoding="utf-8"))
        if data.keys() != KEYS:
            raise ValueError(f"{path}: the keys must be {', '.join(sorted(KEYS))}, not {', '.join(sorted(data))}.")
        if data["measured"] is not None:
            date.fromisoformat(data["measured"])
        found.append(Kept(path.stem, **data))
    return found


def page(figures: Sequence[Kept]) -> str:
    """The page as Markdown."""
    return "\n".join([_HEAD, *(part for one in figures for part in _section(one))])


def _section(one: Kept) -> Iterator[str]:
    yield f"## {one.title}\n"
    yield f"```sh\n{one.command}\n```\n"
    when = f"Measured on {one.measured}." if one.measured else _BEFORE
    yield f"{one.about} {when} Machine: {one.machine}.\n".lstrip()
    for rows in tables(one.result):
        yield f"{_table(rows)}\n"


def tables(result: Mapping[str, Any]) -> Iterator[list[Row]]:
    """The figures of a benchmark as tables.

    Most print their rows. Of those that print names and values, the values for all make one row, and the parts (`by_source`, or
    another way beside ours) one row each; parts with other names make a table of their own. A list is a figure with its interval.
    """
    if "rows" in result and not isinstance(result["rows"], int):
        yield list(result["rows"])
        return
    whole = {key: value for key, value in result.items() if not isinstance(value, dict) and key != "machine"}
    measured = any(isinstance(value, (int, float)) for value in whole.values())
    first: list[Row] = [{"": "all", **whole}] if measured else []
    others: list[list[Row]] = []
    for name, part in result.items():
        if not isinstance(part, dict):
            continue
        if all(isinstance(value, dict) for value in part.values()):
            first += [{"": source, **values} for source, values in part.items()]
        elif part.keys() & whole.keys():
            first.append({"": _words(name), **part})
        else:
            others.append([{_words(name): _words(key), "value": value} for key, value in part.items()])
    yield first
    yield from others


def _table(rows: Sequence[Row]) -> str:
    columns = list(dict.fromkeys(key for row in rows for key in row))
    lines = [[_words(column) for column in columns], ["---"] * len(columns)]
    lines += [[_cell(row.get(column)) for column in columns] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    if isinstance(value, list):
        figure, low, high = map(_cell, value)
        return f"{figure} [{low}, {high}]"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "" if value is None else str(value).replace("|", "\\|")


def _words(key: str) -> str:
    return key.replace("_", " ")


# Keeping


def keep(name: str, machine: str, printed: str, folder: Path = FIGURES) -> Path:
    """Put what a benchmark printed in the place of what was kept.

    Args:
        name: of the kept file, without the number before it.
        machine: in plain words.
        printed: JSON, as the command prints it.
        folder: of the kept files.

    Raises:
        SystemExit: no file of this name, or nothing that can be kept.
    """
    found = [path for path in folder.glob("*.json") if path.stem.partition("-")[2] == name]
    if len(found) != 1:
        raise SystemExit(f"There is no figure called {name!r} in {folder}. Make NUMBER-{name}.json first.")
    data = json.loads(found[0].read_text(encoding="utf-8"))
    result = json.loads(printed)
    changed = {"measured": date.today().isoformat(), "machine": machine, "result": _of_sets(result) or result}
    text = json.dumps({**data, **changed}, indent=2, ensure_ascii=False)
    found[0].write_text(text + "\n", encoding="utf-8")
    return found[0]


def _of_sets(result: Mapping[str, Any]) -> dict[str, Any] | None:
    """What is kept of a run of question sets, whose report has every answer in it; None for any other result."""
    if "sets" not in result:
        return None
    rows, small = [], []
    for one in result["sets"]:
        figures, outcomes = one["metrics"]["overall"], one["metrics"]["outcomes"]
        if figures["accuracy"]["n"] < _SMALL:
            small.append(one["metrics"])
            continue
        accuracy = figures["accuracy"]
        row = {"set": one["report"]["name"], "questions": accuracy["n"], "accuracy": accuracy["value"]}
        row["95 % interval"] = f"{accuracy['low']:.2f} to {accuracy['high']:.2f}"
        row |= {
            name: figures[name]["value"] for name in ("answer_f1", "R@5", "abstention_f1", "ECE") if name in figures
        }
        rows.append({**row, "laws broken": outcomes.get("law broken", 0)})
    return {"rows": [*rows, *([_together(small)] if small else [])]}


def _together(metrics: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One row for sets that are too small for one each: how many of all their questions are right."""
    accuracies = [one["overall"]["accuracy"] for one in metrics]
    asked = sum(one["n"] for one in accuracies)
    right = sum(one["n"] * one["value"] for one in accuracies) / asked
    error = 1.96 * (right * (1 - right) / asked) ** 0.5
    return {
        "set": f"{len(metrics)} sets of fewer than {_SMALL}",
        "questions": asked,
        "accuracy": right,
        "95 % interval": f"{right - error:.2f} to {right + error:.2f}",
        "laws broken": sum(one["outcomes"].get("law broken", 0) for one in metrics),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the page, after keeping what comes on standard input where that is asked for."""
    match list(sys.argv[1:] if arguments is None else arguments):
        case []:
            pass
        case ["keep", name, machine]:
            print(f"kept in {keep(name, machine, sys.stdin.read()).relative_to(ROOT)}")
        case _:
            raise SystemExit(__doc__)
    PAGE.write_text(page(kept()), encoding="utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
