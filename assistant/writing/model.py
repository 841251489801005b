"""The protocol of a language model: takes a request, gives a reply in pieces and its usage."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from assistant.core.draft import Usage
from assistant.core.errors import ModelError

Role = Literal["system", "user", "assistant"]

_FENCE = "<fence>"
"""Replaces a request's marker, which is drawn at random, when requests are compared."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a request."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Request:
    """A request to a language model.

    Attributes:
        name: its purpose and subject, for people, as in `answer: Who wrote it?`.
        messages: its messages, oldest first.
        max_tokens: the most tokens that the model may write.
        fence: the marker drawn for this request, which its messages hold; empty = none.
        schema: JSON Schema of the reply, for servers that can hold a model to it; empty = the reply is text.
    """

    name: str
    messages: tuple[Message, ...]
    max_tokens: int
    fence: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)

    def blanked(self) -> dict[str, Any]:
        """The request as JSON types, without its fence: equal for requests of one name that ask the same."""
        return {
            "name": self.name,
            "messages": [{"role": one.role, "text": self._blank(one.text)} for one in self.messages],
            "max_tokens": self.max_tokens,
            "schema": dict(self.schema),
        }

    def key(self, model: str) -> str:
        """64 hexadecimal digits that identify this request to this model, independent of its fence and name.

        Args:
            model: `LanguageModel.name`.
        """
        asked = {**self.blanked(), "model": model}
        del asked["name"]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()

    def _blank(self, text: str) -> str:
        return text.replace(self.fence, _FENCE) if self.fence else text


class SchemaRefusedError(ModelError):
    """The server refuses a schema of the reply; it may take the same request without one."""


class ReplyStream(Protocol):
    """A reply as it comes in. It must be closed, even if it was read to its end; it may be closed several times."""

    @property
    def usage(self) -> Usage:
        """The usage so far; complete when the reply has ended."""

    def __iter__(self) -> Iterator[str]:
        """The pieces of the text, in order; while nothing comes, an empty piece some four times a second.

        Raises:
            SchemaRefusedError: the server refuses the request's schema.
            ModelError: the model gives no reply, or not the rest of it.
        """

    def close(self) -> None:
        """End the reply; the server learns it at once, since its connection is closed."""


@runtime_checkable
class LanguageModel(Protocol):
    """Writes replies. Holds no state between requests; several threads may call it at once."""

    @property
    def name(self) -> str:
        """Provider, model and address, never the key; part of the trace's fingerprint."""

    def stream(self, request: Request) -> ReplyStream:
        """Begin a reply. Errors are raised when it is iterated, not here."""

    def close(self) -> None:
        """Close all connections; the model can't be used afterwards."""
