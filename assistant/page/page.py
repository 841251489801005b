"""The chat page: layout and what happens on each click. Rendering, words and style are elsewhere."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant import sample
from assistant.assistant import MAX_QUESTION_CHARS, Assistant
from assistant.errors import FootnoteError
from assistant.page import rendering, strings
from assistant.page.chats import Chat, Chats, Preparation

if TYPE_CHECKING:
    import gradio as gr

STATIC = Path(__file__).parent / "static"

CONCURRENT_QUESTIONS = 8
WAITING_QUESTIONS = 256
EXAMPLES = 4
NO_CONVERSATION = "-"
"""What the browser is given to remember when there is none: Gradio does not store an empty text."""

_log = logging.getLogger(__name__)


def import_gradio() -> Any:
    """Gradio, with its phoning home switched off before it is imported."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import gradio

    return gradio


def theme() -> Any:
    """Quiet colours and the system's own fonts: Gradio's default theme loads Google's."""
    gr = import_gradio()
    return gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.stone,
        font=["system-ui", "-apple-system", "Segoe UI", "sans-serif"],
        font_mono=["ui-monospace", "Consolas", "monospace"],
    )


def head() -> str:
    """Our own files in the page's head. Style sheets that Gradio is given it rewrites, and not always rightly."""

    def at(file: str) -> str:
        version = hashlib.sha256((STATIC / file).read_bytes()).hexdigest()[:12]
        return f"/page/{file}?{version}"

    return (
        f'<link rel="stylesheet" href="{at("page.css")}">'
        f'<link rel="icon" href="{at("icon.svg")}" type="image/svg+xml">'
        f'<script src="{at("page.js")}" defer></script>'
    )


def build(assistant: Assistant, preparation: Preparation) -> gr.Blocks:
    """The page over an assistant.

    Args:
        assistant: answers, and keeps the conversations.
        preparation: questions wait for its end.
    """
    gr = import_gradio()
    handlers = _Handlers(gr, assistant, preparation)
    with gr.Blocks(title=strings.TITLE, analytics_enabled=False, fill_width=True) as page:
        gr.api(handlers.answer, api_name="ask")  # first: a later event of this name would make it "ask_1"
        stored = gr.BrowserState("", storage_key=f"footnote-{_key(assistant)}", secret=_key(assistant))
        with gr.Row(elem_id="fn-page"):
            with gr.Column(elem_id="fn-side", scale=0, min_width=280):
                gr.Markdown(f'<div class="fn-brand"><h1>{strings.TITLE}</h1><p>{strings.TAGLINE}</p></div>')
                fresh = gr.Button(strings.NEW_CONVERSATION, elem_id="fn-new", size="sm")
                gr.Markdown(f'<div class="fn-heading"><h2>{strings.ARTICLES}</h2></div>')
                articles = _html(gr, "fn-article-list")
            with gr.Column(elem_id="fn-main", scale=1):
                log = _html(gr, "fn-chat")
                state = _html(gr, "fn-state")
                with gr.Row(elem_id="fn-examples", visible=False) as examples:
                    buttons = [gr.Button(visible=False, size="sm", min_width=0) for _ in range(EXAMPLES)]
                box = gr.Textbox(
                    elem_id="fn-ask",
                    placeholder=strings.PLACEHOLDER,
                    label=strings.QUESTION_LABEL,
                    show_label=False,
                    container=False,
                    max_length=MAX_QUESTION_CHARS,
                    submit_btn=strings.ASK,
                    interactive=False,
                )
        shown = [log, box, stored, examples]
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        box.submit(handlers.ask, [box, stored], shown, **private)
        for button in buttons:
            button.click(handlers.ask, [button, stored], shown, **private)
        fresh.click(handlers.new, None, shown, **private)
        # Until the remembered conversation is there nothing can be asked: it would overwrite the new answer.
        restored = page.load(handlers.restore, [stored], shown, **private)
        # Any number of tabs may wait at a time: waiting is all it does.
        restored.then(handlers.prepare, None, [state, articles, *buttons], concurrency_limit=None, **private)
    page.queue(default_concurrency_limit=CONCURRENT_QUESTIONS, max_size=WAITING_QUESTIONS, api_open=False)
    return page


class _Handlers:
    """What happens on each click."""

    def __init__(self, gr: Any, assistant: Assistant, preparation: Preparation) -> None:
        self._gr = gr
        self._assistant = assistant
        self._preparation = preparation
        self._chats = Chats(assistant)

    def restore(self, id: str) -> tuple[Any, ...]:
        """The conversation that the browser remembers."""
        try:
            return self._shown(self._chats.open(_identifier(id)))
        except Exception as error:
            _log.exception("opening a conversation")
            return self._shown(Chat(notice=str(error) if isinstance(error, FootnoteError) else strings.FAILED))

    def new(self) -> tuple[Any, ...]:
        """An empty conversation; the old one stays in the library."""
        return self._shown(Chat())

    def ask(self, question: str, id: str) -> Iterator[tuple[Any, ...]]:
        """The question at once, the answer when it is there; an error as a line in the log, with the question given back."""
        gr = self._gr
        chat = Chat()
        question = _text(question)
        try:
            chat = self._chats.open(_identifier(id))
            pending = rendering.conversation(chat.turns, pending=question[:MAX_QUESTION_CHARS])
            yield pending, gr.update(value=""), gr.skip(), gr.update(visible=False)
            self._preparation.wait()
            yield self._shown(self._chats.ask(chat.id, question))
        except FootnoteError as error:
            yield self._failed(chat, question, str(error))
        except Exception:
            _log.exception("answering a question")
            yield self._failed(chat, question, strings.FAILED)

    async def prepare(self) -> AsyncIterator[tuple[Any, ...]]:
        """The list of articles and the examples, as soon as all is loaded."""
        idle = [self._gr.skip()] * EXAMPLES
        if not self._preparation.ended:
            yield rendering.status(strings.PREPARING_LONG), rendering.status(strings.PREPARING), *idle
            while not self._preparation.ended:
                await asyncio.sleep(0.1)
        articles = await asyncio.to_thread(self._assistant.articles)
        questions = _examples([article.source for article in articles]) if articles else ()
        update = self._gr.update
        buttons = [update(value=question, visible=True) for question in questions]
        buttons += [update(visible=False)] * (EXAMPLES - len(buttons))
        yield rendering.status(self._preparation.error), rendering.articles(articles), *buttons

    def answer(self, question: str) -> dict[str, Any]:
        """Answer one question: the JSON of `Answer.to_dict()`."""
        self._preparation.wait()
        try:
            return self._assistant.ask(_text(question)).to_dict()
        except FootnoteError as error:
            raise self._gr.Error(str(error), print_exception=False) from None

    def _shown(self, chat: Chat) -> tuple[Any, ...]:
        log = rendering.conversation(chat.turns, notice=chat.notice)
        box = self._gr.update(value="", interactive=True)
        return log, box, chat.id or NO_CONVERSATION, self._gr.update(visible=not chat.turns)

    def _failed(self, chat: Chat, question: str, reason: str) -> tuple[Any, ...]:
        gr = self._gr
        log = rendering.conversation(chat.turns, notice=reason)
        return log, gr.update(value=question[:MAX_QUESTION_CHARS]), gr.skip(), gr.skip()


def _html(gr: Any, elem_id: str) -> Any:
    """A place for rendered HTML; formulas are off, and the browser's own sanitizer stays on."""
    return gr.Markdown("", elem_id=elem_id, latex_delimiters=[], sanitize_html=True)


def _text(value: Any) -> str:
    """What the browser sent as a question; halves of characters, which JSON lets through and UTF-8 does not, replaced."""
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) else ""


def _identifier(value: Any) -> str:
    """What the browser sent as a conversation's id, if it can be one."""
    return value if isinstance(value, str) and len(value) <= 64 and value != NO_CONVERSATION else ""


def _key(assistant: Assistant) -> str:
    """Under which name the browser remembers its conversation: another library on the same port has another."""
    return hashlib.sha256(str(assistant.folder.resolve()).encode()).hexdigest()[:16]


def _examples(sources: list[str]) -> tuple[str, ...]:
    """The sample's own questions while it is there, and some that fit any article."""
    own = sample.example_questions() if any(Path(s).name == sample.sample_path().name for s in sources) else ()
    return tuple(dict.fromkeys((*own, *strings.GENERIC_EXAMPLES)))[:EXAMPLES]
