"""Opens the page's socket before anything slow begins; if the port is taken, the error names the next free one."""

from __future__ import annotations

import contextlib
import os
import socket

from assistant.core.errors import PageError, PortInUseError


def listen(host: str, port: int) -> socket.socket:
    """Open a listening socket.

    Raises:
        PortInUseError: another program listens there; the message names the next free port.
        PageError: the address can't be listened on.
    """
    try:
        return _bound(host, port)
    except OSError as error:
        import errno

        if error.errno == errno.EADDRINUSE:
            free = next_free_port(host, port + 1)
            remedy = f"Use the next free one: --port {free}." if free else "Choose another with --port."
            raise PortInUseError(f"Port {port} on {host} is in use by another program. {remedy}") from None
        raise PageError(
            f"The page can't listen on {host}, port {port}: {error.strerror or error}. "
            "Choose an address of this machine with --host and a port above 1023 with --port."
        ) from error


def next_free_port(host: str, first: int) -> int | None:
    """The first free port from `first` on; None if the first hundred are taken."""
    for port in range(first, min(first + 100, 65536)):
        with contextlib.suppress(OSError):
            _bound(host, port).close()
            return port
    return None


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # allows an immediate restart; on Windows it would let two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener
