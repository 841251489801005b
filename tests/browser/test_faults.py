"""FAULTS.md in the page: rows 21, 28, 30 and 32; 24, 31 are in test_conversations, 26 in test_hostile, 29, 33 in test_server."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import expect

from assistant.page.preparation import Preparation
from assistant.sample import sample_path
from tests.browser.conftest import Server, Visit, Visitor
from tests.browser.server import HTTP, ROOT, SECONDS_TO_HANG, doubles, last_said, serving

pytestmark = pytest.mark.browser

WHO = "Who is John Kirby?"
FERRY = "The harbour ferry\n\nThe harbour ferry carries {} passengers on each crossing.\n"
HOW_MANY = "How many passengers does the harbour ferry carry?"
LOOPBACK = re.compile(r"(connect|send|look up) (127\.0\.0\.1|::1|localhost)\b")


# Row 21: questions that are none


@pytest.mark.parametrize("question", ["😀 🎉", "?!"])
def test_what_is_no_question_is_refused_politely(visitor: Visit, question: str) -> None:
    visitor.ask(question)
    expect(visitor.turn.locator(".message")).to_have_text("Please ask a question in words.")
    visitor.ask(WHO)
    assert visitor.quotes()


@pytest.mark.parametrize("question", ["", "   ", "\n"])
def test_nothing_is_asked_with_an_empty_box(server: Server, visit: Visitor, question: str) -> None:
    visitor = visit(server)
    visitor.type(question)
    visitor.page.click("#send")
    expect(visitor.turns).to_have_count(0)
    visitor.ask(WHO)
    assert visitor.questions() == [WHO]


@pytest.mark.parametrize("question", ["", "   ", "😀😀😀", "\x00", "x" * 100_000, None, 7, {"a": 1}, ["When?"]])
def test_the_pages_own_event_refuses_them_politely_too(server: Server, question: object) -> None:
    said = last_said(server.call("chat", "", "", question, None, None))
    assert said["event"] == "answered"
    assert said["turn"]["status"] == "unclear"
    assert len(said["turn"]["message"]) > 20
    assert said["turn"]["citations"] == []


def test_a_null_character_in_a_question_is_left_out(server: Server) -> None:
    said = last_said(server.call("chat", "", "", "Who is \x00John Kirby?", None, None))
    assert said["turn"]["citations"]


def test_a_question_too_long_for_a_request_is_refused_and_the_next_is_answered(server: Server, visit: Visitor) -> None:
    address = f"{server.url}/gradio_api/call/chat"
    body = b'{"data": ["", "", "%s", null, null]}' % (b"x" * 20_000_000)
    assert HTTP.post(address, content=body).status_code == 413
    visitor = visit(server)
    visitor.forgiven.append("status of 413")
    visitor.page.evaluate("document.querySelector('#question').value = 'x'.repeat(1_100_000)")
    visitor.page.click("#send")
    expect(visitor.answer.locator(".message")).to_have_text("That is larger than the server takes.")
    visitor.page.fill("#question", "")
    visitor.ask(WHO)
    assert visitor.quotes()


@pytest.mark.parametrize(
    "arguments",
    [
        ("", "", WHO, "all", None),
        ("", "", WHO, [7], None),
        ("", "", WHO, ["no such article"], None),
        (7, {}, WHO, None, None),
        ("../../etc/passwd", "../x", WHO, None, ["?"]),
        ("", "", WHO, None, "x" * 50_000),
    ],
)
def test_what_the_page_would_never_send_does_no_harm(server: Server, arguments: tuple[object, ...]) -> None:
    stream = server.call("chat", *arguments)
    assert "Traceback" not in stream.text
    assert str(ROOT) not in stream.text
    said = last_said(server.call("chat", "", "", WHO, None, None))
    assert said["turn"]["citations"]


# Row 28: a proxy that is dead, a network that is blocked


def test_all_of_it_works_without_a_network_and_reaches_out_to_nobody(changed: Server, visit: Visitor) -> None:
    """Every server of these tests runs behind a dead proxy, and every browser can resolve no name but its server's."""
    visitor = visit(changed)
    visitor.upload({"name": "ferry.txt", "mimeType": "text/plain", "buffer": FERRY.format("ninety").encode()})
    visitor.report()
    visitor.ask(HOW_MANY)
    visitor.marker().click()
    visitor.expect_lit(visitor.quotes()[0])
    visitor.check()
    assert [line for line in changed.reached() if not LOOPBACK.match(line)] == []


def test_a_lost_connection_is_said_and_the_page_goes_on_when_it_is_back(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    visitor.forgiven.append("ERR_INTERNET_DISCONNECTED")
    visitor.ask(WHO)
    visitor.page.context.set_offline(True)
    visitor.type("What did he say?")
    expect(visitor.answer.locator(".message")).to_contain_text("can't be reached")
    visitor.marker(1, visitor.turns.first).click()
    visitor.expect_lit(visitor.quotes(visitor.turns.first)[0])
    visitor.page.context.set_offline(False)
    visitor.answer.get_by_role("button").click()
    visitor.answered(1)
    assert visitor.quotes()


# Row 30: stopped, closed, many at once


def test_the_first_question_waits_for_the_models_with_a_note_and_can_be_stopped(visit: Visitor, tmp_path: Path) -> None:
    loaded = threading.Event()
    with (
        doubles(tmp_path / "library") as assistant,
        serving(assistant, tmp_path / "log", Preparation(lambda: _wait(loaded))) as server,
    ):
        assistant.add(sample_path())
        visitor = visit(server, ready=False)
        visitor.type(WHO)
        expect(visitor.page.locator("#state, .looking").filter(has_text="Getting ready").first).to_be_visible()
        visitor.page.keyboard.press("Escape")
        expect(visitor.answer.locator(".message")).to_have_text("Stopped.")
        visitor.page.click("#log .failed button")
        expect(visitor.answer).to_have_class(re.compile("pending"))
        loaded.set()
        turn = visitor.answered(0)
        assert visitor.quotes(turn)
        expect(visitor.turns).to_have_count(1)


def test_stopped_questions_and_closed_tabs_free_their_workers(server: Server, visit: Visitor) -> None:
    visitor = visit(server)
    tabs = [visitor.page.context.new_page() for _ in range(4)]
    for tab in tabs:
        tab.goto(server.url)
        tab.fill("#question", "What is said about ballistic missiles?")
        tab.press("#question", "Enter")
    for tab in tabs:
        tab.close()
    for _ in range(4):
        visitor.type("What is said about sanctions?")
        visitor.page.keyboard.press("Escape")
    visitor.page.fill("#question", "")
    expect(visitor.page.locator("#send")).to_have_text("Ask")
    before = visitor.turns.count()
    visitor.type(WHO)
    visitor.answered(before)
    assert visitor.questions()[-1] == WHO
    assert visitor.quotes()


def test_twenty_at_once_each_get_their_own_answer_while_one_watches(visit: Visitor, tmp_path: Path) -> None:
    questions = [f"What did speaker {n} say about North Korea?" for n in range(20)]

    def ask(number: int) -> list[str]:
        token, said = f"a-visitor-of-the-crowd-{number:04}", {}
        for question in (questions[number], "When was it published?"):
            known = said["conversation"]["id"] if said else ""
            said = last_said(server.call("chat", token, known, question, None, None))
        opened = server.run("open_conversation", token, known, None)
        return [turn["question"] for turn in opened["turns"]]

    with doubles(tmp_path / "library") as assistant, serving(assistant, tmp_path / "log") as server:
        assistant.add(sample_path())
        visitor = visit(server)
        with ThreadPoolExecutor(20) as crowd:
            asked = [crowd.submit(ask, number) for number in range(20)]
            visitor.ask(WHO)
            assert visitor.questions() == [WHO]
            for number, one in enumerate(asked):
                assert one.result() == [questions[number], "When was it published?"]
        visitor.reload()
        expect(visitor.turns).to_have_count(1)


# Row 32: an article changes while others ask


def test_each_question_sees_one_state_of_the_library(changed: Server, visit: Visitor) -> None:
    one, other = visit(changed), visit(changed)
    _put(one, "ninety")
    for number in ("forty", "ninety", "forty"):
        other.page.fill("#question", HOW_MANY)
        before = other.turns.count()
        _put(one, number, then=lambda: other.page.press("#question", "Enter"))
        other.answered(before)
        [quote] = other.quotes()
        assert other.turn.locator(".key").inner_text() in quote
        assert any(quote in FERRY.format(version) for version in ("ninety", "forty"))
        other.ask(HOW_MANY)
        assert number in other.quotes()[0]
    other.reload()
    for turn in other.turns.all():
        stale = turn.locator(".stale").count() == 1
        assert stale == ("ninety" in other.quotes(turn)[0])


def _put(visitor: Visit, number: str, then: object = None) -> None:
    """Add the ferry's article, replacing the one that is there."""
    visitor.open_library()
    known = "The harbour ferry" in visitor.titles()
    visitor.upload({"name": "ferry.txt", "mimeType": "text/plain", "buffer": FERRY.format(number).encode()})
    if known:
        visitor.page.click("#same-name button[value=replace]")
    if callable(then):
        then()
    visitor.report()


def _wait(loaded: threading.Event) -> None:
    assert loaded.wait(SECONDS_TO_HANG)
