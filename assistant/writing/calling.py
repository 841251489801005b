"""Sends one request through a llama-index LLM, again if that may help, and passes its reply on in pieces, within the limits.

Time limits are anyio's: asyncio's own would also interrupt the HTTP client while it closes a connection, and leave it open.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import anyio

from assistant.core.errors import ModelError
from assistant.core.settings import Settings
from assistant.writing.failures import NoReplyError, SlowError, TornError, explained, too_long
from assistant.writing.limits import retrying, status_of
from assistant.writing.model import Request, SchemaRefusedError
from assistant.writing.passages import estimate_tokens
from assistant.writing.thinking import ThoughtFilter

_MOST_CHARS = 200_000
"""The most characters of a reply with its thoughts; twice what the reply parser reads."""

_MOST_READ_AHEAD = 10_000
"""The most chunks that wait to be read."""

_NOT_UNDERSTOOD = {400, 404, 422}
"""HTTP statuses by which servers refuse an unknown option; 404 if no provider behind a router has it."""


class Options:
    """The options of a request beside its messages. Remembers what the server refused; for one thread only."""

    def __init__(self, llm: Any) -> None:
        """Looks at what the adapter takes."""
        self._protocol = any(kind.__module__.startswith("llama_index.llms.openai") for kind in type(llm).__mro__)
        self._capped = hasattr(llm, "max_tokens")
        self._refuses_usage = False

    def attempts(self, request: Request) -> Iterator[dict[str, Any]]:
        """Keywords to try in turn, best first, until the server understands them.

        A request's schema is in all of them: the caller must learn if the server refuses it.
        """
        must: dict[str, Any] = {"max_tokens": request.max_tokens} if self._capped else {}
        if self._protocol and request.schema:
            form = {"name": "reply", "schema": dict(request.schema), "strict": True}
            must["response_format"] = {"type": "json_schema", "json_schema": form}
        if self._protocol and not self._refuses_usage:
            yield {**must, "stream_options": {"include_usage": True}}
        yield must

    def understood(self, keywords: Mapping[str, Any]) -> None:
        """Note that the server took these keywords, so that from now on only these are tried."""
        self._refuses_usage = "stream_options" not in keywords


class Call:
    """One request and its reply.

    Attributes:
        name: the model's name.
        counted: (prompt tokens, completion tokens) as the server counted them; estimated if it doesn't say.
        setup_seconds: time spent on making the adapter, once for a model.
    """

    def __init__(self, request: Request, name: str, settings: Settings) -> None:
        """Takes the request, the model's name, and the settings with the limits."""
        self.name = name
        self._request = request
        self._settings = settings
        self.setup_seconds = 0.0
        self._tries = 0
        self._written: list[str] = []
        self._said: tuple[int, int] | None = None

    @property
    def counted(self) -> tuple[int, int]:
        """See the class."""
        if self._said:
            return self._said
        asked = sum(estimate_tokens(message.text) for message in self._request.messages)
        return asked, estimate_tokens("".join(self._written))

    async def run(self, llm: Any, options: Options, seconds: float, send: Callable[[str], None]) -> ModelError | None:
        """Send the request and pass the pieces of the reply on.

        Args:
            llm: a llama-index LLM.
            options: that LLM's options.
            seconds: the longest time for all of it.
            send: called with each piece.

        Returns:
            Why there is no reply, or not all of it; a SchemaRefusedError if the schema may be the reason; None for a whole reply.
            The error is not raised, since its causes may hold the key.
        """
        try:
            with anyio.move_on_after(seconds) as whole:
                await self._go(llm, options, seconds, send)
        except Exception as error:
            failure = explained(error, self.name, self._settings, self._tries)
            refused = self._request.schema and status_of(error) in _NOT_UNDERSTOOD
            return SchemaRefusedError(str(failure)) if refused else failure
        return too_long(self.name, self._settings) if whole.cancelled_caught else None

    async def _go(self, llm: Any, options: Options, seconds: float, send: Callable[[str], None]) -> None:
        chunks, chunk = await self._open(llm, options, seconds)
        thoughts = ThoughtFilter()
        left = _MOST_CHARS
        ended: bool | None = None
        try:
            while chunk is not None and left > 0:
                piece, thought = (chunk.delta or "")[:left], _thought(chunk)[:left]
                left -= len(piece) + len(thought)
                self._count(chunk, piece + thought)
                if shown := thoughts.feed(piece):
                    send(shown)
                ended = _ended(chunk.raw, ended)
                chunk = await self._next(chunks, ended)
        finally:
            await _stopped(chunks)
        if left > 0 and ended is False:
            raise TornError
        if shown := thoughts.end():
            send(shown)

    async def _open(self, llm: Any, options: Options, seconds: float) -> tuple[Any, Any]:
        """(the reply's chunks, the first of them). Once the first has come, the request is not sent again."""
        messages = _messages(self._request)
        end = anyio.current_time() + seconds
        refused: Exception = NoReplyError()
        for keywords in options.attempts(self._request):
            retry = retrying(self._settings.llm_retries, end - anyio.current_time())
            try:
                opened: tuple[Any, Any] = await retry(self._ask, llm, messages, keywords)
            except Exception as error:
                if status_of(error) not in _NOT_UNDERSTOOD:
                    raise
                refused = error
            else:
                options.understood(keywords)
                return opened
        raise refused

    async def _ask(self, llm: Any, messages: list[Any], keywords: Mapping[str, Any]) -> tuple[Any, Any]:
        self._tries += 1
        with anyio.move_on_after(self._settings.llm_first_token_seconds):
            chunks = await llm.astream_chat(messages, **keywords)
            first = await anext(chunks, None)
            if first is None:
                raise NoReplyError
            return chunks, first
        raise SlowError

    async def _next(self, chunks: AsyncIterator[Any], ended: bool | None) -> Any:
        """The next chunk, or None if there is none. An error after the reply's end costs at most the token counts."""
        try:
            with anyio.move_on_after(self._settings.llm_first_token_seconds):
                return await anext(chunks, None)
            raise SlowError
        except Exception:
            if ended:
                return None
            raise

    def _count(self, chunk: Any, written: str) -> None:
        self._written.append(written)
        self._said = _usage(chunk) or self._said


async def _stopped(chunks: AsyncIterator[Any]) -> None:
    """Close the innermost generator first: closing only the outermost one leaves the connection to the garbage collector."""
    with suppress(Exception):
        with anyio.CancelScope() as scope:
            scope.cancel()
            for _ in range(_MOST_READ_AHEAD):
                if await anext(chunks, None) is None:
                    return


def _messages(request: Request) -> list[Any]:
    from llama_index.core.base.llms.types import ChatMessage

    return [ChatMessage(role=message.role, content=message.text) for message in request.messages]


def _thought(chunk: Any) -> str:
    """The model's thoughts in a chunk: Anthropic's adapter puts them into the message, the others beside it."""
    for place in (chunk, chunk.message):
        if isinstance(found := place.additional_kwargs.get("thinking_delta"), str):
            return found
    return ""


def _ended(raw: Any, before: bool | None) -> bool | None:
    """Whether the reply has come to its end; None = unknown, since this adapter doesn't show the OpenAI protocol."""
    choices = getattr(raw, "choices", None)
    if choices is None:
        return before
    return bool(before) or any(getattr(choice, "finish_reason", None) for choice in choices)


def _usage(chunk: Any) -> tuple[int, int] | None:
    """(prompt tokens, completion tokens) as the server counted them, by the field names of either protocol."""
    said = {**chunk.additional_kwargs, **(chunk.message.additional_kwargs.get("usage") or {})}
    for names in (("prompt_tokens", "completion_tokens"), ("input_tokens", "output_tokens")):
        prompt, written = (said.get(name) for name in names)
        if type(prompt) is int and type(written) is int and prompt >= 0 and written >= 0:
            return prompt, written
    return None
