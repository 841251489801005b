"""Conversations behind the page: kept where the library can be written, held in memory where it can't; getting ready."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from assistant import Article, Assistant
from assistant.errors import EmptyLibraryError, SettingsError
from assistant.page import strings
from assistant.page.chats import MOST_IN_MEMORY, MOST_TURNS_IN_MEMORY, Chat, Chats, Preparation
from tests.doubles import EagerReader, HashEmbedder

ARTICLE = Article("The ferry leaves at noon.\n\nIt carries ninety passengers to the island.", "The ferry", "ferry")


@pytest.fixture
def chats(eager_assistant: Assistant) -> Chats:
    eager_assistant.add(ARTICLE)
    return Chats(eager_assistant)


@pytest.fixture
def reading_chats(chats: Chats, tmp_path: Path):
    """Beside a writer, so that nothing can be stored."""
    with Assistant.open(tmp_path / "library", embedder=HashEmbedder(), reader=EagerReader(), write=False) as reader:
        yield Chats(reader)


def test_a_conversation_is_kept_under_an_unguessable_id(chats: Chats, eager_assistant: Assistant) -> None:
    first = chats.ask("", "When does the ferry leave?")
    assert len(first.id) >= 20
    assert first.notice == ""
    chats.ask(first.id, "How many passengers does the ferry carry?")
    reopened = Chats(eager_assistant).open(first.id)
    assert [turn.question for turn in reopened.turns] == [
        "When does the ferry leave?",
        "How many passengers does the ferry carry?",
    ]
    assert chats.ask("", "When does the ferry leave?").id != first.id


def test_an_unknown_id_is_an_empty_conversation(chats: Chats) -> None:
    assert chats.open("never given out") == Chat()
    assert chats.open("") == Chat()
    assert chats.ask("never given out", "When does the ferry leave?").id != "never given out"


def test_without_the_right_to_write_it_goes_on_in_memory_with_a_notice(reading_chats: Chats) -> None:
    first = reading_chats.ask("", "When does the ferry leave?")
    assert first.notice.startswith(strings.IN_MEMORY)
    assert "in use" in first.notice.lower() or "PID" in first.notice
    second = reading_chats.ask(first.id, "How many passengers does the ferry carry?")
    assert second.id == first.id
    assert len(second.turns) == 2
    assert second.notice
    assert reading_chats.open(first.id).turns == second.turns


def test_memory_is_bounded(reading_chats: Chats) -> None:
    first = reading_chats.ask("", "When does the ferry leave?")
    chat = reading_chats.ask("", "When does the ferry leave?")
    for _ in range(MOST_TURNS_IN_MEMORY + 5):
        chat = reading_chats.ask(chat.id, "When does the ferry leave?")
    assert len(reading_chats.open(chat.id).turns) == MOST_TURNS_IN_MEMORY
    for _ in range(MOST_IN_MEMORY):
        reading_chats.ask("", "When does the ferry leave?")
    assert reading_chats.open(first.id) == Chat()


def test_an_error_leaves_the_conversation_as_it_was(eager_assistant: Assistant) -> None:
    chats = Chats(eager_assistant)
    with pytest.raises(EmptyLibraryError):
        chats.ask("", "When does the ferry leave?")
    assert eager_assistant.conversations() == ()


def test_citations_of_a_changed_article_come_back_stale(chats: Chats, eager_assistant: Assistant) -> None:
    chat = chats.ask("", "When does the ferry leave?")
    assert not any(citation.stale for turn in chat.turns for citation in turn.answer.citations)
    eager_assistant.add(Article("The ferry leaves at dawn.", "The ferry", "ferry"))
    stale = [citation.stale for turn in chats.open(chat.id).turns for citation in turn.answer.citations]
    assert stale
    assert all(stale)


def test_preparation_lets_wait_until_its_end() -> None:
    go = threading.Event()
    preparation = Preparation(lambda: _hold(go))
    assert not preparation.started
    preparation.start()
    assert preparation.started
    assert not preparation.wait(0.05)
    go.set()
    assert preparation.wait(5)
    assert preparation.error == ""
    assert Preparation.done().ended


def test_a_failed_preparation_ends_too_and_says_why() -> None:
    def fail() -> None:
        raise SettingsError("the remedy")

    preparation = Preparation(fail)
    preparation.start()
    assert preparation.wait(5)
    assert preparation.error == "the remedy"


def _hold(go: threading.Event) -> None:
    assert go.wait(10)
