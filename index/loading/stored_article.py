"""An article that is stored as JSON -> pieces, with what else the record says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any

from index.heading import parse_date
from index.pieces import Loaded, Piece

TITLES = ("title", "headline", "name", "subject")
_DATES = (
    "published",
    "date",
    "datepublished",
    "publish_date",
    "pubdate",
    "published_at",
    "publishedat",
    "date_published",
    "created_at",
    "created",
)
_CHANGES = ("updated", "modified", "datemodified", "updated_at", "updatedat", "date_modified")
_AUTHORS = ("author", "authors", "byline", "creator")
_SITES = ("site", "publisher", "source", "site_name")
_ARTICLE_TEXTS = ("text", "body", "content", "articlebody", "article", "full_text", "content_html", "content_text")
_MIN_TEXT = 40
"""A shorter text is a value of a record, not an article."""

_ABOUT = frozenset(
    "url link guid uuid slug canonical lang language locale type @type @context image images thumbnail banner_image media "
    "attachments tags keywords categories category section summary description excerpt abstract word_count wordcount html "
    "raw".split()
)
"""What else archives keep of an article: it repeats it, or says nothing that is read."""

_CODES = frozenset({"id", "_id"})
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_WORD = re.compile(r"\w+")
_MARKUP = re.compile(r"<(?:p|br|div|h[1-6]|ul|ol|table)\b[^<>]*>", re.IGNORECASE)


def article_text(record: dict[str, Any]) -> str:
    """The text of a stored article; empty = the record is none."""
    low = _lowered(record)
    texts = (low[key] for key in _ARTICLE_TEXTS if key in low)
    joined = (
        "\n\n".join(text) if isinstance(text, list) and all(isinstance(one, str) for one in text) else text
        for text in texts
    )
    long = max((text for text in joined if isinstance(text, str)), key=len, default="")
    titled = any(isinstance(low.get(key), str) for key in TITLES)
    return long if len(long) >= _MIN_TEXT and (titled or len(long) > 5 * _MIN_TEXT) else ""


def is_article(record: dict[str, Any]) -> bool:
    """Whether a record among others is an article: a short text beside other values is one of these."""
    text = article_text(record)
    return bool(text) and (len(text) > 5 * _MIN_TEXT or not {key.lower() for key in rest_of(record)} - _CODES)


def rest_of(record: dict[str, Any]) -> dict[str, Any]:
    """What the record of an article says beside what `article_pieces` shows."""
    title, used = first(record, TITLES, str, ""), {*_DATES, *_CHANGES, *_AUTHORS, *_SITES, *_ABOUT}
    text = article_text(record)

    def is_shown(name: str, value: Any) -> bool:
        if name in used or value == title:
            return True
        if name in _ARTICLE_TEXTS:
            # Archives keep a text twice, with markup and without.
            return value == text or (_is_long(value) and _words(value) <= _words(text))
        return isinstance(value, str) and value.startswith(("http://", "https://"))

    return {key: value for key, value in record.items() if not is_shown(key.lower().removeprefix("og:"), value)}


def _is_long(value: Any) -> bool:
    return not isinstance(value, str) or len(value) >= _MIN_TEXT


def _words(value: Any) -> set[str]:
    """The words of all texts in a value, without markup."""
    if isinstance(value, str):
        return set(_WORD.findall(unescape(_TAG.sub(" ", value)).casefold()))
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return set().union(*map(_words, parts))


def _lowered(record: dict[str, Any]) -> dict[str, Any]:
    return {key.lower().removeprefix("og:"): value for key, value in record.items()}


def stored_article(record: dict[str, Any]) -> Loaded:
    """The article that a whole file is, with what it states of itself."""
    names = tuple(dict.fromkeys(filter(None, _names(first(record, _AUTHORS, (str, list, dict))))))
    return Loaded(
        pieces=tuple(article_pieces(record, 1)),
        title=" ".join(first(record, TITLES, str, "").split()),
        published=parse_date(first(record, _DATES, str, "")),
        updated=parse_date(first(record, _CHANGES, str, "")),
        authors=names,
        site=next(iter(_names(first(record, _SITES, (str, dict)))), ""),
    )


def first(record: dict[str, Any], keys: Sequence[str], kinds: Any, default: Any = None) -> Any:
    """The value of the first of some keys that has one of these kinds."""
    low = _lowered(record)
    return next((low[key] for key in keys if low.get(key) and isinstance(low[key], kinds)), default)


def _names(value: Any) -> list[str]:
    """The names in "A", ["A", "B"], {"name": "A"} or a list of those."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("name", "title") if isinstance(value.get(key), str)), "")
    if isinstance(value, list):
        return [name for one in value[:50] if not isinstance(one, list) for name in _names(one)]
    return [" ".join(value.split())] if isinstance(value, str) else []


def article_pieces(record: dict[str, Any], level: int) -> Iterator[Piece]:
    """The pieces of a stored article: its title, who wrote it and when, its text."""
    title = " ".join(first(record, TITLES, str, "").split())
    if title:
        yield Piece("heading", title, level=level)
    names, day = ", ".join(_names(first(record, _AUTHORS, (str, list, dict)))), first(record, _DATES, str, "")
    for line in filter(None, (f"By {names}" if names else "", day)):
        yield Piece("furniture", line, group=1)
    text = article_text(record)
    if _MARKUP.search(text):
        from index.loading.html import pieces_of

        yield from (piece for piece in pieces_of(text) if piece.text != title)
        return
    # Stored texts end a paragraph with each line end, unless blank lines do.
    parts = re.split(r"\n\s*\n" if re.search(r"\n\s*\n", text) else r"\n", text)
    yield from (
        Piece("paragraph", " ".join(part.split())) for part in parts if part.strip() and " ".join(part.split()) != title
    )
