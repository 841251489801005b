"""The HTML report in a real Chromium: opened from a file, it asks nobody, filters, and shows foreign text as text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Dialog, Locator, Page, Request, expect

from assistant.questions.comparing.evaluation import Evaluation
from assistant.questions.rendering import to_html
from assistant.questions.rendering.words import line
from tests.assistant.questions.rendered import BURNED, HOSTILE, RESULTS, TITLE, laid_out, many, mill, with_model
from tests.browser.accessibility import expect_accessible
from tests.browser.visits import PHONE, WIDE, Windows

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]

NAME = line(HOSTILE)
_PAINTED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))"


@pytest.fixture
def opened(windows: Windows, tmp_path: Path) -> Iterator[Opener]:
    """Opens a report from a file, in another window each time; in the end none asked for anything or had an error."""
    wrong: list[str] = []
    path = tmp_path / "report.html"
    own = path.as_uri()

    def asked(request: Request) -> None:
        if not request.url.startswith((own, "data:")):
            wrong.append(request.url)

    def refuse(dialog: Dialog) -> None:
        wrong.append(dialog.message)
        dialog.dismiss()

    def hear(said: ConsoleMessage) -> None:
        if said.type == "error":
            wrong.append(f"console: {said.text}")

    listeners = {
        "request": asked,
        "dialog": refuse,
        "pageerror": lambda error: wrong.append(f"uncaught: {error}"),
        "console": hear,
    }
    pages = []
    with windows.pages() as lend:

        def open_report(*evaluations: Evaluation, address: str = "", **options: Any) -> Page:
            if evaluations:
                path.write_text(to_html(evaluations), encoding="utf-8")
            page = lend(**options)
            pages.append(page)
            for event, listener in listeners.items():
                page.on(event, listener)
            page.goto(own + address)
            return page

        yield open_report
        for page in pages:
            for event, listener in listeners.items():
                page.remove_listener(event, listener)
    assert wrong == []


def shown(page: Page) -> Locator:
    """Ids of the questions in the list that fit."""
    return page.locator(".case:not(.context) .id:visible")


def expect_shown(page: Page, ids: list[str]) -> None:
    """These questions fit, in this order. A link is followed in a task of its own, after the click."""
    expect(shown(page)).to_have_text(ids)


def expect_count(page: Page, said: str) -> None:
    expect(page.locator("#count")).to_have_text(said)


def case(page: Page, name: str) -> Locator:
    return page.locator(".case:visible").filter(has=page.locator(".id", has_text=name))


def open_case(page: Page, name: str) -> Locator:
    """A closed question, opened. Chromium tells of the opening in a task of its own, after the click."""
    found = case(page, name)
    found.locator("summary").click()
    expect(found.locator(".inside")).to_be_visible()
    return found


def choose(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.select_option(f"#filters [name={name}]", value)


def test_all_questions_are_listed(opened: Opener) -> None:
    page = opened(mill())
    expect_shown(page, [one.expected.id for one in RESULTS])
    expect_count(page, "All 8 questions")
    assert page.locator("h1").text_content() == "mill"
    expect(page.locator("#none")).to_be_hidden()


@pytest.mark.parametrize(
    ("chosen", "ids"),
    [
        ({"outcome": "wrong"}, ["wall", "talk/turn-2"]),
        ({"outcome": "too slow"}, ["slow"]),
        ({"outcome": "not right"}, ["wall", "rye", "talk/turn-2", "slow", "law"]),
        ({"tag": "when"}, ["fire", "slow"]),
        ({"stage": "not retrieved"}, ["rye"]),
        ({"change": "got worse"}, ["wall", "slow"]),
        ({"change": "new"}, ["talk/turn-2"]),
        ({"outcome": "wrong", "tag": "what"}, ["wall"]),
        ({"outcome": "wrong", "tag": "<i>tag</i>", "stage": "read wrongly", "change": "got worse"}, ["wall"]),
        ({"outcome": "wrong", "stage": "not retrieved"}, []),
    ],
)
def test_filters_can_be_combined(opened: Opener, chosen: dict[str, str], ids: list[str]) -> None:
    page = opened(mill())
    choose(page, **chosen)
    expect_shown(page, ids)
    expect_count(page, f"{len(ids)} of 8 questions")
    assert page.locator("#none").is_visible() == (not ids)
    page.click("#clear")
    expect_shown(page, [one.expected.id for one in RESULTS])


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("MILL burn", ["fire"]),
        ("asked before", ["rye"]),
        ("talk/turn-1", ["talk/turn-1"]),
        ("verbatim", ["law"]),
        ("<img", ["wall"]),
        ("nowhere", []),
    ],
)
def test_a_search_finds_all_words_in_what_was_asked_said_and_noted(opened: Opener, words: str, ids: list[str]) -> None:
    page = opened(mill())
    page.fill("#filters [name=q]", words)
    expect_shown(page, ids)


def test_an_answer_in_parts_is_laid_out_with_its_verdict_remarks_and_key_words(opened: Opener) -> None:
    page = opened(laid_out())
    found = open_case(page, "parts")
    got = found.locator(".sides > div").nth(1)
    said = [" ".join(text.split()) for text in got.locator("p.said, h5, p.hint").all_text_contents()]
    assert said == [
        "No.",
        " ".join(HOSTILE.split()),
        "Other articles say:",
        "It burned down and was rebuilt.[1]",
        "Both are equal.",
        "who paid?",
        "Anna Berg paid.[2]",
        "She sold her farm.[3]",
        "The text counts 3; 2 found.",
        "and why?",
        "I found no sentence that answers this.",
        "confidence 0.90 · understood as list · 0.250 s",
    ]
    assert got.locator("p.said b").all_text_contents() == ["No.", "burned", "rebuilt", "Anna Berg"]
    expected = found.locator(".sides > div").nth(0)
    assert "Evidence, all of them, in this order, nothing besides" in expected.inner_text()
    assert "The verdict yes." in expected.inner_text()
    assert "Understood as yes_no." in expected.inner_text()


def test_an_address_brings_the_view_back(opened: Opener) -> None:
    page = opened(mill(), mill(name="a & b=c #1"))
    page.locator(".choice a").last.click()
    expect_count(page, "8 of 16 questions")  # before the filters: the link is followed in a task of its own
    choose(page, outcome="wrong", tag="<i>tag</i>")
    page.fill("#filters [name=q]", "loud & +")
    expect_shown(page, [])
    page.fill("#filters [name=q]", "loud &")
    open_case(page, "wall")
    address = page.evaluate("location.hash")
    other = opened(address=address)
    expect_shown(other, ["wall"])
    expect_count(other, "1 of 16 questions")
    assert other.input_value("#filters [name=q]") == "loud &"
    assert other.input_value("#filters [name=tag]") == "<i>tag</i>"
    assert other.locator(".choice a[aria-current]").text_content() == "a & b=c #1"
    expect(case(other, "wall").locator(".inside")).to_be_visible()
    assert other.locator(".inside").count() == 1
    other.click("#clear")
    expect(shown(other)).to_have_count(8)


def test_an_address_that_names_nothing_shows_all(opened: Opener) -> None:
    page = opened(mill(), address="#set=x&case=y&unknown=1&%E0%A4%A")
    expect(shown(page)).to_have_count(8)


def test_links_in_the_summary_filter_the_list(opened: Opener) -> None:
    page = opened(mill())
    page.locator(".legend a", has_text="refused wrongly").click()
    expect_shown(page, ["rye"])
    page.locator(".chips a", has_text="got better").click()
    expect_shown(page, ["fire"])
    page.go_back()
    expect_shown(page, ["rye"])
    page.locator(".verdict a").click()
    expect_count(page, "5 of 8 questions")


def test_of_several_sets_one_can_be_chosen(opened: Opener) -> None:
    page = opened(mill(), mill(name="other", baseline=False))
    expect(page.locator("section.set:visible h2")).to_have_text(["All sets"])
    expect_count(page, "All 16 questions")
    page.locator(".choice a", has_text="other").click()
    expect(page.locator("section.set:visible h2")).to_have_text(["other"])
    expect_count(page, "8 of 16 questions")
    page.locator("section.set:visible .legend a", has_text="refused rightly").click()
    expect_shown(page, ["price"])
    expect(page.locator("section.set:visible h2")).to_have_text(["other"])


def test_a_question_shows_what_was_cited_and_what_was_expected(opened: Opener) -> None:
    page = opened(mill())
    fire = open_case(page, "fire")
    cited = fire.locator(".passages mark.cited").evaluate_all(
        "all => all.map(one => one.firstChild.textContent).join('')"
    )
    expected = fire.locator(".passages u.expected").evaluate_all("all => all.map(one => one.textContent).join('')")
    assert cited == BURNED
    assert expected == "burned down in 1912. It was"
    assert fire.locator(".passages sup").all_text_contents() == ["1"]
    assert fire.locator(".passages .marked .flag").all_text_contents() == ["expected evidence", "cited"]
    assert fire.locator(".said").text_content() == "1912 it was.[1]"
    fire.locator(".marker").click()
    assert page.evaluate("document.activeElement.className") == "cited"
    said = fire.locator(".inside").inner_text()
    for words in (
        "line 3",
        "confidence 0.90",
        "0.250 s",
        "What is said holds “1912” (exact 1, token F1 1.00)",
        "search ranked it 5",
    ):
        assert words in said
    assert "In the baseline\nwrong" in said


def test_a_failure_shows_why(opened: Opener) -> None:
    page = opened(mill())
    said = open_case(page, "talk/turn-2").locator(".inside").inner_text()
    for words in (
        "follow-up misunderstood",
        "searched for something else",
        "What did Anna 👩‍🌾 rebuild?",
        "it was not there",
        "her farm",
    ):
        assert words in said
    rye = open_case(page, "rye").locator(".inside").inner_text()
    assert "in no passage found" in rye
    assert "The articles don't say." in rye
    law = open_case(page, "law").locator(".passages li").last
    assert law.locator("mark.cited").text_content() == "The wheel turns slowly1"


def test_what_a_language_model_could_not_prove_is_shown_with_what_was_missing(opened: Opener) -> None:
    page = opened(with_model(mill()), address="#case=fire")
    inside = page.locator(".case .inside")
    expect(inside).to_contain_text("It broke off.")
    expect(inside.locator("li", has_text="It cost 7.")).to_have_text("It cost 7. not proven: 7 & 8")


def test_the_turns_of_a_dialogue_stay_together(opened: Opener) -> None:
    page = opened(mill())
    choose(page, outcome="wrong", tag="dialogue")
    turns = page.locator(".dialogue .case")
    expect(turns).to_have_count(2)
    assert turns.locator(".turn").all_text_contents() == ["turn 1 ", "turn 2 "]
    expect(turns.first).to_be_visible()
    assert turns.first.get_attribute("class") == "case context"
    assert turns.last.get_attribute("class") == "case"
    expect_count(page, "1 of 8 questions")


def test_foreign_text_is_text_everywhere(opened: Opener) -> None:
    page = opened(mill(name=HOSTILE), mill())
    for summary in page.locator(".case summary").all():
        summary.click()
    assert page.locator("img").count() == 0
    assert page.locator("h1, .choice a").all_text_contents() == ["2 question sets", "All sets", NAME, "mill"]
    assert page.locator(".case .asked > bdi").all_text_contents().count(HOSTILE) == 2
    for place in (".said bdi", ".wordings bdi", "u.expected bdi", ".lines", ".tag"):
        assert any("<" in text for text in page.locator(place).all_text_contents()), place
    wall = page.locator(".passages mark.cited").evaluate_all("all => all.map(one => one.firstChild.textContent)")
    assert wall.count(HOSTILE) == 2
    assert page.locator(".inside h4 .title").first.text_content() == TITLE


def test_the_keyboard_reaches_a_question_and_opens_it(opened: Opener) -> None:
    page = opened(mill())
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".case").first.locator(".inside")).to_be_visible()
    # Not `wait_for_function`: it may need eval, which the page forbids.
    expect(page).to_have_url(re.compile("#case=fire$"))
    page.keyboard.press("Enter")
    expect(page.locator(".case").first.locator(".inside")).to_be_hidden()
    expect(page).to_have_url(re.compile("^[^#]*#?$"))


@pytest.mark.parametrize("options", [pytest.param(WIDE, marks=pytest.mark.slow), PHONE], ids=["wide", "phone"])
def test_axe_finds_nothing_serious(opened: Opener, options: dict[str, Any]) -> None:
    page = opened(mill(), mill(name="other"), address="#set=mill&tag=dialogue", **options)
    page.locator(".card details > summary").evaluate_all("all => all.forEach(one => one.parentElement.open = true)")
    for name in ("talk/turn-1", "talk/turn-2"):
        open_case(page, name)
    expect_accessible(page)
    page.click("#clear")
    page.locator(".case details").evaluate_all("all => all.forEach(one => one.open = true)")
    expect(page.locator(".inside:visible")).to_have_count(8)
    expect_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= options["viewport"]["width"]


def test_a_thousand_questions_are_filtered(opened: Opener) -> None:
    page = opened(many(1000))
    expect_count(page, "All 1,000 questions")
    for name, value, left in (
        ("outcome", "wrong", 250),
        ("tag", "what", 125),
        ("q", "grind 10", 0),
        ("tag", "", 0),
        ("q", "alert", 125),
    ):
        page.locator(f"#filters [name={name}]").evaluate(
            "(control, value) => { control.value = value; control.dispatchEvent(new Event('input', {bubbles: true})); }",
            value,
        )
        page.evaluate(_PAINTED)
        expect_count(page, f"{left} of 1,000 questions")


def test_a_thousand_questions_are_less_than_five_megabytes(tmp_path: Path) -> None:
    assert len(to_html([many(1000)]).encode()) < 5_000_000
