"""Ends waiting requests when the server shuts down; an open stream would hold up the shutdown for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from starlette.types import Message, Receive

DISCONNECT: Message = {"type": "http.disconnect"}

_Result = TypeVar("_Result")


class Closing:
    """The server's shutdown, for requests that wait."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def begin(self) -> None:
        """Begin the shutdown; to be called in the thread of the event loop."""
        self._event.set()

    async def message(self, receive: Receive) -> Message:
        """The client's next message; a disconnect as soon as the server shuts down."""
        return await self.unless_ended(receive()) or DISCONNECT

    async def unless_ended(self, waiting: Awaitable[_Result]) -> _Result | None:
        """Await something; None as soon as the server shuts down."""
        awaited = asyncio.ensure_future(waiting)
        ended = asyncio.ensure_future(self._event.wait())
        try:
            await asyncio.wait((awaited, ended), return_when=asyncio.FIRST_COMPLETED)
            return awaited.result() if awaited.done() and not self._event.is_set() else None
        finally:
            awaited.cancel()
            ended.cancel()
