"""Guards the page: checks host, login, origin, path and size of requests, and adds security headers to all responses.

Plain ASGI, because Starlette's BaseHTTPMiddleware delays streamed answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.core.settings import Settings
from assistant.page.serving.access import Hosts, Login
from assistant.page.serving.closing import DISCONNECT, Closing

_MEBIBYTE = 1024 * 1024
_DRAINED_BYTES = 64 * _MEBIBYTE
"""How much of a body is read and discarded beyond its limit, so that the client gets to read the refusal."""

_SECONDS_AFTER_A_WRONG_PASSWORD = 1.0

_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

_OPEN_PATHS = re.compile(
    r"/(favicon\.ico|config/?)?"
    r"|/page/.+"
    r"|/page-picture/[^/]+"
    r"|/gradio_api/(info/?|startup-events|cancel|reset/?|heartbeat/[^/]+|queue/(join|data)"
    r"|run/[^/]+|call/(v2/)?[^/]+(/[^/]+)?|upload|upload_progress)"
)
"""The paths that the page and `gradio_client` need. Gradio serves more (its own front end, files, a proxy), all unused here."""

_UPLOAD = "/gradio_api/upload"
_TEXT = re.compile(r"/gradio_api/(call|call/v2|run)/add_text")


@dataclass(frozen=True, slots=True)
class Limits:
    """How many bytes the body of a request may have.

    Attributes:
        question: any request but the two below. A question has 2,000 characters, with some hundred bytes around it.
        text: a request that adds a pasted text.
        upload: a request that uploads a file, with its multipart envelope.
    """

    question: int = _MEBIBYTE
    text: int = _MEBIBYTE
    upload: int = _MEBIBYTE

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Limits that fit the longest article that the settings allow, at up to four bytes a character."""
        return cls(text=4 * settings.max_article_chars + _MEBIBYTE, upload=settings.max_file_bytes + _MEBIBYTE)

    def at(self, path: str) -> int:
        """The limit at this path."""
        if path == _UPLOAD:
            return self.upload
        return self.text if _TEXT.fullmatch(path) else self.question


class Guard:
    """ASGI middleware that refuses requests from elsewhere than the page itself, and adds the security headers."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Hosts,
        closing: Closing,
        login: Login | None = None,
        limits: Limits | None = None,
        further_paths: Iterable[str] = (),
    ) -> None:
        """Stand in front of `app`.

        Args:
            app: the guarded application.
            hosts: names under which the page may be reached.
            closing: ends waiting requests when the server shuts down.
            login: checked on every request; None = no login.
            limits: a longer request body is refused with 413.
            further_paths: allowed beside those of the page.
        """
        self._app = app
        self._hosts = hosts
        self._closing = closing
        self._login = login
        self._limits = limits or Limits()
        self._further_paths = frozenset(further_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or refuse with 400 (host), 401 (login), 403 (origin), 404 (path) or 413 (size)."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})  # the page uses no web sockets
        elif refusal := await self._refusal(scope):
            await refusal(scope, receive, _with_headers(send))
        else:
            body = _Body(scope, receive, self._limits.at(scope["path"]), self._closing)
            serve = self._serve_streamed if scope["path"] == _UPLOAD else self._serve_whole
            await serve(scope, body, _with_headers(send))

    async def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if host not in self._hosts:
            text = f"Unknown host {host[:100]!r}. Let a further name in with: footnote serve --allow-host NAME"
            return PlainTextResponse(text, status_code=400)
        if self._login and not self._login.admits(headers.get("authorization", "")):
            if "authorization" in headers:
                await asyncio.sleep(_SECONDS_AFTER_A_WRONG_PASSWORD)
            challenge = {"www-authenticate": 'Basic realm="Footnote", charset="UTF-8"'}
            return PlainTextResponse("A login is needed.", status_code=401, headers=challenge)
        origin = headers.get("origin")
        if origin is not None and _site(origin) != host.lower():
            return PlainTextResponse("Requests from other sites are refused.", status_code=403)
        path = scope["path"]
        if ".." in path or not (_OPEN_PATHS.fullmatch(path) or path in self._further_paths):
            return PlainTextResponse("Not found.", status_code=404)
        return None

    async def _serve_whole(self, scope: Scope, body: _Body, send: Send) -> None:
        """Read the whole body, then call the application."""
        parts = [part async for part in body.parts()]
        if body.gone:
            return
        if body.too_large:
            await body.refusal()(scope, body.receive, send)
            return
        given = False

        async def receive() -> Message:
            nonlocal given
            if given:
                return await body.receive()
            given = True
            return {"type": "http.request", "body": b"".join(parts), "more_body": False}

        await self._app(scope, receive, send)

    async def _serve_streamed(self, scope: Scope, body: _Body, send: Send) -> None:
        """Pass the body on as it arrives. The response waits for the end of the body: until then clients don't read."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                await body.drain()
            if not body.too_large:
                await send(message)

        if not body.too_large:
            with contextlib.suppress(ClientDisconnect):  # the client has disconnected, or is refused
                await self._app(scope, body.receive, answer)
        if body.too_large:
            await body.drain()
            await body.refusal()(scope, body.receive, send)


class _Body:
    """The body of a request; as soon as it exceeds the limit, the application sees a disconnect."""

    def __init__(self, scope: Scope, receive: Receive, limit: int, closing: Closing) -> None:
        length = Headers(scope=scope).get("content-length", "0")
        self.too_large = not length.isdecimal() or int(length) > limit
        self.gone = False
        self._ended = False
        self._receive = receive
        self._closing = closing
        self._limit = limit
        self._size = 0

    async def receive(self) -> Message:
        """The client's next message, for the application."""
        if self.gone or self.too_large:
            return DISCONNECT
        message = await self._next()
        return DISCONNECT if self.too_large else message

    async def drain(self) -> None:
        """Read the rest of the body and discard it, up to `_DRAINED_BYTES` beyond the limit."""
        async for _ in self.parts():
            pass

    async def parts(self) -> AsyncIterator[bytes]:
        """The rest of the body in parts; none once it is too large."""
        while not (self._ended or self.gone) and self._size <= self._limit + _DRAINED_BYTES:
            part = (await self._next()).get("body", b"")
            if not self.too_large:
                yield part

    async def _next(self) -> Message:
        message = await self._closing.message(self._receive)
        if message["type"] == "http.disconnect":
            self.gone = True
            return message
        self._size += len(message.get("body", b""))
        self._ended = not message.get("more_body", False)
        self.too_large = self.too_large or self._size > self._limit
        return message

    def refusal(self) -> PlainTextResponse:
        """The response to a body that is too large."""
        return PlainTextResponse(f"The request is larger than {self._limit:,} bytes.", status_code=413)


def _with_headers(send: Send) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(_HEADERS)
            headers.setdefault("cache-control", "no-store")
        await send(message)

    return sender


def _site(origin: str) -> str:
    """Host and port of an Origin header; "" if it has none (`null`) or is malformed."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
