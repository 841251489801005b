"""Fetches a file over http or https: within limits of size and time, from public addresses only, as robots.txt allows.

A proxy looks names up by itself, so the addresses behind it could not be checked: where one is set, nothing is fetched.
"""

from __future__ import annotations

import io
import ipaddress
import queue
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from importlib.metadata import PackageNotFoundError, version
from typing import Any, cast
from urllib.request import getproxies, proxy_bypass
from urllib.robotparser import RobotFileParser

import httpx

from index.errors import ArticleTooLargeError, FetchError
from index.settings import IndexSettings

Resolve = Callable[[str, int], Sequence[str]]
"""Gives all addresses of a host, as numbers; none, or an OSError, if it is not known."""

_AGENT = "Footnote"
_MOST_REDIRECTS = 5
_PERMANENT = frozenset({301, 308})
_REDIRECTS = _PERMANENT | {302, 303, 307}
_MOST_ROBOTS_BYTES = 512 * 1024
_CHUNK = 64 * 1024
_PORTS = {"http": 80, "https": 443}
_SAVE = "Save the page in your browser and add the file"

_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("192.0.0.0/24", "192.88.99.0/24"),
        # Of IPv6, only what is in use on the internet, less the ranges that carry an IPv4 address or are for documents.
        *("::/3", "4000::/2", "8000::/1", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)
"""Beside what Python says, whose versions differ in what they take for public."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file from the web.

    Attributes:
        url: the address, normalised; after permanent redirects, the one that they lead to.
        content: the file's bytes, unpacked.
        content_type: its kind, as the server says, without parameters; may be empty.
        charset: its encoding, as the server says; may be empty.
    """

    url: str
    content: bytes
    content_type: str
    charset: str


def addresses_of(host: str, port: int) -> list[str]:
    """The addresses of a host by the system's resolver."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def fetch(
    url: str, settings: IndexSettings, *, accept: Callable[[str, str], object], resolve: Resolve = addresses_of
) -> Fetched:
    """Fetch a file.

    At most five redirects are followed. For each, as for the first, the site's robots.txt is asked, and every address of the
    host must be public; the connection is made to one of those that were checked.

    Args:
        url: the address.
        settings: the settings with the limits; `web` is not looked at: the caller has leave.
        accept: called with a kind of content and the address, before the content is read; what is false refuses it.
        resolve: gives the addresses of a host.

    Raises:
        FetchError: it can't or must not be fetched.
        ArticleTooLargeError: it is over `max_file_bytes`.
    """
    try:
        return _Fetching(settings, resolve).fetched(url, accept)
    except _TooLargeError:
        remedy = "Raise FOOTNOTE_MAX_FILE_BYTES, or add a part of it."
        raise ArticleTooLargeError(f"{url} has more than {settings.max_file_bytes:,} bytes. {remedy}") from None
    except _RefusedError as error:
        reason = str(error)
    except httpx.InvalidURL:
        reason = "it is no address, or leads to what is none. Check it"
    except ssl.SSLCertVerificationError as error:
        reason = f"its server's certificate can't be trusted ({error.verify_message}). Check the address"
    except TimeoutError:
        reason = f"it took more than {settings.web_seconds:g} seconds. Try again later, or raise FOOTNOTE_WEB_SECONDS"
    except (OSError, HTTPException, ValueError, zlib.error) as error:
        # Nothing that the server wrote is shown.
        what = getattr(error, "strerror", None) or "its server's reply is broken, or breaks off"
        reason = f"{what}. Check the address, or try again later"
    raise FetchError(f"{url} can't be fetched: {reason}.")


class _RefusedError(Exception):
    """Why something is not fetched, with what to do."""


class _TooLargeError(Exception):
    """A reply is over the limit."""


class _Stream(io.RawIOBase):
    """The bytes that come over a connection, each waited for no longer than the whole may still take."""

    def __init__(self, connection: socket.socket, left: Callable[[], float]) -> None:
        self._connection = connection
        self._left = left

    def makefile(self, mode: str) -> io.BufferedReader:
        """For `HTTPResponse`, which takes a socket."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(self._left())
        return self._connection.recv_into(buffer)


class _Fetching:
    """One fetch: its limits, and what its sites' robots.txt say."""

    def __init__(self, settings: IndexSettings, resolve: Resolve) -> None:
        self._settings = settings
        self._resolve = resolve
        self._until = time.monotonic() + settings.web_seconds
        self._robots: dict[str, RobotFileParser] = {}

    def fetched(self, address: str, accept: Callable[[str, str], object]) -> Fetched:
        with self._followed(httpx.URL(address.strip()), self._ask_robots) as (reply, source):
            if reply.status != 200:
                raise _RefusedError(_meaning(reply.status))
            # Without the header, Python would say text/plain.
            kind = reply.headers.get_content_type() if "Content-Type" in reply.headers else ""
            if not accept(kind, str(source)):
                # What a server writes is not repeated unless it has the form of a kind.
                shown = kind if re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,60}", kind) else "of no kind that is known"
                raise _RefusedError(f"its content is {shown}, which can't be read. Add a page, a text or a document")
            content = self._body(reply, self._settings.max_file_bytes)
            return Fetched(str(source), content, kind, reply.headers.get_content_charset() or "")

    @contextmanager
    def _followed(self, url: httpx.URL, ask: Callable[[httpx.URL], None]) -> Iterator[tuple[HTTPResponse, httpx.URL]]:
        """The reply that redirects lead to, and the address to keep; `ask` may refuse each address."""
        source, permanent = url, True
        for _ in range(_MOST_REDIRECTS + 1):
            # The part after "#" names a place in the page; an address without a path is that of "/".
            url = url.copy_with(fragment=None, raw_path=url.raw_path)
            source = url if permanent else source
            self._check(url)
            ask(url)
            with self._asked(url) as reply:
                target = reply.getheader("Location")
                if reply.status not in _REDIRECTS or not target:
                    yield reply, source
                    return
                permanent = permanent and reply.status in _PERMANENT
            secure = url.scheme == "https"
            url = url.join(target.encode("latin-1").decode("utf-8", "replace"))
            if secure and url.scheme == "http":
                raise _RefusedError(
                    f"it is redirected to {url.host} without encryption. Add that address if you trust it"
                )
        raise _RefusedError(
            f"it is redirected more than {_MOST_REDIRECTS} times. Add the address where that should end"
        )

    def _check(self, url: httpx.URL) -> None:
        """Refuse what can be refused by the address alone."""
        if url.scheme not in _PORTS or not url.host:
            raise _RefusedError("only http:// and https:// with a host are fetched. Check the address")
        if url.userinfo:
            raise _RefusedError(f"it has a user or a password in it. {_SAVE}")
        if getproxies().keys() & {url.scheme, "all"} and not proxy_bypass(url.host):
            raise _RefusedError(
                "a proxy is set, behind which Footnote can't see what address it reaches. Name "
                f"{url.host} in NO_PROXY, to reach it directly, or save the page in your browser and add the file"
            )

    def _ask_robots(self, url: httpx.URL) -> None:
        site = f"{url.scheme}://{url.netloc.decode()}"
        if site not in self._robots:
            lines: list[str] = []
            with self._followed(url.copy_with(raw_path=b"/robots.txt"), lambda url: None) as (reply, _):
                if reply.status == 200:
                    lines = self._body(reply, _MOST_ROBOTS_BYTES, cut=True).decode("utf-8", "replace").splitlines()
                elif reply.status in (401, 403):
                    lines = ["User-agent: *", "Disallow: /"]
                elif not 400 <= reply.status < 500:
                    raise _RefusedError(f"its robots.txt can't be had: {_meaning(reply.status)}")
            self._robots[site] = RobotFileParser()
            self._robots[site].parse(lines)
        if not self._robots[site].can_fetch(_AGENT, str(url)):
            raise _RefusedError(f"{url.host} asks programs not to fetch it (robots.txt). {_SAVE}")

    @contextmanager
    def _asked(self, url: httpx.URL) -> Iterator[HTTPResponse]:
        lines = (
            f"GET {url.raw_path.decode()} HTTP/1.1",
            f"Host: {url.netloc.decode()}",
            f"User-Agent: {_AGENT}/{_version()}",
            "Accept: text/html, application/xhtml+xml;q=0.9, */*;q=0.5",
            "Accept-Encoding: gzip",
            "Connection: close",
        )
        with self._connected(url) as connection:
            connection.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode("ascii"))
            with HTTPResponse(cast("socket.socket", _Stream(connection, self._left)), method="GET") as reply:
                reply.begin()
                yield reply

    @contextmanager
    def _connected(self, url: httpx.URL) -> Iterator[socket.socket]:
        """A connection to an address that was checked; the name is not looked up again, when it could lead elsewhere."""
        host, port = url.raw_host.decode(), url.port or _PORTS[url.scheme]
        addresses = self._addresses(host, port)
        for untried in range(len(addresses), 0, -1):
            try:
                connection = socket.create_connection((addresses[-untried], port), self._left() / untried)
                break
            except OSError:
                if untried == 1:
                    raise
        with connection:
            connection.settimeout(self._left())
            if url.scheme == "http":
                yield connection
                return
            with httpx.create_ssl_context().wrap_socket(connection, server_hostname=host) as encrypted:
                yield encrypted

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        answers: queue.SimpleQueue[Sequence[str]] = queue.SimpleQueue()

        def look() -> None:
            try:
                answers.put(self._resolve(host, port))
            except (OSError, ValueError):
                answers.put(())

        # In a thread, since the system's resolver takes as long as it likes.
        threading.Thread(target=look, daemon=True, name="footnote-resolving").start()
        try:
            addresses = answers.get(timeout=self._left())
        except queue.Empty:
            raise TimeoutError from None
        if not addresses:
            raise _RefusedError(f"the host {host} is not known. Check the address, and the network")
        for address in addresses:
            if reason := _refusal(address, port, loopback=self._settings.web_loopback):
                raise _RefusedError(f"{host} leads to {address}, {reason}. {_SAVE}")
        return addresses

    def _body(self, reply: HTTPResponse, limit: int, *, cut: bool = False) -> bytes:
        """The bytes of a reply; no more are unpacked than the limit allows."""
        packed = (reply.getheader("Content-Encoding") or "identity").strip().lower()
        if packed not in ("identity", "gzip", "x-gzip"):
            raise _RefusedError(f"its server packs it as was not asked for. {_SAVE}")
        unpacking = None if packed == "identity" else zlib.decompressobj(31)
        body = bytearray()
        while not (unpacking and unpacking.eof) and (chunk := reply.read(_CHUNK)):
            body += unpacking.decompress(chunk, limit + 1 - len(body)) if unpacking else chunk
            if len(body) > limit:
                if cut:
                    return bytes(body[:limit])
                raise _TooLargeError
        whole = unpacking.eof if unpacking else not reply.length
        if not whole:
            raise HTTPException
        return bytes(body)

    def _left(self) -> float:
        """The seconds that are left."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def _refusal(address: str, port: int, *, loopback: bool) -> str:
    """Why an address must not be reached; empty = it may be."""
    number = ipaddress.ip_address(address)
    if loopback and number.is_loopback:
        return ""
    if not number.is_global or number.is_multicast or number.is_reserved or any(number in one for one in _NOT_PUBLIC):
        return "which is no public address"
    return "" if port in _PORTS.values() else f"and only the ports 80 and 443 are asked there, not {port}"


def _meaning(status: int) -> str:
    """What an HTTP status means to the user."""
    meanings = {
        401: f"its server asks for a login. {_SAVE}",
        403: f"its server lets no program have it. {_SAVE}",
        404: "there is no such page. Check the address",
        410: "the page is gone. Check the address",
        429: "its server has had too many requests. Try again later",
    }
    other = "its server fails. Try again later" if status >= 500 else "that is no page. Check the address"
    return f"HTTP {status}: {meanings.get(status, other)}"


def _version() -> str:
    try:
        return version("footnote")
    except PackageNotFoundError:  # it runs from its source tree
        return "0"
