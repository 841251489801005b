"""Questions that say first what they are about: "And the mayor, what does she say?" -> "what does the mayor say?"."""

from __future__ import annotations

import re

from assistant.understanding.followup.ellipsis import AUXILIARIES, QUESTION_WORDS
from assistant.understanding.followup.leaning import without_empty
from assistant.understanding.followup.names import DAYS, HE, PLURAL, PRONOUNS, SHE, THING, names
from assistant.understanding.followup.terms import WORD
from index.stopwords import STOP_WORDS

_FRONTED = re.compile(
    r"^\W*(?P<lead>(?:(?:and|but|so)\s+)?(?:(?:what about|as for)\s+)?)(?P<topic>[^,;:?.!]{2,60}),\s*(?P<rest>\w.*)$",
    re.IGNORECASE,
)
_THING = re.compile(r"(?:the|my|our|your|this|that)(?:\s+[\w’'-]+){1,3}", re.IGNORECASE)
"""A topic that is no name: "the mayor", "the old bridge"."""
_TIME = re.compile(
    r"\b(?:day|night|morning|evening|week|weekend|month|year|season|century|time|moment)s?\b", re.IGNORECASE
)
_THERE = re.compile(r"(?<!\bget )(?<!\bgo )(?<!\bgot )(?<!\bcome )(?<!\bfrom )\bthere(?=\W*$)", re.IGNORECASE)
_OWNERS = frozenset(["his", "its", "their", "her"])


def fronted(question: str) -> str:
    """A question with what stands before it in the place of its pronoun; "" if nothing does, or if another may be meant."""
    match = _FRONTED.match(question)
    if not match or not (match["lead"] or match["topic"].lower().startswith("the ")):
        return ""
    topic, rest = match["topic"].strip(), match["rest"]
    begins = re.split(r"[\s’']", rest, maxsplit=1)[0].lower()
    if not _is_topic(topic) or begins not in QUESTION_WORDS | AUXILIARIES:
        return ""
    if there := _THERE.search(without_empty(rest)):
        return f"{rest[: there.start()]}in {topic}{rest[there.end() :]}" if names(topic) == [topic] else ""
    found = _pronoun(topic, rest)
    if not found:
        return ""
    before, word, behind = rest[: found.start()], found.group().lower(), rest[found.end() :]
    following, previous = WORD.match(behind.strip()), WORD.findall(before)
    owns = word in _OWNERS and following and following.group().lower() not in STOP_WORDS
    # "Who saw her leave?" has no owner.
    owns = owns and (word != "her" or not previous or previous[-1].lower() in STOP_WORDS)
    return f"{before}{topic}’s{behind}" if owns else f"{before}{topic}{behind}"


def _is_topic(topic: str) -> bool:
    """Whether some words are a name, or a noun with an article; not a time."""
    words = {word.lower() for word in WORD.findall(topic)}
    if words & PRONOUNS or _TIME.search(topic) or topic in DAYS:
        return False
    return names(topic) == [topic] or _THING.fullmatch(topic) is not None


def _pronoun(topic: str, rest: str) -> re.Match[str] | None:
    """The pronoun that a topic takes the place of: of a name "he" or "she", if there is one; the only one of its sort."""
    bare = without_empty(rest)
    found = [match for match in WORD.finditer(bare) if match.group().lower() in PRONOUNS]
    sorts = [next(sort for sort in (HE, SHE, THING, PLURAL) if match.group().lower() in sort) for match in found]
    people = [match for match, sort in zip(found, sorts, strict=True) if sort in (HE, SHE)]
    if names(topic) == [topic] and people:
        return people[0] if len({sort for sort in sorts if sort in (HE, SHE)}) == 1 else None
    return found[0] if len(set(sorts)) == 1 else None
