"""Keeps the outcomes of a run in a file, the baseline, and tells what has changed since: what was right and is not any more."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.core.errors import QuestionSetError
from assistant.questions.metrics.figures import Change, Comparison
from assistant.questions.metrics.statistics import mcnemar
from assistant.questions.reports import OUTCOMES, RIGHT, TOO_SLOW, Report, Result

VERSION = 1
_KNOWN = (*OUTCOMES, TOO_SLOW)
_REFUSED = frozenset({"refused rightly", "refused wrongly"})
_WAVERS = 0.1
"""So near the threshold rounding may decide: the networks multiply in 8 bits. Where the last bits of what they are given differ,
as between processors, the confidence near the threshold differs by .023 (standard deviation), at most .06 were seen in 157
questions; before the largest values were multiplied in 32 bits it was .075."""
_REMAKE = "Mend it, or make it anew: footnote test SETS --baseline FILE --update-baseline."


@dataclass(frozen=True, slots=True)
class SetOutcomes:
    """What the baseline keeps of one run of a question set.

    Attributes:
        outcomes: id of a question -> its outcome.
        fingerprint: of the models and settings that answered; "" = not kept.
        articles: SHA-256 of the text of each article that was asked -> its title.
    """

    outcomes: Mapping[str, str]
    fingerprint: str = ""
    articles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The contents of a baseline file: the outcomes of earlier runs.

    Attributes:
        sets: name of a question set -> its last run that was kept.
        any_set: outcomes for any set, from a file in the older form, which names no sets; None in the newer form.
    """

    sets: Mapping[str, SetOutcomes] = field(default_factory=dict)
    any_set: SetOutcomes | None = None

    def of(self, name: str) -> SetOutcomes | None:
        """What is kept of the question set with this name; None if nothing is."""
        return self.sets.get(name, self.any_set)


# Comparing


def compare(report: Report, baseline: Baseline, *, partial: bool = False) -> Comparison:
    """Compare a run with the baseline. Every question of a set that the baseline lacks is new.

    A question has regressed if it was right and is now not right, or too slow. Whether that wavers is said of each change.

    Args:
        report: the run.
        baseline: the earlier one.
        partial: only some questions were asked, so that the others do not count as gone.
    """
    kept = baseline.of(report.name) or SetOutcomes({})
    now = {result.expected.id: result for result in report.results}
    regressions: list[Change] = []
    improvements: list[Change] = []
    changes: list[Change] = []
    for name, result in now.items():
        before = kept.outcomes.get(name)
        if before is None:
            continue
        was, held = before in RIGHT, result.held
        found = changes if was == held else (regressions if was else improvements)
        if was != held or before != result.verdict:
            found.append(Change(name, before, result.verdict, _wavers(before, result)))
    return Comparison(
        tuple(regressions),
        tuple(improvements),
        tuple(changes),
        new=tuple(name for name in now if name not in kept.outcomes),
        gone=() if partial else tuple(sorted(set(kept.outcomes) - set(now))),
        p=mcnemar(len(regressions), len(improvements)),
        fingerprint=kept.fingerprint,
    )


def _wavers(before: str, result: Result) -> bool:
    """Whether an answer has become a refusal, or a refusal an answer, by no more than rounding does."""
    answer, threshold = result.answer, result.answer.trace.threshold
    if not threshold or result.grade.outcome == "law broken":
        return False
    # What is refused at a higher confidence was not proven, which is no matter of rounding.
    if answer.status == "answered":
        return before in _REFUSED and threshold <= answer.confidence <= threshold + _WAVERS
    return before not in _REFUSED and threshold - _WAVERS <= answer.confidence < threshold


# Writing


def write_baseline(
    path: str | Path, reports: Sequence[Report], keep: Baseline | None = None, *, partial: bool = False
) -> None:
    """Keep the outcomes of some runs; the same runs give the same bytes, on any machine. The file is replaced as a whole.

    That an answer was too slow is not kept: it says more about the machine than about the answer.

    Args:
        path: of the file; its folder must exist.
        reports: runs of sets with different names.
        keep: what the file held; its sets that were not run stay.
        partial: only some questions were asked; the outcomes of the others stay too.

    Raises:
        QuestionSetError: two sets of the same name, or the file can't be written.
    """
    sets = dict(keep.sets) if keep else {}
    for report in reports:
        if sum(other.name == report.name for other in reports) > 1:
            raise QuestionSetError(
                f"{path}: two question sets are called {report.name!r}, and a baseline tells them apart by name. "
                "Rename the file of one of them."
            )
        before = keep.of(report.name) if keep and partial else None
        sets[report.name] = _kept(report, before)
    data = {
        "version": VERSION,
        "sets": {
            name: {
                "fingerprint": kept.fingerprint,
                "articles": dict(kept.articles),
                "outcomes": dict(kept.outcomes),
            }
            for name, kept in sets.items()
        },
    }
    _replace(Path(path), json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def _kept(report: Report, before: SetOutcomes | None) -> SetOutcomes:
    outcomes = {result.expected.id: result.grade.outcome for result in report.results}
    # Sorted: two articles of the same text are one entry, and their order, by id, differs between machines.
    titles = sorted(((one.content_hash, one.title) for one in report.articles), reverse=True)
    return SetOutcomes({**(before.outcomes if before else {}), **outcomes}, report.fingerprint, dict(titles))


def _replace(path: Path, text: str) -> None:
    # A symbolic link stays one; the file that it points to is replaced.
    path = path.resolve()
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        draft.write_bytes(text.encode())
        os.replace(draft, path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        reason = error.strerror or error
        raise QuestionSetError(f"{path}: can't be written: {reason}. Check the folder and its permissions.") from error


# Reading


def read_baseline(path: str | Path) -> Baseline:
    """Read a baseline, in the older form `{id: outcome}` too.

    Raises:
        QuestionSetError: the file is missing, is not JSON, holds something else or an unknown outcome, or was
            written by a newer version.
    """
    data = _json(Path(path))
    try:
        if not isinstance(data, dict):
            raise _NotABaselineError(f"must be a mapping, not {_shown(data)}")
        if all(isinstance(value, str) for value in data.values()):
            return Baseline(any_set=SetOutcomes(_outcomes(data, "")))
        _check_version(data.get("version"))
        _keys(data, ("version", "sets"), "")
        sets = _mapping(data["sets"], "`sets`")
        return Baseline({name: _read_set(kept, f"set {name!r}: ") for name, kept in sets.items()})
    except _NotABaselineError as error:
        raise QuestionSetError(f"{path}: {error}. {error.advice}") from error


class _NotABaselineError(Exception):
    """The file is JSON but no baseline; the message says why, and what to do."""

    def __init__(self, what: str, advice: str = _REMAKE) -> None:
        super().__init__(what)
        self.advice = advice


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes().decode("utf-8"), object_pairs_hook=_pairs)
    except OSError as error:
        raise QuestionSetError(
            f"{path}: can't be read: {error.strerror or error}. Check the path, or make it: "
            "footnote test SETS --baseline FILE --update-baseline."
        ) from error
    except json.JSONDecodeError as error:
        raise QuestionSetError(f"{path}:{error.lineno}: this is not JSON: {error.msg}. {_REMAKE}") from error
    except _NotABaselineError as error:
        raise QuestionSetError(f"{path}: {error}. {error.advice}") from error
    except (ValueError, RecursionError) as error:
        raise QuestionSetError(f"{path}: this is not JSON: {error}. {_REMAKE}") from error


def _pairs(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; refuses a doubled key, as a merge may leave, of which `json` would silently take the last."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _NotABaselineError(f"the key {key!r} stands there twice")
        found[key] = value
    return found


def _check_version(version: Any) -> None:
    if type(version) is not int or version < 1:
        raise _NotABaselineError(f"`version` is {_shown(version)}; it must be {VERSION}")
    if version > VERSION:
        raise _NotABaselineError(
            f"it has version {version}, and this Footnote knows version {VERSION}", "Update Footnote, or make it anew."
        )


def _read_set(data: Any, place: str) -> SetOutcomes:
    _keys(_mapping(data, f"{place}it"), ("fingerprint", "articles", "outcomes"), place)
    articles = _mapping(data["articles"], f"{place}`articles`")
    for title in (data["fingerprint"], *articles.values()):
        if not isinstance(title, str):
            raise _NotABaselineError(f"{place}the fingerprint and titles must be text, not {_shown(title)}")
    outcomes = _outcomes(_mapping(data["outcomes"], f"{place}`outcomes`"), place)
    return SetOutcomes(outcomes, data["fingerprint"], articles)


def _outcomes(data: Mapping[str, Any], place: str) -> dict[str, str]:
    for name, outcome in data.items():
        if outcome not in _KNOWN:
            raise _NotABaselineError(
                f"{place}question {name!r} has the outcome {_shown(outcome)}; there are only: {', '.join(_KNOWN)}"
            )
    return dict(data)


def _mapping(data: Any, what: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise _NotABaselineError(f"{what} must be a mapping, not {_shown(data)}")
    return data


def _keys(data: Mapping[str, Any], wanted: Sequence[str], place: str) -> None:
    if missing := [key for key in wanted if key not in data]:
        raise _NotABaselineError(f"{place}`{missing[0]}` is missing")
    if unknown := sorted(set(data) - set(wanted)):
        raise _NotABaselineError(f"{place}the key {unknown[0]!r} is unknown; there are only: {', '.join(wanted)}")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:80]}…"
