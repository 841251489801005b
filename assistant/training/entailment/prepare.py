"""Makes pairs whose words alone tell nothing: `python -m assistant.training.entailment.prepare DATA FOLDER`.

DATA holds `support/train.jsonl.gz` and `support/dev.jsonl.gz` (`id, source, claim, evidence, supported`) and
`reading/train.jsonl.gz` and `reading/dev.jsonl.gz` (`title, context`). FOLDER receives copies of the first two, and claims that
are made of the supported ones and of sentences of the contexts (`rewording`, `falsifying`, `templates`), half of them supported:
`made.jsonl.gz` to train with, without what the held-out evidence has; `made_dev.jsonl.gz` to calibrate with, of the first half of
the held-out titles, the other half being left to measure on. The same seed gives the same files.
"""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

from assistant.training.entailment import falsifying, rewording
from assistant.training.entailment.templates import statement
from assistant.training.shared.rows import read_rows
from index.sentences import sentences

Row = dict[str, Any]

_LEAST_WORDS, _MOST_WORDS = 6, 36
_REWORDED = 0.5
"""Share of the false claims that were reworded before."""
_CHANGES: dict[str, falsifying.Change] = {
    "roles": rewording.misattribute,
    "names": falsifying.exchange_names,
    "affirmed": falsifying.affirm,
    "denied": falsifying.deny,
    "nouns": falsifying.exchange_nouns,
    "opposite": falsifying.oppose,
    "numbers": falsifying.exchange_numbers,
}
_KINDS = {
    "roles": 8.0,
    "names": 8.0,
    "affirmed": 6.0,
    "denied": 3.0,
    "replaced": 2.5,
    "nouns": 2.0,
    "opposite": 2.0,
    "numbers": 1.0,
}
"""How often each kind of false claim is tried first, in proportion; rare ones more than there are."""
_TURNED = 0.35
"""Share of the sentences that are changed in the evidence, so that neither a negation nor what is likelier tells anything."""
_TEMPLATES = 0.15
"""Statements of templates for each sentence."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the pairs and print how many there are of each kind."""
    parser = argparse.ArgumentParser(description="Prepare what the support checker learns from.")
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sentences", type=int, default=12_000, help="of the contexts that are changed")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in ("train", "dev"):
        shutil.copyfile(options.data / "support" / f"{name}.jsonl.gz", options.folder / f"{name}.jsonl.gz")
    held_out = " ".join(row["evidence"] for row in read_rows(options.folder / "dev.jsonl.gz"))
    claims = [row for row in read_rows(options.folder / "train.jsonl.gz") if row["supported"]]
    contexts = [row["context"] for row in read_rows(options.data / "reading" / "train.jsonl.gz")]
    rows = list(made(claims, list(dict.fromkeys(contexts)), held_out, options.sentences, Random(options.seed)))
    _write(options.folder / "made.jsonl.gz", rows)
    to_calibrate = first_titles(list(read_rows(options.data / "reading" / "dev.jsonl.gz")))
    _write(options.folder / "made_dev.jsonl.gz", made([], to_calibrate, "", options.sentences, Random(options.seed)))
    counts = Counter(f"{row['source']}/{row['kind']}/{row['supported']}" for row in rows)
    sys.stdout.write(json.dumps({"rows": len(rows), **dict(sorted(counts.items()))}, indent=1) + "\n")


def first_titles(rows: Sequence[Row]) -> list[str]:
    """The contexts of the first half of the titles, each once."""
    titles = sorted({row["title"] for row in rows})
    chosen = titles[: (len(titles) + 1) // 2]
    return list(dict.fromkeys(row["context"] for row in rows if row["title"] in chosen))


def made(claims: Sequence[Row], contexts: Sequence[str], held_out: str, count: int, rng: Random) -> Iterator[Row]:
    """Rows of all kinds.

    Args:
        claims: supported ones, with their evidence.
        contexts: paragraphs, each once.
        held_out: text whose sentences are not to be used.
        count: sentences of the contexts that are changed.
        rng: chance.
    """
    for row in claims:
        if found := falsified(row["claim"], row["evidence"], rng):
            yield _row("made-claims", *found, row["evidence"], supported=False)
    paragraphs = [spans for context in contexts if (spans := _sentences(context))]
    places = [(n, k) for n, spans in enumerate(paragraphs) for k, text in enumerate(spans) if _usable(text, held_out)]
    known: list[str] = []
    for n, k in rng.sample(places, min(count, len(places))):
        text = paragraphs[n][k]
        known += [text[slice(*span)] for span in falsifying.names(text) if span[0]]
        evidence = _evidence(paragraphs[n], k, rng)
        yield from pairs(text, evidence, rng)
        if len(known) > 50 and rng.random() < _TEMPLATES:
            yield from templated(known[-50:], text, rng)


def _sentences(context: str) -> list[str]:
    return [" ".join(context[slice(*span)].split()) for span in sentences(context)]


def _usable(text: str, held_out: str) -> bool:
    enough = _LEAST_WORDS <= len(text.split()) <= _MOST_WORDS
    return enough and text[:1].isupper() and text.endswith(".") and text not in held_out


def _evidence(around: Sequence[str], place: int, rng: Random) -> str:
    """A sentence, now and then with its neighbours, as quotes are read with theirs."""
    first, last = (rng.random() < 0.3 for _ in range(2))
    return " ".join(around[max(place - first, 0) : place + last + 1])


def pairs(text: str, evidence: str, rng: Random) -> Iterator[Row]:
    """A supported claim and one that is not, both made of a sentence of the evidence; none where nothing can be changed."""
    turned = rng.random() < _TURNED
    # A part of the unchanged sentence might be supported by the changed one.
    start = text if turned or rng.random() > _REWORDED else reworded(text, rng)
    found = falsified(start, evidence, rng)
    if found is None:
        return
    kind, claim = found
    if turned:
        evidence, text, claim = evidence.replace(text, claim), claim, text
    yield _row("made-sentences", "reworded", reworded(text, rng), evidence, supported=True)
    yield _row("made-sentences", kind, claim, evidence, supported=False)


def reworded(text: str, rng: Random) -> str:
    """The sentence after up to three changes that it supports; the voice is changed wherever it can be."""
    left = rng.choice([0, 1, 1, 2, 2, 3])
    for kind in ["voice", *rng.sample(sorted(rewording.CHANGES), len(rewording.CHANGES))]:
        changed = rewording.CHANGES[kind](text, rng) if left else None
        if changed and changed != text:
            text, left = changed, left - 1
    return text


def falsified(text: str, evidence: str, rng: Random) -> tuple[str, str] | None:
    """The kind and the words of a claim that its evidence does not support, made of one that it does, if one can be made."""
    for kind in sorted(_KINDS, key=lambda kind: rng.random() ** (1 / _KINDS[kind]), reverse=True):
        claim = _false(kind, text, evidence, rng)
        if claim and claim != text and claim.lower() not in evidence.lower():
            return kind, claim
    return None


def _false(kind: str, text: str, evidence: str, rng: Random) -> str | None:
    if kind == "replaced":
        return falsifying.replace_detail(text, evidence, rng)
    return _CHANGES[kind](text, rng)


def templated(names: Sequence[str], around: str, rng: Random) -> Iterator[Row]:
    """Claims about a statement of a template, now and then beside a sentence of a real text."""
    made_up = statement(names, rng)
    evidence = rng.choice([made_up.text, made_up.text, f"{made_up.text} {around}", f"{around} {made_up.text}"])
    for supported, claims in ((True, made_up.supported[:2]), (False, made_up.other[:2])):
        for claim in claims:
            yield _row("made-templates", "statement", claim, evidence, supported=supported)


def _write(path: Path, rows: Iterable[Row]) -> None:
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=3) as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _row(source: str, kind: str, claim: str, evidence: str, *, supported: bool) -> Row:
    return {"source": source, "kind": kind, "claim": claim, "evidence": evidence, "supported": supported}


if __name__ == "__main__":
    main()
