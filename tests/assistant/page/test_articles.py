"""Articles over the wire: uploads and what can't be one, same names, pasted texts, progress, removing with undo."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Article, Assistant
from assistant.page.events.articles import MOST_LISTED, MOST_REMOVED
from assistant.page.events.uploads import MOST_FILES, cleaned, free_name, received, uploaded
from assistant.page.preparation import Preparation
from assistant.page.words import say
from tests.assistant.page.conftest import FERRY
from tests.assistant.page.site import HTTP, SECONDS_TO_HANG, EventFailedError, Site, served
from tests.doubles import EagerReader, HashEmbedder

TEXT = b"The lighthouse stands on the rock. It was built of granite."


def add(site: Site, *files: tuple[str, bytes], same_name: str = "replace") -> dict[str, Any]:
    return site.last("add_articles", site.upload(*files), same_name)


def sources(site: Site) -> list[str]:
    return [article["source"] for article in site.run("list_articles")]


def test_an_upload_becomes_an_article_under_its_own_name_and_its_file_is_gone(ferry_site: Site) -> None:
    sent = ferry_site.upload(("light house.txt", TEXT))
    assert Path(sent[0]["path"]).is_file()
    told = ferry_site.last("add_articles", sent, "replace")
    assert told["event"] == "added"
    (added,) = told["report"]["added"]
    assert added["source"] == "light house.txt"
    assert added["characters"] == len(TEXT)
    assert ferry_site.run("read_article", added["id"])["text"] == TEXT.decode()
    assert [article["source"] for article in told["articles"]] == ["light house.txt", "ferry.txt"]
    assert told["article_count"] == 2
    assert not Path(sent[0]["path"]).parent.exists()


def test_several_at_once_with_the_reasons_for_skips(ferry_site: Site) -> None:
    told = add(ferry_site, ("a.md", b"# A\n\nThe first text."), ("b.zip", b"PK"), ("c.txt", b" "), ("ferry.txt", TEXT))
    report = told["report"]
    assert [article["source"] for article in report["added"]] == ["a.md"]
    assert [article["source"] for article in report["replaced"]] == ["ferry.txt"]
    assert {one["name"] for one in report["skipped"]} == {"b.zip", "c.txt"}
    assert all(one["reason"] and "/" not in one["reason"].replace("'", "") for one in report["skipped"])
    again = add(ferry_site, ("a.md", b"# A\n\nThe first text."))
    assert [article["source"] for article in again["report"]["unchanged"]] == ["a.md"]


def test_the_same_name_can_be_kept_beside(ferry_site: Site) -> None:
    add(ferry_site, ("ferry.txt", TEXT), same_name="keep")
    add(ferry_site, ("ferry.txt", b"A third text about boats."), same_name="keep")
    assert sources(ferry_site) == ["ferry (3).txt", "ferry (2).txt", "ferry.txt"]


def test_an_upload_replaces_the_article_that_the_page_shows_under_its_name(ferry_site: Site, tmp_path: Path) -> None:
    path = tmp_path / "light.txt"
    path.write_bytes(TEXT)
    (article_id,) = ferry_site.assistant.add(path).added
    told = add(ferry_site, ("light.txt", b"Another text of the same name."))
    assert [article["id"] for article in told["report"]["replaced"]] == [article_id]
    assert ferry_site.assistant.article(article_id).text == "Another text of the same name."
    skipped = add(ferry_site, ("light.txt", b" "))["report"]["skipped"]
    assert skipped[0]["name"] == "light.txt"
    assert str(tmp_path) not in skipped[0]["reason"]
    kept = add(ferry_site, ("light.txt", b"A third text."), same_name="keep")
    assert [article["source"] for article in kept["report"]["added"]] == ["light (2).txt"]


def test_only_files_that_differ_from_the_article_of_their_name_are_asked_about(ferry_site: Site) -> None:
    add(ferry_site, ("light.txt", TEXT))
    contents = {"light.txt": TEXT, "other.txt": TEXT, "ferry.txt": b"The ferry sank.", "light.md": TEXT}
    sent = ferry_site.upload(*contents.items(), ("light.txt", b""))
    same, new, changed, like, empty = sent
    for files, names in (([same, new, like], []), ([changed, same], ["ferry.txt"]), ([empty], [])):
        told = ferry_site.stream("compare_files", files)
        assert told[-1] == {"event": "compared", "names": names}
    assert sources(ferry_site) == ["light.txt", "ferry.txt"]
    assert all(Path(file["path"]).is_file() for file in sent)


def test_who_wants_none_of_the_files_leaves_none_behind(ferry_site: Site) -> None:
    sent = ferry_site.upload(("ferry.txt", TEXT), ("other.txt", TEXT))
    told = ferry_site.last("add_articles", sent, "")
    assert (told["event"], told["article_count"]) == ("added", 1)
    assert not any(Path(file["path"]).exists() for file in sent)


def test_two_files_of_one_name_in_one_upload_are_two_articles(ferry_site: Site) -> None:
    add(ferry_site, ("notes.txt", TEXT), ("notes.txt", b"Another text about boats."))
    assert sorted(sources(ferry_site)) == ["ferry.txt", "notes (2).txt", "notes.txt"]


def test_only_what_was_uploaded_is_read_or_deleted(ferry_site: Site, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("The password is swordfish.")
    sent = ferry_site.upload(("a.txt", TEXT))[0]
    folder = Path(sent["path"]).parent.parent
    link = folder / ("0" * 64)
    link.symlink_to(tmp_path)
    inner = folder / ("1" * 64)
    inner.mkdir()
    (inner / "secret.txt").symlink_to(secret)
    os.mkfifo(inner / "pipe.txt")
    for path in (
        "/etc/passwd",
        str(secret),
        str(link / "secret.txt"),
        str(inner / "secret.txt"),
        str(inner / "pipe.txt"),
        str(inner),
        f"{inner}/../../{secret.name}",
        f"{inner}/..",
        "\0",
        "",
        "a" * 100_000,
        None,
        7,
        ["a"],
    ):
        told = ferry_site.last("add_articles", [{"path": path, "name": "secret.txt"}], "replace")
        assert told["report"]["skipped"] == [{"name": "secret.txt", "reason": say("upload_gone")}], path
    for files in (None, [], "x", {}, [sent] * (MOST_FILES + 1)):
        assert ferry_site.last("add_articles", files, "replace")["event"] == "failed"
    assert secret.exists()
    assert sources(ferry_site) == ["ferry.txt"]
    assert ferry_site.last("add_articles", ["x", {}, sent], "replace")["report"]["added"]


def test_a_pasted_text(ferry_site: Site) -> None:
    told = ferry_site.last("add_text", "The <b>lighthouse</b>\n", TEXT.decode())
    (added,) = told["report"]["added"]
    assert (added["title"], added["source"]) == ("The <b>lighthouse</b>", "")
    assert ferry_site.last("add_text", "", " \n")["message"] == say("text_needed")
    assert ferry_site.last("add_text", "", None)["message"] == say("text_needed")
    assert ferry_site.last("add_text", "", "\x00\x01")["report"]["skipped"][0]["name"] == say("pasted")
    assert len(sources(ferry_site)) == 2


def test_removing_can_be_undone_and_brings_back_the_same(ferry_site: Site) -> None:
    add(ferry_site, ("light.txt", TEXT))
    before = ferry_site.run("list_articles")
    removed = ferry_site.run("remove_article", FERRY.id)
    assert removed["title"] == "The ferry"
    assert [article["id"] for article in removed["articles"]] == [before[0]["id"]]
    restored = ferry_site.run("restore_article", removed["undo"])
    assert restored["articles"] == before
    assert restored["article_count"] == 2
    with pytest.raises(EventFailedError, match=say("undo_gone")):
        ferry_site.run("restore_article", removed["undo"])
    for token in ("", None, "x" * 30, 7):
        with pytest.raises(EventFailedError, match=say("undo_gone")):
            ferry_site.run("restore_article", token)
    with pytest.raises(EventFailedError, match="nowhere"):
        ferry_site.run("remove_article", "nowhere")


def test_an_undo_that_fails_changes_nothing_and_can_be_tried_again(ferry_site: Site) -> None:
    removed = ferry_site.run("remove_article", FERRY.id)
    (other,) = ferry_site.assistant.add(Article("Another text.", "The ferry", FERRY.source)).added
    with pytest.raises(EventFailedError):
        ferry_site.run("restore_article", removed["undo"])
    assert [article["id"] for article in ferry_site.run("list_articles")] == [other]
    ferry_site.assistant.remove(other)
    assert ferry_site.run("restore_article", removed["undo"])["article_count"] == 1


def test_undos_are_bounded(ferry_site: Site) -> None:
    first = ferry_site.run("remove_article", FERRY.id)["undo"]
    for n in range(MOST_REMOVED):
        (added,) = ferry_site.assistant.add(Article(f"Text {n}.", f"Text {n}", f"{n}.txt")).added
        ferry_site.run("remove_article", added)
    with pytest.raises(EventFailedError, match=say("undo_gone")):
        ferry_site.run("restore_article", first)


@pytest.mark.system
def test_five_hundred_are_shown_and_all_are_listed(tmp_path: Path) -> None:
    with (
        Assistant.open(tmp_path / "library", embedder=HashEmbedder(), reader=EagerReader()) as assistant,
        served(assistant) as site,
    ):
        assistant.add([Article(f"Text {n}.", f"Text {n}", f"{n}.txt") for n in range(MOST_LISTED + 3)])
        ready = site.stream("open_page", "")[0]
        assert len(ready["articles"]) == MOST_LISTED
        assert ready["article_count"] == MOST_LISTED + 3
        assert len(site.run("list_articles")) == MOST_LISTED + 3


@pytest.mark.system
def test_what_was_begun_is_ended_though_nobody_listens(tmp_path: Path) -> None:
    embedder = _SlowEmbedder()
    with (
        Assistant.open(tmp_path / "library", embedder=embedder, reader=EagerReader()) as assistant,
        served(assistant) as site,
    ):
        sent = site.upload(("light.txt", TEXT))
        with HTTP.stream("GET", site.begin("add_articles", sent, "replace")) as stream:
            assert any("progress" in line for line in stream.iter_lines())
        second = threading.Timer(0.5, embedder.go.set)
        second.start()
        told = site.last("add_text", "Another", "Another text about boats.")  # waits for the first, and says so
        assert told["event"] == "added"
        assert {article.source for article in assistant.articles()} == {"light.txt", ""}
        assert not Path(sent[0]["path"]).exists()


@pytest.mark.system
def test_the_list_grows_while_more_is_added(tmp_path: Path) -> None:
    long = "\n\n".join(f"## Mill {n}\n\nThe mill number {n} grinds rye." for n in range(600)).encode()
    embedder = _SecondIsSlow()
    with (
        Assistant.open(tmp_path / "library", embedder=embedder, reader=EagerReader()) as assistant,
        served(assistant) as site,
    ):
        sent = site.upload(("a.md", long), ("b.txt", b"A text about boats. " * 2_000))
        told: list[dict[str, Any]] = []
        with HTTP.stream("GET", site.begin("add_articles", sent, "replace")) as stream:
            for line in stream.iter_lines():
                data = json.loads(line.removeprefix("data: ")) if line.startswith("data: ") else None
                if not data:
                    continue
                told += data
                if data[0]["event"] == "stored":
                    embedder.go.set()  # b.txt was waiting for this
        stored = next(one for one in told if one["event"] == "stored")
        assert [article["source"] for article in stored["articles"]] == ["a.md"]
        parts = [one["done"] / one["total"] for one in told if one["event"] == "progress"]
        assert parts == sorted(parts)
        assert told[-1]["event"] == "added"
        assert {article.source for article in assistant.articles()} == {"a.md", "b.txt"}


@pytest.mark.system
def test_nothing_is_added_before_all_is_loaded_and_who_leaves_takes_his_files_along(tmp_path: Path) -> None:
    go = threading.Event()
    preparation = Preparation(lambda: _hold(go))
    with (
        Assistant.open(tmp_path / "library", embedder=HashEmbedder(), reader=EagerReader()) as assistant,
        served(assistant, preparation) as site,
    ):
        preparation.start()
        sent = site.upload(("light.txt", TEXT))
        with HTTP.stream("GET", site.begin("add_articles", sent, "replace")) as stream:
            assert any("preparing" in line for line in stream.iter_lines())
        until = time.monotonic() + SECONDS_TO_HANG
        while Path(sent[0]["path"]).exists() and time.monotonic() < until:
            time.sleep(0.05)
        assert not Path(sent[0]["path"]).exists()
        go.set()
        assert assistant.articles() == ()


@pytest.mark.system
def test_without_the_right_to_write_adding_fails_in_words(reading: Assistant) -> None:
    with served(reading) as site:
        sent = site.upload(("light.txt", TEXT))
        told = site.last("add_articles", sent, "replace")
        assert told["event"] == "failed"
        assert "PID" in told["message"]
        assert not Path(sent[0]["path"]).exists()
        with pytest.raises(EventFailedError, match="PID"):
            site.run("remove_article", FERRY.id)
        assert site.last("open_page", "")["can_write"] is False


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("report.txt", "report.txt"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\anna\\report.txt", "report.txt"),
        ("gpj.\u202etxt.exe", "gpj.txt.exe"),
        ("a\x00b\n.txt", "a b.txt"),
        ("<img src=x onerror=alert(1)>.txt", "img src=x onerror=alert(1).txt"),
        ("  .hidden.txt ", "hidden.txt"),
        (".txt", "txt"),
        ("", "Article"),
        (None, "Article"),
        ("x" * 300 + ".txt", "x" * 120 + ".txt"),
        ("Überblick 中文.md", "Überblick 中文.md"),
    ],
)
def test_names_are_cleaned(name: Any, clean: str) -> None:
    assert cleaned(name) == clean


@given(st.text())
def test_any_name_becomes_one_that_can_be_kept(name: str) -> None:
    clean = cleaned(name)
    assert 0 < len(clean) <= 140
    assert cleaned(clean) == clean
    assert not set("/\\\0\n\u202e<>") & set(clean)


@given(st.lists(st.sampled_from(["a.txt", "a (2).txt", "b", ".txt"]), max_size=8))
def test_names_beside_each_other_differ(names: list[str]) -> None:
    taken: set[str] = set()
    for name in names:
        found = free_name(name, taken)
        assert found not in taken
        taken.add(found)


def test_a_file_named_twice_is_added_once(tmp_path: Path) -> None:
    path = tmp_path / ("a" * 64) / "x.txt"
    path.parent.mkdir()
    path.write_bytes(TEXT)
    assert uploaded(str(path), tmp_path) == path
    twice = received([{"path": str(path), "name": "x.txt"}] * 2, tmp_path, {}, keep=False)
    assert [file.name for file in twice.files] == ["x.txt"]


class _SlowEmbedder(HashEmbedder):
    """Embeds articles when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.go = threading.Event()

    def embed(self, texts: Any, progress: Any = None) -> Any:
        assert self.go.wait(SECONDS_TO_HANG)
        return super().embed(texts, progress)


class _SecondIsSlow(_SlowEmbedder):
    """Embeds what speaks of boats when it may."""

    def embed(self, texts: Any, progress: Any = None) -> Any:
        if not any("boat" in text for text in texts):
            self.go.set()
            found = super().embed(texts, progress)
            self.go.clear()
            return found
        return super().embed(texts, progress)


def _hold(go: threading.Event) -> None:
    assert go.wait(SECONDS_TO_HANG)
