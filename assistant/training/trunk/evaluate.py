"""Measures a checkpoint on the written dev part: `python -m assistant.training.trunk.evaluate DATA CHECKPOINT`.

Each question is asked of its own article: all windows are read, and the likeliest sentence of all is the answer.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from assistant.core.squad_scores import auroc
from assistant.network.base import base_model
from assistant.training.reader.loop import Recipe, half
from assistant.training.trunk.batches import Encoded, arrays, window
from assistant.training.trunk.examples import all_written, windows
from assistant.training.trunk.train import Trunk
from assistant.training.trunk.written import Question, Span, Written
from index.passages import sentences


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a question.

    Attributes:
        kind: of the question.
        answerable: whether the article says it.
        right: whether the best sentence is one that answers.
        worded: whether its best words overlap the expected ones.
        margin: the sentence's logit less that of "none" in its window.
        span: the score of its best words less that of "no answer".
        verdict: whether the verdict is right; None = no yes/no question.
    """

    kind: str
    answerable: bool
    right: bool
    worded: bool
    margin: float
    span: float
    verdict: bool | None


def outcome(network: Any, tokenizer: Any, article: Written, question: Question) -> Outcome:
    """Ask a question of its article."""
    parts = list(windows(article.text))
    read = [window(tokenizer, question.text, article.title, article.text[s:e]) for s, e in parts]
    rows = [Encoded(ids, mask, numbers, (), (), (), -1) for ids, mask, numbers, _, _ in read]
    inputs = {name: torch.from_numpy(values) for name, values in arrays(rows).items()}
    with torch.inference_mode(), half(torch.device("cpu")):
        start, end, sentence, verdict = (found.float().numpy() for found in network(**inputs))
    margins = sentence[:, 1:] - sentence[:, :1]
    part, number = (int(n) for n in np.unravel_index(int(margins.argmax()), margins.shape))
    left, right = parts[part]
    said = sentences(article.text[left:right])[number]
    chosen = (left + said[0], left + said[1])
    words, score = _words(start[part], end[part], read[part], number)
    place = (left + words[0], left + words[1])
    hit = any(chosen[0] < e and chosen[1] > s for s, e in question.evidence)
    worded = any(place[0] < e and place[1] > s for s, e in question.answers)
    decided = None if question.yes is None else bool((verdict[part, 1] > verdict[part, 2]) == question.yes)
    return Outcome(question.kind, question.answerable, hit, worded, float(margins[part, number]), score, decided)


def _words(start: Any, end: Any, read: Sequence[Any], number: int) -> tuple[Span, float]:
    """The likeliest words of a sentence, as characters of the window, and their score."""
    _, _, numbers, offsets, first = read
    inside = np.flatnonzero(numbers == number)
    joint = start[inside][:, None] + end[inside][None, :]
    joint = np.where(np.triu(np.ones_like(joint)) - np.triu(np.ones_like(joint), 40) > 0, joint, -np.inf)
    a, b = np.unravel_index(int(joint.argmax()), joint.shape)
    span = int(offsets[inside[a] - first][0]), int(offsets[inside[b] - first][1])
    return span, float(joint.max() - start[0] - end[0])


def _separation(outcomes: Sequence[Outcome], wanted: Sequence[bool]) -> float | None:
    """AUROC of the margins: how often a wanted outcome has more than another; None if there are not both."""
    margins, kept = np.array([one.margin for one in outcomes]), np.array(wanted, bool)
    return auroc(margins[kept], margins[~kept])


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What the outcomes come to."""
    asked = [one for one in outcomes if one.answerable]
    kinds: dict[str, list[bool]] = defaultdict(list)
    for one in asked:
        kinds[one.kind].append(one.right)
    margins = [one.margin for one in outcomes]
    # The threshold at which a wrong answer weighs twice a wrong refusal.
    best, at = -1e9, 0.0
    for limit in sorted(margins):
        worth = sum(
            (1 if one.answerable and one.right else -2) if one.margin >= limit else -float(one.answerable)
            for one in outcomes
        )
        if worth > best:
            best, at = worth, limit
    given = [one for one in outcomes if one.margin >= at]
    others = [one for one in outcomes if not one.answerable]
    verdicts = [one.verdict for one in asked if one.verdict is not None]
    return {
        "questions": len(outcomes),
        "right sentence first": np.mean([one.right for one in asked]),
        "words touch": np.mean([one.worded for one in asked if one.kind != "yesno"]),
        "verdict right": np.mean(verdicts) if verdicts else None,
        "AUROC right": _separation(outcomes, [one.answerable and one.right for one in outcomes]),
        "AUROC answerable": _separation(outcomes, [one.answerable for one in outcomes]),
        "answered right": sum(one.right for one in given if one.answerable) / len(asked),
        "right of answered": np.mean([one.answerable and one.right for one in given]),
        "refused of unanswerable": np.mean([one.margin < at for one in others]),
        "by kind": {kind: (len(rights), round(float(np.mean(rights)), 3)) for kind, rights in sorted(kinds.items())},
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    from tokenizers import Tokenizer

    parser = argparse.ArgumentParser(description="Measure a checkpoint of the trunk.")
    parser.add_argument("data", type=Path)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--base", type=Path, help="folder of all-mpnet-base-v2; else the hub's cache or the packages")
    parser.add_argument("--every", type=int, default=1, help="ask every n-th question")
    parser.add_argument("--recipe", type=Path, default=Path(__file__).with_name("recipes") / "1.json")
    parser.add_argument("--out", type=Path, help="write the outcomes here, as JSON")
    options = parser.parse_args(arguments)
    recipe = Recipe(**json.loads(options.recipe.read_text(encoding="utf-8")))
    with base_model(options.base) as base:
        network = Trunk(base).load(options.checkpoint, recipe).eval()
        tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    asked = [
        (article, question)
        for article in all_written(options.data / "written", dev=True)
        for question in article.questions
    ][:: options.every]
    outcomes = [outcome(network, tokenizer, *one) for one in asked]
    if options.out:
        options.out.write_text(json.dumps([asdict(one) for one in outcomes]), encoding="utf-8")
    for name, value in figures(outcomes).items():
        shown = value if isinstance(value, dict) or value is None else round(float(value), 3)
        sys.stdout.write(f"{name:26} {shown}\n")


if __name__ == "__main__":
    main()
