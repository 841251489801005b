"""Loads a question set: parses the file, checks types, then contradictions and quotes; every error names its line."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from assistant.core.errors import QuestionSetError
from assistant.questions.spec.cases import DIALOGUE, UNANSWERABLE, Case, Expected, QuestionSet
from assistant.questions.spec.checking import check_articles, check_cases, check_quotes
from assistant.questions.spec.complaints import Problem, complaints
from assistant.questions.spec.parsing import Key, Parsed, decode, parse_json_lines, parse_yaml
from assistant.questions.spec.schema import Defaults, Dialogue, Question, SetFile, Turn

SUFFIXES = (".yaml", ".yml", ".jsonl")
_MOST_BYTES = 256 * 1024 * 1024
_MOST_SHOWN = 20


def load(path: str | Path) -> QuestionSet:
    """Read a question set and check all of it, its quotes against the canonical text of its articles too.

    A quote that stands in none of the set's files is refused, unless the set names an article by its hash alone; then quotes
    are checked when the set is run on a library.

    Args:
        path: a .yaml or .yml file, or a .jsonl file whose first line has everything but the cases, and each further line a case.

    Raises:
        QuestionSetError: one line for each problem, `file:line: what is wrong and what to do`: not YAML, an unknown or doubled
            key, a doubled id, a value of the wrong kind, an empty set, a missing or changed article, a quote that does not
            stand in the articles, a bad regular expression, expectations that contradict each other.
    """
    path = Path(path)
    label = str(path)
    text = decode(_content(path), label)
    parsed = parse_json_lines(text, label) if path.suffix.lower() == ".jsonl" else parse_yaml(text, label)
    if parsed.data is None:
        raise QuestionSetError(f"{label}:1: the file is empty. `footnote test new ARTICLE` writes a set to start from.")
    try:
        file = SetFile.model_validate(parsed.data)
    except ValidationError as error:
        raise _refused(label, complaints(error.errors(include_url=False), parsed)) from error
    sources, texts, problems = check_articles(file, parsed, path.absolute().parent)
    cases = tuple(_cases(file, parsed))
    # Only if all articles could be read: otherwise every quote of a missing one would be reported as well.
    if texts is not None and not problems:
        problems += check_quotes(cases, parsed, texts)
    problems += check_cases(cases, file.defaults, parsed)
    if problems:
        raise _refused(label, problems)
    return QuestionSet(set_name(path), path.absolute(), sources, cases)


def set_name(path: Path) -> str:
    """The name of a set: its file's name without the endings (`mill.questions.yaml` gives "mill")."""
    name = path.name
    for suffix in (*SUFFIXES, ".questions"):
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            name = name[: -len(suffix)]
    return name


def _content(path: Path) -> bytes:
    if path.suffix.lower() not in SUFFIXES:
        raise QuestionSetError(
            f"{path}: a question set is a {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]} file. Rename it."
        )
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise QuestionSetError(f"{path}: this is no plain file. Name the file of a question set.")
        if status.st_size > _MOST_BYTES:
            raise QuestionSetError(f"{path}: {status.st_size:,} bytes are too many for a question set. Split it.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise QuestionSetError(f"{path}: can't be read: {reason}. Check that it exists and may be read.") from error


def _refused(label: str, problems: list[Problem]) -> QuestionSetError:
    problems = sorted(set(problems))
    lines = [f"{label}:{line}: {what}" for line, what in problems[:_MOST_SHOWN]]
    if len(problems) > _MOST_SHOWN:
        lines.append(f"{label}: and {len(problems) - _MOST_SHOWN} more problems.")
    return QuestionSetError("\n".join(lines))


@dataclass(frozen=True, slots=True)
class _Labels:
    """How a turn is labelled: by its own labels, with those of its case and of the whole set."""

    id: str
    tags: Sequence[str]
    note: str
    line: int
    depth: int = 1


def _cases(file: SetFile, parsed: Parsed) -> Iterator[Case]:
    for n, entry in enumerate(file.cases):
        key: Key = ("cases", n)
        labels = _Labels(entry.id, [*file.defaults.tags, *entry.tags], entry.note, parsed.line(key))
        if isinstance(entry, Question):
            yield Case(entry.id, (_expected(entry, labels, file.defaults),))
        else:
            lines = [parsed.line((*key, "turns", turn)) for turn in range(len(entry.turns))]
            yield Case(entry.id, tuple(_turns(entry, labels, lines, file.defaults)), dialogue=True)


def _turns(entry: Dialogue, labels: _Labels, lines: Sequence[int], defaults: Defaults) -> Iterator[Expected]:
    for depth, (turn, line) in enumerate(zip(entry.turns, lines, strict=True), start=1):
        note = "\n".join(part for part in (entry.note, turn.note) if part)
        own = _Labels(f"{entry.id}/turn-{depth}", [*labels.tags, DIALOGUE], note, line, depth)
        yield _expected(turn, own, defaults)


def _expected(turn: Turn, labels: _Labels, defaults: Defaults) -> Expected:
    return Expected(
        id=labels.id,
        question=turn.question,
        answers=tuple(turn.answers),
        evidence=tuple(turn.evidence),
        all_evidence=_needs_all(turn, defaults),
        only_evidence=turn.only_evidence,
        in_order=turn.in_order,
        verdict=turn.verdict or "",
        kind=turn.kind,
        answerable=turn.answerable,
        must_not_say=tuple(dict.fromkeys([*defaults.must_not_say, *turn.must_not_say])),
        max_seconds=turn.max_seconds or defaults.max_seconds or None,
        tags=tuple(dict.fromkeys(labels.tags if turn.answerable else [*labels.tags, UNANSWERABLE])),
        note=labels.note,
        depth=labels.depth,
        line=labels.line,
    )


def _needs_all(turn: Turn, defaults: Defaults) -> bool:
    """Whether each quote must be cited: as the turn says in one of the two ways to write it, else as the defaults say."""
    if "all_evidence" in turn.model_fields_set:
        return turn.all_evidence
    mode = turn.evidence_mode if "evidence_mode" in turn.model_fields_set else defaults.evidence_mode
    return mode == "all"
