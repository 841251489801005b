"""Parses YAML or JSON Lines into plain data with line numbers; refuses doubled keys and anything but data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from assistant.core.errors import QuestionSetError

Key = tuple[str | int, ...]
"""The path of a part in the data, such as ("cases", 0, "answers", 1)."""

_DEEPEST = 20
_DEEPEST_FOREIGN = 100
_SCALARS = {f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "null", "timestamp")}
_TEXT = "tag:yaml.org,2002:str"
_HALF = re.compile("[\ud800-\udfff]")
# The loader in C is ten times as fast; some builds of PyYAML lack it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Parsed:
    """The contents of a file.

    Attributes:
        data: dicts, lists and scalars.
        lines: the line of each part, from 1. A part that is missing here is on the line of the part that contains it.
        written: how values other than text are written in the file ("yes", "12:30").
    """

    data: Any = None
    lines: dict[Key, int] = field(default_factory=dict)
    written: dict[Key, str] = field(default_factory=dict)

    def line(self, key: Key) -> int:
        """The line of a part, or of the nearest part around it that has one."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key, 1)


def decode(content: bytes, label: str) -> str:
    """Decode a file, without its byte order mark.

    Raises:
        QuestionSetError: it is not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise wrong(label, line, "this is not UTF-8. Save the file as UTF-8.") from error


def wrong(label: str, line: int, what: str) -> QuestionSetError:
    """The error for one problem: file, line, what is wrong."""
    return QuestionSetError(f"{label}:{line}: {what}")


# YAML


def parse_yaml(text: str, label: str) -> Parsed:
    """One YAML document.

    Args:
        text: of the file.
        label: what the file is called in messages.

    Raises:
        QuestionSetError: not YAML, a doubled key, a key that is no text, an alias, a tag.
    """
    try:
        loader = _Loader(text)
        try:
            return _Reading(loader, label).document()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise wrong(label, mark.line + 1 if mark else 1, _explained(error)) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise wrong(label, line, f"a character here can't be read: {error.reason}. Take it out.") from error
    except yaml.YAMLError as error:
        raise wrong(label, 1, f"this is not YAML: {error}. Mend it.") from error


def _explained(error: yaml.MarkedYAMLError) -> str:
    problem = ", ".join(part for part in (error.context, error.problem) if part)
    if "mapping values are not allowed" in problem:
        return f"this is not YAML: {problem}. Put a text that holds “: ” in quotes, and check the indentation."
    return f"this is not YAML: {problem}. Check the quotes, brackets and indentation here."


class _Reading:
    """Builds data from PyYAML's events. Not from its nodes: composing them, its C code crashes on deep nesting."""

    def __init__(self, loader: Any, label: str) -> None:
        self._loader, self._label = loader, label
        self._parsed = Parsed()

    def document(self) -> Parsed:
        """Read the stream's only document."""
        self._loader.get_event()
        if not self._loader.check_event(yaml.StreamEndEvent):
            self._loader.get_event()
            self._parsed.data = self._value(self._loader.get_event(), ())
            self._loader.get_event()
        event = self._loader.get_event()
        if not isinstance(event, yaml.StreamEndEvent):
            what = "this is not YAML: a second document begins here. Take the line --- out, or make two files."
            raise wrong(self._label, _line(event), what)
        return self._parsed

    def _value(self, event: Any, key: Key) -> Any:
        self._parsed.lines.setdefault(key, _line(event))
        if isinstance(event, yaml.AliasEvent):
            what = "an alias (*name) stands here. Write out what it stands for."
            raise wrong(self._label, _line(event), what)
        if len(key) > _DEEPEST:
            what = "this is nested too deeply. Check its brackets and its indentation."
            raise wrong(self._label, _line(event), what)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event, key)
        kind = "seq" if isinstance(event, yaml.SequenceStartEvent) else "map"
        if event.tag not in (None, "!", f"tag:yaml.org,2002:{kind}"):
            raise self._foreign(event, event.tag)
        return self._list(key) if kind == "seq" else self._mapping(key)

    def _list(self, key: Key) -> list[Any]:
        found: list[Any] = []
        while not isinstance(event := self._loader.get_event(), yaml.SequenceEndEvent):
            found.append(self._value(event, (*key, len(found))))
        return found

    def _mapping(self, key: Key) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := self._loader.get_event(), yaml.MappingEndEvent):
            name = event.value if isinstance(event, yaml.ScalarEvent) else "a list or mapping"
            if not isinstance(event, yaml.ScalarEvent) or self._tag(event) != _TEXT:
                raise wrong(self._label, _line(event), f"{name!r} can't be a key: keys are words. Check the spelling.")
            if _HALF.search(name):
                raise _half_a_character(self._label, _line(event))
            if name in found:
                raise wrong(self._label, _line(event), f"doubled key {name!r}. Keep one of the two.")
            self._parsed.lines[(*key, name)] = _line(event)
            found[name] = self._value(self._loader.get_event(), (*key, name))
        return found

    def _tag(self, event: Any) -> str:
        if event.tag in (None, "!"):
            return str(self._loader.resolve(yaml.ScalarNode, event.value, event.implicit))
        return str(event.tag)

    def _scalar(self, event: Any, key: Key) -> Any:
        tag = self._tag(event)
        if tag == _TEXT:
            if _HALF.search(event.value):
                raise _half_a_character(self._label, _line(event))
            return str(event.value)
        if tag not in _SCALARS:
            raise self._foreign(event, tag)
        self._parsed.written[key] = event.value
        try:
            return self._loader.construct_object(yaml.ScalarNode(tag, event.value, event.start_mark, event.end_mark))
        except (ValueError, KeyError, AttributeError, TypeError, OverflowError, IndexError) as error:
            # PyYAML raises these for a tag that does not fit its value, and for "0x".
            raise wrong(self._label, _line(event), f"{event.value[:60]!r} can't be read. Put it in quotes.") from error

    def _foreign(self, event: Any, tag: str) -> QuestionSetError:
        what = f"{tag.replace('tag:yaml.org,2002:', '!!')} has no place in a question set. Put a text in quotes."
        return wrong(self._label, _line(event), what)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _half_a_character(label: str, line: int) -> QuestionSetError:
    return wrong(label, line, "an escape stands for half a character (\\ud800 to \\udfff). Write the character itself.")


def load_foreign_yaml(text: str) -> Any:
    """Load another tool's YAML, aliases included; refuse anything but plain data.

    Raises:
        yaml.YAMLError: not YAML, or a tag that is no data.
        ValueError: nested too deeply, or a tag on a value that does not fit it; so may KeyError, AttributeError, TypeError.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST_FOREIGN:
            raise ValueError(f"line {_line(event)} is nested too deeply")
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader, in C or in Python


# JSON Lines


def parse_json_lines(text: str, label: str) -> Parsed:
    """Parse a question set whose first line is its head (version, articles, defaults), and each further line a case.

    Args:
        text: of the file; blank lines are skipped.
        label: what the file is called in messages.

    Raises:
        QuestionSetError: a line that is not JSON, a doubled key, a first line that is not a head.
    """
    parsed = Parsed()
    cases: list[Any] = []
    for number, row in enumerate(text.split("\n"), start=1):
        if not row.strip():
            continue
        value = _json(row, label, number)
        if parsed.data is not None:
            parsed.lines[("cases", len(cases))] = number
            cases.append(value)
        elif not isinstance(value, dict) or "cases" in value or "id" in value:
            what = 'the first line must be the head: {"version": 1, "articles": [...]}; each further line is a case.'
            raise wrong(label, number, what)
        else:
            parsed.data, parsed.lines[()] = value, number
    if cases:
        parsed.data["cases"] = cases
    return parsed


def _json(row: str, label: str, number: int) -> Any:
    def entries(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            doubled = next(name for name in names if names.count(name) > 1)
            raise wrong(label, number, f"doubled key {doubled!r}. Keep one of the two.")
        return found

    try:
        value = json.loads(row, object_pairs_hook=entries)
    except json.JSONDecodeError as error:
        what = f"this line is not JSON: {error.msg} at column {error.colno}. Each line must be a whole JSON object."
        raise wrong(label, number, what) from error
    except (ValueError, RecursionError) as error:
        raise wrong(label, number, f"this line can't be read: {error}.") from error
    if any(_HALF.search(found) for found in _texts(value)):
        raise _half_a_character(label, number)
    return value


def _texts(value: Any) -> Iterator[str]:
    """All strings in JSON data, keys included."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            yield found
        elif isinstance(found, dict):
            waiting += [*found, *found.values()]
        elif isinstance(found, list):
            waiting += found
