"""Evidence -> the numbered, fenced block of passages in a prompt, within a budget of tokens."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.article import Passage
from index.evidence import Evidence
from index.sentences import sentences

_PIECE = re.compile(r"(?P<word>[A-Z]?[a-z]+)|(?P<capitals>[A-Z]+)|\n+|[^\S\n]{2,}|\S")


@dataclass(frozen=True, slots=True)
class Block:
    """Passages as a prompt has them.

    Attributes:
        text: a line "<fence> 1", the passage, a line "<fence> 2", and so on; last a line "<fence> end".
        fence: a marker that stands in none of the prompt's other texts.
        passages: number n is `passages[n - 1]`, always whole, although the text may have only the beginning of the last one.
        tokens: tokens of `text`, by `estimate_tokens`, with one token for each letter of a fence.
    """

    text: str
    fence: str
    passages: tuple[Passage, ...]
    tokens: int


def new_fence() -> str:
    """A marker that nobody can guess: 12 hexadecimal digits."""
    return secrets.token_hex(6)


def fenced(
    evidence: Sequence[Evidence], budget: int, *, beside: Sequence[str] = (), draw: Callable[[], str] = new_fence
) -> Block:
    """A block of as many passages as fit, best first; the first that does not fit is cut at a sentence's end and is the last.

    Args:
        evidence: passages, best first.
        budget: the most tokens of the block. Which passages fit depends on it and the evidence alone, not on the draw.
        beside: the other texts of the request, in which the fence must not stand either.
        draw: gives a new marker; pass another function only if requests must be the same each time.

    Returns:
        The block; without passages if not even the first sentence of the first one fits.
    """
    fence = draw_fence([text for item in evidence for text in (item.title, item.passage.text)] + list(beside), draw)
    parts: list[str] = []
    tokens = _line_tokens(fence)
    for number, item in enumerate(evidence, start=1):
        name = " ".join(item.title.split())
        named = f"Article: {name}\n" if name else ""
        cost = _line_tokens(fence) + estimate_tokens(named) + 1
        shown = _fitting(item.passage.text, budget - tokens - cost)
        if not shown:
            break
        parts.append(f"{fence} {number}\n{named}{shown}\n")
        tokens += cost + estimate_tokens(shown)
        if shown != item.passage.text:
            break
    return Block("".join(parts) + f"{fence} end", fence, tuple(item.passage for item in evidence[: len(parts)]), tokens)


def draw_fence(texts: Sequence[str], draw: Callable[[], str] = new_fence) -> str:
    """A marker that stands in none of the texts.

    Args:
        texts: the texts to fence, and those near them.
        draw: gives letters and digits, at least one.
    """
    fence = draw()
    while any(fence in text for text in texts):
        fence += draw()
    return fence


def estimate_tokens(text: str) -> int:
    """Estimate how many tokens a text has, without any model's tokenizer; rather too many than too few.

    Counts a token for every four letters of a word (rounded up), for every two capitals, and for each digit, punctuation
    mark, line end and run of spaces; characters outside ASCII count their bytes in UTF-8, less one. Compared with cl100k_base,
    this is 1.2 times the tokens of English prose, and 0.9 to 2.1 times those of the other languages, figures, code and emoji
    in its test. Random letters, and a few scripts that tokenizers split into bytes (Ethiopic), can have up to twice as many
    tokens as estimated.
    """
    return sum(_tokens(found) for found in _PIECE.finditer(text))


def _tokens(found: re.Match[str]) -> int:
    if found["word"]:
        return (len(found["word"]) + 3) // 4
    if found["capitals"]:
        return (len(found["capitals"]) + 1) // 2
    code = ord(found[0][0])
    return 1 + (code > 0x7FF) + (code > 0xFFFF)


def _line_tokens(fence: str) -> int:
    """The most tokens of a line with the fence and a number; each hexadecimal digit may be a token."""
    return len(fence) + 4


def _fitting(text: str, budget: int) -> str:
    """The text, or as many of its first sentences as fit; empty if not even one fits."""
    if estimate_tokens(text) <= budget:
        return text
    shown = ""
    for _, end in sentences(text):
        if estimate_tokens(text[:end]) > budget:
            break
        shown = text[:end]
    return shown
