"""Chooses the thresholds on held-out conversations: `python -m assistant.training.resolver.evaluate DEV [FOLDER] [--write]`.

The added-term F1 is made as large as it can be while at most a given share of the self-contained questions is changed. As the
same conversations choose and are measured, the figures are also given cross-validated: each fifth of the conversations with the
thresholds that the others choose among those that were tried.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt

from assistant.training.resolver.scoring import Resolved, figures
from assistant.training.shared.rows import read_rows
from assistant.understanding.followup.agreement import Agreement
from assistant.understanding.followup.editing import edited
from assistant.understanding.followup.ellipsis import completed
from assistant.understanding.followup.layout import Layout, Utterance, lay_out
from assistant.understanding.followup.leaning import without_lead_in
from assistant.understanding.followup.resolver_network import (
    BUILT_IN,
    OnnxResolver,
    Prediction,
    ResolverNetwork,
    Thresholds,
)
from assistant.understanding.followup.terms import content_words

_GRID = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
_TRIES = 500
_SEED = 7
_PARTS = 5


@dataclass(frozen=True, slots=True)
class Case:
    """A question with what the network says of it.

    Attributes:
        part: the fifth of the conversations that it belongs to.
        rewrite: by a person.
        completed: as the rules complete it; "" = the network decides.
        layout: the question and its history.
        prediction: what the network says.
        agreement: what the texts say.
    """

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
    parser.add_argument("dev", type=Path)
    parser.add_argument("folder", type=Path, nargs="?", default=BUILT_IN)
    parser.add_argument(
        "--most", type=float, default=0.05, help="share of self-contained questions that may be changed"
    )
    parser.add_argument("--write", action="store_true", help="write the thresholds to the folder's resolver.json")
    options = parser.parse_args(arguments)
    known = cases(options.dev, OnnxResolver(options.folder))
    chooser = Chooser(known, options.most)
    chosen = chooser.choose()
    apart: list[Resolved] = []
    for part in range(_PARTS):
        others = chooser.choose(part)
        apart += [case.resolved(others) for case in known if case.part == part]
    report = {
        "thresholds": asdict(chosen),
        "chosen_here": figures([case.resolved(chosen) for case in known]),
        "cross_validated": figures(apart),
    }
    sys.stdout.write(json.dumps(report, indent=1) + "\n")
    if options.write:
        path = options.folder / "resolver.json"
        details = json.loads(path.read_text(encoding="utf-8"))
        path.write_text(json.dumps({**details, "thresholds": asdict(chosen)}, indent=1) + "\n", encoding="utf-8")


def cases(dev: Path, network: ResolverNetwork) -> list[Case]:
    """The rows of a file, each read once by the network."""
    found = []
    for row in read_rows(dev):
        history = [Utterance(piece["role"], piece["text"]) for piece in row["history"]]
        before = next((piece.text for piece in reversed(history) if piece.role == "user"), "")
        layout = lay_out(network.tokenizer, without_lead_in(row["question"]), history)
        prediction = network.predict(layout) if layout.said else None
        part = crc32(row["id"].rpartition("-")[0].encode()) % _PARTS
        whole = completed(row["question"], before) if before else ""
        found.append(Case(part, row["rewrite"], whole, layout, prediction, Agreement(layout)))
    return found


class Chooser:
    """Tries thresholds, each made of the best so far by changing one or two: from one threshold alone they don't get better."""

    def __init__(self, known: Sequence[Case], most: float) -> None:
        """Tries them on all the cases.

        Args:
            known: what to choose by.
            most: share of the self-contained questions that may be changed.
        """
        self._known = known
        self._most = most
        self._counts: dict[Thresholds, npt.NDArray[np.int64]] = {}
        rng = random.Random(_SEED)
        best = Thresholds()
        for _ in range(_TRIES):
            names = rng.sample([field.name for field in fields(Thresholds)], rng.randint(1, 2))
            tried = replace(best, **{name: rng.choice(_GRID) for name in names})
            if tried not in self._counts:
                self._counts[tried] = np.array([_count(case.resolved(tried)) for case in known])
            best = max(best if best in self._counts else tried, tried, key=self._merit)

    def choose(self, without: int = -1) -> Thresholds:
        """The thresholds with the largest added-term F1 among those that change few enough self-contained questions.

        Args:
            without: a part of the conversations that is left out; -1 = none.
        """
        used = np.array([case.part != without for case in self._known])
        return max(self._counts, key=lambda thresholds: self._merit(thresholds, used))

    def _merit(self, thresholds: Thresholds, used: npt.NDArray[np.bool_] | None = None) -> tuple[float, float]:
        counts = self._counts[thresholds] if used is None else self._counts[thresholds][used]
        right, offered, wanted, changed, alone = counts.sum(axis=0)
        too_many = max(changed / max(alone, 1) - self._most, 0.0)
        return -float(too_many), 2.0 * float(right) / max(float(offered + wanted), 1.0)


def _count(one: Resolved) -> tuple[int, int, int, int, int]:
    """Right, offered and wanted terms; whether a self-contained question was changed; whether it is one."""
    own = content_words(one.question).keys()
    gold, added = (content_words(text).keys() - own for text in (one.rewrite, one.resolved))
    return len(gold & added), len(added), len(gold), int(bool(added) and not gold), int(not gold)


if __name__ == "__main__":
    main()
