"""How answers are laid out: lists, parts, columns, a yes or no, a refusal; wide, on a phone, and for those who don't see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Locator, expect

from assistant import Answer, AnswerSentence
from tests.assistant.page import laid_out
from tests.assistant.page.laid_out import COMPARED, LIST, NO, OVERVIEW, PARTS, PLAIN, REFUSED, YES
from tests.browser.conftest import Server, Visit, Visitor
from tests.browser.server import serving
from tests.browser.test_access import expect_accessible
from tests.browser.test_hostile import EVIL, expect_harmless
from tests.browser.visits import PHONE
from tests.doubles import EagerReader, HashEmbedder, TellingAssistant

pytestmark = pytest.mark.browser

HOSTILE = "Which of these?"
SPOKEN = "What does she say?"
STAND = "✓ stands so in the article"


def hostile() -> Answer:
    """A comparison whose headings are markup."""
    compared = laid_out.answers()[COMPARED]
    parts = tuple(replace(part, heading=EVIL) for part in compared.parts)
    return replace(compared, question=HOSTILE, parts=parts)


def spoken() -> Answer:
    """A sentence with two quotes, the first of which only names the speaker, though it has the answer's words, too."""
    named, said = (laid_out.cited(n, laid_out.FERRY, words) for n, words in ((1, "in summer"), (2, "On Sundays")))
    text = f"calls at — “{named.quote}” … “{said.quote}”"
    sentence = AnswerSentence(text, (1, 2), "calls at")
    return replace(laid_out.answer(SPOKEN), sentences=(sentence,), citations=(named, said))


@pytest.fixture(scope="module")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("layout")
    with TellingAssistant.open(
        folder / "library", embedder=HashEmbedder(max_tokens=400), reader=EagerReader()
    ) as assistant:
        assistant.add(list(laid_out.ARTICLES))
        assistant.give(*laid_out.answers().values(), hostile(), spoken())
        with serving(assistant, folder / "log") as server:
            yield server


@pytest.fixture
def reader(harbour: Server, visit: Visitor) -> Visit:
    return visit(harbour)


def test_a_list_shows_its_first_items_and_a_button_opens_the_rest(reader: Visit) -> None:
    turn = reader.ask(LIST)
    items = turn.locator("ul.listed > li")
    expect(items).to_have_count(6)
    expect(turn.locator("ul.listed > li:visible")).to_have_count(5)
    more = turn.get_by_role("button", name="and 1 more")
    expect(more).to_have_attribute("aria-expanded", "false")
    more.focus()
    reader.page.keyboard.press("Enter")
    fewer = turn.get_by_role("button", name="Show fewer")
    expect(fewer).to_have_attribute("aria-expanded", "true")
    expect(items.last.locator(".said .marker")).to_be_focused()
    expect(items.last.locator(".quote")).to_be_visible()
    fewer.click()
    expect(items.last).to_be_hidden()
    assert turn.locator(".told").all_inner_texts() == ["The text counts 7; 8 found."]


def test_all_the_answers_words_are_marked_in_their_quote_and_each_item_leads_to_its_place(reader: Visit) -> None:
    first = reader.ask(LIST).locator("ul.listed > li").first
    assert first.locator(".said .key").all_inner_texts() == ["Osby", "Lund", "Mora"]
    assert first.locator(".quote mark").all_inner_texts() == ["Osby", "Lund", "Mora"]
    second = reader.turn.locator("ul.listed > li").nth(1)
    second.locator(".quotes .marker").click()
    reader.expect_lit(second.locator(".quote").inner_text())


def test_the_answers_words_are_marked_in_what_is_said_not_in_the_quote_that_names_the_speaker(reader: Visit) -> None:
    turn = reader.ask(SPOKEN)
    assert turn.locator(".said .key").all_inner_texts() == ["calls at"]
    quotes = turn.locator(".quote")
    expect(quotes).to_have_count(2)
    expect(quotes.first.locator("mark")).to_have_count(0)
    expect(quotes.last.locator("mark")).to_have_text("calls at")
    reader.expect_lit(quotes.last.inner_text())  # The article opens there.


def test_who_reads_a_folded_item_when_the_list_is_whole_still_reads_it(reader: Visit) -> None:
    reader.page.evaluate(
        """() => {
          const log = document.querySelector("#log");
          const watch = new MutationObserver(() => {
            const marker = log.querySelectorAll(".pending .said .marker")[5];
            if (marker && document.activeElement !== marker) marker.focus();
            if (marker) watch.disconnect();
          });
          watch.observe(log, {childList: true, subtree: true});
        }"""
    )
    turn = reader.ask(LIST)
    expect(turn.locator("ul.listed > li").last.locator(".said .marker")).to_be_focused()
    expect(turn.locator("ul.listed > li").last).to_be_visible()


def test_a_short_overview_is_a_list_without_a_button(reader: Visit) -> None:
    turn = reader.ask(OVERVIEW)
    expect(turn.locator("ul.listed > li:visible")).to_have_count(2)
    expect(turn.locator(".fold")).to_have_count(0)


@pytest.mark.parametrize(("question", "verdict"), [(YES, "Yes."), (NO, "No.")])
def test_a_verdict_stands_before_the_first_quote(reader: Visit, question: str, verdict: str) -> None:
    turn = reader.ask(question)
    expect(turn.locator(".verdict")).to_have_text(verdict)
    assert _top(turn.locator(".verdict")) < _top(turn.locator(".quote").first)


def test_parts_have_their_headings_and_what_is_told_of_them_in_its_place(reader: Visit) -> None:
    turn = reader.ask(PARTS)
    parts = turn.locator(".part")
    assert turn.get_by_role("heading", level=2).all_inner_texts() == ["Who", "how many"]
    expect(parts.nth(0)).to_contain_text("I found no sentence that answers this.")
    expect(parts.nth(0).locator(".quote")).to_have_count(0)
    assert "ninety" in parts.nth(1).locator(".quote").inner_text()
    assert _top(parts.nth(2).get_by_text("Other articles say:")) < _top(parts.nth(2).locator(".quote"))


def test_a_comparison_stands_in_columns_and_what_is_told_of_both_below(reader: Visit) -> None:
    turn = reader.ask(COMPARED)
    left, right = (turn.locator(".columns > .part").nth(n) for n in (0, 1))
    assert _top(left) == _top(right)
    assert _left(left) < _left(right)
    told = turn.locator(".told")
    assert told.all_inner_texts() == ["The second is larger."]
    assert _top(told) > _top(right.locator(".quote"))


def test_on_a_phone_columns_stand_one_below_the_other_and_everything_fits(harbour: Server, visit: Visitor) -> None:
    phone = visit(harbour, **PHONE)
    for question in (COMPARED, PARTS, LIST, REFUSED):
        phone.ask(question)
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390
        expect_accessible(phone, f"phone-layout-{question.split()[0].lower()}")
    columns = phone.turns.first.locator(".columns > .part")
    assert _top(columns.nth(0)) < _top(columns.nth(1))
    assert _left(columns.nth(0)) == _left(columns.nth(1))
    small = phone.page.locator("#log button:visible").evaluate_all(
        "all => all.filter(one => one.getBoundingClientRect().height < 24).map(one => one.outerHTML)"
    )
    assert small == []


@pytest.mark.parametrize("question", [LIST, COMPARED, PARTS, YES, REFUSED])
def test_every_layout_is_accessible(reader: Visit, question: str) -> None:
    turn = reader.ask(question)
    fold = turn.locator(".fold")
    if fold.count():
        fold.click()
    reader.page.mouse.move(5, 5)
    reader.page.locator("#question").focus()
    expect_accessible(reader, f"layout-{question.split()[0].lower()}-{len(question)}")


def test_a_quote_says_the_date_of_its_article_and_that_it_stands_there(reader: Visit) -> None:
    sources = reader.ask(COMPARED).locator(".source")
    assert sources.first.inner_text().split() == f"The ferry · 3 May 2024 {STAND}".split()
    assert sources.last.inner_text().split() == f"The train {STAND}".split()
    assert _top(sources.first) > _top(reader.turn.locator(".quote").first)


def test_a_refusal_shows_the_nearest_passage_first_with_the_words_of_the_question(reader: Visit) -> None:
    turn = reader.ask(REFUSED)
    expect(turn.locator(".message")).to_have_text("The articles don't say.")
    quotes = turn.locator(".closest .quote")
    assert quotes.all_inner_texts() == ["The ferry is red.", "The train is not red, it is blue."]
    expect(quotes.first).to_be_visible()
    assert quotes.first.locator("mark").all_inner_texts() == ["ferry", "red"]  # asked for as "ferries"


def test_a_hostile_heading_is_text(reader: Visit) -> None:
    turn = reader.ask(HOSTILE)
    assert turn.locator(".part-heading bdi").evaluate_all("all => all.map(one => one.textContent)") == [EVIL, EVIL]
    expect_harmless(reader)


def test_a_plain_answer_looks_as_ever(reader: Visit) -> None:
    answer = reader.ask(PLAIN).locator(".answer")
    shape = answer.evaluate("answer => [...answer.children].map(one => `${one.tagName} ${one.className}`)")
    assert shape == ["DIV sentences", "OL quotes", "DIV foot-and-rating"]
    expect(answer.locator(".verdict, .told, .part, .listed")).to_have_count(0)


def test_a_layout_is_the_same_after_a_reload_and_copied_with_all_of_it(harbour: Server, visit: Visitor) -> None:
    reader = visit(harbour, permissions=["clipboard-read", "clipboard-write"])
    for question in (LIST, COMPARED, NO):
        reader.ask(question)
    before = [_shape(reader.turns.nth(n)) for n in range(3)]
    reader.reload()
    expect(reader.turns).to_have_count(3)
    assert [_shape(reader.turns.nth(n)) for n in range(3)] == before
    reader.turns.nth(1).locator(".copy").click()
    expect(reader.page.locator(".notice")).to_be_visible()
    copied = reader.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("### the ferry\n\n**ninety passengers**[^1]\n\n### the train\n\n")
    assert (
        "\n\nThe second is larger.\n\n[^1]: “It carries ninety passengers.” — *The ferry*, 3 May 2024, ferry.txt"
        in copied
    )


def _shape(turn: Locator) -> list[str]:
    """What stands where in a turn's answer."""
    return turn.locator(".answer *").evaluate_all(
        "all => all.map(one => `${one.tagName} ${one.getAttribute('class')}`)"
    )


def _top(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["y"]


def _left(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["x"]
