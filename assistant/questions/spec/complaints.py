"""Turns pydantic's errors into problems for the user: the line, the case, and how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from assistant.questions.spec.parsing import Key, Parsed
from assistant.questions.spec.schema import ArticleFile, Defaults, Dialogue, Question, SetFile, Turn, known_keys

Problem = tuple[int, str]
"""(line, what is wrong there); lines count from 1."""

_MOST_CHARS = 80
_KINDS = {
    "string_type": "a text; put numbers, dates and yes/no in quotes",
    "list_type": "a list: one entry a line, each after “- ”",
    "bool_type": "true or false",
    "float_type": "a number",
    "greater_than": "a number above 0",
    "finite_number": "a number above 0",
    "model_type": "a mapping (`key: value` lines)",
}
_PATTERNS = {
    r"\S": "is empty. Write something, or leave it out.",
    r"^[^\s/]+$": "is no name. Use letters, digits, hyphens, dots and underscores.",
    r"^[^,]*[^,\s][^,]*$": "can't be a tag. Use words without a comma.",
    r"^[0-9a-fA-F]{64}$": "is no SHA-256. It has 64 hexadecimal digits.",
}


def complaints(errors: Iterable[Mapping[str, Any]], parsed: Parsed) -> list[Problem]:
    """Problems for pydantic's errors.

    Args:
        errors: as `ValidationError.errors()` gives them for a SetFile.
        parsed: the data that was refused.
    """
    return [_problem(error, _key(error["loc"]), parsed) for error in errors]


def place_of(key: Key, data: Any) -> str:
    """The case or the part of the file that a key belongs to, in words; "" for the file itself."""
    if len(key) < 2 or key[0] != "cases":
        return "defaults: " if len(key) > 1 and key[0] == "defaults" else ""
    entry = data["cases"][key[1]]
    name = entry.get("id") if isinstance(entry, dict) else None
    name = name if isinstance(name, str) and name else f"number {int(key[1]) + 1}"
    turn = f"/turn-{int(key[3]) + 1}" if len(key) > 3 and key[2] == "turns" else ""
    return f"case {shown(name + turn)}: "


def shown(value: Any) -> str:
    """A value for a message: quoted, and cut if it is long."""
    return _cut(str(value).lower() if isinstance(value, bool) else repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CHARS else f"{text[:_MOST_CHARS]}…"


def _key(loc: tuple[str | int, ...]) -> Key:
    """The key in the data: pydantic's location without the name of the entry's type, which follows its number."""
    return (*loc[:2], *loc[3:]) if len(loc) > 2 and loc[0] in ("cases", "articles") else loc


def _problem(error: Mapping[str, Any], key: Key, parsed: Parsed) -> Problem:
    what = _missing(key, parsed) if error["type"] == "missing" else _refused(error, key, parsed)
    return parsed.line(key), f"{place_of(key, parsed.data)}{what}"


def _missing(key: Key, parsed: Parsed) -> str:
    if not key or key == ("version",):
        return "`version: 1` is missing. A question set begins with it."
    known = ", ".join(known_keys(_model(key[:-1], parsed.data)))
    also = " (or `turns`, for a dialogue)" if key[-1] == "question" and len(key) == 3 else ""
    return f"`{key[-1]}`{also} is missing. Known here are {known}."


def _refused(error: Mapping[str, Any], key: Key, parsed: Parsed) -> str:
    name, value, kind = _name(key), error["input"], error["type"]
    written = _cut(parsed.written[key]) if key in parsed.written else shown(value)
    if kind == "extra_forbidden":
        return _unknown(key, parsed.data)
    if value is None:
        return f"{name} has no value. Give it one, or leave it out."
    if kind == "string_pattern_mismatch":
        return f"{name} is {written}, which {_PATTERNS[error['ctx']['pattern']]}"
    if kind == "too_short":
        return f"{name} has no entry. Give it at least one{', or leave it out' if key[-1] in _OPTIONAL else ''}."
    if kind == "literal_error" and isinstance(value, bool) and key[-1] == "verdict":
        return f'{name} is {written}, which is no text without quotes. Write {key[-1]}: "{"yes" if value else "no"}".'
    if kind == "literal_error":
        return f"{name} is {written}; it must be {error['ctx']['expected']}."
    return f"{name} is {written}; it must be {_KINDS.get(kind, error['msg'])}."


_OPTIONAL = frozenset({"answers", "evidence", "must_not_say", "tags"})


def _name(key: Key) -> str:
    """`answers`, or entry 2 of `answers`."""
    if not key:
        return "the file"
    if isinstance(key[-1], int):
        return f"entry {key[-1] + 1} of `{key[-2]}`"
    return f"`{key[-1]}`"


def _unknown(key: Key, data: Any) -> str:
    model, name = _model(key[:-1], data), str(key[-1])
    known = known_keys(model)
    if model is Dialogue and name in Turn.model_fields:
        return f"it has `turns` and also {name!r}. Put that into the turns."
    near = difflib.get_close_matches(name, known, n=1)
    meant = f" Did you mean {near[0]!r}?" if near else ""
    return f"unknown key {shown(name)}.{meant} Known here are {', '.join(known)}."


def _model(key: Key, data: Any) -> type[BaseModel]:
    """The model of the mapping at this key."""
    if not key:
        return SetFile
    if key[0] == "defaults":
        return Defaults
    if key[0] == "articles":
        return ArticleFile
    if len(key) > 2:
        return Turn
    return Dialogue if "turns" in data["cases"][key[1]] else Question
