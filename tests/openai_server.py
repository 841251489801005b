"""A server on loopback that speaks the OpenAI protocol as far as Footnote needs it; each request is answered by a script.

    with openai_server("Hello.", Status(429, {"Retry-After": "0"}), Reply(["Hel", "lo."], delay=0.1)) as server:
        settings = load_settings(llm=server.llm)          # openai-like:scripted@http://127.0.0.1:PORT/v1
        ...
        server.requests[0]["messages"]

The first request gets the first script and so on; the last one again and again. A script is a text, a `Reply`, a `Status`,
`Silence()`, a `Raw`, or a function of the request's JSON that gives one of them.
"""

from __future__ import annotations

import json
import re
import select
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain, repeat
from typing import Any

MODEL = "scripted"


@dataclass(frozen=True)
class Reply:
    """A text, streamed.

    Attributes:
        text: whole, then a piece is a word; or in pieces, which may be made while they are sent.
        delay: seconds before each piece.
        hang_after: this many pieces come, then nothing, and the connection stays open.
        cut_after: this many pieces come, then the connection breaks.
        end_after: this many pieces come, then the body ends in order, but neither a finish reason nor [DONE] was sent.
        thinking: sent first as `reasoning_content`, in one piece.
        finish: the finish reason.
        usage: (prompt tokens, completion tokens), sent if they are asked for; None = this server never says.
    """

    text: str | Iterable[str] = ""
    delay: float = 0.0
    hang_after: int | None = None
    cut_after: int | None = None
    end_after: int | None = None
    thinking: str = ""
    finish: str = "stop"
    usage: tuple[int, int] | None = (11, 7)

    @property
    def pieces(self) -> Iterable[str]:
        """As they are sent; pieces of one's own are only asked for when their turn has come."""
        return re.findall(r"\S+\s*|\s+", self.text) if isinstance(self.text, str) else self.text


@dataclass(frozen=True)
class Status:
    """An answer that is no reply, with a body in the protocol's form that repeats the key, as careless servers do."""

    code: int
    headers: Mapping[str, str] = field(default_factory=dict)
    message: str = "the server's own words"


@dataclass(frozen=True)
class Silence:
    """Nothing at all; the connection stays open."""


@dataclass(frozen=True)
class Raw:
    """Any bytes as the body of a 200; `drip` seconds between two bytes."""

    body: bytes
    content_type: str = "text/event-stream"
    drip: float = 0.0


Answer = str | Reply | Status | Silence | Raw
Script = Answer | Callable[[dict[str, Any]], Answer]


class OpenAIServer:
    """What was seen; see `openai_server`.

    Attributes:
        address: where the API begins.
        llm: the setting that names the model.
        requests: the JSON of each request for a reply.
        headers: their headers, names in small letters.
        paths: of every request, with its method.
        gone: set when a client leaves before the end of its reply.
        most_open: the most requests that were open at once.
    """

    def __init__(self, scripts: Sequence[Script], models: Sequence[str]) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.gone = threading.Event()
        self.most_open = 0
        self.models = models
        self.stopping = threading.Event()
        self._scripts = chain(scripts, repeat(scripts[-1] if scripts else Reply()))
        self._guard = threading.Lock()
        self._open = 0
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.seen = self
        self.address = f"http://127.0.0.1:{self._http.server_port}/v1"
        self.llm = f"openai-like:{MODEL}@{self.address}"

    def reached(self, times: int = 1) -> bool:
        """Wait until it has been asked so often; False if that takes more than half a minute."""
        until = time.monotonic() + 30
        while len(self.requests) < times and time.monotonic() < until:
            time.sleep(0.01)
        return len(self.requests) >= times

    @contextmanager
    def running(self) -> Iterator[OpenAIServer]:
        thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield self
        finally:
            self.stopping.set()
            self._http.shutdown()
            thread.join()
            self._http.server_close()

    @contextmanager
    def answering(self, body: dict[str, Any], headers: dict[str, str]) -> Iterator[Answer]:
        """The script of one request, which is open meanwhile."""
        with self._guard:
            self.requests.append(body)
            self.headers.append(headers)
            script = next(self._scripts)
            self._open += 1
            self.most_open = max(self.most_open, self._open)
        try:
            yield script(body) if callable(script) else script
        finally:
            with self._guard:
                self._open -= 1


@contextmanager
def openai_server(*scripts: Script, models: Sequence[str] = (MODEL,)) -> Iterator[OpenAIServer]:
    """A running server; it is gone at the end, whatever its requests are at.

    Args:
        scripts: what it answers, in order, the last one again and again; none = empty replies.
        models: what it says that it has, at /v1/models.
    """
    with OpenAIServer(scripts, models).running() as server:
        yield server


class _GoneError(Exception):
    """The client left, or the server is to stop."""


class _Http(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 64
    seen: OpenAIServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that leaves is no error here."""
        self.seen.gone.set()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        self.server.seen.paths.append(f"GET {self.path}")
        if self.path != "/v1/models":
            self._whole(404, {"error": {"message": "no such page"}})
        else:
            self._whole(
                200, {"object": "list", "data": [{"id": m, "object": "model"} for m in self.server.seen.models]}
            )

    def do_POST(self) -> None:
        seen = self.server.seen
        seen.paths.append(f"POST {self.path}")
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/chat/completions":
            self._whole(404, {"error": {"message": "no such page"}})
            return
        with seen.answering(body, {name.lower(): value for name, value in self.headers.items()}) as answer:
            try:
                self._answer(Reply(answer) if isinstance(answer, str) else answer, body)
            except (_GoneError, OSError):
                if not seen.stopping.is_set():
                    seen.gone.set()
        self.close_connection = True

    def _answer(self, answer: Reply | Status | Silence | Raw, body: dict[str, Any]) -> None:
        if isinstance(answer, Reply):
            self._reply(answer, body)
        elif isinstance(answer, Status):
            told = f"{answer.message} {self.headers.get('Authorization', '')}"
            self._whole(answer.code, {"error": {"message": told, "type": "scripted", "code": None}}, answer.headers)
        elif isinstance(answer, Raw):
            self._raw(answer)
        else:
            self._wait(None)

    def _reply(self, reply: Reply, body: dict[str, Any]) -> None:
        self._begin("text/event-stream")
        self._event(choices=[_choice({"role": "assistant", "content": ""})])
        if reply.thinking:
            self._event(choices=[_choice({"reasoning_content": reply.thinking})])
        stops = {reply.hang_after, reply.cut_after, reply.end_after}
        for number, piece in enumerate(chain(reply.pieces, [None])):
            if number in stops:
                self._stop_short(reply)
                return
            if piece is not None:
                self._wait(reply.delay)
                self._event(choices=[_choice({"content": piece})])
        self._event(choices=[_choice({}, reply.finish)])
        if reply.usage and (body.get("stream_options") or {}).get("include_usage"):
            prompt, written = reply.usage
            counts = {"prompt_tokens": prompt, "completion_tokens": written, "total_tokens": prompt + written}
            self._event(choices=[], usage=counts)
        self._send(b"data: [DONE]\n\n")
        self._send(b"")

    def _stop_short(self, reply: Reply) -> None:
        if reply.hang_after is not None:
            self._wait(None)
        elif reply.end_after is not None:
            self._send(b"")
        else:
            self.connection.shutdown(socket.SHUT_RDWR)

    def _raw(self, raw: Raw) -> None:
        self._begin(raw.content_type)
        if not raw.drip:
            self._send(raw.body)
        for byte in raw.body if raw.drip else b"":
            self._wait(raw.drip)
            self._send(bytes([byte]))
        self._send(b"")

    def _whole(self, code: int, found: Any, headers: Mapping[str, str] | None = None) -> None:
        body = json.dumps(found).encode()
        self.send_response(code)
        for name, value in {**(headers or {}), "Connection": "close", "Content-Type": "application/json"}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _begin(self, content_type: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()

    def _event(self, **found: Any) -> None:
        event = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": MODEL, **found}
        self._send(b"data: " + json.dumps(event).encode() + b"\n\n")

    def _send(self, data: bytes) -> None:
        """One chunk of the body; an empty one ends it."""
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def _wait(self, seconds: float | None) -> None:
        """Let time pass; None = until the client leaves, which is noticed at once here and in any wait."""
        end = None if seconds is None else time.monotonic() + seconds
        while end is None or time.monotonic() < end:
            left = 0.05 if end is None else max(0.0, min(0.05, end - time.monotonic()))
            readable, _, _ = select.select([self.connection], [], [], left)
            if self.server.seen.stopping.is_set() or (readable and not self.connection.recv(1, socket.MSG_PEEK)):
                raise _GoneError


def _choice(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "finish_reason": finish}
