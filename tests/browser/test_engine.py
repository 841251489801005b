"""What stands behind the page: requests wait for what is still loading; uploads wait in a folder that is swept."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from assistant import Assistant
from assistant.core.errors import PageError
from assistant.page import PageOptions, create_app
from assistant.page.serving.closing import Closing
from assistant.page.serving.engine import Engine
from assistant.page.serving.spool import spool, sweep
from tests.browser.server import ROOT, SECONDS_TO_HANG


def _run(work: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own: in this one, Playwright's loop may be running."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result(timeout=SECONDS_TO_HANG)


async def _get(app: Any, path: str = "/") -> httpx.Response:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.get(path)


def _application(began: list[str]) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        began.append("lifespan begins")
        yield
        began.append("lifespan ends")

    app = FastAPI(lifespan=lifespan)
    app.get("/")(lambda: "built")
    return app


def test_requests_wait_until_it_is_built_and_its_lifespan_ends_with_ours() -> None:
    async def scenario() -> None:
        began: list[str] = []
        gate = threading.Event()

        def build() -> FastAPI:
            gate.wait(SECONDS_TO_HANG)
            return _application(began)

        engine = Engine(build, then=lambda: began.append("then"), closing=Closing())
        async with engine.running():
            waiting = [asyncio.ensure_future(_get(engine)) for _ in range(3)]
            await asyncio.sleep(0.05)
            waiting.pop().cancel()  # who leaves takes nobody along
            assert not any(request.done() for request in waiting)
            assert began == []
            gate.set()
            assert [(await request).text for request in waiting] == ['"built"', '"built"']
            assert began == ["lifespan begins", "then"]
        assert began[2:] == ["lifespan ends"]

    _run(scenario())


def test_what_can_not_be_built_says_so_and_what_to_do(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        def build() -> FastAPI:
            raise ImportError("no gradio here")

        engine = Engine(build, then=lambda: None, closing=Closing())
        async with engine.running():
            response = await _get(engine)
        assert response.status_code == 503
        assert "make install" in response.text
        assert "no gradio here" not in response.text

    _run(scenario())
    assert "no gradio here" in caplog.text


def test_who_waits_while_the_server_ends_is_let_go() -> None:
    async def scenario() -> None:
        gate, closing, began = threading.Event(), Closing(), list[str]()

        def build() -> FastAPI:
            gate.wait(SECONDS_TO_HANG)
            return _application(began)

        engine = Engine(build, then=lambda: began.append("then"), closing=closing)
        async with engine.running():
            waiting = asyncio.ensure_future(_get(engine))
            await asyncio.sleep(0.05)
            closing.begin()
            assert (await asyncio.wait_for(waiting, SECONDS_TO_HANG)).status_code == 503
            threading.Timer(0.1, gate.set).start()
        assert began == []

    _run(scenario())


@pytest.mark.system
def test_the_page_is_served_before_gradio_is_loaded_and_preparing_begins_after(tmp_path: Path) -> None:
    """In a process of its own: here Gradio would leave event loops behind."""
    script = """
import asyncio, httpx, sys
from assistant import Assistant
from assistant.page import create_app
from assistant.page.preparation import Preparation

async def visit(app, prepared):
    transport = httpx.ASGITransport(app=app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        async def got(path):
            return (await client.get(path)).status_code
        print(await got("/"), await got("/page/js/main.js"), "gradio.routes" in sys.modules, prepared)
        print(await got("/config"), await got("/mcp"), "gradio.routes" in sys.modules, prepared)

with Assistant.open(sys.argv[1]) as assistant:
    prepared = []
    preparation = Preparation(lambda: prepared.append("gradio.routes" in sys.modules))
    asyncio.run(visit(create_app(assistant, preparation), prepared))
    print(preparation.wait(120), prepared)
    asyncio.run(visit(create_app(assistant), []))
"""
    command = [sys.executable, "-c", script, str(tmp_path / "library")]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS_TO_HANG, check=False)
    assert ended.stderr == ""
    first, second, third, *again = ended.stdout.splitlines()
    assert first == "200 200 False []"
    assert second.startswith("200 404 True")
    assert third == "True [True]"
    assert again == ["200 200 True []", "200 404 True []"]


def test_a_login_that_can_not_be_used_is_refused_at_once(fast_assistant: Assistant) -> None:
    with pytest.raises(PageError):
        create_app(fast_assistant, options=PageOptions(auth=("ann", "")))


def test_uploads_lie_in_a_private_folder_for_as_long_as_the_server_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", "/of/somebody/else")
    with spool() as folder:
        assert os.environ["GRADIO_TEMP_DIR"] == str(folder)
        if os.name == "posix":
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "upload").mkdir()
        (folder / "upload" / "a.txt").write_text("a")
    assert not folder.exists()
    assert os.environ["GRADIO_TEMP_DIR"] == "/of/somebody/else"


def _aged(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_what_nobody_adds_is_deleted_what_is_new_stays(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    for name in ("old/a.txt", "both/old.txt", "both/new.txt", "new/a.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    (folder / "tmp123").write_text("cut off")
    outside = tmp_path / "outside.txt"
    outside.write_text("not ours")
    (folder / "link").symlink_to(outside)
    for name in ("old/a.txt", "both/old.txt", "tmp123"):
        _aged(folder / name, 4000)
    os.utime(folder / "link", (1, 1), follow_symlinks=False)
    sweep(folder, 3600)
    _aged(folder / "old", 4000)
    sweep(folder, 3600)
    left = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert left == ["both/new.txt", "new/a.txt"]
    assert not (folder / "old").exists()
    assert outside.read_text() == "not ours"
