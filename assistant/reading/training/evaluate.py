"""Calibrates the exported reader and chooses its thresholds: `python -m assistant.reading.training.evaluate DEV [FOLDER]`.

DEV is a file of questions that were not trained on (`title, context, question, answers, answerable`). Two calibrations are
fitted and written to `reader.json`: "single" for a question over its own context, "evidence" for the five passages that BM25
finds among all contexts of DEV. The figures printed are cross-validated: each article's questions are judged by weights and a
threshold that were fitted on the other articles.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from assistant.asking import analyse
from assistant.reading import scoring
from assistant.reading.calibration import Calibration, Values, features, fit
from assistant.reading.networks import BUILT_IN, OnnxNetwork
from assistant.reading.trained import TrainedReader
from assistant.reading.training.examples import read_rows, with_history
from assistant.reading.training.unanswerable import Paragraphs
from assistant.settings import load_settings
from index.article import Passage
from index.embedding import open_embedder
from index.retrieval import Evidence

_PASSAGES = 5


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(description="Calibrate the reader.")
    parser.add_argument("dev", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=BUILT_IN)
    options = parser.parse_args(arguments)
    rows = list(read_rows(options.dev))
    reader = TrainedReader(open_embedder(load_settings()), OnnxNetwork(options.folder))
    known = json.loads((options.folder / "reader.json").read_text(encoding="utf-8"))
    known["calibration"] = {}
    for setting, judged in (("single", _single(reader, rows)), ("evidence", _evidence(reader, rows))):
        values, results, titles = judged
        known["calibration"][setting] = _fitted(values, results)
        found = cross_validated(values, results, titles)
        sys.stdout.write(json.dumps({"setting": setting, **{k: v and round(v, 4) for k, v in found.items()}}) + "\n")
    (options.folder / "reader.json").write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


def cross_validated(
    values: Sequence[Values], results: Sequence[scoring.Scored], titles: Sequence[str]
) -> dict[str, float | None]:
    """`scoring.figures`, each article judged by what was fitted on the others; the threshold's effect included."""
    judged: list[scoring.Scored] = []
    kept: list[float] = []
    for title in dict.fromkeys(titles):
        inside = [n for n, other in enumerate(titles) if other == title]
        outside = [n for n, other in enumerate(titles) if other != title]
        fitted = _fitted([values[n] for n in outside], [results[n] for n in outside])
        calibration = Calibration(tuple(fitted["weights"]), fitted["threshold"])
        for n in inside:
            judged.append(_with(results[n], calibration.probability(values[n])))
            kept.append(float(judged[-1].confidence >= calibration.threshold))
    found = scoring.figures(judged, 0.5)
    f1 = [row.f1 if keep else float(not row.answerable) for row, keep in zip(judged, kept, strict=True)]
    return {**found, "f1": 100 * float(np.mean(f1)), "em": None, "no_ans_accuracy": None}


def _fitted(values: Sequence[Values], results: Sequence[scoring.Scored]) -> dict[str, Any]:
    weights = tuple(round(float(w), 5) for w in fit(values, [row.right for row in results]))
    calibration = Calibration(weights, 0.0)
    confidence = np.array([calibration.probability(row) for row in values])
    answerable, gained = np.array([r.answerable for r in results]), np.array([r.f1 for r in results])
    return {"weights": list(weights), "threshold": round(scoring.best_threshold(answerable, gained, confidence)[1], 4)}


def _with(row: scoring.Scored, confidence: float) -> scoring.Scored:
    return scoring.Scored(row.source, row.answerable, row.em, row.f1, confidence)


def _question(row: dict[str, Any]) -> str:
    return with_history(row["question"], row.get("history") or ())


def _golds(row: dict[str, Any]) -> list[str]:
    return [answer["text"] for answer in row["answers"]] if row["answerable"] else []


def _single(
    reader: TrainedReader, rows: Sequence[dict[str, Any]]
) -> tuple[list[Values], list[scoring.Scored], list[str]]:
    """Each question over its own context."""
    pairs = [(_question(row), row["context"]) for row in rows]
    values, results = [], []
    for row, (question, context), reading in zip(rows, pairs, reader.finder.read_pairs(pairs), strict=True):
        values.append(features(analyse(question), reading, context))
        best = reading.spans[0]
        results.append(scoring.scored(row["source"], _golds(row), context[best.start : best.end], 0.0))
    return values, results, [row["title"] for row in rows]


def _evidence(
    reader: TrainedReader, rows: Sequence[dict[str, Any]]
) -> tuple[list[Values], list[scoring.Scored], list[str]]:
    """Each question over the passages that are found for it among all contexts; and, as most questions that an article does not
    answer are not made to deceive, every second answerable one over passages without the one that answers.
    """
    contexts = list(dict.fromkeys(row["context"] for row in rows))
    paragraphs = Paragraphs(contexts)
    values, results, titles = [], [], []
    for number, row in enumerate(rows):
        question = _question(row)
        ranked = paragraphs.ranked(question)
        without = [n for n in ranked if not any(gold in contexts[n] for gold in _golds(row))][:_PASSAGES]
        for chosen, golds in (
            (ranked[:_PASSAGES], _golds(row)),
            *([(without, [])] if _golds(row) and number % 2 else []),
        ):
            found = [Evidence(Passage(str(n), "dev", 0, len(contexts[n]), contexts[n], n), 0.0) for n in chosen]
            judged = reader.judge(analyse(question), found) if found else None
            if judged is None:
                continue
            reading, item, one = judged
            span = reading.spans[0]
            values.append(one)
            titles.append(row["title"])
            text = item.passage.text[span.start : span.end]
            results.append(scoring.scored(row["source"], golds, text, 0.0))
    return values, results, titles


if __name__ == "__main__":
    main()
