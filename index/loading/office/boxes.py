"""The reading order of boxes on a slide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Box = tuple[float, float, float, float]
"""Left, top, width, height."""


_UNITS = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "pc": 2.54 / 6, "px": 2.54 / 96}
"""Centimetres in each unit."""


def length(text: str) -> float:
    """A length with its unit, such as "2.5cm", in centimetres."""
    return float(text[:-2]) * _UNITS[text[-2:]] if text[-2:] in _UNITS else 0.0


def in_reading_order(shapes: Sequence[Any], box_of: Callable[[Any], Box]) -> list[Any]:
    """The shapes column by column where a gap runs down between them, else band by band, else from the top.

    This is the recursive XY-cut of Nagy and Seth (1984), columns first.
    """
    if len(shapes) < 2:
        return list(shapes)
    boxes = {id(shape): box_of(shape) for shape in shapes}
    columns = _cut(shapes, 0, boxes)
    parts = columns if len(columns) > 1 else _joined(_cut(shapes, 1, boxes), boxes)
    if len(parts) > 1:
        return [shape for part in parts for shape in in_reading_order(part, box_of)]
    return sorted(shapes, key=lambda shape: (boxes[id(shape)][1], boxes[id(shape)][0]))


def _joined(bands: list[list[Any]], boxes: dict[int, Box]) -> list[list[Any]]:
    """The bands, with those that follow each other and have the same columns taken together."""
    joined: list[list[Any]] = []
    for band in bands:
        count = len(_cut(band, 0, boxes))
        if joined and 1 < count == len(_cut(joined[-1] + band, 0, boxes)):
            joined[-1] += band
        else:
            joined.append(band)
    return joined


def _cut(shapes: Sequence[Any], axis: int, boxes: dict[int, Box]) -> list[list[Any]]:
    """The shapes in groups, from left (axis 0) or top (axis 1), with a gap between each two."""
    parts: list[list[Any]] = []
    end = float("-inf")
    for shape in sorted(shapes, key=lambda shape: boxes[id(shape)][axis]):
        start, size = boxes[id(shape)][axis], boxes[id(shape)][axis + 2]
        # Boxes overlap a little where their text doesn't.
        if start >= end - 0.1 * size:
            parts.append([])
        parts[-1].append(shape)
        end = max(end, start + size)
    return parts
