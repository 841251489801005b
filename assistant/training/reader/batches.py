"""Examples -> windows of token ids with what is to be learnt of each."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.network.encoded import Encoded as EncodedWindow
from assistant.network.windows import MPNET, SENTENCES, Signs, Window, encode
from assistant.training.reader.examples import Example, Group
from assistant.training.shared.batches import token_span
from assistant.understanding.analysis import analyse

NEITHER, YES, NO = range(3)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A window as token ids.

    Attributes:
        ids: `<s> question </s></s> title. context </s>`, (tokens,).
        context: 1 where a token can answer, (tokens,).
        sentence: number of its sentence, or -1, (tokens,).
        starts: places of the first tokens of the parts of the answer; empty = none.
        ends: places of their last tokens.
        evidence: numbers of the sentences that answer; empty = none.
        verdict: neither, yes or no; -1 = nothing to learn.
        window: what was encoded.
    """

    ids: Any
    context: Any
    sentence: Any
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    evidence: tuple[int, ...]
    verdict: int
    window: Window


@dataclass(frozen=True, slots=True)
class Asked:
    """A question over one window or several, the first of which has what answers, if any does; `about` as of an example."""

    windows: tuple[Encoded, ...]
    about: str

    @property
    def ids(self) -> Any:
        """Those of the longest window."""
        return max((row.ids for row in self.windows), key=len)


def encoded(tokenizer: Any, groups: Sequence[Group], rng: random.Random, signs: Signs = MPNET) -> list[Asked]:
    """The questions with their windows; those whose answer was cut off are left out."""
    done = []
    for group in groups:
        rows = [_encoded(tokenizer, example, rng.random() < 0.15, signs) for example in group]
        if rows[0] is not None:
            done.append(Asked(tuple(row for row in rows if row is not None), group[0].about))
    return done


def _encoded(tokenizer: Any, example: Example, bare: bool, signs: Signs) -> Encoded | None:
    """An example as a window, `bare` without its question mark; None if its answer was cut off."""
    question = example.question.rstrip(" ?") if bare else example.question
    window = Window(question, example.title, example.context)
    one = encode(tokenizer, window, signs)
    spans = [token_span(one.offsets, start, end) for start, end in example.answers]
    known = {int(n) for start, end in example.evidence for n in _sentences(one, start, end)}
    if any(end < start for start, end in spans) or (example.evidence and not known):
        return None
    verdict = -1
    # Written claims tell by their wording alone whether they are false: those keep the words of their sentence.
    if example.yes is not None and example.kind != "claim":
        verdict = YES if example.yes else NO
    elif not example.evidence and analyse(example.question).answer_type == "yes_no":
        verdict = NEITHER
    starts, ends = tuple(one.first + s for s, _ in spans), tuple(one.first + e for _, e in spans)
    return Encoded(one.ids, one.context, one.sentence, starts, ends, tuple(sorted(known)), verdict, window)


def _sentences(one: EncodedWindow, start: int, end: int) -> Any:
    touching = np.flatnonzero((one.offsets[:, 1] > start) & (one.offsets[:, 0] < end)) + one.first
    found = np.unique(one.sentence[touching])
    return found[found >= 0]


def arrays(rows: Sequence[Encoded]) -> dict[str, Any]:
    """Rows as padded arrays, int64, with the names of the network's inputs."""
    longest = max(len(row.ids) for row in rows)
    shape = (len(rows), longest)
    filled = {
        "input_ids": np.full(shape, MPNET.padding, np.int64),
        "attention_mask": np.zeros(shape, np.int64),
        "context": np.zeros(shape, np.int64),
        "sentence": np.full(shape, -1, np.int64),
    }
    for n, row in enumerate(rows):
        filled["input_ids"][n, : len(row.ids)] = row.ids
        filled["attention_mask"][n, : len(row.ids)] = 1
        filled["context"][n, : len(row.ids)] = row.context
        filled["sentence"][n, : len(row.ids)] = row.sentence
    return filled


def targets(rows: Sequence[Encoded], width: int) -> dict[str, Any]:
    """What is to be learnt: distributions over tokens and sentences, and verdicts (-1 = nothing to learn)."""
    start, end = np.zeros((len(rows), width), np.float32), np.zeros((len(rows), width), np.float32)
    spans = np.ones(len(rows), np.float32)
    sentence = np.zeros((len(rows), 1 + SENTENCES), np.float32)
    for n, row in enumerate(rows):
        if row.evidence and not row.starts:
            spans[n] = 0  # A yes/no question: all of the sentence decides.
        for place in row.starts or (0,):
            start[n, place] += 1 / max(1, len(row.starts))
        for place in row.ends or (0,):
            end[n, place] += 1 / max(1, len(row.ends))
        for number in row.evidence:
            sentence[n, 1 + number] = 1 / len(row.evidence)
        if not row.evidence:
            sentence[n, 0] = 1
    verdict = np.array([row.verdict for row in rows], np.int64)
    return {"start": start, "end": end, "spans": spans, "sentence": sentence, "verdict": verdict}
