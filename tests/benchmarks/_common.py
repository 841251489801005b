"""What the benchmarks share: retrieval collections, a library made of one, medians, tables."""

from __future__ import annotations

import argparse
import gzip
import json
import math
import os
import platform
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.assistant import Assistant
from index.article import Article

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Query:
    """A query with the ids of the documents that are relevant to it."""

    id: str
    text: str
    relevant: tuple[str, ...]


def documents(folder: Path) -> list[Article]:
    """The documents of a collection as articles (title, blank line, text); their source is the document's id."""
    return [
        Article(f"{row['title']}\n\n{row['text']}", row["title"], row["id"])
        for row in _rows(folder / "corpus.jsonl.gz")
    ]


def queries(folder: Path) -> list[Query]:
    """The queries of a collection."""
    rows = _rows(folder / "dev_queries.jsonl.gz")
    return [Query(row["id"], row["text"], tuple(row["relevant"])) for row in rows]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        raise SystemExit(
            f"There is no {path}. Give a folder with corpus.jsonl.gz (id, title, text) and dev_queries.jsonl.gz "
            "(id, text, relevant), as made from any collection in BEIR's format."
        )
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def filled(library: Path, folder: Path) -> Assistant:
    """A library with all documents of a collection; those that it has already are not added again.

    The caller closes it. `add` in pieces, so that a stopped run goes on where it was.
    """
    assistant = Assistant.open(library)
    articles = documents(folder)
    present = len(assistant.articles())
    if present < len(articles):
        say(f"adding {len(articles) - present} of {len(articles)} documents to {library} ...")
        assistant.add(articles, _progress if sys.stderr.isatty() else None)
    return assistant


def _progress(done: float, total: int, name: str) -> None:
    print(f"\r{100 * done / max(total, 1):5.1f} %", end="" if done < total else "\n", file=sys.stderr, flush=True)


def documents_by_passage(assistant: Assistant) -> dict[str, str]:
    """Article id -> the id that the document has in its collection."""
    return {article.id: article.source for article in assistant.articles()}


def ndcg(ranking: Sequence[str], relevant: Sequence[str], depth: int) -> float:
    """nDCG@depth with binary relevance (Jaervelin and Kekaelaeinen, 2002)."""
    gain = sum(1 / math.log2(rank + 2) for rank, document in enumerate(ranking[:depth]) if document in relevant)
    return gain / sum(1 / math.log2(rank + 2) for rank in range(min(depth, len(relevant))))


def recall(ranking: Sequence[str], relevant: Sequence[str], depth: int) -> float:
    """R@depth."""
    return len(set(ranking[:depth]) & set(relevant)) / len(relevant)


def percentile(values: Sequence[float], percent: float) -> float:
    """By linear interpolation between the closest ranks."""
    ordered = sorted(values)
    position = (len(ordered) - 1) * percent / 100
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def median(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def parser(module: str, description: str) -> argparse.ArgumentParser:
    """The arguments that every benchmark takes."""
    made = argparse.ArgumentParser(prog=f"python -m tests.benchmarks.{module}", description=description)
    made.add_argument("--json", action="store_true", help="print one line of JSON")
    return made


def show(title: str, rows: Sequence[Row], *, as_json: bool, notes: Sequence[str] = (), **more: Any) -> None:
    """Print rows with the same columns as a table, or everything as one line of JSON.

    Args:
        title: what was measured.
        rows: column name -> value; the columns of the first row are shown.
        as_json: one line of JSON instead.
        notes: lines under the table.
        more: for the JSON only.
    """
    if as_json:
        print(json.dumps({"benchmark": title, "machine": machine(), "rows": rows, "notes": notes, **more}))
        return
    print(f"{title} ({machine()})")
    columns = list(rows[0])
    cells = [[_cell(row.get(column, "")) for column in columns] for row in rows]
    widths = [max(len(column), *(len(row[n]) for row in cells)) for n, column in enumerate(columns)]
    for row in [columns, *cells]:
        first, *others = zip(row, widths, strict=True)
        print("  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]))
    for note in notes:
        print(note)


def _cell(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def machine() -> str:
    """Cores and Python of this run."""
    return f"{os.cpu_count()} cores, Python {platform.python_version()}"


def say(text: str) -> None:
    """A remark for whoever watches."""
    print(text, file=sys.stderr, flush=True)
