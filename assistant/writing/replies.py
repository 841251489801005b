"""A language model's reply, whole or as it comes in -> claims: sentences, each with the quotes claimed to support it."""

from __future__ import annotations

from typing import Any, Literal

from assistant.core.errors import ReplyError
from assistant.writing.claims import Claim, Rejected, Reply
from assistant.writing.forms import JsonForm, LineForm

Form = Literal["json", "lines"]

_MOST_CHARS = 100_000
"""The most characters of a reply; ten sentences with their quotes have some 5,000. The rest is not read."""

_MOST_SENTENCES = 50


class ReplyParser:
    """Reads one reply as it comes in. The same text gives the same claims, however it is cut into pieces.

    Text around the reply itself (a preface, Markdown's code fences, an afterword) is ignored. A sentence that can't be used
    is set aside alone. A reply that is cut off, in another form or too long ends there, and its complete sentences stay.
    """

    def __init__(self, form: Form, passages: int) -> None:
        """Parses one reply.

        Args:
            form: the form that was asked for.
            passages: how many passages the prompt has; quotes of others are not accepted.
        """
        self._form = JsonForm(passages) if form == "json" else LineForm(passages)
        self._chars = 0
        self._claims: list[Claim] = []
        self._rejected: list[Rejected] = []

    @property
    def over(self) -> bool:
        """Whether the rest of the reply can't matter, so that the request may be closed."""
        return self._form.done or bool(self._form.problem)

    @property
    def problem(self) -> str:
        """Why the reply could not be read further; empty = no problem so far. Never in the model's own words."""
        return self._form.problem

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All complete sentences so far."""
        return tuple(self._claims)

    @property
    def rejected(self) -> tuple[Rejected, ...]:
        """All sentences that were set aside so far."""
        return tuple(self._rejected)

    def feed(self, text: str) -> tuple[Claim, ...]:
        """Take the next piece of the reply.

        Returns:
            The sentences that it completed, in order.
        """
        before = len(self._claims)
        for char in text[: _MOST_CHARS - self._chars + 1]:
            if self.over:
                break
            self._chars += 1
            if self._chars > _MOST_CHARS:
                self._form.problem = f"it is longer than {_MOST_CHARS:,} characters"
                break
            self._keep(self._form.take(char))
        return tuple(self._claims[before:])

    def end(self) -> Reply:
        """The whole reply, after its last piece.

        Raises:
            ReplyError: the text is no reply, is cut off, or has another form; `claims` still has the complete sentences.
        """
        if not self.over:
            self._form.close()
        if not self.problem and not self._form.refused and not self._claims and not self._rejected:
            self._form.problem = "it has no sentence and does not say that nothing was found"
        if self.problem:
            raise ReplyError(
                f"The language model's reply can't be used: {self.problem}. Ask again, or set another model."
            )
        return Reply(self.claims, self._form.refused, self.rejected)

    def _keep(self, found: Claim | Rejected | None) -> None:
        if isinstance(found, Claim):
            self._claims.append(found)
        elif found:
            self._rejected.append(found)
        if len(self._claims) + len(self._rejected) >= _MOST_SENTENCES and not self._form.done:
            self._form.problem = f"it has {_MOST_SENTENCES} sentences or more"


def parse(text: str, form: Form, passages: int) -> Reply:
    """Parse a whole reply; see `ReplyParser`.

    Raises:
        ReplyError: the text is no reply, is cut off, or has another form.
    """
    parser = ReplyParser(form, passages)
    parser.feed(text)
    return parser.end()


def reply_schema(passages: int) -> dict[str, Any]:
    """JSON Schema of the JSON form, as servers' strict modes support it: no limits on lengths, nothing optional.

    Args:
        passages: how many passages the prompt has; at least 1.
    """
    quote = _object(passage={"type": "integer", "enum": list(range(1, passages + 1))}, words={"type": "string"})
    sentence = _object(quotes={"type": "array", "items": quote}, text={"type": "string"})
    return _object(found={"type": "boolean"}, sentences={"type": "array", "items": sentence})


def _object(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
