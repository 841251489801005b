"""A sentence -> one of the same words that says something else: names exchanged, a negation put in or taken out, an opposite.

What is made here need not be false; it is what the sentence does not say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

from assistant.training.entailment.wordlists import BASE, OPPOSITES, PAST
from index.stopwords import STOP_WORDS

Change = Callable[[str, Random], "str | None"]
"""Sentence and chance -> the changed sentence; None where it has nothing to change."""
Span = tuple[int, int]

_NAME = re.compile(r"[A-Z][\w'’]*\w(?:[ -][A-Z][\w'’]*\w)*")
_NAME_WORD = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}")
_NUMBER = re.compile(r"(?<![\w.,-])\d[\d,.]*\d|(?<![\w.,-])\d(?![\w.,-])")
_NO_NAME = re.compile(
    rf"(?i:{'|'.join(sorted(STOP_WORDS))})"
    r"|(?:Although|Despite|Since|However|According|Many|Most|Two|Three|Other|\w+(?:ed|ly|ing))"
)
"""First words of sentences that are no names."""
_LIST = re.compile(r"(?:\s|,|;|&|\band\b|\bor\b|\bthe\b|[A-Z][\w'’]*)*")
"""What stands between two members of a list."""
_MUTUAL = re.compile(
    r"\s*\(?\s*(?:,|is|was|are|were|met|meets|met with|married|equals|vs\.?|versus|v\.?|borders|bordered|also called|known as)"
    r"\s*(?:the\s)?"
)
"""What stands between two names whose places don't matter."""
_NOUN = re.compile(
    r"\b(?:the|a|an|his|her|its|their) (?:[a-z]+ ){0,1}?([a-z]{3,})"
    r"(?= (?:[a-z]+(?:ed|s)|is|was|are|were|has|had|of|in|on|at|by|to|from|for|with|and)\b|[,.;])"
)

_AUXILIARIES = "is|was|are|were|has|have|had|would|could|should"
_AUXILIARY = re.compile(rf"\b({_AUXILIARIES}|will|can|may|might|must|does|did|do)\b(?! (?:not|no|never)\b|n['’]t)")
_CONTRACTED = {*_AUXILIARIES.split("|"), "does", "did"}
_PARTICIPLES = {"called", "found", "got", "had", "made", "used"}
"""Of verbs, those that mostly are participles, as in "a film called"."""
_PAST = re.compile(rf"(?<=\w )({'|'.join(sorted(BASE.keys() - _PARTICIPLES))})(?= (?!by\b))")
_NO_VERB_FOLLOWS = re.compile(
    r"\b(?:is|was|are|were|be|been|being|has|have|had|having|get|got|and|or|,|to|the|a|an|by)(?: \w+ly)? $"
)
"""What a verb in the past does not follow, but a participle or a noun that looks like one."""
_DENIED = re.compile(
    rf"\b({_AUXILIARIES}|will|can|may|might|must) not |\b({_AUXILIARIES})n['’]t |\b(can)(?:not|['’]t) "
)
_DID_NOT = re.compile(r"\bdid(?: not|n['’]t) (\w+)\b")
_NEVER = re.compile(r"\bnever ")


def names(text: str) -> list[Span]:
    """Spans of what looks like a name: words with a capital, the sentence's first ones too unless they are common."""
    found = [match.span() for match in _NAME.finditer(text)]
    return [(start, end) for start, end in found if not (start == 0 and _NO_NAME.fullmatch(text[start:end].split()[0]))]


def exchange_names(text: str, rng: Random) -> str | None:
    """Two names, or a word of each, have changed places; never the members of one list."""
    single = rng.random() < 0.4
    spans = [match.span() for match in _NAME_WORD.finditer(text)] if single else names(text)
    return _exchanged(text, spans, rng)


def exchange_nouns(text: str, rng: Random) -> str | None:
    """Two nouns that follow an article have changed places."""
    return _exchanged(text, [match.span(1) for match in _NOUN.finditer(text)], rng)


def exchange_numbers(text: str, rng: Random) -> str | None:
    """Two numbers have changed places."""
    return _exchanged(text, [match.span() for match in _NUMBER.finditer(text)], rng)


def exchangeable(text: str, one: Span, other: Span) -> bool:
    """Whether two parts of a sentence, in their order, can change places and with them what it says: no list, no "A met B"."""
    first, second = text[slice(*one)], text[slice(*other)]
    between = text[one[1] : other[0]]
    alike = set(first.lower().split()) & set(second.lower().split())
    return not (alike or _LIST.fullmatch(between) or _MUTUAL.fullmatch(between))


def _exchanged(text: str, spans: Sequence[Span], rng: Random) -> str | None:
    pairs = [(one, other) for n, one in enumerate(spans) for other in spans[n + 1 :] if exchangeable(text, one, other)]
    if not pairs:
        return None
    first, second = (text[slice(*span)] for span in rng.choice(pairs))
    swap = {first: second, second: first}
    either = re.compile(rf"(?<!\w)(?:{re.escape(first)}|{re.escape(second)})(?!\w)")
    return either.sub(lambda match: swap[match.group()], text)


def replace_detail(text: str, evidence: str, rng: Random) -> str | None:
    """A name or number of the sentence has given way to one of its evidence that the sentence lacks."""
    known = set(_words(text))
    for spans in rng.sample([names, _numbers], 2):
        inside = [text[slice(*span)] for span in spans(text)]
        around = dict.fromkeys(evidence[slice(*span)] for span in spans(evidence))
        others = [other for other in around if known.isdisjoint(_words(other))]
        if inside and others:
            return text.replace(rng.choice(inside), rng.choice(others))
    return None


def _numbers(text: str) -> list[Span]:
    return [match.span() for match in _NUMBER.finditer(text)]


def _words(text: str) -> list[str]:
    return [word.lower() for word in re.findall(r"\w+", text)]


def deny(text: str, rng: Random) -> str | None:
    """A `not` or `never` is put in: behind an auxiliary verb, or with `did` before a verb in the past."""
    auxiliaries = list(_AUXILIARY.finditer(text))
    pasts = [match for match in _PAST.finditer(text) if not _NO_VERB_FOLLOWS.search(text[: match.start()])]
    if not auxiliaries and not pasts:
        return None
    of_auxiliary = bool(auxiliaries) and (not pasts or rng.random() < 0.7)
    match = rng.choice((auxiliaries if of_auxiliary else pasts)[:2])
    denied = _denied_auxiliary(match.group(), rng) if of_auxiliary else _denied_past(match.group(), rng)
    return text[: match.start()] + denied + text[match.end() :]


def _denied_auxiliary(word: str, rng: Random) -> str:
    if word in _CONTRACTED and rng.random() < 0.25:
        return f"{word}n't"
    if rng.random() < 0.15:
        return f"{word} never"
    return "cannot" if word == "can" and rng.random() < 0.5 else f"{word} not"


def _denied_past(word: str, rng: Random) -> str:
    return f"never {word}" if rng.random() < 0.3 else f"did not {BASE[word]}"


def affirm(text: str, rng: Random) -> str | None:
    """A negation is taken out."""
    changes: list[tuple[Span, str]] = [
        (match.span(), next(word for word in match.groups() if word) + " ") for match in _DENIED.finditer(text)
    ]
    changes += [(match.span(), "") for match in _NEVER.finditer(text)]
    changes += [(match.span(), PAST[match[1]]) for match in _DID_NOT.finditer(text) if match[1] in PAST]
    if not changes:
        return None
    (start, end), instead = rng.choice(changes)
    return text[:start] + instead + text[end:]


def oppose(text: str, rng: Random) -> str | None:
    """A word is replaced by its opposite."""
    found = [match for match in re.finditer(r"\b[a-z]+\b", text) if match.group() in OPPOSITES]
    if not found:
        return None
    match = rng.choice(found)
    return text[: match.start()] + rng.choice(OPPOSITES[match.group()]) + text[match.end() :]
