"""Claim + premise -> counted features: how many of the claim's words the premise has, and signs of mere chat."""

from __future__ import annotations

import math

from assistant.understanding.followup.terms import WORD, content, content_words

FEATURES = ("overlap", "words missing", "numbers missing", "content words", "speaker", "question")
_SPEAKER = frozenset("i i'm im i'd i'll i've me my mine myself we us our you you're your".split())
"""Words of opinions and greetings, which no article states, however many of their words stand in it."""


def features(claim: str, premise: str) -> tuple[float, ...]:
    """The features, in the order of `FEATURES`.

    The share of the claim's content words that the premise has; ln(1 + the claim's words that it lacks); the share of the
    claim's numbers that it lacks; ln(1 + content words of the claim); ln(1 + words for speaker and listener that the premise
    lacks); 1 if the claim has a question mark, else 0.
    """
    words, present = _words(claim), set(_words(premise))
    missing = [word for word in words if word not in present]
    numbers = [any(letter.isdigit() for letter in word) for word in words]
    lacking = sum(any(letter.isdigit() for letter in word) for word in missing)
    return (
        overlap(claim, premise),
        math.log1p(len(missing)),
        lacking / max(sum(numbers), 1),
        math.log1p(sum(bool(content(word)) for word in words)),
        math.log1p(sum(word in _SPEAKER for word in missing)),
        float("?" in claim),
    )


def overlap(claim: str, premise: str) -> float:
    """Share of the claim's content words whose stems the premise has, 0..1; 0 for a claim without content words."""
    wanted = content_words(claim).keys()
    return len(wanted & content_words(premise).keys()) / len(wanted) if wanted else 0.0


def share_a_word(claim: str, premise: str) -> bool:
    """Whether claim and premise have a word in common."""
    return not set(_words(claim)).isdisjoint(_words(premise))


def _words(text: str) -> list[str]:
    return [word.lower().replace("’", "'").removesuffix("'s") for word in WORD.findall(text)]
