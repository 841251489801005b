"""An asyncio loop in its own thread, for work that other threads wait for and may cancel at any moment."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import anyio

from assistant.core.errors import ModelError

_CLOSE_SECONDS = 2.0


_Coroutine = Callable[[], Coroutine[Any, Any, ModelError | None]]


class LoopThread:
    """Starts with the first work. It is a daemon thread: the interpreter's end waits neither for it nor for its work."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._works: set[_Work] = set()
        self._process = 0
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether the loop takes no more work."""
        return self._closed

    def begin(self, work: _Coroutine, done: Callable[[ModelError | None], None]) -> Callable[[], None]:
        """Start some work.

        Args:
            work: makes the coroutine, which raises nothing and returns why it failed, or None if it did not.
            done: called once in the loop's thread with that result, however the work ended; a ModelError if it was cancelled.

        Returns:
            A function that cancels the work, from any thread.

        Raises:
            ModelError: the loop was closed.
        """
        with self._guard:
            if self._closed:
                raise closed()
            started = _Work(self._running(), self._works, work, done)
            started.soon(started.start)
        return lambda: started.soon(started.cancel)

    def close(self) -> None:
        """Cancel all work and end the thread."""
        with self._guard:
            self._closed = True
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
            if loop is None or thread is None or self._process != os.getpid():
                return
            loop.call_soon_threadsafe(loop.stop)
        if thread is not threading.current_thread():
            thread.join(_CLOSE_SECONDS)

    def _running(self) -> asyncio.AbstractEventLoop:
        """The running loop; a new one in a forked process, which does not have its parent's threads."""
        if self._loop is None or self._process != os.getpid():
            self._loop, self._works, self._process = asyncio.new_event_loop(), set(), os.getpid()
            self._thread = threading.Thread(
                target=_run, args=(self._loop, self._works), name="language-model", daemon=True
            )
            self._thread.start()
        return self._loop


def closed() -> ModelError:
    """The error for a request to a model that was closed."""
    return ModelError("The language model was closed. Open it again to ask it.")


class _Work:
    """A task whose end is reported even if it never began.

    It is cancelled by anyio: asyncio alone would also interrupt the HTTP client while it closes a connection.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        others: set[_Work],
        work: _Coroutine,
        done: Callable[[ModelError | None], None],
    ) -> None:
        self.task: asyncio.Task[ModelError | None] | None = None
        self._loop = loop
        self._others = others
        self._work = work
        self._done = done
        self._scope: anyio.CancelScope | None = None
        self._cancelled = False

    def soon(self, call: Callable[[], object]) -> None:
        """Let the loop call a function; does nothing for a loop that has ended, since its tasks are all cancelled."""
        if not self._loop.is_closed():
            try:
                self._loop.call_soon_threadsafe(call)
            except RuntimeError:
                if not self._loop.is_closed():
                    raise

    def start(self) -> None:
        self._others.add(self)
        self.task = self._loop.create_task(self._run())
        self.task.add_done_callback(self._end)

    def cancel(self) -> None:
        self._cancelled = True
        if self._scope:
            self._scope.cancel()

    async def _run(self) -> ModelError | None:
        with anyio.CancelScope() as self._scope:
            if not self._cancelled:
                return await self._work()
        return closed()

    def _end(self, task: asyncio.Task[ModelError | None]) -> None:
        self._others.discard(self)
        self._done(closed() if task.cancelled() else task.result())


def _run(loop: asyncio.AbstractEventLoop, works: set[_Work]) -> None:
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.get_loop().run_forever()
        runner.run(_end(list(works)))


async def _end(works: list[_Work]) -> None:
    """Cancel all tasks, then run the loop a little longer, so that their connections can close."""
    for work in works:
        work.cancel()
    await asyncio.gather(*(work.task for work in works if work.task), return_exceptions=True)
    await asyncio.sleep(0.01)
