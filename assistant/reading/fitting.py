"""Fits the quoting reader's weights, calibration and threshold: `python -m assistant.reading.fitting TRAIN DEV`.

TRAIN and DEV are gzipped JSON lines with `title, context, question, answers[{text,start}], answerable` (the schema of
SQuAD 2.0, a question a line). The weights are those of a logistic model over `support.FEATURES`, fitted on TRAIN; the
calibration (isotonic regression by pooling adjacent violators) and the threshold are fitted on DEV, which shares no
article with TRAIN.
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

from assistant.asking import HEAD_KINDS, analyse
from assistant.reading import quoting
from assistant.reading.support import FEATURES
from assistant.settings import load_settings
from index.article import Passage
from index.embedding import open_embedder
from index.retrieval import Evidence

_Array = npt.NDArray[np.float64]
_DISTRACTORS = 5
_RIDGE = 1.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit and write `quoting.json`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("train", type=Path)
    parser.add_argument("dev", type=Path)
    parser.add_argument("--questions", type=int, default=4_000, help="questions drawn from TRAIN, half unanswerable")
    parser.add_argument("--seed", type=int, default=13)
    options = parser.parse_args(arguments)
    rng = random.Random(options.seed)
    train, dev = _rows(options.train), _rows(options.dev)
    reader = quoting.QuotingReader(open_embedder(load_settings()))
    chosen = _balanced(train, options.questions, rng)
    judged_train = _judge(reader, chosen, train, rng)
    weights = _fit(
        [values for rows in judged_train for values, _ in rows], [right for rows in judged_train for _, right in rows]
    )
    judged_dev = _judge(reader, dev, dev, rng)
    scores, right = _best(judged_dev, weights)
    steps = _isotonic(scores, right)
    answerable = np.array([bool(row["answerable"]) for row in dev])
    model = {
        "weights": dict(zip(("intercept", *FEATURES), (round(float(w), 4) for w in weights), strict=True)),
        "calibration": steps,
        "threshold": _threshold(np.interp(scores, steps["score"], steps["probability"]), right, answerable),
        "fitted_on": {"train_questions": len(chosen), "dev_questions": len(dev), "seed": options.seed},
    }
    Path(quoting.__file__).with_name("quoting.json").write_text(json.dumps(model, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(_figures(scores, right, answerable, model)) + "\n")


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _balanced(rows: Sequence[dict[str, Any]], number: int, rng: random.Random) -> list[dict[str, Any]]:
    no = [row for row in rows if not row["answerable"]]
    yes = [row for row in rows if row["answerable"] and len(row["context"]) > 300]
    return rng.sample(no, min(len(no), number // 2)) + rng.sample(yes, number // 2)


def _judge(
    reader: quoting.QuotingReader,
    rows: Sequence[dict[str, Any]],
    all_rows: Sequence[dict[str, Any]],
    rng: random.Random,
) -> list[list[tuple[_Array, bool]]]:
    """For each question its candidate sentences: features, and whether the sentence holds the answer."""
    by_title: dict[str, list[str]] = defaultdict(list)
    for row in all_rows:
        by_title[row["title"]].append(row["context"])
    contexts = {title: list(dict.fromkeys(texts)) for title, texts in by_title.items()}
    judged: list[list[tuple[_Array, bool]]] = []
    for n, row in enumerate(rows):
        if n % 500 == 0:
            sys.stderr.write(f"{n} of {len(rows)}\n")
        asked = analyse(row["question"])
        if asked.kind in HEAD_KINDS:
            judged.append([])
            continue
        found = reader.judge(asked, _evidence(reader, row, contexts[row["title"]], rng))
        judged.append([(np.asarray(j.values), _holds(j.sentence, row)) for j in found])
    return judged


def _evidence(
    reader: quoting.QuotingReader, row: dict[str, Any], contexts: Sequence[str], rng: random.Random
) -> list[Evidence]:
    """The question's own context among others of its article, in the order in which the vectors rank them."""
    others = [text for text in contexts if text != row["context"]]
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


def _fit(values: Sequence[_Array], right: Sequence[bool]) -> _Array:
    """Logistic regression with an L2 penalty, by Newton's method; the intercept comes first."""
    x = np.column_stack([np.ones(len(values)), np.stack(values)])
    y = np.array(right, dtype=float)
    weights = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (y - p) - _RIDGE * weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + _RIDGE * np.eye(len(weights))
        weights = weights + np.linalg.solve(hessian, gradient)
    return weights


def _best(judged: Sequence[Sequence[tuple[_Array, bool]]], weights: _Array) -> tuple[_Array, npt.NDArray[np.bool_]]:
    scores, right = [], []
    for rows in judged:
        ranked = [(float(weights[0] + weights[1:] @ values), holds) for values, holds in rows]
        score, holds = max(ranked, default=(-30.0, False))
        scores.append(1 / (1 + np.exp(-score)))
        right.append(holds)
    return np.array(scores), np.array(right)


def _isotonic(scores: _Array, right: npt.NDArray[np.bool_], bins: int = 12) -> dict[str, list[float]]:
    """Pool adjacent violators over equal-sized bins -> the knots of a rising piecewise linear map."""
    order = np.argsort(scores)
    pools = [[float(scores[part].mean()), float(right[part].mean()), len(part)] for part in np.array_split(order, bins)]
    n = 0
    while n + 1 < len(pools):
        if pools[n][1] > pools[n + 1][1]:
            (s1, p1, n1), (s2, p2, n2) = pools[n], pools[n + 1]
            pools[n : n + 2] = [[(s1 * n1 + s2 * n2) / (n1 + n2), (p1 * n1 + p2 * n2) / (n1 + n2), n1 + n2]]
            n = max(0, n - 1)
        else:
            n += 1
    return {"score": [round(p[0], 4) for p in pools], "probability": [round(p[1], 4) for p in pools]}


def _threshold(confidence: _Array, right: npt.NDArray[np.bool_], answerable: npt.NDArray[np.bool_]) -> float:
    """The threshold with the best mean of the share of answerable ones right and of unanswerable ones refused."""
    tried = np.unique(np.round(confidence, 3))
    gains = [
        float((right & (confidence >= t))[answerable].mean() + (confidence < t)[~answerable].mean()) for t in tried
    ]
    return float(tried[int(np.argmax(gains))])


def _figures(scores: _Array, right: Any, answerable: Any, model: dict[str, Any]) -> dict[str, float]:
    confidence = np.interp(scores, model["calibration"]["score"], model["calibration"]["probability"])
    said = confidence >= model["threshold"]
    higher = (scores[answerable][:, None] > scores[~answerable][None, :]).mean()
    bins = np.array_split(np.argsort(confidence), 10)
    gap = sum(abs(confidence[b].mean() - right[b].mean()) * len(b) for b in bins) / len(right)
    return {
        "right_sentence_of_answerable": round(float(right[answerable].mean()), 4),
        "answered_right": round(float((right & said)[answerable].mean()), 4),
        "refused_of_unanswerable": round(float((~said)[~answerable].mean()), 4),
        "auroc_answerable": round(float(higher), 4),
        "ece": round(float(gap), 4),
        "threshold": model["threshold"],
    }


if __name__ == "__main__":
    main()
