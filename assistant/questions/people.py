"""Text -> the people it names, where it shows that they are people: they say something, bear a title, or are "he" or "she"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.stopwords import STOP_WORDS

_TITLES = frozenset(
    "president minister secretary general king queen prince princess mr mrs ms miss dr sir lord lady professor prof captain "
    "spokesman spokeswoman spokesperson leader chancellor senator judge coach director manager mayor governor chief".split()
)
_SAY = r"(?:said|says|told|wrote|noted|added|remarked|argued|explained|claimed|warned|stated|announced)"
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w’'-]+"
_NAMES = re.compile(rf"\b{_CAPITAL}(?:[ ]{_CAPITAL}|[ ](?:de|da|di|van|von|der|al|bin)[ ]{_CAPITAL}){{1,6}}")
_THE = re.compile(r"\b[Tt]he $")
_PRONOUN_CHARS = 160
"""So many characters behind a name a pronoun is likely to mean it."""
_HE_OR_SHE = re.compile(r"^[^.!?]*(?:, (?:who|whose)\b|\b(?:himself|herself)\b)|^[^.!?]*[.!?] (?:He|She)\b")
_MOST_WORDS = 4
_MOST_NAMES = 60
"""So many names are looked at: each is searched for in all of the text, and a register may have thousands."""
_OWNS = re.compile(r"[’']s$")
_OF_PLACE = re.compile(r"\b(?:in|at|near|from|to)(?: [Tt]he)? $")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a text names.

    Attributes:
        name: the full name, at least first and last, without a title.
        start: first character of the full name where it stands first.
        titled: a title stands before it.
        speaks: characters at which a verb of saying stands beside the name; empty if none does.
    """

    name: str
    start: int
    titled: bool
    speaks: tuple[int, ...]


def people_of(text: str) -> Iterator[Person]:
    """The people of a text in the order in which they are named first."""
    known: set[str] = set()
    seen: set[str] = set()
    for match in _NAMES.finditer(text):
        if match[0] in seen or len(seen) == _MOST_NAMES:
            continue
        seen.add(match[0])
        words = match[0].split()
        titled = False
        for n, word in reversed(list(enumerate(words))):
            # A name goes on behind a title, behind a word that begins a sentence, and behind whose it is.
            if word.lower() in _TITLES or word.lower() in STOP_WORDS or (n < len(words) - 1 and _OWNS.search(word)):
                titled = word.lower() in _TITLES
                words = words[n + 1 :]
                break
        start = match.end() - len(" ".join(words))
        name = _OWNS.sub("", " ".join(words))
        last = name.rpartition(" ")[2]
        if not 2 <= len(words) <= _MOST_WORDS or last in known or _THE.search(text, max(start - 4, 0), start):
            continue
        speaks = tuple(_speaking(text, name))
        referred = _HE_OR_SHE.search(text[match.end() : match.end() + _PRONOUN_CHARS])
        placed = _OF_PLACE.search(text, max(start - 10, 0), start)
        # People are called by their last name alone when they were named once; parties and schools are not.
        alone = re.search(
            rf"(?<!\w )(?<![Tt]he ){re.escape(last)}\b|\b[a-z]+ (?<!the ){re.escape(last)}\b", text[match.end() :]
        )
        if titled or speaks or (referred and alone and not placed):
            known.add(last)
            yield Person(name, start, titled, speaks)


def _speaking(text: str, name: str) -> Iterator[int]:
    """Where somebody is told to say something, under the full name or the last name alone."""
    either = rf"(?:{re.escape(name)}|{re.escape(name.split()[-1])})"
    beside = re.compile(rf"\b{either}(?:, [^,.]{{3,60}},)? {_SAY}\b|\b{_SAY} {either}\b")
    return (found.start() for found in beside.finditer(text))
