"""Finds what a misspelt word was meant to be: the nearest words of the library's own vocabulary.

The vocabulary is that of the full-text index, so it always fits what is stored. A word of the question that stands in it
is never changed. Distance is counted as in Damerau (1964), by rapidfuzz.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from index.library.store import Library
from index.stemming import plain, stem

_SHORTEST = 4
_LONG = 6
"""From this many letters on, two may be wrong; below, one."""
_MOST = 3
_ENDING = 6
"""Letters that a stemmer takes off at the most, nearly always."""


class Speller:
    """Nearest words of a library's vocabulary. Safe to use from several threads."""

    def __init__(self, library: Library) -> None:
        """Reads nothing yet."""
        self._library = library
        self._guard = threading.Lock()
        self._loaded: tuple[int, dict[str, int], dict[str, list[str]]] | None = None

    def nearest(self, word: str) -> list[str]:
        """Stems of the vocabulary that the word may have been meant to be, the likeliest first; empty if it is one itself.

        At most three; none for a word under four letters or with digits, where a change would be another thing.
        """
        vocabulary, by_letter = self._vocabulary()
        wanted = stem(word)
        if wanted in vocabulary or len(word) < _SHORTEST or not word.isalpha():
            return []
        first, second = wanted[0], wanted[1:2]
        # The first letter is seldom wrong; where it is, the second is seldom too.
        candidates = by_letter.get(first, []) + [t for t in by_letter.get(second, []) if t[:1] != first]
        found = _within(wanted, candidates, 2 if len(word) >= _LONG else 1) or _by_beginning(plain(word), candidates)
        ranked = sorted(found, key=lambda t: (found[t], t[:1] != first, -len(t), -vocabulary[t], t))
        return [term for term in ranked if len(term) > found[term] + 1][:_MOST]

    def _vocabulary(self) -> tuple[dict[str, int], dict[str, list[str]]]:
        with self._guard, self._library.snapshot():
            generation = self._library.generation
            if self._loaded is None or self._loaded[0] != generation:
                vocabulary = self._library.vocabulary()
                by_letter: dict[str, list[str]] = {}
                for term in vocabulary:
                    if len(term) >= _SHORTEST - 1 and term.isalpha():
                        for letter in {term[0], term[1]}:
                            by_letter.setdefault(letter, []).append(term)
                self._loaded = (generation, vocabulary, by_letter)
            return self._loaded[1], self._loaded[2]


def _within(wanted: str, terms: Sequence[str], most: int) -> dict[str, int]:
    """The terms at most so many errors away, with their distance."""
    from rapidfuzz import process
    from rapidfuzz.distance import DamerauLevenshtein

    found = process.extract(wanted, terms, scorer=DamerauLevenshtein.distance, score_cutoff=most, limit=None)
    return {term: int(distance) for term, distance, _ in found}


def _by_beginning(word: str, terms: Sequence[str]) -> dict[str, int]:
    """The terms that the word begins with, but for an error or two, with their distance.

    For an error in the ending, which the stemmer then leaves on: "vacuolatoin" is no form of "vacuol" to it.
    """
    by_length: dict[int, list[str]] = {}
    for term in terms:
        if _SHORTEST < len(term) < len(word) <= len(term) + _ENDING:
            by_length.setdefault(len(term), []).append(term)
    found: dict[str, int] = {}
    for length, alike in by_length.items():
        found |= _within(word[:length], alike, 2 if length >= _LONG else 1)
    return found
