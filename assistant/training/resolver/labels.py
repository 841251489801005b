"""What a human rewrite says of a question and its history: the words it needs, and the edits that make the one of the other.

The needed words are those of QuReTeC (Voskarides et al., SIGIR 2020). The edits are like those of the hierarchical context tagger
(Jin et al., AAAI 2022): a run of the question is replaced by a span of the history, or a span is put in after one of its words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from assistant.understanding.followup.layout import Layout, Word
from assistant.understanding.followup.resolver_network import LINKS
from assistant.understanding.followup.terms import WORD, content_words

_WORD = re.compile(rf"{WORD.pattern}|[^\w\s]")
_LONGEST = 12
"""Words of a span; a longer one is none."""


@dataclass(frozen=True, slots=True)
class Insertion:
    """A span that the rewrite puts in.

    Attributes:
        after: index of the question's word it comes after; -1 = before all.
        link: index in `LINKS` of the word that leads it in.
        spans: where it stands in the history: indices of first and last word, all places of it.
    """

    after: int
    link: int
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Replacement:
    """A run of the question, words `first` to `last`, that the rewrite puts a span in the place of; spans as in `Insertion`."""

    first: int
    last: int
    spans: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Labels:
    """What is learnt of a layout.

    Attributes:
        changed: whether the rewrite adds a content word or replaces one.
        needed: for each word of the history, whether the rewrite adds it.
        insertions: spans put in.
        replacements: spans put in the place of others.
    """

    changed: bool
    needed: list[bool]
    insertions: list[Insertion] = field(default_factory=list)
    replacements: list[Replacement] = field(default_factory=list)


def label(layout: Layout, rewrite: str) -> Labels:
    """What the rewrite says of the words of the layout."""
    added = content_words(rewrite).keys() - content_words(layout.question).keys()
    labels = Labels(bool(added), [word.stem in added for word in layout.said])
    asked = [word.text.lower() for word in layout.asked]
    wanted = _WORD.findall(rewrite)
    matcher = SequenceMatcher(None, asked, [word.lower() for word in wanted], autojunk=False)
    for tag, first, last, left, right in matcher.get_opcodes():
        if tag not in {"replace", "insert"}:
            continue
        found = _span(wanted[left:right], layout.said, added)
        if found is None:
            continue
        lead, spans = found
        if tag == "replace" and not any(word.stem for word in layout.asked[first:last]):
            labels.replacements.append(Replacement(first, last - 1, spans))
        else:
            labels.insertions.append(Insertion(last - 1 if tag == "insert" else first - 1, _link(lead), spans))
    return labels


def _span(
    new: Sequence[str], said: Sequence[Word], added: set[str]
) -> tuple[list[str], tuple[tuple[int, int], ...]] | None:
    """The longest run of the new words that stands in the history and adds something, and the words that lead it in."""
    plain = [_plain(word) for word in new]
    places: dict[str, list[int]] = {}
    for n, word in enumerate(said):
        places.setdefault(_plain(word.text), []).append(n)
    best: tuple[int, int, list[tuple[int, int]]] = (0, 0, [])
    for left in range(len(plain)):
        for start in places.get(plain[left], ()):
            length = 1
            while (
                left + length < len(plain)
                and start + length < len(said)
                and length < _LONGEST
                and said[start + length].utterance == said[start].utterance
                and _plain(said[start + length].text) == plain[left + length]
            ):
                length += 1
            while length and not said[start + length - 1].stem:
                length -= 1
            span = (start, start + length - 1)
            if not any(word.stem in added for word in said[start : start + length]):
                continue
            if length > best[0]:
                best = (length, left, [span])
            elif length == best[0] and left == best[1]:
                best[2].append(span)
    return (plain[: best[1]], tuple(best[2])) if best[0] else None


def _plain(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s")


def _link(lead: Sequence[str]) -> int:
    """The last of the words that lead in that is one of `LINKS`."""
    return next((LINKS.index(word) for word in reversed(lead) if word in LINKS), 0)
