"""Serves the page itself: its HTML, rendered from a template and the page's texts, and its static files."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from assistant.page.words import LANGUAGE, words

if TYPE_CHECKING:
    from jinja2 import Environment

STATIC = Path(__file__).parents[1] / "static"

_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
"""Media types by suffix; files with other suffixes are not served. The system's own registry may be wrong, and a browser
runs no script of the wrong type."""


def routes(library: Path) -> list[BaseRoute]:
    """`/`, the icon, and `/page/` with all static files.

    Args:
        library: folder of the library; the browser keeps data of different libraries apart, even at the same host and port.
    """
    page, files = _Page(hashlib.sha256(str(library.resolve()).encode()).hexdigest()[:16]), _Files(directory=STATIC)

    async def icon(request: Request) -> Response:
        return await files.get_response("icon.svg", request.scope)

    return [Route("/", page.get), Route("/favicon.ico", icon), Mount("/page", files)]


class _Page:
    """Renders the HTML; everything put into the template is escaped."""

    def __init__(self, library: str) -> None:
        self._library = library
        self._environment: Environment | None = None

    async def get(self, request: Request) -> Response:
        """The page; browsers must ask each time whether there is a newer one."""
        return HTMLResponse(self._render(), headers={"cache-control": "no-cache"})

    def _render(self) -> str:
        if self._environment is None:
            from jinja2 import Environment, FileSystemLoader, StrictUndefined

            loader = FileSystemLoader(STATIC)
            self._environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
        page = self._environment.get_template("index.html")
        return page.render(words=dict(words()), language=LANGUAGE, library=self._library)


class _Files(StaticFiles):
    """Static files with an ETag of their content: browsers see an upgrade at once, though installed files may share one date."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, or 304 if the browser has it already."""
        path = Path(full_path)
        if path.suffix not in _TYPES:
            raise HTTPException(404)
        content = path.read_bytes()
        headers = {"etag": f'"{hashlib.sha256(content).hexdigest()[:32]}"', "cache-control": "no-cache"}
        response = Response(content, status_code, headers, _TYPES[path.suffix])
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response
