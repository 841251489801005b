"""Variations of what people asked: other names in the same talk, and other words left out of the same rewrite.

There are few conversations to learn from, and a network that is told twice of the same person learns the person's name instead of
where it stood.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from assistant.training.resolver.examples import Example
from assistant.training.resolver.made import shortened
from assistant.understanding.followup.layout import Utterance
from assistant.understanding.followup.terms import WORD, content


def renamed(examples: Sequence[Example], rng: random.Random) -> Iterator[Example]:
    """The examples that have a title, each with another example's title in its place wherever its words are said ("renamed")."""
    by_length: dict[int, list[list[str]]] = defaultdict(list)
    for title in dict.fromkeys(_title(example) for example in examples):
        by_length[len(_names(title))].append(_names(title))
    for example in examples:
        old = _names(_title(example))
        others = [names for names in by_length[len(old)] if not set(names) & set(old)]
        if old and others:
            yield _with_names(example, dict(zip(old, rng.choice(others), strict=True)))


def again(examples: Sequence[Example], rng: random.Random) -> Iterator[Example]:
    """The rewrites of the examples, each shortened in another way than people did ("again")."""
    for example in examples:
        told = " ".join(piece.text for piece in example.history)
        question = shortened(example.rewrite, told, told, rng)
        if question and question != example.question:
            yield replace(example, kind="again", question=question)


def _title(example: Example) -> str:
    first = example.history[0] if example.history else Utterance("user", "")
    return re.sub(r"\s*\(.*", "", first.text) if first.role == "topic" else ""


def _names(title: str) -> list[str]:
    return [word.lower() for word in WORD.findall(title) if content(word)]


def _with_names(example: Example, names: dict[str, str]) -> Example:
    """An example with each of some words replaced by another, in capitals where it was."""
    swap = _swapper(names)
    history = tuple(Utterance(piece.role, swap(piece.text)) for piece in example.history)
    return Example("renamed", history, swap(example.question), swap(example.rewrite))


def _swapper(names: dict[str, str]) -> Callable[[str], str]:
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b", re.IGNORECASE)

    def swap(text: str) -> str:
        return pattern.sub(
            lambda m: names[m.group().lower()].capitalize() if m.group()[:1].isupper() else names[m.group().lower()],
            text,
        )

    return swap
