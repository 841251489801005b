"""Chooses the thresholds on held-out conversations: `python -m assistant.training.resolver.evaluate DATA [FOLDER] [--write]`.

DATA holds `followup/dev.jsonl.gz` and `written`. The added-term F1, the mean of both, is made as large as it can be, less a
penalty where more than a given share of the questions that need nothing is changed: of those within a conversation, and, a
smaller one, of single questions after turns about another article. As the same conversations choose and are measured, the figures
are also given cross-validated: each fifth of the conversations with the thresholds that the others choose among those that were
tried.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

from assistant.training.reader.examples import all_written
from assistant.training.resolver.examples import Example
from assistant.training.resolver.scoring import Resolved, figures
from assistant.training.resolver.written import of_conversations, unrelated
from assistant.training.shared.rows import read_rows
from assistant.understanding.followup.agreement import Agreement
from assistant.understanding.followup.editing import edited
from assistant.understanding.followup.ellipsis import completed
from assistant.understanding.followup.layout import Layout, Utterance, lay_out
from assistant.understanding.followup.leaning import leans, without_lead_in
from assistant.understanding.followup.resolver_network import (
    BUILT_IN,
    OnnxResolver,
    Prediction,
    ResolverNetwork,
    Thresholds,
)
from assistant.understanding.followup.terms import content_words

_GRID = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
_PENALTY = 5.0
_ORDER = ("needed", "changed", "replaced", "put_in", "whole", "named") * 2
_SEED = 7
_PARTS = 5


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what the network says of it.

    Attributes:
        group: "followup" (collected by others), "written" (about the written articles) or "unrelated" (single questions).
        part: the fifth of the conversations that it belongs to.
        rewrite: by a person.
        completed: as the rules complete it; "" = the network decides.
        layout: the question and its history.
        prediction: what the network says.
        agreement: what the texts say.
    """

    group: str
    part: int
    rewrite: str
    completed: str
    layout: Layout
    prediction: Prediction | None
    agreement: Agreement

    def resolved(self, thresholds: Thresholds) -> Resolved:
        """The question as it is resolved with some thresholds."""
        text = self.completed or self.layout.question
        if not self.completed and self.prediction:
            text = edited(self.layout, self.prediction, thresholds, self.agreement)
        return Resolved(self.layout.question, self.rewrite, text)


def main(arguments: Sequence[str] | None = None) -> None:
    """Choose and print; write if asked to."""
    parser = argparse.ArgumentParser(description="Choose the resolver's thresholds.")
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=BUILT_IN)
    parser.add_argument(
        "--most", type=float, default=0.07, help="share of questions that need nothing that may be changed"
    )
    parser.add_argument(
        "--most-unrelated", type=float, default=0.02, help="the same, of single ones about something else"
    )
    parser.add_argument("--write", action="store_true", help="write the thresholds to the folder's resolver.json")
    options = parser.parse_args(arguments)
    known = cases(options.data, OnnxResolver(options.folder))
    chooser = Chooser(known, options.most, options.most_unrelated)
    chosen = chooser.choose()
    apart: list[tuple[str, Resolved]] = []
    for part in range(_PARTS):
        others = chooser.choose(part)
        apart += [(case.group, case.resolved(others)) for case in known if case.part == part]
    report: dict[str, object] = {"thresholds": asdict(chosen)}
    for group in dict.fromkeys(case.group for case in known):
        report[group] = {
            "chosen_here": figures([case.resolved(chosen) for case in known if case.group == group]),
            "cross_validated": figures([one for name, one in apart if name == group]),
        }
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    if options.write:
        path = options.folder / "resolver.json"
        details = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**details, "thresholds": asdict(chosen)}, indent=1) + "\n", encoding="utf-8")


def cases(data: Path, network: ResolverNetwork) -> list[Case]:
    """The questions of the dev parts, each read once by the network."""
    rows = [
        ("followup", row["id"].rpartition("-")[0], _example(row))
        for row in read_rows(data / "followup" / "dev.jsonl.gz")
    ]
    articles = all_written(data / "written", dev=True)
    rng = random.Random(_SEED)
    for article in articles:
        rows += [
            ("written", article.id, one)
            for one in of_conversations([article], rng)
            if one.kind in ("written", "written told")
        ]
    # A question with a pronoun that points at its own article is not complete.
    rows += [("unrelated", one.question, one) for one in unrelated(articles, rng) if not leans(one.question)]
    return [_case(group, name, example, network) for group, name, example in rows]


def _example(row: dict[str, Any]) -> Example:
    history = tuple(Utterance(piece["role"], piece["text"]) for piece in row["history"])
    return Example(row["source"], history, row["question"], row["rewrite"])


def _case(group: str, conversation: str, example: Example, network: ResolverNetwork) -> Case:
    before = next((piece.text for piece in reversed(example.history) if piece.role == "user"), "")
    layout = lay_out(network.tokenizer, without_lead_in(example.question), example.history)
    prediction = network.predict(layout) if layout.said else None
    whole = completed(example.question, before) if before else ""
    part = crc32(conversation.encode()) % _PARTS
    return Case(group, part, example.rewrite, whole, layout, prediction, Agreement(layout))


class Chooser:
    """Tries thresholds one after the other, each over a grid with the best so far of the others, twice."""

    def __init__(self, known: Sequence[Case], most: float, most_unrelated: float) -> None:
        """Tries them on all the cases.

        Args:
            known: what to choose by.
            most: share of the self-contained questions that may be changed.
            most_unrelated: share of the single questions about something else that may be.
        """
        self._known = known
        self._most = dict.fromkeys((case.group for case in known), most) | {"unrelated": most_unrelated}
        self._groups = np.array([case.group for case in known])
        self._counts: dict[Thresholds, npt.NDArray[np.int64]] = {}
        best = Thresholds(whole=0.95, named=0.95)  # Where little is changed that needs nothing.
        for name in _ORDER:
            tried = [replace(best, **{name: value}) for value in _GRID]
            for one in tried:
                if one not in self._counts:
                    self._counts[one] = np.array([_count(case.resolved(one)) for case in known])
            best = max(tried, key=self._merit)

    def choose(self, without: int = -1) -> Thresholds:
        """The best thresholds of those that were tried.

        Args:
            without: a part of the conversations that is left out; -1 = none.
        """
        used = np.array([case.part != without for case in self._known])
        return max(self._counts, key=lambda thresholds: self._merit(thresholds, used))

    def _merit(self, thresholds: Thresholds, used: npt.NDArray[np.bool_] | None = None) -> float:
        """The mean F1 of the groups that have something to add, less what is changed too often."""
        chosen = np.ones(len(self._known), bool) if used is None else used
        too_many, scores = 0.0, []
        for group, most in self._most.items():
            counts = self._counts[thresholds][chosen & (self._groups == group)]
            right, offered, wanted, changed, alone = map(float, counts.sum(axis=0))
            too_many += max(changed / max(alone, 1.0) - most, 0.0)
            scores += [2.0 * right / (offered + wanted)] if wanted else []
        return sum(scores) / max(len(scores), 1) - _PENALTY * too_many


def _count(one: Resolved) -> tuple[int, int, int, int, int]:
    """Right, offered and wanted terms; whether a self-contained question was changed; whether it is one."""
    own = content_words(one.question).keys()
    gold, added = (content_words(text).keys() - own for text in (one.rewrite, one.resolved))
    return len(gold & added), len(added), len(gold), int(bool(added) and not gold), int(not gold)


if __name__ == "__main__":
    main()
