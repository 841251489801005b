"""QuestionSet -> the YAML that `load` reads back as the same set."""

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
# What YAML 1.1 takes for the end of a line, and what it refuses wherever it stands.
_NO_COMMENT = re.compile("[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def dumps(question_set: QuestionSet, folder: Path | None = None) -> str:
    """A question set as YAML; its defaults, if it had any, are written out with each case.

    Args:
        question_set: read from a file, or made in Python.
        folder: where the file will lie; the articles are named relative to it. None = by absolute paths.

    Raises:
        QuestionSetError: the turns of a dialogue have different tags, for which the format has no place.
    """
    articles = [_source(source, folder) for source in question_set.sources]
    return to_yaml({"version": 1, "articles": articles, "cases": [_case(case) for case in question_set.cases]})


def to_yaml(data: dict[str, Any]) -> str:
    """Keys of the format with their values -> YAML, in the order given."""
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)


class _Dumper(yaml.SafeDumper):
    """Escapes the rarer line ends: PyYAML writes U+0085 into single quotes, and reads it there as a space."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = '"' if _RARE_LINE_END.search(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def comment(text: str, indent: str = "") -> str:
    """A text as lines of a comment; what would end a comment, or can't stand in YAML, becomes a space."""
    lines = _NO_COMMENT.sub(" ", text).split("\n")
    return "".join(f"{indent}# {line}".rstrip() + "\n" for line in lines)


def article_path(path: Path, folder: Path | None) -> str:
    """How a set in `folder` names an article's file: relative to it, absolute where there is no folder or no way."""
    path = path.resolve()
    if folder is None:
        return path.as_posix()
    try:
        return Path(os.path.relpath(path, folder.resolve())).as_posix()
    except ValueError:  # another drive
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
    """The tags that the loader will not add by itself."""
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
        "evidence_mode": "all" if expected.all_evidence else "",
        "answerable": None if expected.answerable else False,
        "must_not_say": list(expected.must_not_say),
        "max_seconds": expected.max_seconds,
        "note": expected.note,
    }
    return {key: value for key, value in data.items() if value is False or value}
