"""Names -> sentences of who did what to whom, each with claims that say the same and claims that turn it round.

Sentences of real texts are long, and few can be turned from active to passive by rule; of these every one can.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from assistant.training.entailment.wordlists import BASE, PASSIVE

_DEEDS = (
    "visited defeated beat killed attacked arrested replaced criticized praised supported invited followed led taught "
    "accused sued warned thanked helped rescued protected hired appointed introduced interviewed greeted blamed chased "
    "joined left advised admired recognized saved elected captured told saw called found fired chose sent"
).split()
_ROLES = (
    "the mayor|the minister|the company|the committee|the president|the king|the teacher|the judge|the union"
    "|the general|the bank|the coach|the doctor|the bishop|the government|the army|the team|the prime minister"
    "|the police chief|the governor"
).split("|")
WHEN = (
    "|in 1961|on Tuesday|last year|after the meeting|in March 2014|during the war|at the summit|two days later"
    "|in the spring"
).split("|")
"""When something happened; the first one leaves it out."""
_THINGS = ["the house", "the newspaper", "the club", "the painting", "the ship", "the factory"]
_COMPARED = [
    ("larger", "smaller"),
    ("older", "younger"),
    ("taller", "shorter"),
    ("richer", "poorer"),
    ("heavier", "lighter"),
    ("faster", "slower"),
    ("more expensive", "less expensive"),
    ("more popular", "less popular"),
    ("stronger", "weaker"),
    ("busier", "quieter"),
]
_MOMENTS = ["arrived", "spoke", "died", "finished", "resigned", "left"]


class Statement(NamedTuple):
    """A sentence, what it supports and what it does not."""

    text: str
    supported: tuple[str, ...]
    other: tuple[str, ...]


def statement(names: Sequence[str], rng: Random) -> Statement:
    """A statement about two of the names, or about roles such as "the mayor"."""
    one, other = rng.sample([*rng.sample(list(names), 2), *rng.sample(_ROLES, rng.randint(0, 2))], 2)
    when = rng.choice(WHEN)
    return rng.choices([_deed, _compared, _sold, _travelled, _earlier], [6, 1, 1, 1, 1])[0](one, other, when, rng)


def _deed(one: str, other: str, when: str, rng: Random) -> Statement:
    did = rng.choice(_DEEDS)
    active, passive = _sentence(one, did, other), _sentence(other, "was", PASSIVE[did], "by", one)
    turned, turned_passive = _sentence(other, did, one), _sentence(one, "was", PASSIVE[did], "by", other)
    denied = (_sentence(one, "did not", BASE[did], other), _sentence(other, "was not", PASSIVE[did], "by", one))
    return _timed((active, passive), (turned, turned_passive, rng.choice(denied)), when, rng)


def _compared(one: str, other: str, when: str, rng: Random) -> Statement:
    more, less = rng.choice(_COMPARED)
    if rng.random() < 0.5:
        more, less = less, more
    true = (_sentence(one, "is", more, "than", other), _sentence(other, "is", less, "than", one))
    false = (_sentence(other, "is", more, "than", one), _sentence(one, "is", less, "than", other))
    return _timed(true, false, "", rng)


def _sold(one: str, other: str, when: str, rng: Random) -> Statement:
    thing = rng.choice(_THINGS)
    true = (_sentence(one, f"sold {thing} to", other), _sentence(other, f"bought {thing} from", one))
    false = (_sentence(other, f"sold {thing} to", one), _sentence(one, f"bought {thing} from", other))
    return _timed(true, false, when, rng)


def _travelled(one: str, other: str, when: str, rng: Random) -> Statement:
    who = rng.choice(_ROLES)
    true = (_sentence(who, "travelled from", one, "to", other), _sentence(who, "went to", other, "from", one))
    false = (_sentence(who, "travelled from", other, "to", one), _sentence(who, "went to", one, "from", other))
    return _timed(true, false, when, rng)


def _earlier(one: str, other: str, when: str, rng: Random) -> Statement:
    did = rng.choice(_MOMENTS)
    true = (_sentence(one, did, "before", other), _sentence(other, did, "after", one))
    false = (_sentence(other, did, "before", one), _sentence(one, did, "after", other))
    return _timed(true, false, "", rng)


def _sentence(*parts: str) -> str:
    return " ".join(parts)


def _timed(true: Sequence[str], false: Sequence[str], when: str, rng: Random) -> Statement:
    """One of the true sentences as the text, the others and itself as what it supports, with a time here or there or nowhere."""

    def said(words: str, time: str) -> str:
        if not time:
            return f"{words[:1].upper()}{words[1:]}."
        if rng.random() < 0.3:
            return f"{time[:1].upper()}{time[1:]}, {words}."
        return f"{words[:1].upper()}{words[1:]} {time}."

    def claims(sentences: Sequence[str]) -> tuple[str, ...]:
        return tuple(said(words, when if rng.random() < 0.5 else "") for words in sentences)

    order = rng.sample(list(true), len(true))
    return Statement(said(order[0], when), claims(order), claims(rng.sample(list(false), len(false))))
