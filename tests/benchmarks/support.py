"""Claims with evidence -> table: how well the support checker tells supported ones from others.

python -m tests.benchmarks.support FILE [--json]

FILE: JSON lines, gzipped or not, of `id, source, claim, evidence, supported`. The figures are those of
`assistant.training.entailment.scoring`, the checker's balanced accuracy at its own threshold. Beside it stand two ways that
need no training, word overlap and the cosine of the texts' vectors, each at the threshold that is best for FILE itself. Then the
supported claims are turned round, word for word the same: of what says something else, the less passes the better. The time is
that of one claim after the other in one thread.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from assistant.core.settings import load_settings
from assistant.training.entailment import falsifying
from assistant.training.entailment.scoring import KEYS, best_threshold, figures
from assistant.training.shared.rows import read_rows
from assistant.verification.entailment.checker import EntailmentChecker, open_checker
from assistant.verification.entailment.features import overlap
from index.embedding import open_embedder
from tests.benchmarks._common import machine, parser, show

TURNED: dict[str, falsifying.Change] = {
    "names exchanged": falsifying.exchange_names,
    "nouns exchanged": falsifying.exchange_nouns,
    "denied": falsifying.deny,
    "opposite": falsifying.oppose,
}
"""Kind -> what makes a claim of a supported one that says something else."""
_SEED = 5


@dataclass(frozen=True, slots=True)
class Row:
    """A claim with its evidence and what people said of them."""

    source: str
    claim: str
    evidence: str
    supported: bool


@dataclass(frozen=True, slots=True)
class Way:
    """What one way says of the rows, in their order, and from which score on it takes a claim for supported."""

    scores: list[float]
    threshold: float

    def figures(self, rows: Sequence[Row], source: str = "") -> dict[str, float | None]:
        """Over the rows of a source, or all; None where they are all supported or none is."""
        chosen = [n for n, row in enumerate(rows) if source in ("", row.source)]
        supported = [rows[n].supported for n in chosen]
        if len(set(supported)) < 2:
            return dict.fromkeys(KEYS)
        return {**figures([self.scores[n] for n in chosen], supported, self.threshold)}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. Exit code 2 for a file that can't be used."""
    options = _options(arguments)
    try:
        rows = read(options.file)
        figures([0.0] * len(rows), [row.supported for row in rows])
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        print(f"{options.file} can't be used: {error!r}. See --help for what a line must have.", file=sys.stderr)
        return 2
    checked, per_second = timed(rows)
    sources = sorted({row.source for row in rows})
    if options.json:
        by_source = {source: checked.figures(rows, source) for source in sources}
        ours = {**checked.figures(rows), "sentences_per_second": per_second, "by_source": by_source}
        beside = {"word_overlap": word_overlap(rows).figures(rows), "turned_passing": turned(rows, open_checker())}
        print(json.dumps({**ours, **beside, "rows": len(rows), "machine": machine()}))
        return 0
    ways = {"footnote": checked, "word overlap": word_overlap(rows), "embedding cosine": embedding_cosine(rows)}
    table = [{"checker": name, **way.figures(rows)} for name, way in ways.items()]
    show(f"Support: {len(rows)} claims of {options.file.name}", table, as_json=False)
    parts = [
        {"source": source, "checker": name, **way.figures(rows, source)}
        for source in sources
        for name, way in ways.items()
    ]
    show("By source", parts, as_json=False)
    passing = [{"claims": kind, "passing": share} for kind, share in turned(rows, open_checker()).items()]
    show("Turned round", passing, as_json=False)
    print(f"sentences per second: {per_second:.1f}")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    options = parser("support", "Measure how supported claims are told from others.")
    options.add_argument("file", type=Path)
    return options.parse_args(arguments)


def read(path: Path) -> list[Row]:
    """The rows of a file.

    Raises:
        ValueError: a line is no row. Others: see `main`.
    """
    rows = [Row(r["source"], r["claim"], r["evidence"], r["supported"]) for r in read_rows(path)]
    for row in rows:
        if not isinstance(row.supported, bool) or not all(
            isinstance(text, str) for text in (row.source, row.claim, row.evidence)
        ):
            raise ValueError(f"not a row: {row}")
    return rows


def timed(rows: Sequence[Row]) -> tuple[Way, float]:
    """What the checker says, and how many claims a second it does."""
    checker = open_checker()
    checker.support([("A ferry sank.", "The ferry sank in 1950.")])
    start = time.perf_counter()
    scores = [checker.support([(row.claim, row.evidence)])[0] for row in rows]
    return Way(scores, checker.threshold), len(rows) / (time.perf_counter() - start)


def turned(rows: Sequence[Row], checker: EntailmentChecker) -> dict[str, float | None]:
    """For each kind of `TURNED` the share that a checker takes for supported; None where no claim can be turned so."""
    shares: dict[str, float | None] = {}
    for kind, change in TURNED.items():
        rng = Random(_SEED)
        made = [(change(row.claim, rng), row.evidence) for row in rows if row.supported]
        found = checker.support([(claim, evidence) for claim, evidence in made if claim])
        shares[kind] = sum(one >= checker.threshold for one in found) / len(found) if found else None
    return shares


def word_overlap(rows: Sequence[Row]) -> Way:
    """Share of the claim's content-word stems that the evidence has."""
    return _at_best([overlap(row.claim, row.evidence) for row in rows], rows)


def embedding_cosine(rows: Sequence[Row]) -> Way:
    """Of the vectors of claim and evidence, by the built-in model, which cuts off what is too long for it."""
    embedder = open_embedder(load_settings())
    claims, evidence = (embedder.embed(texts) for texts in ([r.claim for r in rows], [r.evidence for r in rows]))
    return _at_best(np.sum(claims * evidence, axis=1).tolist(), rows)


def _at_best(scores: list[float], rows: Sequence[Row]) -> Way:
    return Way(scores, best_threshold(scores, [row.supported for row in rows]))


if __name__ == "__main__":
    sys.exit(main())
