"""Question set -> table: how many are right and cited, how many refused rightly, by tag; and what went wrong, readably.

python -m tests.benchmarks.questions [SET] [--failures] [--json] [--update-baseline]
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant import Assistant
from tests.questions.grading import RIGHT, Expected, QuestionSet, Result, load_set, run

QUESTIONS = Path(__file__).resolve().parent.parent / "questions"
SAMPLE = QUESTIONS / "sample.yaml"
BASELINE = QUESTIONS / "baseline.json"
TAGS_LAST = ("dialogue", "unanswerable")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a set and print its figures. Exit code 1 if a law is broken, 2 for wrong use."""
    options = _options(arguments)
    if options.update_baseline and options.set.resolve() != SAMPLE:
        print(f"--update-baseline is for {SAMPLE.name} only; leave out {options.set}.", file=sys.stderr)
        return 2
    try:
        question_set = load_set(options.set)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    results = answer_all(question_set)
    if options.json:
        print(json.dumps({"set": options.set.name, **figures(results), "tags": by_tag(results)}))
    else:
        if options.failures:
            print("\n".join(failure(result) for result in results if result.outcome.verdict not in RIGHT))
        print(table(results))
    if options.update_baseline:
        verdicts = {result.expected.id: result.outcome.verdict for result in results}
        BASELINE.write_text(json.dumps(verdicts, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 1 if any(result.outcome.verdict == "law broken" for result in results) else 0


def answer_all(question_set: QuestionSet) -> list[Result]:
    """Every question of the set, asked of a temporary library that holds the set's articles."""
    with tempfile.TemporaryDirectory() as folder, Assistant.open(folder) as assistant:
        for article in question_set.articles:
            if skipped := assistant.add(article).skipped:
                raise SystemExit(f"Can't add {skipped[0][0]}: {skipped[0][1]}")
        assistant.warm()
        return run(question_set, assistant)


def figures(results: Sequence[Result]) -> dict[str, Any]:
    """Counts and percentages over some results; a percentage of nothing is None."""
    yes = [r for r in results if r.expected.answerable]
    no = [r for r in results if not r.expected.answerable]
    keyed = [r for r in yes if r.outcome.key_right is not None]
    return {
        "answerable": len(yes),
        "right_and_cited": _percent(sum(r.outcome.verdict == "right and cited" for r in yes), len(yes)),
        "wrong_evidence": sum(r.outcome.verdict == "right, wrong evidence" for r in yes),
        "wrong": sum(r.outcome.verdict == "wrong" for r in yes),
        "refused_wrongly": sum(r.outcome.verdict == "refused wrongly" for r in yes),
        "key_right": _percent(sum(bool(r.outcome.key_right) for r in keyed), len(keyed)),
        "unanswerable": len(no),
        "refused": _percent(sum(r.outcome.verdict == "refused rightly" for r in no), len(no)),
        "law_broken": sum(r.outcome.verdict == "law broken" for r in results),
        "p50_ms": round(1000 * statistics.median(r.seconds for r in results), 1),
    }


def by_tag(results: Sequence[Result]) -> dict[str, dict[str, Any]]:
    """`figures` of each tag's results, tags by name."""
    tags = {tag for result in results for tag in result.expected.tags}
    order = [*sorted(tags - set(TAGS_LAST)), *(tag for tag in TAGS_LAST if tag in tags)]
    return {tag: figures([result for result in results if tag in result.expected.tags]) for tag in order}


def table(results: Sequence[Result]) -> str:
    """The figures by tag, and in all."""
    head = (
        f"{'':<15}{'answerable':>11}{'right&cited':>12}{'key right':>11}{'unanswerable':>14}{'refused':>9}{'p50 ms':>8}"
    )
    rows = [_row(tag, found) for tag, found in by_tag(results).items()]
    total = figures(results)
    return "\n".join(
        [
            head,
            *rows,
            "-" * len(head),
            _row("all", total),
            "",
            f"answerable: {total['right_and_cited']} % right and cited "
            f"({total['wrong_evidence']} right with wrong evidence, {total['wrong']} wrong, "
            f"{total['refused_wrongly']} refused wrongly); key words right {total['key_right']} %",
            f"unanswerable: {total['refused']} % refused",
            f"laws broken: {total['law_broken']}",
        ]
    )


def failure(result: Result) -> str:
    """A case that went wrong: what was asked, expected, found and said."""
    expected, answer = result.expected, result.answer
    lines = [
        f"=== {result.outcome.verdict}: {expected.id} [{' '.join(expected.tags)}] confidence {answer.confidence:.2f}"
    ]
    lines.append(f"    question  {expected.question}")
    if answer.trace.standalone_question != expected.question:
        lines.append(f"    read as   {answer.trace.standalone_question}")
    lines.append(f"    expected  {_wanted(expected)}")
    lines += [f"    evidence  {_place(quote, result)} “{quote}”" for quote in expected.evidence]
    lines.append(f"    got       {answer.text}")
    if result.outcome.reason:
        lines.append(f"    law       {result.outcome.reason}")
    lines += [f"    dropped   {text} ({reason})" for text, reason in answer.trace.dropped]
    return "\n".join(lines) + "\n"


def _wanted(expected: Expected) -> str:
    return " | ".join(expected.answers) or "the evidence" if expected.answerable else "a refusal"


def _place(quote: str, result: Result) -> str:
    """Where retrieval ranked the first passage with this quote, so that the failing stage is seen."""
    ranks = [n for n, e in enumerate(result.answer.evidence, start=1) if quote in e.passage.text]
    return f"(found, rank {ranks[0]})" if ranks else "(NOT FOUND)"


def _row(name: str, found: dict[str, Any]) -> str:
    cells = [found[key] for key in ("answerable", "right_and_cited", "key_right", "unanswerable", "refused", "p50_ms")]
    texts = ["-" if cell is None else str(cell) for cell in cells]
    return f"{name:<15}" + "".join(
        f"{text:>{width}}" for text, width in zip(texts, (11, 12, 11, 14, 9, 8), strict=True)
    )


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.questions", description=__doc__.split("\n")[0])
    parser.add_argument(
        "set", nargs="?", type=Path, default=SAMPLE, help="a question set; the sample article's if left out"
    )
    parser.add_argument("--failures", action="store_true", help="list each case that went wrong")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--update-baseline", action="store_true", help="write tests/questions/baseline.json")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
