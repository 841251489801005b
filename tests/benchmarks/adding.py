"""Measures adding: passages per second of our embedder against plain `SentenceTransformer.encode(batch_size=32)`.

python -m tests.benchmarks.adding FOLDER [--documents N] [--rounds N] [--json]

FOLDER has a corpus.jsonl.gz, or is any folder with articles.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from assistant import Article, Assistant
from assistant.core.settings import load_settings
from index.compiling import built_in_model_dir
from index.embedding import open_embedder
from index.loading.files import find_files, load_file
from index.passages import split
from tests.benchmarks import _common


def main() -> None:
    """Run from the command line."""
    parser = _common.parser("adding", __doc__ or "")
    parser.add_argument("folder", type=Path, help="has a corpus.jsonl.gz, or articles")
    parser.add_argument("--documents", type=int, default=150, help="the first N documents")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each way in turn; the median counts")
    arguments = parser.parse_args()
    settings = load_settings()
    embedder = open_embedder(settings)
    articles = _articles(arguments.folder)[: arguments.documents]
    texts = [p.text for article in articles for p in split(article, embedder.count_tokens, embedder.max_tokens)]
    original = _original()
    last: dict[str, Any] = {}

    def ours() -> None:
        last["ours"] = embedder.embed(texts)

    def plain() -> None:
        last["plain"] = original.encode(texts, batch_size=32, normalize_embeddings=True, show_progress_bar=False)

    def whole() -> None:
        with TemporaryDirectory() as folder, Assistant.open(folder) as assistant:
            assistant.warm()
            start = time.perf_counter()
            assistant.add(articles)
            last["whole"] = time.perf_counter() - start

    ways = {"plain encode(batch_size=32)": plain, "our embedder": ours, "add, end to end": whole}
    seconds = _in_turn(ways, arguments.rounds, last)
    rates = {name: len(texts) / _common.median(values) for name, values in seconds.items()}
    baseline = rates["plain encode(batch_size=32)"]
    rows = [{"way": name, "passages/s": rate, "times plain": rate / baseline} for name, rate in rates.items()]
    cosine = float(np.sum(last["ours"] * last["plain"], axis=1).min())
    tokens = sum(embedder.count_tokens(texts)) / len(texts)
    notes = [
        f"{len(texts)} passages of {len(articles)} documents, {tokens:.0f} tokens each; lowest cosine {cosine:.6f}"
    ]
    title = f"adding, medians of {arguments.rounds} rounds"
    _common.show(title, rows, as_json=arguments.json, notes=notes, lowest_cosine=cosine, passages=len(texts))


def _in_turn(ways: dict[str, Callable[[], None]], rounds: int, last: dict[str, Any]) -> dict[str, list[float]]:
    """Seconds of each way; a way that measures itself says so under "whole". The first round warms up and is left out."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            last.pop("whole", None)
            start = time.perf_counter()
            way()
            spent = last.get("whole", time.perf_counter() - start)
            if number:
                seconds[name].append(spent)
    return seconds


def _articles(folder: Path) -> list[Article]:
    if (folder / "corpus.jsonl.gz").is_file():
        return _common.documents(folder)
    files, _ = find_files(folder)
    return [load_file(file, load_settings()) for file in files]


def _original() -> Any:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import transformers
    from sentence_transformers import SentenceTransformer

    transformers.utils.logging.disable_progress_bar()
    return SentenceTransformer(str(built_in_model_dir()), device="cpu", local_files_only=True)


if __name__ == "__main__":
    main()
