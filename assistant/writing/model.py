"""What Footnote needs of a language model: a request in, a reply that comes in pieces out, and what it took."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from assistant.core.answer import Usage
from assistant.core.errors import ModelError

Role = Literal["system", "user", "assistant"]

_FENCE = "<fence>"
"""Stands for the marker where requests are compared: it is drawn anew for each."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a request."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Request:
    """What a language model is asked.

    Attributes:
        name: what for, and about what; for people, as in `answer: Who wrote it?`.
        messages: oldest first.
        max_tokens: the most that it may write.
        fence: the marker drawn for this request, that its messages hold; empty = none.
        schema: JSON Schema of the reply, for servers that can hold a model to it; empty = the reply is text.
    """

    name: str
    messages: tuple[Message, ...]
    max_tokens: int
    fence: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)

    def blanked(self) -> dict[str, Any]:
        """As JSON types and without the fence: equal for requests that ask the same."""
        return {
            "name": self.name,
            "messages": [{"role": one.role, "text": self._blank(one.text)} for one in self.messages],
            "max_tokens": self.max_tokens,
            "schema": dict(self.schema),
        }

    def key(self, model: str) -> str:
        """64 hexadecimal digits that stand for this request to this model, whatever its fence and name.

        Args:
            model: `LanguageModel.name`.
        """
        asked = {**self.blanked(), "model": model}
        del asked["name"]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()

    def _blank(self, text: str) -> str:
        return text.replace(self.fence, _FENCE) if self.fence else text


class SchemaRefusedError(ModelError):
    """The server takes no schema of the reply; it may well take the same request without one."""


class ReplyStream(Protocol):
    """A reply as it comes in. To be closed, also where it was read to its end; several closings do no harm."""

    @property
    def usage(self) -> Usage:
        """What it took so far; all of it when the reply has ended."""

    def __iter__(self) -> Iterator[str]:
        """The pieces of the text, in order; some four times a second an empty one while nothing comes.

        Raises:
            SchemaRefusedError: the request has a schema, and the server refuses it.
            ModelError: the model gives no reply, or not the rest of it.
        """

    def close(self) -> None:
        """Want no more of it: the server is told at once, by the end of its connection."""


@runtime_checkable
class LanguageModel(Protocol):
    """Writes replies. Holds no state between requests; several threads may call it at once."""

    @property
    def name(self) -> str:
        """Provider, model and address, never a key; part of the trace's fingerprint."""

    def stream(self, request: Request) -> ReplyStream:
        """Begin a reply. Errors come from going through it, not from here."""

    def close(self) -> None:
        """Let go of connections; the model may not be used any more."""
