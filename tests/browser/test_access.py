"""What axe finds in the page's main states, light and dark: nothing serious. A picture of each state is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from assistant import Assistant
from assistant.sample import sample_path
from tests.browser import accessibility
from tests.browser.conftest import Server, Visit, Visitor
from tests.browser.server import doubles, serving
from tests.browser.visits import PHONE
from tests.doubles import EagerReader, HashEmbedder

pytestmark = pytest.mark.browser

WHO = "Who is John Kirby?"
MILK = "What does a litre of milk cost in Oslo?"


def test_welcome(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    expect(visitor.page.locator("#article .block-title")).to_be_visible()
    expect_accessible(visitor, "welcome")


def test_answers_with_the_article_lit(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    visitor.ask(WHO)
    visitor.ask("What did he say?")
    visitor.ask("What is this about?")
    visitor.marker().click()
    visitor.expect_lit(visitor.quotes()[0])
    visitor.page.mouse.move(5, 5)
    expect_accessible(visitor, "answer")


@pytest.mark.slow
def test_a_quote_on_hover(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    visitor.ask(WHO)
    visitor.marker().hover()
    expect(visitor.page.locator("#tip")).to_be_visible()
    expect_accessible(visitor, "hover")


@pytest.mark.slow
def test_a_correction_of_what_was_searched_for(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    visitor.ask(WHO)
    visitor.ask("What did he say?")
    visitor.turn.locator(".searched .edit").click()
    expect_accessible(visitor, "searched")


def test_a_refusal_with_its_closest_passages(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    visitor.ask(MILK)
    visitor.marker().click()
    visitor.page.mouse.move(5, 5)
    expect_accessible(visitor, "refusal")


@pytest.mark.slow
def test_an_answer_that_is_coming_and_one_that_was_stopped(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    with visitor.held():
        visitor.type(WHO)
        expect(visitor.page.locator("#send")).to_have_text("Stop")
        expect_accessible(visitor, "pending")
        visitor.page.click("#send")
    expect(visitor.page.locator(".failed")).to_be_visible()
    expect_accessible(visitor, "stopped")


@pytest.mark.slow
def test_the_library_with_a_report_and_an_undo(changed: Server, visit: Visitor) -> None:
    visitor = visit(changed)
    visitor.upload(
        {
            "name": "ferry.txt",
            "mimeType": "text/plain",
            "buffer": b"The ferry\n\nMon Mar 03 2025\n\nIt leaves at noon.\n",
        },
        {"name": "mill.md", "mimeType": "text/plain", "buffer": b"# The mill\n\nIt grinds rye.\n"},
        {"name": "photo.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n\x00"},
    )
    visitor.report()
    visitor.page.click("#paste summary")
    visitor.row("The mill").locator("input").check()
    expect_accessible(visitor, "library")
    visitor.row("The ferry").locator(".remove").click()
    expect(visitor.page.locator(".notice")).to_be_visible()
    expect_accessible(visitor, "removed")
    visitor.upload({"name": "mill.md", "mimeType": "text/plain", "buffer": b"# The mill\n\nIt grinds oats.\n"})
    expect(visitor.page.locator("#same-name")).to_be_visible()
    expect_accessible(visitor, "same-name")


@pytest.mark.slow
def test_a_stale_quote(changed: Server, visit: Visitor) -> None:
    visitor = visit(changed)
    for number in ("ninety", "forty"):
        text = f"The harbour ferry\n\nThe harbour ferry carries {number} passengers.\n"
        visitor.upload({"name": "ferry.txt", "mimeType": "text/plain", "buffer": text.encode()})
        if number == "forty":
            visitor.page.click("#same-name button[value=replace]")
        visitor.report()
        visitor.ask("How many passengers does the harbour ferry carry?")
    visitor.reload()
    stale = visitor.turns.first
    expect(stale.locator(".stale")).to_be_visible()
    visitor.marker(1, stale).click()
    expect(visitor.page.locator("#article-notice")).to_be_visible()
    visitor.page.mouse.move(5, 5)
    expect_accessible(visitor, "stale")


@pytest.mark.slow
def test_the_conversations(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    for question in (WHO, MILK, "What is this about?"):
        visitor.ask(question)
        visitor.new_conversation()
    drawer = visitor.open_drawer()
    expect(drawer.locator(".conversation")).to_have_count(3)
    drawer.locator(".conversation").nth(2).get_by_role("button", name="Delete").click()
    drawer.locator(".conversation").nth(1).get_by_role("button", name="Rename").click()
    expect_accessible(visitor, "conversations")


@pytest.mark.slow
def test_the_form_of_a_thumbs_down(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    visitor.ask(WHO)
    visitor.turn.locator(".rate-down").click()
    visitor.select(visitor.page.locator("#article"), "fortifying the border")
    visitor.page.click("#selection-expect")
    visitor.page.locator(".rating-form textarea").fill("The soldiers were at work on the border.")
    visitor.select(visitor.page.locator("#article"), "strategic partnership")
    expect(visitor.page.locator("#selection-bar")).to_be_visible()
    expect_accessible(visitor, "rating")


def test_a_phone(server: Server, visit: Visitor) -> None:
    visitor = visit(server, **PHONE)
    expect_accessible(visitor, "phone-welcome")
    visitor.ask(WHO)
    visitor.ask("What did he say?")
    expect_accessible(visitor, "phone-chat")
    visitor.marker().click()
    visitor.expect_lit(visitor.quotes()[0])
    expect_accessible(visitor, "phone-article")
    visitor.open_library()
    expect_accessible(visitor, "phone-library")
    visitor.page.click("#show-chat")
    visitor.open_drawer()
    expect_accessible(visitor, "phone-conversations")


@pytest.mark.slow
def test_a_library_that_can_only_be_read(visit: Visitor, tmp_path: Path) -> None:
    library = tmp_path / "library"
    with (
        doubles(library) as writer,
        Assistant.open(library, embedder=HashEmbedder(max_tokens=400), reader=EagerReader(), write=False) as reader,
        serving(reader, tmp_path / "log") as second,
    ):
        writer.add(sample_path())
        visitor = visit(second)
        visitor.open_library()
        expect(visitor.page.locator("#read-only")).to_be_visible()
        expect(visitor.page.locator("#add")).to_be_hidden()
        expect(visitor.page.locator(".article-row .remove")).to_be_hidden()
        expect_accessible(visitor, "read-only")
        visitor.ask(WHO)
        assert visitor.quotes()


def test_nothing_moves_for_who_asked_for_less_motion(server: Server, visit: Visitor) -> None:
    for motion in ("no-preference", "reduce"):
        visitor = visit(server, reduced_motion=motion)
        with visitor.held():
            visitor.type(WHO)
            expect(visitor.page.locator(".looking")).to_be_visible()
            moving = visitor.page.evaluate("document.getAnimations().length")
            assert bool(moving) == (motion == "no-preference")
        visitor.answered(0)
        visitor.marker().click()
        visitor.page.locator("#article mark.cited").wait_for()
        if motion == "reduce":
            assert visitor.page.evaluate("document.getAnimations().length") == 0
            visitor.open_drawer()
            assert visitor.page.evaluate("document.getAnimations().length") == 0


def expect_accessible(visitor: Visit, state: str) -> None:
    """Nothing serious or critical, light or dark; and a picture of both."""
    accessibility.expect_accessible(visitor.page, state, lambda scheme: visitor.shoot(f"{state}-{scheme}"))
