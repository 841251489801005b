"""Question -> whether it leans on earlier turns, judged by its words alone."""

from __future__ import annotations

import re

from assistant.understanding.followup.terms import WORD
from index.stopwords import STOP_WORDS

PREPOSED = re.compile(
    r"^\s*(?:with|from|to|by|in|on|for|of|at|about|against)\s+(?:which|what|who|whom|how many)\b(?:\s+\w+){0,2}\s*[?.!]*\s*$",
    re.IGNORECASE,
)
"""A preposition with a question word ("With which country?"), to which only the last question gives a sense."""

_ASKS = r"who|whom|whose|what|when|where|why|how|which|did|does|do|is|are|was|were|has|have|had|will|would|can|could|should|may"
_PRONOUNS = (
    r"he|she|it|they|him|her|them|his|hers|its|their|theirs|himself|herself|itself|themselves|this|these|those|there"
)
_LEAD_IN = re.compile(rf"^\W*(?:(?:and|but|so|then|well|okay|ok)\b[\s,]*)+(?=(?:{_ASKS})\b)", re.IGNORECASE)
_POINTING = re.compile(
    rf"^\W*(?:what|how) about\b|^\W*(?:and|but|so|then|or)\b(?!\W+(?:{_ASKS})\b)"
    rf"|\b(?:{_PRONOUNS})\b"
    rf"|\b(?:{_ASKS}|of|for|to|in|on|at|by|from|with|about|after|before|since)\W+that\b"
    r"|\bthat(?=\W*$|\W+(?:is|was|were|happens?|means?|year|day|month|week|time|place)\b)"
    r"|\bwhich one\b|\b(?:ones?|rest|others?|former|latter|same|second|third)\W*$",
    re.IGNORECASE,
)
"""A pronoun, "the rest", or an "And ..." that is followed by a name or a time rather than by a whole question."""

_EMPTY = re.compile(
    r"\bit (?:takes?|took|costs?|true|possible|likely|necessary|allowed)\b"
    r"|\b(?:does|did|will|would) it (?:take|cost)\b(?=.*\bto\b)"
    r"|\b(?:is|was) it (?:true|possible|likely|necessary|allowed|that)\b"
    r"|\b(?:is|are|was|were) there\b|\bthere (?:is|are|was|were)\b"
    r"|\bthis (?:article|story|text|report|page|piece|document)\b",
    re.IGNORECASE,
)
"""Words that look like pronouns and point at nothing, or at the article itself."""

_OWNED = re.compile(r"her|his|hers|its|their|theirs|himself|herself|itself|themselves", re.IGNORECASE)
_SUBJECT = re.compile(r"he|she|they|it", re.IGNORECASE)
_HAS_SUBJECT = re.compile(
    r"\b(?:did|does|do|is|are|was|were|has|have|had|will|would|can|could|should|may)\W+"
    rf"(?!(?:{_PRONOUNS}|you|we|i|that)\b)\w",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=\s)[A-Z]\w+")
_TELLS_NOTHING = frozenset({"many", "exactly", "first", "again"})
_FEW_WORDS = 2
"""A question with fewer content words ("Why?", "How many times?") and no name leans on earlier turns."""


def leans(question: str) -> bool:
    """Whether a question can't be understood without earlier turns.

    A pronoun does not count if the question itself has its antecedent: "Why did Anna sell her boat?".
    """
    bare = _EMPTY.sub(" ", question)
    if any(_points_outside(found, bare) for found in _POINTING.finditer(bare)) or PREPOSED.match(question):
        return True
    words = [word.lower().replace("’", "'").removesuffix("'s") for word in WORD.findall(question)]
    telling = [word for word in words if word not in STOP_WORDS | _TELLS_NOTHING]
    return len(telling) < _FEW_WORDS and not _NAME.search(question)


def without_empty(question: str) -> str:
    """A question with spaces in the place of words that look like pronouns and point at nothing: "is it true", "are there"."""
    return _EMPTY.sub(lambda match: " " * len(match.group()), question)


def without_lead_in(question: str) -> str:
    """A whole question without a leading "And"; a fragment ("And Norway?") unchanged."""
    match = _LEAD_IN.match(question)
    return question[match.end() :][:1].upper() + question[match.end() + 1 :] if match else question


def _points_outside(found: re.Match[str], question: str) -> bool:
    before, word = question[: found.start()], found.group()
    named = _NAME.search(before) is not None
    if _OWNED.fullmatch(word):
        return not (named or _HAS_SUBJECT.search(before))
    return not (_SUBJECT.fullmatch(word) and named)
