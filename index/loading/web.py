"""A link -> an article: what is behind it is fetched, then loaded like any other file."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from index.article import Article
from index.errors import FetchError, WebNotAllowedError
from index.settings import IndexSettings

if TYPE_CHECKING:
    from index.loading.fetching import Fetched

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
    "application/pdf": ".pdf",
    f"{_OFFICE}wordprocessingml.document": ".docx",
    f"{_OFFICE}presentationml.presentation": ".pptx",
    f"{_OFFICE}spreadsheetml.sheet": ".xlsx",
    f"{_OPEN}text": ".odt",
    f"{_OPEN}presentation": ".odp",
    f"{_OPEN}spreadsheet": ".ods",
    "application/epub+zip": ".epub",
    "text/csv": ".csv",
    "application/json": ".json",
    "message/rfc822": ".eml",
    "text/vtt": ".vtt",
    "application/x-subrip": ".srt",
}
"""The kinds of content that are taken, with the suffix that picks their loader."""
_VAGUE = frozenset({"", "text/plain", "application/octet-stream", "binary/octet-stream"})
"""What servers say of files that they don't know: the suffix in the address knows better."""

_NO_CHARSETS = frozenset({"utf-8", "utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
"""UTF-8 is found without being told; no page is in the others, and some take very long."""


@dataclass(frozen=True, slots=True)
class Link:
    """An address that may be fetched: who makes one has the user's leave, as the page does. A plain string needs `web`."""

    url: str


def link_of(source: Any, settings: IndexSettings) -> Link | None:
    """A source as a link that may be fetched; None if it is no link.

    Raises:
        WebNotAllowedError: it is a string that begins with http:// or https://, and the settings don't allow fetching.
    """
    if isinstance(source, Link):
        return source
    if not isinstance(source, str) or not re.match(r"https?://", source, re.IGNORECASE):
        return None
    if not settings.web:
        raise WebNotAllowedError(
            f"{source} is a link, and Footnote fetches nothing from the web unless you allow it. Set FOOTNOTE_WEB=true (in "
            "Python: Settings(web=True)), or save the page and add the file."
        )
    return Link(source)


def load_link(link: Link, settings: IndexSettings) -> Article:
    """Fetch a link and load what is behind it as an article, whose source is the address.

    Raises:
        FetchError: it can't be fetched.
        LoadError: its content can't be read; see `index.loading.files.load_file`.
    """
    from index.loading.fetching import fetch
    from index.loading.files import load_file

    fetched = fetch(link.url, settings, accept=suffix_of)
    try:
        with TemporaryDirectory(prefix="footnote-link-") as folder:
            path = Path(folder, f"page{suffix_of(fetched.content_type, fetched.url)}")
            path.write_bytes(_with_mark(fetched))
            return load_file(path, settings, name=fetched.url)
    except OSError as error:
        raise FetchError(f"{link.url} can't be stored: {error.strerror}. Make room in the temporary folder.") from error


def suffix_of(content_type: str, url: str) -> str:
    """The suffix of files of this kind, as ".html"; empty = this kind is not taken."""
    named = PurePosixPath(url.partition("?")[0]).suffix.lower()
    return named if content_type in _VAGUE and named in _SUFFIXES.values() else _SUFFIXES.get(content_type, "")


def _with_mark(fetched: Fetched) -> bytes:
    """The content; where the server names its encoding, in UTF-8 with a mark, which loaders heed more than a page's own word."""
    if not fetched.charset or not fetched.content_type.startswith(("text/", "application/xhtml")):
        return fetched.content
    try:
        codec = codecs.lookup(fetched.charset).name
        # Browsers read both as Windows-1252, and their authors mean it.
        codec = "cp1252" if codec in ("iso8859-1", "ascii") else codec
        return fetched.content if codec in _NO_CHARSETS else fetched.content.decode(codec).encode("utf-8-sig")
    except (LookupError, ValueError):
        return fetched.content
