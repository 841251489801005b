"""What somebody sees who comes for the first time, and what is left when a new conversation begins."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.assistant.page import laid_out
from tests.browser.conftest import Server, Visit, Visitor
from tests.browser.server import doubles, serving
from tests.browser.visits import PHONE, WIDE

pytestmark = pytest.mark.browser

MILL = {"name": "mill.txt", "mimeType": "text/plain", "buffer": b"The mill\n\nThe mill grinds rye for the baker.\n"}
TOWER = {"name": "tower.txt", "mimeType": "text/plain", "buffer": b"The tower\n\nThe tower leans to the south.\n"}


@pytest.fixture
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A page over one article, which is shown at once."""
    folder = tmp_path_factory.mktemp("first")
    with doubles(folder / "library") as assistant:
        assistant.add(laid_out.FERRY)
        with serving(assistant, folder / "log") as server:
            yield server


@pytest.mark.parametrize("window", [WIDE, PHONE], ids=["wide", "phone"])
def test_files_can_be_added_without_opening_anything_and_it_is_seen_how_far_that_is(
    one: Server, visit: Visitor, window: dict[str, object]
) -> None:
    visitor = visit(one, **window)
    add = visitor.page.locator("#welcome-add")
    expect(add).to_be_in_viewport(ratio=1)
    with visitor.held("add_articles"):
        with visitor.page.expect_file_chooser() as choosing:
            add.click()
        choosing.value.set_files([MILL, TOWER])  # type: ignore[list-item]
        expect(visitor.page.locator("#progress")).to_be_visible()
    assert "The mill" in visitor.report()
    expect(visitor.page.locator("#report")).to_be_visible()


def test_the_list_of_articles_is_not_blank_while_it_loads(one: Server, visit: Visitor) -> None:
    visitor = visit(one, **PHONE)
    loading = visitor.page.locator("#articles-loading")
    with visitor.held("open_page"):
        visitor.page.reload()
        visitor.page.click("#show-reading")
        expect(loading).to_have_text("Loading …")
        expect(loading).to_be_visible()
    visitor.ready()
    expect(loading).to_be_hidden()


def test_the_second_upload_of_a_file_says_unchanged_and_a_changed_one_is_asked_about(
    one: Server, visit: Visitor
) -> None:
    visitor = visit(one)
    visitor.upload(MILL)
    assert "Added" in visitor.report()
    visitor.upload(MILL, TOWER)
    said = visitor.report()
    assert "Already there, unchanged: The mill" in said
    assert "Added: The tower" in said
    changed = {**MILL, "buffer": b"The mill\n\nThe mill burnt down.\n"}
    visitor.upload(changed, TOWER)
    dialog = visitor.page.locator("#same-name")
    expect(dialog).to_contain_text("mill.txt")
    expect(dialog).not_to_contain_text("tower.txt")
    dialog.locator("button[value=replace]").click()
    said = visitor.report()
    assert "Replaced by its new version: The mill" in said
    assert "unchanged: The tower" in said


def test_one_quiet_line_says_what_a_language_model_would_add(one: Server, visit: Visitor) -> None:
    line = visit(one).page.locator("#no-model")
    expect(line).to_be_visible()
    expect(line).to_contain_text("FOOTNOTE_LLM")
    expect(line).to_contain_text("docs/language-models.md")
    expect(line.locator("a")).to_have_count(0)


@pytest.mark.parametrize("begin", ["fresh", "drawer"])
def test_what_is_lit_in_the_article_goes_with_its_conversation(one: Server, visit: Visitor, begin: str) -> None:
    visitor = visit(one)
    visitor.ask("Where does it call?")
    visitor.marker().click()
    expect(visitor.page.locator("#article mark").first).to_be_visible()
    _begin(visitor, begin)
    expect(visitor.page.locator("#article")).to_contain_text("Osby")
    expect(visitor.page.locator("#article mark")).to_have_count(0)
    expect(visitor.page.locator("#back-to-answer")).to_be_hidden()


def _begin(visitor: Visit, how: str) -> None:
    visitor.page.click("#fresh") if how == "fresh" else visitor.new_conversation()
