"""Time to read five passages of 150 tokens, one thread: the built-in network, and the same with 32-bit weights as the baseline.

python -m tests.benchmarks.reading_time [--exact FOLDER] [--json]

FOLDER: what `python -m assistant.training.reader.export CHECKPOINT FOLDER --exact` wrote; without it there is no baseline row.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from assistant.network.span_network import BUILT_IN, OnnxNetwork
from assistant.network.windows import SpanFinder
from assistant.sample import example_questions, sample_path
from tests.benchmarks._common import parser, percentile, show

_PASSAGES, _TOKENS, _ROUNDS = 5, 150, 40


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure the networks by turns and print."""
    made = parser("reading_time", __doc__.split("\n")[0])
    made.add_argument("--exact", type=Path, help="folder of the 32-bit network")
    options = made.parse_args(arguments)
    networks = {"built in": SpanFinder(OnnxNetwork(BUILT_IN))}
    if options.exact:
        networks["32-bit"] = SpanFinder(OnnxNetwork(options.exact))
    passages = texts()
    taken: dict[str, list[float]] = {name: [] for name in networks}
    for n in range(_ROUNDS + 3):
        question = example_questions()[n % len(example_questions())]
        for name, finder in networks.items():
            start = time.perf_counter()
            finder.read(question, passages)
            if n >= 3:
                taken[name].append(1000 * (time.perf_counter() - start))
    rows = [
        {"network": name, "p50 ms": percentile(times, 50), "p95 ms": percentile(times, 95)}
        for name, times in taken.items()
    ]
    show(f"Reading {_PASSAGES} passages of {_TOKENS} tokens, one thread", rows, as_json=options.json)
    return 0


def texts() -> list[str]:
    """Passages of the very number of tokens, each from elsewhere in the sample article."""
    from tokenizers import Tokenizer

    article = sample_path().read_text(encoding="utf-8")
    tokenizer = Tokenizer.from_file(str(BUILT_IN / "tokenizer.json"))
    offsets = tokenizer.encode(article * 4, add_special_tokens=False).offsets
    step = (len(offsets) - _TOKENS) // _PASSAGES
    return [(article * 4)[offsets[n * step][0] : offsets[n * step + _TOKENS - 1][1]] for n in range(_PASSAGES)]


if __name__ == "__main__":
    raise SystemExit(main())
