"""Serves the chat page: FastAPI around Gradio, our guard around both, uvicorn below; a clean start and a clean end."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from assistant.errors import PageError, PortInUseError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.assistant import Assistant
    from assistant.page.chats import Preparation
    from assistant.page.guard import Closing
    from assistant.settings import Settings

LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_EVERY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, not listened on
_SECONDS_TO_END = 2

_log = logging.getLogger(__name__)


def serve(
    library: str | Path | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 7860,
    settings: Settings | None = None,
    allowed_hosts: Iterable[str] = (),
    open_browser: bool = False,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve the chat page until SIGTERM or Ctrl-C; with the sample article when the library is empty.

    The page is there at once; articles and models load behind it, and the first question waits for them.

    Args:
        library: folder of the library; None = the one in the settings, else the per-user data folder.
        host: address to listen on.
        port: port to listen on; 0 = any free one.
        settings: all that can be set; None = from the environment.
        allowed_hosts: further names under which the page may be reached, without ports.
        open_browser: open the page in the user's browser.
        announce: told the page's address once it can be used; None = a line on stderr.

    Raises:
        PortInUseError: another program listens there; the message names the next free port.
        PageError: the address can't be listened on.
        LibraryDamagedError, LibraryVersionError, FingerprintError, SettingsError: as `Assistant.open`.
    """
    from assistant.assistant import Assistant
    from assistant.page.guard import Closing

    listener = listen(host, port)
    try:
        address = f"http://{'localhost' if host in _EVERY_ADDRESS else _in_url(host)}:{listener.getsockname()[1]}"
        with _stopped_by_signals(), Assistant.open(library, settings=settings) as assistant:
            preparation = prepare(assistant)

            def started() -> None:
                preparation.start()
                (announce or _say)(address)
                if open_browser:
                    _open(address)

            closing = Closing()
            app = create_app(assistant, preparation, hosts=[host, *allowed_hosts], on_start=started, closing=closing)
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
    hosts: Iterable[str] = (),
    on_start: Callable[[], None] | None = None,
    closing: Closing | None = None,
) -> FastAPI:
    """The chat page as an ASGI application.

    Args:
        assistant: answers; stays open, the caller closes it.
        preparation: questions wait for its end; None = nothing to wait for.
        hosts: names under which the page may be reached, beside localhost; without ports.
        on_start: called once the application can be used.
        closing: told when the server ends, so that open streams end too.
    """
    from fastapi import FastAPI
    from starlette.staticfiles import StaticFiles

    from assistant.page import page
    from assistant.page.chats import Preparation
    from assistant.page.guard import Closing, Guard

    gr = page.import_gradio()

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if on_start:
            on_start()
        yield

    app = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    app.mount("/page", StaticFiles(directory=page.STATIC))
    gr.mount_gradio_app(
        app,
        page.build(assistant, preparation or Preparation.done()),
        path="/",
        theme=page.theme(),
        head=page.head(),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        max_file_size=0,
    )
    names = [*LOCAL_HOSTS, *(_in_url(host) for host in hosts if host not in _EVERY_ADDRESS)]
    app.add_middleware(Guard, hosts=names, closing=closing or Closing())
    return app


def prepare(assistant: Assistant) -> Preparation:
    """What is loaded behind the served page: the sample article for an empty library, and the models."""
    from assistant.page.chats import Preparation
    from assistant.sample import sample_path

    def work() -> None:
        if not assistant.articles() and assistant.can_write:
            assistant.add(sample_path())
        assistant.warm()

    return Preparation(work)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens, so that the port is ours before anything slow begins.

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
    """The first port from `first` on where nothing listens; None if a hundred are taken."""
    for port in range(first, min(first + 100, 65536)):
        with contextlib.suppress(OSError):
            _bound(host, port).close()
            return port
    return None


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # lets a restart in at once; on Windows it would let two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener


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


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def _say(address: str) -> None:
    sys.stderr.write(f"Footnote is at {address} (Ctrl-C stops it)\n")
    sys.stderr.flush()


def _open(address: str) -> None:
    """Open the browser from a thread of its own: some wait until it is closed."""
    import webbrowser

    threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()
