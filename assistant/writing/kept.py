"""Replies that are kept: written down as they come in, and given again piece by piece."""

from __future__ import annotations

import os
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from assistant.core.answer import Usage
from assistant.core.errors import CassetteError, ModelError
from assistant.writing.model import ReplyStream, SchemaRefusedError

Ending = Literal["whole", "closed early", "failed", "schema refused"]

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class KeptReply:
    """A reply as far as it came.

    Attributes:
        pieces: of its text, in order; no empty ones, for these only tell how time went by.
        usage: what it took, without seconds.
        ending: "whole"; "closed early" by whoever asked, who wanted no more; "failed" with a ModelError, "schema refused" with
            a SchemaRefusedError.
        error: the error's message; else empty.
    """

    pieces: tuple[str, ...]
    usage: Usage = field(default_factory=Usage)
    ending: Ending = "whole"
    error: str = ""

    def stream(self) -> KeptStream:
        """The reply once more: as far as it came, with the error that it ended with."""
        kinds: dict[Ending, type[ModelError]] = {"failed": ModelError, "schema refused": SchemaRefusedError}
        kind = kinds.get(self.ending)
        return KeptStream(self.pieces, self.usage, kind(self.error) if kind else None)


class KeptStream:
    """A ReplyStream of pieces that are there already."""

    def __init__(self, pieces: tuple[str, ...], usage: Usage | None = None, error: ModelError | None = None) -> None:
        """Of one reply.

        Args:
            pieces: of its text.
            usage: what it took; None = nothing.
            error: raised after the last piece; None = it ends there.
        """
        self._pieces = pieces
        self._usage = usage or Usage()
        self._error = error
        self._closed = False

    @property
    def usage(self) -> Usage:
        """See `ReplyStream.usage`; at once all of it."""
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
    """A ReplyStream that passes another one on, and hands over what came of it when that has ended."""

    def __init__(self, stream: ReplyStream, keep: Callable[[KeptReply | None], None]) -> None:
        """Of one reply.

        Args:
            stream: is passed on.
            keep: called once, at its end; None = it ended with an error that says nothing of the model.
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
    """Write a file in UTF-8, on the disk when this returns; it is never there half, and an older one stays until then.

    Args:
        path: of the file; a link stays one, and what it points to is replaced.
        text: JSON, in whose strings half a surrogate pair is written as an escape, for it is no UTF-8.

    Raises:
        OSError: it can't be written; what was there is as it was.
    """
    target = path.resolve()
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    content = _LONE_SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode()
    if target.exists() and not target.is_file():
        # A device is written to: a file in its place would be the end of it. A folder gives an error.
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
