"""HTML -> the text that a reader sees: trafilatura's choice of the main text, or all visible text if it finds none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Any

# Elements whose content is not shown as text.
_UNSEEN = frozenset(
    "applet audio base basefont button canvas colgroup datalist dialog embed frame frameset graphic head iframe input link "
    "map math meta noembed noframes noscript object param picture script select source style svg template textarea title "
    "track video".split()
)
# Elements that end a line of text before and after; the second row is trafilatura's own vocabulary.
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 "
    "h4 h5 h6 header hgroup hr html legend main menu nav ol p pre section summary table ul "
    "head quote list".split()
)
_LISTS = frozenset({"ul", "ol", "menu", "dl", "list"})
_ITEMS = frozenset({"li", "item", "tr", "row"})
_CELLS = frozenset({"td", "th", "cell"})
_HIDDEN_CLASSES = frozenset({"sr-only", "visually-hidden", "screen-reader-text", "d-none"})
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?<![\w-])opacity\s*:\s*0(?:\.0*)?\s*(?:[;!%]|$)"
    r"|font-size\s*:\s*0(?:\.0*)?\s*(?:[a-z%]{0,3})\s*(?:[;!]|$)",
    re.IGNORECASE,
)
_CSS_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_CSS_NAME = re.compile(r"[.#][A-Za-z_][\w-]*")
_DATE_NAMES = frozenset(
    "article:published_time og:published_time og:article:published_time article:published datepublished date pubdate "
    "publishdate publish-date publish_date publication_date dc.date dc.date.issued dc.date.created dcterms.created "
    "dcterms.issued dcterms.date citation_publication_date citation_date parsely-pub-date sailthru.date "
    "cxenseparse:recs:publishtime".split()
)
_DATE_IN_JSON = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_NO_LETTER = re.compile(r"[\W_]+")
_SPACES = re.compile(" {2,}")
_BLANKS = re.compile(r"[ \t\n\r\f]+")
_MAX_STYLE = 500_000
_MAX_ELEMENTS = 60_000
_MAX_CHARS = 1_000_000
"""trafilatura's time can be quadratic in the elements (cells of one row); of longer pages all visible text is taken instead."""

_MAX_CELL = 200
"""The most characters of a table cell or list item that becomes one line; layout tables have longer cells."""

_NUMBER = "data-number"
_MIN_SHARE = 0.2
"""Less than this share of the visible text is not the main text: trafilatura has taken a teaser for the article ..."""

_SMALL_PAGE = 3_000
"""... on a page with at most so many visible characters; larger pages may well be mostly furniture."""


@dataclass(frozen=True, slots=True)
class Page:
    """The text and metadata of an HTML page.

    Attributes:
        text: the text, with blank lines between paragraphs, not yet cleaned.
        title: the title in the page's metadata; may be empty.
        published: the date in the page's metadata, as written there; may be empty.
    """

    text: str
    title: str = ""
    published: str = ""


def read_page(markup: str) -> Page:
    """The visible main text of a page, with the title and date of its metadata. Fetches nothing."""
    tree = _parse(markup)
    if tree is None:
        return Page("")
    published = _published(tree)
    _remove_hidden(tree)
    everything = _text(tree)
    fits = len(everything) <= _MAX_CHARS and sum(1 for _ in islice(tree.iter(), _MAX_ELEMENTS + 1)) <= _MAX_ELEMENTS
    title = _title(tree) if fits else (tree.findtext(".//title") or "")
    main = _main_text(tree) if fits else ""
    return Page(main if _is_better(main, everything) else everything, title, published)


def _is_better(main: str, everything: str) -> bool:
    """Whether the main text is better than all visible text: it leaves something out, but not nearly all of a small page."""
    size = len(_NO_LETTER.sub("", everything))
    kept = len(_NO_LETTER.sub("", main))
    # trafilatura's fallback gives all text in one paragraph; our visible text has kept the paragraphs.
    return 0 < kept < size and (size > _SMALL_PAGE or kept >= _MIN_SHARE * size)


def visible_text(markup: str) -> str:
    """All visible text of a piece of HTML, with blank lines between paragraphs."""
    tree = _parse(markup)
    if tree is None:
        return ""
    _remove_hidden(tree)
    return _text(tree)


def _parse(markup: str) -> Any:
    from lxml import etree, html

    # libxml2 stops at a zero byte and does not accept lone surrogates.
    data = markup.replace("\0", "").encode("utf-8", "ignore")
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(data, parser=parser) if data.strip() else None
    except (etree.ParserError, etree.XMLSyntaxError):
        return None


def _title(tree: Any) -> str:
    from trafilatura import extract_metadata

    try:
        found = extract_metadata(tree, date_config={"extensive_search": False, "original_date": True})
    except Exception:
        # Odd metadata is no reason to refuse the text; trafilatura raises many kinds of errors.
        return ""
    return (found.title or "") if found else ""


def _published(tree: Any) -> str:
    """The publication date in the page's metadata, as written. No date is guessed from the text, since it would be cited."""
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        if name.lower() in _DATE_NAMES and meta.get("content"):
            return str(meta.get("content"))
    for script in tree.iter("script"):
        if "ld+json" in script.get("type", "") and (match := _DATE_IN_JSON.search(script.text or "")):
            return match.group(1)
    times = [element for element in tree.iter("time") if element.get("datetime")]
    stated = [element for element in times if element.get("itemprop") == "datePublished" or "pubdate" in element.attrib]
    chosen = stated or (times if len(times) == 1 else [])
    return str(chosen[0].get("datetime")) if chosen else ""


def _main_text(tree: Any) -> str:
    from copy import deepcopy

    from trafilatura import bare_extraction

    try:
        found = bare_extraction(deepcopy(tree), include_comments=False, include_images=False, include_links=False)
    except Exception:
        # Some kinds of broken markup break trafilatura; the visible text can still be read.
        return ""
    return _text(found.body) if found is not None and found.body is not None else ""


def _remove_hidden(tree: Any) -> None:
    names = _hidden_names(tree)
    for element in list(tree.iter()):
        if isinstance(element.tag, str) and element.getparent() is not None and _is_hidden(element, names):
            element.drop_tree()


def _is_hidden(element: Any, names: frozenset[str]) -> bool:
    if element.tag in _UNSEEN and element.tag not in {"head", "title", "meta", "link", "base"}:
        return True
    if "hidden" in element.attrib or element.get("aria-hidden", "").strip().lower() == "true":
        return True
    if _HIDDEN_STYLE.search(element.get("style", "")[:2000]):
        return True
    classes = element.get("class", "").split()
    return (
        not _HIDDEN_CLASSES.isdisjoint(classes)
        or f"#{element.get('id', '')}" in names
        or any(f".{name}" in names for name in classes)
    )


def _hidden_names(tree: Any) -> frozenset[str]:
    """Classes and ids that the page's own style sheets hide, by rules outside "@media" whose selector is only that name."""
    names: set[str] = set()
    for style in tree.iter("style"):
        sheet = _without_comments((style.text or "")[:_MAX_STYLE])
        for selectors, rules in _CSS_RULE.findall(_without_at_rules(sheet)):
            if _HIDDEN_STYLE.search(rules):
                names.update(name for name in map(str.strip, selectors.split(",")) if _CSS_NAME.fullmatch(name))
    return frozenset(names)


def _without_comments(sheet: str) -> str:
    first, *others = sheet.split("/*")
    return first + "".join(other.partition("*/")[2] for other in others)


def _without_at_rules(sheet: str) -> str:
    """The style sheet without its "@..." blocks, which hide elements only on paper, on small screens and the like."""
    kept: list[str] = []
    depth = 0
    skipping = False
    for part in re.split(r"([{}])", sheet):
        if depth == 0 and part not in {"{", "}"}:
            skipping = "@" in part.rsplit(";", 1)[-1]
        depth = max(0, depth + (part == "{") - (part == "}"))
        if not skipping:
            kept.append(part)
    return "".join(kept)


def _text(tree: Any) -> str:
    """The text of a tree, laid out as in a browser: blocks apart, list items and table rows on lines of their own."""
    from lxml import etree

    parts: list[str] = []
    skipped: Any = None
    preformatted = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if not isinstance(element.tag, str):
            tail = element.tail if event == "end" else None
            parts.append(_BLANKS.sub(" ", tail or "") if skipped is None else "")
            continue
        if event == "start":
            if skipped is None and _is_unseen(element):
                skipped = element
            if skipped is None:
                preformatted += element.tag in {"pre", "code"} and "\n" in (element.text or "")
                parts.append(_opening(element))
                parts.append(_content(element.text, preformatted))
            continue
        if skipped is None:
            parts.append(_closing(element))
            preformatted = 0 if element.tag in {"pre", "code"} else preformatted
        elif skipped is element:
            skipped = None
        if skipped is None and element is not tree:
            parts.append(_content(element.tail, preformatted))
    return _layout(parts)


def _is_unseen(element: Any) -> bool:
    # trafilatura calls a headline "head"; a page's own head is a child of "html".
    in_page = element.getparent() is not None and element.getparent().tag == "html"
    return element.tag in _UNSEEN and not (element.tag == "head" and not in_page)


_LINE, _PARAGRAPH, _CELL = "\x00", "\x01", "\x02"
"""Marks between texts; a page can't have these characters."""


def _content(text: str | None, preformatted: int) -> str:
    if not text:
        return ""
    return text.replace("\n", _LINE) if preformatted else _BLANKS.sub(" ", text)


def _opening(element: Any) -> str:
    """The mark to put before an element's text."""
    tag = element.tag
    if tag in _BLOCKS:
        around = next((a for a in islice(element.iterancestors(), 20) if a.tag in _ITEMS or a.tag in _CELLS), None)
        if around is None:
            return _PARAGRAPH
        # A list inside a list item begins on the next line; a paragraph in a table cell or an item stays on the same line.
        return _LINE if tag in _LISTS else " " if _is_short(around) else _PARAGRAPH
    if tag in _ITEMS:
        return _LINE + (_marker(element) if tag in {"li", "item"} else "")
    if tag in {"br", "lb"}:
        return _LINE
    first = tag not in _CELLS or next(element.itersiblings(*_CELLS, preceding=True), None) is None
    return "" if first else _CELL


def _is_short(element: Any) -> bool:
    """Whether an item or a cell has a little text, and not a whole layout."""
    texts = list(islice(element.itertext(), 40))
    return len(texts) < 40 and sum(map(len, texts)) <= _MAX_CELL


def _marker(item: Any) -> str:
    parent = item.getparent()
    if parent is None or (parent.tag != "ol" and parent.get("rend") != "ol"):
        return "- "
    # The number is kept at the item before, since counting anew for each item would take quadratic time.
    before = next(item.itersiblings(item.tag, preceding=True), None)
    last = parent.get("start", "1") if before is None else before.get(_NUMBER, "0")
    number = (int(last) if last.isdecimal() and len(last) < 7 else 1) + (before is not None)
    item.set(_NUMBER, str(number))
    return f"{number}. "


def _closing(element: Any) -> str:
    """The mark to put after an element's text."""
    if element.tag in _BLOCKS:
        return _opening(element)
    return _LINE if element.tag in _ITEMS else ""


def _layout(parts: list[str]) -> str:
    paragraphs: list[str] = []
    for paragraph in "".join(parts).split(_PARAGRAPH):
        lines = [_line(line) for line in paragraph.split(_LINE)]
        if any(lines):
            paragraphs.append("\n".join(line for line in lines if line))
    return "\n\n".join(paragraphs)


def _line(line: str) -> str:
    cells = [_SPACES.sub(" ", cell).strip() for cell in line.split(_CELL)]
    return " | ".join(cells) if any(cells) else ""
