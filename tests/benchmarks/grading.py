"""Graded predictions -> table: whether exact match and F1 of question sets are those of SQuAD's own scorer, question by question.

python -m tests.benchmarks.grading FILE [--json]

FILE: as `tests.benchmarks.reading` takes it. The fast reader answers each question from its context, with its threshold; the
predictions are graded as an answer of a question set is, and scored by the package torchmetrics, which carries SQuAD's scorer. A
question without an answer is right when it is refused, as in SQuAD 2.0's script.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.core import squad_scores as scoring
from assistant.core.answer import Answer, AnswerSentence, Citation
from assistant.questions.grading.grade import grade
from assistant.questions.grading.ground_truth import GroundTruth
from assistant.questions.spec.cases import Expected
from assistant.questions.spec.wordings import literal, problem
from assistant.training.shared.rows import read_rows, with_history
from index.article import Article
from tests.benchmarks._common import machine, parser
from tests.benchmarks.reading import answered, built_in


def main(arguments: Sequence[str] | None = None) -> int:
    """Grade, score and print. Exit code 1 if they differ anywhere, 2 for a file that can't be used."""
    options = _options(arguments)
    try:
        rows = list(read_rows(options.file))
        golds = [[answer["text"] for answer in row["answers"]] if row["answerable"] else [] for row in rows]
        said = predictions(rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{options.file} can't be used: {error!r}. See --help.", file=sys.stderr)
        return 2
    ours = [graded(row["question"], gold, text) for row, gold, text in zip(rows, golds, said, strict=True)]
    theirs = [scored(gold, text) for gold, text in zip(golds, said, strict=True)]
    differ = sum(
        abs(a - b) > 1e-6 for mine, other in zip(ours, theirs, strict=True) for a, b in zip(mine, other, strict=True)
    )
    found: dict[str, Any] = {
        "questions": len(rows),
        "exact": _mean([exact for exact, _ in ours]),
        "f1": _mean([f1 for _, f1 in ours]),
        "scorer_exact": _mean([exact for exact, _ in theirs]),
        "scorer_f1": _mean([f1 for _, f1 in theirs]),
        "different": differ,
    }
    if options.predictions:
        lines = [
            json.dumps({"gold": gold, "said": text}, ensure_ascii=False) for gold, text in zip(golds, said, strict=True)
        ]
        options.predictions.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(json.dumps(found) if options.json else table(found))
    return 1 if differ else 0


def predictions(rows: Sequence[dict[str, Any]]) -> list[str]:
    """What the fast reader says to each question; "" where it refuses."""
    _, threshold = built_in("fast")
    pairs = [(with_history(row["question"], row.get("history") or ()), row["context"]) for row in rows]
    given, _ = answered(pairs, [row["title"] for row in rows], "fast")
    return [text if confidence >= threshold else "" for text, confidence in given]


def graded(question: str, golds: Sequence[str], said: str) -> tuple[float, float]:
    """Exact match and F1 as a question set has them."""
    article = Article(said or "nothing")
    # A gold that has no word that counts (a lone "the") can stand in no set.
    wordings = tuple(literal(gold) for gold in golds if not problem(literal(gold)))
    expected = Expected("q", question, wordings, answerable=bool(golds))
    citation = Citation(1, article.id, "", 0, len(said), said)
    answer = (
        Answer(question, "answered", (AnswerSentence(f"“{said}”", (1,), said),), (citation,))
        if said
        else Answer(question, "not_found")
    )
    found = grade(expected, answer, GroundTruth({article.id: article}))
    if not golds:
        return (float(found.right),) * 2
    return found.exact or 0.0, found.f1 or 0.0


def scored(golds: Sequence[str], said: str) -> tuple[float, float]:
    """Exact match and F1 of SQuAD's scorer."""
    from torchmetrics.functional.text import squad

    # SQuAD 2.0's script passes over answers of which normalising leaves nothing ("a"); 1.1's, which this is, would not.
    golds = [gold for gold in golds if scoring.normalized(gold)]
    if not golds:
        return (float(not said),) * 2
    target = {"answers": {"answer_start": [0] * len(golds), "text": list(golds)}, "id": "1"}
    found = squad({"prediction_text": said, "id": "1"}, target)
    return float(found["exact_match"]) / 100, float(found["f1"]) / 100


def table(found: dict[str, Any]) -> str:
    """Ours beside theirs."""
    return "\n".join(
        [
            f"{found['questions']} predictions ({machine()})",
            f"{'':<14}{'exact':>9}{'F1':>9}",
            f"{'question sets':<14}{found['exact']:>9.3f}{found['f1']:>9.3f}",
            f"{'SQuAD scorer':<14}{found['scorer_exact']:>9.3f}{found['scorer_f1']:>9.3f}",
            f"different: {found['different']}",
        ]
    )


def _mean(values: Sequence[float]) -> float:
    return 100 * sum(values) / max(len(values), 1)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    made = parser("grading", __doc__.split("\n")[0])
    made.add_argument("file", type=Path)
    made.add_argument("--predictions", type=Path, help="write what was said, for another scorer, to this file")
    return made.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
