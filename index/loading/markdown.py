"""Markdown -> pieces, and what its front matter states about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from index.heading import parse_date
from index.loading.html import pieces_of
from index.loading.html.page import with_head
from index.pieces import Loaded

_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.DOTALL)
_MAX_FRONT_MATTER = 65_536
_MAX_CHARS = 2_000_000
"""The parser takes seconds for a megabyte of brackets; longer texts are read as they stand."""

_DATE_KEYS = ("date", "published", "publish_date", "pubdate", "publishdate", "created")
_CHANGE_KEYS = ("updated", "lastmod", "modified", "last_modified", "last_modified_at", "update_date")
_AUTHOR_KEYS = ("author", "authors", "by", "byline")
_RAISED = re.compile(r"(?<=\w)\^(?!\d+\.\d)([^\s^<>&]{1,12})\^")
_LOWERED = re.compile(r"(?<![~\s])~([^\s~<>&]{1,12})~(?!~)")
_UNSEEN = re.compile(r"<!--.*?-->|<[^>]*>", re.DOTALL)
_HAS_WORDS = re.compile(r"\w")
_ALERT = re.compile(r"^(> ?)\[!([A-Z]+)\][ \t]*$", re.MULTILINE)
_KEYS = re.compile(r"title: .+\n(?:[a-z][a-z _-]{1,20}: .*\n)*\s*\n", re.IGNORECASE)
_TASK = re.compile(r"(<li>(?:\s*<p>)?)\[([ xX])\](?=\s)")
_CODE = re.compile(r"(<pre>.*?</pre>|<code>.*?</code>|<[^>]*>)", re.DOTALL)


def read_markdown(text: str) -> Loaded:
    """The pieces of a Markdown text, without its markup, with title, dates and authors of its front matter.

    Tables, footnotes, definition lists, lists of tasks ("☑ done"), struck-out text, "10^6^" and "H~2~O" are understood; HTML in
    it is read as HTML.
    A text of more than 2,000,000 characters is given as it stands, in `Loaded.text`.
    """
    body, matter = _split_front_matter(text)
    title = matter.get("title")
    stated = Loaded(
        title=" ".join(str(title).split()) if isinstance(title, (str, int, float)) else "",
        published=_date(matter, _DATE_KEYS),
        updated=_date(matter, _CHANGE_KEYS),
        authors=_authors(matter),
    )
    if len(body) <= _MAX_CHARS:
        # A text that is nested too deeply to parse is still worth reading as it stands.
        with suppress(RecursionError):
            pieces = tuple(with_head(pieces_of(_markup(body))))
            if pieces or not _HAS_WORDS.search(_UNSEEN.sub("", body)):
                return replace(stated, pieces=pieces)
    return replace(stated, text=body)


def _markup(body: str) -> str:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    body = _ALERT.sub(lambda match: f"{match[1]}**{match[2].capitalize()}**  ", body)
    markup = str(parser.use(footnote_plugin, inline=False).use(deflist_plugin).render(body))
    markup = _TASK.sub(lambda match: f"{match[1]}{'☐' if match[2] == ' ' else '☑'}", markup)
    # Raised and lowered text is marked outside code and tags only.
    parts = _CODE.split(markup)
    parts[::2] = [_LOWERED.sub(r"<sub>\1</sub>", _RAISED.sub(r"<sup>\1</sup>", part)) for part in parts[::2]]
    return "".join(parts)


def _date(matter: dict[str, Any], keys: Sequence[str]) -> date | None:
    """The first of these values that is a whole day."""
    for key in keys:
        value = matter.get(key)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if isinstance(value, str) and (found := parse_date(value)):
            return found
    return None


def _authors(matter: dict[str, Any]) -> tuple[str, ...]:
    names: list[str] = []
    for key in _AUTHOR_KEYS:
        value = matter.get(key)
        for author in value if isinstance(value, list) else [value]:
            name = author.get("name") if isinstance(author, dict) else author
            if isinstance(name, str) and name.strip():
                names.append(" ".join(name.split()))
    return tuple(dict.fromkeys(names))


def _split_front_matter(text: str) -> tuple[str, dict[str, Any]]:
    """(the text after its front matter, the front matter's values); (the whole text, none) if there is no front matter."""
    import yaml

    # Some writers leave out the rules around it.
    match = _FRONT_MATTER.match(text[:_MAX_FRONT_MATTER]) or _KEYS.match(text[:_MAX_FRONT_MATTER])
    if match is None:
        return text, {}
    try:
        matter = yaml.safe_load(match.group(1) if match.re is _FRONT_MATTER else match.group())
    except (yaml.YAMLError, RecursionError, ValueError):
        # Two horizontal rules with something else between them.
        return text, {}
    if not isinstance(matter, dict):
        return text, {}
    return text[match.end() :], {str(key).lower(): value for key, value in matter.items()}
