"""Collections in the library: made, filled, renamed, deleted; what becomes of them when articles change; what readers see."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from assistant import Article
from index.errors import ArticleNotFoundError, CollectionNameError, CollectionNotFoundError, LibraryInUseError
from index.library.collecting import MAX_NAME_CHARS, Collection
from index.library.store import Library
from tests.helpers import FINGERPRINT, cut, opened, store


@pytest.fixture
def ids(library: Library) -> list[str]:
    """Ids of three articles in the library, in the order in which they were added."""
    return [store(library, f"The heron number{n} stands.", str(n)).id for n in range(3)]


def test_articles_are_collected_under_a_name_and_listed_as_the_library_lists_them(
    library: Library, ids: list[str]
) -> None:
    assert library.collections.all() == ()
    made = library.collections.collect("Birds", ids[:1])
    assert made == Collection("Birds", (ids[0],))
    assert library.collections.collect("Birds", [ids[2], ids[0]]) == Collection("Birds", (ids[2], ids[0]))
    library.collections.collect("at night", [ids[0]])
    assert [collection.name for collection in library.collections.all()] == ["at night", "Birds"]
    assert library.collections.one("Birds").to_dict() == {"name": "Birds", "articles": [ids[2], ids[0]]}


def test_a_collection_may_be_empty(library: Library, ids: list[str]) -> None:
    assert library.collections.collect("later", []).articles == ()
    library.collections.collect("later", ids[0])
    assert library.collections.uncollect("later", ids[:1]) == Collection("later")
    assert library.collections.all() == (Collection("later"),)


def test_what_becomes_of_a_collection_that_is_there_is_chosen(library: Library, ids: list[str]) -> None:
    library.collections.collect("birds", ids[:1], "new")
    with pytest.raises(CollectionNameError, match=r"'birds' already.*collection extend"):
        library.collections.collect("birds", ids[1:], "new")
    assert library.collections.one("birds").articles == (ids[0],)
    assert library.collections.collect("birds", ids[1:], "replace").articles == (ids[2], ids[1])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  two \n\twords ", "two words"),
        ("a\x00b\u202ec", "a bc"),
        (unicodedata.normalize("NFD", "Zürich"), "Zürich"),
        ("<b>bold</b> 'x' \"y\" %", "<b>bold</b> 'x' \"y\" %"),
        ("n" * MAX_NAME_CHARS + " ", "n" * MAX_NAME_CHARS),
        ("a\ud800", "a?"),
    ],
)
def test_a_name_is_cleaned_and_found_in_either_form(library: Library, given: str, kept: str) -> None:
    assert library.collections.collect(given, []).name == kept
    assert library.collections.one(given) == library.collections.one(kept) == Collection(kept)
    assert library.collections.all() == (Collection(kept),)
    library.collections.delete(given)
    assert library.collections.all() == ()


@pytest.mark.parametrize(
    ("none", "why"),
    [
        *((none, "letters or digits") for none in ("", " \n", "\u202e\u200f", "...", "\ud800")),
        ("n" * (MAX_NAME_CHARS + 1), "has 201 characters.*shorter"),
    ],
)
def test_what_can_be_no_name_is_refused_and_never_cut(library: Library, none: str, why: str) -> None:
    library.collections.collect("birds", [])
    with pytest.raises(CollectionNameError, match=why):
        library.collections.collect(none, [])
    with pytest.raises(CollectionNameError, match=why):
        library.collections.rename("birds", none)
    assert library.collections.all() == (Collection("birds"),)


def test_what_is_not_there_is_named_and_changes_nothing(library: Library, ids: list[str]) -> None:
    before = library.collections.collect("birds", ids[:1])
    with pytest.raises(ArticleNotFoundError, match=r"'nonsense'.*footnote list"):
        library.collections.collect("birds", [ids[1], "nonsense"])
    with pytest.raises(ArticleNotFoundError, match="'nonsense'"):
        library.collections.collect("others", ["nonsense"])
    with pytest.raises(ArticleNotFoundError, match=rf"'birds' has no article '{ids[1]}'"):
        library.collections.uncollect("birds", [ids[0], ids[1]])
    for act in (library.collections.one, library.collections.delete):
        with pytest.raises(CollectionNotFoundError, match=r"'fish'.*footnote collection list"):
            act("fish")
    with pytest.raises(CollectionNotFoundError, match="'fish'"):
        library.collections.rename("fish", "trout")
    with pytest.raises(CollectionNotFoundError, match="'fish'"):
        library.collections.uncollect("fish", ids[:1])
    assert library.collections.all() == (before,)


def test_a_collection_is_renamed_with_its_articles_but_not_over_another(library: Library, ids: list[str]) -> None:
    library.collections.collect("birds", ids)
    library.collections.collect("others", [])
    with pytest.raises(CollectionNameError, match="'others' already"):
        library.collections.rename("birds", "others")
    assert library.collections.rename("birds", "birds").name == "birds"
    assert library.collections.rename("birds", "herons") == Collection("herons", tuple(reversed(ids)))
    assert [collection.name for collection in library.collections.all()] == ["herons", "others"]


def test_a_deleted_collection_leaves_its_articles_and_its_name_begins_anew(library: Library, ids: list[str]) -> None:
    library.collections.collect("birds", ids)
    library.collections.delete("birds")
    assert library.article_count() == 3
    assert library.collections.collect("birds", []).articles == ()


def test_a_removed_article_leaves_its_collections_and_comes_back_to_those_still_there(
    library: Library, ids: list[str]
) -> None:
    for name in ("birds", "gone", "others"):
        library.collections.collect(name, ids[:2])
    removed = library.remove(ids[0])
    assert [collection.articles for collection in library.collections.all()] == [(ids[1],)] * 3
    library.collections.delete("gone")
    library.restore(removed, FINGERPRINT)
    assert library.collections.all() == (
        Collection("birds", (ids[1], ids[0])),
        Collection("others", (ids[1], ids[0])),
    )


def test_an_article_added_again_after_its_removal_is_in_no_collection(library: Library, ids: list[str]) -> None:
    library.collections.collect("birds", ids)
    article = library.remove(ids[0]).article
    library.put(article, *cut(article), FINGERPRINT)
    assert set(library.collections.one("birds").articles) == set(ids[1:])


def test_a_new_version_of_an_article_stays_in_its_collections(tmp_path: Path) -> None:
    with opened(tmp_path) as assistant:
        [article_id] = assistant.add(Article("The heron stands.", source="bird")).added
        assistant.collect("birds", [article_id])
        assert assistant.add(Article("The heron flies.", source="bird")).replaced == (article_id,)
        assert assistant.collection("birds").articles == (article_id,)
        answer = assistant.ask("What does the heron do?", collection="birds")
        assert [citation.quote for citation in answer.citations] == ["The heron flies."]


def test_collections_outlive_the_process_and_only_the_writer_changes_them(tmp_path: Path) -> None:
    writer = Library(tmp_path)
    made = writer.collections.collect("birds", [store(writer, "The heron stands.", "0").id])
    reader = Library(tmp_path, write=False)
    assert reader.collections.all() == (made,)
    for change in (
        lambda: reader.collections.collect("others", []),
        lambda: reader.collections.uncollect("birds", made.articles),
        lambda: reader.collections.rename("birds", "others"),
        lambda: reader.collections.delete("birds"),
    ):
        with pytest.raises(LibraryInUseError, match="PID"):
            change()
    writer.close()
    assert reader.collections.all() == (made,)
    reader.close()


def test_a_reader_sees_one_state_whatever_is_changed_meanwhile(tmp_path: Path) -> None:
    writer, reader = Library(tmp_path), Library(tmp_path, write=False)
    article = store(writer, "The heron stands.", "0")
    before = writer.collections.collect("birds", [article.id])
    with reader.snapshot():
        assert reader.collections.all() == (before,)
        writer.collections.rename("birds", "herons")
        writer.remove(article.id)
        assert reader.collections.all() == (before,)
        assert reader.collections.one("birds") == before
    assert reader.collections.all() == (Collection("herons"),)
    reader.close()
    writer.close()
