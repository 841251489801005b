"""Sentence + texts -> the first name of the sentence that stands in none of the texts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.verification.details.dates import is_calendar
from assistant.verification.details.numbers import numbers
from index.stemming import plain, stem
from index.stopwords import STOP_WORDS

_WORD = re.compile(r"(?<!\w)(?:[^\W\d_]\.)+[^\W\d_](?!\w)\.?|[^\W_]+(?:['’&-][^\W_]+)*")
_OWNED = re.compile(r"['’]s?\Z", re.IGNORECASE)
_OPENING = re.compile(r"(?:\A|[.!?:;…—–]\s*|[\"“„«‘(\[])[\W_]*\Z")
"""Text before a word that opens a sentence or a quotation, so that its capital need not mean a name."""
_SHORTENED = re.compile(
    r"(?<!\w)(?:\w|dr|mr|mrs|ms|st|gen|sen|rep|gov|prof|sgt|lt|col|capt|jr|sr|mt|no|vs)\.\s\Z", re.IGNORECASE
)
_NEAR = 12
"""So many characters before a word show whether it opens a sentence."""
_POLITE = frozenset("mr mrs ms miss".split())
_SPELT_OUT = {"us": "united states", "uk": "united kingdom", "un": "united nations", "eu": "european union"}
_PEOPLES = frozenset("an ian ese i ish y".split())
"""Endings that make a people's name from a country's; Koreans and Russians only add an n."""
_SHORTEST = 4
"""The least letters of a name before such an ending."""
_LITTLE = frozenset("of the and for de la du des and und y".split())
"""Words of a name that its acronym leaves out."""
_OPENERS = frozenset(
    """
    according afterwards almost along alongside already although always amid among another anyone apart around article aside
    authorities back based behind besides beyond certain children common compared contrary current currently despite different
    due earlier either even eventually every everybody everyone everything evidence experts far few full half heavy hence high
    home however human important including indeed inside instead key large last late later light like local long low lower
    major many maybe meanwhile men modern moreover much music near neither never nevertheless next nobody none nothing notable
    now nowadays often older otherwise outside overall part people perhaps plus police principal prior rather recent reports
    research season set several short similar similarly since someone something sometimes soon sources state still such then
    thereafter therefore though throughout thus time today together tomorrow tonight total toward unless unlike upon usually
    via water well whenever whereas wherever whilst within without women yesterday yet young younger

    der die das dem den ein eine es er sie ihr wir ich nach seit bei mit für von aus auf zu und aber
    le la les un une des il elle ils elles ce cette cet ces en dans pour avec selon depuis après mais et
    el los las una unos unas en con por según desde tras pero lo gli uno dei nel nella dal per secondo dopo ma
    os um uma em no na com segundo desde mas het een zij hij deze dit dat met sinds volgens maar
    """.split()
)
"""Words that often begin a sentence and are neither names nor stop words; for other languages only the commonest ones."""
_COMMON = tuple(
    "ers ors ists ies ions ents ants ials ings ly ing ed tion sion ment ness ity ism al ic ive ous able".split()
)
"""Endings that names seldom have."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text.

    Attributes:
        text: the word as it is written, without 's.
        opens: whether it opens a sentence or a quotation.
        owns: whether 's followed it.
    """

    text: str
    opens: bool
    owns: bool

    @property
    def key(self) -> str:
        """The form in which words are compared: U.S. = US, O'Neill = o’neill."""
        return plain(re.sub(r"[.'’]", "", self.text))

    @property
    def pieces(self) -> list[str]:
        """The parts that a hyphen or an & joins."""
        return re.split("[&-]", self.text)

    @property
    def capital(self) -> bool:
        """Whether it has a capital letter."""
        return _capital(self.text)


class Names:
    """Looks for the names of a sentence in some texts."""

    def __init__(self, texts: Sequence[str], around: Sequence[str] = ()) -> None:
        """Takes the texts that prove names, and others that only help to tell names from other words at a sentence's start."""
        rows = [_words(text) for text in texts]
        self._keys = {word.key for row in rows for word in row}
        self._keys |= {plain(piece) for row in rows for word in row for piece in word.pieces}
        self._initials = [_initials(row) for row in rows]
        self._around = [*texts, *around]

    def missing(self, sentence: str) -> str:
        """The first name of the sentence that stands in none of the texts; empty if there is none."""
        row = _words(sentence)
        spelt = self._spelt_out(row)
        for n, word in enumerate(row):
            if not word.capital or n in spelt or _ordinary(word) or self._has(word):
                continue
            if not word.opens or self._is_name(word, row[n + 1 : n + 2]):
                return word.text
        return ""

    def _has(self, word: Word) -> bool:
        if word.key in self._keys or (word.text.isupper() and any(word.key in row for row in self._initials)):
            return True
        names = [plain(piece) for piece in word.pieces if _capital(piece)]
        return all(name in self._keys or any(_same_country(name, key) for key in self._keys) for name in names)

    def _spelt_out(self, row: Sequence[Word]) -> set[int]:
        """Indexes of the words that spell out an acronym of the texts."""
        pairs = {meant for acronym, meant in _SPELT_OUT.items() if acronym in self._keys}
        found = [n for n in range(len(row) - 1) if pairs and f"{row[n].key} {row[n + 1].key}" in pairs]
        return {place for n in found for place in (n, n + 1)}

    def _is_name(self, word: Word, following: Sequence[Word]) -> bool:
        """Whether a sentence's first word, which no text proves, is probably a name."""
        small = word.text.lower()
        if _capital(word.text[1:]):
            return True
        if small in _OPENERS or numbers(small) or any(_stands(small, text) for text in self._around):
            return False
        if word.owns or any(after.capital and not after.opens for after in following):
            return True
        if any(_stands(word.text, text, before=r"(?<=[^\W\d_]\s)") for text in self._around):
            return True
        return not small.endswith(_COMMON) and stem(small) not in {stem(key) for key in self._keys}


def _words(text: str) -> list[Word]:
    found = []
    for match in _WORD.finditer(text):
        word = _OWNED.sub("", match.group())
        around = (max(match.start() - _NEAR, 0), match.start())
        opens = bool(_OPENING.search(text, *around)) and not _SHORTENED.search(text, *around)
        found.append(Word(word, opens, word != match.group()))
    return found


def _capital(text: str) -> bool:
    return any(letter.isupper() or letter.istitle() for letter in text)


def _ordinary(word: Word) -> bool:
    """Whether a word is never a name; months and weekdays count as dates."""
    plainly = word.text.lower().replace("’", "'")
    acronym = word.text.isupper() and len(word.text) > 1  # US and WHO are no "us" and "who".
    return (plainly in STOP_WORDS and not acronym) or plainly in _POLITE or is_calendar(word.text)


def _initials(row: Sequence[Word]) -> str:
    """First letters of the capitalised words, with spaces between different names."""
    letters = "".join(plain(w.text[0]) if w.capital else "" if w.key in _LITTLE else " " for w in row)
    # One letter makes no acronym.
    return " ".join(run for run in letters.split() if len(run) > 1)


def _same_country(one: str, other: str) -> bool:
    """Whether two words differ only as Korea, Korean and Koreans do."""
    if one[:_SHORTEST] != other[:_SHORTEST]:
        return False
    short, long = sorted((one.removesuffix("s"), other.removesuffix("s")), key=len)
    if len(short) < _SHORTEST or short == long:
        return short == long
    if long.startswith(short):
        rest = long[len(short) :]
        return rest in _PEOPLES or (rest == "n" and short.endswith("a"))
    return (
        len(short) > _SHORTEST
        and short[-1] in "aeoy"
        and long.startswith(short[:-1])
        and long[len(short) - 1 :] in _PEOPLES
    )


def _stands(word: str, text: str, before: str = r"(?<!\w)") -> bool:
    return bool(re.search(rf"{before}{re.escape(word)}(?!\w)", text))
