"""At the size of a phone: one pane at a time, a switch between them, and a marker that leads over and back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, Visit, Visitor
from tests.browser.visits import PHONE

pytestmark = pytest.mark.browser

WHO = "Who is John Kirby?"


@pytest.fixture
def phone(server: Server, visit: Visitor) -> Visit:
    """Somebody with a phone."""
    return visit(server, **PHONE)


def test_one_pane_is_seen_and_a_switch_shows_the_other(phone: Visit) -> None:
    chat, reading = phone.page.locator("#chat"), phone.page.locator("#reading")
    expect(chat).to_be_visible()
    expect(reading).to_be_hidden()
    phone.page.tap("#show-reading")
    expect(chat).to_be_hidden()
    expect(reading).to_be_visible()
    expect(phone.page.locator("#show-reading")).to_have_attribute("aria-pressed", "true")
    phone.page.tap("#show-chat")
    expect(chat).to_be_visible()
    expect(reading).to_be_hidden()


def test_a_marker_leads_to_the_article_and_back(phone: Visit) -> None:
    phone.page.fill("#question", WHO)
    phone.page.tap("#send")
    phone.answered(0)
    expect(phone.page.locator("#chat")).to_be_visible()
    phone.marker().tap()
    phone.expect_lit(phone.quotes()[0])
    expect(phone.page.locator("#chat")).to_be_hidden()
    back = phone.page.locator("#back-to-answer")
    expect(back).to_be_in_viewport(ratio=1)
    bar = phone.page.locator(".article-bar").bounding_box()
    assert bar is not None
    assert bar["height"] < 60, "one line"
    back.tap()
    expect(phone.marker()).to_be_in_viewport(ratio=1)
    expect(phone.page.locator("#reading")).to_be_hidden()


def test_nothing_is_wider_than_the_window_or_too_small_to_hit(phone: Visit) -> None:
    phone.ask(WHO)
    phone.ask("What did he say?")
    _expect_it_fits(phone)
    phone.marker().tap()
    phone.expect_lit(phone.quotes()[0])
    _expect_it_fits(phone)
    phone.open_library()
    _expect_it_fits(phone)
    phone.page.tap("#show-chat")
    phone.open_drawer()
    _expect_it_fits(phone)


def test_the_box_and_its_button_stay_in_sight_below_a_long_conversation(phone: Visit) -> None:
    for question in (WHO, "What is this about?", "What did Jens Stoltenberg say?"):
        phone.ask(question)
    expect(phone.page.locator("#question")).to_be_in_viewport(ratio=1)
    expect(phone.page.locator("#send")).to_be_in_viewport(ratio=1)
    expect(phone.turn.locator(".question")).to_be_in_viewport()


def test_words_chosen_in_an_answer_offer_their_support(phone: Visit) -> None:
    turn = phone.ask(WHO)
    phone.select(turn.locator(".said .key"), turn.locator(".said .key").inner_text())
    phone.page.locator(".notice").get_by_role("button", name="Show").tap()
    phone.page.locator("#article mark.support").wait_for()
    expect(phone.page.locator("#article mark.support")).to_be_in_viewport()


def test_a_message_does_not_stand_on_the_question_box(phone: Visit) -> None:
    turn = phone.ask(WHO)
    phone.select(turn.locator(".said .key"), turn.locator(".said .key").inner_text())
    notice, box = phone.page.locator(".notice"), phone.page.locator("#ask")
    expect(notice).to_be_visible()
    over, under = notice.bounding_box(), box.bounding_box()
    assert over is not None
    assert under is not None
    assert over["y"] + over["height"] <= under["y"] or over["y"] >= under["y"] + under["height"]


def _expect_it_fits(visitor: Visit) -> None:
    page = visitor.page
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    small = page.locator("button:visible, summary:visible").evaluate_all(
        """all => all.filter(one => one.checkVisibility()).map(one => [one.outerHTML.slice(0, 120), one.getBoundingClientRect()])
          .filter(([, box]) => box.width && (box.width < 24 || box.height < 24)).map(([html]) => html)"""
    )
    assert small == [], "WCAG 2.2, 2.5.8: targets have at least 24 by 24 pixels"
