"""A sentence that answers -> the words in it that are the answer, which are marked in bold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.network.readings import Words
from assistant.reading.judging import Found

_SURE_OF_WORDS = 0.2
"""Words are marked from this probability among those of their sentence on."""
_AS_LIKELY, _NEAR = 0.5, 24
"""Further words, as of a list, are marked with the likeliest if they are so likely beside them, and so few characters away."""
_WORD = re.compile(r"\w+(?:[’']\w+)*")
_NEXT_WORD, _LAST_WORD = re.compile(r"[\s–-]\w+"), re.compile(r"\S+\s*$")
_LONGEST_KEY = 40
"""A key does not grow beyond so many characters, only to be told apart."""
_POINTING = frozenset(
    "he she it they him her them his hers its their theirs i me we us you my mine our ours your yours who whom whose which what "
    "that this these those".split()
)
_HELPING = frozenset(
    "am is are was were be been do does did have has had will would can could may might must shall should not".split()
)
"""What only points at somebody who is named elsewhere is no answer, nor with these words beside it: "she", or "I did not", tells
nobody who did it."""


def answer_words(found: Found) -> str:
    """The answer's words in a sentence; empty if the network is not sure enough of them, or they only point at somebody."""
    if not found.words or found.words[0].share < _SURE_OF_WORDS:
        return ""
    start, _ = found.reading.sentences[found.number]
    first, last = _together(found.words)
    begins = max(0, first - start)  # Some tokenizers count the space before a word to it.
    return "" if only_points(found.text[begins : last - start]) else _told_apart(found.text, begins, last - start)


def only_points(words: str) -> bool:
    """Whether words only point at something that is named elsewhere. "US" and "IT" are names."""
    found = [word.replace("’", "'") for word in _WORD.findall(words)]
    pointing = [word.partition("'")[0] for word in found]
    points = [one.lower() in _POINTING and not (len(one) > 1 and one.isupper()) for one in pointing]
    helps = [word.removesuffix("n't") in _HELPING for word in found]
    return any(points) and all(one or other for one, other in zip(points, helps, strict=True))


def _told_apart(text: str, start: int, end: int) -> str:
    """The words at a place; if they stand earlier, too, with the next one, or with some before: a key is found by its words."""
    behind = _NEXT_WORD.match(text, end)
    if text.find(text[start:end]) < start and behind and text.find(text[start : behind.end()]) == start:
        return text[start : behind.end()]
    longer = start
    while text.find(text[longer:end]) < longer and (before := _LAST_WORD.search(text, 0, longer)):
        longer = before.start()
    return text[longer if end - longer <= _LONGEST_KEY else start : end]


def _together(words: Sequence[Words]) -> tuple[int, int]:
    """From the first to the last character of the likeliest words and of those that are nearly as likely and stand near by."""
    first, last = words[0].start, words[0].end
    for other in sorted(words[1:], key=lambda one: min(abs(one.start - last), abs(one.end - first))):
        near = other.start - last <= _NEAR and first - other.end <= _NEAR
        if near and other.share >= _AS_LIKELY * words[0].share:
            first, last = min(first, other.start), max(last, other.end)
    return first, last
