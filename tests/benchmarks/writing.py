"""What Footnote adds to a language model's own time: until a proven sentence is shown, and over an answer of five sentences.

python -m tests.benchmarks.writing [--answers N] [--json]

A server on loopback, in a process of its own, writes answers of five sentences, in their own words, about the sample article,
at two paces: as fast as it can, and 100 tokens a second. `shown` is from the moment before the server sends a sentence's last
token until the event that shows it. `own time` is all of an answer's time but what was waited for the model; `added` is what the
answer takes beside the model, for most of a proof's time passes while the model writes on. The plain baseline is the same reply
read by a bare HTTP client that proves nothing.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any

import httpx

from assistant import Assistant
from assistant.core.events import Done, SentenceDropped, SentenceProven
from assistant.core.settings import load_settings
from assistant.sample import example_questions, sample_path
from index.sentences import sentences
from tests.benchmarks._common import median, parser, percentile, show
from tests.models import Said, json_reply
from tests.openai_server import Reply, openai_server

_SENTENCES = 5
_PACES = {"at once": 0.0, "100 tokens a second": 0.01}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    options = _options(arguments)
    rows = []
    for name, delay in _PACES.items():
        with served(delay) as server, tempfile.TemporaryDirectory() as folder:
            settings = load_settings(llm=server.llm)
            with Assistant.open(Path(folder) / "library", settings=settings) as assistant:
                assistant.add(sample_path())
                assistant.warm()
                answer(assistant, server, example_questions()[0])
                questions = islice(cycle(example_questions()), options.answers)
                timed = [answer(assistant, server, question) for question in questions]
            bare = [seconds for _ in range(options.answers) for seconds in read_bare(server)]
        rows.append(_row(name, timed, bare))
    show(f"Answers of {_SENTENCES} sentences by a language model, milliseconds", rows, as_json=options.json)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    options = parser("writing", "Measure what is added to a language model's own time.")
    options.add_argument("--answers", type=int, default=40, help="answers at each pace (40)")
    return options.parse_args(arguments)


@dataclass(frozen=True, slots=True)
class Served:
    """A server in another process.

    Attributes:
        llm: the setting that names its model.
        address: where its API begins.
        sent: gives for each reply when the last token of each sentence was sent, by the clock that all processes share.
    """

    llm: str
    address: str
    sent: SimpleQueue[list[float]]


@contextmanager
def served(delay: float) -> Iterator[Served]:
    """A server that waits some seconds before each token."""
    spawned = get_context("spawn")
    started, sent = spawned.SimpleQueue(), spawned.SimpleQueue()
    process = spawned.Process(target=_serve, args=(delay, started, sent), daemon=True)
    process.start()
    try:
        llm, address = started.get()
        yield Served(llm, address, sent)
    finally:
        process.terminate()
        process.join()


def _serve(delay: float, started: Any, sent: Any) -> None:
    writer = Writer(delay, sent)
    with openai_server(writer.reply) as server:
        started.put((server.llm, server.address))
        threading.Event().wait()


@dataclass
class Writer:
    """Writes five sentences on whatever passages it is shown, and tells when the last token of each was sent."""

    delay: float
    sent: Any

    def reply(self, body: dict[str, Any]) -> Reply:
        """The reply to one request."""
        text = json_reply(*self._said(body["messages"][0]["content"]))
        return Reply(self._pieces(text), delay=self.delay)

    def _said(self, prompt: str) -> list[Said]:
        fence = prompt.split('reads "', 1)[1].split('"', 1)[0]
        said: list[Said] = []
        for number, part in enumerate(prompt.split(f"\n{fence} ")[1:-1], start=1):
            passage = part.partition("\n")[2].partition("\n")[2].strip()
            for start, end in sentences(passage):
                words = passage[start:end]
                if len(words.split()) > 8 and len(said) < _SENTENCES:
                    # In words of its own, so that the support checker has to read it.
                    said.append((f"{words.rstrip('.')}, it was reported.", [(number, words)]))
        return said

    def _pieces(self, text: str) -> Iterator[str]:
        """Four letters at a time."""
        ends = Ends()
        times: list[float] = []
        for start in range(0, len(text), 4):
            piece = text[start : start + 4]
            times += [time.perf_counter()] * ends.count(piece)
            yield piece
        self.sent.put(times)


class Ends:
    """Counts the sentences of a JSON reply as it comes: one ends with the brace that closes it."""

    def __init__(self) -> None:
        self._depth = 0

    def count(self, piece: str) -> int:
        """How many end in the next piece."""
        found = 0
        for char in piece:
            self._depth += {"{": 1, "}": -1}.get(char, 0)
            found += char == "}" and self._depth == 1
        return found


@dataclass(frozen=True, slots=True)
class Timed:
    """One answer: seconds until each sentence was shown, in all, waited for the model, beside the model, and by stage."""

    shown: list[float]
    whole: float
    model: float
    added: float
    stages: dict[str, float]


def answer(assistant: Assistant, server: Served, question: str) -> Timed:
    """Ask, and take the times."""
    start = time.perf_counter()
    came: list[float] = []
    done: Done | None = None
    for event in assistant.stream(question):
        if isinstance(event, SentenceProven | SentenceDropped):
            came.append(time.perf_counter())
        if isinstance(event, Done):
            done = event
    end = time.perf_counter()
    assert done is not None
    assert len(came) == _SENTENCES, done.answer.trace
    sent = server.sent.get()
    shown = [after - before for before, after in zip(sent, came, strict=True)]
    trace = done.answer.trace
    before = sum(trace.timings[stage] for stage in ("followup", "retrieval"))
    return Timed(shown, end - start, trace.usage.seconds, before + end - sent[-1], trace.timings)


def read_bare(server: Served) -> list[float]:
    """A request like the assistant's by a bare client: seconds from each sentence's last token to its being there."""
    came: list[float] = []
    ends = Ends()
    body = {"model": "scripted", "stream": True, "messages": [{"role": "user", "content": _PROMPT}]}
    with httpx.stream("POST", f"{server.address}/chat/completions", json=body, timeout=30) as response:
        for line in response.iter_lines():
            if line.startswith("data: {"):
                choices = json.loads(line[6:])["choices"]
                piece = (choices[0]["delta"].get("content") or "") if choices else ""
                came += [time.perf_counter()] * ends.count(piece)
    sent = server.sent.get()
    return [after - before for before, after in zip(sent, came, strict=True)]


_PROMPT = (
    'reads "mark"\n'
    + "".join(
        f"mark {number}\nArticle: The ferry\nThe ferry with the number {number} sank at noon when nobody was on board of it.\n"
        for number in range(1, _SENTENCES + 1)
    )
    + "mark end"
)
"""As much as the writer needs of a request."""


def _row(name: str, timed: Sequence[Timed], bare: Sequence[float]) -> dict[str, Any]:
    shown = [1_000 * seconds for one in timed for seconds in one.shown]
    own = [1_000 * (one.whole - one.model) for one in timed]
    return {
        "pace": name,
        "shown p50": median(shown),
        "shown p95": percentile(shown, 95),
        "bare client p50": 1_000 * median(bare),
        "own time p50": median(own),
        "own time p95": percentile(own, 95),
        "added p50": median([1_000 * one.added for one in timed]),
        "added p95": percentile([1_000 * one.added for one in timed], 95),
        "proof p50": median([1_000 * one.stages["citing"] for one in timed]),
        "retrieval p50": median([1_000 * one.stages["retrieval"] for one in timed]),
        "whole p50": median([1_000 * one.whole for one in timed]),
    }


if __name__ == "__main__":
    raise SystemExit(main())
