"""Fits `assistant.reading.openings`: `python -m assistant.training.quoting.openings WRITTEN`.

WRITTEN is the folder of the written articles. Of their paragraphs of two sentences or more, a logistic model learns to tell
the first sentence from the other ones, by its first word and its vector. Files that end in -6, and messy-5, are left out: they
measure it.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.core.settings import load_settings
from assistant.reading import openings
from assistant.reading.statements import Statement, statements
from assistant.training.reader.written import Written, read
from index.article import Article
from index.embedding import Embedder, open_embedder
from index.passages import split

_RIDGE = 1.0
_STEPS = 30
_DIGITS = 4
_ALL = 10_000
_OFTEN = 12
"""A word that begins fewer sentences says nothing."""
_PRIOR = 2.0
"""So many sentences of the usual kind are counted beside those that a word begins."""

_Array = npt.NDArray[np.float64]
_Flags = npt.NDArray[np.bool_]


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit and write `openings.json`."""
    parser = argparse.ArgumentParser(description="Fit how likely a sentence opens a paragraph.")
    parser.add_argument("written", type=Path)
    embedder = open_embedder(load_settings())
    files = sorted(parser.parse_args(arguments).written.glob("*.txt"))
    train = _sentences([one for path in files if not is_dev(path) for one in read(path)], embedder)
    dev = _sentences([one for path in files if is_dev(path) for one in read(path)], embedder)
    words = first_words(train)
    weights = fit(_design(train, words, embedder), _opens(train))
    model = {
        "fitted_on": {"train_sentences": len(train), "dev_sentences": len(dev)},
        "intercept": round(float(weights[0]), _DIGITS),
        "first": round(float(weights[1]), _DIGITS),
        "words": words,
        "direction": [round(float(weight), _DIGITS) for weight in weights[2:]],
        "probe": [round(float(value), _DIGITS) for value in embedder.embed([openings.PROBE])[0]],
    }
    text = json.dumps(model, ensure_ascii=False)
    Path(openings.__file__).with_suffix(".json").write_text(f"{text}\n", encoding="utf-8")
    scores = weights[0] + _design(dev, words, embedder) @ weights[1:]
    sys.stdout.write(json.dumps({"dev_auc": round(area(scores, _opens(dev)), 3), "words": len(words)}) + "\n")


def is_dev(path: Path) -> bool:
    """Whether a file of written articles is kept for measuring."""
    return path.stem.endswith("-6") or path.stem == "messy-5"


def article_of(written: Written) -> Article:
    """It, as it would be added: with its title above its text."""
    text = written.text if written.text.startswith(written.title) else f"{written.title}\n\n{written.text}"
    return written.loaded or Article(text, written.title, written.id)


def fit(x: _Array, y: _Flags) -> _Array:
    """Weights of a logistic regression with an L2 penalty, the intercept first; both answers count as often.

    Args:
        x: what is known of each sentence, shape (sentences, values).
        y: whether each opens a paragraph.
    """
    design = np.column_stack([np.ones(len(x)), x])
    counts = np.where(y, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    penalty = _RIDGE * np.eye(design.shape[1])
    penalty[0, 0] = 0.0
    weights = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (counts * (y - p)) - penalty @ weights
        hessian = (design * (counts * p * (1 - p))[:, None]).T @ design + penalty
        weights += np.linalg.solve(hessian, gradient)
    return weights


def area(scores: _Array, y: _Flags) -> float:
    """Area under the ROC curve: how often a sentence that opens a paragraph has a higher score than one that doesn't."""
    return float((scores[y][:, None] > scores[~y][None, :]).mean())


def first_words(found: Sequence[Statement]) -> dict[str, float]:
    """First word -> log-odds that its sentence opens a paragraph, above those of any sentence."""
    opening, all_ = (Counter(openings.first_word(one.text) for one in found if one.opens or every) for every in (0, 1))
    share = opening.total() / all_.total()
    known = {}
    for word, number in sorted(all_.items()):
        if word and number >= _OFTEN:
            odds = (opening[word] + _PRIOR * share) / (number - opening[word] + _PRIOR * (1 - share))
            known[word] = round(math.log(odds * (1 - share) / share), _DIGITS)
    return known


def _design(found: Sequence[Statement], words: Mapping[str, float], embedder: Embedder) -> _Array:
    """The first word's log-odds and the vector of each sentence."""
    # One by one, since the embedder takes a faster, less exact way for many.
    vectors = np.stack([embedder.embed([one.text])[0] for one in found])
    return np.column_stack([[words.get(openings.first_word(one.text), 0.0) for one in found], vectors])


def _opens(found: Sequence[Statement]) -> _Flags:
    return np.array([one.opens for one in found])


def _sentences(articles: Sequence[Written], embedder: Embedder) -> list[Statement]:
    """The whole sentences of paragraphs with several."""
    return [one for written in articles for one in _in_paragraphs(written, embedder)]


def _in_paragraphs(written: Written, embedder: Embedder) -> Iterator[Statement]:
    passages = [
        one for one in split(article_of(written), embedder.count_tokens, embedder.max_tokens) if one.kind == "body"
    ]
    for passage in passages:
        for one in statements([passage], np.zeros((1, 1), dtype=np.float32), "", _ALL):
            last = passage.text[one.end :].lstrip(" ")[:1] in ("", "\n")
            if one.form == "whole" and not (one.opens and last):
                yield one


if __name__ == "__main__":
    main()
