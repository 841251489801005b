"""Uploads and large requests against the running server: how much is let in, where it lies, and that it goes again."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.browser.server import HTTP, Server, doubles, serving

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that takes files of three hundred kilobytes."""
    folder = tmp_path_factory.mktemp("small")
    with (
        doubles(folder / "library", max_file_bytes=300_000) as assistant,
        serving(assistant, folder / "log") as server,
    ):
        yield server


def _upload(server: Server, content: bytes, name: str = "a.txt") -> httpx.Response:
    return server.upload(name, content)


def test_what_is_uploaded_can_not_be_fetched_and_is_gone_when_the_server_ends(tmp_path: Path) -> None:
    with doubles(tmp_path / "library") as assistant, serving(assistant, tmp_path / "log") as server:
        (path,) = _upload(server, b"my secret article").json()
        assert Path(path).read_bytes() == b"my secret article"
        hidden = (f"/gradio_api/file={path}", f"/file={path}", f"/page/{path}", path, f"/gradio_api/file%3D{path}")
        for address in hidden:
            assert HTTP.get(server.url + address).status_code == 404
    assert not Path(path).parents[1].exists()


@pytest.mark.parametrize(
    "name", ["../../evil.txt", "/etc/passwd", "..", ".", "a/b.txt", "a\\b.txt", "ä ✓.txt", "x" * 300]
)
def test_an_upload_lies_where_uploads_lie_whatever_its_name(server: Server, name: str) -> None:
    plain = Path(_upload(server, b"plain").json()[0])
    response = _upload(server, b"x", name)
    assert response.status_code in (200, 400)
    if response.status_code == 200:
        assert Path(response.json()[0]).resolve().parents[1] == plain.parents[1]


def _multipart(size: int) -> Iterator[bytes]:
    """A form with one file, of which nobody says before how large it is."""
    yield b'--B\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
    for start in range(0, size, 100_000):
        yield b"x" * min(100_000, size - start)
    yield b"\r\n--B--\r\n"


@pytest.mark.parametrize(("size", "status"), [(300_000, 200), (300_001, 413), (900_000, 413), (6_000_000, 413)])
def test_an_upload_over_the_limit_is_refused_whether_announced_or_not(small: Server, size: int, status: int) -> None:
    assert _upload(small, b"x" * size).status_code == status
    headers = {"Content-Type": "multipart/form-data; boundary=B"}
    address = f"{small.url}/gradio_api/upload"
    assert HTTP.post(address, content=_multipart(size), headers=headers).status_code == status


def test_an_upload_broken_off_does_no_harm(small: Server) -> None:
    head = (
        "POST /gradio_api/upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=B\r\n"
        "Content-Length: 1000000\r\n\r\n--B\r\nContent-Disposition: form-data; name=files; filename=a.txt\r\n\r\nhalf"
    )
    for _ in range(5):
        with socket.create_connection(("127.0.0.1", small.port)) as connection:
            connection.sendall(head.encode())
            time.sleep(0.05)
    assert _upload(small, b"whole").status_code == 200


def test_no_upload_is_not_one(server: Server) -> None:
    address = f"{server.url}/gradio_api/upload"
    assert HTTP.post(address, content=b"x", headers={"Content-Type": "text/plain"}).status_code == 400
    assert HTTP.post(address, content=b"x", headers={"Content-Type": "multipart/form-data"}).status_code == 400
    assert HTTP.get(address).status_code == 405


def test_a_pasted_text_may_be_as_long_as_an_article_a_question_may_not(server: Server) -> None:
    text = "é" * 3_000_000
    joined = HTTP.post(f"{server.url}/gradio_api/call/add_text", json={"data": ["", text[:0]]})
    assert joined.status_code == 200
    long = json.dumps({"data": ["", text]}, ensure_ascii=False).encode()
    kind = {"Content-Type": "application/json"}
    assert HTTP.post(f"{server.url}/gradio_api/call/ask", content=long, headers=kind).status_code == 413


def test_a_body_over_the_limit_is_refused_whether_announced_or_not(server: Server) -> None:
    address = f"{server.url}/gradio_api/call/ask"
    body = b'{"data": ["%s"]}' % (b"x" * 20_000_000)
    assert HTTP.post(address, content=body).status_code == 413
    chunks = (body[start : start + 100_000] for start in range(0, len(body), 100_000))
    assert HTTP.post(address, content=chunks).status_code == 413
    assert server.ask("Who is John Kirby?").status_code == 200
