"""A visitor of the page: what people do there, in few words, and the watch over what the page does behind their backs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from tests.browser.server import Server

ANSWER_MS = 60_000
"""For whatever is waited for: long, as the first question waits for the models and the machine may be busy."""
expect.set_options(timeout=ANSWER_MS)

WIDE = {"viewport": {"width": 1280, "height": 800}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
SCREENSHOTS = Path(__file__).parents[2] / "test-results" / "screenshots"

_SELECT = """(element, words) => {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  const whole = nodes.map(node => node.data).join("");
  const from = whole.indexOf(words);
  if (from < 0) throw new Error(`not there: ${words}`);
  const place = (offset, last) => {
    for (const node of nodes) {
      if (offset < node.length || (last && offset === node.length)) return [node, offset];
      offset -= node.length;
    }
  };
  const [node] = place(from, false);
  node.parentElement.scrollIntoView({block: "center"});
  getSelection().setBaseAndExtent(...place(from, false), ...place(from + words.length, true));
}"""


@dataclass
class Visit:
    """A page in a browser of its own, and what it did.

    `forgiven` holds patterns of errors in the console that a test provokes on purpose, such as "status of 413".
    """

    page: Page
    server: Server
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._listeners: list[tuple[Any, Callable[[Any], None]]] = [
            ("request", lambda request: self.requests.append(request.url)),
            ("dialog", self._refuse),
            ("pageerror", lambda error: self.errors.append(f"uncaught: {error}")),
            ("console", self._hear),
        ]

    # The watch

    def watch(self) -> None:
        """Write down what the page does from now on."""
        for event, listener in self._listeners:
            self.page.on(event, listener)

    def unwatch(self) -> None:
        """Write down no more: the page becomes somebody else's."""
        for event, listener in self._listeners:
            self.page.remove_listener(event, listener)

    def check(self) -> None:
        """It asked nobody but its own server, opened no dialog, and reported no error: no broken policy either."""
        own = (f"{self.server.url}/", f"blob:{self.server.url}/")
        foreign = [url for url in self.requests if not url.startswith(own)]
        errors = [error for error in self.errors if not any(re.search(known, error) for known in self.forgiven)]
        # pytest shows the values of test modules' assertions alone.
        assert not foreign, foreign
        assert not self.dialogs, self.dialogs
        assert not errors, errors

    def _hear(self, said: Any) -> None:
        if said.type == "error":
            self.errors.append(f"console: {said.text}")

    def _refuse(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    # Coming and going

    def open(self) -> None:
        """Open the page, and wait until its articles are there."""
        self.page.goto(self.server.url)
        self.ready()

    def reload(self) -> None:
        """Load it again, and wait until its articles are there."""
        self.page.reload()
        self.ready()

    def ready(self) -> None:
        """Wait until the articles are there."""
        there = self.page.locator(".article-row, #no-articles:not([hidden])").first
        there.wait_for(state="attached", timeout=ANSWER_MS)

    # The chat

    @property
    def turns(self) -> Locator:
        """All turns that are shown."""
        return self.page.locator("#log .turn")

    @property
    def turn(self) -> Locator:
        """The last one."""
        return self.turns.last

    @property
    def answer(self) -> Locator:
        """The last answer."""
        return self.page.locator("#log .answer").last

    def type(self, question: str) -> None:
        """Put a question into the box and send it."""
        self.page.fill("#question", question)
        self.page.press("#question", "Enter")

    def ask(self, question: str) -> Locator:
        """Ask, and wait for the answer; its turn."""
        before = self.turns.count()
        self.type(question)
        return self.answered(before)

    def answered(self, before: int) -> Locator:
        """The turn after so many, once it has its answer."""
        turn = self.turns.nth(before)
        turn.locator(".answer:not(.pending)").wait_for(timeout=ANSWER_MS)
        return turn

    def questions(self) -> list[str]:
        """What was asked, as it is shown."""
        return self.page.locator("#log .question > bdi").all_inner_texts()

    def quotes(self, turn: Locator | None = None) -> list[str]:
        """The quotes of a turn, the last if none is given, character by character."""
        return (turn or self.turn).locator(".quote").evaluate_all("all => all.map(one => one.textContent)")

    def marker(self, number: int = 1, turn: Locator | None = None) -> Locator:
        """The marker of a turn's quote; it stands both in the text and at the quote: the latter."""
        return (turn or self.turn).locator(".quotes .marker").nth(number - 1)

    # The article

    def lit(self, kind: str = "cited") -> str:
        """The words that are lit up in the article."""
        marks = self.page.locator(f"#article mark.{kind}")
        marks.first.wait_for()
        return "".join(marks.evaluate_all("all => all.map(one => one.textContent)"))

    def expect_lit(self, quote: str, kind: str = "cited") -> None:
        """Exactly these words are lit up in the article, and stand inside the window."""
        mark = self.page.locator(f"#article mark.{kind}")
        expect(mark).to_have_count(1)
        assert self.lit(kind) == quote
        expect(mark).to_be_in_viewport(ratio=0.99)
        box, window = mark.bounding_box(), self.page.viewport_size
        assert box is not None
        assert window is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= window["height"]

    def expect_passage_lit(self, passage: str) -> None:
        """Exactly this passage is lit up in the article, each of its paragraphs by itself, and begins inside the window."""
        mark = self.page.locator("#article mark.cited").first
        expect(mark).to_contain_text(passage.split("\n")[0][:30])
        assert "".join(self.lit().split()) == "".join(passage.split())
        expect(mark).to_be_in_viewport()

    def select(self, place: Locator, words: str) -> None:
        """Select words in an element, as the mouse would."""
        place.evaluate(_SELECT, words)

    # The library

    def open_library(self) -> None:
        """Show the list of articles."""
        if self.page.locator("#show-reading").is_visible():
            self.page.click("#show-reading")
        if self.page.locator("#all-articles").is_visible():
            self.page.click("#all-articles")
        self.page.locator("#library").wait_for()

    def titles(self) -> list[str]:
        """Titles in the list of articles."""
        return self.page.locator(".article-row .title").evaluate_all("all => all.map(one => one.textContent)")

    def row(self, title: str) -> Locator:
        """An article's row in the list."""
        return self.page.locator(".article-row").filter(has=self.page.get_by_text(title, exact=True))

    def upload(self, *files: Any) -> None:
        """Add files: paths, or {name, mimeType, buffer}; and wait for the report."""
        self.open_library()
        self.page.locator("#report").evaluate("report => report.replaceChildren()")
        self.page.set_input_files("#files", list(files))

    def report(self) -> str:
        """What came of adding."""
        said = self.page.locator("#report > *").first
        said.wait_for(state="attached", timeout=ANSWER_MS)
        expect(self.page.locator("#progress")).to_be_hidden()
        return self.page.locator("#report").text_content() or ""

    # The conversations

    def open_drawer(self) -> Locator:
        """Show the conversations."""
        with self.page.expect_response("**/list_conversations") as listed:
            self.page.click("#conversations-button")
        listed.value.finished()
        drawer = self.page.locator("#conversations")
        drawer.locator("#conversation-list li").first.wait_for()
        return drawer

    def close_drawer(self) -> None:
        """Hide them."""
        self.page.keyboard.press("Escape")
        expect(self.page.locator("#conversations")).to_be_hidden()

    def new_conversation(self) -> None:
        """Begin an empty conversation."""
        self.open_drawer()
        self.page.click("#new-conversation")
        self.page.locator("#welcome").wait_for()

    def download(self, button: str) -> tuple[str, str]:
        """What a button gives as a file: its name and its text."""
        with self.page.expect_download() as downloading:
            self.page.click(button)
        return downloading.value.suggested_filename, downloading.value.path().read_text(encoding="utf-8")

    # Pictures

    def shoot(self, name: str) -> None:
        """Keep a picture of what is seen now."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    # What a test holds back

    @contextmanager
    def held(self, event: str = "chat") -> Iterator[None]:
        """Inside the block nothing comes to the page of what the server says to a queued event."""
        pattern = re.compile(rf"/gradio_api/call/{event}/")
        held: list[Route] = []
        self.page.route(pattern, lambda route: held.append(route))
        try:
            yield
        finally:
            self.page.unroute(pattern)
            for route in held:
                route.fallback()


def visiting(browser: Browser, server: Server, **options: Any) -> tuple[BrowserContext, Visit]:
    """A visit by somebody new, not yet opened."""
    context = _context(browser, options)
    visit = Visit(context.new_page(), server)
    visit.watch()
    return context, visit


class Windows:
    """Browser windows that are lent to one visitor after another: a new one costs four times a page that is loaded again.

    Whoever gets one finds it as a new one is: nothing is remembered, nothing held back, nothing under the mouse.
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: dict[str, list[Page]] = {}

    @contextmanager
    def visits(self) -> Iterator[Callable[..., Visit]]:
        """Inside the block, `visit(server, **options)` gives a visit by somebody new, not yet opened."""
        with self.pages() as lend:
            visits: list[Visit] = []

            def visit(server: Server, **options: Any) -> Visit:
                page = lend(**options)
                page.goto(f"{server.url}/page/icon.svg")  # of the same origin, and runs no script
                page.evaluate("localStorage.clear(); sessionStorage.clear()")
                visits.append(Visit(page, server))
                visits[-1].watch()
                return visits[-1]

            try:
                yield visit
            finally:
                for one in visits:
                    one.unwatch()

    @contextmanager
    def pages(self) -> Iterator[Callable[..., Page]]:
        """Inside the block, `lend(**options)` gives an empty page; the options are those of Playwright's `new_context`."""
        taken: list[tuple[str, Page]] = []

        def lend(**options: Any) -> Page:
            kind = repr(sorted({**WIDE, **options}.items()))
            free = self._free.get(kind)
            page = free.pop() if free else _context(self._browser, options).new_page()
            taken.append((kind, page))
            return page

        try:
            yield lend
        finally:
            for kind, page in taken:
                self._take_back(kind, page)

    def close(self) -> None:
        """Close those that are free."""
        for pages in self._free.values():
            for page in pages:
                page.context.close()
        self._free.clear()

    def _take_back(self, kind: str, page: Page) -> None:
        """Free again, unless it was closed."""
        context = page.context
        for other in context.pages:
            if other is not page:
                other.close()
        if page.is_closed():
            context.close()
            return
        context.set_offline(False)
        context.unroute_all(behavior="ignoreErrors")
        page.unroute_all(behavior="ignoreErrors")
        context.clear_cookies()
        page.emulate_media(color_scheme="light")
        page.mouse.move(0, 0)
        page.goto("about:blank")  # ends what the page still waits for
        self._free.setdefault(kind, []).append(page)


def _context(browser: Browser, options: dict[str, Any]) -> BrowserContext:
    context = browser.new_context(**{**WIDE, **options})
    context.set_default_timeout(ANSWER_MS)
    return context
