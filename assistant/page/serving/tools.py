"""Tools for MCP, the Model Context Protocol, by which a program with a language model asks the articles. Optional."""

from __future__ import annotations

import importlib.metadata
import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from starlette.responses import PlainTextResponse
from starlette.routing import Route

from assistant.core.errors import FootnoteError, PageError
from assistant.core.protocols import AnswersQuestions
from assistant.page.preparation import Preparation

if TYPE_CHECKING:
    from fastapi import FastAPI

PATH = "/mcp"
_LEAST_VERSION = (2, 3)

_INSTRUCTIONS = (
    "Answers questions about a library of articles. Every sentence of an answer carries quotes that stand word for word in "
    "an article. What the articles don't say is refused: do not answer it from elsewhere as if they did."
)


def require() -> None:
    """Make sure that the MCP SDK is installed, without importing it.

    Raises:
        PageError: it is not installed, or too old.
    """
    version = _version("mcp")
    if not version or tuple(int(part) for part in version.split(".")[:2]) < _LEAST_VERSION:
        found = f"version {version} is installed" if version else "it is not installed"
        raise PageError(
            f"MCP needs the package mcp, version {'.'.join(map(str, _LEAST_VERSION))} or later, but {found}. "
            'Install it: pip install "footnote[mcp]"; or leave --mcp out.'
        )


def mount(app: FastAPI, assistant: AnswersQuestions, preparation: Preparation) -> None:
    """Serve the tools at `PATH`, over streamable HTTP without sessions, so that clients survive a restart of the server."""
    from mcp.server.mcpserver import MCPServer
    from mcp.server.transport_security import TransportSecuritySettings
    from mcp.types import ToolAnnotations

    server = MCPServer(
        "footnote",
        title="Footnote",
        version=_version("footnote"),
        instructions=_INSTRUCTIONS,
        log_level="WARNING",
        subscriptions=False,
    )
    tools = _Tools(assistant, preparation)
    reads = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
    for tool in (tools.ask, tools.list_articles, tools.read_article):
        server.add_tool(tool, description=inspect.getdoc(tool), annotations=reads)
    mounted = server.streamable_http_app(
        streamable_http_path=PATH,
        stateless_http=True,
        json_response=True,
        # The page's guard has checked host and origin already.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    (route,) = (route for route in mounted.routes if isinstance(route, Route))
    # GET would open a stream for messages that the server starts; it starts none.
    only_post = PlainTextResponse("Only POST.", status_code=405, headers={"allow": "POST"})
    app.router.routes += [Route(PATH, route.endpoint, methods=["POST"]), Route(PATH, only_post)]
    app.router.lifespan_context = mounted.router.lifespan_context


def _version(package: str) -> str:
    """Version of an installed package; "" if it is not installed."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


class _Tools:
    """The tools. Language models read their docstrings."""

    def __init__(self, assistant: AnswersQuestions, preparation: Preparation) -> None:
        self._assistant = assistant
        self._preparation = preparation

    def ask(self, question: str, articles: list[str] | None = None) -> dict[str, Any]:
        """Answer one question from the articles, with verbatim quotes and their places.

        "status" is "answered", "not_found" (the articles don't say), "unclear" or "small_talk" (no question). Each sentence
        lists the numbers of its citations; a citation's "start" and "end" count characters of its article's text, and its
        "page" is the page of the file that it stands on, 0 if the file has none.

        Args:
            question: One question that can be understood alone, in English, of at most 2,000 characters.
            articles: Ids of the articles to ask, as list_articles gives them; none = all.
        """
        with self._as_tool_errors():
            return self._assistant.ask(question, articles=articles).to_dict()

    def list_articles(self) -> list[dict[str, Any]]:
        """List all articles, the last added first: id, title, source, date of publication, length in characters."""
        from assistant.page.events import views

        with self._as_tool_errors():
            return [dict(views.article_view(entry)) for entry in self._assistant.entries()]

    def read_article(self, article_id: str) -> dict[str, Any]:
        """Read the whole text of an article, with its blocks: headings, paragraphs, items, rows and so on.

        A block is "start" and "end" in the text, its "kind", its "level" (of headings and items) and its "page".

        Args:
            article_id: As list_articles gives it.
        """
        from assistant.page.events import views

        with self._as_tool_errors():
            return dict(views.article_page(self._assistant.article(article_id)))

    @contextmanager
    def _as_tool_errors(self) -> Iterator[None]:
        """Pass the messages of our own errors on to the language model; of other errors say only that one happened."""
        from mcp.server.mcpserver.exceptions import ToolError

        self._preparation.wait()
        try:
            yield
        except FootnoteError as error:
            raise ToolError(str(error)) from None
