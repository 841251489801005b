"""The content words of a text, which tell what it is about, compared by their stems."""

from __future__ import annotations

import re

from index.stemming import stem
from index.stopwords import STOP_WORDS

WORD = re.compile(r"\w+(?:['’]\w+)*")


def content(word: str) -> str:
    """The stem of a content word; "" for a stop word.

    Args:
        word: one word, in upper or lower case, perhaps with 's.
    """
    plain = word.lower().replace("’", "'").removesuffix("'s")
    if plain in STOP_WORDS or not any(letter.isalnum() for letter in plain):
        return ""
    return stem(plain)


def content_words(text: str) -> dict[str, str]:
    """Stems of a text's content words, in order, each with the first word that has it."""
    found: dict[str, str] = {}
    for word in WORD.findall(text):
        if known := content(word):
            found.setdefault(known, word)
    return found
