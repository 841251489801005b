"""Evidence -> the numbered, fenced block of passages that a language model is shown, within a budget of tokens."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.article import Passage
from index.evidence import Evidence
from index.passages import sentences

_PIECE = re.compile(r"(?P<word>[A-Z]?[a-z]+)|(?P<capitals>[A-Z]+)|\n+|[^\S\n]{2,}|\S")


@dataclass(frozen=True, slots=True)
class Block:
    """Passages as a language model is shown them.

    Attributes:
        text: a line "<fence> 1", the passage, a line "<fence> 2", and so on; last a line "<fence> end".
        fence: stands in nothing that is shown.
        passages: number n is `passages[n - 1]`: whole, though of the last one only a beginning may be shown.
        tokens: of `text`, by `estimate_tokens`, a fence counting a token for each letter.
    """

    text: str
    fence: str
    passages: tuple[Passage, ...]
    tokens: int


def new_fence() -> str:
    """A marker that nobody can know beforehand: 12 hexadecimal digits."""
    return secrets.token_hex(6)


def fenced(
    evidence: Sequence[Evidence], budget: int, *, beside: Sequence[str] = (), draw: Callable[[], str] = new_fence
) -> Block:
    """Show as many passages as fit, best first; the first that does not fit is cut at a sentence's end and is the last.

    Args:
        evidence: passages, best first.
        budget: the most tokens of the block. What is shown depends on it and on the evidence alone, not on the draw.
        beside: the other texts of the request, in which the fence must not stand either.
        draw: gives a new marker; another one only where requests must be the same each time.

    Returns:
        The block; without passages where not even the first sentence of the first one fits.
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
        texts: what is to be fenced, and what stands near it.
        draw: gives letters and digits, at least one.
    """
    fence = draw()
    while any(fence in text for text in texts):
        fence += draw()
    return fence


def estimate_tokens(text: str) -> int:
    """About how many tokens a text has, without the tokenizer of any model: rather too many than too few.

    A token for every four letters of a word begun, for every two capitals, for each digit, mark, line end and run of
    spaces; what is not ASCII by its bytes in UTF-8, less one. Beside cl100k_base that is 1.2 times the tokens of English
    prose, and 0.9 to 2.1 times those of the other languages, figures, code and emoji in its test. Random letters, and a few
    scripts that tokenizers cut into bytes (Ethiopic), can have up to twice as many tokens as estimated.
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
    """The most that a line with the fence and a number has: hexadecimal digits may be a token each."""
    return len(fence) + 4


def _fitting(text: str, budget: int) -> str:
    """The text, or as many of its first sentences as fit; empty if none does."""
    if estimate_tokens(text) <= budget:
        return text
    shown = ""
    for _, end in sentences(text):
        if estimate_tokens(text[:end]) > budget:
            break
        shown = text[:end]
    return shown
