"""What the library keeps of an article beside its text, and how an older library comes to have it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant import Assistant
from index.article import Article, Block, Passage
from index.blocks import are_blocks_of, put_together
from index.library.store import Library
from index.passages import split
from index.pieces import Piece
from tests.doubles import EagerReader, HashEmbedder
from tests.helpers import FINGERPRINT, assert_whole, opened

PIECES = (
    Piece("heading", "The harbour", 1, 1),
    Piece("heading", "Boats", 2, 1),
    Piece("row", "Korpo: 2021 214", page=2),
    Piece("note", "¹ Counted in May.", page=2),
)


def made() -> tuple[Article, tuple[Passage, ...]]:
    text, blocks = put_together(PIECES)
    article = Article(
        text, "The harbour", "harbour.pdf", date(2024, 5, 3), blocks=blocks, updated=date(2024, 5, 4), authors=("Tora Vind",),
        site="Agby Press",
    )  # fmt: skip
    counter = HashEmbedder()
    return article, split(article, counter.count_tokens, counter.max_tokens)


def test_an_article_comes_back_with_its_blocks_and_what_it_states(tmp_path: Path) -> None:
    article, passages = made()
    with closing(Library(tmp_path)) as library:
        library.put(article, passages, HashEmbedder().embed([p.text for p in passages]), FINGERPRINT)
    with closing(Library(tmp_path, write=False)) as library:
        assert library.article(article.id) == article
        assert library.articles() == (article,)
        assert library.passages_of(article.id) == passages
        assert library.passages([passages[-1].id]) == {passages[-1].id: passages[-1]}
    assert any(passage.silent for passage in passages)


def test_a_removed_article_takes_its_details_along_and_brings_them_back(tmp_path: Path) -> None:
    article, passages = made()
    with closing(Library(tmp_path)) as library:
        library.put(article, passages, HashEmbedder().embed([p.text for p in passages]), FINGERPRINT)
        removed = library.remove(article.id)
        with closing(sqlite3.connect(tmp_path / "library.db")) as connection:
            assert connection.execute("SELECT count(*) FROM details").fetchone() == (0,)
        library.restore(removed, FINGERPRINT)
        assert library.article(article.id) == article


@pytest.mark.parametrize(("text", "word"), [("The town had 1,200⁴ pupils.", "200"), ("Bicycle[b]: 5 €", "bicycle")])
def test_the_search_finds_what_a_mark_stands_right_behind(tmp_path: Path, text: str, word: str) -> None:
    article = Article(text, "Pupils", "p")
    passage = Passage("p0", article.id, 0, len(text), text, 0)
    with closing(Library(tmp_path)) as library:
        library.put(article, [passage], np.ones((1, 4), np.float32), FINGERPRINT)
        assert [found for found, _ in library.search(f'"{word}"', 3)] == ["p0"]


def without_blocks(folder: Path) -> None:
    """Make a library as an older version left it."""
    with closing(sqlite3.connect(folder / "library.db")) as connection, connection:
        connection.execute("UPDATE details SET blocks = '[]'")
        connection.execute("UPDATE meta SET value = 'older rules' WHERE key = 'fingerprint'")


def test_articles_of_an_older_library_are_read_again_from_their_files(tmp_path: Path) -> None:
    here, gone = tmp_path / "here.html", tmp_path / "gone.txt"
    here.write_text(
        "<article><h1>Ferries</h1><p>The ferry sank at noon, says the office.</p><ul><li>Two dogs</li></ul></article>"
    )
    gone.write_text("The mill\n\nThe mill grinds rye.")
    with opened(tmp_path / "library") as assistant:
        assistant.add([here, gone])
        before = {article.source: article for article in assistant.articles()}
    without_blocks(tmp_path / "library")
    gone.unlink()
    with Assistant.open(tmp_path / "library", embedder=HashEmbedder(), reader=EagerReader(), reembed=True) as assistant:
        after = {article.source: article for article in assistant.articles()}
    assert list(after) == list(before)
    assert after[str(here)] == before[str(here)]
    assert [block.kind for block in after[str(here)].blocks] == ["heading", "paragraph", "item"]
    assert (after[str(gone)].text, after[str(gone)].blocks) == (before[str(gone)].text, ())


def test_an_article_given_again_as_it_was_read_is_unchanged(tmp_path: Path) -> None:
    file = tmp_path / "prices.html"
    file.write_text(f"<article><h1>Prices</h1><p>They rise:</p><ul><li>{'dogs ' * 50}</li><li>cats</li></ul></article>")
    with opened(tmp_path / "library") as assistant:
        assistant.add(file)
        [article] = assistant.articles()
        assert assistant.add(article).unchanged == (article.id,)


def test_adding_a_file_again_gives_an_article_the_blocks_that_it_lacks(tmp_path: Path) -> None:
    file = tmp_path / "here.md"
    file.write_text("# Ferries\n\nThe ferry sank at noon.\n\n## Dogs\n\nDogs pay nothing.\n")
    with opened(tmp_path / "library") as assistant:
        assistant.add(file)
    with closing(sqlite3.connect(tmp_path / "library" / "library.db")) as connection, connection:
        connection.execute("UPDATE details SET blocks = '[]'")
    with opened(tmp_path / "library") as assistant:
        assert len(assistant.add(file).replaced) == 1
        [article] = assistant.articles()
        assert [block.kind for block in article.blocks] == ["heading", "paragraph", "heading", "paragraph"]
        assert_whole(assistant)
        assert assistant.add(file).unchanged == (article.id,)


@pytest.mark.parametrize(
    "changed",
    [
        {"blocks": (Block(0, 8, "banana"),)},
        {"blocks": (Block(0, 8, "paragraph", -7),)},
        {"blocks": (Block(0, 8, "paragraph", 10**12),)},
        {"blocks": (Block(0.0, 8.0, "paragraph"),)},
        {"text": "The\tsea ", "blocks": (Block(0, 8, "paragraph"),)},
        {"title": "a\u202e\n\nb"},
    ],
    ids=["kind", "level", "size", "fractions", "characters", "title"],
)
def test_blocks_that_cannot_be_those_of_an_article_are_found_anew(tmp_path: Path, changed: dict[str, Any]) -> None:
    given = Article(
        **{"text": "The seas", "title": "Sea", "source": "s", "blocks": (Block(0, 8, "paragraph"),)} | changed
    )
    with opened(tmp_path) as assistant:
        assistant.add(given)
        [article] = assistant.articles()
    assert are_blocks_of(article.blocks, article.text)
    assert article.title in {"Sea", "a b"}


@pytest.mark.parametrize(
    "wrong", [{"published": "2024"}, {"title": 5}, {"authors": (None,)}, {"blocks": ((0, 3, "row"),)}]
)
def test_attributes_of_another_type_are_refused_with_a_reason(tmp_path: Path, wrong: dict[str, Any]) -> None:
    with opened(tmp_path) as assistant:
        report = assistant.add([Article("The sea.", source="a"), Article("The lake.", source="b", **wrong)])
    assert (len(report.added), len(report.skipped)) == (1, 1)
    assert "can't be added" in report.skipped[0][1]
