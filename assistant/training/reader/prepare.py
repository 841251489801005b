"""Prepares what the reader learns from: `python -m assistant.training.reader.prepare DATA FOLDER`.

DATA holds `train.jsonl.gz` and `conversational_train.jsonl.gz` (rows `id, source, title, context, question,
answers[{text,start}], answerable`, the second with `history`). FOLDER receives `examples.jsonl.gz` with every kind of
`Example`, and `counts.json`. The same seed gives the same file.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.training.reader import decisions, unanswerable
from assistant.training.reader.examples import Example, read_rows, with_history, write
from assistant.training.reader.unanswerable import Likeness, Paragraphs, sentence_spans

_SINGLE = "qamr"
"""Sources of this beginning are single sentences."""
_NEIGHBOURS = 4
_UNDECIDED = frozenset(["near", "removed", "swapped"])
"""Kinds that make good yes/no questions without an answer; to one with an opposite word, the context says no."""
_HISTORY_CONTEXT = 900
"""Characters of a long section that are kept around an answer in it."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the examples and their counts."""
    parser = argparse.ArgumentParser(description="Prepare the trained reader's examples.")
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    rng = random.Random(options.seed)
    rows = list(read_rows(options.data / "train.jsonl.gz"))
    talks = list(read_rows(options.data / "conversational_train.jsonl.gz"))
    examples = [*prepared(rows, rng), *conversational(talks, rng)]
    write(options.folder / "examples.jsonl.gz", examples)
    counts = Counter(f"{e.kind}/{e.source}" for e in examples)
    (options.folder / "counts.json").write_text(json.dumps(dict(sorted(counts.items())), indent=1) + "\n")
    kinds = Counter(e.kind for e in examples)
    sys.stdout.write(json.dumps({"examples": len(examples), **dict(sorted(kinds.items()))}) + "\n")


def prepared(rows: Sequence[dict[str, Any]], rng: random.Random) -> Iterator[Example]:
    """Every example that can be made of the rows."""
    single = [row for row in rows if row["source"].startswith(_SINGLE)]
    whole = [example_of(row) for row in rows if not row["source"].startswith(_SINGLE)]
    yield from whole
    yield from among_neighbours(single, rng)
    by_title: dict[str, list[Example]] = defaultdict(list)
    for example in whole:
        by_title[f"{example.source}/{example.title}"].append(example)
    spans: dict[str, list[tuple[int, int]]] = {}
    likeness = Likeness()
    for _, examples in sorted(by_title.items()):
        contexts = list(dict.fromkeys(e.context for e in examples))
        paragraphs = Paragraphs(contexts)
        article = "\n".join(contexts[:40])
        words = likeness.words(article)
        for example in examples:
            made = []
            if example.answerable:
                made = [
                    unanswerable.near(example, paragraphs, rng),
                    unanswerable.removed(example, sentence_spans(example.context, spans)),
                    unanswerable.swapped(example, article, rng),
                    unanswerable.opposite(example, rng),
                    unanswerable.replaced(example, words, likeness, rng),
                ]
            found = [m for m in made if m is not None]
            yield from found
            undecided = [m for m in found if m.kind in _UNDECIDED]
            # One without an answer for each with one: what is asked for can't tell them apart.
            for one in (example, *rng.sample(undecided, min(len(undecided), 1))):
                if (decided := decisions.of_question(one, sentence_spans(one.context, spans))) is not None:
                    yield decided
        yield from decisions.of_statements(contexts, examples[0], paragraphs, spans, rng)


def example_of(row: dict[str, Any]) -> Example:
    """A row as it stands."""
    answer = row["answers"][0] if row["answerable"] else None
    start = answer["start"] if answer else -1
    end = start + len(answer["text"]) if answer else -1
    kind = "plain" if answer else "asked"
    return Example(kind, row["source"], row["title"], row["question"].strip(), row["context"], start, end)


def among_neighbours(rows: Sequence[dict[str, Any]], rng: random.Random) -> Iterator[Example]:
    """Single sentences among some others of the same article, in an order that says nothing."""
    titles: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        titles[row["title"]].append(row["context"])
    others = {title: list(dict.fromkeys(contexts)) for title, contexts in titles.items()}
    for row in rows:
        example = replace(example_of(row), kind="sentence")
        pool = [text for text in others[row["title"]] if text != row["context"]]
        chosen = rng.sample(pool, min(len(pool), rng.randint(0, _NEIGHBOURS)))
        place = rng.randint(0, len(chosen))
        before = "".join(text + " " for text in chosen[:place])
        after = "".join(" " + text for text in chosen[place:])
        yield example.moved(before + row["context"] + after, len(before))


def conversational(rows: Sequence[dict[str, Any]], rng: random.Random) -> Iterator[Example]:
    """Follow-ups with what was said before, over the part of a long section that answers."""
    for row in rows:
        example = replace(example_of(row), kind="history", question=with_history(row["question"], row["history"]))
        slack = max(0, _HISTORY_CONTEXT - (example.end - example.start))
        start = max(0, example.start - rng.randint(0, slack))
        start = 0 if start == 0 else example.context.rfind(" ", 0, start) + 1
        end = min(len(example.context), start + max(_HISTORY_CONTEXT, example.end - start))
        yield example.moved(example.context[start:end], -start)


if __name__ == "__main__":
    main()
