"""A sentence -> one that says the same, or a part of it, in another order or in other words.

It moves words as `falsifying` does, so that a moved word tells nothing by itself. Rules of thumb, no grammar: of 60 results that
were read 2 said something else and 5 were no whole sentences.
"""

from __future__ import annotations

import re
from random import Random

from assistant.training.entailment.falsifying import Change
from assistant.training.entailment.wordlists import ACTIVE, PASSIVE, SYNONYMS

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_WHEN = (
    r"(?:In|On|By|During|Since|Until|After|Before|At) (?:the )?(?:(?:early|late|mid-?) ?)?(?:\w+ ){0,3}"
    rf"(?:\d{{4}}s?|\d+|{_MONTHS}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|century|war|War|year|season|night|morning)"
)
_WHEN_FIRST = re.compile(rf"({_WHEN}), ([^;:]+)\.")
_WHERE_FIRST = re.compile(r"((?:In|At|On|Near) (?:the )?[A-Z]\w+(?: [A-Z]\w+)*), ([^;:]+)\.")
_WHEN_LAST = re.compile(rf"([A-Z][^,;:]+) ((?i:{_WHEN}))\.")

_ASIDE = re.compile(
    r", (?:which|who|whose|where|whom|an?|the|also|including|such as|formerly|now|then) [^,;:]+,(?= (?!and|or)[a-z])"
    r"|,? ?\([^()]*\)|-LRB-.*?-RRB- ?"
)
_END = re.compile(
    r",? (?:which|who|where|whose|while|although|though|because|and|but|as well as|including|such as|after|when|with)"
    r" [^.;:]+(?=\.$)|; [^.;]+(?=\.$)|, [^,.;:]+(?=\.$)"
)
_DEPENDS = re.compile(r"\b(?:if|unless|whether|either|neither|nor|or|not|no|never|only|both|between|from|n't)\b")
"""Where one of these is, what is left without the end may say something else."""
_VERB = re.compile(
    r"\b(?:is|was|are|were|has|have|had|will|would|can|could|\w+ed|\w+s|went|came|said|won|made|took|became|began)\b"
)
_LEAST_WORDS = 5

_PLACE = r"((?:the )?[A-Z]\w+(?: [A-Z]\w+)*)"
_TWO_NAMES = re.compile(rf"{_PLACE} (and|or) {_PLACE}(?=[ .,])")
_TWO_WORDS = re.compile(r"\b([a-z]{4,}) and ([a-z]{4,})\b(?=[.,])")
_WHOLE_NAME = re.compile(
    r"\b(?:(?:President|Prime Minister|Mr\.?|Dr\.?|General|Senator|King|Queen) )?(?:[A-Z][a-z]+ )"
    r"((?:[A-Z]\. )?[A-Z][a-z]{2,})(?= (?:said|was|is|has|had|\w+ed)\b)"
)

_PHRASE = r"(?:(?:[Tt]he|[Aa]n?|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir) )?(?:[\w'’.-]+ ){0,4}?[\w'’.-]+"
_SUBJECT = r"(?:[Tt]he )?[A-Z][\w'’-]*(?: [A-Z][\w'’-]*){0,3}"
_OBJECT = r"(?:the |an? |his |her |its |their )?(?:[a-z]+ ){0,2}[\w'’-]+(?: [A-Z][\w'’-]*){0,2}"
_ENDS = (
    r"(?=(?: (?:in|on|at|during|for|after|before|as|when|because|and|who|which|from|between|with)\b[^.]*|,[^.]*)?\.$)"
)
_NO_OBJECT = {"had", "was", "became", "came", "went", "said", "died", "remained", "returned", "lived"}
_BY = re.compile(
    rf"({_PHRASE}) (?:was|were|is|are|has been|had been) ({'|'.join(sorted(ACTIVE))}) by ({_PHRASE}){_ENDS}"
)
_DID = re.compile(rf"({_SUBJECT}) ({'|'.join(sorted(PASSIVE.keys() - _NO_OBJECT))}) ({_OBJECT}){_ENDS}")

_SHORTENED = "is|was|are|were|has|have|had|would|could|should|does|did|do"
_NOT = re.compile(rf"\b({_SHORTENED}) not\b|\b(can)not\b")
_SHORT_NOT = re.compile(rf"\b({_SHORTENED}|ca)n['’]t\b")
_SMALL_INSIDE = frozenset(
    "the a an in on by during since until after before at near his her its their it he she they this these".split()
)


def move_phrase(text: str, rng: Random) -> str | None:
    """`In 1961, it opened.` -> `It opened in 1961.`, and back."""
    first = _WHEN_FIRST.fullmatch(text) or _WHERE_FIRST.fullmatch(text)
    if first:
        return f"{_begun(first[2])} {_inside(first[1])}."
    last = _WHEN_LAST.fullmatch(text)
    return f"{_begun(last[2])}, {_inside(last[1])}." if last else None


def drop_aside(text: str, rng: Random) -> str | None:
    """Without something that stands between commas or in brackets."""
    return _without(text, _ASIDE, rng)


def drop_end(text: str, rng: Random) -> str | None:
    """Without a last clause, unless what is left may depend on it."""
    return None if _DEPENDS.search(text) else _without(text, _END, rng)


def _without(text: str, pattern: re.Pattern[str], rng: Random) -> str | None:
    found = list(pattern.finditer(text))
    if not found:
        return None
    match = rng.choice(found)
    left = text[: match.start()] + text[match.end() :]
    return left if len(left.split()) >= _LEAST_WORDS and _VERB.search(left) else None


def reorder_members(text: str, rng: Random) -> str | None:
    """`Oslo and Bergen` -> `Bergen and Oslo`."""
    if found := [*_TWO_NAMES.finditer(text)]:
        match = rng.choice(found)
        return f"{text[: match.start()]}{match[3]} {match[2]} {match[1]}{text[match.end() :]}"
    if found := [*_TWO_WORDS.finditer(text)]:
        match = rng.choice(found)
        return f"{text[: match.start()]}{match[2]} and {match[1]}{text[match.end() :]}"
    return None


def change_voice(text: str, rng: Random) -> str | None:
    """`A was built by B.` -> `B built A.`, and back; what follows is kept."""
    if match := _BY.match(text):
        return f"{_begun(match[3])} {ACTIVE[match[2]]} {_inside(match[1])}{text[match.end() :]}"
    if match := _DID.match(text):
        return f"{_begun(match[3])} was {PASSIVE[match[2]]} by {_inside(match[1])}{text[match.end() :]}"
    return None


def misattribute(text: str, rng: Random) -> str | None:
    """`A was built by B.` -> `A built B.`, and back: the mistake in changing the voice, which says something else."""
    if match := _BY.match(text):
        return f"{match[1]} {ACTIVE[match[2]]} {match[3]}{text[match.end() :]}"
    if match := _DID.match(text):
        return f"{match[1]} was {PASSIVE[match[2]]} by {match[3]}{text[match.end() :]}"
    return None


def shorten_name(text: str, rng: Random) -> str | None:
    """Without somebody's title and first name."""
    found = [*_WHOLE_NAME.finditer(text)]
    if not found:
        return None
    match = rng.choice(found)
    return text[: match.start()] + match[1] + text[match.end() :]


def contract(text: str, rng: Random) -> str | None:
    """`is not` -> `isn't`, or back."""
    if _NOT.search(text):
        return _NOT.sub(lambda match: f"{match[1]}n't" if match[1] else "can't", text, count=1)
    if _SHORT_NOT.search(text):
        return _SHORT_NOT.sub(lambda match: f"{match[1]} not" if match[1] != "ca" else "cannot", text, count=1)
    return None


def replace_word(text: str, rng: Random) -> str | None:
    """A word is replaced by another that means the same."""
    found = [match for match in re.finditer(r"\b[A-Za-z]+\b", text) if match.group() in SYNONYMS]
    if not found:
        return None
    match = rng.choice(found)
    return text[: match.start()] + rng.choice(SYNONYMS[match.group()]) + text[match.end() :]


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _inside(text: str) -> str:
    """The text as it is written within a sentence."""
    return text[:1].lower() + text[1:] if text.split(" ")[0].lower() in _SMALL_INSIDE else text


CHANGES: dict[str, Change] = {
    "moved": move_phrase,
    "aside dropped": drop_aside,
    "end dropped": drop_end,
    "members": reorder_members,
    "voice": change_voice,
    "short name": shorten_name,
    "contracted": contract,
    "other word": replace_word,
}
"""Kind -> what makes a claim that the sentence still supports."""
