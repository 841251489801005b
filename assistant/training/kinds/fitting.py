"""Fits what tells what is asked: `python -m assistant.training.kinds.fitting DATA`; takes some minutes.

DATA is the folder of the data, with `written/`. Logistic regressions over features that are there or not: one, with the vector of
the question, tells its kind, one whether another question begins before a word, two which words name what is compared, or what
the question is about. Features seen once are left out.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from assistant.training.kinds.asked import (
    MARKED_SIDES,
    MARKED_TOPICS,
    TRAINING,
    TURNS,
    AskedQuestion,
    Turn,
    read_marked,
    read_questions,
    read_turns,
    typed_turns,
    written_training,
)
from assistant.training.reader.examples import ARTICLES, written_files
from assistant.understanding.dividing import CUT, CUTS, MARKED, SIDES, TOPICS
from assistant.understanding.followup.acts import ACTS, REST, TAGS, TOPIC
from assistant.understanding.kinds import KINDS
from assistant.understanding.linear import Weights, save
from assistant.understanding.wording import Wording, features_of, features_of_cut, features_of_token
from index.embedding import open_embedder
from index.settings import IndexSettings

_SEEN = 2
_SURE = 0.93
_CONFUSED = {"fact", "list", "definition", "newest", "oldest", "said", "comparison", "why", "how"}
_WEIGHTS = (2.0, 1.0, 0.3)
"""How much a question counts: one written for its kind, a written one, one written for training the reader."""
_EVERY = 3
"""Of the questions written for training the reader every third serves."""
_OF_TURNS = 2.0
"""How much an utterance counts that was written for what it does; there are thousands of others."""
_SURELY_OTHER = 0.02
"""A typed utterance that so improbably asks is none that asks."""
_VARIATIONS = 6
_SEED = 7
_VECTOR = 6.0
"""The vector's values are so much larger than they come, so that the penalty leaves them as much as the words."""
_NEGLIGIBLE = 0.02
"""Features that count less than this share of the largest are left out."""


@dataclass(frozen=True)
class Examples:
    """What a model is fitted to.

    Attributes:
        features: of each example.
        labels: its class.
        counts: how much it counts.
        vectors: of the examples, (examples, values).
    """

    features: list[frozenset[str]]
    labels: list[str]
    counts: list[float]
    vectors: Any


def kind_examples(data: Path) -> Examples:
    """Questions with their kinds; those that are several are left out.

    The kinds of the written questions are those of their answers: "Who voted against?" is a list where two did. They are put
    right where a model of the questions written for their kinds is sure that the words ask for something else.
    """
    own, *coarse = ([one for one in group if not one.cuts] for group in _asked(data))
    careful = _examples(own, _WEIGHTS[0])
    model = fitted(careful)
    more = [_put_right(_examples(some, w), model) for some, w in zip(coarse, _WEIGHTS[1:], strict=True)]
    return _together([careful, *more])


def _examples(asked: Sequence[AskedQuestion], weight: float) -> Examples:
    vectors = open_embedder(IndexSettings()).embed([one.text for one in asked])
    features = [frozenset(features_of(Wording(one.text))) for one in asked]
    return Examples(features, [one.kinds[0] for one in asked], [weight] * len(asked), vectors)


def _put_right(examples: Examples, model: Weights) -> Examples:
    labels = []
    for features, label, vector in zip(examples.features, examples.labels, examples.vectors, strict=True):
        likely = model.probabilities(features, vector)
        other = model.classes[int(likely.argmax())]
        labels.append(other if {label, other} <= _CONFUSED and likely.max() >= _SURE else label)
    return replace(examples, labels=labels)


def cut_examples(data: Path) -> Examples:
    """Places between tokens: "cut" where another question begins."""
    own, written, _ = _asked(data)
    features, labels = [], []
    for one in (*own, *written):
        wording = Wording(one.text)
        for place in range(1, len(wording.starts)):
            features.append(frozenset(features_of_cut(wording, place)))
            labels.append(CUT if wording.starts[place] in one.cuts else "none")
    return Examples(features, labels, [1.0] * len(labels), np.zeros((len(labels), 0)))


def marked_examples(path: Path) -> Examples:
    """Tokens of questions with marked words."""
    features, labels = [], []
    for text, spans in read_marked(path):
        wording = Wording(text)
        for place, start in enumerate(wording.starts):
            features.append(frozenset(features_of_token(wording, place)))
            labels.append(MARKED if any(first <= start < last for first, last in spans) else "none")
    return Examples(features, labels, [1.0] * len(labels), np.zeros((len(labels), 0)))


def act_examples(data: Path, turns: Sequence[Turn]) -> Examples:
    """Utterances with what they do: those that were written for it, and those typed in conversations, which ask.

    Of the typed ones those are left out that the others surely take for something else: "says who?" is among them.
    """
    own = _worded(turns, _OF_TURNS)
    paths = [*written_files(data / "written", dev=False), *written_files(ARTICLES, dev=False)]
    model = fitted(own)
    ask = model.classes.index("ask")
    typed = [Turn(text, "ask", (0, 0), len(text)) for text in typed_turns(paths)]
    asks = [one for one in typed if model.probabilities(features_of(Wording(one.text)))[ask] > _SURELY_OTHER]
    return _together([own, _worded(asks, 1.0)])


def _worded(turns: Sequence[Turn], count: float) -> Examples:
    features = [frozenset(features_of(Wording(turn.text))) for turn in turns]
    return Examples(features, [turn.act for turn in turns], [count] * len(turns), np.zeros((len(turns), 0)))


def _together(parts: Sequence[Examples]) -> Examples:
    return Examples(
        [features for one in parts for features in one.features],
        [label for one in parts for label in one.labels],
        [count for one in parts for count in one.counts],
        np.concatenate([one.vectors for one in parts]),
    )


def varied(turns: Sequence[Turn], data: Path) -> list[Turn]:
    """The turns, and those about something again with other things and other questions in their places."""
    things = [
        text[slice(*span)]
        for path in (MARKED_SIDES, MARKED_TOPICS)
        for text, spans in read_marked(path)
        for span in spans
    ]
    asked = typed_turns(written_files(data / "written", dev=False))
    rng = random.Random(_SEED)
    found = list(turns)
    for turn in turns:
        start, end = turn.topic
        for _ in range(_VARIATIONS if end else 0):
            thing, rest = rng.choice(things), rng.choice(asked) if turn.rest < len(turn.text) else ""
            before, after = turn.text[:start], turn.text[end : turn.rest]
            text = f"{before}{thing}{after}"
            found.append(Turn(text + rest, turn.act, (start, start + len(thing)), len(text)))
    return found


def tag_examples(turns: Sequence[Turn]) -> Examples:
    """Tokens of utterances that put right or go back, by what they belong to."""
    features, labels = [], []
    for turn in turns:
        if turn.act not in ("meant", "back"):
            continue
        wording = Wording(turn.text)
        for place, start in enumerate(wording.starts):
            features.append(frozenset(features_of_token(wording, place)))
            first, last = turn.topic
            labels.append(TOPIC if first <= start < last else REST if start >= turn.rest else "none")
    return Examples(features, labels, [1.0] * len(labels), np.zeros((len(labels), 0)))


def fitted(examples: Examples) -> Weights:
    """The model of the examples."""
    from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    counts = Counter(chain.from_iterable(examples.features))
    names = sorted(name for name, count in counts.items() if count >= _SEEN)
    places = {name: n for n, name in enumerate(names)}
    held = [[places[name] for name in features if name in places] for features in examples.features]
    ends = np.cumsum([0, *map(len, held)])
    ones = csr_matrix((np.ones(ends[-1]), np.concatenate(held), ends), shape=(len(held), len(names)))
    regression = LogisticRegression(max_iter=400)
    regression.fit(hstack([ones, csr_matrix(examples.vectors * _VECTOR)]).tocsr(), examples.labels, examples.counts)
    weights, intercept = regression.coef_.T, regression.intercept_
    if len(regression.classes_) == 2:  # scikit-learn gives the second class alone.
        weights, intercept = np.hstack([-weights, weights]) / 2, np.concatenate([-intercept, intercept]) / 2
    words, vector = weights[: len(names)], weights[len(names) :] * _VECTOR
    kept = np.abs(words).max(axis=1) >= _NEGLIGIBLE * np.abs(words).max()
    chosen = tuple(name for name, keep in zip(names, kept, strict=True) if keep)
    return Weights(chosen, words[kept], vector, intercept, tuple(str(name) for name in regression.classes_))


def _asked(data: Path) -> tuple[list[AskedQuestion], list[AskedQuestion], list[AskedQuestion]]:
    own = [one for path in TRAINING for one in read_questions(path)]
    written, more = written_training(data)
    return own, written, more[::_EVERY]


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit and write them."""
    parser = argparse.ArgumentParser(description="Fit what tells the kinds of questions.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", choices=("kinds", "cuts", "sides", "topics", "turns"), help="fit one of them")
    options = parser.parse_args(arguments)
    if options.only in (None, "kinds"):
        save(KINDS, fitted(kind_examples(options.data)))
    if options.only in (None, "cuts"):
        save(CUTS, fitted(cut_examples(options.data)))
    if options.only in (None, "sides"):
        save(SIDES, fitted(marked_examples(MARKED_SIDES)))
    if options.only in (None, "topics"):
        save(TOPICS, fitted(marked_examples(MARKED_TOPICS)))
    if options.only in (None, "turns"):
        turns = varied(read_turns(TURNS), options.data)
        save(ACTS, fitted(act_examples(options.data, turns)))
        save(TAGS, fitted(tag_examples(turns)))


if __name__ == "__main__":
    main()
