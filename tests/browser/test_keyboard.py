"""Without a mouse: everything is reached by Tab, done by Enter or Space, left by Escape, and the focus is always seen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, Visit, Visitor

pytestmark = pytest.mark.browser

WHO = "Who is John Kirby?"
MOST_TABS = 80

_FOCUS_SEEN = """() => {
  const outlined = element => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  };
  for (let at = document.activeElement; at && at !== document.body; at = at.parentElement) {
    if (outlined(at)) return true;
  }
  return false;
}"""
"""Whether the focused element, or something around it that shows the focus for it, has an outline."""


@pytest.fixture
def keys(server: Server, visit: Visitor) -> Visit:
    """Somebody without a mouse."""
    return visit(server)


def test_ask_see_the_quote_and_come_back(keys: Visit) -> None:
    expect(keys.page.locator("#question")).to_be_focused()
    keys.page.keyboard.type(WHO)
    keys.page.keyboard.press("Enter")
    keys.answered(0)
    _tab_to(keys, "#log .quotes .marker", back=True)
    expect(keys.page.locator("#tip")).to_be_visible()
    keys.page.keyboard.press("Enter")
    keys.expect_lit(keys.quotes()[0])
    expect(keys.page.locator("#article mark.cited")).to_be_focused()
    _tab_to(keys, "#back-to-answer", back=True)
    keys.page.keyboard.press("Enter")
    expect(keys.marker()).to_be_focused()
    keys.page.keyboard.press("Enter")
    expect(keys.page.locator("#article mark.cited")).to_be_focused()
    keys.page.keyboard.press("Escape")
    expect(keys.marker()).to_be_focused()


def test_slash_leads_to_the_question_from_everywhere_but_from_where_one_types(keys: Visit) -> None:
    _tab_to(keys, "#conversations-button")
    keys.page.keyboard.press("/")
    expect(keys.page.locator("#question")).to_be_focused()
    keys.page.keyboard.type("and/or")
    expect(keys.page.locator("#question")).to_have_value("and/or")


def test_the_first_stop_offers_to_skip_to_the_question(keys: Visit) -> None:
    _tab_to(keys, ".skip", back=True)
    expect(keys.page.locator(".skip")).to_be_in_viewport(ratio=1)
    keys.page.keyboard.press("Enter")
    expect(keys.page.locator("#question")).to_be_focused()


def test_shift_enter_makes_a_new_line(keys: Visit) -> None:
    keys.page.keyboard.type("Who is")
    keys.page.keyboard.press("Shift+Enter")
    keys.page.keyboard.type("John Kirby?")
    expect(keys.page.locator("#question")).to_have_value("Who is\nJohn Kirby?")
    keys.page.keyboard.press("Enter")
    keys.answered(0)
    assert keys.quotes()


def test_an_example_is_chosen(keys: Visit) -> None:
    _tab_to(keys, "#examples button", back=True)
    keys.page.keyboard.press("Enter")
    keys.answered(0)
    assert keys.quotes()
    expect(keys.page.locator("#question")).to_be_focused()


def test_the_conversations_are_opened_renamed_deleted_and_left(keys: Visit) -> None:
    keys.ask(WHO)
    _tab_to(keys, "#conversations-button")
    keys.page.keyboard.press("Enter")
    drawer = keys.page.locator("#conversations")
    expect(drawer.locator(".conversation")).to_have_count(1)
    _tab_to(keys, "#conversations .conversation button[aria-label=Rename]")
    keys.page.keyboard.press("Enter")
    expect(drawer.get_by_role("textbox", name="Rename")).to_be_focused()
    keys.page.keyboard.type("Spokesman")
    keys.page.keyboard.press("Enter")
    expect(drawer.locator(".title")).to_have_text("Spokesman")
    keys.page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(keys.page.locator("#conversations-button")).to_be_focused()
    keys.page.keyboard.press("Enter")
    _tab_to(keys, "#new-conversation")
    keys.page.keyboard.press("Enter")
    expect(keys.page.locator("#question")).to_be_focused()
    expect(keys.turns).to_have_count(0)
    _tab_to(keys, "#conversations-button")
    keys.page.keyboard.press("Enter")
    expect(drawer.locator(".conversation")).to_have_count(1)
    _tab_to(keys, "#conversations .conversation button[aria-label=Delete]")
    keys.page.keyboard.press("Enter")
    keys.page.keyboard.press("Shift+Tab")
    _expect_focus_seen(keys)
    keys.page.keyboard.press("Enter")
    expect(drawer.locator(".conversation")).to_have_count(0)
    expect(keys.page.locator("#new-conversation")).to_be_focused()


def test_tab_stays_inside_the_drawer(keys: Visit) -> None:
    keys.ask(WHO)
    keys.open_drawer()
    for _ in range(20):
        keys.page.keyboard.press("Tab")
        assert keys.page.evaluate(
            "document.activeElement === document.body || document.activeElement.closest('#conversations') !== null"
        )


def test_an_answer_is_rated(keys: Visit) -> None:
    keys.ask(WHO)
    _tab_to(keys, "#log .rate-down", back=True)
    keys.page.keyboard.press("Space")
    form = keys.page.locator(".rating-form")
    expect(form.locator("textarea")).to_be_focused()
    keys.page.keyboard.type("Nothing")
    _tab_to(keys, ".rating-form .primary")
    keys.page.keyboard.press("Enter")
    expect(form).to_have_count(0)
    expect(keys.turn.locator(".rate-down")).to_have_attribute("aria-pressed", "true")
    expect(keys.turn.locator(".rate-down")).to_be_focused()
    keys.page.keyboard.press("Space")
    expect(keys.turn.locator(".rate-down")).to_have_attribute("aria-pressed", "false")
    keys.page.keyboard.press("Space")
    expect(form.locator("textarea")).to_be_focused()
    keys.page.keyboard.press("Escape")
    expect(form).to_have_count(0)
    expect(keys.turn.locator(".rate-down")).to_be_focused()


def test_words_selected_by_the_keyboard_in_the_article_can_be_asked_about(keys: Visit) -> None:
    keys.ask(WHO)
    keys.select(keys.page.locator("#article"), "strategic partnership")
    expect(keys.page.locator("#selection-ask")).to_be_visible()
    _tab_to(keys, "#selection-ask")
    keys.page.keyboard.press("Enter")
    expect(keys.page.locator("#question")).to_be_focused()
    assert "strategic partnership" in keys.page.locator("#question").input_value()


def test_the_articles_are_listed_opened_chosen_and_files_can_be_added(keys: Visit) -> None:
    _tab_to(keys, "#all-articles")
    keys.page.keyboard.press("Enter")
    expect(keys.page.locator("#library")).to_be_visible()
    _expect_focus_seen(keys)
    _tab_to(keys, "#files")
    _tab_to(keys, "#paste summary")
    _tab_to(keys, ".article-row input")
    keys.page.keyboard.press("Space")
    expect(keys.page.locator("#scope")).to_be_visible()
    _tab_to(keys, ".article-open")
    keys.page.keyboard.press("Enter")
    expect(keys.page.locator("#article-view")).to_be_visible()
    _expect_focus_seen(keys)
    _tab_to(keys, "#scope-all", back=True)
    keys.page.keyboard.press("Enter")
    expect(keys.page.locator("#scope")).to_be_hidden()


def test_closest_passages_are_reached(keys: Visit) -> None:
    keys.ask("What does a litre of milk cost in Oslo?")
    _tab_to(keys, "#log .closest .marker", back=True)
    keys.page.keyboard.press("Enter")
    keys.expect_passage_lit(keys.quotes()[-1])


def _tab_to(visitor: Visit, selector: str, *, back: bool = False) -> None:
    """Press Tab until an element has the focus; at every stop the focus can be seen."""
    for _ in range(MOST_TABS):
        visitor.page.keyboard.press("Shift+Tab" if back else "Tab")
        at_page = visitor.page.evaluate("document.activeElement === document.body")
        if not at_page:
            _expect_focus_seen(visitor)
        if visitor.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not lead to {selector}.")


def _expect_focus_seen(visitor: Visit) -> None:
    where = visitor.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    assert visitor.page.evaluate(_FOCUS_SEEN), f"The focus can't be seen on {where}"
