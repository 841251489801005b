"""The catalogue of events by which the page and programs talk to the server: their names, and how each is run.

The protocol (Gradio 6, as observed; `static/js/events.js` is the other side):

- A quick event (`queue=False`): `POST /gradio_api/run/NAME` with {"data": [all arguments, in order]} gives {"data":
  [value], ...}; an error gives HTTP 500 and {"error": a sentence for the user}. An argument may not be left out.
- A queued event: `POST /gradio_api/call/NAME` with the same body gives {"event_id"}; `GET
  /gradio_api/call/NAME/EVENT_ID` is a stream of server-sent events: "generating" with [value] for each value that the
  handler yields, whole and not as a difference, then "complete" with [the last value once more]. One that returns has
  "complete" alone. "heartbeat" with null comes now and then; "error" with {"error": sentence} ends the stream. A queue
  that is full refuses the POST with 503.
- Our queued events report errors by a last {"event": "failed", "message"}, so that "error" comes from Gradio alone.
- A client that closes the stream is noticed at the next value: then the handler's generator is closed and its place is
  free. So a handler yields several times a second, even while it waits.
- `gradio_client` and MCP see the public events only; arguments with defaults may be left out there, as in
  `POST /gradio_api/call/v2/NAME` with {"argument": value}.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.answering.checking import MAX_QUESTION_CHARS
from assistant.assistant import Assistant
from assistant.core.answer import Citation
from assistant.core.errors import LibraryError
from assistant.page.chats import Chats
from assistant.page.events import inputs
from assistant.page.events.answers import Answers
from assistant.page.events.articles import Articles
from assistant.page.events.collecting import Collections
from assistant.page.events.conversations import Conversations
from assistant.page.events.handling import SECONDS_BETWEEN_SIGNS, Told, failed
from assistant.page.events.suggesting import Suggesting
from assistant.page.events.views import short_source, spoken_date
from assistant.page.export.exporting import Exporter
from assistant.page.export.footnotes import Origin, OriginOf
from assistant.page.preparation import Preparation
from assistant.page.quiet_gradio import import_gradio
from assistant.page.words import say, words
from assistant.questions.candidates import Wordings
from assistant.questions.examples import Examples
from assistant.questions.suggestions import Suggestions

if TYPE_CHECKING:
    import gradio as gr

WAITING = 256
"""How many queued events may wait; further ones are refused."""
_MOST_ORIGINS = 4_096
_SECONDS_FOR_EXAMPLES = 3.0
_SECONDS_BETWEEN_LOOKS = 0.05


@dataclass(frozen=True, slots=True)
class _Event:
    """One event.

    Attributes:
        handler: called for the event; the event has its name and its docstring.
        public: shown to programs.
        together: name of a group of queued events that share their places; "" = a quick event.
        places: how many events of the group may run at once; None = any number.
    """

    handler: Callable[..., Any]
    public: bool = False
    together: str = ""
    places: int | None = None


def build(assistant: Assistant, preparation: Preparation, *, links: bool = False) -> gr.Blocks:
    """Build a Gradio application with all events and no components, since the page is our own.

    Args:
        assistant: answers, and keeps the conversations.
        preparation: questions wait for its end.
        links: whether the page may have links fetched.
    """
    gr = import_gradio()
    with gr.Blocks(title=say("title"), analytics_enabled=False) as blocks:
        for event in events(assistant, preparation, links=links):
            gr.api(
                event.handler,
                api_name=event.handler.__name__,
                api_visibility="public" if event.public else "undocumented",
                queue=bool(event.together),
                concurrency_id=event.together or None,
                concurrency_limit=event.places if event.together else None,
            )
    blocks.queue(max_size=WAITING, api_open=False)
    return blocks


def events(assistant: Assistant, preparation: Preparation, *, links: bool = False) -> list[_Event]:
    """All events; each is documented at its handler."""
    from gradio.utils import get_upload_folder

    # An answer takes one core. Events that wait for the models hold places that they will need as soon as these are
    # loaded; but any number of tabs may wait for the page to open.
    places = os.cpu_count() or 1
    if assistant.settings.llm:
        # Waiting for a language model takes no core.
        places += assistant.settings.llm_requests
    origin_of = _origins(assistant)
    chats = Chats(assistant)
    examples = Examples(assistant, _wordings())
    answers = Answers(assistant, preparation, chats, examples.quiet, origin_of)
    suggesting = Suggesting(assistant, chats, Suggestions(assistant, examples.quiet, _wordings()))
    articles = Articles(assistant, preparation, examples, lambda: Path(get_upload_folder()), links=links)
    conversations = Conversations(assistant, chats, Exporter(assistant, chats, origin_of), origin_of)
    collections = Collections(assistant)
    opening = _Opening(assistant, preparation, examples, articles, conversations)
    return [
        _Event(answers.ask, public=True, together="answers", places=places),
        _Event(articles.list_articles, public=True),
        _Event(articles.read_article, public=True),
        _Event(opening.open_page, together="opening"),
        _Event(answers.chat, together="answers", places=places),
        _Event(suggesting.suggest_questions, together="suggesting"),
        _Event(answers.find_support),
        _Event(conversations.open_conversation),
        _Event(conversations.list_conversations),
        _Event(conversations.rename_conversation),
        _Event(conversations.delete_conversation),
        _Event(conversations.rate),
        _Event(conversations.export),
        _Event(articles.add_articles, together="adding", places=1),
        _Event(articles.compare_files, together="adding", places=1),
        _Event(articles.add_text, together="adding", places=1),
        _Event(articles.add_link, together="adding", places=1),
        _Event(articles.remove_article),
        _Event(articles.restore_article),
        _Event(collections.list_collections),
        _Event(collections.read_collection),
        _Event(collections.save_collection),
        _Event(collections.rename_collection),
        _Event(collections.delete_collection),
    ]


class _Opening:
    """The event with which the page begins."""

    def __init__(
        self,
        assistant: Assistant,
        preparation: Preparation,
        examples: Examples,
        articles: Articles,
        conversations: Conversations,
    ) -> None:
        self._assistant = assistant
        self._preparation = preparation
        self._examples = examples
        self._articles = articles
        self._conversations = conversations

    async def open_page(self, visitor: str) -> AsyncIterator[Told]:
        """What the page shows first, as soon as all is loaded.

        Args:
            visitor: the browser's own token; "" = nobody, who has no conversations.

        Yields:
            {"event": "preparing", "note"}: models are being loaded; about four times a second.
            {"event": "ready", "note", "articles", "article_count", "collections", "examples", "conversations", "can_write",
                "links", "model", "limits"}:
                the newest 500 articles (ArticleView), all collections (CollectionView), up to three example questions, the
                visitor's conversations
                (ConversationView), whether articles can be added and removed, links fetched, and a language model is set, and
                the "question", "file_bytes" and "article_chars" taken at most. Told a second time when examples have been
                found meanwhile.
            {"event": "failed", "message"}: why not.
        """
        try:
            while not self._preparation.ended:
                yield {"event": "preparing", "note": say("preparing")}
                await _until(lambda: self._preparation.ended, SECONDS_BETWEEN_SIGNS)
            owner = inputs.owner_of(visitor)
            ready = await asyncio.to_thread(self._ready, owner)
            yield ready
            await _until(lambda: self._examples.wait(0), _SECONDS_FOR_EXAMPLES)
            if list(await asyncio.to_thread(self._examples.now)) != ready["examples"]:
                yield await asyncio.to_thread(self._ready, owner)
        except Exception as error:
            yield failed(error)

    def _ready(self, owner: str) -> Told:
        settings = self._assistant.settings
        library = self._articles.library()
        self._examples.look()
        return {
            "event": "ready",
            "note": self._preparation.error,
            **library,
            "conversations": self._conversations.listed(owner),
            "can_write": self._assistant.can_write,
            "links": self._articles.links,
            "model": bool(settings.llm),
            "limits": {
                "question": MAX_QUESTION_CHARS,
                "file_bytes": settings.max_file_bytes,
                "article_chars": settings.max_article_chars,
            },
        }


async def _until(over: Callable[[], bool], seconds: float) -> None:
    """Wait for a condition, at most some seconds. Uses no thread, since any number of tabs may wait."""
    for _ in range(round(seconds / _SECONDS_BETWEEN_LOOKS)):
        if over():
            return
        await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)


def _origins(assistant: Assistant) -> OriginOf:
    """Says where an article is from. What is known of a version never changes, so each is read once; many answers cite it."""

    @lru_cache(maxsize=_MOST_ORIGINS)
    def of_version(article_id: str, content_hash: str) -> Origin:
        article = assistant.article(article_id)
        return Origin(short_source(article.source), spoken_date(article.published))

    def origin_of(citation: Citation) -> Origin:
        try:
            if not citation.stale:
                return of_version(citation.article_id, citation.content_hash)
            # The date of another version may be another one.
            return Origin(short_source(assistant.article(citation.article_id).source))
        except LibraryError:
            return Origin()

    return origin_of


def _wordings() -> Wordings:
    return Wordings(**{field.name: words()[f"example_{field.name}"] for field in fields(Wordings)})
