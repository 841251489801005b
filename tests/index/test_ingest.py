"""What `add` makes of a list of sources."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from assistant import Article, Assistant, Settings
from index.loading.files import NamedFile
from tests.doubles import HashEmbedder

OLD = Article("The old mill\n\nThe mill grinds rye.", source="mill")
NEW = Article("The new mill\n\nThe mill grinds oats.", source="mill")


def test_of_two_versions_in_one_list_the_last_is_kept(fast_assistant: Assistant) -> None:
    fast_assistant.add(OLD)
    fast_assistant.add([NEW, OLD])
    assert [article.text for article in fast_assistant.articles()] == [OLD.text]
    fast_assistant.add([OLD, NEW])
    assert [article.text for article in fast_assistant.articles()] == [NEW.text]


def test_the_same_twice_in_one_list_is_added_once(fast_assistant: Assistant) -> None:
    report = fast_assistant.add([NEW, NEW, Article(NEW.text, source="copy")])
    assert len(report.added) == 1
    assert report.unchanged == report.added
    assert len(fast_assistant.articles()) == 1


# Files under another name


def named(folder: Path, name: str, text: str = "The heron stands in the water.") -> NamedFile:
    """A file as an upload leaves it: its own name says nothing."""
    path = folder / f"upload-{len(list(folder.iterdir()))}"
    path.write_text(text)
    return NamedFile(path, name)


def test_a_named_file_is_known_by_its_name(fast_assistant: Assistant, tmp_path: Path) -> None:
    fast_assistant.add(named(tmp_path, "Grey herons.txt"))
    (article,) = fast_assistant.articles()
    assert (article.title, article.source, article.text) == (
        "Grey herons",
        "Grey herons.txt",
        "The heron stands in the water.",
    )
    report = fast_assistant.add(
        [named(tmp_path, "Grey herons.txt", "It flew away."), named(tmp_path, "b.md", "# Storks")]
    )
    assert report.replaced == (article.id,)
    assert [a.text for a in fast_assistant.articles()] == ["Storks", "It flew away."]


def test_a_named_file_is_read_as_its_name_says(fast_assistant: Assistant, tmp_path: Path) -> None:
    page = "<html><head><title>Storks in spring</title></head><body><p>A stork flies.</p><script>x()</script></body></html>"
    fast_assistant.add(named(tmp_path, "PAGE.HTML", page))
    (article,) = fast_assistant.articles()
    assert article.title == "Storks in spring"
    assert "x()" not in article.text


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("herons.zip", "x", r"herons\.zip can't be added: \.zip archives are not opened"),
        ("herons", "x", r"herons can't be added: files without a suffix"),
        ("blank.txt", " \n", r"blank\.txt holds no text"),
        ("long.txt", "x" * 200, r"long\.txt has 200 bytes; the limit is 100"),
    ],
)
def test_a_named_file_that_is_no_article_is_skipped_by_its_name(
    tmp_path: Path, hash_embedder: HashEmbedder, name: str, text: str, reason: str
) -> None:
    (tmp_path / "files").mkdir()
    limits = Settings(max_file_bytes=100)
    with Assistant.open(tmp_path / "library", embedder=hash_embedder, settings=limits) as assistant:
        report = assistant.add(named(tmp_path / "files", name, text))
    ((skipped, why),) = report.skipped
    assert skipped == name
    assert re.search(reason, why)
    assert "upload" not in why


def test_a_named_file_that_is_gone_or_no_file_is_skipped(fast_assistant: Assistant, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    places = [NamedFile(tmp_path / name, f"{name}.txt") for name in ("gone", "folder", "pipe")]
    report = fast_assistant.add(places)
    assert [name for name, _ in report.skipped] == ["gone.txt", "folder.txt", "pipe.txt"]
    assert all(name in why and str(tmp_path) not in why for name, why in report.skipped)


def test_a_name_is_text_whatever_it_holds(fast_assistant: Assistant, tmp_path: Path) -> None:
    names = ["../../etc/passwd.txt", "a\ud800b.txt", "<b>bold</b>.txt", "C:\\Windows\\a.txt", "\x00.txt"]
    report = fast_assistant.add([named(tmp_path, name, f"Text {n}.") for n, name in enumerate(names)])
    assert (len(report.added), report.skipped) == (5, ())
    assert {a.source for a in fast_assistant.articles()} == {n.replace("\ud800", "\\ud800") for n in names}
