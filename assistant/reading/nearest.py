"""The sentences that may answer -> what is shown where none is trusted: of each passage the likeliest, with its neighbours."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.core.draft import Quote
from assistant.reading.judging import Found

_MOST = 3


def nearest(best_first: Sequence[Found]) -> tuple[Quote, ...]:
    """The likeliest sentence of each of the first passages, with its neighbours in the same paragraph there, nearest first.

    Args:
        best_first: the sentences that may answer, the likeliest first.
    """
    found: dict[str, Found] = {}
    for one in best_first:
        found.setdefault(one.passage.id, one)
        if len(found) == _MOST:
            break
    return tuple(_with_neighbours(one) for one in found.values())


def _with_neighbours(found: Found) -> Quote:
    window, spans = found.window, found.reading.sentences

    def beside(number: int) -> bool:
        if not 0 <= number < len(spans):
            return False
        start = spans[number][0]
        between = window.context[spans[min(number, found.number)][1] : spans[max(number, found.number)][0]]
        return window.place(start)[0] == found.passage and "\n" not in between and not window.is_silent(start)

    first, last = (found.number + step * beside(found.number + step) for step in (-1, 1))
    start, end = spans[first][0], spans[last][1]
    return Quote(found.passage, window.context[start:end], found.passage.start + window.place(start)[1])
