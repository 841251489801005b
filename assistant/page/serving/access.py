"""Decides who may reach the page: under which host names, from which addresses, with which login."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
import re
import socket
from collections.abc import Iterable

from assistant.core.errors import PageError

LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
EVERY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not bound to

AuthPair = tuple[str, str]
"""User and password."""


def auth_pair(text: str) -> AuthPair:
    """Split "user:password" into user and password.

    Raises:
        PageError: it has another form. The message does not repeat the text, which may hold a password.
    """
    user, _, password = text.partition(":")
    return checked(user, password)


def checked(user: str, password: str) -> AuthPair:
    """Return user and password if they can be used as a login.

    Raises:
        PageError: one is empty, or the user has a colon, which HTTP Basic can't transport.
    """
    if not user or not password or ":" in user:
        raise PageError(
            "A login is a user and a password with a colon between them, neither of them empty: --auth USER:PASSWORD, "
            "or the environment variable FOOTNOTE_AUTH."
        )
    return user, password


def require_login(host: str, auth: AuthPair | None) -> None:
    """Make sure that a page without a login can be reached from this machine only.

    Raises:
        PageError: other machines reach `host`, and there is no login.
    """
    if auth is None and not is_loopback(host):
        raise PageError(
            f"At {host or 'every address'} others in the network reach the page, so it needs a login. Set one with "
            "--auth USER:PASSWORD, or better by the environment variable FOOTNOTE_AUTH, which no list of processes "
            "shows; or leave --host out, to be reached from this machine only."
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address. False for names other than "localhost", which are not looked up."""
    if host.lower() == "localhost":
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def in_url(host: str) -> str:
    """The host as a URL needs it: IPv6 addresses in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


class Hosts:
    """The names that the Host header of a request may have.

    A page that is open to the network may also be reached by the machine's own name. One that listens on every address accepts
    any numeric address, since the one that a router or a container shows to others can't be known; DNS rebinding attacks always
    use a name.
    """

    def __init__(self, host: str = "127.0.0.1", allowed: Iterable[str] = ()) -> None:
        """Take the address that the page listens on, and further names that are allowed, without ports."""
        self._numbers = host in EVERY_ADDRESS
        names = [*LOCAL_HOSTS, *allowed] + ([] if self._numbers else [host])
        if not is_loopback(host):
            own = socket.gethostname()
            names += [own, f"{own}.local", own.partition(".")[0]]
        self._names = frozenset(in_url(name).lower() for name in names if name)

    def __contains__(self, header: str) -> bool:
        """Whether a Host header names the page, whatever its port."""
        found = re.fullmatch(r"(\[[0-9a-f:.]+\]|[^:\[\]/@?#\s]+)(?::\d+)?", header.lower())
        if not found:
            return False
        return found[1] in self._names or (self._numbers and _address(found[1]) is not None)


class Login:
    """HTTP Basic authentication for one user; compares in constant time and keeps only a hash of the password."""

    def __init__(self, auth: AuthPair) -> None:
        """Take user and password."""
        self._digest = _digest(":".join(checked(*auth)).encode())

    def admits(self, header: str) -> bool:
        """Whether an Authorization header has the right user and password."""
        scheme, _, encoded = header.partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            given = base64.b64decode(encoded.strip(), validate=True)
        except (binascii.Error, ValueError):
            return False
        return hmac.compare_digest(_digest(given), self._digest)


def _digest(text: bytes) -> bytes:
    """A hash; all have the same length, so that comparing does not reveal the length of the password."""
    return hashlib.sha256(text).digest()


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None
