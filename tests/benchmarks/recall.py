"""Measures how often the sentence that answers is among the passages found, over a library of all articles of question sets.

python -m tests.benchmarks.recall [SETS] [--json]
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant.assistant import Assistant
from assistant.questions.spec.cases import Expected, QuestionSet
from assistant.questions.spec.loading import load
from index.embedding import open_embedder
from index.library.store import Library
from index.retrieval import Retriever
from index.vectors.upkeep import VectorIndex
from tests.benchmarks import _common

_DEPTHS = (1, 3, 5, 8)
_WRITTEN = Path(__file__).parents[1] / "questions" / "written"


def main() -> None:
    """Run from the command line."""
    parser = _common.parser("recall", __doc__ or "")
    parser.add_argument("sets", type=Path, nargs="?", default=_WRITTEN, help="folder with *.questions.yaml")
    arguments = parser.parse_args()
    sets = [load(path) for path in sorted(arguments.sets.glob("*.questions.yaml"))]
    with TemporaryDirectory() as folder:
        with Assistant.open(folder) as assistant:
            files = [source.path for one in sets for source in one.sources if source.path]
            assistant.add([str(path) for path in files])
            of_file = {entry.source: entry.id for entry in assistant.entries()}
            settings = assistant.settings
        with closing(Library(Path(folder))) as library, closing(VectorIndex(library, settings.vectors)) as vectors:
            retriever = Retriever(library, open_embedder(settings), vectors)
            rows = [
                _row("its own article", retriever, sets, of_file, own=True),
                _row("all articles", retriever, sets, of_file, own=False),
            ]
            passages = len(library.passage_ids())
    title = f"recall of the answering sentence, {len(sets)} articles, {passages} passages"
    _common.show(title, rows, as_json=arguments.json)


def _row(
    name: str, retriever: Retriever, sets: Sequence[QuestionSet], of_file: dict[str, str], *, own: bool
) -> dict[str, float]:
    ranks: list[int | None] = []
    for one in sets:
        [article] = [of_file[str(source.path)] for source in one.sources]
        for expected in one.expected:
            if expected.answerable:
                ranks.append(_rank(retriever, expected, article, own))
    found = {f"R@{depth}": sum(r is not None and r < depth for r in ranks) / len(ranks) for depth in _DEPTHS}
    return {"library": name, "questions": len(ranks), **found}  # type: ignore[dict-item]


def _rank(retriever: Retriever, expected: Expected, article: str, own: bool) -> int | None:
    """The rank of the first passage of the article that has a whole sentence that answers."""
    evidence = retriever.retrieve(expected.question, limit=max(_DEPTHS), articles=[article] if own else None)
    for rank, item in enumerate(evidence):
        if item.passage.article_id == article and any(quote in item.passage.text for quote in expected.evidence):
            return rank
    return None


if __name__ == "__main__":
    main()
