"""Builds HTML from parts; every text that was not built here is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from assistant.questions.rendering.words import clean

_EMPTY = frozenset({"rect", "path", "line", "circle", "polyline"})
"""SVG elements without content."""

Attributes = Mapping[str, str | float | None]


class Markup(str):
    """HTML that is safe to put into a page unescaped."""

    __slots__ = ()


def el(tag: str, attributes: Attributes | None = None, *children: str) -> Markup:
    """An element.

    Args:
        tag: its name.
        attributes: name -> value; None = left out. Numbers are rounded to two digits.
        children: `Markup` as it is, any other text escaped.
    """
    given = "".join(f' {name}="{_value(value)}"' for name, value in (attributes or {}).items() if value is not None)
    if tag in _EMPTY:
        return Markup(f"<{tag}{given}/>")
    return Markup(f"<{tag}{given}>{join(*children)}</{tag}>")


def join(*children: str) -> Markup:
    """Elements and texts one after the other."""
    return Markup("".join(child if isinstance(child, Markup) else escape(clean(child)) for child in children))


def _value(value: str | float) -> str:
    return escape(clean(value)) if isinstance(value, str) else f"{value:.2f}".rstrip("0").rstrip(".")
