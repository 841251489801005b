"""The sentences of a text, and of its list items and rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.spans import Span, breaks_off, bullet_end, line_spans, trimmed

_SENTENCE_WINDOW = 8_000
"""The sentence splitter takes quadratic time on unclosed quotation marks, so it gets no more characters than this at once."""

_TITLE = re.compile(r"(?<![\w.])(?:Ms|Mx|Amb|Atty)\.$")
_SHORTENED = re.compile(
    r"(?<![\w.])(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun|(?i:vol|ch|sect|tab|app|eqs?|figs|refs|approx|est|avg|max|incl|excl|resp"
    r"|tel|ext|lbs))\.$"
)
"""Abbreviations that the sentence splitter does not know: of people, and others, which may end a sentence before a capital."""

_BRACKETS = 4
"""Brackets are closed within so many characters behind a cut if a unit in them, such as "(per l)", looked like a mark."""

_WRAPPED = 30
"""A shorter line is not wrapped prose."""


def sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Spans of the sentences of `text[start:end]`, without the white space around them, in order."""
    found: list[Span] = []
    for first, last in _line_groups(text, start, len(text) if end is None else end):
        found += _sentences_of_line(text, first, last)
    return found


def _line_groups(text: str, start: int, end: int) -> Iterator[Span]:
    """The lines, without their bullets; lines of prose that was wrapped are one."""
    together: Span | None = None
    for a, b in line_spans(text, start, end):
        begins = bullet_end(text, a, b)
        wrapped = together is not None and begins == a and _is_wrapped(text, together, (a, b))
        if together is not None and not wrapped:
            yield together
        together = (together[0], b) if together is not None and wrapped else (begins, b)
    if together is not None:
        yield together


def _is_wrapped(text: str, before: Span, line: Span) -> bool:
    """Whether a line goes on with the sentence of the line before: list items and rows do not."""
    said = text[before[0] : before[1]].rsplit("\n", 1)[-1]
    apart = "\n\n" in text[before[1] : line[0]]
    return (
        not apart and len(said) >= _WRAPPED and breaks_off(said, text[slice(*line)]) and ": " not in text[slice(*line)]
    )


def _sentences_of_line(text: str, start: int, end: int) -> list[Span]:
    import sentencex

    spans: list[Span] = []
    for window_start, window_end in _windows(text, start, end):
        position = window_start
        for sentence in sentencex.segment("en", text[window_start:window_end]):
            if span := trimmed(text, (position, position + len(sentence))):
                if spans and _goes_on(text, spans[-1], span[0]):
                    span = (spans.pop()[0], span[1])
                spans.append(span)
            position += len(sentence)
    return spans


def _goes_on(text: str, before: Span, start: int) -> bool:
    """Whether a sentence that was cut before `start` goes on: at a comma or "(g)", inside brackets, behind an abbreviation."""
    last = text[before[1] - 1]
    if text[start] in ",;" or (text[start] == "(" and (last.isalnum() or last == ",")):
        return True
    # Sentence after sentence may be joined to one, of which not all may be looked through each time.
    opened = text.rfind("(", max(before[0], before[1] - _SENTENCE_WINDOW), before[1])
    if opened >= 0 and ")" not in text[opened : before[1]] and ")" in text[start : start + _BRACKETS]:
        return True
    if last != "." or "\n" in text[before[1] : start]:
        return False
    tail = text[max(before[0], before[1] - 9) : before[1]]
    return bool(_TITLE.search(tail) or (_SHORTENED.search(tail) and not text[start].isupper()))


def _windows(text: str, start: int, end: int) -> Iterator[Span]:
    while end - start > _SENTENCE_WINDOW:
        cut = text.rfind(" ", start + _SENTENCE_WINDOW // 2, start + _SENTENCE_WINDOW)
        cut = start + _SENTENCE_WINDOW if cut < 0 else cut
        yield start, cut
        start = cut
    yield start, end
