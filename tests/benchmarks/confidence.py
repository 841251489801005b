"""Measures whether each level of confidence holds what it says: the share of best sentences in it that answer.

python -m tests.benchmarks.confidence OUTCOMES [--json]

OUTCOMES is the folder that `python -m assistant.training.reader.calibrate DATA OUTCOMES` leaves: what came of the questions of
the written dev part, asked of their own article ("own"), and of those of `reading/dev` ("squad"). An article's questions are
judged by what was fitted on the others. What the reader would refuse is counted in its level too: its best sentence, which is
not shown, has a low confidence, and seldom answers. Of the refused questions to written articles and documents the notes say how
many have no answer there, by their confidence: below the first bound "The articles don't say." may be said.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from assistant.core.levels import LEVELS, Level, level_of
from assistant.reading.calibration import Values
from assistant.training.reader.calibrate import kept_outcomes
from assistant.training.reader.outcomes import SETTINGS, Outcome, cross_validated
from tests.benchmarks import _common

SHOWN = ("own", "squad")
_REFUSED = (0.0, 0.05, 0.1, 0.2, 1.0)
"""The bounds of confidence by which the refused are told apart."""
WITHIN = 0.1
"""A level holds if the share of right answers is this near to what it says."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line."""
    parser = _common.parser("confidence", __doc__ or "")
    parser.add_argument("outcomes", type=Path, help="folder that the calibration leaves")
    options = parser.parse_args(arguments)
    found = kept(options.outcomes)
    confidence, threshold, _ = cross_validated(found)
    rows = [row for setting in (*SHOWN, "both") for row in rows_of(setting, found, confidence, threshold)]
    notes = [
        "Refused ones are counted in their level; what is refused is the best sentence that was found.",
        *_refused(found, confidence, threshold),
        f"Levels that are not within {100 * WITHIN:.0f} points of what they say: {_broken(rows) or 'none'}.",
    ]
    _common.show("levels of confidence", rows, as_json=options.json, notes=notes)


def kept(folder: Path) -> list[Outcome]:
    """What came of the questions of all settings; the fit needs the others too.

    Raises:
        SystemExit: the folder lacks a setting that is shown, or its files are of several networks.
    """
    paths = [path for setting in SETTINGS if (path := folder / f"{setting}.json").is_file()]
    lacking = [setting for setting in SHOWN if folder / f"{setting}.json" not in paths]
    if lacking:
        raise SystemExit(
            f"{folder} has no {' and no '.join(f'{setting}.json' for setting in lacking)}. "
            "Make it: python -m assistant.training.reader.calibrate DATA OUTCOMES."
        )
    files = json.loads(paths[0].read_text(encoding="utf-8"))["of"]
    return [one for path in paths for one in kept_outcomes(path, files)]


def rows_of(
    setting: str, found: Sequence[Outcome], confidence: Values, threshold: Values
) -> list[Mapping[str, object]]:
    """A row for each level: what it says, and what came of the questions of a setting, or of both that are shown."""
    settings = SHOWN if setting == "both" else (setting,)
    mine = np.array([one.setting in settings for one in found])
    right = np.array([one.right for one in found])
    levels = [level_of(sure) for sure in confidence]
    return [
        _row(setting, level, mine & np.array([one == level for one in levels]), right, confidence < threshold)
        for level in LEVELS
    ]


def _row(setting: str, level: Level, inside: Values, right: Values, refused: Values) -> Mapping[str, object]:
    number = int(inside.sum())
    share = round(float(right[inside].mean()), 3) if number else None
    return {
        "setting": setting,
        "level": level.name,
        "from": level.least,
        "says": level.claims,
        "questions": number,
        "refused": int(refused[inside].sum()),
        "right": "" if share is None else share,
        "off by": "" if share is None else round(share - level.claims, 3),
    }


def _refused(found: Sequence[Outcome], confidence: Values, threshold: Values) -> Iterator[str]:
    """How many of the refused questions have no answer, by confidence."""
    own = np.array([one.setting in ("own", "document") for one in found])
    absent = np.array([not one.answerable for one in found])
    for least, most in pairwise(_REFUSED):
        inside = own & (confidence < threshold) & (confidence >= least) & (confidence < most)
        if number := int(inside.sum()):
            yield f"Refused from {least:g} to {most:g}: {number}, {100 * absent[inside].mean():.0f} % of them have no answer."


def _broken(rows: Sequence[Mapping[str, object]]) -> str:
    """The levels that don't hold, by name."""
    return ", ".join(
        f"{row['level']} ({row['setting']})"
        for row in rows
        if isinstance(off := row["off by"], float) and abs(off) > WITHIN
    )


if __name__ == "__main__":
    main()
