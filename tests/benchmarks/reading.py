"""Reading -> table: how well the reader finds the words that answer, knows when there are none, and knows how sure it is.

python -m tests.benchmarks.reading FILE [--reader NAME] [--curve SVG] [--json]

FILE: JSON lines, gzipped or not, of `id, source, title, context, question, answers[{text,start}], answerable`, with
`history[{role,text}]` where the question is a follow-up. Each context is an article of a library, and each question is asked of
its own article through the Python API, so that passages are cut and found as a user's are. The words are the key words of the
first sentence. em and f1 abstain below the reader's threshold; has_ans_f1 never does; best_f1 is with the threshold that is best
on FILE (always-abstain, the baseline, is shown beside it).
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.assistant import Assistant
from assistant.core import squad_scores as scoring
from assistant.core.settings import load_settings
from assistant.core.squad_scores import Scored
from assistant.network.reading_models import SmallModel, StrongModel
from assistant.reading.calibration import calibration_of
from assistant.training.shared.rows import read_rows, with_history
from index.article import Article
from tests.benchmarks._common import machine, parser

KEYS = ("em", "f1", "has_ans_f1", "no_ans_accuracy", "best_f1", "best_threshold", "auroc", "ece")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. Exit code 2 for a file that can't be used."""
    options = _options(arguments)
    try:
        rows = list(read_rows(options.file))
        pairs = [(with_history(row["question"], row.get("history") or ()), row["context"]) for row in rows]
        golds = [[answer["text"] for answer in row["answers"]] if row["answerable"] else [] for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{options.file} can't be used: {error!r}. See --help for what a line must have.", file=sys.stderr)
        return 2
    if not rows:
        print(f"{options.file} has no questions.", file=sys.stderr)
        return 2
    name, threshold = built_in(options.reader)
    given, seconds = answered(pairs, [row["title"] for row in rows], options.reader)
    rate = len(rows) / seconds
    results = [
        scoring.scored(row.get("source", ""), gold, text, confidence)
        for row, gold, (text, confidence) in zip(rows, golds, given, strict=True)
    ]
    sources = sorted({row.source for row in results})
    parts = {source: scoring.figures([row for row in results if row.source == source], threshold) for source in sources}
    total = {**scoring.figures(results, threshold), "questions_per_second": rate}
    if options.curve:
        draw(scoring.risk_coverage(results), options.curve)
    if options.json:
        print(json.dumps({**total, "threshold": threshold, "questions": len(rows), "by_source": parts}))
    else:
        print(f"{name} over {options.file.name}: {len(rows)} questions ({machine()})")
        print(table({**parts, "all": total}, results))
        print(f"threshold {threshold:.3f}; {rate:.1f} questions a second")
        print(curve(results))
    return 0


def built_in(reader: str) -> tuple[str, float]:
    """Name and threshold of a built-in reader."""
    model = SmallModel() if reader == "fast" else StrongModel()
    return model.name, calibration_of(model.details()).threshold


def answered(
    pairs: Sequence[tuple[str, str]], titles: Sequence[str], reader: str
) -> tuple[list[tuple[str, float]], float]:
    """For pairs of question and context: the words that a built-in reader would mark if it never refused, and its confidence.

    Returns:
        These, and the seconds that the questions took, without opening, adding and loading.
    """
    known: dict[str, Article] = {}
    for (_, context), title in zip(pairs, titles, strict=True):
        known.setdefault(context, Article(context, title.replace("_", " "), f"context-{len(known)}"))
    found = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Assistant.open(folder, settings=load_settings(reader=reader, threshold=0.0)) as assistant,
    ):
        assistant.add(list(known.values()))
        assistant.warm()
        start = time.perf_counter()
        for question, context in pairs:
            answer = assistant.ask(question, articles=[known[context].id])
            said = answer.sentences[0] if answer.sentences else None
            found.append(((said.key or said.text) if said else "", answer.confidence))
        seconds = time.perf_counter() - start
    return found, seconds


def table(parts: dict[str, dict[str, Any]], results: Sequence[Scored]) -> str:
    """A line for each source and for all."""
    lines = [f"{'':<20}{'questions':>10}{'abstain':>9}" + "".join(f"{key:>16}" for key in KEYS)]
    for name, found in parts.items():
        rows = [row for row in results if name in {"all", row.source}]
        always = 100 * sum(not row.answerable for row in rows) / len(rows)
        cells = ["-" if found[key] is None else f"{found[key]:.3f}" for key in KEYS]
        lines.append(f"{name:<20}{len(rows):>10}{always:>9.1f}" + "".join(f"{cell:>16}" for cell in cells))
    return "\n".join(lines)


def curve(results: Sequence[Scored]) -> str:
    """The risk-coverage curve in ten steps: of the most confident answers, how many are wrong."""
    points = scoring.risk_coverage(results)
    lines = ["coverage  wrong"]
    for tenth in range(1, 11):
        coverage, risk = points[max(0, round(len(points) * tenth / 10) - 1)]
        lines.append(f"{100 * coverage:>6.0f} %  {100 * risk:>4.1f} %  {'#' * round(50 * risk)}")
    return "\n".join(lines)


def draw(points: Sequence[tuple[float, float]], path: Path) -> None:
    """The same curve as a picture (SVG), with the plain tools of XML."""
    width, height, margin = 480, 320, 40
    line = " ".join(f"{margin + x * width:.1f},{margin + (1 - y) * height:.1f}" for x, y in points)
    labels = "".join(
        f'<text x="{margin + t * width}" y="{margin + height + 18}" text-anchor="middle">{t:.0%}</text>'
        f'<text x="{margin - 6}" y="{margin + (1 - t) * height + 4}" text-anchor="end">{t:.0%}</text>'
        for t in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width + 2 * margin}" height="{height + 2 * margin}" '
        f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>'
        f'<rect x="{margin}" y="{margin}" width="{width}" height="{height}" fill="none" stroke="#999"/>'
        f'<polyline points="{line}" fill="none" stroke="#2357c6" stroke-width="2"/>{labels}'
        f'<text x="{margin + width / 2}" y="20" text-anchor="middle">wrong answers by share of questions answered</text></svg>\n',
        encoding="utf-8",
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    made = parser("reading", __doc__.split("\n")[0])
    made.add_argument("file", type=Path)
    made.add_argument("--reader", default="strong", choices=("strong", "fast"))
    made.add_argument("--curve", type=Path, help="write the risk-coverage curve to this SVG file")
    return made.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
