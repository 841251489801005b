"""The event of next questions: what it tells after an answer and after a refusal, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant import Article, Assistant, Draft, Evidence
from assistant.page.words import words
from assistant.questions.suggestions import MOST
from tests.assistant.page.conftest import ANNA, BEN
from tests.assistant.page.site import Site, served
from tests.doubles import EagerReader, HashEmbedder

pytestmark = pytest.mark.system

MILL = Article(
    "The mill\n\nThe mill was built in 1704 on the river. Professor Maria Lopez said that the wheel is sound.\n\nThe wheel was "
    "mended in 1938 by the county. The house has 24 rooms, all of them small.",
    "The mill <b>of Orle</b>",
    "mill.txt",
)
FERRY = Article("The ferry leaves at noon.", "The ferry", "ferry.txt")
NOTHING = "What does milk cost?"


class Knowing(EagerReader):
    """Answers surely with the first passage, but nothing about milk."""

    def read(self, question: str, evidence: Any) -> Draft:
        chosen: list[Evidence] = [] if "milk" in question else list(evidence)
        return Draft(super().read(question, chosen).sentences, 0.9)


@pytest.fixture(scope="module")
def mill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("mill")
    with (
        Assistant.open(folder / "library", embedder=HashEmbedder(), reader=Knowing()) as assistant,
        served(assistant) as site,
    ):
        assistant.add([MILL, FERRY])
        yield site


def asked(site: Site, question: str, conversation: str = "", articles: list[str] | None = None) -> str:
    """Ask in a conversation; its id."""
    told = site.last("chat", ANNA, conversation, question, articles, None)
    return str(told["conversation"]["id"])


def suggested(site: Site, conversation: str, articles: list[str] | None = None, visitor: str = ANNA) -> dict[str, Any]:
    """The last suggestions that are told; {} if none are."""
    told = site.stream("suggest_questions", visitor, conversation, articles)
    return next((event for event in reversed(told) if event["event"] == "suggested"), {})


def id_of(site: Site, source: str) -> str:
    return next(entry.id for entry in site.assistant.entries() if Path(entry.source).name == source)


def test_after_an_answer_they_are_of_the_article_it_cites(mill: Site) -> None:
    conversation = asked(mill, "When does the ferry leave?", articles=[id_of(mill, "mill.txt")])
    told = suggested(mill, conversation)
    assert told["article_id"] == id_of(mill, "mill.txt")
    assert told["title"] == MILL.title
    assert not told["refused"]
    assert 1 <= len(told["questions"]) <= MOST
    for question in told["questions"]:
        answer = mill.assistant.ask(question, articles=[told["article_id"]], standalone=question)
        assert answer.status == "answered"


def test_after_a_refusal_they_are_of_the_article_that_is_ticked_and_none_is_asked_twice(mill: Site) -> None:
    only = [id_of(mill, "mill.txt")]
    conversation = asked(mill, NOTHING, articles=only)
    told = suggested(mill, conversation, only)
    assert told["refused"]
    assert told["article_id"] == only[0]
    first = told["questions"][0]
    asked(mill, first, conversation, only)
    assert first not in suggested(mill, conversation, only).get("questions", [])


def test_nobody_gets_those_of_another_visitor_or_without_a_conversation(mill: Site) -> None:
    conversation = asked(mill, NOTHING)
    assert suggested(mill, conversation)
    assert suggested(mill, conversation, visitor=BEN) == {}
    assert suggested(mill, "") == {}
    assert suggested(mill, conversation, visitor="") == {}
    assert mill.stream("suggest_questions", ANNA, "../x", None)[-1]["event"] == "failed"


def test_after_thanks_there_are_none(mill: Site) -> None:
    assert suggested(mill, asked(mill, "Thanks!")) == {}


def test_an_article_that_is_gone_has_none(mill: Site) -> None:
    (gone,) = mill.assistant.add(Article("The train leaves at dawn.", "The train", "train.txt")).added
    conversation = asked(mill, "When does the train leave?", articles=[gone])
    mill.assistant.remove(gone)
    assert suggested(mill, conversation) == {}


def test_they_are_put_in_the_pages_own_words(mill: Site) -> None:
    known = [words()[key].split("{name}")[0] for key in words() if key.startswith("example_")]
    told = suggested(mill, asked(mill, NOTHING, articles=[id_of(mill, "ferry.txt")]))
    assert all(question.startswith(tuple(known)) for question in told["questions"])
