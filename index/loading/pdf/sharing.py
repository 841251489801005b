"""A job in shares, each done by a process of its own, which begins with all that this one has."""

from __future__ import annotations

import marshal
import os

from index.loading.limits import end_with_parent

TYPE_CHECKING = False
if TYPE_CHECKING:  # The child process has no use for them.
    from collections.abc import Callable, Sequence
    from typing import Any, BinaryIO

    Ask = Callable[[Any], Any]
    """Takes plain values, such as lists and texts, and gives those that the other side answers with."""

_KILL = 9
_SIZE = 8


class TeamError(Exception):
    """A process of a team failed."""


class Team:
    """Processes that do a share each. They have the limits of this one, and end with it; in a `with` block, they end there."""

    def __init__(self, work: Callable[[Any, Ask], Any], shares: Sequence[Any]) -> None:
        """Start a process for each share.

        Args:
            work: takes a share, and what asks this process; gives plain values.
            shares: what to do.

        Raises:
            TeamError: a process can't be started.
        """
        self._members: list[tuple[int, BinaryIO, BinaryIO]] = []
        try:
            for share in shares:
                self._members.append(self._started(work, share))
        except OSError as error:
            self.end()
            raise TeamError(str(error)) from error

    def __enter__(self) -> Team:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def hear(self) -> list[Any]:
        """What each process asks or gives next, in the order of the shares.

        Raises:
            TeamError: a process ended before.
        """
        try:
            return [_received(heard) for _, heard, _ in self._members]
        except (MemoryError, ValueError, EOFError, TypeError, OSError) as error:
            raise TeamError(str(error)) from error

    def answer(self, answers: Sequence[Any]) -> None:
        """Answer each process what it asked.

        Raises:
            TeamError: a process ended before.
        """
        try:
            for (_, _, told), answer in zip(self._members, answers, strict=True):
                _send(told, answer)
        except OSError as error:
            raise TeamError(str(error)) from error

    def end(self) -> None:
        """End all processes, whatever they do."""
        for process, heard, told in self._members:
            os.kill(process, _KILL)
            os.waitpid(process, 0)
            heard.close()
            try:
                told.close()
            except OSError:
                continue  # What it was told and did not read is lost.
        self._members = []

    def _started(self, work: Callable[[Any, Ask], Any], share: Any) -> tuple[int, BinaryIO, BinaryIO]:
        own_in, their_out = os.pipe()
        their_in, own_out = os.pipe()
        parent = os.getpid()
        process = os.fork()
        if process:
            os.close(their_out)
            os.close(their_in)
            return process, os.fdopen(own_in, "rb"), os.fdopen(own_out, "wb")
        try:
            end_with_parent()
            if os.getppid() == parent:
                heard, told = os.fdopen(their_in, "rb"), os.fdopen(their_out, "wb")

                def ask(question: Any) -> Any:
                    _send(told, question)
                    return _received(heard)

                _send(told, work(share, ask))
        finally:
            # Whatever happened, nothing of what this process was before goes on in it.
            os._exit(0)


def _send(file: BinaryIO, values: Any) -> None:
    data = marshal.dumps(values)
    file.write(len(data).to_bytes(_SIZE, "big") + data)
    file.flush()


def _received(file: BinaryIO) -> Any:
    size = int.from_bytes(file.read(_SIZE), "big")
    data = file.read(size)
    if not size or len(data) < size:
        raise EOFError("it ended")
    return marshal.loads(data)  # noqa: S302  # from a process of our own, with the limits of this one
