"""The two central types: an Article, and a Passage of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

PassageKind = Literal["title", "date", "body"]


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
class Article:
    """One source text. `text` is canonical: cleaned once, at load, and never changed after.

    Attributes:
        text: the canonical text; every offset in Footnote counts its characters (Unicode code points).
        title: the headline, or a name made from the source.
        source: where it came from: an absolute path, a URL or a caller's own name; may be empty.
        published: the publication date, if the source states one.
        id: 12 hexadecimal digits, stable across edits of the same source; computed if empty.
        content_hash: SHA-256 of `text`; differs between versions of the same article.
    """

    text: str
    title: str = ""
    source: str = ""
    published: date | None = None
    id: str = ""
    content_hash: str = field(default="", compare=True)

    def __post_init__(self) -> None:
        if not self.id:
            object.__setattr__(self, "id", article_id(self.source, self.text))
        if not self.content_hash:
            object.__setattr__(self, "content_hash", content_hash(self.text))

    def to_dict(self) -> dict[str, Any]:
        """The article without its text, as JSON types."""
        return {
            "id": self.id,
            "title": self.title,
            "source": self.source,
            "published": self.published.isoformat() if self.published else None,
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
        kind: "title" for the headline, "date" for the date line, "body" for the rest.
    """

    id: str
    article_id: str
    start: int
    end: int
    text: str
    ordinal: int
    kind: PassageKind = "body"
