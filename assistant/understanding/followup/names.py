"""Finds the names in a text, and which pronouns they go with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from index.stopwords import STOP_WORDS

HE = frozenset(["he", "him", "his", "himself"])
SHE = frozenset(["she", "her", "hers", "herself"])
THING = frozenset(["it", "its", "itself"])
PLURAL = frozenset(["they", "them", "their", "theirs", "themselves"])
DAYS = frozenset("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
PRONOUNS = HE | SHE | THING | PLURAL

Sort = Literal["he", "she", "person", "name", "thing", "other"]

_NAME = re.compile(
    r"\b[A-Z][\w’'-]*(?:\s+(?:of|the|and|de|van|von|al)\s+(?=[A-Z])|\s+(?=[A-Z])|[\w’'-]*)(?:[A-Z][\w’'-]*\s*)*"
)
_TITLES = (
    r"president|minister|secretary|general|king|queen|mr|mrs|ms|miss|dr|sir|lady|lord|prince|princess|pope|professor|captain"
    r"|spokes\w+|leader|chancellor|senator|judge|mayor|coach|chief|director|ambassador|commissioner|governor|author|scientist"
)
_TITLED = rf"\b(?:{_TITLES})\.?\s+(?:[\w-]+\s+){{0,2}}"
_SPEAKS = r"(?:said|says|wrote|noted|told|added|remarked|argued|explained|asked|claimed|warned|thinks|believes|scored)"
_HERS = re.compile(
    r"\b(?:mrs|ms|miss|queen|lady|princess|spokeswoman|chairwoman|actress|congresswoman)\b", re.IGNORECASE
)
_SIR = re.compile(r"\b(?:mr|sir|king|prince|pope|lord|spokesman|chairman|actor|congressman)\b", re.IGNORECASE)
_KIN_HERS = re.compile(
    r"\b(?:sister|mother|wife|daughter|aunt|grandmother|niece|girlfriend|widow|woman|girl),?\s+(?:[A-Z][\w’'-]*\s+)*$"
)
_KIN_HIS = re.compile(
    r"\b(?:brother|father|husband|son|uncle|grandfather|nephew|boyfriend|widower|man|boy),?\s+(?:[A-Z][\w’'-]*\s+)*$"
)
"""Right before a name, as in "his sister, Ada Lund"; "the brother of Ada Lund" says nothing of her."""
_THING = re.compile(
    r"\b(?:act|agency|airport|association|award|bank|bay|board|bridge|building|castle|centre|center|church|city|club|college|committee"
    r"|company|congress|council|county|court|cup|dam|day|department|district|festival|foundation|fund|games|government|group|hall"
    r"|hospital|hotel|house|institute|island|islands|lake|law|league|library|ministry|mount|mountain|museum|office|palace|park|parliament"
    r"|party|police|port|prize|project|republic|river|road|school|sea|senate|society|square|station|street|team|theatre|tower|town"
    r"|treaty|tunnel|union|united|university|valley|village|war|world)s?\b",
    re.IGNORECASE,
)
_ROLE = r"\b(?:the|an?|by|coach)\s+(?:\w+\s+){0,2}\w+(?:er|or|ist|ian|man|woman|eer|ant|ent|ess)\s+"
_FULL_NAME = re.compile(r"(?:[A-Z][\w’'.-]+\s+){1,2}[A-Z][\w’'-]+")
_NEAR = 160
"""A pronoun within so many characters after a name is likely to refer to it."""
_BEFORE = 30
_PLACED = re.compile(r"\b(?:in|to|at|from|near|into|across|over|the|of|on|around|outside)\s+$", re.IGNORECASE)
"""A preposition before a name: the name is then more likely a place or thing, or not what the sentence is about."""
_SENTENCE = re.compile(r"[.!?][”\"’']?\s+(?=[A-Z“\"])")


def names(text: str) -> list[str]:
    """The capitalised names in a text, in order, without stop words at their beginning."""
    found = []
    for match in _NAME.finditer(text):
        name = match.group().strip()
        first, _, rest = name.partition(" ")
        while first.lower() in STOP_WORDS and rest:
            first, _, rest = rest.strip().partition(" ")
        name = f"{first} {rest}".strip() if first.lower() not in STOP_WORDS else ""
        name = re.sub(r"[’']s$", "", name)
        if name:
            found.append(name)
    return found


def is_person(name: str, context: str) -> bool:
    """Whether the words around a name show a person: a title or an occupation before it, or a verb of saying beside it."""
    last = re.escape(name.split()[-1])
    full = re.escape(name)
    return bool(
        re.search(rf"{_TITLED}(?:[A-Z]\w+\s+)*{last}\b", context, re.IGNORECASE)
        or re.search(rf"\b(?:{full}|{last}),?\s+{_SPEAKS}\b", context)
        or re.search(rf"\b{_SPEAKS}\s+(?:[A-Z]\w+\s+)*{last}\b", context)
        or re.search(rf"{_ROLE}(?:[A-Z]\w+\s+)*{last}\b", context)
    )


def sort_of(name: str, contexts: Sequence[str]) -> Sort:
    """Which pronouns a name goes with, judged by its titles and the first pronoun after it in the texts that mention it.

    Without such evidence, a name of two or three words may be a person's ("name"), unless it has a word for a place or an
    organisation ("thing").

    Args:
        name: the name as it was written.
        contexts: texts, the most relevant first.
    """
    context = "\n".join(contexts)
    last = re.escape(name.split()[-1])
    he = she = 0
    for match in re.finditer(rf"(?<!\w)((?:[A-Z][\w’'-]*\s+)*){last}\b", context):
        before = context[max(match.start() - _BEFORE, 0) : match.start()]
        if _PLACED.search(before):
            continue
        called = before + match.group(1)
        following = _SENTENCE.split(context[match.end() : match.end() + _NEAR])
        pronoun = next((w for w in re.findall(r"\w+", " ".join(following[:2]).lower()) if w in HE | SHE), "")
        he += (pronoun in HE) + any(sign.search(called) is not None for sign in (_SIR, _KIN_HIS))
        she += (pronoun in SHE) + any(sign.search(called) is not None for sign in (_HERS, _KIN_HERS))
    if he != she:
        return "he" if he > she else "she"
    if he or is_person(name, context):
        return "person"
    bare = re.sub(r"^(?:The|A|An)\s+", "", name)
    if _THING.search(bare) or bare != name or re.search(rf"\bthe\s+{re.escape(bare)}\b", context):
        return "thing"
    return "name" if _FULL_NAME.fullmatch(bare) else "other"
