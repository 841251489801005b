"""What can be counted of a claim beside its evidence: the words that the evidence has, and signs that somebody only chats."""

from __future__ import annotations

import math

from assistant.understanding.followup.terms import WORD, content, content_words

FEATURES = ("overlap", "words missing", "numbers missing", "content words", "speaker", "question")
_SPEAKER = frozenset("i i'm im i'd i'll i've me my mine myself we us our you you're your".split())
"""An opinion or a greeting is no statement of an article, however many of its words stand there."""


def features(claim: str, evidence: str) -> tuple[float, ...]:
    """Values in the order of `FEATURES`.

    The share of the claim's content words that the evidence has; ln(1 + words that it lacks), and the share of the numbers;
    ln(1 + content words of the claim); ln(1 + words for speaker and listener that the evidence lacks); whether it asks, 0 or 1.
    """
    words, present = _words(claim), set(_words(evidence))
    missing = [word for word in words if word not in present]
    numbers = [any(letter.isdigit() for letter in word) for word in words]
    lacking = sum(any(letter.isdigit() for letter in word) for word in missing)
    return (
        overlap(claim, evidence),
        math.log1p(len(missing)),
        lacking / max(sum(numbers), 1),
        math.log1p(sum(bool(content(word)) for word in words)),
        math.log1p(sum(word in _SPEAKER for word in missing)),
        float("?" in claim),
    )


def overlap(claim: str, evidence: str) -> float:
    """Share of the stems of the claim's content words that are among those of the evidence, 0..1; 0 for a claim without any."""
    wanted = content_words(claim).keys()
    return len(wanted & content_words(evidence).keys()) / len(wanted) if wanted else 0.0


def share_a_word(claim: str, evidence: str) -> bool:
    """Whether any word stands in both."""
    return not set(_words(claim)).isdisjoint(_words(evidence))


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'").removesuffix("'s") for word in WORD.findall(text)]
