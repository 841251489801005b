"""The page while a language model writes: sentences one by one, stopping, what is said of what was left out; nothing hostile."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, expect

from assistant import AnswerSentence, Article, Assistant, Citation
from assistant.page.events import views
from assistant.page.export.footnotes import Origin
from tests.assistant.page.writer import Writer
from tests.browser.conftest import Visit, Visitor
from tests.browser.server import SECONDS_TO_HANG, Server, serving
from tests.browser.test_access import expect_accessible
from tests.browser.test_hostile import EVIL, expect_harmless
from tests.browser.visits import PHONE
from tests.doubles import HashEmbedder

pytestmark = pytest.mark.browser

QUESTION = "When does the ferry to the island leave?"
NOON = "The ferry leaves at noon."
NINETY = "It carries ninety passengers to the island."
LUND = "It was built in the town of Lund by the shipwright Alma Berg."
MARKUP = "The ferry is red ${window.fnHit=4} {{value}} `code` **bold** &lt;b&gt; &amp; 1 < 2 > 1 and white."
"""What the proof lets through."""
FERRY = Article(f"The harbour ferry\n\n{NOON}\n\n{NINETY} {LUND}\n\n{MARKUP}", "The harbour ferry", "ferry.txt")
INVENTED = "It sank in the harbour of Bergen."
NOTICE = "The language model could not be reached; the articles are quoted instead."


@dataclass
class Written:
    """Somebody who has asked, and the reader that writes the answer."""

    writer: Writer
    assistant: Assistant
    visitor: Visit

    @property
    def said(self) -> Locator:
        """What is said, sentence by sentence."""
        return self.visitor.turn.locator(".said")

    @property
    def status(self) -> Locator:
        """What is said of how far it has got."""
        return self.visitor.turn.locator(".looking")

    @property
    def pane(self) -> Locator:
        """What scrolls."""
        return self.visitor.page.locator("#turns")

    def texts(self) -> list[str]:
        """The sentences, without their markers."""
        return self.visitor.turn.locator(".said > bdi").evaluate_all("all => all.map(one => one.textContent)")

    def write(self, text: str, quote: str) -> None:
        """Write a sentence; it is shown."""
        before = self.visitor.turn.locator(".quote").count()
        self.writer.write(text, quote)
        expect(self.visitor.turn.locator(".quote")).to_have_count(before + 1)

    def end(self, notice: str = "") -> None:
        """Write no more; the turn has its answer."""
        self.writer.end(notice)
        self.visitor.answered(self.visitor.turns.count() - 1)


@pytest.fixture(scope="module")
def writer() -> Writer:
    return Writer(QUESTION)


@pytest.fixture(scope="module")
def harbour(writer: Writer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Assistant, Server]]:
    folder = tmp_path_factory.mktemp("writing")
    with Assistant.open(folder / "library", embedder=HashEmbedder(max_tokens=400), reader=writer) as assistant:
        assistant.add(FERRY)
        with serving(assistant, folder / "log") as server:
            yield assistant, server


@pytest.fixture
def asked(writer: Writer, harbour: tuple[Assistant, Server], visit: Visitor) -> Iterator[Written]:
    """Somebody who has asked, on a wide screen; nothing is written yet."""
    assistant, server = harbour
    visitor = visit(server)
    yield _asked(writer, assistant, visitor)
    _leave(visitor)
    assert not writer.writing.is_set() or writer.closed.wait(SECONDS_TO_HANG)


@pytest.fixture
def small(writer: Writer, harbour: tuple[Assistant, Server], visit: Visitor) -> Iterator[Written]:
    """Somebody with a small phone who asks for the second time."""
    assistant, server = harbour
    visitor = visit(server, **{**PHONE, "viewport": {"width": 390, "height": 460}})
    first = _asked(writer, assistant, visitor)
    first.write("", NOON)
    first.end()
    yield _asked(writer, assistant, visitor)
    _leave(visitor)
    assert not writer.writing.is_set() or writer.closed.wait(SECONDS_TO_HANG)


def _leave(visitor: Visit) -> None:
    """Look at another page, in whatever state the answer is."""
    if not visitor.page.is_closed():
        visitor.page.goto("about:blank")


def _asked(writer: Writer, assistant: Assistant, visitor: Visit) -> Written:
    visitor.type(QUESTION)
    assert writer.writing.wait(SECONDS_TO_HANG)
    asked = Written(writer, assistant, visitor)
    # What is stopped before the page listens is not ended at the server: Gradio has nobody to miss.
    expect(asked.status).to_have_text(re.compile("^Writing"))
    return asked


# One by one


def test_a_sentence_is_seen_before_the_next_is_written(asked: Written) -> None:
    asked.write(NOON, NOON)
    expect(asked.said).to_have_text(re.compile(re.escape(NOON)))
    expect(asked.said.locator(".marker")).to_have_text("1")
    assert asked.visitor.quotes() == [NOON]
    expect(asked.visitor.turn.locator(".verbatim")).to_have_count(1)
    expect(asked.status).to_have_text("Writing …")
    expect(asked.visitor.page.locator("#said")).to_have_text("Writing …")
    asked.write(NINETY, NINETY)
    expect(asked.said.locator(".marker")).to_have_text(["1", "2"])
    asked.write("", LUND)  # the quote speaks for itself
    expect(asked.said).to_have_count(2)
    asked.end()
    assert asked.texts() == [NOON, NINETY]
    assert asked.visitor.quotes() == [NOON, NINETY, LUND]
    expect(asked.status).to_have_count(0)


def test_before_the_first_sentence_it_is_said_that_something_is_written(asked: Written) -> None:
    expect(asked.status).to_have_text("Writing …")
    asked.end()
    expect(asked.visitor.answer).to_have_class(re.compile("not_found"))


def test_nothing_moves_when_the_turn_is_whole(asked: Written) -> None:
    asked.write(NOON, NOON)
    asked.write("", LUND)
    before = _places(asked.visitor)
    asked.end()
    assert _places(asked.visitor) == before


def test_a_marker_leads_to_the_article_while_the_rest_is_written_and_back_afterwards(asked: Written) -> None:
    asked.write(NOON, NOON)
    asked.write(NINETY, NINETY)
    asked.visitor.marker(2).click()
    asked.visitor.expect_lit(NINETY)
    assert asked.visitor.lit("paler") == NOON
    asked.end()
    asked.visitor.expect_lit(NINETY)
    asked.visitor.page.click("#back-to-answer")
    expect(asked.visitor.marker(2)).to_be_focused()


def test_who_is_at_a_marker_stays_there_when_the_turn_is_whole(asked: Written) -> None:
    asked.write(NOON, NOON)
    asked.said.locator(".marker").focus()
    asked.end()
    expect(asked.said.locator(".marker")).to_be_focused()


def test_the_view_follows_until_somebody_scrolls_away(small: Written) -> None:
    small.write(NOON, NOON)
    expect(small.status).to_be_in_viewport(ratio=1)
    small.pane.evaluate("pane => { pane.scrollTop = 0; }")
    small.write(NINETY, NINETY)
    small.end()
    assert small.pane.evaluate("pane => pane.scrollTop") == 0


def test_of_an_answer_longer_than_the_pane_the_beginning_stays_or_the_end_for_whoever_is_there(small: Written) -> None:
    for quote in (NOON, NINETY, LUND):
        small.write("", quote)
    expect(small.visitor.turn.locator(".question")).to_be_in_viewport(ratio=1)
    expect(small.status).not_to_be_in_viewport()
    small.pane.evaluate("pane => { pane.scrollTop = pane.scrollHeight; }")
    expect(small.status).to_be_in_viewport(ratio=1)
    small.write("", MARKUP)
    expect(small.status).to_be_in_viewport(ratio=1)
    small.end()
    expect(small.visitor.turn.locator(".actions")).to_be_in_viewport(ratio=1)


# What is left out, and how it came about


def test_what_is_left_out_is_counted_and_never_shown(asked: Written) -> None:
    asked.writer.write(INVENTED, INVENTED)
    expect(asked.status).to_have_text("Writing … · 1 sentence left out so far")
    asked.writer.write(INVENTED, INVENTED)
    expect(asked.status).to_have_text("Writing … · 2 sentences left out so far")
    asked.write(NOON, NOON)
    asked.end()
    expect(asked.visitor.turn.locator(".left-out")).to_have_text("2 sentences left out: quote not found")
    assert asked.texts() == [NOON]
    assert "sank" not in asked.visitor.page.locator("body").inner_text()
    asked.visitor.turn.locator(".left-out").hover()
    expect(asked.visitor.page.locator("#tip")).to_be_visible()


def test_several_reasons_are_said_with_their_numbers(asked: Written) -> None:
    for text, quote in ((INVENTED, INVENTED), (INVENTED, INVENTED), (INVENTED, NOON), ("", NOON)):
        asked.writer.write(text, quote)
    asked.end()
    detail = "detail not in the quote"
    expect(asked.visitor.turn.locator(".left-out")).to_have_text(f"3 sentences left out: 2 quote not found, 1 {detail}")


def test_the_notice_stands_with_the_answer_and_is_there_when_the_page_is_loaded_again(asked: Written) -> None:
    asked.write("", NOON)
    asked.end(NOTICE)
    expect(asked.visitor.turn.get_by_role("note").filter(has_text=NOTICE)).to_be_visible()
    asked.visitor.reload()
    expect(asked.visitor.turn.get_by_role("note").filter(has_text=NOTICE)).to_be_visible()


# Stopping


@pytest.mark.parametrize("how", ["button", "escape"])
@pytest.mark.parametrize("sentences", [0, 1])
def test_stopping_ends_the_reader_and_the_next_question_is_answered(asked: Written, how: str, sentences: int) -> None:
    if sentences:
        asked.write(NOON, NOON)
    if how == "button":
        asked.visitor.page.click("#send")
    else:
        asked.visitor.page.keyboard.press("Escape")
    assert asked.writer.closed.wait(SECONDS_TO_HANG)
    message = asked.visitor.answer.locator(".message")
    expect(message).to_have_text(re.compile("^Stopped.*not kept" if sentences else "^Stopped.$"))
    assert asked.visitor.quotes() == [NOON] * sentences
    again = _asked(asked.writer, asked.assistant, asked.visitor)
    again.write(NINETY, NINETY)
    again.end()
    asked.visitor.reload()
    expect(asked.visitor.turns).to_have_count(1)
    assert asked.visitor.quotes() == [NINETY]


def test_what_was_shown_when_it_was_stopped_can_be_looked_up(asked: Written) -> None:
    asked.write(NOON, NOON)
    asked.visitor.page.keyboard.press("Escape")
    expect(asked.visitor.answer).to_have_class(re.compile("failed"))
    asked.visitor.marker().click()
    asked.visitor.expect_lit(NOON)


def test_a_closed_tab_ends_the_reader(asked: Written) -> None:
    asked.write(NOON, NOON)
    asked.visitor.page.close()
    assert asked.writer.closed.wait(SECONDS_TO_HANG)


def test_another_conversation_in_mid_answer_ends_the_reader_and_is_empty(asked: Written) -> None:
    asked.write(NOON, NOON)
    asked.visitor.new_conversation()
    assert asked.writer.closed.wait(SECONDS_TO_HANG)
    expect(asked.visitor.turns).to_have_count(0)


def test_a_page_loaded_again_in_mid_answer_has_nothing_of_it(asked: Written) -> None:
    asked.write(NOON, NOON)
    asked.visitor.reload()
    assert asked.writer.closed.wait(SECONDS_TO_HANG)
    expect(asked.visitor.turns).to_have_count(0)
    again = _asked(asked.writer, asked.assistant, asked.visitor)
    again.write("", NOON)
    again.end()
    assert asked.visitor.quotes() == [NOON]


# For everybody


def test_an_answer_that_is_written_is_accessible(asked: Written) -> None:
    asked.write(NOON, NOON)
    asked.writer.write(INVENTED, INVENTED)
    expect(asked.status).to_contain_text("left out")
    expect_accessible(asked.visitor, "writing")
    asked.end(NOTICE)
    expect_accessible(asked.visitor, "written")


# Hostile text


def test_markup_in_a_models_words_is_text_while_it_comes_and_when_it_is_there(asked: Written) -> None:
    asked.write(MARKUP, MARKUP)
    assert asked.texts() == [MARKUP]
    expect_harmless(asked.visitor)
    asked.end(f"A notice. {EVIL}")
    assert asked.texts() == [MARKUP]
    assert EVIL in (asked.visitor.turn.locator(".remark").text_content() or "")
    expect_harmless(asked.visitor)
    asked.visitor.reload()
    assert asked.texts() == [MARKUP]
    expect_harmless(asked.visitor)


def test_links_and_images_in_a_models_words_would_be_text_too(asked: Written) -> None:
    """The proof lets no link through; what it would let through, the page would still not follow."""
    visitor, page = asked.visitor, asked.visitor.page
    citation = views.citation_view(Citation(1, "a", EVIL, 0, len(EVIL), EVIL, "hash"), lambda _: Origin(EVIL, EVIL))
    sentence = views.sentence_view(AnswerSentence(EVIL, (1,)))
    told = {"event": "sentence", "sentence": sentence, "citations": [citation]}
    page.keyboard.press("Escape")
    expect(visitor.answer).to_have_class(re.compile("failed"))
    body = f"event: generating\ndata: {json.dumps([told])}\n\n"
    page.route("**/gradio_api/call/chat", lambda route: route.fulfill(json={"event_id": "x"}))
    page.route("**/gradio_api/call/chat/x", lambda route: route.fulfill(content_type="text/event-stream", body=body))
    visitor.type(QUESTION)
    expect(visitor.answer.locator(".quote")).to_have_count(1)
    assert asked.texts() == [EVIL]
    assert visitor.quotes() == [EVIL]
    expect_harmless(visitor)


def _places(visitor: Visit) -> list[tuple[str, float]]:
    """Where everything of the turn stands on the screen."""
    places: list[tuple[str, float]] = visitor.turn.locator(".question, .said, .quote, .source").evaluate_all(
        "all => all.map(one => [one.className, Math.round(one.getBoundingClientRect().top)])"
    )
    return places
