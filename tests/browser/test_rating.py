"""Thumbs up and down; a thumbs-down becomes a draft case, which the question sets' own loader takes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import Locator, expect

from assistant.questions import load
from assistant.sample import sample_path
from tests.browser.conftest import Server, Visit, Visitor

pytestmark = pytest.mark.browser

WHO = "Who is John Kirby?"
MILK = "What does a litre of milk cost in Oslo?"
EXPECTED = "fortifying the border"


@pytest.fixture
def asked(server: Server, visit: Visitor) -> Visit:
    """Somebody with one answer."""
    visitor = visit(server)
    visitor.ask(WHO)
    return visitor


def test_thumbs_are_pressed_taken_back_and_remembered(asked: Visit) -> None:
    _thumb(asked, "up").click()
    _expect_thumbs(asked, up=True, down=False)
    _reload(asked)
    _expect_thumbs(asked, up=True, down=False)
    _thumb(asked, "down").click()
    _expect_thumbs(asked, up=False, down=True)
    _reload(asked)
    _expect_thumbs(asked, up=False, down=True)
    _thumb(asked, "down").click()
    _expect_thumbs(asked, up=False, down=False)
    expect(asked.page.locator(".rating-form")).to_have_count(0)
    _reload(asked)
    _expect_thumbs(asked, up=False, down=False)


def test_a_thumbs_down_takes_what_should_have_been_said_and_quoted(asked: Visit, tmp_path: Path) -> None:
    _thumb(asked, "down").click()
    said = asked.page.locator(".rating-form textarea")
    expect(said).to_be_focused()
    said.fill("The soldiers were at work")
    _choose(asked, EXPECTED)
    expect(asked.page.locator(".rating-form blockquote bdi")).to_have_text(EXPECTED)
    asked.page.locator(".rating-form button.primary").click()
    notice = asked.page.locator(".notice").filter(has_text="Kept")
    with asked.page.expect_download() as downloading:
        notice.get_by_role("button", name="YAML").click()
    assert downloading.value.suggested_filename.endswith(".yaml")
    [case] = _loaded(downloading.value.path(), tmp_path)
    assert case.question == WHO
    assert EXPECTED in case.evidence
    assert "The soldiers were at work" in downloading.value.path().read_text(encoding="utf-8")
    _reload(asked)
    _thumb(asked, "down").click()  # takes it back
    _expect_thumbs(asked, up=False, down=False)


def test_what_was_kept_is_there_when_the_form_is_opened_again(asked: Visit) -> None:
    _thumb(asked, "down").click()
    asked.page.locator(".rating-form textarea").fill("Somebody else")
    _choose(asked, EXPECTED)
    asked.page.locator(".rating-form button.primary").click()
    expect(asked.page.locator(".rating-form")).to_have_count(0)
    _reload(asked)
    _thumb(asked, "up").click()
    _expect_thumbs(asked, up=True, down=False)
    _thumb(asked, "down").click()
    expect(asked.page.locator(".rating-form textarea")).to_have_value("Somebody else")
    expect(asked.page.locator(".rating-form blockquote bdi")).to_have_text(EXPECTED)


def test_a_chosen_quote_can_be_taken_back_and_chosen_anew(asked: Visit) -> None:
    _thumb(asked, "down").click()
    _choose(asked, "strategic partnership")
    asked.page.locator(".rating-form blockquote button").click()
    expect(asked.page.locator(".rating-form blockquote")).to_have_count(0)
    _choose(asked, EXPECTED)
    expect(asked.page.locator(".rating-form blockquote bdi")).to_have_text(EXPECTED)


def test_cancel_and_escape_close_the_form_and_keep_the_thumb(asked: Visit) -> None:
    _thumb(asked, "down").click()
    asked.page.locator(".rating-form").get_by_role("button", name="Cancel").click()
    expect(asked.page.locator(".rating-form")).to_have_count(0)
    _expect_thumbs(asked, up=False, down=True)
    _thumb(asked, "down").click()
    _expect_thumbs(asked, up=False, down=False)
    _thumb(asked, "down").click()
    expect(asked.page.locator(".rating-form textarea")).to_be_focused()
    asked.page.keyboard.press("Escape")
    expect(asked.page.locator(".rating-form")).to_have_count(0)
    _expect_thumbs(asked, up=False, down=True)


def test_draft_cases_of_all_conversations_load_as_a_question_set(
    server: Server, visit: Visitor, tmp_path: Path
) -> None:
    visitor = visit(server)
    visitor.ask(WHO)
    visitor.ask("What did he say?")
    _rate_down(visitor, quote="could affect security on the Korean peninsula")
    visitor.new_conversation()
    visitor.ask(MILK)
    _rate_down(visitor, said="")
    visitor.ask("What is this about?")
    _thumb(visitor, "up").click()
    visitor.open_drawer()
    name, text = visitor.download("#export-cases")
    assert name.endswith(".yaml")
    drawn = tmp_path / name
    drawn.write_text(text, encoding="utf-8")
    cases = _loaded(drawn, tmp_path)
    assert [case.question for case in cases][-1:] != ["What is this about?"]
    assert {WHO, "What did he say?", MILK} <= {case.question for case in cases}
    assert any("could affect security on the Korean peninsula" in case.evidence for case in cases)
    assert "What is this about?" not in text
    assert yaml.safe_load(text)["version"] == 1


def _thumb(visitor: Visit, which: str) -> Locator:
    return visitor.turn.locator(f".rate-{which}")


def _expect_thumbs(visitor: Visit, *, up: bool, down: bool) -> None:
    expect(_thumb(visitor, "up")).to_have_attribute("aria-pressed", str(up).lower())
    expect(_thumb(visitor, "down")).to_have_attribute("aria-pressed", str(down).lower())


def _reload(visitor: Visit) -> None:
    visitor.reload()
    expect(visitor.turns).not_to_have_count(0)


def _choose(visitor: Visit, words: str) -> None:
    """Select words in the article as the expected quote."""
    expect(visitor.page.locator("#article")).to_contain_text(words)
    visitor.select(visitor.page.locator("#article"), words)
    visitor.page.click("#selection-expect")


def _rate_down(visitor: Visit, said: str = "", quote: str = "") -> None:
    _thumb(visitor, "down").click()
    visitor.page.locator(".rating-form textarea").fill(said)
    if quote:
        _choose(visitor, quote)
    visitor.page.locator(".rating-form button.primary").click()
    expect(visitor.page.locator(".rating-form")).to_have_count(0)


def _loaded(cases: Path, folder: Path) -> list:
    """What the question sets' loader makes of it, with the article beside it under the name that the set gives it."""
    place = folder / "set"
    place.mkdir(exist_ok=True)
    shutil.copy(cases, place / "cases.yaml")
    for name in yaml.safe_load(cases.read_text(encoding="utf-8"))["articles"]:
        if not (place / name).exists():
            shutil.copy(sample_path(), place / name)
    return list(load(place / "cases.yaml").expected)
