"""Kills a process that adds, replaces, removes, restores and re-embeds, at random moments; counts how often nothing was lost.

python -m tests.benchmarks.kills [--kills 200] [--seed 1] [--json]
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from assistant import Article, Assistant
from index.fingerprint import fingerprint
from index.library.store import Library, RemovedArticle
from index.passages import split
from tests.benchmarks._common import parser, show
from tests.doubles import HashEmbedder, PlainReader
from tests.processes import CONTEXT

KINDS = ("add", "replace", "remove", "rebuild")
MODELS = ("model one", "model two")
_MOST_ARTICLES = 30
_LARGE = 700
"""Paragraphs of a large article: more than are embedded together, and enough that Chroma writes its index to disk."""

_WORDS = [
    a + b + c
    for a in "balo remi tuku sina dovo".split()
    for b in "ra ne li po".split()
    for c in "nd st mp rk lt".split()
]

State = dict[str, int]
"""Source of an article -> number of its version."""


@dataclass(slots=True)
class Truth:
    """What the library must hold.

    Attributes:
        state: by all changes that returned.
        pending: the change under way at the kill: source -> version, None = removed. Each may have happened or not.
        models: models that may have made the vectors: the one that did, and the one under way.
    """

    state: State = field(default_factory=dict)
    pending: dict[str, int | None] = field(default_factory=dict)
    models: tuple[str, ...] = (MODELS[0],)


def text_of(source: str, version: int) -> str:
    """Text of a version of an article: each of its paragraphs has a word of its own, some articles are large."""
    rng = random.Random(f"{source} {version}")
    count = _LARGE if rng.random() < 0.04 else rng.randint(1, 12)
    return "\n\n".join(
        # More than half of what the double embeds at once: each paragraph is a passage.
        f"{source}v{version}p{n} lay near {' '.join(rng.choices(_WORDS, k=30))}, they said."
        for n in range(count)
    )


# The process that is killed


def work(folder: Path, journal: Path, kind: str, seed: int, state: State, model: str) -> None:
    """Change the library without end; before and after each change, a line in the journal."""
    rng = random.Random(seed)
    with journal.open("ab", buffering=0) as log:

        def note(**line: Any) -> None:
            log.write(json.dumps(line).encode() + b"\n")

        assistant = _open(folder, model)
        # Chroma is open from the start, as in a page that serves.
        assistant.warm()
        note(event="open")
        removed: dict[str, tuple[int, RemovedArticle]] = {}
        while True:
            if kind == "rebuild" and state:
                model = MODELS[1 - MODELS.index(model)]
                note(event="start", model=model)
                assistant.close()
                assistant = _open(folder, model, reembed=True)
            elif removed and rng.random() < 0.5:
                source, (version, article) = removed.popitem()
                note(event="start", changes={source: version})
                assistant.restore(article)
                state = _after(state, {source: version})
            else:
                changes = _draw(kind, state, rng)
                note(event="start", changes=changes)
                removed = {source: (state[source], gone) for source, gone in _change(assistant, changes).items()}
                state = _after(state, changes)
            note(event="done")


def _open(folder: Path, model: str, *, reembed: bool = False) -> Assistant:
    return Assistant.open(folder, embedder=HashEmbedder(model), reader=PlainReader(), reembed=reembed)


def _draw(kind: str, state: State, rng: random.Random) -> dict[str, int | None]:
    version = rng.randrange(10**9)
    if len(state) < 3 or (kind == "add" and len(state) < _MOST_ARTICLES):
        return {f"s{rng.randrange(10**9)}": version for _ in range(rng.choice((1, 1, 4)))}
    if kind == "remove" or len(state) >= _MOST_ARTICLES:
        return {rng.choice(sorted(state)): None}
    return dict.fromkeys(rng.sample(sorted(state), rng.choice((1, 1, 2))), version)


def _change(assistant: Assistant, changes: Mapping[str, int | None]) -> dict[str, RemovedArticle]:
    """What was removed, by its source."""
    added = [
        Article(text_of(source, version), source=source) for source, version in changes.items() if version is not None
    ]
    if added:
        assistant.add(added)
    gone = [source for source, version in changes.items() if version is None]
    return {source: assistant.remove(Article("", source=source).id) for source in gone}


def _after(state: State, changes: Mapping[str, int | None]) -> State:
    merged = {**state, **changes}
    return {source: version for source, version in merged.items() if version is not None}


# The process that kills and looks


class Killer:
    """Kills one worker after the other on the same library and checks it after each."""

    def __init__(self, folder: Path, seed: int) -> None:
        """The library is made in `folder`; the seed draws the moments."""
        self.folder = folder
        self._rng = random.Random(seed)
        self._state: State = {}
        self._model = MODELS[0]
        self._round = 0

    def kill(self, kind: str) -> list[str]:
        """Let a worker change the library, kill it at a random moment, look.

        Returns:
            What was lost or half; empty if the kill was survived.
        """
        self._round += 1
        journal = self.folder.parent / f"journal-{self._round}"
        journal.touch()
        arguments = (self.folder, journal, kind, self._rng.randrange(10**9), self._state, self._model)
        worker = CONTEXT.Process(target=work, args=arguments, daemon=True)
        worker.start()
        # Now and then while it opens; mostly while it changes something.
        if self._rng.random() < 0.85:
            _wait_for_start(journal, worker)
            time.sleep(self._rng.uniform(0, 0.8 if kind == "rebuild" else 0.25))
        else:
            time.sleep(self._rng.uniform(0, 0.4))
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGKILL)
        worker.join()
        if worker.exitcode != -signal.SIGKILL:
            return [f"the worker ended by itself, with {worker.exitcode}"]
        truth = _read(journal, self._state, self._model)
        problems, self._state, self._model = look(self.folder, truth)
        return problems


def _wait_for_start(journal: Path, worker: Any) -> None:
    until = time.monotonic() + 60
    while b"start" not in journal.read_bytes() and worker.is_alive() and time.monotonic() < until:
        time.sleep(0.005)


def _read(journal: Path, state: State, model: str) -> Truth:
    truth = Truth(dict(state), {}, (model,))
    begun: dict[str, Any] = {}
    # A line cut by the kill has no newline.
    for line in journal.read_bytes().split(b"\n")[:-1]:
        entry = json.loads(line)
        if entry["event"] == "start":
            begun = entry
        elif entry["event"] == "done":
            truth.state = _after(truth.state, begun.get("changes", {}))
            truth.models = (begun.get("model", truth.models[0]),)
            begun = {}
    truth.pending = begun.get("changes", {})
    truth.models = tuple(dict.fromkeys([*truth.models, begun.get("model", truth.models[0])]))
    return truth


def look(folder: Path, truth: Truth) -> tuple[list[str], State, str]:
    """Open the library as a user would and compare it with what it must hold.

    Returns:
        What is wrong; what it holds; the model that made its vectors.
    """
    library = Library(folder)
    recorded = library.meta("fingerprint")
    library.close()
    models = [model for model in truth.models if recorded in (None, fingerprint(HashEmbedder(model)))]
    if not models:
        return [f"made with {recorded}, not with {truth.models}"], truth.state, truth.models[0]
    with _open(folder, models[0]) as assistant:
        held = {article.source: article for article in assistant.articles()}
        problems, state = _compare(held, truth)
        problems += assistant.library_problems()
        reader = Library(folder, write=False)
        for article in held.values():
            problems += _passages(reader, article, HashEmbedder(models[0]))
        reader.close()
        if state:
            problems += _found(assistant, state, truth)
        problems += assistant.vector_problems()
    return problems + _full_text(folder), state, models[0]


def _compare(held: Mapping[str, Article], truth: Truth) -> tuple[list[str], State]:
    problems = []
    state: State = {}
    for source in sorted(held.keys() | truth.state.keys() | truth.pending.keys()):
        allowed = {truth.state.get(source), truth.pending.get(source, truth.state.get(source))}
        actual = held.get(source)
        fitting = [version for version in allowed if _is(actual, source, version)]
        if not fitting:
            problems.append(f"{source} is {'missing' if actual is None else 'another'}; allowed: {allowed}")
        elif fitting[0] is not None:
            state[source] = fitting[0]
    return problems, state


def _is(actual: Article | None, source: str, version: int | None) -> bool:
    if actual is None or version is None:
        return actual is None and version is None
    return actual.text == text_of(source, version)


def _passages(library: Library, article: Article, embedder: HashEmbedder) -> list[str]:
    expected = split(article, embedder.count_tokens, embedder.max_tokens)
    if library.passages_of(article.id) != expected:
        return [f"the passages of {article.source} are not those of its text"]
    ids, _, stored = library.vectors([passage.id for passage in expected])
    order = {pid: n for n, pid in enumerate(ids)}
    vectors = embedder.embed([passage.text for passage in expected])
    right = len(ids) == len(expected) and np.allclose(stored[[order[p.id] for p in expected]], vectors, atol=1e-6)
    return [] if right else [f"the vectors of {article.source} are not those of its passages"]


def _found(assistant: Assistant, state: State, truth: Truth) -> list[str]:
    """Every article is found by a sentence of its own, in words and as a vector, and cited verbatim; what is gone is not."""
    problems = []
    for source, version in state.items():
        answer = assistant.ask(text_of(source, version).split("\n\n")[0])
        best = answer.evidence[0]
        article = assistant.article(best.passage.article_id)
        if article.source != source or best.similarity < 0.999:
            problems.append(f"{source} is not found by both searches")
        cited = [assistant.article(c.article_id).text[c.start : c.end] == c.quote for c in answer.citations]
        if not cited or not all(cited):
            problems.append(f"{source} is not cited verbatim")
    for source, last in {**truth.state, **truth.pending}.items():
        if last is not None and state.get(source) != last:
            stale = text_of(source, last).split("\n\n")[0]
            if any(item.passage.text == stale for item in assistant.ask(stale).evidence):
                problems.append(f"a stale passage of {source} is found")
    return problems


def _full_text(folder: Path) -> list[str]:
    """FTS5's own check of its index against the passages."""
    with closing(sqlite3.connect(folder / "library.db")) as connection:
        try:
            connection.execute("INSERT INTO words (words, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            return [f"the full-text index is damaged: {error}"]
    return []


def run(kills: int, seed: int, folder: Path) -> list[tuple[str, list[str]]]:
    """Kill so many times, each kind in turn; kind and problems of each."""
    killer = Killer(folder / "library", seed)
    return [(kind, killer.kill(kind)) for kind in (KINDS[n % len(KINDS)] for n in range(kills))]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print how many kills were survived. Exit code 1 if not all were."""
    made = parser("kills", "Kill -9 at random moments: how many were survived?")
    made.add_argument("--kills", type=int, default=200, help="how many (200)")
    made.add_argument("--seed", type=int, default=1, help="draws the moments (1)")
    options = made.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="footnote-kills-"))
    try:
        outcomes = run(options.kills, options.seed, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    rows = [_row(kind, [p for k, p in outcomes if kind in (k, "all")]) for kind in (*KINDS, "all")]
    notes = [f"{kind}: {problem}" for kind, problems in outcomes for problem in problems]
    show("kills survived", rows, as_json=options.json, notes=notes)
    return 1 if notes else 0


def _row(kind: str, outcomes: Sequence[list[str]]) -> dict[str, Any]:
    return {"killed during": kind, "survived": sum(not problems for problems in outcomes), "kills": len(outcomes)}


if __name__ == "__main__":
    sys.exit(main())
