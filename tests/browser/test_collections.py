"""Collections in the page: ticked articles get a name, and the name ticks them again; by keyboard, on a phone, for several."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from assistant import Article, Assistant
from tests.browser.accessibility import expect_accessible
from tests.browser.conftest import Server, Visit, Visitor
from tests.browser.server import doubles, serving
from tests.browser.test_hostile import EVIL, expect_harmless
from tests.browser.visits import PHONE
from tests.doubles import EagerReader, HashEmbedder

pytestmark = pytest.mark.browser

GATES = {"The north gate": "Eva Strand", "The south gate": "Olaf Berg", "The west gate": "Ida Holm"}
MARKUP = EVIL[:120].strip()
WHO = "Who is the keeper of the gate?"


@pytest.fixture
def harbour(tmp_path: Path) -> Iterator[tuple[Assistant, Server]]:
    """An assistant with three articles, and its page."""
    with doubles(tmp_path / "library") as assistant:
        assistant.add([Article(f"The keeper of the gate is {who}.", title, title) for title, who in GATES.items()])
        with serving(assistant, tmp_path / "log") as server:
            yield assistant, server


def test_ticked_articles_are_kept_chosen_renamed_and_deleted(harbour: tuple[Assistant, Server], visit: Visitor) -> None:
    assistant, server = harbour
    visitor = visit(server)
    visitor.page.click("#collections summary")
    expect(visitor.page.locator("#collection-save")).to_be_disabled()
    for title in ("The north gate", "The west gate"):
        visitor.row(title).locator("input").check()
    visitor.page.fill("#collection-name", MARKUP)
    visitor.page.click("#collection-save")
    kept = _row(visitor, MARKUP)
    expect(kept.locator("[aria-pressed]")).to_have_attribute("aria-pressed", "true")
    expect(kept).to_contain_text("2 articles")
    expect(visitor.page.locator("#scope-text")).to_have_text(f"Asking only {MARKUP} (2 articles)")
    expect_harmless(visitor)
    visitor.ask(WHO)
    assert not any("Olaf Berg" in quote for quote in visitor.quotes())

    visitor.page.click("#scope-all")
    expect(kept.locator("[aria-pressed]")).to_have_attribute("aria-pressed", "false")
    expect(visitor.page.locator("#collection-name")).to_have_value("")
    visitor.reload()
    kept.locator("[aria-pressed]").click()
    expect(visitor.page.locator(".article-row input:checked")).to_have_count(2)

    # The chosen one gets what is ticked now; a name of another is not taken.
    visitor.row("The west gate").locator("input").uncheck()
    visitor.page.click("#collection-save")
    expect(kept).to_contain_text("1 article")
    assistant.collect("Others")
    visitor.forgiven.append("status of 500")
    visitor.page.fill("#collection-name", "Others")
    visitor.page.press("#collection-name", "Enter")
    expect(visitor.page.locator(".notice").last).to_contain_text("already")
    assert assistant.collection("Others").articles == ()

    # Without a mouse.
    kept.get_by_role("button", name="Rename").focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.press("Escape")
    expect(kept.get_by_role("button", name="Rename")).to_be_focused()
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.type("Cold")
    visitor.page.keyboard.press("Enter")
    cold = _row(visitor, "Cold")
    expect(cold.locator("[aria-pressed]")).to_be_focused()
    expect(visitor.page.locator("#scope-text")).to_have_text("Asking only Cold (1 article)")
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.press("Enter")
    visitor.page.keyboard.press("Shift+Tab")
    visitor.page.keyboard.press("Enter")
    expect(cold).to_have_count(0)
    expect(visitor.page.locator("#collections summary")).to_be_focused()
    assert [collection.name for collection in assistant.collections()] == ["Others"]
    assert assistant.article_count() == 3


def test_what_another_deleted_is_said_and_leaves_the_list(harbour: tuple[Assistant, Server], visit: Visitor) -> None:
    assistant, server = harbour
    assistant.collect("Cold", [entry.id for entry in assistant.entries(limit=1)])
    assistant.collect("Warm")
    visitor = visit(server)
    # With the example questions the page takes the whole state once more: only then is the list the page's own.
    visitor.page.locator(".example").first.wait_for(state="attached")
    assistant.delete_collection("Cold")
    visitor.forgiven.append("status of 500")
    _row(visitor, "Cold").locator("[aria-pressed]").click()
    expect(visitor.page.locator(".notice")).to_contain_text("not here any more")
    expect(_row(visitor, "Cold")).to_have_count(0)
    _row(visitor, "Warm").locator("[aria-pressed]").click()
    expect(visitor.page.locator(".notice").last).to_contain_text("no articles")
    expect(visitor.page.locator("#scope")).to_be_hidden()


def test_a_collection_fits_a_small_phone_and_everybody_can_read_it(
    harbour: tuple[Assistant, Server], visit: Visitor
) -> None:
    assistant, server = harbour
    assistant.collect("Every gate of the old town that is still kept by somebody, by name " * 2, _ids(assistant))
    assistant.collect("Cold", _ids(assistant)[:1])
    phone = visit(server, **{**PHONE, "viewport": {"width": 360, "height": 740}})
    phone.open_library()
    phone.page.tap("#collections summary")
    _row(phone, "Cold").locator("[aria-pressed]").tap()
    expect(phone.page.locator(".article-row input:checked")).to_have_count(1)
    assert phone.page.evaluate("document.querySelector('#library').scrollWidth") <= 360
    phone.shoot("collections-phone")
    expect_accessible(phone.page, "collections", lambda scheme: phone.shoot(f"collections-phone-{scheme}"))
    _row(phone, "Cold").get_by_role("button", name="Delete").tap()
    assert phone.page.evaluate("document.querySelector('#library').scrollWidth") <= 360
    phone.page.get_by_role("button", name="Cancel").tap()
    expect(_row(phone, "Cold").locator("button")).to_have_count(3)


def test_without_the_right_to_write_collections_are_chosen_and_not_changed(
    harbour: tuple[Assistant, Server], tmp_path: Path, visit: Visitor
) -> None:
    assistant, _ = harbour
    assistant.collect("Cold", _ids(assistant)[:1])
    reader = Assistant.open(assistant.folder, embedder=HashEmbedder(max_tokens=400), reader=EagerReader(), write=False)
    with reader, serving(reader, tmp_path / "reader") as server:
        visitor = visit(server)
        expect(_row(visitor, "Cold").locator("button")).to_have_count(1)
        expect(visitor.page.locator("#collection-form")).to_be_hidden()
        _row(visitor, "Cold").locator("[aria-pressed]").click()
        expect(visitor.page.locator("#scope-text")).to_have_text("Asking only Cold (1 article)")


def _row(visitor: Visit, name: str) -> Locator:
    """A collection's row in the list."""
    return visitor.page.locator(".collection").filter(has=visitor.page.get_by_text(name, exact=True))


def _ids(assistant: Assistant) -> list[str]:
    return [entry.id for entry in assistant.entries()]
