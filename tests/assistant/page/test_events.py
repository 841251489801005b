"""The declared events over real HTTP: their names, how what they yield arrives, who is told what, what stopping leaves."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from assistant import Answer, Article, Assistant
from assistant.page.events.catalogue import events
from assistant.page.preparation import Preparation
from assistant.page.words import say
from tests.assistant.page.conftest import ANNA, BEN, FERRY
from tests.assistant.page.site import HTTP, SECONDS_TO_HANG, EventFailedError, Site, served
from tests.doubles import EagerReader, HashEmbedder

pytestmark = pytest.mark.system

PUBLIC = {"/ask", "/list_articles", "/read_article"}
QUESTION = "When does the ferry leave?"


def chat(site: Site, question: str = QUESTION, conversation: str = "", visitor: str = ANNA) -> dict[str, Any]:
    """Ask, and the last thing that is yielded."""
    return site.last("chat", visitor, conversation, question, None, None)


def test_programs_see_the_public_events_only(site: Site) -> None:
    listed = HTTP.get(f"{site.url}/info").json()["named_endpoints"]
    assert set(listed) == PUBLIC
    assert all(event["description"] for event in listed.values())


def test_every_event_is_documented_with_its_arguments(eager_assistant: Assistant) -> None:
    for event in events(eager_assistant, Preparation.done()):
        documented = event.handler.__doc__ or ""
        names = [name for name in event.handler.__annotations__ if name != "return"]
        assert documented
        assert all(f"{name}:" in documented for name in names), event.handler.__name__


def test_what_is_yielded_arrives_whole_and_the_last_once_more(ferry_site: Site) -> None:
    told = ferry_site.messages("chat", ANNA, "", QUESTION, None, None)
    assert [kind for kind, _ in told] == ["generating"] * (len(told) - 1) + ["complete"]
    assert told[-1][1] == told[-2][1]
    events = [data[0]["event"] for _, data in told]
    assert events == ["searching", "reading", "sentence", "keeping", "answered", "answered"]


def test_ask_gives_the_answer_as_everywhere(ferry_site: Site) -> None:
    from gradio_client import Client

    address = ferry_site.url.removesuffix("/gradio_api")
    client = Client(address, verbose=False, analytics_enabled=False, httpx_kwargs={"timeout": SECONDS_TO_HANG})
    answer = Answer.from_dict(client.predict(QUESTION, api_name="/ask"))
    assert answer.question == QUESTION
    assert answer.citations[0].quote in FERRY.text
    (listed,) = client.predict(api_name="/list_articles")
    read = client.predict(listed["id"], api_name="/read_article")
    assert read["text"] == ferry_site.assistant.article(listed["id"]).text
    assert {name: read[name] for name in listed} == listed


def test_articles_limit_a_question(ferry_site: Site) -> None:
    (other,) = ferry_site.assistant.add(Article("The train leaves at dawn.", "The train", "train.txt")).added
    ((kind, (answer,)),) = ferry_site.messages("ask", QUESTION, [other])
    assert kind == "complete"
    assert {citation["article_id"] for citation in answer["citations"]} == {other}
    for wrong in ([], "x", [7], [[]], {}):
        ((kind, failure),) = ferry_site.messages("ask", QUESTION, wrong)
        assert (kind, failure["error"]) == ("error", say("articles_unclear"))
    ((_, failure),) = ferry_site.messages("ask", QUESTION, ["nowhere"])
    assert "nowhere" in failure["error"]


def test_a_conversation_over_the_wire(ferry_site: Site) -> None:
    first = chat(ferry_site)
    name = first["conversation"]["id"]
    assert len(name) >= 20
    assert first["turn"]["number"] == 0
    assert first["notice"] == ""
    second = chat(ferry_site, "How many passengers does it carry?", name)
    assert (second["turn"]["number"], second["conversation"]["turns"]) == (1, 2)
    opened = ferry_site.run("open_conversation", ANNA, name, None)
    assert opened["turns"] == [first["turn"], second["turn"]]
    assert (opened["earlier"], opened["notice"], opened["title"]) == (0, "", QUESTION)
    assert name in [one["id"] for one in ferry_site.run("list_conversations", ANNA)]
    assert ferry_site.run("rename_conversation", ANNA, name, "Of \u202eboats\n")["title"] == "Of boats"
    assert name not in [one["id"] for one in ferry_site.run("delete_conversation", ANNA, name)]
    with pytest.raises(EventFailedError, match=say("conversation_gone")):
        ferry_site.run("open_conversation", ANNA, name, None)


def test_nobody_reaches_the_conversation_of_another(ferry_site: Site) -> None:
    name = chat(ferry_site)["conversation"]["id"]
    for visitor in (BEN, "", "short", None, 7, ["a"], ANNA + "\n"):
        for event, arguments in (
            ("open_conversation", [None]),
            ("rename_conversation", ["mine"]),
            ("delete_conversation", []),
            ("rate", [0, "up", "", None]),
            ("export", ["markdown"]),
            ("export", ["json"]),
            ("export", ["cases"]),
        ):
            with pytest.raises(EventFailedError, match=say("conversation_gone")):
                ferry_site.run(event, visitor, name, *arguments)
        assert chat(ferry_site, conversation=name, visitor=visitor)["event"] in ("failed", "answered")
        assert name not in [one["id"] for one in ferry_site.run("list_conversations", visitor)]
    opened = ferry_site.run("open_conversation", ANNA, name, None)
    assert len(opened["turns"]) == 1
    assert opened["turns"][0]["rating"] is None


def test_what_makes_no_sense_is_refused_and_changes_nothing(ferry_site: Site) -> None:
    name = chat(ferry_site)["conversation"]["id"]
    before = ferry_site.run("open_conversation", ANNA, name, None)
    for event, arguments in (
        ("open_conversation", ["../etc", None]),
        ("open_conversation", [{"a": 1}, None]),
        ("rate", [name, 1, "up", "", None]),
        ("rate", [name, -1, "up", "", None]),
        ("rate", [name, 1e300, "up", "", None]),
        ("rate", [name, 0, "sideways", "", None]),
        ("rate", [name, 0, "down", "", {"article_id": "nowhere", "start": 0, "end": 1}]),
        ("rate", [name, 0, "down", "", {"article_id": FERRY.id, "start": 5, "end": 10**9}]),
        ("rate", [name, 0, "down", "", {"article_id": FERRY.id, "start": 5, "end": 5}]),
        ("rate", [name, 0, "down", "", {"article_id": FERRY.id, "start": True, "end": 5}]),
        ("rate", [name, 0, "down", "", "quote"]),
        ("export", [name, "pdf"]),
    ):
        with pytest.raises(EventFailedError) as failure:
            ferry_site.run(event, ANNA, *arguments)
        assert str(failure.value) not in ("None", say("failed"))
    assert ferry_site.run("open_conversation", ANNA, name, None) == before


def test_halves_of_characters_do_no_harm(ferry_site: Site) -> None:
    told = chat(ferry_site, "When \ud800 does \x00 it leave?")
    name = told["conversation"]["id"]
    assert ferry_site.run("rename_conversation", ANNA, name, "\ud800\x00x")["title"] == "? x"
    assert ferry_site.run("rate", ANNA, name, 0, "down", "\ud800\x00", None)["said"] == "?\x00"
    assert ferry_site.run("find_support", "\ud800 ferry \x00", None)["quote"]
    with pytest.raises(EventFailedError, match="no article"):
        ferry_site.run("read_article", "\ud800")


def test_find_support_gives_a_proven_quote(ferry_site: Site) -> None:
    found = ferry_site.run("find_support", "ninety passengers", None)
    text = ferry_site.run("read_article", found["article_id"])["text"]
    assert text[found["start"] : found["end"]] == found["quote"]
    assert "ninety passengers" in found["quote"]
    assert ferry_site.run("find_support", " … ", None) is None
    assert ferry_site.run("find_support", "ferry " * 10_000, None) is not None


def test_a_question_to_an_empty_library_fails_in_words(site: Site) -> None:
    for article in site.assistant.articles():
        site.assistant.remove(article.id)
    told = chat(site)
    assert told["event"] == "failed"
    assert "no articles yet" in told["message"]


def test_open_page_gives_what_the_page_shows_first(ferry_site: Site) -> None:
    chat(ferry_site)
    ready = ferry_site.stream("open_page", ANNA)[-1]
    assert ready["event"] == "ready"
    assert [article["source"] for article in ready["articles"]] == ["ferry.txt"]
    assert ready["article_count"] == 1
    assert ready["can_write"] is True
    assert ready["limits"]["question"] == 2000
    assert ready["conversations"] == ferry_site.run("list_conversations", ANNA)
    until = time.monotonic() + SECONDS_TO_HANG
    while not ready["examples"] and time.monotonic() < until:  # on a busy machine they come with a later visit
        ready = ferry_site.stream("open_page", ANNA)[-1]
    assert ready["examples"]  # the eager reader answers all of them
    assert ferry_site.last("open_page", "")["conversations"] == []


def test_while_models_load_it_says_so_and_the_first_question_waits(tmp_path: Path) -> None:
    go = threading.Event()
    preparation = Preparation(lambda: _hold(go))
    with (
        Assistant.open(tmp_path / "library", embedder=HashEmbedder(), reader=EagerReader()) as assistant,
        served(assistant, preparation) as site,
    ):
        assistant.add(FERRY)
        preparation.start()
        told: list[dict[str, Any]] = []
        begin = time.monotonic()
        with HTTP.stream("GET", site.begin("chat", ANNA, "", QUESTION, None, None)) as stream:
            for line in stream.iter_lines():
                if line.startswith("data: "):
                    told += json.loads(line.removeprefix("data: "))
                if len(told) == 4:
                    go.set()
        assert told[0] == {"event": "preparing", "note": say("preparing")}
        signs = [event["event"] for event in told].count("preparing")
        assert 4 <= signs <= 2 + 5 * (time.monotonic() - begin)
        assert told[-1]["event"] == "answered"


def test_waiting_for_the_models_holds_no_place_once_they_are_there(tmp_path: Path) -> None:
    go = threading.Event()
    preparation = Preparation(lambda: _hold(go))
    with (
        Assistant.open(tmp_path / "library", embedder=HashEmbedder(), reader=EagerReader()) as assistant,
        served(assistant, preparation) as site,
    ):
        assistant.add(FERRY)
        preparation.start()
        left = [site.begin("chat", ANNA, "", QUESTION, None, None) for _ in range(10)]
        for address in left:  # each leaves while it waits
            with HTTP.stream("GET", address) as stream:
                next(stream.iter_lines(), None) if address == left[0] else None
        threading.Timer(0.5, go.set).start()
        assert chat(site)["event"] == "answered"
        assert len(assistant.conversations()) == 1


def test_who_stops_before_the_answer_leaves_nothing_behind(tmp_path: Path) -> None:
    reader = _SlowReader()
    with (
        Assistant.open(tmp_path / "library", embedder=HashEmbedder(), reader=reader) as assistant,
        served(assistant) as site,
    ):
        assistant.add(FERRY)
        with HTTP.stream("GET", site.begin("chat", ANNA, "", QUESTION, None, None)) as stream:
            lines = stream.iter_lines()  # who lets go of it has left
            assert any("searching" in line for line in lines)
            assert reader.reading.wait(SECONDS_TO_HANG)
        time.sleep(0.3)
        reader.go.set()
        assert chat(site)["event"] == "answered"
        assert [one.turns for one in assistant.conversations()] == [1]


def test_twenty_at_once_and_each_gets_their_own(ferry_site: Site) -> None:
    from concurrent.futures import ThreadPoolExecutor

    visitors = [f"{n:032d}" for n in range(20)]

    def ask(visitor: str) -> list[tuple[str, int]]:
        name, told = "", []
        for n in range(3):
            answered = chat(ferry_site, f"Does {visitor} leave {n}?", name, visitor)
            name = answered["conversation"]["id"]
            told.append((answered["turn"]["question"], answered["turn"]["number"]))
        return told

    with ThreadPoolExecutor(20) as crowd:
        for visitor, told in zip(visitors, crowd.map(ask, visitors), strict=True):
            assert told == [(f"Does {visitor} leave {n}?", n) for n in range(3)]
            assert [one["turns"] for one in ferry_site.run("list_conversations", visitor)] == [3]


class _SlowReader(EagerReader):
    """Reads when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.reading = threading.Event()
        self.go = threading.Event()

    def read(self, question: str, evidence: Any) -> Any:
        self.reading.set()
        assert self.go.wait(SECONDS_TO_HANG)
        return super().read(question, evidence)


def _hold(go: threading.Event) -> None:
    assert go.wait(SECONDS_TO_HANG)
