"""Words as the full-text index stores them: lower-cased, without diacritics, stemmed."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The word as the full-text index stores it: without diacritics, lower-cased, stemmed (Porter, 1980)."""
    return str(_stemmer().stemWord(plain(word)))


def plain(word: str) -> str:
    """The word lower-cased and without diacritics."""
    if word.isascii():
        return word.lower()
    import unicodedata

    decomposed = unicodedata.normalize("NFD", word.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


_STEMMERS = threading.local()


def _stemmer() -> Any:
    """This thread's own stemmer, since a stemmer keeps state while it works."""
    if not hasattr(_STEMMERS, "porter"):
        import snowballstemmer

        _STEMMERS.porter = snowballstemmer.stemmer("porter")
    return _STEMMERS.porter
