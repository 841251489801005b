"""Writes a question set as YAML that `load` reads back as the same set."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from assistant.core.errors import QuestionSetError
from assistant.questions.spec.cases import DIALOGUE, UNANSWERABLE, Case, Expected, QuestionSet, Source

_WIDTH = 120
_RARE_LINE_END = re.compile("[\x85\u2028\u2029]")
# Characters that YAML 1.1 takes for the end of a line, or refuses anywhere.
_NO_COMMENT = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def dumps(question_set: QuestionSet, folder: Path | None = None) -> str:
    """Write a question set as YAML; its defaults, if any, are repeated in each case.

    Args:
        question_set: read from a file, or made in Python.
        folder: where the file will lie; the articles are named relative to it. None = by absolute paths.

    Raises:
        QuestionSetError: the turns of a dialogue have different tags, which the format can't express.
    """
    articles = [_source(source, folder) for source in question_set.sources]
    return to_yaml({"version": 1, "articles": articles, "cases": [_case(case) for case in question_set.cases]})


def to_yaml(data: dict[str, Any]) -> str:
    """Write the format's keys and values as YAML, in the given order."""
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)


class _Dumper(yaml.SafeDumper):
    """Escapes rare line ends: PyYAML writes U+0085 in single quotes but reads it there as a space."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = '"' if _RARE_LINE_END.search(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def comment(text: str, indent: str = "") -> str:
    """Make a comment of a text; characters that would end it, or that YAML refuses, become spaces."""
    lines = _NO_COMMENT.sub(" ", text).split("\n")
    return "".join(f"{indent}# {line}".rstrip() + "\n" for line in lines)


def article_path(path: Path, folder: Path | None) -> str:
    """The path by which a set in `folder` names an article: relative if it can be, absolute otherwise."""
    path = path.resolve()
    if folder is None:
        return path.as_posix()
    try:
        return Path(os.path.relpath(path, folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return path.as_posix()


def _source(source: Source, folder: Path | None) -> str | dict[str, str]:
    if source.path is None:
        return f"sha256:{source.content_hash}"
    name = article_path(source.path, folder)
    return {"path": name, "sha256": source.content_hash} if source.content_hash else name


def _case(case: Case) -> dict[str, Any]:
    tags = _tags(case.turns[0], case)
    if any(_tags(turn, case) != tags for turn in case.turns):
        raise QuestionSetError(
            f"The case {case.id!r} can't be written: its turns have different tags. Give them the same."
        )
    end: dict[str, Any] = {"tags": list(tags)} if tags else {}
    if case.dialogue:
        return {"id": case.id, "turns": [_expected(turn) for turn in case.turns], **end}
    return {"id": case.id, **_expected(case.turns[0]), **end}


def _tags(expected: Expected, case: Case) -> tuple[str, ...]:
    """The tags without those that the loader adds."""
    automatic: Iterable[str] = (
        *([DIALOGUE] if case.dialogue else []),
        *([] if expected.answerable else [UNANSWERABLE]),
    )
    return tuple(tag for tag in expected.tags if tag not in automatic)


def _expected(expected: Expected) -> dict[str, Any]:
    data: dict[str, Any] = {
        "question": expected.question,
        "answers": list(expected.answers),
        "evidence": list(expected.evidence),
        "all_evidence": expected.all_evidence or None,
        "only_evidence": expected.only_evidence or None,
        "in_order": expected.in_order or None,
        "verdict": expected.verdict,
        "kind": expected.kind,
        "answerable": None if expected.answerable else False,
        "must_not_say": list(expected.must_not_say),
        "max_seconds": expected.max_seconds,
        "note": expected.note,
    }
    return {key: value for key, value in data.items() if value is False or value}
