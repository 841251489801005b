"""Fits the quoting reader's weights, calibration and threshold: `python -m assistant.training.quoting.fitting TRAIN DEV`.

TRAIN and DEV are gzipped JSON lines with `title, context, question, answers[{text,start}], answerable` (the schema of
SQuAD 2.0, a question a line). Two logistic models are fitted on TRAIN: one over `alignment.FEATURES` chooses the sentence, one
over `alignment.TRUST_FEATURES` says how probable it is that the chosen one answers. Its calibration (Platt, 1999) and the
threshold are fitted on DEV, which shares no article with TRAIN.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.core.settings import load_settings
from assistant.reading import quoting_reader as quoting
from assistant.reading.alignment import FEATURES, TRUST_FEATURES, trust_features
from assistant.reading.calibration import fit as fit_logistic
from assistant.understanding.analysis import HEAD_TYPES, analyse
from index.article import Passage
from index.embedding import open_embedder
from index.evidence import Evidence
from index.sentences import sentences

_Array = npt.NDArray[np.float64]
_Judged = list[tuple[_Array, bool]]
"""The candidate sentences of a question: features, and whether the sentence holds the answer."""
_DISTRACTORS = 3


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit and write `quoting_reader.json`."""
    parser = argparse.ArgumentParser(description="Fit the quoting reader.")
    parser.add_argument("train", type=Path)
    parser.add_argument("dev", type=Path)
    parser.add_argument(
        "--questions", type=int, default=2_400, help="questions drawn from TRAIN; half as many from DEV"
    )
    parser.add_argument("--seed", type=int, default=13)
    options = parser.parse_args(arguments)
    reader = quoting.QuotingReader(open_embedder(load_settings()))
    chosen, judged = _prepared(reader, options.train, options.questions, options.seed)
    held, judged_held = _prepared(reader, options.dev, options.questions // 2, options.seed)
    model, figures = fit(judged, judged_held, held)
    model["fitted_on"] = {"train_questions": len(chosen), "dev_questions": len(held), "seed": options.seed}
    Path(quoting.__file__).with_suffix(".json").write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(figures) + "\n")


def _prepared(
    reader: quoting.QuotingReader, path: Path, number: int, seed: int
) -> tuple[list[dict[str, Any]], list[_Judged]]:
    """Questions drawn from a file, and their judged sentences."""
    rng = random.Random(seed)
    rows = _rows(path)
    chosen = _mixed(rows, number, rng)
    return chosen, _judge(reader, chosen, rows, rng)


def fit(
    train: Sequence[_Judged], dev: Sequence[_Judged], dev_rows: Sequence[dict[str, Any]]
) -> tuple[dict[str, Any], dict[str, float]]:
    """Weights from the judged training questions; calibration and threshold from the others.

    Returns:
        The model, and its figures on `dev`.
    """
    choose = fit_logistic(
        [values for rows in train for values, _ in rows], [right for rows in train for _, right in rows]
    )
    values, right = _trusted(train, choose)
    trust = fit_logistic(values, right)
    dev_values, dev_right = _trusted(dev, choose)
    scores = np.column_stack([np.ones(len(dev_values)), np.stack(dev_values)]) @ trust
    # Platt (1999): a straight line through the scores, fitted on questions that the weights have not seen.
    offset, slope = fit_logistic([np.array([score]) for score in scores], dev_right)
    trust = trust * slope
    trust[0] += offset
    confidence = 1 / (1 + np.exp(-(offset + slope * scores)))
    answerable = np.array([bool(row["answerable"]) for row in dev_rows])
    threshold = _threshold(confidence, np.array(dev_right), answerable)
    model = {"choose": _named(FEATURES, choose), "trust": _named(TRUST_FEATURES, trust), "threshold": threshold}
    return model, _figures(confidence, np.array(dev_right), answerable, threshold)


def _named(names: Sequence[str], weights: _Array) -> dict[str, float]:
    return {name: round(float(weight), 4) for name, weight in zip(("intercept", *names), weights, strict=True)}


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _mixed(rows: Sequence[dict[str, Any]], number: int, rng: random.Random) -> list[dict[str, Any]]:
    """A third answerable; a third that people wrote to be unanswerable; a third whose answering sentence is taken out.

    The written ones always have something of the right kind in the text, because they were made to mislead. What readers
    ask and an article does not say mostly has nothing of the kind there: the third sort teaches that.
    """
    no = [row for row in rows if not row["answerable"]]
    yes = [row for row in rows if row["answerable"] and len(row["context"]) > 300]
    part = min(number // 3, len(no), len(yes) // 2)
    asked = rng.sample(yes, 2 * part)
    return rng.sample(no, part) + asked[:part] + [_without_answer(row) for row in asked[part:]]


def _without_answer(row: dict[str, Any]) -> dict[str, Any]:
    """The question over its context without the sentences that hold the answer."""
    text = row["context"]
    starts = [answer["start"] for answer in row["answers"]]
    kept = [text[s:e] for s, e in sentences(text) if not any(s <= start < e for start in starts)]
    context = " ".join(kept) or "Nothing is left."
    return {**row, "context": context, "original": text, "answers": [], "answerable": False}


def _judge(
    reader: quoting.QuotingReader,
    rows: Sequence[dict[str, Any]],
    all_rows: Sequence[dict[str, Any]],
    rng: random.Random,
) -> list[_Judged]:
    """For each question its candidate sentences: features, and whether the sentence holds the answer."""
    by_title: dict[str, list[str]] = defaultdict(list)
    for row in all_rows:
        by_title[row["title"]].append(row["context"])
    contexts = {title: list(dict.fromkeys(texts)) for title, texts in by_title.items()}
    judged: list[_Judged] = []
    for n, row in enumerate(rows):
        if n % 500 == 0:
            sys.stderr.write(f"{n} of {len(rows)}\n")
        asked = analyse(row["question"])
        if asked.answer_type in HEAD_TYPES:
            judged.append([])
            continue
        found = reader.judge(asked, _evidence(reader, row, contexts[row["title"]], rng))
        judged.append([(np.asarray(j.values), _holds(j.sentence, row)) for j in found])
    return judged


def _evidence(
    reader: quoting.QuotingReader, row: dict[str, Any], contexts: Sequence[str], rng: random.Random
) -> list[Evidence]:
    """The question's own context among others of its article, in the order in which the vectors rank them."""
    others = [text for text in contexts if text not in (row["context"], row.get("original"))]
    texts = [row["context"], *rng.sample(others, min(len(others), _DISTRACTORS))]
    vectors = reader.vectors.of([row["question"], *texts])
    order = np.argsort(-(vectors[1:] @ vectors[0]), kind="stable")
    title = row["title"].replace("_", " ")
    return [
        Evidence(Passage(f"p{n}", f"a{n}", 0, len(texts[n]), texts[n], 0), 1 / (1 + rank), title=title)
        for rank, n in enumerate(order)
    ]


def _holds(sentence: quoting.Sentence, row: dict[str, Any]) -> bool:
    if not row["answerable"] or sentence.passage.article_id != "a0":
        return False
    end = sentence.start + len(sentence.text)
    return any(sentence.start <= answer["start"] < end for answer in row["answers"])


def _trusted(judged: Sequence[_Judged], choose: _Array) -> tuple[list[_Array], list[bool]]:
    """For each question the values that say how far to trust its best sentence, and whether that sentence is right."""
    values, right = [], []
    for rows in judged:
        ranked = sorted(((_sigmoid(choose, row), row, holds) for row, holds in rows), key=lambda item: -item[0])
        ranked = ranked or [(0.0, np.zeros(len(FEATURES)), False)]
        values.append(trust_features([(p, row) for p, row, _ in ranked]))
        right.append(ranked[0][2])
    return values, right


def _sigmoid(weights: _Array, row: _Array) -> float:
    return float(1 / (1 + np.exp(-np.clip(weights[0] + weights[1:] @ row, -30, 30))))


def _threshold(confidence: _Array, right: npt.NDArray[np.bool_], answerable: npt.NDArray[np.bool_]) -> float:
    """The threshold with the best mean of the share of answerable ones right and of unanswerable ones refused."""
    tried = np.unique(np.round(confidence, 3))
    gains = [
        float((right & (confidence >= t))[answerable].mean() + (confidence < t)[~answerable].mean()) for t in tried
    ]
    return float(tried[int(np.argmax(gains))])


def _figures(confidence: _Array, right: Any, answerable: Any, threshold: float) -> dict[str, float]:
    said = confidence >= threshold
    higher = (confidence[answerable][:, None] > confidence[~answerable][None, :]).mean()
    bins = np.array_split(np.argsort(confidence), 10)
    gap = sum(abs(confidence[b].mean() - right[b].mean()) * len(b) for b in bins) / len(right)
    return {
        "right_sentence_of_answerable": round(float(right[answerable].mean()), 4),
        "answered_right": round(float((right & said)[answerable].mean()), 4),
        "refused_of_unanswerable": round(float((~said)[~answerable].mean()), 4),
        "auroc_answerable": round(float(higher), 4),
        "ece": round(float(gap), 4),
        "threshold": threshold,
    }


if __name__ == "__main__":
    main()
