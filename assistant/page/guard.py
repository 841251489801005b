"""The guard in front of the page: which hosts, origins, paths and sizes are let in, and the headers on every response.

Plain ASGI, because Starlette's BaseHTTPMiddleware holds streamed answers back.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 1024 * 1024
"""A question has 2,000 characters; Gradio wraps some hundred bytes around it."""

_DRAINED_BYTES = 64 * 1024 * 1024
"""What is read and thrown away of a body that is too large, so that its sender gets to read the refusal."""

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'nonce-{nonce}'",
        "style-src 'self' 'unsafe-inline'",  # Gradio's components set style attributes and add <style> elements
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "frame-src 'none'",
        "worker-src 'self'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

_OPEN_PATHS = re.compile(
    r"/(theme\.css|favicon\.ico|manifest\.json|robots\.txt|config/?)?"
    r"|/(assets|static|page)/.+"
    r"|/gradio_api/(theme\.css|info/?|startup-events|cancel|reset/?|heartbeat/[^/]+"
    r"|queue/(join|data)|call/[^/]+(/[^/]+)?)"
)
"""What the page and `gradio_client` need. Gradio serves more (files, uploads, a proxy): none of it is used here."""

_SCRIPT = re.compile(rb"<script(?=[\s>])")


class Closing:
    """Ends the streams of open tabs when the server ends; each would hold it up for ever."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def begin(self) -> None:
        """The server ends; called in the thread of its event loop."""
        self._event.set()

    async def disconnected(self, receive: Receive) -> Message:
        """The next message of the client; a disconnect as soon as the server ends."""
        if self._event.is_set():
            return _DISCONNECT
        message = asyncio.ensure_future(receive())
        ended = asyncio.ensure_future(self._event.wait())
        try:
            await asyncio.wait((message, ended), return_when=asyncio.FIRST_COMPLETED)
            return message.result() if message.done() else _DISCONNECT
        finally:
            message.cancel()
            ended.cancel()


_DISCONNECT: Message = {"type": "http.disconnect"}


class Guard:
    """ASGI middleware: refuses what does not come from the page itself, and adds the security headers."""

    def __init__(
        self, app: ASGIApp, *, hosts: Iterable[str], closing: Closing, max_body_bytes: int = MAX_BODY_BYTES
    ) -> None:
        """Stand in front of `app`.

        Args:
            app: what is guarded.
            hosts: names under which the page may be reached, without ports.
            closing: tells when the server ends.
            max_body_bytes: a longer request body is refused with 413.
        """
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)
        self._closing = closing
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or refuse with 400 (host), 403 (origin), 404 (path) or 413 (size)."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})  # the page uses none
            return
        sender = _Sender(send, rewrite=scope["path"] == "/")
        if refusal := self._refusal(scope):
            await refusal(scope, receive, sender)
            return
        body = await self._body(scope, receive)
        if body is None:
            text = f"The request is larger than {self._max_body_bytes:,} bytes."
            await PlainTextResponse(text, status_code=413)(scope, receive, sender)
            return
        await self._app(scope, self._replay(body, receive), sender)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if _host_name(host) not in self._hosts:
            text = f"Unknown host {host[:100]!r}. Reach the page by the name it was started with (footnote serve --host NAME)."
            return PlainTextResponse(text, status_code=400)
        origin = headers.get("origin")
        if origin is not None and _site(origin) != host.lower():
            return PlainTextResponse("Requests from other sites are refused.", status_code=403)
        path = scope["path"]
        if ".." in path or not _OPEN_PATHS.fullmatch(path):
            return PlainTextResponse("Not found.", status_code=404)
        return None

    async def _body(self, scope: Scope, receive: Receive) -> bytes | None:
        """The whole body; None if it is over the limit, or its sender has gone."""
        length = Headers(scope=scope).get("content-length", "0")
        too_large = not length.isdecimal() or int(length) > self._max_body_bytes
        parts: list[bytes] = []
        size, more = 0, True
        while more and size <= _DRAINED_BYTES:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            part = message.get("body", b"")
            size += len(part)
            too_large = too_large or size > self._max_body_bytes
            if not too_large:
                parts.append(part)
            more = message.get("more_body", False)
        return None if too_large else b"".join(parts)

    def _replay(self, body: bytes, receive: Receive) -> Receive:
        """A `receive` that gives the body once, then waits for the disconnect."""
        given = False

        async def replayed() -> Message:
            nonlocal given
            if given:
                return await self._closing.disconnected(receive)
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        return replayed


class _Sender:
    """Adds the headers to a response; in the page itself, lets Gradio's own inline scripts run by their nonce."""

    def __init__(self, send: Send, *, rewrite: bool) -> None:
        self._send = send
        self._rewrite = rewrite
        self._nonce = secrets.token_urlsafe(16)
        self._start: Message | None = None
        self._parts: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            headers["content-security-policy"] = _POLICY.format(nonce=self._nonce)
            self._rewrite = self._rewrite and headers.get("content-type", "").startswith("text/html")
            if self._rewrite:
                headers["cache-control"] = "no-store"
                self._start = message
                return
        elif self._rewrite and self._start is not None:
            self._parts.append(message.get("body", b""))
            if message.get("more_body", False):
                return
            await self._send_rewritten(self._start)
            return
        await self._send(message)

    async def _send_rewritten(self, start: Message) -> None:
        """Every `<script` in the page is Gradio's: what else is in it is JSON, in which `<` is written as an escape."""
        page = _SCRIPT.sub(b'<script nonce="%s"' % self._nonce.encode(), b"".join(self._parts))
        headers = MutableHeaders(scope=start)
        headers["content-length"] = str(len(page))
        await self._send(start)
        await self._send({"type": "http.response.body", "body": page})


def _host_name(host: str) -> str:
    """The name in a Host header, without its port, in lower case; IPv6 addresses in their brackets."""
    found = re.fullmatch(r"(\[[0-9a-f:.]+\]|[^:\[\]/@?#\s]+)(?::\d+)?", host.lower())
    return found[1] if found else ""


def _site(origin: str) -> str:
    """Host and port of an Origin header; empty if it has none (`null`) or can't be read."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
