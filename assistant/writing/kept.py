"""Replies that are recorded as they come in and replayed piece by piece."""

from __future__ import annotations

import os
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from assistant.core.draft import Usage
from assistant.core.errors import CassetteError, ModelError
from assistant.writing.model import ReplyStream, SchemaRefusedError

Ending = Literal["whole", "closed early", "failed", "schema refused"]

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class KeptReply:
    """A recorded reply, as far as it came.

    Attributes:
        pieces: the pieces of its text, in order; without empty ones, which only show that time passed.
        usage: how much of the model it took, without seconds.
        ending: "whole"; "closed early" if the caller wanted no more; "failed" with a ModelError; "schema refused" with a
            SchemaRefusedError.
        error: the error's message; else empty.
    """

    pieces: tuple[str, ...]
    usage: Usage = field(default_factory=Usage)
    ending: Ending = "whole"
    error: str = ""

    def stream(self) -> KeptStream:
        """Replay the reply as far as it came, with the error that ended it."""
        kinds: dict[Ending, type[ModelError]] = {"failed": ModelError, "schema refused": SchemaRefusedError}
        kind = kinds.get(self.ending)
        return KeptStream(self.pieces, self.usage, kind(self.error) if kind else None)


class KeptStream:
    """A ReplyStream of pieces that are known already."""

    def __init__(self, pieces: tuple[str, ...], usage: Usage | None = None, error: ModelError | None = None) -> None:
        """Replays one reply.

        Args:
            pieces: the pieces of its text.
            usage: how much of a model it took; None = nothing.
            error: raised after the last piece; None = the reply ends there.
        """
        self._pieces = pieces
        self._usage = usage or Usage()
        self._error = error
        self._closed = False

    @property
    def usage(self) -> Usage:
        """See `ReplyStream.usage`; complete from the beginning."""
        return self._usage

    def __iter__(self) -> Iterator[str]:
        """See `ReplyStream.__iter__`."""
        for piece in self._pieces:
            if self._closed:
                return
            yield piece
        if self._error and not self._closed:
            raise self._error

    def close(self) -> None:
        """See `ReplyStream.close`."""
        self._closed = True


class KeepingStream:
    """A ReplyStream that passes another one on and, at its end, hands over the recorded reply."""

    def __init__(self, stream: ReplyStream, keep: Callable[[KeptReply | None], None]) -> None:
        """Records one reply.

        Args:
            stream: the stream to pass on.
            keep: called once at its end with the reply; with None if it ended with an error that is not the model's.
        """
        self._stream = stream
        self._keep = keep
        self._pieces: list[str] = []
        self._over = False
        self._guard = threading.Lock()

    @property
    def usage(self) -> Usage:
        """See `ReplyStream.usage`."""
        return self._stream.usage

    def __iter__(self) -> Iterator[str]:
        """See `ReplyStream.__iter__`."""
        try:
            for piece in self._stream:
                if piece:
                    self._pieces.append(piece)
                yield piece
        except CassetteError:
            self._end(None)
            raise
        except ModelError as error:
            self._end("schema refused" if isinstance(error, SchemaRefusedError) else "failed", str(error))
            raise
        except Exception:
            self._end(None)
            raise
        self._end("whole")

    def close(self) -> None:
        """See `ReplyStream.close`."""
        self._end("closed early")
        self._stream.close()

    def _end(self, ending: Ending | None, error: str = "") -> None:
        with self._guard:
            if self._over:
                return
            self._over = True
        usage = replace(self._stream.usage, seconds=0.0)
        self._keep(ending and KeptReply(tuple(self._pieces), usage, ending, error))


def replace_file(path: Path, text: str) -> None:
    """Write a file in UTF-8, atomically: the whole file is on the disk when this returns, and an older one stays until then.

    Args:
        path: the file; a symbolic link stays one, and its target is replaced.
        text: JSON. A lone surrogate in a string, which UTF-8 can't hold, is written as an escape.

    Raises:
        OSError: the file can't be written; an older one stays as it was.
    """
    target = path.resolve()
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    content = _LONE_SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode()
    if target.exists() and not target.is_file():
        # A device is written to, since replacing it by a file would destroy it. A folder gives an error.
        target.write_bytes(content)
        return
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
