"""The words of a text that carry meaning."""

from __future__ import annotations

import re

from index.stemming import plain, stem
from index.stopwords import STOP_WORDS

_WORD = re.compile(r"\d[\d.,]*\d|\w+(?:[’'-]\w+)*")


def telling_words(text: str) -> tuple[str, ...]:
    """The words of a text that carry meaning: lower-cased, without diacritics, each once; parts of compounds too."""
    found: list[str] = []
    for match in _WORD.findall(text):
        word = plain(match).replace("’", "'").removesuffix("'s")
        found.append(word)
        if "-" in word:
            found += word.split("-")
    return tuple(dict.fromkeys(word for word in found if word and word not in STOP_WORDS))


def telling_stems(text: str) -> frozenset[str]:
    """The stems of the words that carry meaning."""
    return frozenset(stem(word) for word in telling_words(text))
