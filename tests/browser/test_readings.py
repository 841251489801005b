"""How a follow-up was understood: what was searched for and which words of it are borrowed, and what else may be meant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from assistant import Answer, Trace
from tests.assistant.page import laid_out
from tests.assistant.page.laid_out import PLAIN, REFUSED
from tests.browser.conftest import Server, Visit, Visitor
from tests.browser.server import serving
from tests.browser.test_access import expect_accessible
from tests.browser.test_hostile import EVIL, expect_harmless
from tests.browser.visits import PHONE
from tests.doubles import EagerReader, HashEmbedder, TellingAssistant

pytestmark = pytest.mark.browser

TYPED = "And how many does it carry?"
SHIP = "How many passengers 😀 does the ferry of Vessel Bay carry on each crossing?"
TRAIN = "How many passengers does the train to the north of the country carry?"
BUS = "How many passengers does the bus carry?"
HOSTILE = "And which of these?"
SAME = "and the red ferries"


def answers() -> list[Answer]:
    """A follow-up as it was understood, as it may be, and as it stands; a refusal; markup; a question in other letters."""
    answered, refused = (laid_out.answers()[question] for question in (PLAIN, REFUSED))
    follow_up = replace(answered, question=TYPED, trace=Trace(SHIP), did_you_mean=(TRAIN, BUS))
    return [
        follow_up,
        replace(refused, question=TYPED, trace=Trace(TRAIN), did_you_mean=(SHIP,)),
        replace(refused, question=TYPED, trace=Trace(TYPED)),
        replace(follow_up, question=HOSTILE, trace=Trace(EVIL), did_you_mean=(EVIL,)),
        replace(answered, question=SAME, trace=Trace("And the red  ferries?")),
    ]


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("readings")
    with TellingAssistant.open(
        folder / "library", embedder=HashEmbedder(max_tokens=400), reader=EagerReader()
    ) as assistant:
        assistant.add(list(laid_out.ARTICLES))
        assistant.give(*answers())
        with serving(assistant, folder / "log") as server:
            yield server


@pytest.fixture
def reader(harbour: Server, visit: Visitor) -> Visit:
    return visit(harbour)


def test_borrowed_words_are_marked_in_what_was_searched_for(reader: Visit) -> None:
    turn = reader.ask(TYPED)
    assert turn.locator(".searched bdi").inner_text() == SHIP
    marks = turn.locator(".searched mark.borrowed")
    assert marks.all_inner_texts() == ["passengers", "the ferry of Vessel Bay", "on each crossing"]
    assert marks.first.evaluate("mark => getComputedStyle(mark).textDecorationLine") == "underline"
    told = "(Not in your question: passengers, the ferry of Vessel Bay, on each crossing)"
    expect(turn.locator(".searched .visually-hidden")).to_have_text(told)


def test_the_same_question_in_other_letters_is_not_shown_as_searched_for(reader: Visit) -> None:
    expect(reader.ask(SAME).locator(".searched")).to_have_count(0)


def test_a_click_searches_for_the_own_words_only_and_asking_again_does_so_again(reader: Visit) -> None:
    reader.ask(TYPED).get_by_role("button", name="Search for my words only").click()
    turn = reader.answered(1)
    assert reader.questions() == [TYPED, TYPED]
    expect(turn.locator(".message")).to_be_visible()
    expect(turn.locator(".searched")).to_have_count(0)
    turn.locator(".again").click()
    expect(reader.answered(2).locator(".message")).to_be_visible()


@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_what_else_may_be_meant_is_asked_by_one_click(reader: Visit, how: str) -> None:
    turn = reader.ask(TYPED)
    assert turn.locator(".meant p").all_inner_texts() == [f"Did you mean:\n{TRAIN}", f"Did you mean:\n{BUS}"]
    other = turn.get_by_role("button", name=f"Did you mean: {TRAIN}")
    if how == "mouse":
        other.click()
    else:
        turn.locator(".quotes .verbatim").last.focus()
        reader.page.keyboard.press("Tab")
        expect(other).to_be_focused()
        reader.page.keyboard.press("Enter")
    refused = reader.answered(1)
    assert reader.questions() == [TYPED, TYPED]
    assert refused.locator(".searched bdi").inner_text() == TRAIN
    assert refused.locator(".meant button").all_inner_texts() == [SHIP]


def test_both_are_there_after_a_reload(reader: Visit) -> None:
    reader.ask(TYPED)
    reader.reload()
    expect(reader.turn.locator(".searched mark.borrowed")).to_have_count(3)
    reader.turn.get_by_role("button", name=BUS).wait_for()


def test_hostile_readings_are_text(reader: Visit) -> None:
    turn = reader.ask(HOSTILE)
    for place in (".searched bdi", ".meant bdi"):
        assert turn.locator(place).evaluate("one => one.textContent") == EVIL
    expect_harmless(reader)


def test_readings_are_accessible(reader: Visit) -> None:
    reader.ask(TYPED)
    reader.page.mouse.move(5, 5)
    expect_accessible(reader, "readings")


def test_readings_fit_a_phone(harbour: Server, visit: Visitor) -> None:
    phone = visit(harbour, **PHONE)
    phone.ask(TYPED)
    phone.turn.locator(".question").scroll_into_view_if_needed()
    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
    expect_accessible(phone, "phone-readings")
    for button in phone.turn.locator(".searched button, .meant button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 24
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390


def test_nothing_moves_when_the_buttons_come(reader: Visit) -> None:
    reader.page.evaluate(
        """() => {
          const log = document.querySelector("#log");
          const watch = new MutationObserver(() => {
            const line = log.querySelector(".turn:has(.pending) .searched");
            if (line) [window.fnHeight] = [line.offsetHeight, watch.disconnect()];
          });
          watch.observe(log, {childList: true, subtree: true});
        }"""
    )
    turn = reader.ask(TYPED)
    assert reader.page.evaluate("window.fnHeight") == turn.locator(".searched").evaluate("line => line.offsetHeight")
