"""Measures overviews against what was written of articles: how many words of the title and of the true claims they have.

python -m tests.benchmarks.overview WRITTEN [--part train] [--json]

WRITTEN is the folder of the written articles. ROUGE-1 recall (Lin, 2004): the share of a reference's words, stemmed and without
stop words, that a text has; here of all references of an article together. Claims say in other words what any sentence of the
article says, so it is low for every short text; what counts is the difference between texts of the same length.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np

from assistant.core.settings import load_settings
from assistant.reading.openings import PROBE, openings
from assistant.reading.overview import overview
from assistant.training.quoting.openings import article_of, is_dev
from assistant.training.reader.written import Written, read
from index.article import Passage
from index.embedding import Embedder, open_embedder
from index.passages import split
from index.sentences import sentences
from index.stemming import stem
from index.stopwords import STOP_WORDS
from tests.benchmarks import _common

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_DRAWN = 1_000


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of one article, each way; and how long the overview took, in milliseconds."""

    written: Written
    ways: Mapping[str, str]
    sentences: int
    standing: tuple[float, float]
    taken: float


def main() -> None:
    """Run from the command line."""
    parser = _common.parser("overview", __doc__ or "")
    parser.add_argument("written", type=Path, help="folder of the written articles")
    parser.add_argument("--part", choices=("dev", "train"), default="dev", help="train chose the weights")
    arguments = parser.parse_args()
    files = [path for path in sorted(arguments.written.glob("*.txt")) if is_dev(path) == (arguments.part == "dev")]
    embedder = open_embedder(load_settings())
    embedder.embed([PROBE])
    told = [_told(one, embedder) for path in files for one in read(path)]
    rows = [_row(way, told) for way in told[0].ways]
    notes = [
        _compared(told, "overview", "as many first words"),
        _compared(told, "headline + overview", "headline + as many first words"),
        f"{fmean(one.sentences for one in told):.1f} sentences an overview; their chance of opening a paragraph is "
        f"{fmean(one.standing[0] for one in told):.2f}, that of all sentences {fmean(one.standing[1] for one in told):.2f}",
        f"median {_common.median([one.taken for one in told]):.0f} ms an overview",
    ]
    _common.show(f"overviews of {len(told)} articles", rows, as_json=arguments.json, notes=notes)


def _told(written: Written, embedder: Embedder) -> Told:
    article = article_of(written)
    body = [one for one in split(article, embedder.count_tokens, embedder.max_tokens) if one.kind == "body"]
    vectors = embedder.embed([one.text for one in body])
    before = time.perf_counter()
    quotes = overview(body, vectors, embedder.embed, headline=written.title)
    taken = 1000 * (time.perf_counter() - before)
    said = [text for passage in body for text in _sentences(passage)]
    shown = " ".join(quote.text for quote in quotes)
    first = " ".join(" ".join(said).split()[: len(shown.split())])
    ways = {
        "first paragraph": _first_paragraph(body),
        "as many first words": first,
        "overview": shown,
        "headline + as many first words": f"{written.title}\n{first}",
        "headline + overview": f"{written.title}\n{shown}",
    }
    standing = _standing([quote.text for quote in quotes], embedder), _standing(said, embedder)
    return Told(written, ways, len(quotes), standing, taken)


def _sentences(passage: Passage) -> list[str]:
    spans = sentences(passage.text)
    return [passage.text[start:end] for start, end in spans if not passage.is_silent(start)]


def _first_paragraph(body: Sequence[Passage]) -> str:
    passage, start = next((one, start) for one in body for start, _ in sentences(one.text) if not one.is_silent(start))
    return passage.text[start:].split("\n\n")[0]


def _standing(texts: Sequence[str], embedder: Embedder) -> float:
    """How likely sentences open a paragraph, and so stand alone, in the mean."""
    [probe] = embedder.embed([PROBE])
    return float(openings(texts, np.stack([embedder.embed([text])[0] for text in texts]), probe).mean())


def _row(way: str, told: Sequence[Told]) -> dict[str, object]:
    texts = [one.ways[way] for one in told]
    return {
        "said": way,
        "words": round(fmean(len(text.split()) for text in texts)),
        "title and claims": fmean(_both(one, way) for one in told),
        "claims": fmean(recall(one.ways[way], _claims(one)) for one in told),
        "title": fmean(recall(one.ways[way], [one.written.title]) for one in told),
    }


def _claims(one: Told) -> list[str]:
    return [claim.text for claim in one.written.claims if claim.supported]


def _both(one: Told, way: str) -> float:
    return recall(one.ways[way], [one.written.title, *_claims(one)])


def recall(text: str, references: Sequence[str]) -> float:
    """ROUGE-1 recall: of the words of all references, the share that the text has, each word as often as it has it."""
    has = Counter(_words(text))
    wanted = [Counter(_words(reference)) for reference in references]
    total = sum(words.total() for words in wanted)
    return sum((words & has).total() for words in wanted) / total if total else 0.0


def _words(text: str) -> list[str]:
    found = (word.lower().replace("’", "'") for word in _WORD.findall(text))
    return [stem(word) for word in found if word not in STOP_WORDS]


def _compared(told: Sequence[Told], way: str, other: str) -> str:
    """How much better one way is than another, with the interval that the choice of articles leaves (bootstrap, 95 %)."""
    gains = np.array([_both(one, way) - _both(one, other) for one in told])
    drawn = np.random.default_rng(7).choice(gains, (_DRAWN, len(gains))).mean(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return f"{way}: {gains.mean():+.3f} [{low:+.3f}, {high:+.3f}] to {other}"


if __name__ == "__main__":
    main()
