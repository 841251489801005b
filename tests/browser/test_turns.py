"""What can be done with an answer: stop it, ask again, copy it, take the conversation along as a file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, Visit, Visitor

pytestmark = pytest.mark.browser

WHO = "Who is John Kirby?"
MILK = "What does a litre of milk cost in Oslo?"


# Stopping


@pytest.mark.parametrize("how", ["button", "escape", "enter on the button"])
def test_an_answer_can_be_stopped_and_the_next_one_comes(server: Server, visit: Visitor, how: str) -> None:
    visitor = visit(server)
    send = visitor.page.locator("#send")
    with visitor.held():
        visitor.type(WHO)
        expect(send).to_have_text("Stop")
        expect(visitor.answer).to_have_class(re.compile("pending"))
        if how == "button":
            send.click()
        elif how == "escape":
            visitor.page.keyboard.press("Escape")
        else:
            send.focus()
            visitor.page.keyboard.press("Enter")
        expect(visitor.answer).to_have_class(re.compile("failed"))
    expect(visitor.answer.locator(".message")).to_have_text("Stopped.")
    expect(send).to_have_text("Ask")
    expect(visitor.page.locator("#question")).to_have_value(WHO)
    visitor.ask("Who is Jens Stoltenberg?")
    assert visitor.quotes()


def test_a_stopped_question_is_asked_again_by_its_button(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    with visitor.held():
        visitor.type(WHO)
        visitor.page.keyboard.press("Escape")
        expect(visitor.answer).to_have_class(re.compile("failed"))
    visitor.answer.get_by_role("button").click()
    expect(visitor.answer.locator(".quote")).to_have_count(1)
    assert visitor.questions() == [WHO]


def test_while_an_answer_comes_a_second_question_waits_in_the_box(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    with visitor.held():
        visitor.type(WHO)
        visitor.type(MILK)
        expect(visitor.page.locator("#question")).to_have_value(MILK)
        assert visitor.questions() == [WHO]
    visitor.answered(0)
    visitor.page.press("#question", "Enter")
    visitor.answered(1)
    assert visitor.questions() == [WHO, MILK]


def test_a_new_conversation_in_mid_answer_is_empty_and_works(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    with visitor.held():
        visitor.type(WHO)
        visitor.new_conversation()
    expect(visitor.turns).to_have_count(0)
    visitor.ask(MILK)
    assert visitor.questions() == [MILK]


def test_ask_again_asks_the_same_question_once_more(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    first = visitor.ask(WHO)
    quotes = visitor.quotes()
    first.locator(".again").click()
    visitor.answered(1)
    assert visitor.questions() == [WHO, WHO]
    assert visitor.quotes() == quotes


# Copying


def test_an_answer_is_copied_as_markdown_with_footnotes(server: Server, visit: Visitor, sample_text: str) -> None:
    visitor = visit(server, permissions=["clipboard-read", "clipboard-write"])
    turn = visitor.ask(WHO)
    turn.locator(".copy").click()
    expect(visitor.page.locator(".notice")).to_be_visible()
    copied = visitor.page.evaluate("navigator.clipboard.readText()")
    assert "[^1]" in copied
    footnote = re.search(r"^\[\^1\]: (.*)", copied, re.MULTILINE)
    assert footnote
    assert visitor.quotes()[0] in copied[footnote.start() :].replace("\n    ", "\n")
    assert sample_text.splitlines()[0] in copied


# Exports


@pytest.fixture
def talked(server: Server, visit: Visitor) -> Visit:
    """Somebody with an answer, a follow-up and a refusal."""
    visitor = visit(server)
    for question in (WHO, "What did he say?", MILK):
        visitor.ask(question)
    return visitor


def test_a_conversation_is_exported_as_json_with_quotes_offsets_and_hash(talked: Visit, server: Server) -> None:
    talked.open_drawer()
    name, text = talked.download("#export-json")
    assert name.endswith(".json")
    exported = json.loads(text)
    citations = list(_citations(exported))
    article = server.run("read_article", citations[0]["article_id"])
    assert {talked.quotes(talked.turns.nth(n))[0] for n in range(2)} <= {one["quote"] for one in citations}
    for one in citations:
        assert article["text"][one["start"] : one["end"]] == one["quote"]
        assert one["content_hash"] == article["content_hash"]
    assert WHO in text
    assert "What did John Kirby say?" in text


def test_a_conversation_is_exported_as_markdown_with_quotes_offsets_and_hash(talked: Visit, server: Server) -> None:
    talked.open_drawer()
    name, text = talked.download("#export-markdown")
    assert name.endswith(".md")
    for question in talked.questions():
        assert question in text
    [listed] = server.run("list_articles")
    article = server.run("read_article", listed["id"])
    plain = re.sub(r"\\(.)", r"\1", text)
    for n in range(2):
        [quote] = talked.quotes(talked.turns.nth(n))
        start = article["text"].index(quote)
        assert quote in plain
        assert f"characters {start:,}–{start + len(quote):,}" in text or f"{start}–{start + len(quote)}" in text
    assert article["content_hash"] in text
    assert "[^1]" in text


def test_there_is_nothing_to_export_before_the_first_question(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    visitor.forgiven.append("status of 500")
    visitor.open_drawer()
    expect(visitor.page.locator("#export-json")).to_be_disabled()
    expect(visitor.page.locator("#export-markdown")).to_be_disabled()
    visitor.page.click("#export-cases")
    notice = visitor.page.locator(".notice")
    expect(notice).to_contain_text("no answer with a thumbs-down")
    notice.get_by_role("button", name="Dismiss").click()
    expect(notice).to_have_count(0)
    expect(visitor.page.locator("#export-cases")).to_be_focused()


def _citations(value: Any) -> Iterator[dict[str, Any]]:
    """Every citation in exported JSON, wherever it stands."""
    if isinstance(value, dict):
        if {"quote", "start", "end", "article_id"} <= set(value):
            yield value
        for inner in value.values():
            yield from _citations(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _citations(inner)
