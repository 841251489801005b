"""Where a page's article stands: the elements that hold what trafilatura takes for its text."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

_WORDS = re.compile(r"\w+")
_RUN = 3
"""So many words in order are taken for the same text."""

_MAX_ELEMENTS = 60_000
_MAX_CHARS = 1_000_000
_MAX_DEPTH = 256
"""trafilatura's time can be quadratic in the elements (cells of one row) and in their depth; larger pages are taken whole."""

_MOST = 0.9
"""A part with this share of the found words holds the article."""

_MIN_SHARE = 0.2
"""Less than this share of the visible words is not the article: trafilatura has taken a teaser for it ..."""

_SMALL_PAGE = 500
"""... on a page with at most so many words; larger pages may well be mostly furniture."""

_MAX_FRAME = 0.5
"""How much text, beside the article's, the element around it may have to be taken instead."""


class Located:
    """The part of a tree where the article stands.

    Attributes:
        root: the smallest element that holds nearly all of it.
        found: how many words of each element trafilatura took.
        words: how many words each element has.
    """

    def __init__(self, root: Any, found: dict[Any, int], words: dict[Any, int]) -> None:
        self.root, self.found, self.words = root, found, words


def locate(tree: Any) -> Located:
    """The part of a page where its article stands; the whole tree if none is found."""
    body = tree.find("body") if tree.tag == "html" else tree
    body = tree if body is None else body
    elements = list(islice(tree.iter(), _MAX_ELEMENTS + 1))
    runs = _found_runs(tree, elements)
    found, words = _counted(elements, runs)
    if not found.get(body) or (words[body] <= _SMALL_PAGE and found[body] < _MIN_SHARE * words[body]):
        return Located(_stated(body), found, words)
    root = body
    while (inner := next((child for child in root if found.get(child, 0) >= _MOST * found[body]), None)) is not None:
        if inner.tag in {"p", "h1", "h2", "ul", "ol", "table", "dl", "blockquote"}:
            break
        root = inner
    return Located(_framed(root, words), found, words)


def _found_runs(tree: Any, elements: list[Any]) -> set[tuple[str, ...]]:
    from copy import deepcopy

    from trafilatura import bare_extraction

    size = sum(len(element.text or "") + len(element.tail or "") for element in elements)
    if len(elements) > _MAX_ELEMENTS or size > _MAX_CHARS or _depth(elements) > _MAX_DEPTH:
        return set()
    copy = deepcopy(tree)
    for cell in copy.iter("td", "th"):
        # It would make as many cells as these say, and again for each table around them.
        for span in ("colspan", "rowspan"):
            cell.attrib.pop(span, None)
    try:
        found = bare_extraction(copy, fast=True, include_comments=False, include_images=False, with_metadata=False)
    except Exception:
        # Some kinds of broken markup break trafilatura, with many kinds of errors; the visible text can still be read.
        return set()
    if found is None or found.body is None:
        return set()
    words = [word for text in found.body.itertext() for word in _WORDS.findall(text)]
    return {tuple(words[n : n + _RUN]) for n in range(len(words))}


def _depth(elements: list[Any]) -> int:
    depths: dict[Any, int] = {}
    for element in elements:
        depths[element] = depths.get(element.getparent(), 0) + 1
    return max(depths.values())


def _counted(elements: list[Any], runs: set[tuple[str, ...]]) -> tuple[dict[Any, int], dict[Any, int]]:
    """How many words of each element were found, and how many it has."""
    found: dict[Any, int] = {}
    words: dict[Any, int] = {}
    for element in reversed(elements):
        _count(element, element.text, runs, found, words)
        parent = element.getparent()
        if parent is not None:
            _count(parent, element.tail, runs, found, words)
            found[parent] = found.get(parent, 0) + found[element]
            words[parent] = words.get(parent, 0) + words[element]
    return found, words


def _count(
    element: Any, text: str | None, runs: set[tuple[str, ...]], found: dict[Any, int], words: dict[Any, int]
) -> None:
    own = _WORDS.findall(text) if text else []
    words[element] = words.get(element, 0) + len(own)
    hits = sum(tuple(own[n : n + _RUN]) in runs for n in range(len(own) - _RUN + 1)) if runs else 0
    found[element] = found.get(element, 0) + (hits + _RUN - 1 if hits else 0)


def _stated(body: Any) -> Any:
    """The one element that the page itself calls its article or its main part; else the whole body."""
    for path in (".//article", ".//main", ".//*[@role='main']"):
        parts = body.findall(path)
        if len(parts) == 1:
            return parts[0]
    return body


def _framed(root: Any, words: dict[Any, int]) -> Any:
    """The element around the article that also holds its headline, its lead and its notes."""
    size = words[root]
    headed = next(root.iter("h1"), None) is not None
    if root.tag == "main" or (root.tag == "article" and headed):
        return root
    around = next(
        (
            e
            for e in root.iterancestors()
            if e.tag in {"article", "main"} or e.get("role") == "main" or "Article" in e.get("itemtype", "")
        ),
        None,
    )
    if around is not None and _is_frame(around, root, size, words):
        return around
    if not headed:
        for ancestor in root.iterancestors():
            if next(ancestor.iter("h1"), None) is not None:
                return ancestor if _is_frame(ancestor, root, size, words) else root
    return root


def _is_frame(around: Any, root: Any, size: int, words: dict[Any, int]) -> bool:
    articles = sum(1 for element in around.iter("article") if element is not around)
    return words.get(around, 0) - size <= max(60, _MAX_FRAME * size) and articles < 2
