"""Next questions below an answer: they come late, move nothing, are asked of their article, and go with the next question."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Server, Visit, Visitor

pytestmark = pytest.mark.browser

WHO = "Who is John Kirby?"
MILK = "What does a litre of milk cost in Oslo?"
NARROW = {"viewport": {"width": 360, "height": 720}, "is_mobile": True, "has_touch": True}
TOWER = """<b>Tower</b> of Orle

The Orle Tower is a stone tower at Orle. The roof was mended in 1938 by the county.

<img src=x onerror=alert(1)> notes

The tower has 24 rooms, all of them small. The stairs were closed in 2019 because the steps are worn. Visitors may go up by
the ladder at the north side on Sundays, but children must be with somebody who is grown up.
"""


def suggestions(visit: Visit) -> Locator:
    return visit.page.locator(".suggested .example")


def test_they_come_below_the_answer_and_move_nothing(server: Server, visit: Visitor) -> None:
    visitor = visit(server, viewport={"width": 1280, "height": 480})
    with visitor.held("suggest_questions"):
        turn = visitor.ask(WHO)
        pane = visitor.page.locator("#turns")
        expect(suggestions(visitor)).to_have_count(0)
        before = (pane.evaluate("pane => [pane.scrollTop, pane.scrollHeight]"), turn.locator(".quote").bounding_box())
    expect(suggestions(visitor).first).to_be_visible()
    after = (pane.evaluate("pane => [pane.scrollTop, pane.scrollHeight]"), turn.locator(".quote").bounding_box())
    assert after == before
    assert WHO not in suggestions(visitor).all_inner_texts()


def test_one_is_asked_and_answered_and_the_others_go(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    visitor.ask(WHO)
    first = suggestions(visitor).first
    expect(first).to_be_visible()
    visitor.shoot("suggestions")
    question = first.inner_text()
    first.focus()
    visitor.page.keyboard.press("Enter")
    answer = visitor.answered(1)
    expect(answer.locator(".answer.answered")).to_be_visible()
    assert visitor.questions() == [WHO, question]
    expect(visitor.page.locator("#question")).to_be_focused()
    expect(visitor.page.locator(".turn:first-child .suggested")).to_have_count(0)
    expect(suggestions(visitor).get_by_text(question, exact=True)).to_have_count(0)


def test_after_a_refusal_on_a_phone(server: Server, visit: Visitor) -> None:
    phone = visit(server, **NARROW)
    phone.ask(MILK)
    expect(suggestions(phone)).to_have_count(3)
    expect(phone.page.locator(".suggested .hint")).to_contain_text("These are answered in")
    for button in suggestions(phone).all():
        box = button.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        assert box["height"] >= 32
    assert phone.page.evaluate("document.documentElement.scrollWidth") == 360
    suggestions(phone).last.scroll_into_view_if_needed()
    phone.shoot("suggestions-phone")
    suggestions(phone).first.tap()
    expect(phone.answered(1).locator(".answer.answered")).to_be_visible()


def test_a_hostile_article_s_words_are_text(changed: Server, visit: Visitor) -> None:
    changed.add("tower.txt", TOWER.encode())
    page = visit(changed)
    page.ask("How many rooms does the tower have?")
    expect(suggestions(page).first).to_be_visible()
    assert page.page.locator(".suggested :is(b, img)").count() == 0
