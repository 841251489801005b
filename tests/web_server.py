"""A web server on loopback whose every byte a test decides: path -> reply, whole or written piece by piece.

with web_server({"/a": reply(b"<p>Text.", "text/html")}) as server:
    server.url + "/a"; server.asked  # ["/robots.txt", "/a"]
"""

from __future__ import annotations

import contextlib
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

Reply = bytes | Callable[[Callable[[bytes], None]], None]
"""All bytes, or a function that is given one that sends some."""


@dataclass
class WebServer:
    """A running server; `replies` may be changed at any time."""

    port: int
    replies: dict[str, Reply]
    heads: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its address, without a path."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def asked(self) -> list[str]:
        """The paths that it was asked for."""
        return [head.split()[1] for head in self.heads]


def reply(body: bytes = b"", kind: str = "text/plain", *, status: int = 200, **headers: str) -> bytes:
    """A reply of HTTP; of the headers, "_" stands for "-"."""
    said = {"Content-Length": str(len(body)), "Content-Type": kind}
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = (f"HTTP/1.1 {status} Said", *(f"{name}: {value}" for name, value in said.items() if value), "", "")
    return "\r\n".join(lines).encode() + body


@contextmanager
def web_server(replies: Mapping[str, Reply], tls: ssl.SSLContext | None = None) -> Iterator[WebServer]:
    """Serve for as long as the block lasts; of a path that is not named, 404."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            # The client may leave at any time; one that trusts no certificate does so before it asks.
            with contextlib.suppress(OSError, IndexError):
                asked = tls.wrap_socket(self.request, server_side=True) if tls else self.request
                with asked:
                    head = b""
                    while b"\r\n\r\n" not in head and (more := asked.recv(65536)):
                        head += more
                    if not head:
                        return
                    server.heads.append(head.decode("ascii"))
                    said = server.replies.get(server.asked[-1], reply(status=404))
                    asked.sendall(said) if isinstance(said, bytes) else said(asked.sendall)

    class Listening(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True
        block_on_close = False

    with Listening(("127.0.0.1", 0), Handler) as listening:
        server = WebServer(listening.server_address[1], dict(replies))
        thread = threading.Thread(target=listening.serve_forever, args=[0.05])
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()
