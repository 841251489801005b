"""The sentences that may answer -> all that a question for several things asks for.

A list set with bullets or numbers is given whole, item by item: what makes one of its items answer makes all of them. Elsewhere
each sentence must be likely by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.core.draft import Quote
from assistant.reading.judging import Found, shares
from index.lines import NUMBER
from index.spans import BULLET_MARK, Span, bullet_end, line_spans

_AS_LIKELY = 0.35
"""A further sentence is given if it is at least so likely beside the best."""
_LEADS = ":"
"""What a line ends with that a list follows."""


def items_of(best: Found, others: Sequence[Found] = ()) -> list[Quote]:
    """All items of the list with bullets or numbers that the best sentence stands in or leads to.

    Args:
        best: the likeliest sentence.
        others: if there are any, one of them must stand in the list, too, or lead to it.

    Returns:
        The items; none if there is no such list.
    """
    lines = _lines_of_list(best)
    if len(lines) < 2 or (others and not any(_lines_of_list(other) == lines for other in others)):
        return []
    return [_quote(best, (bullet_end(best.window.context, *line), line[1])) for line in lines]


def leads(found: Found) -> bool:
    """Whether a sentence is the line before a list with bullets or numbers, and leads to it."""
    lines = _lines_of_list(found)
    return bool(lines) and found.reading.sentences[found.number][0] < lines[0][0]


def likely(best_first: Sequence[Found], most: int, belongs: Callable[[Found], bool]) -> list[Found]:
    """The best sentence, and further ones that are nearly as likely, and likelier than that nothing answers; no question is one.

    Args:
        best_first: the sentences that may answer, at least one.
        most: so many are looked at.
        belongs: whether a sentence may stand beside the best one.
    """
    known = shares(best_first)
    least = max(_AS_LIKELY * float(known[0]), 1 - float(known.sum()))
    further = zip(known[1:most], best_first[1:most], strict=True)
    answers = (one for share, one in further if share >= least and not one.text.rstrip().endswith("?"))
    return [best_first[0], *filter(belongs, answers)]


def _lines_of_list(found: Found) -> list[Span]:
    """The lines of the list that a sentence stands in or leads to, as spans of its window; fewer than two if there is none."""
    context = found.window.context
    lines = list(line_spans(context, 0, len(context)))
    start, end = found.reading.sentences[found.number]
    at = next((n for n, (first, last) in enumerate(lines) if first <= start < last), None)
    if at is None:
        return []
    if not _is_item(context, lines[at]):
        leads = context[lines[at][0] : lines[at][1]].endswith(_LEADS) and end == lines[at][1]
        if not leads or at + 1 == len(lines) or not _is_item(context, lines[at + 1]):
            return []
        at += 1
    first, last = at, at + 1
    while first > 0 and _is_item(context, lines[first - 1]):
        first -= 1
    while last < len(lines) and _is_item(context, lines[last]):
        last += 1
    return lines[first:last]


def _is_item(context: str, line: Span) -> bool:
    return bool(BULLET_MARK.match(context, *line) or NUMBER.match(context, *line))


def _quote(best: Found, item: Span) -> Quote:
    passage, place = best.window.place(item[0])
    return Quote(passage, best.window.context[slice(*item)], passage.start + place)
