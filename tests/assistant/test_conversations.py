"""Kept conversations through the assistant: paged, renamed, deleted, rated; quotes that prove what a rating says."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from assistant import Answer, Article, Assistant, Citation, Rating, Turn
from assistant.core.errors import (
    ArticleNotFoundError,
    ConversationNotFoundError,
    LibraryError,
    LibraryInUseError,
    RatingError,
)
from assistant.core.turns import MAX_SAID_CHARS
from tests.doubles import EagerReader, HashEmbedder

HERON = "The heron stands. It waits for fish."


@pytest.fixture
def asked(eager_assistant: Assistant) -> Iterator[tuple[Assistant, str]]:
    """An assistant that keeps a conversation of three turns, and that conversation's id."""
    eager_assistant.add([Article(HERON, source="heron"), Article("A stork flies.", source="stork")])
    chat = eager_assistant.conversation(keep=True)
    for question in ("What does the heron do?", "What does the stork do?", "And the heron?"):
        chat.ask(question)
    return eager_assistant, chat.id


def quote(assistant: Assistant, words: str) -> Citation:
    start = HERON.index(words)
    article = next(article for article in assistant.articles() if article.source == "heron")
    return assistant.quote(article.id, start, start + len(words))


# Turns in pages


def test_turns_come_in_pages_oldest_first(asked: tuple[Assistant, str]) -> None:
    assistant, chat = asked
    turns = assistant.turns(chat)
    assert turns == assistant.conversation(chat).turns
    assert all(type(turn) is Turn and turn.answer.citations for turn in turns)
    assert assistant.turns(chat, last=2) == turns[1:]
    assert assistant.turns(chat, before=2, last=1) == turns[1:2]
    assert assistant.turns(chat, before=0) == ()
    assert assistant.turn_count(chat) == 3


def test_turns_say_which_citations_are_stale(asked: tuple[Assistant, str]) -> None:
    assistant, chat = asked
    assistant.add(Article("A stork sleeps.", source="stork"))
    assert [turn.answer.citations[0].stale for turn in assistant.turns(chat, before=2)] == [False, True]


def test_a_page_of_turns_asks_of_no_more_than_it_shows(eager_assistant: Assistant) -> None:
    eager_assistant.add(Article(HERON, source="heron"))
    answer = eager_assistant.ask("What does the heron do?")
    for name, turns in (("short", 10), ("long", 200)):
        for _ in range(turns):
            eager_assistant.keep_turn(name, answer)

    def cost(name: str) -> float:
        seconds = []
        for _ in range(5):
            start = time.process_time()
            assert len(eager_assistant.turns(name, last=10)) == 10
            seconds.append(time.process_time() - start)
        return min(seconds)

    assert cost("long") < 3 * cost("short") + 0.005


def test_a_kept_turn_is_numbered(asked: tuple[Assistant, str]) -> None:
    assistant, chat = asked
    assert assistant.keep_turn(chat, assistant.ask("What does the stork do?")) == 3
    assert assistant.keep_turn("another", Answer("Why?", "unclear"), owner="ann") == 0
    with pytest.raises(ConversationNotFoundError):
        assistant.keep_turn("another", Answer("Why?", "unclear"), owner="bob")


# The list


def test_conversations_are_those_of_an_owner(asked: tuple[Assistant, str]) -> None:
    assistant, chat = asked
    assistant.keep_turn("hers", Answer("Why?", "unclear"), owner="ann")
    assert [(c.id, c.title, c.turns, c.owner) for c in assistant.conversations("ann")] == [("hers", "Why?", 1, "ann")]
    assert [(c.id, c.turns) for c in assistant.conversations()] == [("hers", 1), (chat, 3)]
    assert [c.id for c in assistant.conversations(limit=1)] == ["hers"]
    assert assistant.conversations("bob") == ()
    assert assistant.stored_conversation(chat) == assistant.conversations("")[0]


def test_a_conversation_is_renamed_and_given_its_first_name_back(asked: tuple[Assistant, str]) -> None:
    assistant, chat = asked
    assistant.rename_conversation(chat, "  Birds \n of the  water ")
    assert assistant.stored_conversation(chat).title == "Birds of the water"
    assistant.rename_conversation(chat, "x" * 1_000)
    assert assistant.stored_conversation(chat).title == "x" * 200
    assistant.rename_conversation(chat, " \n")
    assert assistant.stored_conversation(chat).title == "What does the heron do?"


def test_a_deleted_conversation_is_gone(asked: tuple[Assistant, str]) -> None:
    assistant, chat = asked
    assistant.rate(chat, 0, Rating("up"))
    assistant.delete_conversation(chat)
    assert assistant.conversations() == ()
    assert (assistant.turn_count(chat), assistant.ratings(chat)) == (0, {})
    for use in (
        lambda: assistant.turns(chat),
        lambda: assistant.turns(chat, last=2),
        lambda: assistant.conversation(chat),
        lambda: assistant.stored_conversation(chat),
        lambda: assistant.rename_conversation(chat, "x"),
        lambda: assistant.rename_conversation(chat, ""),
        lambda: assistant.delete_conversation(chat),
        lambda: assistant.rate(chat, 0, Rating("up")),
        lambda: assistant.conversation("\ud800"),
    ):
        with pytest.raises(ConversationNotFoundError, match="keeps no conversation"):
            use()


def test_only_the_writer_renames_deletes_and_rates(asked: tuple[Assistant, str]) -> None:
    assistant, chat = asked
    with Assistant.open(assistant.folder, embedder=HashEmbedder(), reader=EagerReader(), write=False) as reader:
        assert len(reader.turns(chat)) == 3
        for use in (
            lambda: reader.rename_conversation(chat, "x"),
            lambda: reader.delete_conversation(chat),
            lambda: reader.rate(chat, 0, Rating("up")),
        ):
            with pytest.raises(LibraryInUseError):
                use()
    assert assistant.stored_conversation(chat).title == "What does the heron do?"


# Ratings


def test_ratings_are_kept_with_their_quotes(asked: tuple[Assistant, str]) -> None:
    assistant, chat = asked
    better = Rating("down", "It waits, too.", quote(assistant, "It waits for fish."))
    assistant.rate(chat, 0, Rating("up"))
    assistant.rate(chat, 2, better)
    assert assistant.ratings(chat) == {0: Rating("up"), 2: better}
    assistant.rate(chat, 2, None)
    assert assistant.ratings(chat) == {0: Rating("up")}


def test_ratings_survive_reopening(tmp_path: Path) -> None:
    def opened() -> Assistant:
        return Assistant.open(tmp_path, embedder=HashEmbedder(), reader=EagerReader())

    with opened() as assistant:
        assistant.add(Article(HERON, source="heron"))
        chat = assistant.conversation(keep=True)
        chat.ask("What does the heron do?")
        rating = Rating("down", "كان البحر 🐢", quote(assistant, "waits"))
        assistant.rate(chat.id, 0, rating)
    with opened() as assistant:
        assert assistant.ratings(chat.id) == {0: rating}


@pytest.mark.parametrize("change", ["edited", "removed"])
def test_a_ratings_quote_says_that_it_is_stale(asked: tuple[Assistant, str], change: str) -> None:
    assistant, chat = asked
    marked = quote(assistant, "It waits for fish.")
    assistant.rate(chat, 0, Rating("down", quote=marked))
    if change == "removed":
        assistant.remove(marked.article_id)
    else:
        assistant.add(Article("The heron left.", source="heron"))
    kept = assistant.ratings(chat)[0].quote
    assert kept is not None
    assert (kept.stale, kept.quote) == (True, marked.quote)
    with pytest.raises((RatingError, LibraryError)):
        assistant.rate(chat, 1, Rating("down", quote=marked))
    assert set(assistant.ratings(chat)) == {0}


def test_a_rating_takes_no_quote_that_does_not_stand_there(asked: tuple[Assistant, str]) -> None:
    assistant, chat = asked
    marked = quote(assistant, "It waits for fish.")
    for wrong, error in (
        (replace(marked, quote="It waits for Fish."), RatingError),
        (replace(marked, start=marked.start + 1), RatingError),
        (replace(marked, start=-1), LibraryError),
        (replace(marked, end=999), LibraryError),
        (replace(marked, article_id="none"), ArticleNotFoundError),
    ):
        with pytest.raises(error):
            assistant.rate(chat, 0, Rating("down", quote=wrong))
    assert assistant.ratings(chat) == {}


@pytest.mark.parametrize("ordinal", [3, -1])
def test_what_was_not_answered_is_not_rated(asked: tuple[Assistant, str], ordinal: int) -> None:
    assistant, chat = asked
    with pytest.raises(ConversationNotFoundError, match=f"turn {ordinal}"):
        assistant.rate(chat, ordinal, Rating("up"))


def test_a_rating_is_up_or_down_and_short() -> None:
    with pytest.raises(RatingError, match="'up' or 'down', not 'sideways'"):
        Rating("sideways")  # type: ignore[arg-type]
    with pytest.raises(RatingError, match=r"2,001 characters.*2,000"):
        Rating("up", "x" * (MAX_SAID_CHARS + 1))


# Quotes


def test_a_span_of_an_article_is_a_proven_quote(asked: tuple[Assistant, str]) -> None:
    assistant, _ = asked
    cited = quote(assistant, "waits for")
    article = assistant.article(cited.article_id)
    assert article.text[cited.start : cited.end] == cited.quote == "waits for"
    assert (cited.title, cited.content_hash, cited.stale) == (article.title, article.content_hash, False)
    for start, end in ((-1, 5), (5, 5), (6, 5), (0, len(HERON) + 1), (HERON.index(" "), HERON.index(" ") + 1)):
        with pytest.raises(LibraryError, match=r"no quote.*36 characters"):
            assistant.quote(cited.article_id, start, end)
    with pytest.raises(ArticleNotFoundError):
        assistant.quote("none", 0, 1)
