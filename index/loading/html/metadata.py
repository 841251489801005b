"""What a page states about itself: JSON-LD first, then its "meta" elements, then marked elements of its text."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from index.heading import parse_date

_PUBLISHED = (
    "article:published_time og:published_time og:article:published_time article:published datepublished pubdate publishdate "
    "publish-date publish_date publication_date dc.date.issued dcterms.issued dc.date.created dcterms.created dc.date "
    "dcterms.date date citation_publication_date citation_online_date citation_date parsely-pub-date sailthru.date "
    "cxenseparse:recs:publishtime"
).split()
_UPDATED = (
    "article:modified_time og:updated_time og:modified_time article:modified datemodified last-modified lastmod modified "
    "dc.date.modified dcterms.modified revised"
).split()
_TITLES = ("og:title", "twitter:title", "citation_title", "dc.title", "dcterms.title", "headline", "title")
_SITES = ("og:site_name", "application-name", "citation_journal_title", "dc.publisher", "publisher", "al:ios:app_name")
_AUTHORS = (
    "author",
    "article:author",
    "citation_author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "byl",
    "sailthru.author",
)
_ARTICLE_TYPES = re.compile(r"(?:Article|Posting|Report|Review|Recipe|HowTo|CreativeWork|Episode|WebPage)$")
_DAY = re.compile(r"\s*([0-9]{4})-?([01][0-9])-?([0-3][0-9])(?![0-9]{3})")
_BY = re.compile(r"\s*(?:by|von|par|por|av|af|door|di)\s*:?\s+", re.IGNORECASE)
_AND = re.compile(r"\s*(?:[;|/&]|,(?!\s*(?:Jr|Sr|M\.?D|Ph\.?D))|\b(?:and|und|et|y|och|og|en)\b)\s*")
_NO_NAME = re.compile(r"https?:|www\.|@|[<>{}]|^\W*$|\d{3}")
_SEPARATOR = re.compile(r"\s+[|·•–—»-]\s+|\s+::\s+")
_PERSON = re.compile(r"(?:[^\W\d_a-z][\w.’'-]* ){1,3}[^\W\d_a-z][\w.’'-]*")
_NAMED_AUTHOR = (
    "//*["
    + " or ".join(
        f"contains(concat(' ', normalize-space(@class), ' '), ' {name} ')"
        for name in ("author", "author-name", "author__name", "byline", "byline__name", "byline-name")
    )
    + "]"
)
_LINES = frozenset({"p", "li", "td", "dd", "blockquote"})
_MAX_JSON = 1_000_000
_MAX_NODES = 5_000
_MAX_NAME = 80
_FIRST_YEAR, _LAST_YEAR = 1500, 2200
_EPOCH = date(1970, 1, 1)
"""What content systems write for "none"."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """As the attributes of `Loaded` with the same names."""

    title: str = ""
    published: date | None = None
    updated: date | None = None
    authors: tuple[str, ...] = ()
    site: str = ""


def read_metadata(tree: Any) -> Metadata:
    """What a page states about itself. No date is guessed from its text, and less than a whole day is none."""
    metas = _metas(tree)
    headings = [text for element in islice(tree.iter("h1"), 20) if (text := _line("".join(element.itertext())))]
    nodes = list(_json_nodes(tree))
    article = _article(nodes, [*headings, *_values(metas, _TITLES)])
    site = _site(article, nodes, metas)
    stated = _line(_text(article.get("headline") or article.get("name"))) if article else ""
    title = _first([stated, *_values(metas, _TITLES), _shown_title(tree, headings)])
    published = _first_day([article.get("datePublished"), article.get("dateCreated"), *_values(metas, _PUBLISHED)])
    updated = _first_day([article.get("dateModified"), *_values(metas, _UPDATED), *_marked(tree, "dateModified")])
    published = published or _first_day(_marked(tree, "datePublished"))
    if updated and published and updated < published:
        updated = None
    return Metadata(_without_site(title, site), published, updated, _authors(article, nodes, metas, tree, site), site)


def _shown_title(tree: Any, headings: Sequence[str]) -> str:
    """The heading that the window's title begins with, else the only main heading, else the window's title."""
    title = _line(tree.findtext(".//title") or "")
    first = _folded(_SEPARATOR.split(title)[0])
    seconds = [_line("".join(element.itertext())) for element in islice(tree.iter("h2"), 5)]
    named = [text for text in (*headings, *seconds) if first and _folded(text) == first]
    return _first([*named, headings[0] if len(headings) == 1 else "", title])


def _metas(tree: Any) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        if name and (content := meta.get("content", "").strip()):
            metas.setdefault(name, []).append(content)
    return metas


def _values(metas: Mapping[str, list[str]], names: Sequence[str]) -> list[str]:
    return [_line(value) for name in names for value in metas.get(name, ())]


def _json_nodes(tree: Any) -> Iterator[dict[str, Any]]:
    """All objects in the page's JSON-LD, outer ones first."""
    left = _MAX_NODES
    for script in tree.iter("script"):
        if "ld+json" not in script.get("type", "").lower() or len(script.text or "") > _MAX_JSON:
            continue
        waiting: list[Any] = []
        with suppress(ValueError, RecursionError):
            waiting = [json.loads((script.text or "").strip().rstrip(";"), strict=False)]
        while waiting and left > 0:
            value = waiting.pop(0)
            left -= 1
            if isinstance(value, dict):
                yield value
            if isinstance(value, (dict, list)):
                inner = list(value.values() if isinstance(value, dict) else value)[:1000]
                waiting += [part for part in inner if isinstance(part, (dict, list))]


def _types(node: Mapping[str, Any]) -> list[str]:
    stated = node.get("@type")
    return [str(kind) for kind in (stated if isinstance(stated, list) else [stated])]


def _article(nodes: Sequence[dict[str, Any]], titles: Sequence[str]) -> dict[str, Any]:
    """The object that describes the page's article: one whose headline is shown, else the first of an article's type."""
    articles = [node for node in nodes if any(map(_ARTICLE_TYPES.search, _types(node)))]
    known = {_folded(title) for title in titles}
    named = [node for node in articles if _folded(_text(node.get("headline"))) in known and node.get("headline")]
    # An article says more than the web page around it.
    ranked = sorted(named or articles, key=lambda node: _types(node)[0].endswith("WebPage"))
    return ranked[0] if ranked else {}


def _site(article: Mapping[str, Any], nodes: Sequence[Mapping[str, Any]], metas: Mapping[str, list[str]]) -> str:
    publishers = [_name(article.get("publisher"), nodes), *_values(metas, _SITES[:1])]
    websites = [_text(node.get("name")) for node in nodes if "WebSite" in _types(node)]
    return _first(
        name for name in (*publishers, *websites, *_values(metas, _SITES[1:])) if name and not _NO_NAME.search(name)
    )


def _authors(
    article: Mapping[str, Any],
    nodes: Sequence[Mapping[str, Any]],
    metas: Mapping[str, list[str]],
    tree: Any,
    site: str,
) -> tuple[str, ...]:
    stated = article.get("author") or article.get("creator")
    people = stated if isinstance(stated, list) else [stated]
    found = [name for person in people[:50] for name in _names(_name(person, nodes), isinstance(person, str))]
    if not found:
        found = [name for value in _values(metas, _AUTHORS) for name in _names(value, True)]
    if not found:
        marked = [*tree.xpath("//*[@rel='author' or @itemprop='author']")][:10]
        found = [name for element in marked for name in _names(_line(_named_part(element)), True)]
    if not found:
        marked = [*tree.xpath(_NAMED_AUTHOR)][:3]
        found = [
            name for element in marked for name in _names(_line("".join(element.itertext())).partition(",")[0], True)
        ]
        found = [name for name in found if _PERSON.fullmatch(name)]
    unique = {_folded(name): name for name in reversed(found) if _folded(name) != _folded(site)}
    return tuple(reversed(unique.values()))


def _named_part(element: Any) -> str:
    inner = element.find(".//*[@itemprop='name']")
    chosen = element if inner is None else inner
    return chosen.get("content") or "".join(chosen.itertext())


def _name(value: Any, nodes: Sequence[Mapping[str, Any]]) -> str:
    """The name of a person or organisation, which may be given by its "@id" only."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        if not value.get("name") and (known := value.get("@id")):
            value = next((node for node in nodes if node.get("@id") == known and node.get("name")), value)
        value = value.get("name")
        value = value[0] if isinstance(value, list) and value else value
    return _line(_text(value))


def _names(text: str, several: bool) -> list[str]:
    """The names in an author's field: without "By", addresses and numbers."""
    if _NO_NAME.search(text):
        return []
    text = _BY.sub("", text, count=1)
    parts = _AND.split(text) if several else [text]
    return [name for part in parts if 1 < len(name := part.strip(" ,;")) <= _MAX_NAME]


def _marked(tree: Any, name: str) -> list[str]:
    """The dates of elements with this "itemprop"; for publication, also the only "time" of the page with a day."""
    marked = tree.xpath(f"//*[@itemprop='{name}']")
    if name == "datePublished":
        times = [element for element in tree.iter("time") if element.get("datetime")]
        marked = (
            marked
            or [element for element in times if "pubdate" in element.attrib]
            or (times if len(times) == 1 and _is_apart(times[0]) else [])
        )
    return [element.get("datetime") or element.get("content") or "".join(element.itertext()) for element in marked[:5]]


def _is_apart(time: Any) -> bool:
    """Whether a time stands by itself or in a short line, and not in a sentence."""
    line = next(time.iterancestors("p", "li", "td", "dd", "blockquote", "div", "header", "section", "article"), None)
    text = "" if line is None or line.tag not in _LINES else _line("".join(line.itertext()))
    return len(text) <= _MAX_NAME and not text.endswith(".")


def _first_day(values: Sequence[Any]) -> date | None:
    return next((day for value in values if isinstance(value, str) and (day := _day(value))), None)


def _day(text: str) -> date | None:
    """The day in a date, as it is written, whatever its time zone; None = it is none, or less than a day."""
    match = _DAY.match(text)
    found = None
    if match:
        with suppress(ValueError):
            found = date(*map(int, match.groups()))
    else:
        found = parse_date(text)
    return found if found and _FIRST_YEAR <= found.year < _LAST_YEAR and found != _EPOCH else None


def _without_site(title: str, site: str) -> str:
    """The title without the site's name behind or before it."""
    parts = _SEPARATOR.split(title)
    if site and len(parts) > 1:
        for part, rest in ((parts[-1], title[: title.rfind(parts[-1])]), (parts[0], title[len(parts[0]) :])):
            if _folded(part) == _folded(site):
                return rest.strip(" |·•–—»-:")
    return title


def _first(values: Any) -> str:
    return next((value for value in values if value), "")


def _text(value: Any) -> str:
    return html.unescape(value) if isinstance(value, str) else ""


def _line(text: str) -> str:
    return " ".join(text.split())


def _folded(text: str) -> str:
    plain = text.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "-"})
    return _line(plain).casefold()
