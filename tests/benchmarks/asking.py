"""Measures a warm `ask`: with one article, and with a whole collection such as SciFact; where the time goes.

python -m tests.benchmarks.asking FOLDER [--library FOLDER] [--questions N] [--profile] [--json]
"""

from __future__ import annotations

import cProfile
import pstats
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from assistant import Assistant
from assistant.sample import sample_path
from tests.benchmarks import _common

SAMPLE_QUESTIONS = Path(__file__).resolve().parent.parent / "questions" / "sample.questions.yaml"
STAGES = ("followup", "retrieval", "reranking", "reading", "citing")
WARM_UP = 10


def main() -> None:
    """Run from the command line."""
    parser = _common.parser("asking", __doc__ or "")
    parser.add_argument("folder", type=Path, help="has corpus.jsonl.gz and dev_queries.jsonl.gz")
    parser.add_argument("--library", type=Path, help="library to make or to use again; otherwise a temporary one")
    parser.add_argument("--questions", type=int, default=50, help="different questions to each library")
    parser.add_argument("--profile", action="store_true", help="print the functions that cost most, too")
    arguments = parser.parse_args()
    claims = [
        f"Is it true that {query.text[:1].lower()}{query.text[1:].rstrip('.')}?"
        for query in _common.queries(arguments.folder)
    ]
    spread = claims[:: max(1, len(claims) // (arguments.questions + WARM_UP))]
    with ExitStack() as stack:
        small = stack.enter_context(Assistant.open(stack.enter_context(TemporaryDirectory())))
        small.add(sample_path())
        place = arguments.library or Path(stack.enter_context(TemporaryDirectory()))
        large = stack.enter_context(closing(_common.filled(place, arguments.folder)))
        runs = [(small, _sample_questions()), (large, spread)]
        rows = [_measure(assistant, questions, arguments.questions) for assistant, questions in runs]
        if arguments.profile:
            for assistant, questions in runs:
                _profile(assistant, questions)
    ratio = rows[1]["p50 ms"] / rows[0]["p50 ms"]
    notes = [
        f"p50 with {rows[1]['articles']} articles is {ratio:.2f} times that with {rows[0]['articles']}; targets: 60 ms, 2 times"
    ]
    _common.show("warm ask", rows, as_json=arguments.json, notes=notes, ratio=ratio)


def _sample_questions() -> list[str]:
    data = yaml.safe_load(SAMPLE_QUESTIONS.read_text(encoding="utf-8"))
    return [case["question"] for case in data["cases"] if "question" in case]


def _measure(assistant: Assistant, questions: Sequence[str], count: int) -> dict[str, float]:
    for question in questions[:WARM_UP]:
        assistant.ask(question)
    seconds, answers = [], []
    for question in questions[WARM_UP : WARM_UP + count]:
        start = time.perf_counter()
        answers.append(assistant.ask(question))
        seconds.append(time.perf_counter() - start)
    row: dict[str, float] = {
        "articles": len(assistant.articles()),
        "questions": len(seconds),
        "p50 ms": 1000 * _common.percentile(seconds, 50),
        "p95 ms": 1000 * _common.percentile(seconds, 95),
    }
    for stage in STAGES:
        row[f"{stage} ms"] = 1000 * _common.median(
            [a.trace.timings[stage] for a in answers if stage in a.trace.timings]
        )
    return row


def _profile(assistant: Assistant, questions: Sequence[str]) -> None:
    with cProfile.Profile() as profile:
        for question in questions[:WARM_UP]:
            assistant.ask(question)
    pstats.Stats(profile).sort_stats("tottime").print_stats(20)


if __name__ == "__main__":
    main()
