"""Markup -> a tree of the elements that a reader sees once the page has loaded."""

from __future__ import annotations

import re
from typing import Any

# Elements whose content is not shown as text.
_UNSEEN = frozenset(
    "applet audio base basefont canvas colgroup datalist del embed frame frameset graphic iframe link map meta noembed noframes "
    "noscript object param picture rp rt rtc s script select source strike style svg template textarea title track video".split()
)
_NOT_SHOWN = re.compile(
    r"(?<![\w-])display\s*:\s*none|(?<![\w-])visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden"
    r"|(?<![\w-])font-size\s*:\s*0(?:\.0*)?\s*(?:[a-z%]{0,3})\s*(?:[;!]|$)|(?<![\w-])clip\s*:\s*rect\(\s*[01](?:px)?[\s,]"
    r"|text-indent\s*:\s*-\d{3}|(?<![\w-])(?:left|top)\s*:\s*-\d{4}"
    r"|text-decoration(?:-line)?\s*:\s*line-through",
    re.IGNORECASE,
)
_TRANSPARENT = re.compile(r"(?<![\w-])opacity\s*:\s*0(?:\.0*)?\s*(?:[;!%]|$)", re.IGNORECASE)
_MOVING = re.compile(r"transform|transition|animation|will-change", re.IGNORECASE)
_DISPLAY = re.compile(r"(?<![\w-])(?:display\s*:\s*(?!none)|visibility\s*:\s*visible)", re.IGNORECASE)
_FOR_EARS = re.compile(
    r"(?:^|[-_])(?:sr-only|visually-?hidden|screen-?reader(?:-text|-only)?|show-for-sr)$", re.IGNORECASE
)
_MODAL = re.compile(r"modal|pop-?up|overlay|lightbox|consent|cookie|drop-?down|tooltip|menu", re.IGNORECASE)
_CSS_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_CSS_SIMPLE = re.compile(r"[a-z][a-z0-9]*|[a-z]*[.#][A-Za-z_][\w-]*", re.IGNORECASE)
_CSS_NAMES = re.compile(r"[.#][A-Za-z_][\w-]*")
_MAX_STYLE = 500_000
_GONE = "gone"
KIND = "footnote-kind"
"""An attribute that says of an element which kind its pieces are."""

ASKS = "footnote-asks"
"""An attribute of an element in which buttons stood: how many at its end."""

_NEVER_HIDDEN = frozenset({"html", "body", "main", "head"})
"""What holds the page is hidden only until a script shows it."""

_GENERIC = frozenset({"div", "span", "ul", "li", "section"})
_TABLE_ROLES = {
    "table": "table",
    "rowgroup": "tbody",
    "row": "tr",
    "cell": "td",
    "columnheader": "th",
    "rowheader": "th",
}
_MARGIN = frozenset({"sidenote", "marginnote", "margin-note"})
_MAX_BUTTON = 40
_TABS = ("aria-controls", "aria-expanded", "aria-selected")
_INLINE = frozenset({"span", "b", "em", "strong", "small", "abbr", "sup", "sub"})
_ICON = re.compile(r"icon|(?:^|\s)fa[srbl]?(?:\s|-|$)", re.IGNORECASE)


def parse(markup: str) -> Any:
    """The tree of a page, or of a part of one; None = it has no element and no text."""
    from lxml import etree, html

    # libxml2 stops at a zero byte and does not accept lone surrogates.
    data = markup.replace("\0", "").encode("utf-8", "ignore")
    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(data, parser=parser) if data.strip() else None
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        return None
    for mark in (KIND, ASKS):
        # Our own marks say what we found out; a page must not say it of itself.
        for element in tree.xpath(f"//*[@{mark}]") if tree is not None else ():
            del element.attrib[mark]
    return tree


def remove_hidden(tree: Any) -> None:
    """Take out what is never shown, and what the page's own style hides."""
    hidden = _hidden_names(tree)
    folds = {
        control.get("aria-controls")
        for control in tree.iter("a", "button", "div", "li", "span")
        if "aria-controls" in control.attrib and _opens_text(control)
    }
    for control in tree.xpath("//button | //textarea | //select | //*[@role='button']"):
        parent, after = control.getparent(), control.getnext()
        if any(name in control.attrib for name in _TABS) or control.get("role") == "tab":
            continue
        if parent is not None and (control.tag in {"textarea", "select"} or _is_button(control)):
            last = after is None or after.tag == "button"
            parent.set(ASKS, str(int(parent.get(ASKS) or 0) + last) if (parent.get(ASKS) or "0").isdecimal() else "1")
    remove(tree, [e for e in tree.iter() if e.get("id") not in folds and _is_hidden(e, hidden)])
    _set_in_order(tree)


def _set_in_order(tree: Any) -> None:
    """Give tables that are told by roles the elements of tables, and put notes in the margin behind their paragraphs."""
    for element in tree.xpath("//*[@role='table'] | //*[@role='table']//*[@role]"):
        if element.tag in _GENERIC:
            element.tag = _TABLE_ROLES.get(element.get("role", ""), element.tag)
    for note in [e for e in tree.iter("span") if not _MARGIN.isdisjoint(e.get("class", "").split())]:
        block = next(note.iterancestors("p", "li", "dd", "blockquote"), None)
        if block is not None and block.getparent() is not None and block.tag == "p":
            before, around, tail = note.getprevious(), note.getparent(), note.tail or ""
            if before is None:
                around.text = (around.text or "") + tail
            else:
                before.tail = (before.tail or "") + tail
            note.tail, note.tag = None, "footer"
            block.addnext(note)


def remove(tree: Any, elements: list[Any]) -> None:
    """Take the elements out of their tree; the texts behind them stay."""
    from lxml import etree

    for element in elements:
        if element is not tree:
            element.tag = _GONE
    # One pass in C: removing them one by one joins the texts behind them again and again.
    etree.strip_elements(tree, _GONE, with_tail=False)


def words(element: Any) -> str:
    """The text of an element in one line."""
    return " ".join("".join(element.itertext()).split())


def _is_hidden(element: Any, hidden: frozenset[str]) -> bool:
    tag = element.tag
    attributes = element.attrib
    if tag in _NEVER_HIDDEN:
        return False
    if tag in _UNSEEN:
        return tag != "template" or "shadowrootmode" not in attributes
    if not attributes:
        return tag in hidden or tag == "dialog" or _is_button(element)
    if (tag == "dialog" and "open" not in attributes) or _is_button(element):
        return True
    if attributes.get("role") == "tabpanel":
        return False
    if "hidden" in attributes and attributes["hidden"].strip().lower() != "until-found":
        return True
    if attributes.get("aria-hidden", "").strip().lower() == "true" and not _is_for_eyes(element):
        return True
    style = attributes.get("style", "")[:2000]
    if style and _hides(style):
        # A formula is often hidden beside its picture; its text is the better one.
        return element.find(".//math") is None
    classes = attributes.get("class", "").split()
    if any(map(_FOR_EARS.search, classes)) or (
        "d-none" in classes and not any(c.startswith("d-") and c != "d-none" for c in classes)
    ):
        return element.find(".//math") is None
    return bool(hidden) and _is_named(element, classes, hidden)


def _is_named(element: Any, classes: list[str], hidden: frozenset[str]) -> bool:
    names = [element.tag, *(f".{name}" for name in classes)]
    if element.get("id"):
        names.append(f"#{element.get('id')}")
    return any(name in hidden or element.tag + name in hidden for name in names)


def _opens_text(control: Any) -> bool:
    """Whether a control is the heading of a fold or of a tab, whose text the reader may open."""
    if control.get("role") == "tab":
        return True
    return "aria-expanded" in control.attrib and not _is_control(control) and control.tag in {"a", "button"}


def _is_button(element: Any) -> bool:
    if element.tag == "button":
        return _is_control(element)
    if element.get("role") != "button" or sum(map(len, element.itertext())) > _MAX_BUTTON:
        return False
    # A word of a sentence may be one, that tells its meaning.
    before = element.getprevious()
    text = (element.getparent().text if before is None else before.tail) if element.getparent() is not None else ""
    return not (text or "").strip() and not (element.tail or "").strip() and _is_control(element)


def _is_control(button: Any) -> bool:
    """Whether a button is to be pressed; one that is the heading of a fold is text too."""
    panel = button.getnext()
    if "aria-expanded" in button.attrib and panel is not None and panel.tag in {"div", "section", "p", "dd"}:
        return next(button.iterancestors("nav", "header"), None) is not None or panel.find(".//li") is not None
    return next(button.iterancestors("h1", "h2", "h3", "h4", "h5", "h6", "summary", "dt", "legend"), None) is None


def _is_for_eyes(element: Any) -> bool:
    """Whether an element that screen readers leave out is a shown text, rather than an icon, a closed dialog or a copy."""
    if element.tag not in _INLINE or _ICON.search(element.get("class", "")):
        return False
    before = element.getprevious()
    return before is None or before.find(".//math") is None


def _hides(style: str) -> bool:
    # What starts transparent and moves is faded in by a script.
    return bool(_NOT_SHOWN.search(style)) or (bool(_TRANSPARENT.search(style)) and not _MOVING.search(style))


def _hidden_names(tree: Any) -> frozenset[str]:
    """Elements, classes and ids that the page's own style sheets hide, by rules outside "@media" for simple selectors.

    What another rule shows again, such as ".panel.open", is a panel that the reader opens, unless its name is a dialog's.
    """
    names: set[str] = set()
    opened: set[str] = set()
    for style in tree.iter("style"):
        sheet = _without_comments((style.text or "")[:_MAX_STYLE])
        for selectors, rules in _CSS_RULE.findall(_without_at_rules(sheet)):
            listed = [selector.strip() for selector in selectors.split(",")]
            if _NOT_SHOWN.search(rules):
                names.update(name for name in listed if _CSS_SIMPLE.fullmatch(name))
            elif _DISPLAY.search(rules):
                opened.update(
                    name for selector in listed if selector for name in _CSS_NAMES.findall(selector.split()[-1])
                )
    return frozenset(name for name in names if not any(part in opened for part in _parts(name)) or _MODAL.search(name))


def _parts(name: str) -> list[str]:
    return _CSS_NAMES.findall(name) or [name]


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
