"""The parts of a language model's reply as plain frozen data, not yet proven."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_MOST_QUOTES = 10
_MOST_CHARS = 2_000
"""The most characters of a sentence or a quote; a passage has no more."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of a reply. Each run of white space is one space, in the quotes too.

    Attributes:
        text: the model's own words.
        quotes: (number of a passage in the prompt, words claimed to stand in it), at least one.
    """

    text: str
    quotes: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Rejected:
    """A sentence that can't be used as a claim.

    Attributes:
        text: the model's own words; empty if they could not be read.
        reason: why it can't be used; never in the model's own words.
    """

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that was read to its end.

    Attributes:
        sentences: its claims, in order.
        refused: the model says that the passages don't answer; there is nothing else then.
        rejected: the sentences that can't be used as claims.
    """

    sentences: tuple[Claim, ...]
    refused: bool = False
    rejected: tuple[Rejected, ...] = ()


def claim(text: str, quotes: Sequence[tuple[int, str]], passages: int) -> Claim | Rejected:
    """The sentence as a claim, or why it can't be used.

    Args:
        text: the sentence.
        quotes: passage numbers with words.
        passages: how many passages the prompt has, numbered from 1.
    """
    said = _plain(text)
    cited = tuple((number, _plain(words)) for number, words in quotes)
    if not said:
        return Rejected("", "the sentence is empty, too long or not plain text")
    if not cited:
        return Rejected(said, "no quote stands with the sentence")
    if len(cited) > _MOST_QUOTES:
        return Rejected(said, f"the sentence has more than {_MOST_QUOTES} quotes")
    if not all(1 <= number <= passages for number, _ in cited):
        return Rejected(said, "a passage that was not shown is quoted")
    if not all(words for _, words in cited):
        return Rejected(said, "a quote is empty, too long or not plain text")
    return Claim(said, cited)


def _plain(text: str) -> str:
    """The text with single spaces; empty if it is too long or has control characters or lone surrogates."""
    if len(text) > _MOST_CHARS:
        return ""
    text = " ".join(text.split())
    return "" if any(unicodedata.category(char) in {"Cc", "Cs"} for char in text) else text
