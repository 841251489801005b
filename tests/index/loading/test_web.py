"""Links: what is fetched and becomes an article, and what must not be reached, whatever a name or a redirect leads to."""

from __future__ import annotations

import contextlib
import gzip
import random
import shutil
import ssl
import subprocess
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant, Settings
from index.errors import ArticleTooLargeError, FetchError, LoadError, WebNotAllowedError
from index.loading.fetching import Fetched, Resolve, addresses_of, fetch
from index.loading.web import Link, load_link, suffix_of
from tests.command_line import run_footnote
from tests.doubles import HashEmbedder
from tests.index.loading.pdfs import pdf_of_pages
from tests.web_server import Reply, WebServer, reply, web_server

PAGE = b"<html><body><article><h1>The ferry</h1><p>The ferry carries ninety people to the island.</p></article>"
TEXT = b"The ferry leaves at noon."


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def server() -> Iterator[WebServer]:
    with web_server({"/": reply(PAGE, "text/html")}) as server:
        yield server


@pytest.fixture
def adding(tmp_path: Path) -> Iterator[Assistant]:
    settings = Settings(web=True, web_loopback=True)
    with Assistant.open(tmp_path / "library", embedder=HashEmbedder(), settings=settings) as opened:
        yield opened


def fetched(url: str, resolve: Resolve = addresses_of, *, loopback: bool = True, **settings: Any) -> Fetched:
    return fetch(url, Settings(web_loopback=loopback, **settings), accept=suffix_of, resolve=resolve)


def leading_to(*answers: Sequence[str]) -> Resolve:
    """A resolver that gives one answer after the other, the last one again and again."""
    left = list(answers)
    return lambda host, port: left.pop(0) if len(left) > 1 else left[0]


# What is added


def test_a_link_is_added_under_its_address_and_replaced_when_it_has_changed(
    adding: Assistant, server: WebServer
) -> None:
    (article_id,) = adding.add(server.url).added
    article = adding.article(article_id)
    assert (article.source, article.title) == (f"{server.url}/", "The ferry")
    assert "The ferry carries ninety people" in article.text
    assert adding.add(f"HTTP://127.0.0.1:{server.port}/#crossing").unchanged == (article_id,)
    server.replies["/"] = reply(PAGE.replace(b"ninety", b"eighty"), "text/html")
    assert adding.add([server.url]).replaced == (article_id,)
    assert "eighty" in adding.article(article_id).text
    assert "User-Agent: Footnote/" in server.heads[0]


def test_nothing_is_fetched_without_leave(server: WebServer, tmp_path: Path, fast_assistant: Assistant) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT)
    with pytest.raises(WebNotAllowedError, match=r"Set FOOTNOTE_WEB=true .*Settings\(web=True\)"):
        fast_assistant.add([tmp_path / "a.txt", server.url])
    assert (fast_assistant.article_count(), server.heads) == (0, [])


def test_the_command_line_says_what_to_set(server: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_LIBRARY", str(tmp_path / "library"))
    ended = run_footnote(monkeypatch, "add", server.url)
    assert (ended.code, server.heads) == (2, [])
    assert ended.err.startswith(f"footnote: {server.url} is a link")
    assert "Set FOOTNOTE_WEB=true" in ended.err
    monkeypatch.setenv("FOOTNOTE_WEB", "true")
    ended = run_footnote(monkeypatch, "add", server.url)
    assert ended.code == 1
    assert f"skipped {server.url}: {server.url} can't be fetched: 127.0.0.1 leads to 127.0.0.1" in ended.err
    monkeypatch.setenv("FOOTNOTE_WEB_LOOPBACK", "true")
    assert run_footnote(monkeypatch, "add", server.url).out == "added 1, unchanged 0, replaced 0, skipped 0\n"


@pytest.mark.parametrize(
    ("path", "kind", "body"),
    [
        ("/a", "text/html; charset=utf-8", PAGE),
        ("/a", "application/xhtml+xml", PAGE),
        ("/a.php", "text/markdown", b"# The ferry\n\nThe **ferry** leaves."),
        ("/a.md", "text/plain", b"# The ferry\n\nThe **ferry** leaves."),
        ("/a.html?b=1", "application/octet-stream", PAGE),
        ("/a.txt", "", b"The ferry"),
        ("/a", "Application/PDF", pdf_of_pages([["The ferry leaves at noon."]])),
    ],
)
def test_the_kind_of_content_picks_the_loader(server: WebServer, path: str, kind: str, body: bytes) -> None:
    server.replies[path] = reply(body, kind)
    article = load_link(Link(server.url + path), Settings(web_loopback=True))
    assert article.text.startswith("The ferry")
    assert "*" not in article.text
    assert article.source == server.url + path


@pytest.mark.parametrize("kind", ["image/png", "application/zip", "application/octet-stream", "", "x\x1b/[31m"])
def test_other_kinds_are_refused_before_they_are_read(server: WebServer, kind: str) -> None:
    server.replies["/a"] = reply(b"", kind, Content_Length="999999999")
    with pytest.raises(FetchError, match=r"its content is .*, which can't be read") as caught:
        fetched(server.url + "/a")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("charset", "text", "codec"),
    [
        ("windows-1251", "Паром уходит в полдень", "cp1251"),
        ("ISO-8859-1", "Ångström “said” so", "cp1252"),
        ("utf-16le", "The ferry: Fähre", "utf-16-le"),
        *((charset, "The ferry: Fähre", "utf-8") for charset in ("utf-8", "punycode", "hex", "none-such", "a\x00b")),
    ],
)
def test_the_encoding_that_the_server_names_holds(server: WebServer, charset: str, text: str, codec: str) -> None:
    page = f'<html><head><meta charset="koi8-r"></head><body><article><p>{text}.</p></article>'
    server.replies["/a"] = reply(page.encode(codec), f"text/html; charset={charset}")
    assert text.replace("“", '"')[:8] in load_link(Link(server.url + "/a"), Settings(web_loopback=True)).text


# Addresses that are not reached


@pytest.mark.parametrize(
    "address",
    (
        "0.0.0.0 10.1.2.3 127.0.0.1 100.64.0.1 169.254.169.254 172.16.0.1 192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1 "
        "198.18.0.1 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:93.184.216.34 "
        "64:ff9b::7f00:1 64:ff9b:1::a00:1 100::1 2001::1 2001:db8::1 2002:7f00:1:: 3fff::1 fc00::1 fd00::1 fe80::1 "
        "fe80::1%eth0 fec0::1 ff02::1"
    ).split(),
)
def test_a_name_that_leads_to_an_address_that_is_not_public_is_refused(address: str) -> None:
    for answer in ([address], ["93.184.216.34", address]):
        with pytest.raises(FetchError, match="which is no public address"):
            fetched("http://site.example/", leading_to(answer), loopback=False)
    if address not in ("127.0.0.1", "::1"):
        with pytest.raises(FetchError, match="which is no public address"):
            fetched("http://site.example/", leading_to([address]))


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "017700000001", "[::1]", "localhost", "127.1"])
def test_loopback_is_refused_however_it_is_written(server: WebServer, host: str) -> None:
    with pytest.raises(FetchError, match=r"which is no public address|is not known"):
        fetched(f"http://{host}:{server.port}/", loopback=False)
    assert server.heads == []


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_a_public_address_is_reached_itself_and_at_the_ports_of_the_web_only(address: str) -> None:
    with pytest.raises((RuntimeError, UserWarning), match=address):  # by the guard of these tests
        fetched("http://site.example/", leading_to([address]), loopback=False)
    for loopback in (False, True):
        with pytest.raises(FetchError, match="only the ports 80 and 443 are asked there, not 8080"):
            fetched("http://site.example:8080/", leading_to([address]), loopback=loopback)


def test_the_connection_is_made_to_the_address_that_was_checked(server: WebServer) -> None:
    asked: list[str] = []

    def once(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    url = f"http://site.example:{server.port}/"
    assert fetched(url, once).url == url
    assert asked == ["site.example"] * len(server.heads)  # one look-up for a connection
    assert f"Host: site.example:{server.port}\r\n" in server.heads[-1]


def test_a_name_that_changes_between_look_ups_is_checked_at_each(server: WebServer) -> None:
    with pytest.raises(FetchError, match=r"site\.example leads to 10\.0\.0\.1"):
        fetched(f"http://site.example:{server.port}/", leading_to(["127.0.0.1"], ["10.0.0.1"]))
    assert server.asked == ["/robots.txt"]


def test_of_several_addresses_the_first_that_answers_is_taken(server: WebServer) -> None:
    assert fetched(f"http://site.example:{server.port}/", leading_to(["::1", "127.0.0.1"])).content == PAGE


@pytest.mark.parametrize("answer", [[], OSError("no"), UnicodeError("label too long")])
def test_a_name_that_is_not_known(answer: list[str] | Exception) -> None:
    def resolve(host: str, port: int) -> list[str]:
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(FetchError, match=r"the host site\.example is not known"):
        fetched("http://site.example/", resolve)


@pytest.mark.parametrize(
    "url",
    "http:// http:///a https://user:word@a.example/ https://user@a.example/ http://a.example:99999/ http://a.example:x/ "
    "ftp://a.example/ file:///etc/passwd http://a\r\nHost:b/ http://[::1/ http://\x00/ http://xn--\x7f/ http://%00/".split(
        " "
    ),
)
def test_what_is_no_address_for_the_web_is_refused(url: str) -> None:
    with pytest.raises(FetchError):
        fetched(url, leading_to(["10.0.0.1"]))


def test_behind_a_proxy_nothing_is_fetched(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url)
    with pytest.raises(FetchError, match=r"a proxy is set, .*Name site\.example in NO_PROXY"):
        fetched("http://site.example/", leading_to(["127.0.0.1"]))
    assert server.heads == []
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert fetched(server.url).content == PAGE


# Redirects


def test_permanent_redirects_change_the_address_and_others_do_not(server: WebServer) -> None:
    for path, (status, target) in {
        "/a": (301, "b"),
        "/b": (308, "/c#d"),
        "/c": (302, "?e"),
        "/c?e": (301, "/"),
    }.items():
        server.replies[path] = reply(status=status, Location=target)
    found = fetched(server.url + "/a")
    assert (found.url, found.content) == (f"{server.url}/c", PAGE)
    assert server.asked == ["/robots.txt", "/a", "/b", "/c", "/c?e", "/"]


def test_at_most_five_redirects(server: WebServer) -> None:
    server.replies |= {f"/{n}": reply(status=302, Location=f"/{n + 1}") for n in range(6)}
    server.replies["/6"] = reply(TEXT)
    assert fetched(server.url + "/1").content == TEXT
    with pytest.raises(FetchError, match="redirected more than 5 times"):
        fetched(server.url + "/0")


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("http://10.0.0.1/", "no public address"),
        ("http://169.254.169.254/latest/", "no public address"),
        ("//[::ffff:127.0.0.1]/", "no public address"),
        ("file:///etc/passwd", "only http"),
        ("gopher://127.0.0.1/", "only http"),
        ("http://a:b@127.0.0.1/", "a user or a password"),
        ("http://a:b:c/", "is no address"),
        ("http://\xff\xfe/", "can't be fetched"),
    ],
)
def test_each_redirect_is_checked_anew_also_that_of_robots(server: WebServer, target: str, reason: str) -> None:
    location = reply(status=302, Location="TARGET").replace(b"TARGET", target.encode("latin-1"))
    for path in ("/a", "/robots.txt"):
        server.replies[path] = location
        with pytest.raises(FetchError, match=reason):
            fetched(server.url + "/a")


# Robots


def test_robots_are_asked_once_for_a_site_and_obeyed(server: WebServer) -> None:
    rules = b"User-agent: *\nDisallow: /\n\nUser-agent: footnote\nDisallow: /private\n"
    server.replies |= {"/robots.txt": reply(rules), "/a": reply(status=302, Location="/private/b")}
    assert fetched(server.url).content == PAGE
    server.heads.clear()
    with pytest.raises(FetchError, match=r"asks programs not to fetch it \(robots\.txt\)"):
        fetched(server.url + "/a")
    assert server.asked == ["/robots.txt", "/a"]


@pytest.mark.parametrize(
    ("status", "reason"), [(404, ""), (410, ""), (403, "robots"), (500, "HTTP 500"), (204, "HTTP 204")]
)
def test_a_robots_file_that_is_not_there(server: WebServer, status: int, reason: str) -> None:
    server.replies["/robots.txt"] = reply(status=status)
    if not reason:
        assert fetched(server.url).content == PAGE
        return
    with pytest.raises(FetchError, match=reason):
        fetched(server.url)
    assert server.asked == ["/robots.txt"]


def test_of_an_endless_robots_file_the_beginning_counts(server: WebServer) -> None:
    server.replies["/robots.txt"] = endless(b"User-agent: *\nDisallow: /\n")
    with pytest.raises(FetchError, match=r"robots\.txt"):
        fetched(server.url)


# Limits and damage


def endless(first: bytes = b"") -> Callable[[Callable[[bytes], None]], None]:
    def send(write: Callable[[bytes], None]) -> None:
        write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + first)
        while True:
            write(b"x" * 65_536)

    return send


def dripping(write: Callable[[bytes], None]) -> None:
    write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        write(b"x")
        time.sleep(0.05)


def dripping_headers(write: Callable[[bytes], None]) -> None:
    for _ in range(100):
        write(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.05)


@pytest.mark.parametrize("path", ["/a", "/robots.txt"])
@pytest.mark.parametrize("slow", [dripping, dripping_headers, lambda write: time.sleep(5)])
def test_what_comes_drop_by_drop_ends_with_the_time(server: WebServer, path: str, slow: Reply) -> None:
    server.replies[path] = slow
    begun = time.monotonic()
    with pytest.raises(FetchError, match=r"it took more than 0\.4 seconds.*FOOTNOTE_WEB_SECONDS"):
        fetched(server.url + "/a", web_seconds=0.4)
    assert time.monotonic() - begun < 3


def test_a_resolver_that_hangs_ends_with_the_time() -> None:
    def hanging(host: str, port: int) -> list[str]:
        time.sleep(2)
        return ["127.0.0.1"]

    begun = time.monotonic()
    with pytest.raises(FetchError, match="it took more than"):
        fetched("http://site.example/", hanging, web_seconds=0.2)
    assert time.monotonic() - begun < 1.5


BOMB = gzip.compress(bytes(50_000_000))


@pytest.mark.parametrize("large", [reply(TEXT * 100), endless(), reply(BOMB, Content_Encoding="gzip")])
def test_what_is_too_large_is_not_read_to_its_end(server: WebServer, large: Reply) -> None:
    server.replies["/a"] = large
    tracemalloc.start()
    try:
        with pytest.raises(ArticleTooLargeError, match="has more than 1,000 bytes"):
            fetched(server.url + "/a", max_file_bytes=1_000)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_what_is_packed_is_unpacked_up_to_the_limit_itself(server: WebServer) -> None:
    server.replies["/a"] = reply(gzip.compress(TEXT * 9), Content_Encoding="gzip")
    assert fetched(server.url + "/a", max_file_bytes=len(TEXT) * 9).content == TEXT * 9


@pytest.mark.parametrize(
    "broken",
    [
        reply(TEXT, Content_Length="1000"),
        reply(gzip.compress(TEXT)[:-9], Content_Encoding="gzip"),
        reply(TEXT, Content_Encoding="gzip"),
        reply(zlib.compress(TEXT), Content_Encoding="br"),
        reply(b"5\r\nThe f\r\nZZ\r\n", Transfer_Encoding="chunked", Content_Length=""),
        b"",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100_000,
    ],
)
def test_a_broken_reply_is_no_article(server: WebServer, broken: bytes) -> None:
    server.replies["/a"] = broken
    with pytest.raises(FetchError, match=f"{server.url}/a can't be fetched"):
        fetched(server.url + "/a")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "a login"),
        (403, "no program"),
        (404, "no such page"),
        (429, "too many requests"),
        (503, "its server fails"),
    ],
)
def test_errors_of_http_are_said_plainly(server: WebServer, status: int, words: str) -> None:
    server.replies["/a"] = reply(b"<script>", "text/html", status=status)
    with pytest.raises(FetchError, match=f"HTTP {status}: .*{words}"):
        fetched(server.url + "/a")


def test_whatever_a_server_says_is_a_file_or_a_reason(server: WebServer) -> None:
    whole = reply(gzip.compress(PAGE), "text/html; charset=utf-8", Content_Encoding="gzip", Location="/b")
    chance = random.Random(7)
    for n in range(150):
        said = bytearray(whole[: chance.randrange(len(whole))] if n % 2 else whole)
        for _ in range(chance.randrange(5)):
            said[chance.randrange(len(said) or 1) : 0] = bytes([chance.randrange(256)])
        server.replies["/a"] = bytes(said)
        with contextlib.suppress(LoadError):
            load_link(Link(server.url + "/a"), Settings(web_loopback=True, web_seconds=2))


# TLS


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl makes the certificate")
def test_certificates_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem")
    names = ["-subj", "/CN=site.example", "-addext", "subjectAltName=DNS:site.example"]
    making = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, *names]
    subprocess.run(making, check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    away = reply(status=301, Location="http://site.example/")
    with web_server({"/": reply(PAGE, "text/html"), "/away": away}, tls) as server:
        site, other = (f"https://{host}.example:{server.port}/" for host in ("site", "other"))
        here = leading_to(["127.0.0.1"])
        with pytest.raises(FetchError, match="certificate can't be trusted"):
            fetched(site, here)
        monkeypatch.setenv("SSL_CERT_FILE", certificate)
        assert fetched(site, here).content == PAGE
        with pytest.raises(FetchError, match="certificate can't be trusted"):
            fetched(other, here)
        with pytest.raises(FetchError, match="without encryption"):
            fetched(f"{site}away", here)
