"""Claim + evidence -> whether two parts of the evidence have changed places in the claim, all else being said alike.

Of "Kim visited Putin" every word stands in "Putin visited Kim", and a small network hardly minds their order. Claim and evidence
are aligned as `diff` aligns lines, a run of names and numbers counting as one word, whichever they are. Two places with each
other's contents are an exchange if nothing else differs between them; else it may be a rewording.
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
"""Words on whose two sides names may change places: they belong to the run of names."""
_DETAIL = "#"
_MOST_WORDS = 400
"""Of each text: as many as a sentence in a reader's own words may have. Aligning takes time in proportion to the square."""

Item = tuple[str, ...]
"""Words that nothing parts, such as those of one name."""


class _Unit(NamedTuple):
    """A word, or a run of names and numbers: what it is compared by, and what it is made of."""

    key: str
    items: tuple[Item, ...]


class _Place(NamedTuple):
    """What stands at one place of the claim, and of the evidence."""

    claim: tuple[Item, ...]
    evidence: tuple[Item, ...]


def exchanged(claim: str, evidence: str) -> bool:
    """Whether two parts have changed places; of each text the first 400 words are looked at."""
    said, given = _units(claim), _units(evidence)
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
    """The places of the claim side by side with those of the evidence, parted wherever one has more than the other."""
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
    different = [place for place in stretch if Counter(place.claim) != Counter(place.evidence)]
    within = any(_mixed(place) for place in different)
    return within or any(
        _words(one.claim + other.claim) == _words(one.evidence + other.evidence) for one, other in pairwise(different)
    )


def _mixed(place: _Place) -> bool:
    """Whether the words of names have changed places within a list, or in one name; dates may be written in any order."""
    words = _words(place.claim)
    alike = words == _words(place.evidence) and len(place.claim) == len(place.evidence)
    return alike and not any(word[0].isdigit() for word in words)


def _words(items: Sequence[Item]) -> Counter[str]:
    return Counter(word for item in items for word in item)
