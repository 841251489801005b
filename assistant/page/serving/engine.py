"""Gradio behind the page: loaded in the background while the page is served; requests for it wait until it is there."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.page.quiet_gradio import import_gradio
from assistant.page.serving.closing import Closing

if TYPE_CHECKING:
    from fastapi import FastAPI

    from assistant.assistant import Assistant
    from assistant.page.preparation import Preparation

_log = logging.getLogger(__name__)


class Engine:
    """An ASGI application that takes seconds to build: it is built in a thread, and requests wait until it is there."""

    def __init__(self, build: Callable[[], FastAPI], *, then: Callable[[], None], closing: Closing) -> None:
        """`running` starts to build it.

        Args:
            build: builds the application.
            then: called when it is built.
            closing: ends waiting requests when the server shuts down.
        """
        self._build = build
        self._then = then
        self._closing = closing
        self._built = asyncio.Event()
        self._ending = asyncio.Event()
        self._app: ASGIApp = _ENDING

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Start to build; shut the application down at the end of the block."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._ending.set()
            await task

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request as soon as the application is built."""
        await self._closing.unless_ended(self._built.wait())
        await self._app(scope, receive, send)

    async def _run(self) -> None:
        """Build, start and stop the application in one task: what its lifespan starts must end in the same task."""
        try:
            app = await asyncio.to_thread(self._build)
            if self._ending.is_set():
                return
            async with app.router.lifespan_context(app):
                self._app = app
                self._built.set()
                self._then()
                await self._ending.wait()
        except Exception:
            _log.exception("loading Gradio")
            self._app = _BROKEN
        finally:
            self._built.set()


_ENDING = PlainTextResponse("The server ends.", status_code=503)
_BROKEN = PlainTextResponse(
    "Gradio, which the page needs, could not be loaded. What exactly stands in the server's log; installing Footnote "
    "anew (make install) mends a damaged or foreign version.",
    status_code=503,
)


def build(assistant: Assistant, preparation: Preparation, *, mcp: bool = False, links: bool = False) -> FastAPI:
    """Build Gradio's API for the page's events, and optionally MCP's tools. The first call takes seconds.

    To be called in a thread without an event loop. It is built inside one, since Gradio makes an event loop for each of its locks
    where none runs, and leaves it open.
    """

    async def built() -> FastAPI:
        return _built(assistant, preparation, mcp, links)

    return asyncio.run(built())


def _built(assistant: Assistant, preparation: Preparation, mcp: bool, links: bool) -> FastAPI:
    gr = import_gradio()
    from fastapi import FastAPI

    from assistant.page.events import catalogue

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    if mcp:
        from assistant.page.serving import tools

        tools.mount(app, assistant, preparation)
    gr.mount_gradio_app(
        app,
        catalogue.build(assistant, preparation, links=links),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        enable_monitoring=False,
        max_file_size=assistant.settings.max_file_bytes,
    )
    return app
