"""What stands on a page beside its article: navigation, banners, offers, links to other articles."""

from __future__ import annotations

import itertools
import re
from itertools import islice
from typing import Any

from index.loading.html.looks import CLOCK
from index.loading.html.tables import is_data
from index.loading.html.tree import ASKS, KIND, remove

_ROLES = frozenset(
    "navigation search dialog alertdialog banner contentinfo menu menubar toolbar tablist alert status".split()
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# The names that web designers give to such parts; each is checked against what the part holds.
_BANNERS = frozenset(
    "consent gdpr ccpa onetrust cookie-banner cookie-notice cookie-bar cookie-consent cookie-law".split()
)
_COOKIES = frozenset({"cookie", "cookies"})
_OFFERS = frozenset(
    "newsletter subscribe subscription subscriptions paywall regwall promo promotion signup login register donate donation "
    "membership cta modal popup overlay advert adverts advertisement advertising ad ads adslot sponsored outbrain taboola "
    "author-bio author-box author-card author-info about-author video-player player-controls sign-up log-in email-signup".split()
)
_SHORT = frozenset(
    "breadcrumb breadcrumbs crumbs share sharing social pagination pager toolbar tools print printfooter site-sub skip "
    "back-top".split()
)
_LINKS = frozenset(
    "related recommended recommendation recommendations popular trending sidebar nav navbar navigation menu tags topics keywords "
    "toc masthead languages language-switcher language-selector lang-switcher lang-menu teaser teasers readmore follow most-read "
    "most-viewed most-popular read-more read-next read-also see-also up-next more-from more-on more-stories more-news also-read "
    "site-footer site-header page-footer page-header post-navigation entry-footer post-footer".split()
)
_COMMENTS = frozenset("comments disqus commentlist comment-list comment-form view-comments".split())
_BYLINE = frozenset(
    "byline bylines author authors dateline timestamp pubdate published dates date datetime posted".split()
)
_MAX_OFFER = 900
_MAX_SHORT = 200
_MAX_HEAD = 250
_BODY = 120
"""A paragraph of so many characters is body text: the head ends before it."""

_MAX_BESIDE = 50
_MAX_BOX = 500
_MAX_DIALOG = 1_500
_MAX_LABEL = 60
_MAX_ENTRIES = 2_000
_MAX_ALONE = 6_000
_MENU = re.compile(r"[^\d·|•]{1,60}(?:[·|•][^\d·|•]{1,60}){1,12}")
"""A menu whose links were lost: "Courier · Contact · Imprint"."""

_BOXES = frozenset(
    {"div", "section", "aside", "ul", "ol", "form", "footer", "header", "table", "p", "figure", "dl", "fieldset"}
)
_INLINE = frozenset("abbr b br cite code em i kbd label q small span strong sub sup time u".split())
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MAIN = ("h1", "main", "article")


class Sizes:
    """How much text, and how much of it in links, each element of a tree holds.

    Attributes:
        elements: all of them, in document order.
        text: characters in each.
        links: characters in links in each.
        main: those around a headline or a main part.
        asks: those with a button or a field.
        alone: whether the page has nothing beside its article.
    """

    def __init__(self, tree: Any) -> None:
        self.elements = list(tree.iter())
        self.text: dict[Any, int] = {}
        self.links: dict[Any, int] = {}
        self.main: set[Any] = set()
        self.asks: set[Any] = set()
        self.alone = False
        self._data: dict[Any, bool] = {}
        text, links = self.text, self.links
        for element in reversed(self.elements):
            own = text.get(element, 0) + len((element.text or "").strip())
            away = element.tag == "a" and not element.get("href", "").startswith(("tel:", "mailto:"))
            linked = own if away else links.get(element, 0)
            text[element], links[element] = own, linked
            parent = element.getparent()
            if parent is not None:
                text[parent] = text.get(parent, 0) + own + len((element.tail or "").strip())
                links[parent] = links.get(parent, 0) + linked
                if element in self.main or element.tag in _MAIN or element.get("role") == "main":
                    self.main.add(parent)
                if element.get(ASKS, "0") != "0":
                    self.asks.add(element)
                if element in self.asks or element.tag == "input":
                    self.asks.add(parent)

    def is_data(self, table: Any) -> bool:
        """Whether a table holds data, looked at once."""
        if table not in self._data:
            self._data[table] = is_data(table)
        return self._data[table]

    def share(self, element: Any) -> float:
        """The share of an element's text that stands in links."""
        return self.links[element] / self.text[element] if self.text.get(element) else 0.0


def names_of(element: Any) -> frozenset[str]:
    """The words of an element's class and id, alone and in pairs."""
    stated = f"{element.get('class', '')} {element.get('id', '')}"[:600]
    names: set[str] = set()
    for name in stated.split():
        parts = [part.lower() for part in _WORD.findall(name)]
        names.update(parts)
        names.update(f"{one}-{other}" for one, other in itertools.pairwise(parts))
    return frozenset(names)


def remove_furniture(tree: Any) -> bool:
    """Take out what names itself as furniture, by element, role or class, and holds what such furniture holds.

    Returns:
        Whether the page stands alone, so that its header and its footer, which then stay, are those of its article.
    """
    sizes = Sizes(tree)
    sizes.alone = _stands_alone(tree, sizes)
    whole = sizes.text.get(tree, 0)
    remove(tree, [e for e in sizes.elements if _is_furniture(e, sizes, whole) or _is_discussion(e, sizes)])
    return sizes.alone


def _stands_alone(tree: Any, sizes: Sizes) -> bool:
    """Whether a page is short and leads nowhere: it has no menu, no form and no link to another page.

    Where an "article" has the headline, the page itself says that its header and footer are no part of it.
    """
    if sizes.text.get(tree, 0) > _MAX_ALONE or sizes.asks or tree.find(".//article//h1") is not None:
        return False
    return not any(
        element.tag in {"nav", "form", "input"}
        or element.get("role", "").lower() in _ROLES - {"banner", "contentinfo"}
        or (element.tag == "a" and not element.get("href", "#").startswith(("#", "tel:", "mailto:")))
        for element in sizes.elements
    )


def _is_furniture(element: Any, sizes: Sizes, whole: int) -> bool:
    tag, role = element.tag, element.get("role", "").lower()
    if tag in {"html", "body", "main", "article", *_HEADINGS} or not sizes.text[element]:
        return False
    if tag == "nav" or role in _ROLES or tag in {"header", "footer"}:
        return _is_page_part(element, sizes, whole, role)
    names = names_of(element) if "class" in element.attrib or "id" in element.attrib else frozenset()
    if tag == "aside" and element not in sizes.main and (sizes.share(element) > 0.4 or element in sizes.asks):
        return True
    if tag == "a":
        return _is_jump(element)
    if not names or (tag not in _BOXES and "-" not in tag) or element in sizes.main:
        return False
    return _is_named_so(element, names, sizes, whole)


def _is_page_part(element: Any, sizes: Sizes, whole: int, role: str) -> bool:
    if element in sizes.main:
        return False
    if element.tag in {"header", "footer"} or role in {"banner", "contentinfo"}:
        inside = next(element.iterancestors("article", "main", "section", "blockquote"), None) is not None
        if inside:
            return element.tag == "footer" and sizes.share(element) > (0.3 if names_of(element) & _LINKS else 0.5)
        # A page with little else may be one whose article stands in its header.
        own = sizes.alone and not _MENU.fullmatch("".join(element.itertext()).strip())
        return not own and (sizes.text[element] < 0.6 * whole or sizes.share(element) > 0.5)
    if role in {"alert", "status"}:
        return sizes.text[element] < _MAX_BOX and element in sizes.asks
    return True


def _is_named_so(element: Any, names: frozenset[str], sizes: Sizes, whole: int) -> bool:
    size, share = sizes.text[element], sizes.share(element)
    if names & _BANNERS or (names & _COOKIES and element in sizes.asks):
        return True
    if any(is_data(table) for table in element.iter("table")):
        return False
    if names & _COMMENTS:
        return size < 0.7 * whole or bool(sizes.main)
    if names & _OFFERS:
        wants = share > 0 or size <= _MAX_SHORT or element in sizes.asks
        return wants and size <= _MAX_OFFER and size < 0.5 * whole
    if element.find(".//blockquote") is not None:
        return False
    if names & (_LINKS | _SHORT) and share > 0.3:
        return True
    return bool(names & _SHORT) and element.tag != "p" and size <= _MAX_SHORT and _paragraphs(element) == 0


def _is_jump(link: Any) -> bool:
    """Whether a link to a place of the page stands alone, as those to the content and back to the top do."""
    parent = link.getparent()
    if (
        not link.get("href", "").startswith("#")
        or parent is None
        or parent.tag not in {"body", "div", "header", "section", "td"}
        or "".join(link.itertext()).strip().isdecimal()
    ):
        return False
    before = link.getprevious()
    around = (parent.text if before is None else before.tail) or ""
    after = link.getnext()
    beside = all(sibling is None or sibling.tag not in _INLINE for sibling in (before, after))
    return beside and not around.strip() and not (link.tail or "").strip()


def _paragraphs(element: Any) -> int:
    return sum(1 for paragraph in element.iter("p") if len("".join(paragraph.itertext())) > 80)


def remove_boxes(tree: Any, found: dict[Any, int], words: dict[Any, int]) -> None:
    """Take out of an article the boxes that lead elsewhere or want something of the reader.

    Args:
        tree: the part of the page where the article stands.
        found: how many words of each element are the article's in trafilatura's view.
        words: how many words each element has.
    """
    sizes = Sizes(tree)
    gone: list[Any] = []
    for element in sizes.elements:
        if element is tree or not sizes.text[element] or not _is_box(element, sizes):
            continue
        if KIND in element.attrib or any(KIND in child.attrib for child in element):
            continue
        # On a page of few words, the article may end in a link, as an offer does.
        most = 2 * found.get(element, 0) > found.get(tree, 0)
        if _leads_away(element, sizes, found, words) or (not most and _is_offer(element, sizes)):
            gone.append(element)
            gone += _heads(element, gone, tree)
    remove(tree, gone)


def _is_box(element: Any, sizes: Sizes) -> bool:
    if element.tag == "td":
        return sizes.share(element) >= 0.6 and not sizes.is_data(next(element.iterancestors("table"), element))
    return element.tag in _BOXES


def _heads(box: Any, gone: list[Any], tree: Any) -> list[Any]:
    """What stands over nothing but such a box: a heading, or the part that has only the box and a label before it."""
    before, after, around = box.getprevious(), box.getnext(), box.getparent()
    if (box.tail or "").strip() or not (after is None or after.tag in _HEADINGS or after in gone):
        return []
    if before is not None and before.tag in _HEADINGS - {"h1"} and not (before.tail or "").strip():
        return [before]
    label = " ".join((around.text or "").split())
    alone = before is None and after is None and around is not tree and around.tag in {"div", "section", "aside"}
    return [around] if alone and 0 < len(label) <= _MAX_LABEL and not label.endswith((".", ":")) else []


def _leads_away(element: Any, sizes: Sizes, found: dict[Any, int], words: dict[Any, int]) -> bool:
    if sizes.share(element) < 0.6 or element in sizes.main:
        return False
    if 2 * found.get(element, 0) > words.get(element, 0) or _is_introduced(element):
        return False
    # A table that names its columns has links in its cells.
    if any(sizes.is_data(table) and next(table.iter("th"), None) is not None for table in element.iter("table")):
        return False
    return element.tag != "figure" and not any(map(_is_introduced, element.iter("ul", "ol")))


def _is_introduced(listed: Any) -> bool:
    """Whether a list stands directly behind a paragraph that introduces it, or between two."""
    before, after = listed.getprevious(), listed.getnext()
    if listed.tag not in {"ul", "ol", "dl"} or before is None:
        return False
    text = (before.tail or "").strip() or ("".join(before.itertext()).strip() if before.tag == "p" else "")
    return text.endswith((":", "：")) or (
        len(text) > 20 and ((after is not None and after.tag in {"p", *_HEADINGS}) or bool((listed.tail or "").strip()))
    )


def _is_offer(element: Any, sizes: Sizes) -> bool:
    """Whether a short box among paragraphs ends in a button, a field or a line that is only a link."""
    if element.tag not in {"div", "section", "aside", "form"} or element in sizes.main:
        return False
    if sizes.text[element] > (_MAX_BOX if int(element.get(ASKS) or 0) < 2 else _MAX_DIALOG):
        return False
    if next(element.iterdescendants("table", "figure", "time", "blockquote", "pre", "address"), None) is not None:
        return False
    if element.find(".//input[@type='email']") is not None or int(element.get(ASKS) or 0) > 1:
        return True
    if CLOCK.match(" ".join(islice(element.itertext(), 10)).strip()):
        return False
    form = [child.tag for child in element]
    beside = (
        islice(element.itersiblings(element.tag), _MAX_BESIDE),
        islice(element.itersiblings(element.tag, preceding=True), _MAX_BESIDE),
    )
    if any([child.tag for child in other] == form for others in beside for other in others):
        # One of several boxes that are alike is an entry of a list.
        return False
    return _ends_in_link(element, sizes) or element in sizes.asks


def _ends_in_link(element: Any, sizes: Sizes) -> bool:
    last = element[-1] if len(element) > 1 else None
    if last is None or (last.tail or "").strip():
        return False
    link = last if last.tag == "a" else last.find(".//a")
    if link is None or link.get("href", "").startswith(("tel:", "mailto:")):
        return False
    return 0 < sizes.text[last] < _MAX_LABEL and sizes.share(last) > 0.9


def _is_discussion(element: Any, sizes: Sizes) -> bool:
    """Whether a part has entries without headings, each with a link or a button to answer it, and nothing else behind them."""
    if element.tag not in {"div", "section", "ul", "ol"} or element in sizes.main or len(element) < 2:
        return False
    last = element[-1].tag
    if last not in {"div", "li", "article", "section"}:
        return False
    entries = list(element.iterchildren(last))
    return 1 < len(entries) <= _MAX_ENTRIES and all(
        next(entry.iter(*_HEADINGS, "table", "pre"), None) is None
        and (ASKS in entry.attrib or (_ends_in_link(entry, sizes) and (entry[-1].get("href") or "#").startswith("#")))
        for entry in entries
    )


def mark_head(tree: Any) -> None:
    """Mark bylines and date lines before the first long paragraph, which say who wrote the article and when."""
    for element in tree.iter():
        long = element.tag == "p" and len("".join(element.itertext())) > _BODY
        if long or element.tag in {"h2", "h3", "td"} or (element.tag == "li" and element.find(".//time") is None):
            return
        stated = element.get("rel") == "author" or element.get("itemprop") in {
            "author",
            "datePublished",
            "dateModified",
        }
        if not stated and not (("class" in element.attrib or "id" in element.attrib) and names_of(element) & _BYLINE):
            continue
        block = element
        while block.tag in {"a", "span", "time", "b", "strong", "em", "i", "small"} and block.getparent() is not None:
            block = block.getparent()
        if (
            block is not tree
            and len("".join(block.itertext())) <= _MAX_HEAD
            and next(block.iter(*_HEADINGS), None) is None
        ):
            block.set(KIND, "furniture")
