"""Misspelt word -> the words that it may be: the nearest ones in the library's own vocabulary.

The vocabulary is that of the full-text index, so it always fits the stored articles. A word of the question that the vocabulary
has is never changed. Distances are those of Damerau (1964), computed by rapidfuzz.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from index.library.store import Library
from index.stemming import plain, stem

_SHORTEST = 4
_LONG = 6
"""Words with at least so many letters may have two errors, shorter ones one."""
_MOST = 3
_ENDING = 6
"""A stemmer nearly always removes at most so many letters."""


class Speller:
    """Finds the nearest words in a library's vocabulary. Safe to use from several threads."""

    def __init__(self, library: Library) -> None:
        """Reads nothing yet."""
        self._library = library
        self._guard = threading.Lock()
        self._loaded: tuple[int, dict[str, int], dict[str, list[str]]] | None = None

    def nearest(self, word: str) -> list[str]:
        """Up to three stems of the vocabulary that the word may be, the likeliest first; empty if the vocabulary has it.

        Empty also for words with under four letters or with digits, since any change would make another word of them.
        """
        vocabulary, by_letter = self._vocabulary()
        wanted = stem(word)
        if wanted in vocabulary or len(word) < _SHORTEST or not word.isalpha():
            return []
        first, second = wanted[0], wanted[1:2]
        # The first letter is seldom wrong; if it is, the second one seldom is too.
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
    """The terms that are at most `most` errors away -> their distances."""
    from rapidfuzz import process
    from rapidfuzz.distance import DamerauLevenshtein

    found = process.extract(wanted, terms, scorer=DamerauLevenshtein.distance, score_cutoff=most, limit=None)
    return {term: int(distance) for term, distance, _ in found}


def _by_beginning(word: str, terms: Sequence[str]) -> dict[str, int]:
    """The terms that the word begins with, apart from an error or two -> their distances.

    This finds errors in an ending, which the stemmer then leaves on: to it, "vacuolatoin" is no form of "vacuol".
    """
    by_length: dict[int, list[str]] = {}
    for term in terms:
        if _SHORTEST < len(term) < len(word) <= len(term) + _ENDING:
            by_length.setdefault(len(term), []).append(term)
    found: dict[str, int] = {}
    for length, alike in by_length.items():
        found |= _within(word[:length], alike, 2 if length >= _LONG else 1)
    return found
