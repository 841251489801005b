"""Makes the examples: `python -m assistant.training.resolver.prepare DATA PREPARED [--articles FOLDER]`.

DATA holds `followup/train.jsonl.gz` with `id, source, history[{role,text}], question, rewrite`; `reading/train.jsonl.gz`, the
reader's; and `written`, articles with conversations, as those of FOLDER: `assistant/training/reader/articles`. PREPARED receives
`examples.jsonl.gz`.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.training.reader.examples import ARTICLES, all_written
from assistant.training.resolver.examples import Example, write
from assistant.training.resolver.made import made
from assistant.training.resolver.varied import again, renamed
from assistant.training.resolver.written import of_conversations, unrelated
from assistant.training.shared.rows import read_rows
from assistant.understanding.followup.layout import Utterance

_VARIATIONS = 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the examples."""
    parser = argparse.ArgumentParser(description="Make what the resolver learns from.")
    parser.add_argument("data", type=Path)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("--articles", type=Path, default=ARTICLES, help="folder of more written articles")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    rng = random.Random(options.seed)
    examples = list(asked(list(read_rows(options.data / "followup" / "train.jsonl.gz")), rng))
    people = [e for e in examples if e.kind not in {"standalone", "untitled", "told"}]
    for _ in range(_VARIATIONS):
        examples += renamed(people, rng)
        examples += again(people, rng)
    examples += made(read_rows(options.data / "reading" / "train.jsonl.gz"), rng)
    articles = [
        one for folder in (options.data / "written", options.articles) for one in all_written(folder, dev=False)
    ]
    typed = list(of_conversations(articles, rng))
    examples += typed
    examples += [replace(e, kind="written again") for e in again([e for e in typed if e.kind == "written"], rng)]
    examples += unrelated(articles, rng)
    options.prepared.mkdir(parents=True, exist_ok=True)
    write(options.prepared / "examples.jsonl.gz", examples)
    sys.stdout.write(json.dumps(Counter(e.kind for e in examples)) + "\n")


def asked(rows: Sequence[dict[str, Any]], rng: random.Random) -> Iterator[Example]:
    """What people asked and rewrote, and variations of it.

    With a title also without it ("untitled"), with rewrites as history ("standalone"), and the rewrite itself ("told").
    """
    rewrites = {(*_conversation(row), row["question"]): row["rewrite"] for row in rows}
    for row in rows:
        history = tuple(Utterance(piece["role"], piece["text"]) for piece in row["history"])
        example = Example(row["source"].partition("-")[0], history, row["question"], row["rewrite"])
        yield example
        if any(piece.role == "topic" for piece in history):
            yield replace(example, kind="untitled", history=tuple(p for p in history if p.role != "topic"))
        known = tuple(
            replace(p, text=rewrites.get((*_conversation(row), p.text), p.text)) if p.role == "user" else p
            for p in history
        )
        if known != history:
            yield replace(example, kind="standalone", history=known)
        # As one who forgets nothing would ask: what names what it means needs nothing, whatever was talked about.
        if history and row["rewrite"] != row["question"]:
            yield replace(example, kind="told", history=rng.choice([history, known]), question=row["rewrite"])


def _conversation(row: dict[str, Any]) -> tuple[str, str]:
    """The set and the conversation a row belongs to; its id ends with the number of the turn."""
    return row["source"], row["id"].rpartition("-")[0]


if __name__ == "__main__":
    main()
