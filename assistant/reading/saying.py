"""Sentences that are speech: what of them is quoted, who is said to say it, and whether that is only a pronoun."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

BLOT = "¬"
"""Stands for each character that is quoted."""

Who = Literal["he", "she", "other", ""]
"""The pronoun of whoever speaks; "" = nobody is said to speak, all of the sentence is quoted."""

_QUOTED = re.compile(
    r"\"[^\"]*(?:\"|\Z)|“[^”]*(?:”|\Z)|„[^“”]*(?:[“”]|\Z)|«[^»]*(?:»|\Z)|(?<!\w)‘(?:[^’]|’(?=\w))*(?:’|\Z)"
)
_LETTER = re.compile(r"[^\W\d_]")

_ACTIVE = r"(?<!was )(?<!were )(?<!been )(?<!be )(?<!being )(?<!is )(?<!are )(?:(?<!to )|(?<=used to ))"
SAYS = _ACTIVE + (
    r"(?:say|says|said|tell|tells|told|write|writes|wrote|thinks|reply|replies|replied|den(?:ies|ied)|admit(?:s|ted)|"
    r"(?:add|answer|claim|complain|explain|insist|recall|remember|suggest|warn|predict|report|confirm)(?:s|ed)|"
    r"(?:argue|believe|concede|note|state|announce|acknowledge|declare|observe|joke)(?:s|d)|(?:ask|call)(?:s|ed)|promise(?:s|d))\b"
)
"""A verb of saying, as it follows whoever speaks."""
HELPING = r"(?: (?:has|had|have|also|once|later|then|used to|\w+ly))*"
"""Words that may stand between whoever speaks and the verb."""
_NO_STATEMENT = re.compile(r"\b(?:ask|call|promise|think|believe)")
"""What is asked, called, promised or thought is a statement only where it is quoted."""

_PRONOUN_SAYS = re.compile(
    rf"\b(?P<who>he|she|they|it|i|we|you){HELPING} {SAYS}|[{BLOT},] ?{SAYS} (?P<whom>he|she)\b(?=[,.;:]|\Z)",
    re.IGNORECASE,
)
_AGENT = (
    r"[\w-]*(?:er|or|ist|ian|man|woman|person|ant|(?<!m)ent|eer|chair|chief|head|coach|captain|judge|nurse|clerk|guard|pilot"
    r"|guide|secretary|neighbou?r|deputy|wife|husband|son|friend|star|host|widow|uncle|aunt|nephew|niece)\b"
    r"(?<!\bpaper)(?<!newspaper)(?<!letter)(?<!\border)(?<!\bposter)(?<!\bchapter)"
)
"""A noun that looks like somebody's trade or office."""
AGENT = re.compile(_AGENT)
_A, _THE = r"(?:a|an|another|one)", r"(?:the|a|an|another|one|his|her|its|their|our|my)"
_STATES = rf"(?!ask|call|promise){SAYS}"
_AGENT_SAYS = re.compile(
    rf"\b{_THE}(?: [\w’'-]+){{0,4}}? {_AGENT}{HELPING} {_STATES}|[{BLOT},] ?{_STATES} {_THE}(?: [\w’'-]+){{0,4}}? {_AGENT}",
    re.IGNORECASE,
)
_ROLE_SAYS = re.compile(rf"\b{_THE}(?: [\w’'-]+){{1,6}}?{HELPING} {_STATES}|\baccording to\b", re.IGNORECASE)
_SOMEBODY_NEW = re.compile(rf"{_A}(?: [\w-]+){{0,3}}? {_AGENT}", re.IGNORECASE)
_SAYS = re.compile(rf"\b{SAYS}")
_SIGNED = re.compile(r"[-–—]{1,2} ?[^\W\d_][^.!?]*\.?|\([^\W\d_][^()]*\)\.?")
_STOPPED = re.compile(r"[?!…][\"”“»’]\Z")
_NAME_SAYS = re.compile(rf"[^,;:.!?]{{1,60}}?{HELPING} {SAYS}")
_ACCORDING = re.compile(r"according to [^,;:]+\Z", re.IGNORECASE)
_SHORT = 10
"""So many words has a clause that only says whose a quotation is."""


class Speech(NamedTuple):
    """How a sentence is speech that names no speaker.

    Attributes:
        who: the pronoun that stands for the speaker.
        at: where the pronoun stands in the sentence; its end if there is none.
    """

    who: Who
    at: int


def blotted(sentence: str) -> str:
    """A sentence with all that is quoted in it blotted out; places stay as they are."""
    return _QUOTED.sub(lambda match: BLOT * len(match[0]), sentence)


def left_open(sentence: str) -> bool:
    """Whether a sentence ends inside a quotation, which then goes on in the next paragraph."""
    *_, last = ["", *_QUOTED.findall(sentence)]
    return len(last) > 1 and last[-1] not in '"”“»’' and sentence.endswith(last)


def speech(own: str) -> Speech | None:
    """How a sentence is speech whose speaker it does not name; None if it is no speech, or nobody in it is only a pronoun.

    Args:
        own: the sentence, blotted.
    """
    if not _LETTER.search(own):
        return Speech("", len(own)) if BLOT in own else None
    found = _PRONOUN_SAYS.search(own)
    if not found or (BLOT not in own and _NO_STATEMENT.search(found[0].lower())):
        return None
    who = (found["who"] or found["whom"]).lower()
    return Speech("he" if who == "he" else "she" if who == "she" else "other", found.start())


def attributes(own: str) -> bool:
    """Whether a sentence says who says something, be it by a trade or by the name of a house: "…", police said."""
    return bool((BLOT in own and _SAYS.search(own)) or _ROLE_SAYS.search(own))


def by_trade(own: str) -> bool:
    """Whether somebody without a name says something in a sentence: "…, a spokesman said"."""
    return bool(_AGENT_SAYS.search(own))


def begins_with_somebody(own: str) -> bool:
    """Whether a sentence begins with somebody new who has no name: "A nurse had seen it"."""
    return bool(_SOMEBODY_NEW.match(own))


def is_signature(own: str) -> bool:
    """Whether a line or sentence only says whose the quotation before it is: "— Ann Lee, mayor" or "(Ann Lee)"."""
    return bool(_SIGNED.fullmatch(own)) and len(own.split()) <= _SHORT


def is_attribution(quotation: str, own: str) -> bool:
    """Whether a sentence says whose the quotation before it is: in '"Will it open?" Ann Lee asked.' it is cut off by the mark."""
    asked = bool(_STOPPED.search(quotation)) and bool(_NAME_SAYS.match(own))
    return (asked or bool(_ACCORDING.match(own))) and len(own.split()) <= _SHORT
