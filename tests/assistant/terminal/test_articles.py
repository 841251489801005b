"""Articles in a terminal: all of their words, each block marked as what it is."""

from __future__ import annotations

from assistant.core.settings import load_settings
from assistant.terminal.articles import shown_article, understood
from index.article import Article, Block, BlockKind

PIECES: list[tuple[str, BlockKind, int, int, str]] = [
    ("", "heading", 1, 1, "Korpo"),
    ("\n\n", "furniture", 0, 1, "By Tora Vind"),
    ("\n\n", "heading", 2, 1, "Visitors"),
    ("\n\n", "paragraph", 0, 1, "They see:"),
    ("\n- ", "item", 1, 1, "a pier"),
    ("\n- ", "item", 2, 2, "of stone"),
    ("\n", "item", 1, 2, "3. a crane"),
    ("\n\n", "caption", 0, 2, "Boats"),
    ("\n", "row", 0, 2, "Korpo: 2021 214"),
    ("\n\n", "quote", 0, 2, "No third pier.\nNever."),
    ("\n\n", "note", 0, 3, "¹ Counted."),
]
SHOWN = """\
--- p. 1 ---

# Korpo

[furniture] By Tora Vind

## Visitors

They see:
- a pier
--- p. 2 ---

  - of stone
3. a crane

[caption] Boats
| Korpo: 2021 214

> No third pier.
> Never.

--- p. 3 ---

[note] ¹ Counted."""


def made() -> Article:
    text, blocks = "", []
    for gap, kind, level, page, words in PIECES:
        start = len(text) + len(gap)
        text += gap + words
        blocks.append(Block(start, len(text), kind, level, page))
    return Article(text, "Korpo", blocks=tuple(blocks))


def test_each_block_is_marked_as_what_it_is() -> None:
    assert shown_article(made()) == SHOWN


def test_an_article_of_an_older_version_is_shown_by_the_blocks_of_its_text() -> None:
    assert (
        shown_article(Article("Korpo\n\nThey see:\n- a pier\n- a crane\n"))
        == "# Korpo\n\nThey see:\n- a pier\n- a crane"
    )


def test_what_was_understood_has_no_empty_lines() -> None:
    told = dict(understood(made(), ["1 page was read from a picture"], ".pdf", load_settings()))
    assert told["blocks"] == "2 headings, 1 paragraph, 3 items, 1 row, 1 caption, 1 quote, 1 note, 1 furniture"
    assert (told["pages"], told["notice"]) == ("3", "1 page was read from a picture")
    assert {"site", "authors", "published"}.isdisjoint(told)
