"""Tells what waits that the server ends: an open stream would hold the end up for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from starlette.types import Message, Receive

DISCONNECT: Message = {"type": "http.disconnect"}

_Result = TypeVar("_Result")


class Closing:
    """Ends the waiting of open tabs when the server ends."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def begin(self) -> None:
        """The server ends; called in the thread of its event loop."""
        self._event.set()

    async def message(self, receive: Receive) -> Message:
        """The next message of a client; a disconnect as soon as the server ends."""
        return await self.unless_ended(receive()) or DISCONNECT

    async def unless_ended(self, waiting: Awaitable[_Result]) -> _Result | None:
        """What is waited for; None as soon as the server ends."""
        awaited = asyncio.ensure_future(waiting)
        ended = asyncio.ensure_future(self._event.wait())
        try:
            await asyncio.wait((awaited, ended), return_when=asyncio.FIRST_COMPLETED)
            return awaited.result() if awaited.done() and not self._event.is_set() else None
        finally:
            awaited.cancel()
            ended.cancel()
