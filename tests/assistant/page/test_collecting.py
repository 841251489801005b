"""Collections over the wire: saved, read, renamed, deleted; what another did meanwhile; names and ids that mean nothing."""

from __future__ import annotations

from typing import Any

import pytest

from assistant import Article, Assistant
from assistant.page.words import say
from tests.assistant.page.conftest import ANNA, BEN, FERRY
from tests.assistant.page.site import EventFailedError, Site, served

pytestmark = pytest.mark.system

MILL = Article("The mill grinds rye.", "The mill", "mill.txt")


@pytest.fixture
def two(ferry_site: Site) -> Site:
    """The events over two articles, without collections."""
    for collection in ferry_site.assistant.collections():
        ferry_site.assistant.delete_collection(collection.name)
    ferry_site.assistant.add(MILL)
    return ferry_site


def test_ticked_articles_are_saved_under_a_name_and_read_again(two: Site) -> None:
    saved = two.run("save_collection", "  On the\nwater ", [FERRY.id], False)
    listed = [{"name": "On the water", "articles": 1}]
    assert saved == {"name": "On the water", "articles": [FERRY.id], "collections": listed}
    assert two.run("list_collections") == listed
    assert two.run("read_collection", "On the water") == {"name": "On the water", "articles": [FERRY.id]}
    assert two.last("open_page", ANNA)["collections"] == two.last("open_page", BEN)["collections"] == listed
    saved = two.run("save_collection", "On the water", [MILL.id, FERRY.id], True)
    assert saved["articles"] == [MILL.id, FERRY.id]
    renamed = two.run("rename_collection", "On the water", "All")
    assert renamed == {**saved, "name": "All", "collections": [{"name": "All", "articles": 2}]}
    assert two.run("delete_collection", "All") == []
    assert two.assistant.article_count() == 2


def test_what_another_made_is_not_overwritten_unless_it_was_chosen(two: Site) -> None:
    two.run("save_collection", "Water", [FERRY.id], False)
    for act in (("save_collection", "Water", [MILL.id], False), ("save_collection", "Water", [MILL.id], "yes")):
        with pytest.raises(EventFailedError, match=say("collection_taken")):
            two.run(*act)
    two.run("save_collection", "Land", [MILL.id], False)
    with pytest.raises(EventFailedError, match=say("collection_taken")):
        two.run("rename_collection", "Land", "Water")
    assert two.run("read_collection", "Water")["articles"] == [FERRY.id]


def test_what_another_deleted_or_removed_is_said_in_the_words_of_the_page(two: Site) -> None:
    two.run("save_collection", "Water", [FERRY.id], False)
    two.run("delete_collection", "Water")
    for act in (("read_collection", "Water"), ("rename_collection", "Water", "Sea"), ("delete_collection", "Water")):
        with pytest.raises(EventFailedError) as failed:
            two.run(*act)
        assert str(failed.value) == say("collection_gone")
    with pytest.raises(EventFailedError) as failed:
        two.run("save_collection", "Water", [FERRY.id, "nonsense"], False)
    assert str(failed.value) == say("collection_article_gone")
    assert two.run("list_collections") == []


def test_removing_and_restoring_an_article_tells_the_collections(two: Site) -> None:
    two.run("save_collection", "Water", [FERRY.id, MILL.id], False)
    removed = two.run("remove_article", FERRY.id)
    assert removed["collections"] == [{"name": "Water", "articles": 1}]
    assert two.run("restore_article", removed["undo"])["collections"] == [{"name": "Water", "articles": 2}]


@pytest.mark.parametrize("name", ["", "  \n", "\u202e", None, 7, ["Water"], {"name": "Water"}])
def test_a_name_without_a_meaning_is_refused(two: Site, name: Any) -> None:
    for act in (("save_collection", name, [FERRY.id], False), ("read_collection", name), ("delete_collection", name)):
        with pytest.raises(EventFailedError) as failed:
            two.run(*act)
        assert str(failed.value) == say("collection_name_needed", most=200)
    assert two.run("list_collections") == []


@pytest.mark.parametrize("articles", [None, [], FERRY.id, [7], {"id": FERRY.id}])
def test_what_is_no_list_of_articles_is_refused(two: Site, articles: Any) -> None:
    with pytest.raises(EventFailedError) as failed:
        two.run("save_collection", "Water", articles, False)
    assert str(failed.value) == say("collection_unclear")
    assert two.run("list_collections") == []


def test_a_name_stays_the_text_that_it_is_and_is_limited(two: Site) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    assert two.run("save_collection", hostile, [FERRY.id], False)["name"] == hostile
    assert two.run("read_collection", hostile)["articles"] == [FERRY.id]
    with pytest.raises(EventFailedError, match="at most 200 characters"):
        two.run("save_collection", "w" * 201, [FERRY.id], False)


def test_without_the_right_to_write_collections_are_read_and_not_changed(ferry: Assistant, reading: Assistant) -> None:
    ferry.collect("Water", [FERRY.id])
    with served(reading) as site:
        assert site.run("read_collection", "Water")["articles"] == [FERRY.id]
        for act in (
            ("save_collection", "Sea", [FERRY.id], False),
            ("rename_collection", "Water", "Sea"),
            ("delete_collection", "Water"),
        ):
            with pytest.raises(EventFailedError, match="PID"):
                site.run(*act)
        assert site.last("open_page", "")["collections"] == [{"name": "Water", "articles": 1}]
