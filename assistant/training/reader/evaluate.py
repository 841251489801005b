"""Calibrates the exported reader and chooses its thresholds: `python -m assistant.training.reader.evaluate DEV [FOLDER]`.

DEV is a file of questions that were not trained on (`title, context, question, answers, answerable`). Two calibrations are
fitted and written to `reader.json`. "single" is for a question over its own context; its threshold is the best for F1.
"evidence" is for the five passages that BM25 finds among all contexts of DEV: which sentence to choose, and how far to trust it.
There half of the questions have an answer, a quarter were written to deceive, and a quarter lost the passages with their
answer, as most questions that an article does not answer are not made to deceive; the yes/no questions in them are asked
too (see `decisions`). Its threshold is the best for the sum of the shares answered rightly and refused rightly. The figures
printed are cross-validated: each article's questions are judged by what was fitted on the other articles.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.core import squad_scores as scoring
from assistant.core.settings import load_settings
from assistant.network.span_network import BUILT_IN, OnnxNetwork
from assistant.reading.calibration import Calibration, Values, fit, fit_choice
from assistant.reading.choosing import Candidate, ranked, trust_values
from assistant.reading.trained_reader import TrainedReader
from assistant.training.reader.decisions import of_question
from assistant.training.reader.examples import read_rows, with_history
from assistant.training.reader.prepare import example_of
from assistant.training.reader.unanswerable import Paragraphs
from assistant.understanding.analysis import QuestionAnalysis, analyse
from index.article import Passage
from index.embedding import open_embedder
from index.evidence import Evidence
from index.passages import sentences

_PASSAGES = 5


@dataclass(frozen=True, slots=True)
class Judged:
    """A question over passages.

    Attributes:
        title: of the article it was asked of.
        asked: the question.
        answerable: whether one of the passages holds the answer.
        found: the candidates.
        right: which of them hold the answer.
    """

    title: str
    asked: QuestionAnalysis
    answerable: bool
    found: list[Candidate]
    right: list[bool]


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit, print, write."""
    parser = argparse.ArgumentParser(description="Calibrate the reader.")
    parser.add_argument("dev", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=BUILT_IN)
    options = parser.parse_args(arguments)
    rows = list(read_rows(options.dev))
    reader = TrainedReader(open_embedder(load_settings()), OnnxNetwork(options.folder))
    known = json.loads((options.folder / "reader.json").read_text(encoding="utf-8"))
    values, results, titles = single(reader, rows)
    _print("single", cross_validated(values, results, titles))
    judged = over_passages(reader, rows)
    _print("evidence", cross_validated_choice(judged))
    known["calibration"] = {
        "single": fitted(values, results).to_dict(),
        "evidence": fitted_choice(judged).to_dict(),
    }
    (options.folder / "reader.json").write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")


def _print(setting: str, found: dict[str, float | None]) -> None:
    rounded = {name: value if value is None else round(value, 4) for name, value in found.items()}
    sys.stdout.write(json.dumps({"setting": setting, **rounded}) + "\n")


# A question over its own context


def single(
    reader: TrainedReader, rows: Sequence[dict[str, Any]]
) -> tuple[list[Values], list[scoring.Scored], list[str]]:
    """Values, results and titles of each question over its own context."""
    pairs = [(_question(row), row["context"]) for row in rows]
    values, results = [], []
    for row, (_, context), (reading, found) in zip(rows, pairs, reader.values(pairs), strict=True):
        values.append(found)
        best = reading.spans[0]
        results.append(scoring.scored(row["source"], _golds(row), context[best.start : best.end], 0.0))
    return values, results, [row["title"] for row in rows]


def fitted(values: Sequence[Values], results: Sequence[scoring.Scored]) -> Calibration:
    """Fit the trust in the best span, and the threshold that is best for F1."""
    trust = _rounded(fit(values, [row.right for row in results]))
    unset = Calibration(trust, 0.0, np.array([]))
    confidence = np.array([unset.probability(row) for row in values])
    answerable, gained = np.array([r.answerable for r in results]), np.array([r.f1 for r in results])
    return Calibration(trust, round(scoring.best_threshold(answerable, gained, confidence)[1], 4), unset.choose)


def cross_validated(
    values: Sequence[Values], results: Sequence[scoring.Scored], titles: Sequence[str]
) -> dict[str, float | None]:
    """`scoring.figures`, each article judged by what was fitted on the others; f1 with their threshold."""
    judged: list[scoring.Scored] = []
    kept: list[bool] = []
    for inside, outside in _folds(titles):
        calibration = fitted([values[n] for n in outside], [results[n] for n in outside])
        for n in inside:
            judged.append(_with(results[n], calibration.probability(values[n])))
            kept.append(judged[-1].confidence >= calibration.threshold)
    found = scoring.figures(judged, 0.5)
    f1 = [row.f1 if keep else float(not row.answerable) for row, keep in zip(judged, kept, strict=True)]
    return {**found, "f1": 100 * float(np.mean(f1)), "em": None, "no_ans_accuracy": None}


# A question over the passages that are found for it


def over_passages(reader: TrainedReader, rows: Sequence[dict[str, Any]]) -> list[Judged]:
    """Each question over the passages that BM25 finds, in the mixture that the module's text describes."""
    contexts = list(dict.fromkeys(row["context"] for row in rows))
    paragraphs = Paragraphs(contexts)
    judged = []
    for number, (title, question, golds) in enumerate(_questions(rows)):
        place = paragraphs.ranked(question)
        without = [n for n in place if not any(gold in contexts[n] for gold in golds)]
        chosen = [(place, golds)] if golds else []
        if number % 2:
            chosen.append((without, []))
        for passages, right in chosen:
            found = [(n, contexts[n]) for n in passages[:_PASSAGES]]
            judged.append(_judge(reader, title, analyse(question), right, found))
    return [one for one in judged if one.found]


def _questions(rows: Sequence[dict[str, Any]]) -> Iterator[tuple[str, str, list[str]]]:
    """Title, question and answers of each row; then those of the yes/no question in it, if there is one."""
    for row in rows:
        yield row["title"], _question(row), _golds(row)
    for row in rows:
        example = example_of(row)
        decided = of_question(example, sentences(example.context))
        if decided is not None:
            yield row["title"], decided.question, [decided.answer] if decided.answerable else []


def _judge(
    reader: TrainedReader,
    title: str,
    asked: QuestionAnalysis,
    golds: Sequence[str],
    passages: Sequence[tuple[int, str]],
) -> Judged:
    evidence = [Evidence(Passage(str(n), str(n), 0, len(text), text, n), 0.0) for n, text in passages]
    found = reader.candidates(asked, reader.readings(asked, evidence), evidence) if evidence else []
    texts = [one.evidence.passage.text[one.start : one.end] for one in found]
    return Judged(title, asked, bool(golds), found, [any(gold in text for gold in golds) for text in texts])


def fitted_choice(judged: Sequence[Judged]) -> Calibration:
    """Fit the choice among candidates, the trust in the chosen one, and the threshold."""
    choose = _rounded(fit_choice([[c.choice for c in one.found] for one in judged], [one.right for one in judged]))
    unset = Calibration(np.array([]), 0.0, choose)
    best = [ranked(one.found, unset) for one in judged]
    values, right = (
        [trust_values(j.asked, b) for j, b in zip(judged, best, strict=True)],
        [_is_right(j, b[0][1]) for j, b in zip(judged, best, strict=True)],
    )
    unset = Calibration(_rounded(fit(values, right)), 0.0, choose)
    confidence = np.array([unset.probability(one) for one in values])
    answerable = np.array([one.answerable for one in judged])
    tried = np.unique(np.round(confidence, 3))
    gains = [
        (np.array(right) & (confidence >= t))[answerable].mean() + (confidence < t)[~answerable].mean() for t in tried
    ]
    return Calibration(unset.trust, float(tried[int(np.argmax(gains))]), choose)


def cross_validated_choice(judged: Sequence[Judged]) -> dict[str, float | None]:
    """Shares of the answerable chosen rightly, answered rightly, of the others refused; AUROC and ECE of the confidence."""
    results: list[scoring.Scored] = []
    kept: list[bool] = []
    for inside, outside in _folds([one.title for one in judged]):
        calibration = fitted_choice([judged[n] for n in outside])
        for one in (judged[n] for n in inside):
            best = ranked(one.found, calibration)
            confidence = calibration.probability(trust_values(one.asked, best))
            gained = float(_is_right(one, best[0][1]))
            results.append(scoring.Scored("", one.answerable, gained, gained, confidence))
            kept.append(confidence >= calibration.threshold)
    found = scoring.figures(results, 0.5)
    said, answerable = np.array(kept), np.array([row.answerable for row in results])
    right = np.array([row.f1 > 0 for row in results])
    return {
        "questions": len(results),
        "right_sentence": 100 * float(right[answerable].mean()),
        "answered_rightly": 100 * float((right & said)[answerable].mean()),
        "refused": 100 * float((~said)[~answerable].mean()),
        "auroc": found["auroc"],
        "ece": found["ece"],
    }


def _is_right(judged: Judged, best: Candidate) -> bool:
    return judged.right[next(n for n, one in enumerate(judged.found) if one is best)]


def _folds(titles: Sequence[str]) -> list[tuple[list[int], list[int]]]:
    """For each title the places inside it and those outside."""
    return [
        (
            [n for n, other in enumerate(titles) if other == title],
            [n for n, other in enumerate(titles) if other != title],
        )
        for title in dict.fromkeys(titles)
    ]


def _rounded(weights: Values) -> Values:
    return np.round(weights, 5)


def _with(row: scoring.Scored, confidence: float) -> scoring.Scored:
    return scoring.Scored(row.source, row.answerable, row.em, row.f1, confidence)


def _question(row: dict[str, Any]) -> str:
    return with_history(row["question"], row.get("history") or ())


def _golds(row: dict[str, Any]) -> list[str]:
    return [answer["text"] for answer in row["answers"]] if row["answerable"] else []


if __name__ == "__main__":
    main()
