"""Serves pages of PDFs as pictures: `/page-picture/ARTICLE?start=…&end=…`, behind the same guard as all else."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from assistant.core.errors import ArticleNotFoundError, FootnoteError
from assistant.core.protocols import TakesArticles
from assistant.page.events.handling import message
from assistant.page.pdf_pages import PagePictures
from assistant.page.words import say

_MOST_DIGITS = 12


def route(assistant: TakesArticles) -> Route:
    """The route of the pictures. What goes wrong is said in plain text, for the user to read."""
    pictures = PagePictures(assistant)
    # A page takes a core for a moment. Requests that wait for their turn hold no thread that others need.
    turn = asyncio.Semaphore(1)

    async def get(request: Request) -> Response:
        given = request.query_params
        start, end = _number(given.get("start", "")), _number(given.get("end", ""))
        if start is None or end is None:
            return PlainTextResponse(say("page_none"), status_code=404)
        try:
            async with turn:
                drawn = await asyncio.to_thread(pictures.draw, request.path_params["article_id"], start, end)
        except Exception as error:
            return PlainTextResponse(message(error), status_code=_status(error))
        return Response(drawn, media_type="image/png", headers={"cache-control": "no-store"})

    return Route("/page-picture/{article_id}", get)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else None


def _status(error: Exception) -> int:
    if isinstance(error, ArticleNotFoundError):
        return 404
    return 409 if isinstance(error, FootnoteError) else 500
