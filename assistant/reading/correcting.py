"""Misspelt words of a question, put right by the passages that it is asked of, before a network reads it.

A network cuts a word that it does not know into meaningless pieces, so one slip can hide what is asked. Only a word that is
none is changed, and only into one of the passages that is an error or two away (Damerau, 1964).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from index.stemming import plain, stem
from index.stopwords import STOP_WORDS

_WORD = re.compile(r"[^\W\d_]+")
_ENDING = re.compile(r"(?<=\w{4})(?:ing|ed|es|s|ly)$")
_SHORTEST = 4
_LONG = 8
"""From this many letters on, two may be wrong; below, one."""


def corrected(question: str, passages: Sequence[str]) -> str:
    """The question, each misspelt word replaced by the nearest one of the passages."""
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
    """The word with the same first letter that is fewest errors away, the longer in a tie."""
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
    """Whether it is, but for its ending, one of the commonest words of English or begins one of them."""
    base = _ENDING.sub("", word)
    return any(known.startswith(base) for known in _common())


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """The whole words in the tokenizer's vocabulary."""
    import json

    from assistant.network.span_network import BUILT_IN

    vocabulary = json.loads((BUILT_IN / "tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    return frozenset(word for word in vocabulary if word.isalpha())
