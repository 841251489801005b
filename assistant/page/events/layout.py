"""How an answer is laid out in the page: its parts, lists and columns, and the fixed sentences beside its quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from assistant.core.answer import LISTED, Answer, Part
from assistant.core.draft import YesNo
from assistant.core.remarks import Remark, RemarkName
from assistant.page.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable

_BETWEEN: frozenset[RemarkName] = frozenset({"first_larger", "second_larger", "equal"})
"""They speak of two parts, so beside columns they stand below both."""


class PartView(TypedDict):
    """The next sentences of an answer, under one heading.

    `sentences` is how many; `listed`: each is an item of a list. `before` and `after` are fixed sentences around the quotes.
    """

    sentences: int
    heading: str
    listed: bool
    before: list[str]
    after: list[str]


class LayoutView(TypedDict):
    """How an answer's sentences are set.

    `verdict` is said before the first quote. `columns`: the parts stand side by side. `below` is said of all parts together.
    """

    verdict: str
    columns: bool
    parts: list[PartView]
    below: list[str]


def layout_view(answer: Answer) -> LayoutView:
    """The layout of an answer; without parts unless it is answered."""
    laid_out = answer.laid_out() if answer.sentences else []
    columns = answer.kind == "comparison" and len(laid_out) > 1
    below = [remark for part, _ in laid_out for remark in part.remarks if columns and remark.name in _BETWEEN]
    return {
        "verdict": verdict_words(answer.verdict),
        "columns": columns,
        "parts": [_part_view(part, is_listed(answer, len(said)), below) for part, said in laid_out],
        "below": _texts(below),
    }


def is_listed(answer: Answer, sentences: int) -> bool:
    """Whether so many sentences of one part of an answer are a list."""
    return answer.kind in LISTED and sentences > 1


def verdict_words(verdict: YesNo) -> str:
    """What is said before the first quote; "" for no verdict."""
    return say(f"verdict_{verdict}") if verdict else ""


def split_remarks(part: Part) -> tuple[list[Remark], list[Remark]]:
    """The remarks that stand before a part's quotes, and those behind them."""
    before = [remark for remark in part.remarks if remark.name == "others"]
    return before, [remark for remark in part.remarks if remark.name != "others"]


def _part_view(part: Part, listed: bool, below: list[Remark]) -> PartView:
    before, after = split_remarks(part)
    return {
        "sentences": part.sentences,
        "heading": part.heading,
        "listed": listed,
        "before": _texts(before),
        "after": _texts(remark for remark in after if remark not in below),
    }


def _texts(remarks: Iterable[Remark]) -> list[str]:
    return [remark.text for remark in remarks]
