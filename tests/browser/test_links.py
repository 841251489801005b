"""Links in the page: a click on "Fetch" fetches one, where the page is its user's own or links are allowed."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from assistant.page.serving.options import PageOptions
from tests.browser.conftest import Visitor
from tests.browser.server import doubles, last_said, serving
from tests.web_server import reply, web_server

pytestmark = pytest.mark.browser

PAGE = "<html><body><article><h1>The ferry</h1><p>The ferry carries {} people to the island.</p></article>"


def test_a_link_is_fetched_by_the_click_that_names_its_host(
    visit: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with (
        web_server({}) as web,
        doubles(tmp_path / "library", web_loopback=True) as assistant,
        serving(assistant, tmp_path / "log") as server,
    ):
        visitor = visit(server)
        visitor.open_library()
        field, button = visitor.page.get_by_label("Add a link"), visitor.page.locator("#link-fetch")
        expect(button).to_have_text("Fetch")
        field.fill("no address")
        field.press("Enter")
        assert web.heads == []
        for said, people in (("Added: The ferry", "ninety"), ("Replaced by its new version: The ferry", "eighty")):
            web.replies["/a"] = reply(PAGE.format(people).encode(), "text/html")
            field.fill(f"{web.url}/a")
            expect(button).to_have_text(f"Fetch from 127.0.0.1:{web.port}")
            button.click()
            expect(visitor.page.locator("#report")).to_have_text(said)
            expect(visitor.page.locator("#article")).to_contain_text(f"carries {people} people")
            visitor.open_library()
            expect(field).to_have_value("")
        assert assistant.articles()[0].source == f"{web.url}/a"
        field.fill(f"{web.url}/none")
        button.click()
        expect(visitor.page.locator("#report .warning")).to_contain_text("HTTP 404: there is no such page.")
        expect(field).to_have_value(f"{web.url}/none")


def test_where_links_are_off_there_is_no_field_and_no_event(visit: Visitor, tmp_path: Path) -> None:
    with (
        web_server({}) as web,
        doubles(tmp_path / "library", web=False, web_loopback=True) as assistant,
        serving(assistant, tmp_path / "log") as server,
    ):
        visitor = visit(server)
        visitor.open_library()
        expect(visitor.page.locator("#paste")).to_be_visible()
        expect(visitor.page.locator("#link-form")).to_be_hidden()
        assert "FOOTNOTE_WEB=true" in last_said(server.call("add_link", web.url))["message"]
        assert web.heads == []


@pytest.mark.parametrize(
    ("options", "own"),
    [
        (PageOptions(), True),
        (PageOptions(auth=("ann", "secret")), False),
        (PageOptions(allowed_hosts=("articles.example",)), False),
        (PageOptions(host="0.0.0.0", auth=("ann", "secret")), False),
    ],
)
def test_a_page_that_others_reach_is_not_its_users_own(options: PageOptions, own: bool) -> None:
    assert options.own is own
