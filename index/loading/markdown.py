"""Markdown -> the text that a reader sees, and the title and date of its front matter."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from index.loading.html import Page, visible_text

_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.DOTALL)
_MAX_FRONT_MATTER = 65_536
_MAX_CHARS = 2_000_000
"""The parser takes seconds for a megabyte of brackets; longer texts are read as they stand."""

_DATE_KEYS = ("date", "published", "publish_date", "pubdate", "created")


def read_markdown(text: str) -> Page:
    """The text without its markup: headings, emphasis and links become plain words; images, comments and tags are removed.

    Lists keep their bullets and numbers, tables keep "|" between their columns.
    """
    from markdown_it import MarkdownIt

    body, matter = _split_front_matter(text)
    title = matter.get("title")
    published = next(
        (str(value) for key in _DATE_KEYS if isinstance(value := matter.get(key), (str, date, datetime))), ""
    )
    if len(body) <= _MAX_CHARS:
        parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
        # It is nested too deeply to parse, but its plain text is still worth reading.
        with suppress(RecursionError):
            body = visible_text(parser.render(body))
    return Page(body, str(title) if isinstance(title, (str, int, float)) else "", published)


def _split_front_matter(text: str) -> tuple[str, dict[str, Any]]:
    """(the text after its front matter, the front matter's values); (the whole text, none) if there is no front matter."""
    import yaml

    match = _FRONT_MATTER.match(text[:_MAX_FRONT_MATTER])
    if match is None:
        return text, {}
    try:
        matter = yaml.safe_load(match.group(1))
    except (yaml.YAMLError, RecursionError, ValueError):
        # Two horizontal rules with something else between them.
        return text, {}
    if not isinstance(matter, dict):
        return text, {}
    return text[match.end() :], {str(key).lower(): value for key, value in matter.items()}
