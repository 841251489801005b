"""Collections from Python and on the command line: a question is asked within one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant import Article, Assistant
from assistant.errors import CollectionNotFoundError, EmptyLibraryError, QuestionError
from tests.command_line import Ended, Run, run_footnote

GATES = {"north": "Eva Strand", "south": "Olaf Berg", "west": "Ida Holm"}
WHO = "Who is the keeper of the gate?"


@pytest.fixture
def gates(eager_assistant: Assistant) -> dict[str, str]:
    """Names of gates, with the ids of the articles about them."""
    added = [
        eager_assistant.add(Article(f"The keeper of the {name} gate is {keeper}.", f"The {name} gate", name)).added[0]
        for name, keeper in GATES.items()
    ]
    return dict(zip(GATES, added, strict=True))


# Python


def test_only_the_articles_of_a_collection_are_asked(eager_assistant: Assistant, gates: dict[str, str]) -> None:
    cold = {gates["north"], gates["west"]}
    eager_assistant.collect("cold", sorted(cold))
    answer = eager_assistant.ask(WHO, collection="cold")
    assert {item.passage.article_id for item in answer.evidence} == cold
    *_, done = eager_assistant.stream(WHO, collection="cold")
    assert done.answer.text == answer.text  # type: ignore[union-attr]
    same = eager_assistant.ask(WHO, articles=eager_assistant.collection("cold").articles)
    assert same.text == answer.text


def test_a_conversation_asks_within_its_collection_as_it_is_then(
    eager_assistant: Assistant, gates: dict[str, str]
) -> None:
    eager_assistant.collect("some", [gates["north"]])
    chat = eager_assistant.conversation(collection="some")
    assert {c.article_id for c in chat.ask(WHO).citations} == {gates["north"]}
    eager_assistant.collect("some", [gates["south"]], how="replace")
    assert {c.article_id for c in chat.ask(WHO).citations} == {gates["south"]}
    eager_assistant.remove(gates["south"])
    with pytest.raises(QuestionError, match="'some' has no articles"):
        chat.ask(WHO)
    assert len(chat.turns) == 2


def test_a_collection_that_can_not_be_asked_is_named_with_what_to_do(
    eager_assistant: Assistant, gates: dict[str, str]
) -> None:
    with pytest.raises(CollectionNotFoundError, match=r"'fish'.*footnote collection list"):
        eager_assistant.ask(WHO, collection="fish")
    eager_assistant.collect("later")
    with pytest.raises(QuestionError, match=r"'later' has no articles.*assistant.collect\("):
        eager_assistant.ask(WHO, collection="later")
    with pytest.raises(QuestionError, match="Give one of the two"):
        eager_assistant.ask(WHO, collection="later", articles=[gates["north"]])
    assert eager_assistant.collections() == (eager_assistant.collection("later"),)


def test_an_empty_library_is_told_before_a_collection_that_is_not_there(eager_assistant: Assistant) -> None:
    with pytest.raises(EmptyLibraryError):
        eager_assistant.ask(WHO, collection="fish")


# The command line


@pytest.fixture
def footnote(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs `footnote` in this process, on a library with two articles."""
    monkeypatch.setenv("FOOTNOTE_LIBRARY", str(tmp_path / "commands"))
    monkeypatch.setenv("FOOTNOTE_READER", "quoting")
    monkeypatch.setenv("COLUMNS", "200")
    texts = {"fair": "The fair drew 12,400 visitors to Bergen.", "mill": "The paper mill reopened in March 2019."}
    for name, text in texts.items():
        (tmp_path / f"{name}.txt").write_text(f"About the {name}\n\n{text}\n", encoding="utf-8")

    def run(*arguments: str, stdin: str = "") -> Ended:
        return run_footnote(monkeypatch, *arguments, stdin=stdin)

    assert run("add", *(str(tmp_path / f"{name}.txt") for name in texts)).code == 0
    return run


def test_a_collection_is_made_listed_extended_renamed_and_deleted(footnote: Run) -> None:
    mill, fair = (article["id"] for article in footnote("list", "--json").json_line)
    assert footnote("collection", "list").out == "No collections yet. Make one: footnote collection make NAME IDS\n"
    assert footnote("collection", "make", "towns", fair).out == "made towns: 1 article\n"
    assert footnote("collection", "make", "later").out == "made later: 0 articles\n"
    assert footnote("collection", "extend", "towns", mill, fair).out == "extended towns: 2 articles\n"
    assert footnote("collection", "list").out == "later: 0 articles\ntowns: 2 articles\n"
    listed = footnote("collection", "list", "--json").json_line
    assert listed == [{"name": "later", "articles": []}, {"name": "towns", "articles": [mill, fair]}]
    assert footnote("collection", "reduce", "towns", mill).out == "reduced towns: 1 article\n"
    assert footnote("collection", "rename", "towns", "cities").out == "renamed cities: 1 article\n"
    assert [one["id"] for one in footnote("list", "--in", "cities", "--json").json_line] == [fair]
    assert "No articles in this collection" in footnote("list", "--in", "later").out
    assert footnote("collection", "delete", "cities").out == "deleted cities\n"
    assert len(footnote("list", "--json").json_line) == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["ask", "Who?", "--in", "fish"], "no collection 'fish'"),
        (["list", "--in", "fish"], "no collection 'fish'"),
        (["collection", "delete", "fish"], "no collection 'fish'"),
        (["collection", "extend", "fish", "nonsense"], "no collection 'fish'"),
        (["collection", "make", "birds", "nonsense"], "no article 'nonsense'"),
        (["collection", "make", " "], "no name for a collection"),
    ],
    ids=" ".join,
)
def test_what_is_not_there_is_wrong_use_on_one_line(footnote: Run, arguments: list[str], said: str) -> None:
    wrong = footnote(*arguments)
    assert (wrong.code, wrong.out) == (2, "")
    assert said in wrong.err
    assert wrong.err.count("\n") == 1
    assert json.loads(footnote("collection", "list", "--json").out) == []


def test_ask_and_chat_stay_within_a_collection(footnote: Run) -> None:
    mill, _ = (article["id"] for article in footnote("list", "--json").json_line)
    assert footnote("collection", "make", "mills", mill).code == 0
    question = "How many visitors did the fair draw to Bergen?"
    assert footnote("ask", question).code == 0
    assert "12,400" not in footnote("ask", question, "--in", "mills").out
    chat = footnote("chat", "--in", "mills", stdin=f"{question}\nWhen did the paper mill reopen?\n")
    assert "12,400" not in chat.out
    assert "March 2019" in chat.out
