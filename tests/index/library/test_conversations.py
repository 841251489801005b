"""Kept conversations: turns in order and in pages, whose they are, renamed, deleted, rated."""

from __future__ import annotations

import time

import pytest

from index.errors import ConversationNotFoundError
from index.library.conversations import MAX_TITLE_CHARS, StoredRating
from index.library.store import Library


def keep(library: Library, conversation_id: str, turns: int, owner: str = "") -> None:
    for n in range(turns):
        library.conversations.keep_turn(conversation_id, f"question {n}", f"answer {n}", owner)


def ids(library: Library, owner: str | None = None, limit: int | None = None) -> list[str]:
    return [stored.id for stored in library.conversations.all(owner, limit)]


# Turns


def test_turns_are_kept_in_order_and_numbered_from_0(library: Library) -> None:
    numbers = [library.conversations.keep_turn("first", f"question {n}", f"answer {n}") for n in range(3)]
    assert numbers == [0, 1, 2]
    assert library.conversations.keep_turn("second", "other", "x") == 0
    assert library.conversations.turns("first") == ["answer 0", "answer 1", "answer 2"]
    assert library.conversations.turns("none") == []
    listed = [(c.id, c.title, c.turns) for c in library.conversations.all()]
    assert listed == [("second", "other", 1), ("first", "question 0", 3)]


@pytest.mark.parametrize(
    ("before", "last", "expected"),
    [
        (None, 2, [3, 4]),
        (None, 9, [0, 1, 2, 3, 4]),
        (3, None, [0, 1, 2]),
        (3, 2, [1, 2]),
        (99, 1, [4]),
        (0, 2, []),
        (-1, None, []),
        (None, 0, []),
        (None, -5, []),
    ],
)
def test_turns_come_in_pages(library: Library, before: int | None, last: int | None, expected: list[int]) -> None:
    keep(library, "c", 5)
    keep(library, "d", 7)
    assert library.conversations.turns("c", before, last) == [f"answer {n}" for n in expected]


def test_turns_are_counted(library: Library) -> None:
    keep(library, "c", 5)
    assert [library.conversations.turn_count(name) for name in ("c", "none")] == [5, 0]


def test_row_24_a_page_of_a_long_conversation_costs_what_one_of_a_short_one_does(library: Library) -> None:
    def cost(name: str) -> float:
        seconds = []
        for _ in range(5):
            start = time.process_time()
            library.conversations.turns(name, last=10)
            library.conversations.turn_count(name)
            seconds.append(time.process_time() - start)
        return min(seconds)

    for name, turns in (("short", 10), ("long", 400)):
        for n in range(turns):
            library.conversations.keep_turn(name, f"question {n}", "x" * 20_000)
    assert cost("long") < 5 * cost("short") + 0.002


# Whose


def test_conversations_are_listed_by_owner(library: Library) -> None:
    for name, owner in (("a", "ann"), ("b", "bob"), ("c", "ann"), ("d", "")):
        keep(library, name, 1, owner)
    assert ids(library, "ann") == ["c", "a"]
    assert ids(library, "bob") == ["b"]
    assert ids(library, "") == ["d"]
    assert ids(library, "nobody") == []
    assert ids(library) == ["d", "c", "b", "a"]
    assert ids(library, "ann", 1) == ["c"]
    assert library.conversations.one("a").owner == "ann"


def test_a_conversation_takes_no_turn_of_another_owner(library: Library) -> None:
    keep(library, "a", 1, "ann")
    with pytest.raises(ConversationNotFoundError):
        keep(library, "a", 1, "bob")
    assert library.conversations.turn_count("a") == 1
    keep(library, "a", 1, "ann")
    keep(library, "a", 1)
    assert (library.conversations.turn_count("a"), library.conversations.one("a").owner) == (3, "ann")


# Renamed and deleted


def test_a_renamed_conversation_keeps_its_place(library: Library) -> None:
    keep(library, "a", 1)
    keep(library, "b", 1)
    library.conversations.rename("a", "birds " * 100)
    assert library.conversations.one("a").title == ("birds " * 100)[:MAX_TITLE_CHARS]
    assert ids(library) == ["b", "a"]
    keep(library, "a", 1)
    assert library.conversations.one("a").title.startswith("birds"), "a further turn leaves the title"


def test_a_deleted_conversation_is_gone_with_its_turns_and_ratings(library: Library) -> None:
    for name in ("a", "b"):
        keep(library, name, 2)
        library.conversations.rate(name, 1, StoredRating("down", "wrong year"))
    library.conversations.delete("a")
    assert ids(library) == ["b"]
    assert (library.conversations.turns("a"), library.conversations.ratings("a")) == ([], {})
    assert len(library.conversations.ratings("b")) == 1
    keep(library, "a", 2)
    assert library.conversations.ratings("a") == {}


def test_what_is_not_kept_is_not_found(library: Library) -> None:
    keep(library, "a", 1)
    store = library.conversations
    for use in (
        lambda: store.one("none"),
        lambda: store.rename("none", "x"),
        lambda: store.delete("none"),
        lambda: store.rate("none", 0, StoredRating("up")),
        lambda: store.rate("a", 1, StoredRating("up")),
        lambda: store.rate("a", -1, None),
        lambda: store.delete("\ud800"),
    ):
        with pytest.raises(ConversationNotFoundError, match=r"keeps no conversation.*conversations\(\)"):
            use()


# Rated


def test_the_last_rating_of_an_answer_is_kept(library: Library) -> None:
    keep(library, "a", 3)
    quoted = StoredRating("down", "it was 2000", "an article", "a hash", 3, 9, "a year")
    library.conversations.rate("a", 2, StoredRating("up"))
    library.conversations.rate("a", 2, quoted)
    library.conversations.rate("a", 0, StoredRating("up"))
    assert library.conversations.ratings("a") == {0: StoredRating("up"), 2: quoted}
    library.conversations.rate("a", 2, None)
    library.conversations.rate("a", 1, None)
    assert library.conversations.ratings("a") == {0: StoredRating("up")}
    assert library.conversations.ratings("none") == {}


def test_halves_of_characters_are_kept_as_question_marks(library: Library) -> None:
    library.conversations.keep_turn("\ud800", "why \udfff?", "answer", "\ud800")
    library.conversations.rate("\ud800", 0, StoredRating("up", "so \ud800"))
    (stored,) = library.conversations.all("\ud800")
    assert (stored.title, stored.turns) == ("why ??", 1)
    assert library.conversations.ratings(stored.id)[0].said == "so ?"
