"""Follow-ups -> table: which words of the history the resolver adds, beside what people added.

python -m tests.benchmarks.followup FILE [--llm NAME] [--record CASSETTE | --replay CASSETTE] [--json]

FILE: JSON lines, gzipped or not, of `id, source, history[{role,text}], question, rewrite`; roles are user, assistant and topic
(the title of what is talked about). The figures are those of `assistant.training.resolver.scoring`; beside the
resolver stand ways that need none, and the time is that of one question after the other in one thread.

A language model, named as in FOOTNOTE_LLM or played from a cassette, is measured over the same questions as it would be used:
where its rewrite does not pass the check, the resolver's is taken. `taken` is the share of questions where it passes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.core.draft import Usage
from assistant.core.errors import FootnoteError
from assistant.core.settings import load_settings
from assistant.training.resolver.scoring import KEYS, Resolved, figures
from assistant.training.shared.rows import read_rows
from assistant.understanding.followup.layout import Utterance
from assistant.understanding.followup.term_resolver import TermResolver
from assistant.writing.cassette import Player, Recorder
from assistant.writing.contextualizing import ModelResolver
from assistant.writing.model import LanguageModel
from assistant.writing.serving import open_model
from tests.benchmarks._common import machine, median, parser, percentile, show

Resolve = Callable[[str, Sequence[Utterance]], str]


@dataclass(frozen=True, slots=True)
class Row:
    """A question with its history and the rewrite that somebody made of it."""

    source: str
    history: tuple[Utterance, ...]
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


@dataclass(frozen=True, slots=True)
class Modelled:
    """What was made of all rows with a language model, the share of its rewrites that were taken, and what it took."""

    found: list[Timed]
    taken: float
    usage: Usage


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. Exit code 2 for a file or a language model that can't be used."""
    options = _options(arguments)
    try:
        rows = [
            Row(r["source"], tuple(Utterance(p["role"], p["text"]) for p in r["history"]), r["question"], r["rewrite"])
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
    try:
        modelled = _modelled(rows, resolver, options)
    except FootnoteError as error:
        print(error, file=sys.stderr)
        return 2
    found = resolved(rows, lambda question, history: resolver.rewritten(question, history).question)
    if options.json:
        print(json.dumps(_as_json(found, modelled)))
    else:
        _show(options.file.name, rows, found, modelled)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    options = parser("followup", "Measure how follow-ups are understood.")
    options.add_argument("file", type=Path)
    options.add_argument("--llm", metavar="NAME", default="", help="a language model, named as in FOOTNOTE_LLM")
    cassette = options.add_mutually_exclusive_group()
    cassette.add_argument("--record", type=Path, metavar="CASSETTE", help="keep its replies")
    cassette.add_argument("--replay", type=Path, metavar="CASSETTE", help="play replies that were kept")
    chosen = options.parse_args(arguments)
    if chosen.record and not chosen.llm:
        options.error("--record needs --llm")
    return chosen


def _modelled(rows: Sequence[Row], resolver: TermResolver, options: argparse.Namespace) -> Modelled | None:
    model = _open_model(options)
    if model is None:
        return None
    with closing(model):
        found = with_model(rows, resolver, model)
        if isinstance(model, Recorder):
            model.commit()
    return found


def _open_model(options: argparse.Namespace) -> LanguageModel | None:
    """The model that was named, its replies kept or played where that was asked for."""
    if options.replay:
        return Player(options.replay)
    if not options.llm:
        return None
    model = open_model(load_settings(llm=options.llm))
    return Recorder(model, options.record) if options.record else model


def with_model(rows: Sequence[Row], resolver: TermResolver, model: LanguageModel) -> Modelled:
    """Each row's question as a language model makes it, or else the resolver."""
    asking = ModelResolver(model, resolver)
    usage = Usage()
    taken = 0

    def rewritten(question: str, history: Sequence[Utterance]) -> str:
        nonlocal usage, taken
        found = asking.rewrite(question, history)
        usage += found.usage
        taken += found.standalone is not None
        return (found.standalone or resolver.rewritten(question, history)).question

    return Modelled(resolved(rows, rewritten), taken / len(rows), usage)


def _as_json(found: Sequence[Timed], modelled: Modelled | None) -> dict[str, Any]:
    values = {**_with_sources(found), "rows": len(found), "machine": machine()}
    if modelled:
        tokens = modelled.usage.tokens
        values["language_model"] = {**_with_sources(modelled.found), "taken": modelled.taken, "tokens": tokens}
    return values


def _with_sources(found: Sequence[Timed]) -> dict[str, Any]:
    by_source = {source: measured(part) for source, part in _by_source(found).items()}
    return {**measured(found), "by_source": by_source}


def _show(name: str, rows: Sequence[Row], found: Sequence[Timed], modelled: Modelled | None) -> None:
    ours = measured(found)
    table = [{"resolver": "footnote", **_cells(ours)}]
    if modelled:
        table.append({"resolver": "language model", **_cells(measured(modelled.found))})
    table += [{"resolver": plain, **_cells(measured(resolved(rows, way)))} for plain, way in PLAIN.items()]
    show(f"Follow-ups: {len(rows)} questions of {name}", table, as_json=False)
    sources = [{"source": source, **_cells(measured(part))} for source, part in _by_source(found).items()]
    show("By source", sources, as_json=False)
    print(f"milliseconds per question: median {ours['ms_per_question']:.1f}, p95 {ours['ms_p95']:.1f}")
    if modelled:
        times = measured(modelled.found)
        print(
            f"language model: median {times['ms_per_question']:.1f}, p95 {times['ms_p95']:.1f}; "
            f"{modelled.taken:.1%} of its rewrites taken, {modelled.usage.tokens:,} tokens"
        )


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


def _last(history: Sequence[Utterance], role: str) -> str:
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
