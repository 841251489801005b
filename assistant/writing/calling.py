"""One request through a llama-index LLM: asked again where that helps, and its reply piece by piece, within its limits.

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
"""Of a reply with its thoughts; twice what the reader of replies takes."""

_MOST_READ_AHEAD = 10_000
"""Chunks that may have been received and not been read yet."""

_NOT_UNDERSTOOD = {400, 404, 422}
"""How servers refuse an option that they don't know; 404 where no provider behind a router has it."""


class Options:
    """What is sent beside the messages. Remembers what the server refused; for one thread alone."""

    def __init__(self, llm: Any) -> None:
        """From the adapter."""
        self._protocol = any(kind.__module__.startswith("llama_index.llms.openai") for kind in type(llm).__mro__)
        self._capped = hasattr(llm, "max_tokens")
        self._refuses_usage = False

    def attempts(self, request: Request) -> Iterator[dict[str, Any]]:
        """Keywords to try, one after the other while the server doesn't understand them; the first are the best.

        A schema is in all of them: whoever asks for one has to know that the server takes none.
        """
        must: dict[str, Any] = {"max_tokens": request.max_tokens} if self._capped else {}
        if self._protocol and request.schema:
            form = {"name": "reply", "schema": dict(request.schema), "strict": True}
            must["response_format"] = {"type": "json_schema", "json_schema": form}
        if self._protocol and not self._refuses_usage:
            yield {**must, "stream_options": {"include_usage": True}}
        yield must

    def understood(self, keywords: Mapping[str, Any]) -> None:
        """The server took these: leave out from now on what had to be left out for it."""
        self._refuses_usage = "stream_options" not in keywords


class Call:
    """A request on its way.

    Attributes:
        name: of the model.
        counted: (prompt tokens, completion tokens), as far as the server said; else estimated.
        setup_seconds: that were spent on making the adapter, once for a model.
    """

    def __init__(self, request: Request, name: str, settings: Settings) -> None:
        """From the request, the model's name, and the settings, whose limits hold."""
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
        """Ask, and send the pieces on.

        Args:
            llm: a llama-index LLM.
            options: of that LLM.
            seconds: the most that all of it may take.
            send: is given each piece.

        Returns:
            Why there is no reply, or no more of it; a SchemaRefusedError where that may be why. Not raised, for what led to it
            may hold the key.
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
        """The reply's chunks and the first of them; after that one, nothing is asked again."""
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
        """The next chunk, or None if there is none. What goes wrong after the reply's end costs at most its usage."""
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
    """End the chunks from within: to close the outermost of these generators leaves the connection to the garbage collector."""
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
    """What the model thought meanwhile: Anthropic's adapter puts it with the message, the others beside it."""
    for place in (chunk, chunk.message):
        if isinstance(found := place.additional_kwargs.get("thinking_delta"), str):
            return found
    return ""


def _ended(raw: Any, before: bool | None) -> bool | None:
    """Whether the reply has come to its end; None = this adapter doesn't show the OpenAI protocol, so who knows."""
    choices = getattr(raw, "choices", None)
    if choices is None:
        return before
    return bool(before) or any(getattr(choice, "finish_reason", None) for choice in choices)


def _usage(chunk: Any) -> tuple[int, int] | None:
    """(prompt tokens, completion tokens) as the server counted them, by the names of either protocol."""
    said = {**chunk.additional_kwargs, **(chunk.message.additional_kwargs.get("usage") or {})}
    for names in (("prompt_tokens", "completion_tokens"), ("input_tokens", "output_tokens")):
        prompt, written = (said.get(name) for name in names)
        if type(prompt) is int and type(written) is int and prompt >= 0 and written >= 0:
            return prompt, written
    return None
