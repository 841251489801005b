"""Asking in the page, over the real models: an answer, its quotes and their markers, refusals, what was searched for."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, Visit, Visitor

pytestmark = pytest.mark.browser

WHO = "Who is John Kirby?"
ABOUT = "What is this about?"
MILK = "What does a litre of milk cost in Oslo?"


def test_an_answer_shows_key_words_a_verbatim_quote_and_its_source(visitor: Visit, sample_text: str) -> None:
    turn = visitor.ask(WHO)
    quote = visitor.quotes()[0]
    assert len(quote) > 10
    assert quote in sample_text
    key = turn.locator(".said .key").inner_text()
    assert key in quote
    assert turn.locator(".quote mark").all_inner_texts() == [key]
    expect(turn.locator(".said .marker")).to_have_text("1")
    expect(visitor.marker()).to_have_text("1")
    assert turn.locator(".source cite").inner_text() == sample_text.splitlines()[0]
    assert turn.locator(".verbatim").inner_text() == "✓ stands so in the article"
    assert turn.locator(".key").evaluate("key => getComputedStyle(key).fontWeight") == "700"


@pytest.mark.parametrize("question", [WHO, "What did Jens Stoltenberg say?", "When was it published?", ABOUT])
def test_a_click_on_a_marker_lights_up_exactly_the_quote(visitor: Visit, question: str) -> None:
    turn = visitor.ask(question)
    for number, quote in enumerate(visitor.quotes(), start=1):
        _out_of_sight(visitor)
        visitor.marker(number, turn).click()
        visitor.expect_lit(quote)


def test_the_markers_in_the_text_and_the_quote_itself_do_the_same(visitor: Visit) -> None:
    turn = visitor.ask(WHO)
    quote = visitor.quotes()[0]
    for place in (turn.locator(".said .marker"), turn.locator(".quote").first):
        _out_of_sight(visitor)
        place.click()
        visitor.expect_lit(quote)


def test_a_marker_is_no_part_of_what_is_copied(visitor: Visit) -> None:
    visitor.ask("Who is John Kirby?")
    visitor.page.evaluate("getSelection().selectAllChildren(document.querySelector('#log .turn:last-child .said'))")
    copied = visitor.page.evaluate("getSelection().toString()").strip()
    key = visitor.turn.locator(".said .key").inner_text()
    assert key
    assert copied == key  # and not "… spokesman1"


def test_enter_on_a_marker_does_the_same_and_escape_leads_back_to_it(visitor: Visit) -> None:
    visitor.ask(WHO)
    _out_of_sight(visitor)
    marker = visitor.marker()
    marker.focus()
    visitor.page.keyboard.press("Enter")
    visitor.expect_lit(visitor.quotes()[0])
    expect(visitor.page.locator("#article mark.cited")).to_be_focused()
    visitor.page.keyboard.press("Escape")
    expect(marker).to_be_focused()


def test_the_other_citations_of_the_answer_are_paler(visitor: Visit) -> None:
    visitor.ask(ABOUT)
    first, second, *others = visitor.quotes()
    visitor.marker(1).click()
    visitor.expect_lit(first)
    assert visitor.lit("paler") == "".join([second, *others])
    visitor.marker(2).click()
    visitor.expect_lit(second)
    assert visitor.lit("paler") == "".join([first, *others])
    colours = {
        kind: visitor.page.locator(f"#article mark.{kind}").first.evaluate(
            "mark => getComputedStyle(mark).backgroundColor"
        )
        for kind in ("cited", "paler")
    }
    assert colours["cited"] != colours["paler"]


def test_a_new_answer_shows_its_proof_at_once_where_there_is_room(visitor: Visit) -> None:
    visitor.open_library()
    visitor.ask("Who is Jens Stoltenberg?")
    visitor.expect_lit(visitor.quotes()[0])
    expect(visitor.page.locator("#question")).to_be_focused()


def test_hover_and_focus_show_the_quote_and_escape_puts_it_away(visitor: Visit) -> None:
    turn = visitor.ask(WHO)
    tip = visitor.page.locator("#tip")
    marker = turn.locator(".said .marker")
    marker.hover()
    expect(tip).to_be_visible()
    assert tip.locator("q").text_content() == visitor.quotes()[0]
    visitor.page.mouse.move(5, 5)
    expect(tip).to_be_hidden()
    marker.focus()
    expect(tip).to_be_visible()
    assert marker.get_attribute("aria-describedby") == "tip"
    visitor.page.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_verbatim_says_what_it_means(visitor: Visit) -> None:
    visitor.ask(WHO).locator(".verbatim").hover()
    expect(visitor.page.locator("#tip")).to_be_visible()
    expect(visitor.page.locator("#tip")).to_contain_text("not that they are right")


def test_confidence_is_said_in_words_with_the_figure_on_hover(visitor: Visit) -> None:
    sure = visitor.ask(WHO).locator(".confidence")
    assert re.fullmatch(r"right in about \d+ of [12]0 cases", sure.inner_text())
    sure.hover()
    expect(visitor.page.locator("#tip")).to_have_text(re.compile(r"\b\d{1,3} %"))
    sure.focus()
    expect(visitor.page.locator("#tip")).to_be_visible()


def test_a_refusal_shows_the_closest_passages_and_each_can_be_seen(visitor: Visit, sample_text: str) -> None:
    turn = visitor.ask(MILK)
    assert "don't say" in turn.locator(".message").inner_text()
    assert turn.locator(".confidence").count() == 0
    assert turn.locator(".verbatim").count() > 0
    closest = turn.locator(".closest")
    assert closest.locator("p").first.inner_text() == "closest passages, not an answer"
    expect(closest.locator(".quote").first).to_be_visible()
    quotes = visitor.quotes()
    assert quotes
    for number, quote in enumerate(quotes, start=1):
        assert quote in sample_text
        expect(visitor.marker(number)).to_be_visible()
        visitor.marker(number).click()
        visitor.expect_passage_lit(quote)
    assert {"Oslo"} >= set(closest.locator("mark").all_inner_texts())


def test_a_question_that_means_nothing_alone_is_asked_back(server: Server, visit: Visitor) -> None:
    turn = visit(server).ask("What about it?")
    assert turn.locator(".answer.unclear .message").inner_text()
    assert turn.locator(".quote, .confidence").count() == 0


def test_small_talk_gets_words_and_nothing_to_check_or_rate(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    turn = visitor.ask("Thanks a lot!")
    assert "welcome" in turn.locator(".answer.small_talk .message").inner_text()
    assert turn.locator("button, .quote, .confidence, .searched").count() == 0


def test_an_example_question_is_asked_by_a_click(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    examples = visitor.page.locator("#examples button")
    expect(examples).to_have_count(3)
    question = examples.first.inner_text()
    examples.first.click()
    visitor.answered(0)
    assert visitor.questions() == [question]
    assert visitor.quotes()
    expect(visitor.page.locator("#welcome")).to_be_hidden()


# Selecting


def test_words_selected_in_an_answer_light_up_the_passage_that_supports_them(visitor: Visit) -> None:
    turn = visitor.ask(WHO)
    words = turn.locator(".said .key").inner_text()
    _out_of_sight(visitor)
    visitor.select(turn.locator(".said .key"), words)
    lit = visitor.page.locator("#article mark.support")
    expect(lit).to_be_in_viewport(ratio=0.9)
    assert words in visitor.lit("support")


def test_words_selected_in_a_quote_light_up_that_quote(visitor: Visit) -> None:
    turn = visitor.ask("What did Jens Stoltenberg say?")
    quote = visitor.quotes()[0]
    _out_of_sight(visitor)
    visitor.select(turn.locator(".quote").first, quote[20:60])
    visitor.expect_lit(quote, "support")


def test_words_selected_in_the_article_can_be_asked_about(visitor: Visit) -> None:
    visitor.ask(WHO)
    visitor.page.locator("#article mark.cited").wait_for()
    words = "strategic partnership"
    visitor.select(visitor.page.locator("#article"), words)
    ask = visitor.page.locator("#selection-ask")
    expect(ask).to_be_in_viewport(ratio=1)
    expect(visitor.page.locator("#selection-expect")).to_be_hidden()
    ask.click()
    expect(visitor.page.locator("#selection-bar")).to_be_hidden()
    box = visitor.page.locator("#question")
    expect(box).to_be_focused()
    assert words in box.input_value()
    before = visitor.turns.count()
    visitor.page.keyboard.press("Enter")
    visitor.answered(before)
    assert any(words in quote for quote in visitor.quotes())


def test_the_mouse_selects_a_paragraph_and_a_click_elsewhere_puts_the_buttons_away(visitor: Visit) -> None:
    visitor.ask(WHO)
    visitor.page.locator("#article .block-title").click(click_count=3)
    expect(visitor.page.locator("#selection-ask")).to_be_visible()
    visitor.page.locator("#question").click()
    expect(visitor.page.locator("#selection-bar")).to_be_hidden()


# Follow-ups


def test_a_follow_up_shows_what_was_searched_for(asked: Visit) -> None:
    assert asked.turns.first.locator(".searched").count() == 0
    searched = asked.turn.locator(".searched bdi")
    expect(asked.turn.locator(".searched")).to_contain_text("Searched for:")
    assert "John Kirby" in searched.inner_text()


def test_what_was_searched_for_can_be_corrected_and_is_asked_again(asked: Visit) -> None:
    asked.turn.locator(".searched .edit").click()
    box = asked.turn.locator(".searched input")
    expect(box).to_be_focused()
    assert "John Kirby" in box.input_value()
    box.fill("What did Jens Stoltenberg say?")
    box.press("Enter")
    turn = asked.answered(2)
    assert asked.questions() == [WHO, "What did he say?", "What did he say?"]
    assert turn.locator(".searched bdi").inner_text() == "What did Jens Stoltenberg say?"
    assert "Stoltenberg" in asked.quotes()[0]


def test_escape_leaves_what_was_searched_for_as_it_was(asked: Visit) -> None:
    asked.turn.locator(".searched .edit").click()
    asked.page.keyboard.type("something else")
    asked.page.keyboard.press("Escape")
    expect(asked.turn.locator(".searched bdi")).to_contain_text("John Kirby")
    expect(asked.turn.locator(".searched .edit")).to_be_focused()
    expect(asked.turns).to_have_count(2)


@pytest.fixture
def asked(server: Server, visit: Visitor) -> Visit:
    """Somebody who has asked a question and a follow-up."""
    visitor = visit(server)
    visitor.ask(WHO)
    visitor.ask("What did he say?")
    return visitor


def _out_of_sight(visitor: Visit) -> None:
    """Scroll the article as far away from the lit words as can be."""
    visitor.page.mouse.move(5, 5)
    visitor.page.locator(".article-scroll").evaluate(
        """pane => {
          const lit = pane.querySelector("mark");
          pane.scrollTop = lit && lit.offsetTop > pane.scrollHeight / 3 ? 0 : pane.scrollHeight;
        }"""
    )
