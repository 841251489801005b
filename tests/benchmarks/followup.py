"""Follow-ups -> table: which words of the history the resolver adds, beside what people added.

python -m tests.benchmarks.followup FILE [--json]

FILE: JSON lines, gzipped or not, of `id, source, history[{role,text}], question, rewrite`; roles are user, assistant and topic
(the title of what is talked about). The figures are those of `assistant.followup.scoring.figures`; beside the resolver stand ways
that need none, and the time is that of one question after the other in one thread.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.followup import TermResolver
from assistant.followup.layout import Piece
from assistant.followup.scoring import KEYS, Resolved, figures
from assistant.reading.training.examples import read_rows
from tests.benchmarks._common import machine, median, parser, percentile, show

Resolve = Callable[[str, Sequence[Piece]], str]


@dataclass(frozen=True, slots=True)
class Row:
    """A question with its history and the rewrite that somebody made of it."""

    source: str
    history: tuple[Piece, ...]
    question: str
    rewrite: str


@dataclass(frozen=True, slots=True)
class Timed:
    """What was made of a row, in how many seconds."""

    row: Row
    resolved: str
    seconds: float

    @property
    def scored(self) -> Resolved:
        """For the figures."""
        return Resolved(self.row.question, self.row.rewrite, self.resolved)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. Exit code 2 for a file that can't be used."""
    options = _options(arguments)
    try:
        rows = [
            Row(r["source"], tuple(Piece(p["role"], p["text"]) for p in r["history"]), r["question"], r["rewrite"])
            for r in read_rows(options.file)
        ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{options.file} can't be used: {error!r}. See --help for what a line must have.", file=sys.stderr)
        return 2
    if not rows:
        print(f"{options.file} has no rows.", file=sys.stderr)
        return 2
    resolver = TermResolver()
    resolver.warm()
    found = resolved(rows, lambda question, history: resolver.rewritten(question, history).question)
    ours = measured(found)
    by_source = {source: measured(part) for source, part in _by_source(found).items()}
    if options.json:
        print(json.dumps({**ours, "by_source": by_source, "rows": len(rows), "machine": machine()}))
        return 0
    table = [{"resolver": "footnote", **_cells(ours)}]
    table += [{"resolver": name, **_cells(measured(resolved(rows, plain)))} for name, plain in PLAIN.items()]
    show(f"Follow-ups: {len(rows)} questions of {options.file.name}", table, as_json=False)
    show("By source", [{"source": name, **_cells(one)} for name, one in by_source.items()], as_json=False)
    print(f"milliseconds per question: median {ours['ms_per_question']:.1f}, p95 {ours['ms_p95']:.1f}")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    options = parser("followup", "Measure how follow-ups are understood.")
    options.add_argument("file", type=Path)
    return options.parse_args(arguments)


def resolved(rows: Sequence[Row], resolve: Resolve) -> list[Timed]:
    """Each row's question as a resolver makes it."""
    done = []
    for row in rows:
        start = time.perf_counter()
        question = resolve(row.question, row.history)
        done.append(Timed(row, question, time.perf_counter() - start))
    return done


def measured(found: Sequence[Timed]) -> dict[str, float]:
    """The figures and the times over some rows."""
    milliseconds = [1_000 * one.seconds for one in found]
    times = {"ms_per_question": median(milliseconds), "ms_p95": percentile(milliseconds, 95)}
    return {**figures([one.scored for one in found]), **times}


def _by_source(found: Sequence[Timed]) -> dict[str, list[Timed]]:
    parts: dict[str, list[Timed]] = defaultdict(list)
    for one in found:
        parts[one.row.source].append(one)
    return dict(sorted(parts.items()))


def _cells(values: Mapping[str, Any]) -> dict[str, Any]:
    names = ("precision", "recall", "F1", "ROUGE-1", "exact", "self changed", "left alone")
    return {name: values[key] for name, key in zip(names, KEYS, strict=True)}


def _last(history: Sequence[Piece], role: str) -> str:
    return next((piece.text for piece in reversed(history) if piece.role == role), "")


PLAIN: dict[str, Resolve] = {
    "raw question": lambda question, _: question,
    "+ last question": lambda question, history: f"{question} {_last(history, 'user')}",
    "+ last answer": lambda question, history: f"{question} {_last(history, 'assistant')}",
    "+ title": lambda question, history: f"{question} {_last(history[:1], 'topic')}",
    "all words": lambda question, history: " ".join([question, *(piece.text for piece in history)]),
}
"""What needs no resolver; the title is there in CANARD alone."""


if __name__ == "__main__":
    sys.exit(main())
