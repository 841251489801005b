"""Starts and stops the chat page: our routes and Gradio's behind one guard, on uvicorn."""

from __future__ import annotations

import contextlib
import logging
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from assistant.page.serving.access import EVERY_ADDRESS, Hosts, Login, checked, in_url, require_login
from assistant.page.serving.listening import listen
from assistant.page.serving.options import DEFAULTS, PageOptions

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
    options: PageOptions = DEFAULTS,
    *,
    settings: Settings | None = None,
    announce: Callable[[str], None] | None = None,
) -> bool:
    """Serve the chat page until SIGTERM or Ctrl-C; with the sample article when the library is empty.

    The page is there at once; Gradio, articles and models load behind it, and the first question waits for them.

    Args:
        library: folder of the library; None = the one in the settings, else the per-user data folder.
        options: how the page is served.
        settings: None = from the environment.
        announce: called with the page's address once it can be opened; None = print a line on stderr.

    Returns:
        Whether all work behind the page has ended. While models still load, the interpreter must not be finalized: native code
        that comes back to it then aborts the process.

    Raises:
        PortInUseError: another program listens there; the message names the next free port.
        PageError: the address can't be used, or not without a login; the login can't be used; the MCP SDK is missing.
        LibraryDamagedError, LibraryVersionError, FingerprintError, SettingsError: as `Assistant.open`.
    """
    from assistant.assistant import Assistant
    from assistant.page.preparation import Preparation
    from assistant.page.serving.closing import Closing

    _check(options)
    listener = listen(options.host, options.port)
    preparation = Preparation.done()
    try:
        with _stopped_by_signals(), Assistant.open(library, settings=settings) as assistant:
            closing, preparation = Closing(), prepare(assistant)
            started = partial(_started, options, listener.getsockname()[1], announce)
            app = create_app(assistant, preparation, options, on_start=started, closing=closing)
            try:
                _run(app, listener, closing)
            finally:
                if preparation.started:
                    preparation.wait(_SECONDS_TO_END)
    finally:
        listener.close()
    return not preparation.started or preparation.ended


def create_app(
    assistant: Assistant,
    preparation: Preparation | None = None,
    options: PageOptions = DEFAULTS,
    *,
    on_start: Callable[[], None] | None = None,
    closing: Closing | None = None,
) -> FastAPI:
    """Build the chat page as an ASGI application. It serves the page at once; requests for Gradio wait until that is loaded.

    Args:
        assistant: answers the questions; the caller closes it.
        preparation: started as soon as Gradio is loaded; questions wait for its end. None = nothing to wait for.
        options: who is let in, and what is served; the caller listens on their address and port.
        on_start: called once the page can be opened.
        closing: ends open streams when the server shuts down.

    Raises:
        PageError: the login can't be used, or the MCP SDK is missing.
    """
    from fastapi import FastAPI

    from assistant.page.preparation import Preparation
    from assistant.page.serving import engine, files, pictures, tools
    from assistant.page.serving.closing import Closing
    from assistant.page.serving.guard import Guard, Limits
    from assistant.page.serving.spool import spool, swept

    if options.mcp:
        tools.require()
    prepared = preparation or Preparation.done()

    def begin() -> None:
        """Start the preparation after Gradio is loaded: both at once would slow the page down."""
        if not (prepared.started or prepared.ended):
            prepared.start()

    closing = closing or Closing()
    web = assistant.settings.web
    links = options.own if web is None else web
    build = partial(engine.build, assistant, prepared, mcp=options.mcp, links=links)
    gradio = engine.Engine(build, then=begin, closing=closing)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with spool() as uploads:
            async with swept(uploads), gradio.running():
                if on_start:
                    on_start()
                yield

    routes = [*files.routes(assistant.folder), pictures.route(assistant)]
    app = FastAPI(routes=routes, lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    app.mount("/", gradio)
    app.add_middleware(
        Guard,
        hosts=Hosts(options.host, options.allowed_hosts),
        closing=closing,
        login=Login(options.auth) if options.auth else None,
        limits=Limits.of(assistant.settings),
        further_paths=[tools.PATH] if options.mcp else [],
    )
    return app


def prepare(assistant: Assistant) -> Preparation:
    """The work in the background when the page starts: add the sample article to an empty library, load the models."""
    from assistant.page.preparation import Preparation
    from assistant.sample import sample_path

    def work() -> None:
        if not assistant.article_count() and assistant.can_write:
            assistant.add(sample_path())
        assistant.warm()

    return Preparation(work)


def _check(options: PageOptions) -> None:
    """Refuse what can be refused before anything is opened."""
    from assistant.page.serving import tools

    if options.auth is not None:
        checked(*options.auth)
    require_login(options.host, options.auth)
    if options.mcp:
        tools.require()


def _started(options: PageOptions, port: int, announce: Callable[[str], None] | None) -> None:
    """Announce the page's address, and open it if that was asked for. `port` is the one that was taken."""
    everywhere = options.host in EVERY_ADDRESS
    address = f"http://{'localhost' if everywhere else in_url(options.host)}:{port}"
    announce(address) if announce else _say(address, port if everywhere else None)
    if options.open_browser:
        _open(address)


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
        proxy_headers=False,  # there is no proxy whose X-Forwarded-For could be trusted
        ws="none",
        timeout_graceful_shutdown=_SECONDS_TO_END,
    )
    with contextlib.suppress(KeyboardInterrupt):
        Server(config).run(sockets=[listener])


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Let SIGTERM end the block quietly, as Ctrl-C does, so that everything is closed.

    uvicorn stops on both, then restores the handlers it found, which are ours, and raises the signal again.
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
    """Open the browser from a thread: on some systems the call lasts until the browser is closed."""
    import webbrowser

    threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()
