"""Serves the chat page: our routes and Gradio's, the guard around both, uvicorn below; a quick start and a clean end."""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from assistant.page.serving.access import EVERY_ADDRESS, AuthPair, Hosts, Login, checked, in_url, require_login
from assistant.page.serving.listening import listen

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.assistant import Assistant
    from assistant.core.settings import Settings
    from assistant.page.preparation import Preparation
    from assistant.page.serving.closing import Closing

_SECONDS_TO_END = 2

_log = logging.getLogger(__name__)


def serve(
    library: str | Path | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    settings: Settings | None = None,
    auth: AuthPair | None = None,
    allowed_hosts: Iterable[str] = (),
    mcp: bool = False,
    open_browser: bool = False,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve the chat page until SIGTERM or Ctrl-C; with the sample article when the library is empty.

    The page is there at once; Gradio, articles and models load behind it, and the first question waits for them.

    Args:
        library: folder of the library; None = the one in the settings, else the per-user data folder.
        host: address to listen on. Others than this machine's own need a login.
        port: port to listen on; 0 = any free one.
        settings: all that can be set; None = from the environment.
        auth: user and password that every request must carry; None = no login.
        allowed_hosts: further names under which the page may be reached, without ports.
        mcp: serve the tools of MCP at /mcp too.
        open_browser: open the page in the user's browser.
        announce: told the page's address once it can be opened; None = a line on stderr.

    Raises:
        PortInUseError: another program listens there; the message names the next free port.
        PageError: the address can't be listened on, or not without a login; the login can't be used; the SDK of MCP is missing.
        LibraryDamagedError, LibraryVersionError, FingerprintError, SettingsError: as `Assistant.open`.
    """
    from assistant.assistant import Assistant
    from assistant.page.serving.closing import Closing

    _check(host, auth, mcp)
    listener = listen(host, port)
    try:
        taken = listener.getsockname()[1]
        address = f"http://{'localhost' if host in EVERY_ADDRESS else in_url(host)}:{taken}"
        with _stopped_by_signals(), Assistant.open(library, settings=settings) as assistant:

            def started() -> None:
                announce(address) if announce else _say(address, taken if host in EVERY_ADDRESS else None)
                if open_browser:
                    _open(address)

            closing, preparation = Closing(), prepare(assistant)
            hosts = Hosts(host, allowed_hosts)
            app = create_app(assistant, preparation, hosts=hosts, auth=auth, mcp=mcp, on_start=started, closing=closing)
            try:
                _run(app, listener, closing)
            finally:
                if preparation.started:
                    preparation.wait(_SECONDS_TO_END)
    finally:
        listener.close()


def create_app(
    assistant: Assistant,
    preparation: Preparation | None = None,
    *,
    hosts: Hosts | None = None,
    auth: AuthPair | None = None,
    mcp: bool = False,
    on_start: Callable[[], None] | None = None,
    closing: Closing | None = None,
) -> FastAPI:
    """The chat page as an ASGI application. It serves the page at once; what needs Gradio waits until that is loaded.

    Args:
        assistant: answers; stays open, the caller closes it.
        preparation: questions wait for its end; begun as soon as Gradio is loaded. None = nothing to wait for.
        hosts: names under which the page may be reached; None = this machine's own.
        auth: user and password that every request must carry; None = no login.
        mcp: serve the tools of MCP at /mcp too.
        on_start: called once the page can be opened.
        closing: told when the server ends, so that open streams end too.

    Raises:
        PageError: the login can't be used, or the SDK of MCP is missing.
    """
    from fastapi import FastAPI

    from assistant.page.preparation import Preparation
    from assistant.page.serving import engine, files, tools
    from assistant.page.serving.closing import Closing
    from assistant.page.serving.guard import Guard, Limits
    from assistant.page.serving.spool import spool, swept

    if mcp:
        tools.require()
    prepared = preparation or Preparation.done()

    def begin() -> None:
        """Only now: what is prepared is heavy too, and would hold the page up."""
        if not (prepared.started or prepared.ended):
            prepared.start()

    closing = closing or Closing()
    gradio = engine.Engine(partial(engine.build, assistant, prepared, mcp=mcp), then=begin, closing=closing)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with spool() as uploads:
            async with swept(uploads), gradio.running():
                if on_start:
                    on_start()
                yield

    app = FastAPI(
        routes=files.routes(assistant.folder), lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None
    )
    app.mount("/", gradio)
    app.add_middleware(
        Guard,
        hosts=hosts or Hosts(),
        closing=closing,
        login=Login(auth) if auth else None,
        limits=Limits.of(assistant.settings),
        further_paths=[tools.PATH] if mcp else [],
    )
    return app


def prepare(assistant: Assistant) -> Preparation:
    """What is loaded behind the served page: the sample article for an empty library, and the models."""
    from assistant.page.preparation import Preparation
    from assistant.sample import sample_path

    def work() -> None:
        if not assistant.article_count() and assistant.can_write:
            assistant.add(sample_path())
        assistant.warm()

    return Preparation(work)


def _check(host: str, auth: AuthPair | None, mcp: bool) -> None:
    """All that can be refused before anything is opened."""
    from assistant.page.serving import tools

    if auth is not None:
        checked(*auth)
    require_login(host, auth)
    if mcp:
        tools.require()


def _run(app: FastAPI, listener: socket.socket, closing: Closing) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            closing.begin()
            super().handle_exit(sig, frame)

    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # nobody stands before us whose X-Forwarded-For could be believed
        ws="none",
        timeout_graceful_shutdown=_SECONDS_TO_END,
    )
    with contextlib.suppress(KeyboardInterrupt):
        Server(config).run(sockets=[listener])


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """SIGTERM ends the block like Ctrl-C does, quietly, so that everything is closed.

    uvicorn stops on both, then raises the signal again for whoever was there before it: us.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        _log.info("stopped while starting")
    finally:
        signal.signal(signal.SIGTERM, before)


def _say(address: str, port_for_others: int | None) -> None:
    others = f", for other machines at http://{socket.gethostname()}:{port_for_others}" if port_for_others else ""
    sys.stderr.write(f"Footnote is at {address}{others} (Ctrl-C stops it)\n")
    sys.stderr.flush()


def _open(address: str) -> None:
    """Open the browser from a thread of its own: some wait until it is closed."""
    import webbrowser

    threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()
