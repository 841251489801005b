"""The two forms of a reply. Each is read character by character, so that it does not matter how a stream is cut."""

from __future__ import annotations

import json
import re
from typing import Any, Protocol

from assistant.writing.claims import Claim, Rejected, claim

_HEADS = {f'{{"found":{found},"sentences":[': found == "true" for found in ("true", "false")}
"""How a JSON reply begins, white space aside. `found` comes first, so that the model decides before it writes."""

_QUOTE = re.compile(r"QUOTE ([0-9]{1,4}):(.*)", re.DOTALL)
_SENTENCE = "SENTENCE:"
_TORN = "it was cut off before its end"


class ReplyForm(Protocol):
    """A form of reply that is being read, with its state.

    Attributes:
        done: the reply's end was read.
        refused: the model says that the passages don't answer.
        problem: why the reply can't be read further; empty = it can.
    """

    done: bool
    refused: bool
    problem: str

    def take(self, char: str) -> Claim | Rejected | None:
        """Read one character. Returns the sentence that ends with it, if one does. Not called after `done` or a problem."""

    def close(self) -> None:
        """Note that no more characters come."""


class JsonForm:
    """{"found": true, "sentences": [{"quotes": [{"passage": 1, "words": "..."}], "text": "..."}]}."""

    def __init__(self, passages: int) -> None:
        self.done = False
        self.refused = False
        self.problem = ""
        self._passages = passages
        self._head = ""
        self._next = "{]"
        """The characters that may come next between sentences."""
        self._sentence: _Object | None = None

    def take(self, char: str) -> Claim | Rejected | None:
        """See `ReplyForm`."""
        if self._sentence:
            if self._sentence.closed_by(char):
                text, self._sentence = self._sentence.text, None
                return _from_json(text, self._passages)
        elif not char.isspace():
            if self._head in _HEADS:
                self._between(char)
            else:
                self._begin(char)
        return None

    def close(self) -> None:
        """See `ReplyForm`."""
        self.problem = _TORN if self._head in _HEADS else "it holds no JSON object that begins with found and sentences"

    def _begin(self, char: str) -> None:
        """Look for the head. Only its first character is an opening brace, so a false start ends at the next brace."""
        head = self._head + char
        if not any(known.startswith(head) for known in _HEADS):
            head = char if char == "{" else ""
        self._head = head
        self.refused = _HEADS.get(head) is False

    def _between(self, char: str) -> None:
        if char not in self._next:
            self.problem = "its JSON is not of the form that was asked for"
        elif char == "{" and self.refused:
            self.problem = "it says that nothing was found, and goes on"
        elif char == "{":
            self._sentence, self._next = _Object(), ",]"
        elif char == "}":
            self.done = True
        else:
            self._next = {",": "{", "]": "}"}[char]


class LineForm:
    """Lines: QUOTE 1: words / SENTENCE: text / END; or NOT FOUND alone."""

    def __init__(self, passages: int) -> None:
        self.done = False
        self.refused = False
        self.problem = ""
        self._passages = passages
        self._line: list[str] = []
        self._quotes: list[tuple[int, str]] = []
        self._begun = False

    def take(self, char: str) -> Claim | Rejected | None:
        """See `ReplyForm`."""
        if char != "\n":
            self._line.append(char)
            return None
        line = "".join(self._line).strip()
        self._line.clear()
        return self._read(line)

    def close(self) -> None:
        """See `ReplyForm`. A last line without a line end may be cut off, unless it is one that ends the reply."""
        line = "".join(self._line).strip()
        if line in {"END", "NOT FOUND"}:
            self._read(line)
        if not self.done and not self.problem:
            self.problem = _TORN if self._begun else "it holds none of the lines that were asked for"

    def _read(self, line: str) -> Claim | Rejected | None:
        if quote := _QUOTE.fullmatch(line):
            self._quotes.append((int(quote[1]), quote[2]))
        elif line.startswith(_SENTENCE):
            quotes, self._quotes = self._quotes, []
            self._begun = True
            return claim(line.removeprefix(_SENTENCE), quotes, self._passages)
        elif line in {"END", "NOT FOUND"}:
            self._finish(line)
        elif self._begun and line and not line.startswith("```"):
            self.problem = "it has a line that is not of the form that was asked for"
        self._begun = self._begun or bool(quote)
        return None

    def _finish(self, line: str) -> None:
        self.done = True
        if self._quotes:
            self.problem = "it has quotes without a sentence"
        elif line == "NOT FOUND":
            self.refused = True
            self.problem = "it says that nothing was found, after sentences" if self._begun else ""


class _Object:
    """The text of a JSON object, from its opening to its closing brace."""

    def __init__(self) -> None:
        self._chars = ["{"]
        self._depth = 1
        self._quoted = False
        self._escaped = False

    @property
    def text(self) -> str:
        return "".join(self._chars)

    def closed_by(self, char: str) -> bool:
        """Add a character. Returns whether it closes the object."""
        self._chars.append(char)
        if self._escaped:
            self._escaped = False
        elif char == "\\":
            self._escaped = True
        elif char == '"':
            self._quoted = not self._quoted
        elif char in "{}" and not self._quoted:
            self._depth += 1 if char == "{" else -1
        return self._depth == 0


def _from_json(text: str, passages: int) -> Claim | Rejected:
    """One sentence in the JSON form."""
    try:
        found = json.loads(text, object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError):
        return Rejected("", "the sentence is not valid JSON")
    quotes = found.get("quotes")
    said = found.get("text")
    if found.keys() != {"quotes", "text"} or not isinstance(said, str) or not isinstance(quotes, list):
        return Rejected("", "the sentence is not of the form that was asked for")
    if not all(_is_quote(quote) for quote in quotes):
        return Rejected("", "a quote is not of the form that was asked for")
    return claim(said, [(quote["passage"], quote["words"]) for quote in quotes], passages)


def _is_quote(quote: Any) -> bool:
    return (
        isinstance(quote, dict)
        and quote.keys() == {"passage", "words"}
        # In Python, unlike JSON, a bool is an int.
        and type(quote["passage"]) is int
        and isinstance(quote["words"], str)
    )


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice")
    return found
