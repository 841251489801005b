"""Text -> the people whom its sentences name, as far as the text itself shows that a name is a person's.

There is no list of names: "Ann Lee" is a person if the text calls her "Ms Lee", "Lee" or "the mayor, Ann Lee", gives her age, or
has her say something. A lone word is known only by a full name or a title elsewhere: a town that "says" something is nobody.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.reading.saying import AGENT, BLOT, HELPING, SAYS
from index.stopwords import STOP_WORDS

Gender = Literal["he", "she"]

_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_OWNED = re.compile(r"[’']s?$")
_TITLES: dict[str, Gender | None] = {
    "mr": "he", "mrs": "she", "ms": "she", "miss": "she", "sir": "he", "dame": "she", "lord": "he", "lady": "she", "king": "he",
    "queen": "she", "prince": "he", "princess": "she", "dr": None, "prof": None, "professor": None,
}  # fmt: skip
_LITTLE = frozenset("de da di del della du van von der den ten ter la le el al bin ben ibn y".split())
"""Small words inside a name."""
_MOST_WORDS = 5

_AGED = re.compile(r",? (?:\(\d{1,3}\)|aged \d)|, \d{1,3}[,.;]")
_WHO = re.compile(r",? (?:who|whose)\b")
_SET_APART = re.compile(r"[,.;:)]")
_WITH_TRADE = re.compile(rf", (?:the|a|an|its|his|her|their|now|then)(?: [\w-]+){{0,4}}? {AGENT.pattern}")
_PLACED = re.compile(r"\b(?:in|at|from|to|near|of|on|over)(?: the)? \Z")
_ASIDE = rf"(?:,[^,;:.!?{BLOT}]{{1,80}},|(?: (?:of|from|at)(?: [\w’'-]+){{1,6}}))?"
_THEN_SAYS = re.compile(rf"{_ASIDE}{HELPING} {SAYS}")
_SAYS_BEFORE = re.compile(rf"(?:{BLOT}|[,;:?!]) ?(?:\w+ly )?{SAYS} (?P<office>(?:[^,;:.!?{BLOT}]{{0,60}},? )?)\Z")

_PRONOUN = re.compile(r"\b(?:(?P<he>he)|(?P<she>she)|(?P<his>his|him|himself)|(?P<her>hers?|herself))\b", re.IGNORECASE)
_SURE = 100
"""A title outweighs all pronouns."""


@dataclass(frozen=True, slots=True)
class Name:
    """Capital words of a sentence that belong together.

    Attributes:
        start: first character of the first.
        end: one past the last, without 's.
        words: the words, without 's.
        owns: whether 's follows.
    """

    start: int
    end: int
    words: tuple[str, ...]
    owns: bool = False

    @property
    def last(self) -> str:
        """The last word, by which a person is known."""
        return self.words[-1]

    @property
    def title(self) -> str:
        """The title it begins with, lower-cased; empty if there is none."""
        first = self.words[0].lower()
        return first if first in _TITLES and len(self.words) > 1 else ""

    @property
    def full(self) -> bool:
        """Whether it may be somebody's first and last name."""
        return 1 < len(self.words) <= _MOST_WORDS


class People:
    """The people of a text, each known by the last word of the name."""

    def __init__(self, sentences: Sequence[str]) -> None:
        """Takes the sentences of the text, in order, with what is quoted in them blotted out."""
        self._inner: set[str] = set()
        self._small = {word for word in _WORD.findall("\n".join(sentences)) if not word[0].isupper()}
        rows = [list(self.names(sentence)) for sentence in sentences]
        self._inner = {name.last for row in rows for name in row if name.start > 0}
        self._known = set(_people(sentences, rows)) - self._small
        self._genders: dict[str, Counter[str]] = {}
        for sentence, following in zip(sentences, [*sentences[1:], ""], strict=True):
            self._learn(sentence, following)

    def named(self, sentence: str) -> list[Name]:
        """The people whom a sentence names, in order, each once."""
        found: dict[str, Name] = {}
        for name in self.names(sentence):
            # "Lee's sister and Lee" names Lee.
            if self.knows(name) and (name.last not in found or found[name.last].owns):
                found[name.last] = name
        return sorted(found.values(), key=lambda name: name.start)

    def perhaps(self, sentence: str) -> list[Name]:
        """Names of which the text doesn't show what they are: people, towns or firms. Full ones, and what begins the sentence."""
        unknown = (name for name in self.names(sentence) if not self.knows(name))
        found = (
            name for name in unknown if name.full or (name.start == 0 and name.last in self._inner and not name.owns)
        )
        return [name for name in found if not _PLACED.search(sentence[: name.start])]

    def names_any(self, sentence: str) -> bool:
        """Whether a sentence has a name of whatever; its first word is one only if the text has it inside of a sentence, too."""
        return any(
            name.start > 0 or name.full or name.last in self._inner or self.knows(name) for name in self.names(sentence)
        )

    def knows(self, name: Name) -> bool:
        """Whether the text shows that a name is a person's."""
        return name.last in self._known

    def may_be(self, name: Name, gender: Gender) -> bool:
        """Whether somebody may be meant by "he", or by "she", as far as the text tells."""
        votes = self._genders.get(name.last, Counter())
        return votes[gender] >= votes["she" if gender == "he" else "he"]

    def is_not(self, name: Name, gender: Gender) -> bool:
        """Whether a title tells that somebody is not meant by "he", or by "she"."""
        votes = self._genders.get(name.last, Counter())
        return votes["she" if gender == "he" else "he"] - votes[gender] >= _SURE

    def names(self, sentence: str) -> Iterator[Name]:
        """All names of a sentence, in order."""
        words = list(_WORD.finditer(sentence))
        row: list[re.Match[str]] = []
        for n, word in enumerate(words):
            following = words[n + 1][0] if n + 1 < len(words) else ""
            inside = bool(row) and _joins(sentence[row[-1].end() : word.start()], row[-1][0])
            little = inside and word[0].lower() in _LITTLE and following[:1].isupper()
            if row and not inside:
                yield from self._name(row)
                row = []
            if word[0][0].isupper() or little:
                row.append(word)
            elif row:
                yield from self._name(row)
                row = []
        if row:
            yield from self._name(row)

    def _name(self, row: Sequence[re.Match[str]]) -> Iterator[Name]:
        words = [_OWNED.sub("", match[0]) for match in row]
        # What only begins a sentence is no name: it stands elsewhere in small letters.
        first = int(len(row) > 1 and (words[0].lower() in STOP_WORDS or words[0].lower() in self._small))
        if words[first].lower() in STOP_WORDS or words[-1].lower() in STOP_WORDS:
            return
        for n in range(first, len(row)):
            owns = words[n] != row[n][0]
            if owns or n == len(row) - 1:  # "Lund's Ann Lee" are two.
                yield Name(row[first].start(), row[n].start() + len(words[n]), tuple(words[first : n + 1]), owns)
                first = n + 1

    def _learn(self, sentence: str, following: str) -> None:
        """Learn from titles who is a man and who a woman, and from the pronouns behind somebody who is named alone."""
        people = [name for name in self.names(sentence) if self.knows(name)]
        for name in people:
            if gender := _TITLES.get(name.title):
                self._votes(name)[gender] += _SURE
        if len({name.last for name in people}) != 1:
            return
        votes = self._votes(people[0])
        votes.update(_pronouns(sentence[people[0].end :]))
        if not any(map(self.knows, self.names(following))) and (opening := _PRONOUN.match(following)):
            votes.update(_pronouns(opening[0]))

    def _votes(self, name: Name) -> Counter[str]:
        return self._genders.setdefault(name.last, Counter())


def says(sentence: str, name: Name) -> bool:
    """Whether somebody says something in a blotted sentence: "Ann Lee, the mayor, said", "…, said the mayor, Ann Lee"."""
    if name.owns:
        return False
    if _THEN_SAYS.match(sentence, name.end):
        return True
    before = _SAYS_BEFORE.search(sentence[: name.start])
    # In "said Ann Lee of the Lund Museum" it is not the museum who says it; in "said Lund's mayor, Ann Lee" it is not Lund.
    return before is not None and not any(
        word[0].isupper() and not _OWNED.search(word) for word in _WORD.findall(before["office"])
    )


def contradicts(sentence: str, name: Name, gender: Gender) -> bool:
    """Whether the pronouns around a name are somebody else's: in "Lee signed, and he" Lee is no "she", nor in "She met Lee"."""
    votes = Counter(match.lastgroup for match in _PRONOUN.finditer(sentence, name.end))
    other = votes["she" if gender == "he" else "he"] > 0 and not votes[gender]
    return other or any(gender in _pronouns(match[0]) for match in _PRONOUN.finditer(sentence, 0, name.start))


def _joins(between: str, before: str) -> bool:
    """Whether a capital word goes on with the name before it."""
    return between == " " or (between == ". " and (before.lower() in _TITLES or len(before) == 1))


def _pronouns(text: str) -> Counter[str]:
    """Votes for "he" and "she"; those of "him" and "her", who are more often others, count half."""
    found: Counter[str] = Counter()
    for match in _PRONOUN.finditer(text):
        found["he" if match["he"] or match["his"] else "she"] += 2 if match["he"] or match["she"] else 1
    return found


def _people(sentences: Sequence[str], rows: Sequence[Sequence[Name]]) -> Iterator[str]:
    """The last words of names that the text shows to be people's."""
    alone = {name.last for row in rows for name in row if len(name.words) == 1}
    for sentence, row in zip(sentences, rows, strict=True):
        for name in row:
            if name.title or (name.full and (name.last in alone or _is_presented(sentence, name))):
                yield name.last


def _is_presented(sentence: str, name: Name) -> bool:
    """Whether a sentence tells who somebody is: "the mayor, Ann Lee,", "mayor Ann Lee", "Ann Lee, 39," or "Ann Lee, who"."""
    before = list(_WORD.finditer(sentence, 0, name.start))[-1:]
    if before and AGENT.fullmatch(before[0][0]) and before[0][0] not in STOP_WORDS:
        between = sentence[before[0].end() : name.start]
        if between == " " or (between == ", " and _SET_APART.match(sentence, name.end)):
            return True
    if sentence[: name.start].endswith((" of ", " of the ")):
        return False
    behind = any(pattern.match(sentence, name.end) for pattern in (_AGED, _WHO, _WITH_TRADE))
    return behind or says(sentence, name)
