"""The central types: an Article, its Blocks, and a Passage of it."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

PassageKind = Literal["title", "date", "byline", "body"]
BlockKind = Literal["heading", "paragraph", "item", "row", "caption", "quote", "note", "furniture"]


def content_hash(text: str) -> str:
    """SHA-256 of the canonical text, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def article_id(source: str, text: str) -> str:
    """Id of an article: made from its source, so that an edited article keeps its id; from its text if it has no source.

    Returns:
        12 hexadecimal digits.
    """
    return hashlib.sha256(f"source:{source}".encode() if source else f"text:{text}".encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Block:
    """A typed piece of an article's text, `article.text[start:end]`.

    Attributes:
        start: first character, counted from 0.
        end: one past the last character.
        kind: "heading"; "paragraph"; "item" of a list, without its bullet; "row" of a table, with its column names; "caption" of
            a picture or a table; "quote" that is set apart; "note" at the foot, or a correction; "furniture", which says nothing
            about the article's subject: bylines, contents, lines that lead elsewhere.
        level: depth of a heading or an item, from 1; 0 = it has none.
        page: page of the source that it begins on, from 1; 0 = the source has no pages.
    """

    start: int
    end: int
    kind: BlockKind
    level: int = 0
    page: int = 0


@dataclass(frozen=True, slots=True)
class Article:
    """One source text. `text` is canonical: cleaned once, at load, and never changed after.

    Attributes:
        text: the canonical text; every offset in Footnote counts its characters (Unicode code points).
        title: the headline, or a name made from the source.
        source: where it came from: an absolute path, a URL or a caller's own name; may be empty.
        published: the publication date, if the source states one.
        id: 12 hexadecimal digits, stable across edits of the same source; computed if empty.
        content_hash: SHA-256 of `text`; differs between versions of the same article.
        blocks: the typed pieces of the text, in order, none over another; between them stands white space, or a list's bullet.
        updated: the date of its last change, if the source states one.
        authors: the names of those who wrote it, as far as the source states them.
        site: the name of the site, the newspaper or the institution that published it; may be empty.
    """

    text: str
    title: str = ""
    source: str = ""
    published: date | None = None
    id: str = ""
    content_hash: str = field(default="", compare=True)
    blocks: tuple[Block, ...] = field(default=(), repr=False)
    updated: date | None = None
    authors: tuple[str, ...] = ()
    site: str = ""

    def __post_init__(self) -> None:
        if not self.id:
            object.__setattr__(self, "id", article_id(self.source, self.text))
        if not self.content_hash:
            object.__setattr__(self, "content_hash", content_hash(self.text))

    def block_at(self, place: int) -> Block | None:
        """The block that a character stands in, or the last one before it; None = there is none."""
        n = bisect_right(self.blocks, place, key=lambda block: block.start)
        return self.blocks[n - 1] if n else None

    def page_at(self, place: int) -> int:
        """The page of the source that a character stands on, as far as blocks tell; 0 = the source has no pages."""
        block = self.block_at(place)
        return block.page if block else 0

    def to_dict(self) -> dict[str, Any]:
        """The article without its text, as JSON types."""
        return {
            "id": self.id,
            "title": self.title,
            "source": self.source,
            "published": self.published.isoformat() if self.published else None,
            "updated": self.updated.isoformat() if self.updated else None,
            "authors": list(self.authors),
            "site": self.site,
            "content_hash": self.content_hash,
            "characters": len(self.text),
        }


@dataclass(frozen=True, slots=True)
class ArticleEntry:
    """An article without its text, for lists.

    Attributes:
        id: as in `Article`, like the other attributes.
        title: the headline.
        source: where it came from.
        published: the publication date, if known.
        content_hash: identifies the version that the library holds.
        characters: length of the text.
    """

    id: str
    title: str
    source: str
    published: date | None
    content_hash: str
    characters: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A slice of an article: `article.text[start:end] == text`.

    Attributes:
        id: unique over all versions of all articles: article id, start of the content hash, ordinal.
        article_id: the article it is a slice of.
        start: first character, counted from 0.
        end: one past the last character.
        text: the slice.
        ordinal: position among the article's passages, from 0.
        kind: "title" for the headline, "date" for the date line, "byline" for other lines of the head, "body" for the rest.
        heading: the headings that it stands under, then the items whose inner list it begins in, outermost first, with " › "
            between them; may be empty.
        silent: spans of `text` that are no evidence, such as headings.
        page: page of the source that it begins on, from 1; 0 = the source has no pages.
    """

    id: str
    article_id: str
    start: int
    end: int
    text: str
    ordinal: int
    kind: PassageKind = "body"
    heading: str = ""
    silent: tuple[tuple[int, int], ...] = ()
    page: int = 0

    def is_silent(self, place: int) -> bool:
        """Whether a character of the text, counted from 0, stands in what is no evidence."""
        return any(start <= place < end for start, end in self.silent)
