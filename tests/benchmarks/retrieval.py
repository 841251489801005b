"""Measures retrieval on a collection such as SciFact: lexical only, vectors only, and fused; whole documents are judged.

python -m tests.benchmarks.retrieval FOLDER [--library FOLDER] [--json]
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory

from index.embedding import open_embedder
from index.library.store import Library
from index.retrieval import Retriever
from index.vectors.upkeep import VectorIndex
from tests.benchmarks import _common

_PASSAGES = 1_000
"""Asked of each ranking: enough passages for 100 documents of any collection of abstracts."""

Search = Callable[[str], Iterable[str]]
"""Query -> article ids, best first, with repetitions."""


def main() -> None:
    """Run from the command line."""
    parser = _common.parser("retrieval", __doc__ or "")
    parser.add_argument("folder", type=Path, help="has corpus.jsonl.gz and dev_queries.jsonl.gz")
    parser.add_argument("--library", type=Path, help="library to make or to use again; otherwise a temporary one")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        place = arguments.library or Path(stack.enter_context(TemporaryDirectory()))
        with closing(_common.filled(place, arguments.folder)) as assistant:
            names, settings = _common.documents_by_passage(assistant), assistant.settings
        library = stack.enter_context(closing(Library(place)))
        vectors = stack.enter_context(closing(VectorIndex(library, settings.vectors)))
        embedder = open_embedder(settings)
        retriever = Retriever(library, embedder, vectors)

        def article_ids(passage_ids: Sequence[str]) -> list[str]:
            found = library.passages(passage_ids)
            return [found[pid].article_id for pid in passage_ids]

        searches: dict[str, Search] = {
            "lexical": lambda text: article_ids([pid for pid, _ in retriever.lexical(text, _PASSAGES)]),
            "vector": lambda text: article_ids([p for p, _ in vectors.query(embedder.embed([text])[0], _PASSAGES)]),
            "fused": lambda text: [e.passage.article_id for e in retriever.retrieve(text, limit=_PASSAGES)],
        }
        queries = _common.queries(arguments.folder)
        rows = [_measure(name, search, queries, names) for name, search in searches.items()]
    fused, single = rows[-1], rows[:-1]
    gains = {metric: fused[metric] - max(row[metric] for row in single) for metric in ("nDCG@10", "R@100")}
    note = "fused above the better of the two: " + ", ".join(f"{metric} {gain:+.3f}" for metric, gain in gains.items())
    title = f"retrieval, {len(queries)} queries, {len(names)} documents"
    _common.show(title, rows, as_json=arguments.json, notes=[note], gains=gains)


def _measure(name: str, search: Search, queries: Sequence[_common.Query], names: dict[str, str]) -> dict[str, float]:
    ndcg, recall = [], []
    start = time.perf_counter()
    for query in queries:
        ranking = list(dict.fromkeys(names[article_id] for article_id in search(query.text)))
        ndcg.append(_common.ndcg(ranking, query.relevant, 10))
        recall.append(_common.recall(ranking, query.relevant, 100))
    milliseconds = 1000 * (time.perf_counter() - start) / len(queries)
    mean = len(queries)
    return {"ranking": name, "nDCG@10": sum(ndcg) / mean, "R@100": sum(recall) / mean, "ms/query": milliseconds}  # type: ignore[dict-item]


if __name__ == "__main__":
    main()
