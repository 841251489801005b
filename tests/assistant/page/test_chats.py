"""Conversations behind the page: each its owner's only, kept where the library can be written, in memory where it can't."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from assistant import Answer, Article, Assistant, Turn
from assistant.core.errors import ConversationNotFoundError, LibraryInUseError, SettingsError
from assistant.core.turns import Rating
from assistant.page.chats import TURNS_AT_A_TIME, Chats
from assistant.page.events.inputs import owner_of
from assistant.page.memory import MOST_CONVERSATIONS, MOST_TURNS
from assistant.page.preparation import Preparation
from assistant.page.words import say
from assistant.understanding.followup.history import HISTORY_TURNS
from tests.assistant.page.conftest import ANNA, BEN
from tests.doubles import HashEmbedder

ANN, BO = owner_of(ANNA), owner_of(BEN)


def answer(question: str = "When does the ferry leave?") -> Answer:
    """A refusal, which is enough to be kept."""
    return Answer(question, "not_found", message="The articles don't say.")


@pytest.fixture
def chats(ferry: Assistant) -> Chats:
    return Chats(ferry)


@pytest.fixture
def unwritten(reading: Assistant) -> Chats:
    return Chats(reading)


@pytest.fixture(params=["library", "memory"])
def either(request: pytest.FixtureRequest) -> Chats:
    """Wherever conversations are kept, they behave the same."""
    return request.getfixturevalue("chats" if request.param == "library" else "unwritten")


def test_a_visitor_is_known_by_a_hash() -> None:
    assert len(ANN) == 64
    assert ANNA not in ANN
    assert ANN != BO
    assert {owner_of(wrong) for wrong in ("", "short", "a" * 65, "ä" * 32, "a b" * 20, None, 7, [ANNA])} == {""}


def test_a_conversation_goes_on(either: Chats) -> None:
    first = either.keep(ANN, "", answer("One?"))
    assert len(first.stored.id) >= 20
    assert (first.number, first.stored.title, first.stored.turns) == (0, "One?", 1)
    second = either.keep(ANN, first.stored.id, answer("Two?"))
    assert (second.number, second.stored.turns, second.stored.title) == (1, 2, "One?")
    assert [turn.question for turn in either.history(ANN, first.stored.id)] == ["One?", "Two?"]
    opened = either.open(ANN, first.stored.id)
    assert [(kept.number, kept.turn.question) for kept in opened.turns] == [(0, "One?"), (1, "Two?")]
    assert either.keep(ANN, "", answer()).stored.id != first.stored.id
    assert either.history(ANN, "") == ()


def test_only_its_owner_finds_it(either: Chats) -> None:
    name = either.keep(ANN, "", answer()).stored.id
    for other in (BO, ""):
        with pytest.raises(ConversationNotFoundError):
            either.open(other, name)
        with pytest.raises(ConversationNotFoundError):
            either.rename(other, name, "mine")
        with pytest.raises(ConversationNotFoundError):
            either.delete(other, name)
        with pytest.raises(ConversationNotFoundError):
            either.rate(other, name, 0, Rating("up"))
        with pytest.raises(ConversationNotFoundError):
            list(either.turns(other, name))
        assert either.all(other) == ()
    with pytest.raises(ConversationNotFoundError):
        either.history(BO, name)
    with pytest.raises(ConversationNotFoundError):
        either.keep(BO, name, answer())
    assert [one.turns for one in either.all(ANN)] == [1]


def test_what_nobody_owns_is_nobodys(chats: Chats, ferry: Assistant) -> None:
    talk = ferry.conversation(keep=True)
    talk.ask("When does the ferry leave?")
    for owner in (ANN, ""):
        with pytest.raises(ConversationNotFoundError):
            chats.open(owner, talk.id)


def test_for_nobody_nothing_is_kept(either: Chats, ferry: Assistant) -> None:
    kept = either.keep("", "", answer())
    assert (kept.stored.id, kept.number, kept.notice) == ("", 0, say("no_visitor"))
    assert ferry.conversations() == ()
    assert either.all("") == ()


def test_rename_delete_and_rate(either: Chats) -> None:
    name = either.keep(ANN, "", answer("One?")).stored.id
    other = either.keep(ANN, "", answer("Other?")).stored.id
    assert either.rename(ANN, name, "Boats").title == "Boats"
    assert either.rename(ANN, name, "").title == "One?"
    either.rate(ANN, name, 0, Rating("down", "noon"))
    assert either.open(ANN, name).turns[0].rating == Rating("down", "noon")
    either.rate(ANN, name, 0, None)
    assert either.open(ANN, name).turns[0].rating is None
    with pytest.raises(ConversationNotFoundError):
        either.rate(ANN, name, 1, Rating("up"))
    either.delete(ANN, name)
    assert [one.id for one in either.all(ANN)] == [other]
    with pytest.raises(ConversationNotFoundError):
        either.open(ANN, name)


def test_the_last_used_comes_first(either: Chats) -> None:
    first = either.keep(ANN, "", answer()).stored.id
    second = either.keep(ANN, "", answer()).stored.id
    assert [one.id for one in either.all(ANN)] == [second, first]
    either.keep(ANN, first, answer())
    assert [one.id for one in either.all(ANN)] == [first, second]


def test_long_conversations_come_in_pages_and_cost_what_short_ones_do(chats: Chats, ferry: Assistant) -> None:
    name = chats.keep(ANN, "", answer("0")).stored.id
    for n in range(1, 200):
        ferry.keep_turn(name, answer(str(n)), owner=ANN)
    chats.rate(ANN, name, 120, Rating("up"))
    assert [turn.question for turn in chats.history(ANN, name)] == [str(n) for n in range(200 - HISTORY_TURNS, 200)]
    last = chats.open(ANN, name)
    assert [kept.number for kept in last.turns] == list(range(150, 200))
    assert last.earlier == 150
    before = chats.open(ANN, name, before=last.turns[0].number)
    assert [kept.turn.question for kept in before.turns] == [str(n) for n in range(100, 150)]
    assert [kept.number for kept in before.turns if kept.rating] == [120]
    assert before.earlier == 100
    assert chats.open(ANN, name, before=0).turns == ()
    assert chats.open(ANN, name, before=10_000).turns == last.turns
    assert [kept.number for kept in chats.turns(ANN, name)] == list(range(200))
    assert len(last.turns) == TURNS_AT_A_TIME


def test_without_the_right_to_write_it_goes_on_in_memory_with_a_notice(unwritten: Chats) -> None:
    first = unwritten.keep(ANN, "", answer("One?"))
    assert first.notice.startswith(say("in_memory"))
    assert "PID" in first.notice
    second = unwritten.keep(ANN, first.stored.id, answer("Two?"))
    assert second.notice == ""  # said once is enough; it stands above the conversation too
    assert unwritten.open(ANN, first.stored.id).notice == say("in_memory")


def test_a_kept_conversation_goes_on_in_memory_beside_a_writer(chats: Chats, unwritten: Chats) -> None:
    name = chats.keep(ANN, "", answer("One?")).stored.id
    chats.rate(ANN, name, 0, Rating("up"))
    assert unwritten.open(ANN, name).notice == ""
    assert unwritten.keep(ANN, name, answer("Two?")).number == 1
    opened = unwritten.open(ANN, name)
    assert [(kept.turn.question, kept.rating) for kept in opened.turns] == [("One?", Rating("up")), ("Two?", None)]
    assert [one.turns for one in unwritten.all(ANN)] == [2]
    assert [one.turns for one in chats.all(ANN)] == [1]
    with pytest.raises(LibraryInUseError):
        unwritten.delete(ANN, name)
    assert len(unwritten.open(ANN, name).turns) == 2


def test_memory_is_bounded(unwritten: Chats) -> None:
    first = unwritten.keep(ANN, "", answer()).stored.id
    name = unwritten.keep(ANN, "", answer("0")).stored.id
    unwritten.rate(ANN, name, 0, Rating("up"))
    for n in range(1, MOST_TURNS + 5):
        unwritten.keep(ANN, name, answer(str(n)))
    numbers = [kept.number for kept in unwritten.turns(ANN, name)]
    assert numbers == list(range(5, MOST_TURNS + 5))
    assert all(kept.turn.question == str(kept.number) for kept in unwritten.turns(ANN, name))
    with pytest.raises(ConversationNotFoundError):
        unwritten.rate(ANN, name, 0, Rating("up"))
    for _ in range(MOST_CONVERSATIONS):
        unwritten.keep(BO, "", answer())
    with pytest.raises(ConversationNotFoundError):
        unwritten.open(ANN, first)


def test_citations_of_a_changed_article_come_back_stale(either: Chats, ferry: Assistant) -> None:
    name = either.keep(ANN, "", ferry.ask("When does the ferry leave?")).stored.id
    assert not _stale(either.open(ANN, name).turns[0].turn)
    ferry.add(Article("The ferry leaves at dawn.", "The ferry", "ferry.txt"))
    assert _stale(either.open(ANN, name).turns[0].turn)


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


def test_after_a_restart_all_is_there(chats: Chats, ferry: Assistant, tmp_path: Path) -> None:
    name = chats.keep(ANN, "", answer()).stored.id
    ferry.close()
    with Assistant.open(tmp_path / "library", embedder=HashEmbedder()) as reopened:
        assert len(Chats(reopened).open(ANN, name).turns) == 1


def _stale(turn: Turn) -> bool:
    return all(citation.stale for citation in turn.answer.citations)


def _hold(go: threading.Event) -> None:
    assert go.wait(10)
