"""Conversations in the page: kept, listed, renamed, deleted, found again after a reload and a restart, each person's own."""

from __future__ import annotations

import hashlib
import re
import signal
import threading
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from assistant import Assistant
from assistant.page.preparation import Preparation
from assistant.sample import sample_path
from tests.browser.conftest import Server, Visit, Visitor
from tests.browser.server import SECONDS_TO_HANG, doubles, serving
from tests.browser.visits import visiting

pytestmark = pytest.mark.browser

WHO = "Who is John Kirby?"
STOLTENBERG = "Who is Jens Stoltenberg?"
LONG = 200
SHOWN = 50
TOKEN = "a-browsers-own-name-that-is-random"


def test_a_reload_keeps_the_conversation_with_its_quotes(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    visitor.ask(WHO)
    visitor.ask("What did he say?")
    # Suggestions are no part of the conversation: they come while it goes on, and go.
    told = visitor.turns.locator(":scope > :not(.suggested)")
    before = told.all_inner_texts()
    visitor.reload()
    expect(visitor.turns).to_have_count(2)
    assert told.all_inner_texts() == before
    visitor.marker().click()
    visitor.expect_lit(visitor.quotes()[0])
    visitor.ask("What did he say?")
    assert "Kirby" in visitor.turn.locator(".searched bdi").inner_text()


def test_a_new_conversation_is_empty_and_stays_so_after_a_reload(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    visitor.ask(WHO)
    visitor.new_conversation()
    expect(visitor.turns).to_have_count(0)
    expect(visitor.page.locator("#question")).to_be_focused()
    visitor.reload()
    visitor.page.locator("#welcome").wait_for()
    expect(visitor.turns).to_have_count(0)


def test_conversations_are_listed_newest_first_and_opened_by_a_click(two: Visit) -> None:
    drawer = drawer_of(two)
    rows = drawer.locator(".conversation-open")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text(STOLTENBERG)
    expect(rows.nth(0)).to_have_attribute("aria-current", "true")
    expect(rows.nth(1)).to_contain_text(WHO)
    expect(rows.nth(1)).to_contain_text("1 question")
    rows.nth(1).click()
    expect(drawer).to_be_hidden()
    expect(two.turn.locator(".question")).to_contain_text(WHO)
    assert two.questions() == [WHO]
    two.reload()
    expect(two.turn.locator(".question")).to_contain_text(WHO)
    assert two.questions() == [WHO]


def test_a_conversation_is_renamed(two: Visit) -> None:
    drawer = drawer_of(two)
    drawer.get_by_role("button", name="Rename").first.click()
    box = drawer.get_by_role("textbox", name="Rename")
    expect(box).to_be_focused()
    two.page.keyboard.type("Allies")
    two.page.keyboard.press("Enter")
    expect(drawer.locator(".conversation-open .title").first).to_have_text("Allies")
    drawer.get_by_role("button", name="Rename").first.click()
    expect(box).to_be_focused()
    two.page.keyboard.type("something else")
    two.page.keyboard.press("Escape")
    expect(drawer.locator(".conversation-open .title").first).to_have_text("Allies")
    two.reload()
    expect(two.open_drawer().locator(".conversation-open .title")).to_have_text(["Allies", WHO])


def test_a_blank_title_gives_the_first_question_back(two: Visit) -> None:
    drawer = drawer_of(two)
    box = drawer.get_by_role("textbox", name="Rename")
    drawer.get_by_role("button", name="Rename").first.click()
    expect(box).to_be_focused()
    two.page.keyboard.type("Allies")
    two.page.keyboard.press("Enter")
    expect(drawer.locator(".conversation-open .title").first).to_have_text("Allies")
    drawer.get_by_role("button", name="Rename").first.click()
    expect(box).to_be_focused()
    two.page.keyboard.type("   ")
    two.page.keyboard.press("Enter")
    expect(drawer.locator(".conversation-open .title").first).to_have_text(STOLTENBERG)


def test_what_is_being_renamed_stays_though_the_list_comes_late(two: Visit) -> None:
    held: list[Route] = []
    two.page.route("**/list_conversations", lambda route: route.continue_() if held else held.append(route))
    with two.page.expect_request("**/list_conversations"):
        two.page.click("#conversations-button")
    drawer = two.page.locator("#conversations")
    drawer.get_by_role("button", name="Rename").first.click()
    box = drawer.get_by_role("textbox", name="Rename")
    expect(box).to_be_focused()
    with two.page.expect_response("**/list_conversations"):
        held[0].continue_()
    two.page.keyboard.type("Allies")
    expect(box).to_have_value("Allies")
    two.page.keyboard.press("Enter")
    expect(drawer.locator(".conversation-open .title")).to_have_text([STOLTENBERG, "Allies"])


def test_after_a_deletion_a_new_conversation_can_be_begun_beside_the_question(two: Visit) -> None:
    drawer = drawer_of(two)
    row = drawer.locator(".conversation").nth(1)
    row.get_by_role("button", name="Delete").click()
    row.get_by_role("button", name="Delete").click()
    expect(drawer.locator(".conversation")).to_have_count(1)
    two.close_drawer()
    two.page.click("#fresh")
    expect(two.turns).to_have_count(0)


def test_a_conversation_is_deleted_after_a_second_thought(two: Visit) -> None:
    drawer = drawer_of(two)
    rows = drawer.locator(".conversation")
    rows.nth(1).get_by_role("button", name="Delete").click()
    expect(rows.nth(1).get_by_role("button", name="Cancel")).to_be_focused()
    two.page.keyboard.press("Escape")
    expect(drawer).to_be_visible()
    expect(rows).to_have_count(2)
    rows.nth(1).get_by_role("button", name="Delete").click()
    rows.nth(1).get_by_role("button", name="Delete").click()
    expect(rows).to_have_count(1)
    expect(drawer.locator(".title")).to_have_text(STOLTENBERG)
    assert two.questions() == [STOLTENBERG]


def test_deleting_the_shown_conversation_leaves_an_empty_one(two: Visit) -> None:
    drawer = drawer_of(two)
    row = drawer.locator(".conversation").first
    row.get_by_role("button", name="Delete").click()
    row.get_by_role("button", name="Delete").click()
    expect(drawer.locator(".conversation")).to_have_count(1)
    two.close_drawer()
    expect(two.turns).to_have_count(0)
    two.ask(WHO)
    two.reload()
    expect(two.turns).to_have_count(1)


def test_a_browser_that_remembers_nothing_can_still_ask(server: Server, chromium: Browser) -> None:
    context, visitor = visiting(chromium, server)
    context.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, {get() { throw new DOMException('denied', 'SecurityError'); }});"
    )
    visitor.open()
    visitor.ask("Who is John Kirby?")
    visitor.ask("What did he say?")
    expect(visitor.turn.locator(".searched")).to_contain_text("John Kirby")
    visitor.check()
    context.close()


def test_two_tabs_of_one_browser_show_two_conversations(two: Visit, server: Server) -> None:
    other = two.page.context.new_page()
    tab = Visit(other, server)
    tab.watch()
    tab.open()
    expect(tab.turns).to_have_count(1)
    tab.new_conversation()
    tab.ask("What is this about?")
    two.reload()
    expect(two.turns).to_have_count(1)
    assert two.questions() == [STOLTENBERG]
    expect(two.open_drawer().locator(".conversation")).to_have_count(3)
    tab.check()


def test_people_do_not_see_each_others_turns(server: Server, visit: Visitor) -> None:
    one, other = visit(server), visit(server)
    one.ask(WHO)
    other.ask("What is this about?")
    one.ask("When was it published?")
    other.reload()
    expect(other.turns).to_have_count(1)
    assert one.questions() == [WHO, "When was it published?"]
    assert other.questions() == ["What is this about?"]
    expect(one.open_drawer().locator(".conversation .title")).to_have_text([WHO])
    expect(other.open_drawer().locator(".conversation .title")).to_have_text(["What is this about?"])


def test_anothers_conversation_is_not_found_though_its_id_is_known(server: Server, visit: Visitor) -> None:
    one, other = visit(server), visit(server)
    one.ask(WHO)
    memory = "localStorage.getItem(Object.keys(localStorage).find(key => key.endsWith('-conversation')))"
    known = one.page.evaluate(memory)
    assert known
    other.forgiven.append("status of 500")
    other.page.evaluate(
        """id => {
          const library = document.documentElement.dataset.library;
          for (const storage of [localStorage, sessionStorage]) storage.setItem(`footnote-${library}-conversation`, id);
        }""",
        known,
    )
    other.reload()
    expect(other.page.locator(".notice")).to_be_visible()
    expect(other.turns).to_have_count(0)
    other.ask("What is this about?")
    one.reload()
    expect(one.turns).to_have_count(1)


def test_conversations_outlive_the_server(alone: Server, visit: Visitor) -> None:
    visitor = visit(alone)
    visitor.ask(WHO)
    told = visitor.turns.locator(":scope > :not(.suggested)")
    before = told.all_inner_texts()
    assert alone.stop(signal.SIGTERM) == 0
    # The last: it may have been looking for suggestions.
    visitor.forgiven += ["ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_RESET"]
    visitor.type("What did he say?")
    expect(visitor.answer.locator(".message")).to_contain_text("can't be reached")
    alone.start()
    visitor.answer.get_by_role("button").click()
    visitor.answered(1)
    assert visitor.quotes()
    visitor.reload()
    expect(visitor.turns).to_have_count(2)
    assert told.all_inner_texts()[: len(before)] == before


def test_a_question_asked_while_all_still_loads_is_answered_in_its_conversation(visit: Visitor, tmp_path: Path) -> None:
    loaded = threading.Event()
    with (
        doubles(tmp_path / "library") as assistant,
        serving(assistant, tmp_path / "log", Preparation(lambda: _wait(loaded))) as server,
    ):
        assistant.add(sample_path())
        known = _talk(assistant, 1)
        visitor = visit(server, ready=False)
        _become(visitor, known)
        visitor.page.reload()
        visitor.type("What did he say?")
        expect(visitor.page.locator("#state, .looking").filter(has_text="Getting ready").first).to_be_visible()
        loaded.set()
        searched = visitor.page.locator("#log .turn:last-child .answer:not(.pending) .quote")
        expect(searched.first).to_be_visible(timeout=60_000)
        expect(visitor.turns).to_have_count(2)
        assert visitor.questions() == [WHO, "What did he say?"]


@pytest.mark.slow
def test_of_two_hundred_turns_the_last_fifty_are_shown_and_they_cost_no_more_than_a_few(
    visit: Visitor, tmp_path: Path
) -> None:
    with doubles(tmp_path / "library") as assistant, serving(assistant, tmp_path / "log") as server:
        assistant.add(sample_path())
        known = _talk(assistant, LONG)
        visitor = visit(server)
        _become(visitor, known)
        with visitor.page.expect_response(re.compile("/open_conversation$")) as told:
            visitor.reload()
        expect(visitor.turns).to_have_count(SHOWN)
        assert told.value.body().count(b'"number"') <= 3 * SHOWN
        expect(visitor.turn).to_be_in_viewport()
        earlier = visitor.page.locator(".earlier")
        expect(earlier).to_have_text(re.compile(rf"\b{LONG - SHOWN}\b"))
        with visitor.page.expect_request(re.compile("/call/chat$")) as sent:
            visitor.ask("When was it published?")
        assert len(sent.value.post_data or "") < 1_000
        expect(visitor.turns).to_have_count(SHOWN + 1)
        earlier.click()
        expect(visitor.turns).to_have_count(2 * SHOWN + 1)
        expect(earlier).to_have_text(re.compile(rf"\b{LONG - 2 * SHOWN}\b"))
        visitor.type(STOLTENBERG)
        expect(visitor.turns).to_have_count(SHOWN)  # bounded, and what was taken away can be shown again
        expect(earlier).to_have_text(re.compile(rf"\b{LONG + 2 - SHOWN}\b"))
        expect(visitor.turn.locator(".question")).to_contain_text(STOLTENBERG)
        visitor.answered(SHOWN - 1)
        _expect_as_quick(visitor, known, _talk(assistant, SHOWN))


def _expect_as_quick(visitor: Visit, long: str, short: str) -> None:
    """A question takes no longer in one conversation than in the other, the quickest of each compared.

    Something else may hold the machine up for a while, so they are tried again, until it is sure that it is the
    conversation that takes the time.
    """
    times: dict[str, list[float]] = {long: [], short: []}
    for _ in range(5):
        for known, taken in times.items():
            _become(visitor, known)
            visitor.reload()
            expect(visitor.turns).to_have_count(SHOWN)
            taken += [_seconds(visitor) for _ in range(3)]
        if min(times[long]) < 2 * min(times[short]):
            return
    raise AssertionError(times)


def _seconds(visitor: Visit) -> float:
    """How long a question takes."""
    begin = time.monotonic()
    visitor.ask("What did John Kirby say?")
    return time.monotonic() - begin


def _talk(assistant: Assistant, turns: int) -> str:
    """Keep a conversation of so many turns for the visitor with `TOKEN`; its id."""
    owner, known = hashlib.sha256(TOKEN.encode()).hexdigest(), f"a-conversation-of-{turns:04}-turns"
    answer = assistant.ask(WHO)
    for _ in range(turns):
        assistant.keep_turn(known, answer, owner=owner)
    return known


def _become(visitor: Visit, known: str) -> None:
    """From the next time that the page is loaded, be the visitor with `TOKEN` who is in a conversation."""
    visitor.page.evaluate(
        """([token, id]) => {
          const library = document.documentElement.dataset.library;
          localStorage.setItem(`footnote-${library}-visitor`, token);
          for (const storage of [localStorage, sessionStorage]) storage.setItem(`footnote-${library}-conversation`, id);
        }""",
        [TOKEN, known],
    )


def _wait(loaded: threading.Event) -> None:
    assert loaded.wait(SECONDS_TO_HANG)


def drawer_of(visitor: Visit) -> Locator:
    """The drawer of somebody with two conversations, once both are listed."""
    drawer = visitor.open_drawer()
    expect(drawer.locator(".conversation")).to_have_count(2)
    return drawer


@pytest.fixture
def two(server: Server, visit: Visitor) -> Visit:
    """Somebody with two conversations; the second is shown."""
    visitor = visit(server)
    visitor.ask(WHO)
    visitor.new_conversation()
    visitor.ask(STOLTENBERG)
    return visitor
