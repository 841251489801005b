"""Ours beside a plain llama-index query engine over Chroma, with the same embedding model, asked the same question set.

python -m tests.benchmarks.beside [SET] [--json]

The plain engine is what llama-index makes of the articles of the set by itself: its splitter, a VectorStoreIndex in Chroma, the
nodes nearest to the question. It is measured with the usual chunks (1,024 tokens, of which the embedding model reads 256) and
with chunks of 128. Without a language model it has no answers, and its best node is what it cites. Larger passages are found
more easily and say less, so the length of the first passage stands beside the figures.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from llama_index.core import StorageContext, VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers.no_text import NoText
from llama_index.vector_stores.chroma import ChromaVectorStore

from assistant.core.errors import QuestionSetError
from assistant.core.settings import load_settings
from assistant.questions import Report, load, run
from assistant.questions.llama import LlamaIndexAssistant, documents
from assistant.questions.metrics.measure import measure
from assistant.questions.running.run import prepared
from index.article import Article
from index.embedding import Embedder, open_embedder
from tests.benchmarks._common import machine, parser

SAMPLE = Path(__file__).resolve().parent.parent / "questions" / "sample.questions.yaml"
FIGURES = ("R@1", "R@5", "MRR", "nDCG@10", "citation_precision", "citation_recall")
CHUNKS = (1024, 128)
_NODES = 10
"""As deep as nDCG@10 looks; llama-index's usual two would lose R@5."""


class SameModel(BaseEmbedding):
    """Footnote's embedding model for llama-index."""

    ours: Any

    def _get_text_embedding(self, text: str) -> list[float]:
        return [float(value) for value in self.ours.embed([text])[0]]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask both, measure and print. Exit code 2 for a set that can't be used."""
    options = _options(arguments)
    try:
        question_set = load(options.set)
    except QuestionSetError as error:
        print(error, file=sys.stderr)
        return 2
    embedder = open_embedder(load_settings())
    with prepared(question_set) as assistant:
        reports = {"Footnote": run(question_set, assistant)}
        articles = assistant.articles()
    for chunk in CHUNKS:
        with tempfile.TemporaryDirectory() as folder:
            engine = plain_engine(articles, embedder, chunk, Path(folder))
            reports[f"llama-index, chunks of {chunk}"] = run(question_set, LlamaIndexAssistant(engine, articles))
    found = {name: figures(report) for name, report in reports.items()}
    print(json.dumps({"set": question_set.name, "reports": found}) if options.json else table(question_set.name, found))
    return 0


def plain_engine(articles: Sequence[Article], embedder: Embedder, chunk: int, folder: Path) -> RetrieverQueryEngine:
    """A query engine over Chroma, made as llama-index's documentation makes one, but for the language model.

    Args:
        articles: what it is to know.
        embedder: makes the vectors.
        chunk: the most tokens of a node.
        folder: Chroma's.
    """
    import chromadb

    client = chromadb.PersistentClient(str(folder), chromadb.Settings(anonymized_telemetry=False))
    store = ChromaVectorStore(chroma_collection=client.create_collection("articles"))
    index = VectorStoreIndex.from_documents(
        documents(articles),
        storage_context=StorageContext.from_defaults(vector_store=store),
        embed_model=SameModel(ours=embedder),
        transformations=[SentenceSplitter(chunk_size=chunk, chunk_overlap=min(200, chunk // 4))],
    )
    return RetrieverQueryEngine(index.as_retriever(similarity_top_k=_NODES), NoText(llm=MockLLM()))


def figures(report: Report) -> dict[str, Any]:
    """The figures of retrieval and evidence, with their intervals, and the characters of the first passage found."""
    overall = measure(report, timings=False).overall
    found = {name: [overall[name].value, overall[name].low, overall[name].high] for name in FIGURES if name in overall}
    firsts = [len(result.answer.evidence[0].passage.text) for result in report.results if result.answer.evidence]
    return {**found, "first_passage": statistics.median(firsts) if firsts else None}


def table(name: str, reports: dict[str, dict[str, Any]]) -> str:
    """A line for each figure, a column for each engine."""
    lines = [f"{name} ({machine()})", f"{'':<28}" + "".join(f"{engine:>30}" for engine in reports)]
    for figure in FIGURES:
        cells = [found.get(figure) for found in reports.values()]
        shown = ["-" if cell is None else f"{cell[0]:.3f} [{cell[1]:.3f}, {cell[2]:.3f}]" for cell in cells]
        lines.append(f"{figure:<28}" + "".join(f"{cell:>30}" for cell in shown))
    lengths = [found["first_passage"] for found in reports.values()]
    lines.append(f"{'first passage, characters':<28}" + "".join(f"{length:>30}" for length in lengths))
    return "\n".join(lines)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    made = parser("beside", __doc__.split("\n")[0])
    made.add_argument(
        "set", nargs="?", type=Path, default=SAMPLE, help="a question set; the sample article's if left out"
    )
    return made.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
