"""Prompt files -> Prompts: placeholders are checked when a file is loaded, and filled in literally."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DECLARED: Mapping[str, frozenset[str]] = {
    "answer": frozenset({"fence", "passages", "question", "format"}),
    "contextualize": frozenset({"fence", "history", "question"}),
    "repair": frozenset({"failed", "format"}),
    "format_json": frozenset(),
    "format_lines": frozenset(),
}
"""Name of each prompt -> its placeholders. The two formats fill the placeholder `format` of `answer` and `repair`."""

_PLACEHOLDER = re.compile(r"\{\{(?:(\w+)\}\})?")
"""Braces are doubled, so that the JSON in a prompt is plain text. Doubled braces without a placeholder match without a name."""


class PromptError(Exception):
    """A prompt file is missing, or its placeholders or their values are not the declared ones."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt whose placeholders are still open.

    Attributes:
        name: the name of its file, without the suffix.
        text: its text with placeholders, each a name in doubled braces.
        placeholders: the names of the placeholders.
    """

    name: str
    text: str
    placeholders: frozenset[str]

    def fill(self, **values: str) -> str:
        """The text with the values in place of the placeholders. Placeholders inside a value are not replaced.

        Raises:
            PromptError: a value is missing, or has no placeholder.
        """
        _compare(values, self.placeholders, f"Filling the prompt {self.name}")
        return _PLACEHOLDER.sub(lambda found: values[found[1]], self.text)


@cache
def load(name: str) -> Prompt:
    """The prompt of this name, one of `DECLARED`.

    Raises:
        PromptError: there is no such prompt, or its file can't be used; the message names the file and the placeholder.
    """
    if name not in DECLARED:
        raise PromptError(f"There is no prompt {name!r}; there are {_listed(DECLARED)}.")
    return read(Path(__file__).with_name(f"{name}.txt"), DECLARED[name])


def read(path: Path, placeholders: Collection[str]) -> Prompt:
    """The prompt in a file, without the white space around it.

    Args:
        path: a UTF-8 text file.
        placeholders: names of the placeholders that it must have, each at least once.

    Raises:
        PromptError: the file can't be read, a placeholder is missing or unknown, or doubled braces hold no name.
    """
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise PromptError(f"The prompt file {path.name} can't be read: {error}. Install Footnote again.") from error
    found = {match[1]: match.start() for match in _PLACEHOLDER.finditer(text)}
    if None in found:
        line = text.count("\n", 0, found[None]) + 1
        raise PromptError(
            f"{path.name}, line {line}: “{{{{” opens no placeholder; write a name and “}}}}” right after it."
        )
    _compare(found, frozenset(placeholders), f"The prompt file {path.name}")
    return Prompt(path.stem, text, frozenset(placeholders))


def _compare(given: Collection[str], wanted: frozenset[str], what: str) -> None:
    if missing := wanted - set(given):
        raise PromptError(f"{what}: {_listed(missing)} is missing; wanted are {_listed(wanted)}.")
    if unknown := set(given) - wanted:
        raise PromptError(f"{what}: {_listed(unknown)} is unknown; known are {_listed(wanted) or 'none'}.")


def _listed(names: Collection[str]) -> str:
    return ", ".join(sorted(names))
