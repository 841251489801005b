"""The text of an interview or of minutes -> the name that begins a paragraph and says who speaks in it, as in "Lee: We agree"."""

from __future__ import annotations

import re
from collections import Counter

from index.spans import Span
from index.stopwords import STOP_WORDS

_LABEL = re.compile(r"^(?P<name>[^\W\d_][^\n:.!?,;]{1,58}[^\W_])(?P<colon>:)\s", re.MULTILINE)
_LINE = re.compile(r"^.*\S", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]+")
_AGAIN = 2
"""Each of two speakers speaks so often at least."""
_SHARE = 0.25
"""So many of the lines begin with a name at least; else what stands before colons may be anything."""


def label_of(text: str, place: int) -> Span | None:
    """Where the name stands that begins the line of a place, if it says who speaks there.

    Args:
        text: of an article.
        place: a character of it, behind the name.
    """
    found = _LABEL.match(text, text.rfind("\n", 0, place) + 1)
    if found is None or place < found.end():
        return None
    speakers = _speakers(text)
    return (found.start("name"), found.end("colon")) if found["name"] in speakers else None


def _speakers(text: str) -> frozenset[str]:
    """The names before paragraphs, if the text is the words of at least two who take turns."""
    times = Counter(found["name"] for found in _LABEL.finditer(text))
    small = set(_WORD.findall(text))
    taking_turns = {name: n for name, n in times.items() if n >= _AGAIN and _is_name(name, small)}
    lines = sum(1 for _ in _LINE.finditer(text))
    spoken = sum(taking_turns.values()) >= _SHARE * lines
    return frozenset(taking_turns) if len(taking_turns) > 1 and spoken else frozenset()


def _is_name(label: str, words: set[str]) -> bool:
    """Whether it may name somebody: its last word has a capital, and stands nowhere in small letters, as in "Price:"."""
    last = _WORD.findall(label)[-1]
    return last[0].isupper() and last.lower() not in STOP_WORDS and last.lower() not in words
