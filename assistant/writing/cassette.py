"""Records a language model's requests and replies in a file, the cassette, and replays them without the model."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, get_args

from assistant.core.draft import Usage
from assistant.core.errors import CassetteError
from assistant.writing.kept import Ending, KeepingStream, KeptReply, KeptStream, replace_file
from assistant.writing.model import LanguageModel, Message, ReplyStream, Request, Role, SchemaRefusedError

VERSION = 1

_SECONDS_BETWEEN_SIGNS = 0.25
_ANEW = "Record it anew with --record."


# Recording


@dataclass(slots=True)
class _Take:
    """A request with its reply; `done` is set when the reply has ended."""

    request: Request
    reply: KeptReply | None = None
    done: threading.Event = field(default_factory=threading.Event)


_Begun = tuple[_Take, ReplyStream | None]


class Recorder:
    """A LanguageModel that passes requests on and records each with its reply, for a `Player`.

    The very same request is sent once; if it comes again, it gets the same reply, as in a replay. So the file does not depend on
    the order in which threads ask, and two recordings of a deterministic model are the same, byte for byte. `commit` writes the
    file; a `with` block calls it unless it ends with an error. Until then an older file stays as it is.
    """

    def __init__(self, model: LanguageModel, path: str | Path) -> None:
        """Touches nothing yet.

        Args:
            model: answers the requests; closed with this one.
            path: the file to write; its folder must exist.
        """
        self._model = model
        self._path = Path(path)
        self._takes: dict[str, _Take] = {}
        self._refusal = ""
        self._guard = threading.Lock()

    @property
    def name(self) -> str:
        """The model's own name."""
        return self._model.name

    @property
    def path(self) -> Path:
        """Path of the file that `commit` writes."""
        return self._path

    @property
    def replies(self) -> tuple[KeptReply, ...]:
        """The replies recorded so far, in the file's order."""
        return tuple(reply for _, reply in self._ended())

    def stream(self, request: Request) -> ReplyStream:
        """See `LanguageModel.stream`; the model is asked when the stream is iterated."""
        return _RecordedStream(partial(self._begin, request))

    def commit(self) -> None:
        """Write all replies that have ended to the file.

        Raises:
            CassetteError: the file can't be written; an older one stays as it was.
        """
        header = {"footnote_cassette": VERSION, "model": self.name, "schema_refused": self._refusal}
        lines = [header, *({**request.blanked(), "reply": _to_dict(reply)} for request, reply in self._ended())]
        try:
            replace_file(self._path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        except OSError as error:
            raise CassetteError(
                f"{self._path}: can't be written: {error.strerror or error}. Name a file in a folder that can."
            ) from error

    def close(self) -> None:
        """See `LanguageModel.close`. Replies that were not committed are lost."""
        self._model.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self.commit()
        finally:
            self.close()

    def _begin(self, request: Request) -> _Begun:
        """The request's take, and the model's reply stream if the request is new."""
        key = request.key(self.name)
        with self._guard:
            take = self._takes.get(key)
            if take:
                # A request's name is for people only, and its choice must not depend on which thread asks first.
                take.request = min(take.request, request, key=lambda one: one.name)
                return take, None
            take = self._takes[key] = _Take(request)
        return take, KeepingStream(self._model.stream(request), partial(self._settle, key, take))

    def _settle(self, key: str, take: _Take, reply: KeptReply | None) -> None:
        with self._guard:
            if reply is None:
                del self._takes[key]
            elif reply.ending == "schema refused":
                # A refused schema is recorded for the model as a whole: which requests meet it depends on the order of threads.
                del self._takes[key]
                self._refusal = reply.error
            else:
                take.reply = reply
        take.done.set()

    def _ended(self) -> list[tuple[Request, KeptReply]]:
        with self._guard:
            takes = [(take.request.name, key, take) for key, take in self._takes.items()]
        return [(take.request, take.reply) for *_, take in sorted(takes, key=lambda one: one[:2]) if take.reply]


class _RecordedStream:
    """The model's reply, or its recorded reply to the same request."""

    def __init__(self, begin: Callable[[], _Begun]) -> None:
        self._begin = begin
        self._stream: ReplyStream | None = None
        self._closed = False
        self._refused = False

    @property
    def usage(self) -> Usage:
        """See `ReplyStream.usage`. A refused schema counts nothing, as in a replay."""
        return self._stream.usage if self._stream and not self._refused else Usage()

    def __iter__(self) -> Iterator[str]:
        """See `ReplyStream.__iter__`."""
        while not self._closed and self._stream is None:
            take, self._stream = self._begin()
            while not self._stream and not self._closed and not take.done.wait(_SECONDS_BETWEEN_SIGNS):
                yield ""
            if take.reply and not self._stream:
                self._stream = take.reply.stream()
        if self._stream:
            try:
                yield from self._stream
            except SchemaRefusedError:
                self._refused = True
                raise

    def close(self) -> None:
        """See `ReplyStream.close`."""
        self._closed = True
        if self._stream:
            self._stream.close()


def _to_dict(reply: KeptReply) -> dict[str, Any]:
    return {
        "pieces": list(reply.pieces),
        "ending": reply.ending,
        "error": reply.error,
        "requests": reply.usage.requests,
        "prompt_tokens": reply.usage.prompt_tokens,
        "completion_tokens": reply.usage.completion_tokens,
    }


# Replaying


class Player:
    """A LanguageModel that gives the replies of a recording and asks no model.

    The usage is the recorded one, without seconds. A request that is not in the file raises a CassetteError.
    """

    def __init__(self, path: str | Path) -> None:
        """Read a file that a `Recorder` wrote.

        Raises:
            CassetteError: the file can't be read, is damaged, or was written by another version; the message names file and
                line.
        """
        self._path = Path(path)
        first, *lines = _lines(self._path)
        self._name, self._refusal = self._header(first)
        self._replies: dict[str, KeptReply] = {}
        self._names: set[str] = set()
        for number, line in enumerate(lines, start=2):
            request, reply = self._entry(line, number)
            if self._replies.setdefault(request.key(self.name), reply) is not reply:
                raise self._damaged(number, f"the request {request.name!r} stands there twice")
            self._names.add(request.name)

    @property
    def name(self) -> str:
        """The name of the model that was recorded."""
        return self._name

    def stream(self, request: Request) -> ReplyStream:
        """See `LanguageModel.stream`."""
        reply = self._replies.get(request.key(self.name))
        if reply:
            return reply.stream()
        if request.schema and self._refusal:
            return KeptStream((), error=SchemaRefusedError(self._refusal))
        return KeptStream((), error=self._missing(request))

    def close(self) -> None:
        """See `LanguageModel.close`; there is nothing to close."""

    def _missing(self, request: Request) -> CassetteError:
        known = request.name in self._names
        why = "is recorded with other passages, prompts or limits alone" if known else "is not in this recording"
        return CassetteError(f"{self._path}: the request {request.name!r} {why}. {_ANEW}")

    def _header(self, line: str) -> tuple[str, str]:
        match self._json(line, 1):
            case {"footnote_cassette": int(version)} if version != VERSION:
                raise CassetteError(
                    f"{self._path}:1: this recording has version {version}, and this Footnote knows version {VERSION}. {_ANEW}"
                )
            case {"footnote_cassette": int(), "model": str(model), "schema_refused": str(refusal)}:
                return model, refusal
        raise self._damaged(1, "this is not the first line of a recording")

    def _entry(self, line: str, number: int) -> tuple[Request, KeptReply]:
        match self._json(line, number):
            case {
                "name": str(name),
                "messages": list(messages),
                "max_tokens": int(tokens),
                "schema": dict(schema),
                "reply": dict(reply),
            } if all(map(_is_message, messages)):
                asked = tuple(Message(message["role"], message["text"]) for message in messages)
                if found := _from_dict(reply):
                    return Request(name, asked, tokens, schema=schema), found
        raise self._damaged(number, "this is no request with its reply")

    def _json(self, line: str, number: int) -> Any:
        try:
            return json.loads(line)
        except (ValueError, RecursionError) as error:
            raise self._damaged(number, f"this is not JSON: {error}") from error

    def _damaged(self, number: int, what: str) -> CassetteError:
        return CassetteError(f"{self._path}:{number}: {what}. {_ANEW}")


def _lines(path: Path) -> list[str]:
    """The lines of a file, at least one. Only line feeds end a line, since texts may hold Unicode's other line separators."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CassetteError(
            f"{path}: can't be read: {error.strerror or error}. Check the path, or record it with --record."
        ) from error
    try:
        return content.decode().removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise CassetteError(f"{path}:{number}: this is not UTF-8. {_ANEW}") from error


def _is_message(data: Any) -> bool:
    match data:
        case {"role": role, "text": str()}:
            return role in get_args(Role)
    return False


def _from_dict(data: Mapping[str, Any]) -> KeptReply | None:
    match data:
        case {
            "pieces": list(pieces),
            "ending": ending,
            "error": str(error),
            "requests": int(requests),
            "prompt_tokens": int(read),
            "completion_tokens": int(written),
        } if ending in get_args(Ending) and all(isinstance(piece, str) for piece in pieces):
            return KeptReply(tuple(pieces), Usage(requests, read, written), ending, error)
    return None
