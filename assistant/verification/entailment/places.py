"""Claim + premise -> whether the claim only exchanges two parts of the premise.

Every word of "Kim visited Putin" stands in "Putin visited Kim", and a small network hardly notices their order. Claim and premise
are aligned word by word, as `diff` aligns lines; any run of names and numbers counts as the same word. Two places that have each
other's contents are an exchange if nothing between them differs; else the claim may be a rewording.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

from assistant.understanding.followup.terms import WORD
from index.stopwords import STOP_WORDS

_JOINING = frozenset("and or met married vs versus".split())
"""Words whose two sides may be exchanged without a change of meaning: they belong to the run of names."""
_DETAIL = "#"
_MOST_WORDS = 400
"""The most words of each text, as many as a sentence in a reader's own words may have. Aligning takes quadratic time."""

Item = tuple[str, ...]
"""Words that belong together, such as those of one name."""


class _Unit(NamedTuple):
    """A word, or a run of names and numbers: the key that it is compared by, and its items."""

    key: str
    items: tuple[Item, ...]


class _Place(NamedTuple):
    """The items at one place of the alignment, in the claim and in the premise."""

    claim: tuple[Item, ...]
    premise: tuple[Item, ...]


def exchanged(claim: str, premise: str) -> bool:
    """Whether two parts have changed places, within the first 400 words of each text."""
    said, given = _units(claim), _units(premise)
    return any(_exchange(stretch) for stretch in _stretches(said, given))


def _units(text: str) -> list[_Unit]:
    units: list[_Unit] = []
    joining: list[str] = []
    end = 0
    for found in list(WORD.finditer(text))[:_MOST_WORDS]:
        word = found.group().lower().replace("’", "'").removesuffix("'s")
        together = text[end : found.start()] in (" ", "-")
        end = found.end()
        after_detail = bool(units) and units[-1].key == _DETAIL
        if _is_detail(found.group()):
            before = units.pop().items if after_detail else ()
            one_name = bool(before) and together and not joining
            items = (*before[:-1], (*before[-1], word)) if one_name else (*before, (word,))
            units.append(_Unit(_DETAIL, items))
            joining = []
        elif after_detail and (word in _JOINING if not joining else (len(joining) == 1 and word == "the")):
            joining.append(word)
        else:
            units += [_word(one) for one in (*joining, word)]
            joining = []
    return units + [_word(one) for one in joining]


def _is_detail(word: str) -> bool:
    return word[0].isdigit() or (word[0].isupper() and word.lower() not in STOP_WORDS)


def _word(word: str) -> _Unit:
    return _Unit(word, ((word,),))


def _stretches(said: Sequence[_Unit], given: Sequence[_Unit]) -> Iterator[list[_Place]]:
    """Runs of aligned places; a run ends where one text has words that the other lacks."""
    stretch: list[_Place] = []
    matcher = SequenceMatcher(None, [unit.key for unit in given], [unit.key for unit in said], autojunk=False)
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "equal":
            stretch += [_Place(a.items, b.items) for a, b in zip(said[first:last], given[start:end], strict=True)]
        elif kind == "replace":
            stretch.append(_Place(_items(said[first:last]), _items(given[start:end])))
        else:
            yield stretch
            stretch = []
    yield stretch


def _items(units: Sequence[_Unit]) -> tuple[Item, ...]:
    return tuple(item for unit in units for item in unit.items)


def _exchange(stretch: Sequence[_Place]) -> bool:
    different = [place for place in stretch if Counter(place.claim) != Counter(place.premise)]
    within = any(_mixed(place) for place in different)
    return within or any(
        _words(one.claim + other.claim) == _words(one.premise + other.premise) for one, other in pairwise(different)
    )


def _mixed(place: _Place) -> bool:
    """Whether the words of names are exchanged within a list or a name; False with a number, since dates vary in order."""
    words = _words(place.claim)
    alike = words == _words(place.premise) and len(place.claim) == len(place.premise)
    return alike and not any(word[0].isdigit() for word in words)


def _words(items: Sequence[Item]) -> Counter[str]:
    return Counter(word for item in items for word in item)
