"""Measures names with two letters wrong: is the passage that holds the name still found, with and without corrections?

python -m tests.benchmarks.typos FOLDER [--library FOLDER] [--words N] [--json]
"""

from __future__ import annotations

import random
import re
import string
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant import Assistant
from assistant.sample import sample_path
from index.article import Article
from index.embedding import open_embedder
from index.library.store import Library
from index.retrieval import Retriever
from index.settings import IndexSettings
from index.vectors.upkeep import VectorIndex
from tests.benchmarks import _common

SEED = 7
DEPTHS = (1, 5, 8)
_WORD = re.compile(r"\b[a-zA-Z]{6,}\b")
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{5,}\b")


@dataclass(frozen=True, slots=True)
class Target:
    """A word to misspell.

    Attributes:
        word: as it is written.
        question: with {} where the word belongs.
        wanted: ids of the passages that hold it.
    """

    word: str
    question: str
    wanted: frozenset[str]


def main() -> None:
    """Run from the command line."""
    parser = _common.parser("typos", __doc__ or "")
    parser.add_argument("folder", type=Path, help="has corpus.jsonl.gz and dev_queries.jsonl.gz")
    parser.add_argument("--library", type=Path, help="library to make or to use again; otherwise a temporary one")
    parser.add_argument("--words", type=int, default=100, help="rare words of titles that are misspelt")
    parser.add_argument("--errors", type=int, default=5, help="misspellings of each name of the sample article")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        small = Path(stack.enter_context(TemporaryDirectory()))
        with Assistant.open(small) as assistant:
            assistant.add(sample_path())
        large = arguments.library or Path(stack.enter_context(TemporaryDirectory()))
        _common.filled(large, arguments.folder).close()
        rows = _in_library(small, {"article, 'Who is ...?'": lambda library: _names(library) * arguments.errors})
        rows += _in_library(
            large,
            {
                "collection, 'What is ...?'": lambda library: _rare(library, arguments.words, alone=True),
                "collection, whole title": lambda library: _rare(library, arguments.words, alone=False),
            },
        )
    _common.show("misspelt names: is a passage that holds the name found", rows, as_json=arguments.json)


def _in_library(place: Path, kinds: dict[str, Callable[[Library], list[Target]]]) -> list[dict[str, object]]:
    settings = IndexSettings()
    embedder = open_embedder(settings)
    rows: list[dict[str, object]] = []
    with closing(Library(place)) as library, closing(VectorIndex(library, settings.vectors)) as vectors:
        for kind, make in kinds.items():
            targets = make(library)
            for errors, first in (("none", None), ("2, not in the first letter", 1), ("2, in any letter", 0)):
                for correct in (False, True):
                    retriever = Retriever(library, embedder, vectors, correct=correct)
                    figures = _figures(retriever, targets, first)
                    rows.append(
                        {"question": kind, "letters wrong": errors, "speller": "yes" if correct else "no", **figures}
                    )
    return rows


def _figures(retriever: Retriever, targets: Sequence[Target], first: int | None) -> dict[str, object]:
    """Share of the targets found at each depth, the same misspellings for everybody."""
    rng = random.Random(SEED)
    ranks = []
    for target in targets:
        word = target.word if first is None else misspelt(target.word, first, rng)
        found = [item.passage.id for item in retriever.retrieve(target.question.format(word), limit=max(DEPTHS))]
        ranks.append(
            next((n for n, pid in enumerate(found, start=1) if pid in target.wanted), len(found) + max(DEPTHS))
        )
    return {"n": len(ranks)} | {f"R@{depth}": sum(rank <= depth for rank in ranks) / len(ranks) for depth in DEPTHS}


def misspelt(word: str, first: int, rng: random.Random) -> str:
    """The word with two errors: each a swap of neighbours, another letter, one too few or one too many.

    Args:
        word: at least six letters.
        first: place of the first letter that may be wrong.
        rng: decides.
    """
    wrong = word
    while wrong == word:
        for place in sorted(rng.sample(range(first, len(word) - 1), 2), reverse=True):
            letter = rng.choice(string.ascii_lowercase)
            before, here, after = wrong[:place], wrong[place], wrong[place + 1 :]
            changed = {
                "swap": after[:1] + here + after[1:],
                "other": letter + after,
                "few": after,
                "many": here + letter + after,
            }
            wrong = before + changed[rng.choice(sorted(changed))]
    return wrong


def _names(library: Library) -> list[Target]:
    """Capitalised words inside the sentences of the library's articles."""
    made = []
    for article in library.articles():
        for word in dict.fromkeys(_NAME.findall(article.text)):
            made.append(Target(word, "Who is {}?", _holding(library, article, word)))
    return made


def _rare(library: Library, count: int, *, alone: bool) -> list[Target]:
    """Words of titles that no other article has, asked for alone or inside their title."""
    articles = library.articles()
    spread: Counter[str] = Counter()
    for article in articles:
        spread.update({word.lower() for word in _WORD.findall(article.text)})
    made = []
    for article in articles:
        title = article.title.replace("{", "(").replace("}", ")")
        rare = [word for word in _WORD.findall(title) if spread[word.lower()] == 1 and title.count(word) == 1]
        made += [
            Target(word, "What is {}?" if alone else title.replace(word, "{}"), _holding(library, article, word))
            for word in rare[:1]
        ]
    return random.Random(SEED).sample(made, min(count, len(made)))


def _holding(library: Library, article: Article, word: str) -> frozenset[str]:
    return frozenset(p.id for p in library.passages_of(article.id) if word.lower() in p.text.lower())


if __name__ == "__main__":
    main()
