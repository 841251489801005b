"""What the package gives: the pieces of a web page's article, or of any HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from index.heading import byline_author, is_date_line
from index.loading.html.furniture import mark_head, remove_boxes, remove_furniture
from index.loading.html.locate import locate
from index.loading.html.metadata import read_metadata
from index.loading.html.render import render
from index.loading.html.tree import parse, remove_hidden, words
from index.loading.html.word import set_lists
from index.pieces import Loaded, Piece

_BYLINE = re.compile(r"(?:(?:written|reported|story|text|words|photos?)\s)?by:?\s+[^\s.]*[A-Z]", re.IGNORECASE)
_RULE = re.compile(r"[*_=~•·∙#⁂\s–—-]+")
_STOP = re.compile(r"(?<![ap]\.m)[.?!]$")
_BODY = 120
"""A paragraph of so many characters is body text: the head ends before it."""

_MAX_HEAD_LINE = 160
_SAME = 60
"""A paragraph of so many characters is not written twice on purpose."""

_MAX_QUOTES = 200


def read_page(markup: str) -> Loaded:
    """The article of a web page, as pieces, with what the page's metadata state about it.

    Left out is what the page's own style hides, and what stands beside the article: navigation, banners, offers, links to
    other articles. If no article can be told apart, all visible text is taken. Nothing is fetched.
    """
    tree = parse(markup)
    if tree is None:
        return Loaded()
    stated = read_metadata(tree)
    remove_hidden(tree)
    set_lists(tree)
    pieces = _pieces(tree, stated.title) or render(tree)
    return Loaded(
        pieces=tuple(_once(list(with_head(pieces)))),
        title=stated.title,
        published=stated.published,
        updated=stated.updated,
        authors=stated.authors,
        site=stated.site,
    )


def pieces_of(markup: str) -> tuple[Piece, ...]:
    """All that a reader sees of an HTML text, as pieces."""
    tree = parse(markup)
    if tree is None:
        return ()
    remove_hidden(tree)
    set_lists(tree)
    return tuple(render(tree))


def _pieces(tree: Any, title: str) -> list[Piece]:
    """The pieces of the article, its headline first even if that stands elsewhere."""
    alone = remove_furniture(tree)
    headings = list(tree.iter("h1"))
    located = locate(tree)
    root = tree if alone else located.root
    mark_head(root)
    remove_boxes(root, located.found, located.words)
    pieces = render(root)
    if len(headings) == 1 and next(root.iter("h1"), None) is None and (text := words(headings[0])) and text in title:
        pieces = [Piece("heading", text, 1), *pieces]
    return pieces


def with_head(pieces: Iterable[Piece]) -> Iterable[Piece]:
    """The pieces, with bylines and date lines before the body known as such, without drawn lines ("* * *").

    A list is part of the head only as a whole: "Date: 14 May" may be one of several facts.
    """
    in_head = True
    for (kind, _), run in groupby(pieces, lambda piece: (piece.kind, piece.group)):
        block = list(run)
        in_list = in_head and kind == "item" and all(map(_may_be_head, block))
        for piece in block:
            text = piece.text
            if kind == "paragraph" and _RULE.fullmatch(text):
                continue
            short = (kind == "paragraph" or in_list) and len(text) <= _MAX_HEAD_LINE and not _STOP.search(text)
            dated = short and in_head and is_date_line(text)
            in_head = in_head and (
                dated
                or in_list
                or not (kind in {"row", "item", "quote"} or (kind == "paragraph" and len(text) >= _BODY))
            )
            head = in_head and short and (dated or _is_byline(text))
            yield replace(piece, kind="furniture", level=0) if head else piece


def _may_be_head(piece: Piece) -> bool:
    return len(piece.text) <= _MAX_HEAD_LINE and (is_date_line(piece.text) or _is_byline(piece.text))


def _is_byline(text: str) -> bool:
    return bool(_BYLINE.match(text) or byline_author(text))


def _once(pieces: Sequence[Piece]) -> Iterable[Piece]:
    """The pieces without those that the page shows a second time, such as for smaller screens, or as a pulled-out quote."""
    prose = "\n".join(piece.text for piece in pieces if piece.kind == "paragraph")
    quotes = 0
    seen: set[str] = set()
    last: Piece | None = None
    for piece in pieces:
        again = piece.text in seen if len(piece.text) >= _SAME else piece == last and piece.kind == "heading"
        if piece.kind == "quote" and len(piece.text) >= _SAME // 2 and quotes < _MAX_QUOTES:
            quotes += 1
            again = again or piece.text.strip("“”\"'‘’«» ") in prose
        if not again:
            yield piece
        seen.add(piece.text)
        last = piece
