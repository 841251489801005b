"""The chat page in a real browser, over the real models: answers, refusals, conversations that last."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Server, Visit, Visitor, running

pytestmark = pytest.mark.browser


def test_an_answer_shows_key_words_a_verbatim_quote_and_its_source(visitor: Visit, sample_text: str) -> None:
    visitor.ask("Who is John Kirby?")
    quote = visitor.last(".fn-quote")
    assert len(quote) > 10
    assert quote in sample_text
    assert visitor.last(".fn-number") == "1"
    assert visitor.last(".fn-source cite") == sample_text.splitlines()[0]
    assert visitor.last(".fn-verbatim") == "verbatim ✓"
    marked = visitor.texts(".fn-turn:last-child .fn-quote mark")
    assert marked
    assert all(words in quote for words in marked)


def test_confidence_is_said_in_words_with_the_figure_on_hover(visitor: Visit) -> None:
    visitor.ask("Who is John Kirby?")
    said = visitor.page.locator("#fn-chat .fn-confidence").last
    assert said.inner_text() in (
        "very likely right",
        "probably right",
        "unsure: check the quote",
        "a guess: check the quote",
    )
    assert re.search(r"\b\d{1,3} %", said.get_attribute("title") or "")


def test_a_refusal_folds_the_closest_passages_away(visitor: Visit, sample_text: str) -> None:
    visitor.ask("What does a litre of milk cost in Oslo?")
    refusal = visitor.page.locator("#fn-chat .fn-answer").last
    assert "don't say" in refusal.inner_text()
    assert refusal.locator(".fn-confidence").count() == 0
    closest = refusal.locator("details.fn-closest")
    assert closest.locator("summary").inner_text() == "closest passages, not an answer"
    first = closest.locator(".fn-quote").first
    assert not first.is_visible()
    closest.locator("summary").click()
    assert first.is_visible()
    assert first.inner_text() in sample_text


def test_an_example_question_is_asked_by_a_click(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    example = visitor.page.locator("#fn-examples button").first
    question = example.inner_text()
    example.click()
    visitor.page.locator("#fn-chat .fn-answer").first.wait_for()
    assert visitor.texts(".fn-question") == [question]
    assert not visitor.page.locator("#fn-examples").is_visible()


def test_a_reload_keeps_the_conversation_and_a_new_one_is_empty(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    visitor.ask("Who is Jens Stoltenberg?")
    visitor.ask("What did John Kirby say?")
    before = visitor.texts(".fn-turn")
    visitor.page.reload()
    visitor.page.locator("#fn-chat .fn-turn").nth(1).wait_for()
    assert visitor.texts(".fn-turn") == before
    visitor.page.click("#fn-new")
    visitor.page.locator(".fn-welcome").wait_for()
    visitor.page.reload()
    visitor.page.locator("#fn-ask textarea").wait_for()
    visitor.page.locator(".fn-welcome").wait_for()
    assert visitor.texts(".fn-turn") == []


def test_people_do_not_see_each_others_turns(server: Server, visit: Visitor) -> None:
    one, other = visit(server), visit(server)
    one.ask("Who is John Kirby?")
    other.ask("What is this about?")
    one.ask("When was it published?")
    other.page.reload()
    other.page.locator("#fn-chat .fn-turn").wait_for()
    assert one.texts(".fn-question") == ["Who is John Kirby?", "When was it published?"]
    assert other.texts(".fn-question") == ["What is this about?"]


@pytest.mark.parametrize("question", ["😀 🎉", "?!"])
def test_what_is_no_question_is_refused_politely(visitor: Visit, question: str) -> None:
    visitor.ask(question)
    assert visitor.last(".fn-message") == "Please ask a question in words."
    visitor.ask("Who is John Kirby?")
    assert visitor.texts(".fn-quote")


def test_the_page_is_quiet_it_asks_no_one_else_and_reports_no_error(server: Server, visitor: Visit) -> None:
    visitor.ask("What is this about?")
    assert visitor.requests
    assert [url for url in visitor.requests if not url.startswith(server.url + "/")] == []
    assert visitor.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_readable_in_either_colour_scheme(visitor: Visit, scheme: str) -> None:
    visitor.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    visitor.page.reload()
    visitor.ask("Who is John Kirby?")
    for selector in (".fn-question", ".fn-quote", ".fn-source cite", ".fn-number", ".fn-confidence"):
        ink, paper = visitor.page.locator(f"#fn-chat {selector}").last.evaluate(_COLOURS)
        assert _contrast(ink, paper) >= 4.5, (selector, ink, paper)


def test_conversations_outlive_the_server(visit: Visitor, restarted: Server) -> None:
    visitor = visit(restarted)
    visitor.ask("Who is John Kirby?")
    before = visitor.texts(".fn-turn")
    status, _ = restarted.stop(signal.SIGINT)
    assert status == 0
    restarted.start()
    visitor.page.reload()
    visitor.page.locator("#fn-chat .fn-turn").wait_for()
    assert visitor.texts(".fn-turn") == before
    visitor.ask("What did he say?")
    assert len(visitor.texts(".fn-turn")) == 2


@pytest.fixture
def restarted(tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, to be stopped and started."""
    yield from running(tmp_path / "library", tmp_path / "log")


_COLOURS = """element => {
  const opaque = colour => !/rgba\\(.*, 0\\)|transparent/.test(colour);
  let at = element;
  while (at && !opaque(getComputedStyle(at).backgroundColor)) at = at.parentElement;
  return [getComputedStyle(element).color, at ? getComputedStyle(at).backgroundColor : "rgb(255, 255, 255)"];
}"""


def _contrast(ink: str, paper: str) -> float:
    """Contrast ratio by WCAG 2."""

    def luminance(colour: str) -> float:
        parts = [int(float(number)) / 255 for number in re.findall(r"[\d.]+", colour)[:3]]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(ink), luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
