"""What is learnt from: a history, a question and its rewrite; read and written as JSON lines."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assistant.understanding.followup.layout import Utterance


@dataclass(frozen=True, slots=True)
class Example:
    """A question with what was said before it.

    Attributes:
        kind: the data set, or how it came about: "made", "whole", "other", "standalone", "untitled".
        history: oldest first.
        question: as it was asked.
        rewrite: as it can be understood alone.
    """

    kind: str
    history: tuple[Utterance, ...]
    question: str
    rewrite: str


def read(path: Path) -> list[Example]:
    """The examples of a gzipped JSON lines file that `write` wrote."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Example(r["kind"], tuple(Utterance(*p) for p in r["history"]), r["question"], r["rewrite"]) for r in rows]


def write(path: Path, examples: Iterable[Example]) -> None:
    """Write examples; the same examples give the same bytes."""
    with gzip.GzipFile(path, "wb", mtime=0) as file:
        for e in examples:
            row = {
                "kind": e.kind,
                "history": [[p.role, p.text] for p in e.history],
                "question": e.question,
                "rewrite": e.rewrite,
            }
            file.write((json.dumps(row, ensure_ascii=False) + "\n").encode())
