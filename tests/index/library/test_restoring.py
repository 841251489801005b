"""Articles that are removed and put back; articles listed without their texts."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from assistant import Article, Assistant
from index.article import ArticleEntry
from index.errors import ArticleExistsError, ArticleNotFoundError, FingerprintError, LibraryInUseError
from index.library.store import Library
from tests.doubles import EagerReader, HashEmbedder
from tests.helpers import FINGERPRINT, assert_whole, opened, store
from tests.index.library.test_store import found

TEXTS = [f"The heron number{n} stands.\n\n{'It waits for fish. ' * 11}It sees fish{n}." for n in range(4)]


@pytest.fixture
def filled(eager_assistant: Assistant) -> Assistant:
    """Four articles in a library."""
    for n, text in enumerate(TEXTS):
        eager_assistant.add(Article(text, source=str(n)))
    return eager_assistant


def sources(assistant: Assistant) -> list[str]:
    return [article.source for article in assistant.articles()]


# Put back


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_removed_article_comes_back_as_it_was(filled: Assistant, hash_embedder: HashEmbedder, place: int) -> None:
    before = filled.articles()
    passages = {item.passage for item in filled.ask(before[place].text).evidence}
    removed = filled.remove(before[place].id)
    assert (removed.article, len(removed.passages), len(removed.vectors)) == (before[place], 2, 2)
    assert before[place].id not in {item.passage.article_id for item in filled.ask(before[place].text).evidence}
    embedded = hash_embedder.calls
    filled.restore(removed)
    assert hash_embedder.calls == embedded
    assert filled.articles() == before
    answer = filled.ask(before[place].text.split("\n")[0])
    assert answer.citations[0].article_id == before[place].id
    assert answer.evidence[0].similarity > 0.999
    assert {item.passage for item in filled.ask(before[place].text).evidence} == passages
    assert_whole(filled)


@pytest.mark.parametrize("order", [[3, 2], [2, 3], [0, 3, 1], [3, 0, 2, 1]])
def test_articles_come_back_to_their_places_whatever_was_added_meanwhile(filled: Assistant, order: list[int]) -> None:
    removed = [filled.remove(next(a.id for a in filled.articles() if a.source == str(n))) for n in range(4)]
    filled.add([Article("A stork flies.", source="new"), Article("An egret sleeps.", source="newer")])
    for n in order:
        filled.restore(removed[n])
    assert sources(filled) == ["newer", "new", *(str(n) for n in sorted(order, reverse=True))]
    filled.add(Article("A crane dances.", source="newest"))
    assert sources(filled)[0] == "newest"
    assert_whole(filled)


def test_an_article_is_put_back_after_the_library_was_closed(tmp_path: Path) -> None:
    with opened(tmp_path) as assistant:
        assistant.add([Article(text, source=str(n)) for n, text in enumerate(TEXTS)])
        removed = assistant.remove(assistant.articles()[0].id)
    with opened(tmp_path) as assistant:
        assistant.add(Article("A stork flies.", source="new"))
        assistant.restore(removed)
        assert sources(assistant) == ["new", "3", "2", "1", "0"]
        assert_whole(assistant)


def test_what_came_meanwhile_is_not_touched(filled: Assistant) -> None:
    removed = filled.remove(filled.articles()[1].id)
    article = removed.article
    for rival in (Article("Another text.", source=article.source), Article(article.text, source="copy")):
        added = filled.add(rival).added[0]
        before = (filled.articles(), filled.entries())
        with pytest.raises(ArticleExistsError, match=rf"holds '{added}'.*Remove that one first"):
            filled.restore(removed)
        assert (filled.articles(), filled.entries()) == before
        assert_whole(filled)
        filled.remove(added)
    filled.restore(removed)
    with pytest.raises(ArticleExistsError):
        filled.restore(removed)
    assert sources(filled) == ["3", "2", "1", "0"]


def test_vectors_of_another_model_are_not_put_back(tmp_path: Path) -> None:
    with opened(tmp_path / "one") as assistant:
        assistant.add([Article(text, source=str(n)) for n, text in enumerate(TEXTS)])
        removed = assistant.remove(assistant.articles()[0].id)
    other = HashEmbedder("another model")
    # Into an empty library too: its passages' vectors would be taken for the other model's.
    for folder in ("one", "two"):
        with Assistant.open(tmp_path / folder, embedder=other, reader=EagerReader(), reembed=True) as assistant:
            before = assistant.articles()
            with pytest.raises(FingerprintError, match=r"hashed words.*another model.*Add the article again"):
                assistant.restore(removed)
            assert assistant.articles() == before


def test_only_the_writer_puts_back(tmp_path: Path) -> None:
    with opened(tmp_path) as writer:
        writer.add(Article(TEXTS[0], source="0"))
        removed = writer.remove(writer.articles()[0].id)
        reader = Assistant.open(tmp_path, embedder=HashEmbedder(), reader=EagerReader(), write=False)
        with reader, pytest.raises(LibraryInUseError):
            reader.restore(removed)
        assert writer.articles() == ()


def test_what_is_removed_can_be_compared_and_not_changed(library: Library) -> None:
    article = store(library, "The heron stands.\nIt waits.", "bird")
    removed = library.remove(article.id)
    library.restore(removed, FINGERPRINT)
    assert found(library, "heron") == ["The heron stands."]
    assert library.remove(article.id) == removed
    with pytest.raises(FrozenInstanceError):
        removed.place = 9  # type: ignore[misc]


def test_removing_what_is_not_there_changes_nothing(filled: Assistant) -> None:
    for unknown in ("none", "\ud800"):
        with pytest.raises(ArticleNotFoundError, match="footnote list"):
            filled.remove(unknown)
    assert len(filled.articles()) == 4


# Lists


def test_articles_are_listed_without_their_texts(filled: Assistant) -> None:
    assert filled.entries() == tuple(
        ArticleEntry(a.id, a.title, a.source, a.published, a.content_hash, len(a.text)) for a in filled.articles()
    )
    assert [entry.source for entry in filled.entries(2, 1)] == ["2", "1"]
    assert filled.entries(0) == filled.entries(5, 4) == filled.entries(-1) == ()
    assert filled.entries(5, -1) == filled.entries()
    assert filled.article_count() == 4


def test_the_list_follows_every_change(filled: Assistant) -> None:
    filled.add(Article("The heron number0 left.", source="0"))
    filled.remove(filled.articles()[1].id)
    assert [(e.source, e.characters) for e in filled.entries()] == [
        ("0", 23),
        ("2", len(TEXTS[2])),
        ("1", len(TEXTS[1])),
    ]
    assert filled.article_count() == 3
    filled.reembed()
    assert len(filled.entries()) == 3
    assert filled.library_problems() == []


def test_thousands_of_long_articles_are_listed_at_once(library: Library) -> None:
    text = "The heron stands in the water. " * 300
    with library._database.transaction() as connection:
        connection.executemany(
            "INSERT INTO articles (id, title, source, text, content_hash) VALUES (?, ?, ?, ?, ?)",
            ((f"{n:012}", f"Title {n}", f"/folder/{n}.txt", f"{text}{n}", f"{n:064}") for n in range(5_000)),
        )

    def cost(read: Callable[[], Sequence[object]]) -> float:
        seconds = []
        for _ in range(5):
            start = time.process_time()
            assert read()
            seconds.append(time.process_time() - start)
        return min(seconds)

    assert len(library.entries()) == library.article_count() == 5_000
    assert library.entries(50, 100)[0].title == "Title 4899"
    assert cost(library.entries) < cost(library.articles) / 2, "no texts are read"
    assert cost(lambda: library.entries(50, 100)) < cost(library.entries) / 5, "no more than the page is read"
