"""Question + passages -> the question with misspelt words corrected, before a network reads it.

A network splits an unknown word into meaningless tokens, so one typing error can hide what is asked. Only unknown words are
changed, and only into a word of the passages that is one or two errors away (Damerau, 1964).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from index.stemming import plain, stem
from index.stopwords import STOP_WORDS

_WORD = re.compile(r"[^\W\d_]+")
_ENDING = re.compile(r"(?<=\w{4})(?:ing|ed|es|s|ly)$")
_SHORTEST = 4
_LONG = 8
"""Words with at least so many letters may have two errors, shorter ones one."""


def corrected(question: str, passages: Sequence[str]) -> str:
    """The question, each misspelt word replaced by the nearest word of the passages."""
    said = {plain(word) for text in passages for word in _WORD.findall(text) if len(word) >= _SHORTEST - 1}
    stems = {stem(word) for word in said}

    def right(match: re.Match[str]) -> str:
        word = match.group()
        lower = plain(word)
        if len(word) < _SHORTEST or lower in STOP_WORDS or stem(lower) in stems or _is_word(lower):
            return word
        return _nearest(lower, said) or word

    return _WORD.sub(right, question)


def _nearest(word: str, said: set[str]) -> str | None:
    """The word with the same first letter and the fewest errors, the longer in a tie; None if all have too many."""
    from rapidfuzz.distance import DamerauLevenshtein

    most = 2 if len(word) >= _LONG else 1
    found = []
    for other in said:
        if other[0] == word[0] and len(other) >= _SHORTEST:
            distance = DamerauLevenshtein.distance(word, other, score_cutoff=most)
            if distance <= most:
                found.append((distance, -len(other), other))
    return min(found)[2] if found else None


def _is_word(word: str) -> bool:
    """Whether the word without its ending is one of the commonest English words, or the beginning of one."""
    base = _ENDING.sub("", word)
    known = _common()
    place = bisect_left(known, base)
    return place < len(known) and known[place].startswith(base)


@lru_cache(maxsize=1)
def _common() -> tuple[str, ...]:
    """The whole words in the tokenizer's vocabulary, in order."""
    import json

    from assistant.network.weights import READER

    vocabulary = json.loads((READER / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    return tuple(sorted(word for word in vocabulary if word.isalpha()))
