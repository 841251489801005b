"""Follow-up + history -> standalone question, by rules: pronouns, "and ...?", "what about ...?", a bare "why?".

The seam is `resolve`: plain strings in, a `Standalone` out. Nothing else in Footnote knows how follow-ups are understood.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.asking import HEAD_KINDS, analyse
from assistant.conversation import Turn
from index.stopwords import STOP_WORDS

HISTORY_TURNS = 10
"""Turns that are looked at, the latest; 200 turns cost what 10 do."""

_PERSON = frozenset(["he", "she", "him", "her", "his", "hers", "himself", "herself"])
_THING = frozenset(["it", "its", "itself"])
_PLURAL = frozenset(["they", "them", "their", "theirs", "themselves"])
_BARE = frozenset(["this", "that", "these", "those"])
_POSSESSIVE = frozenset(["his", "her", "hers", "its", "their", "theirs"])
_QUESTION_WORDS = frozenset(["who", "what", "when", "where", "why", "how", "which", "whom", "whose"])
_NAME = re.compile(
    r"\b[A-Z][\w’'-]*(?:\s+(?:of|the|and|de|van|von|al)\s+(?=[A-Z])|\s+(?=[A-Z])|[\w’'-]*)(?:[A-Z][\w’'-]*\s*)*"
)
_WORD = re.compile(r"[\w’'-]+")
_YEAR = re.compile(r"\b(?:1\d|20)\d\d\b")
_LEAD_IN = re.compile(
    r"^\s*(?:and|but|or|so|then|ok(?:ay)?|what about|how about|and what about)\b[\s,]*", re.IGNORECASE
)
_BARE_QUESTION = re.compile(
    r"^\s*(why|when|where|who|how|how many|how much|how long|how often|why not|what for|since when)"
    r"(?:\s+(?:exactly|then|so|that|is that|was that))?\s*[?.!]*\s*$",
    re.IGNORECASE,
)
_ELLIPTIC = re.compile(
    r"^\s*(?:with|from|to|by|in|on|for|of|at|about|against)\s+(?:which|what|who|whom|how many)\b(?:\s+\w+){0,2}\s*[?.!]*\s*$",
    re.IGNORECASE,
)
_LEADING_QUESTION = re.compile(
    r"^\s*(?:(?:how (?:many|much|long|often|old|far)|(?:what|which)(?: \w+)?(?= (?:did|does|do|is|was|were|are|has|have|had|will)\b)"
    r"|who|whom|what|when|where|why|how)\b)",
    re.IGNORECASE,
)
_TITLED = r"(?:president|minister|secretary|general|king|queen|mr|mrs|ms|dr|sir|spokes\w+|leader|chancellor|senator|judge)\.?\s+(?:[\w-]+\s+){0,2}"
_SPOKE = r"\s+(?:said|says|wrote|noted|told|added|remarked|argued|explained|asked|claimed|warned|thinks|believes|scored|went)\b"


@dataclass(frozen=True, slots=True)
class Standalone:
    """A question that can be understood alone.

    Attributes:
        question: to be searched and read.
        kind: "self-contained" (as it was asked), "follow-up" (rewritten), or "unclear" (nothing says what is meant).
        article_id: for a question about "the article" itself, the one that was cited last; else empty.
    """

    question: str
    kind: Literal["self-contained", "follow-up", "unclear"]
    article_id: str = ""


def resolve(question: str, history: Sequence[Turn] = ()) -> Standalone:
    """The standalone question.

    Args:
        question: as it was asked.
        history: the turns before, oldest first; the last ten are looked at.
    """
    question = " ".join(question.split())
    recent = [turn for turn in history[-HISTORY_TURNS:] if turn.answer.status != "unclear"]
    if not recent:
        return Standalone(question, "unclear" if _points_at_nothing(question) else "self-contained")
    if analyse(question).kind in HEAD_KINDS:
        cited = [citation.article_id for turn in recent for citation in turn.answer.citations]
        return Standalone(question, "self-contained", cited[-1] if cited else "")
    before = recent[-1].answer.trace.standalone_question or recent[-1].question
    if match := _BARE_QUESTION.match(question):
        return Standalone(_with_question_word(match.group(1), before), "follow-up")
    lead_in = _LEAD_IN.match(question)
    rest = question[lead_in.end() :] if lead_in else question
    words = [word.lower() for word in _WORD.findall(rest)]
    if lead_in and not _is_clause(words):
        return Standalone(_with_topic(rest.rstrip("?.! "), before, recent), "follow-up")
    replaced = _without_pronouns(rest, recent)
    if replaced != rest:
        return Standalone(_sentence_case(replaced), "follow-up")
    if not _content(words) or _ELLIPTIC.match(question):
        return Standalone(f"{question} ({before})", "follow-up")
    return Standalone(question, "self-contained")


def corrected(question: str, history: Sequence[Turn] = ()) -> Standalone:
    """A standalone question in the user's own words: kept as it is, but limited to the article that `resolve` would limit it to."""
    question = " ".join(question.split())
    return Standalone(question, "self-contained", resolve(question, history).article_id)


def _points_at_nothing(question: str) -> bool:
    """Whether a first question has a pronoun, or only question words, and nothing to search for."""
    words = [word.lower() for word in _WORD.findall(question)]
    pointing = any(word in _PERSON | _THING | _PLURAL | _BARE for word in words)
    content = _content(words)
    return not content and (pointing or len(words) <= 2) and "about" not in words[2:] and not _asks_of_article(words)


def _asks_of_article(words: Sequence[str]) -> bool:
    return "about" in words and bool({"this", "it"} & set(words)) and words[:2] != ["what", "about"]


def _content(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in STOP_WORDS and word.removesuffix("'s") not in STOP_WORDS]


def _is_clause(words: Sequence[str]) -> bool:
    """Whether "And ..." goes on with a whole question rather than with a mere name or time."""
    return bool(words) and (
        words[0] in _QUESTION_WORDS
        or words[0] in {"did", "does", "do", "is", "was", "were", "are", "has", "have", "will", "can"}
    )


def _with_question_word(word: str, before: str) -> str:
    rest = _LEADING_QUESTION.sub("", before, count=1).strip(" ?.!")
    if rest.partition(" ")[0].lower() in STOP_WORDS:
        rest = rest[:1].lower() + rest[1:]
    return f"{word.capitalize()} {rest}?"


def _with_topic(topic: str, before: str, recent: Sequence[Turn]) -> str:
    """The question before with its name or year replaced by the new one."""
    topic = _without_pronouns(topic, recent)
    bare = re.sub(r"^(?:in|on|at|for|of|by|from|with)\s+", "", topic, flags=re.IGNORECASE)
    old = _YEAR.findall(before) if _YEAR.search(bare) else names(before)
    if old:
        return before.replace(old[-1] if _YEAR.search(bare) else _counterpart(old, bare), bare)
    return f"{before.rstrip('?.! ')} {topic}?"


def _counterpart(old: Sequence[str], new: str) -> str:
    """Of several names, the one that the new one stands for: the first, which is mostly the subject."""
    return next((name for name in old if name.lower() != new.lower()), old[0])


def _without_pronouns(question: str, recent: Sequence[Turn]) -> str:
    """Pronouns replaced by what they point at: those of the first kind that has no name before it in the same question.

    One kind only: in "When did he say it?" the second pronoun points at no name.
    """
    kind: frozenset[str] | None = None
    parts: list[str] = []
    end = 0
    for match in _WORD.finditer(question):
        word, after = match.group().lower(), question[match.end() :]
        if names(question[: match.start()]) or not _is_pronoun(word, after) or (kind and word not in kind):
            continue
        if pointed := _antecedent(word, recent):
            kind = next((words for words in (_PERSON, _THING, _PLURAL) if word in words), _BARE)
            possessive = word in _POSSESSIVE and not (word == "her" and not _WORD.match(after.lstrip()))
            parts += [question[end : match.start()], pointed, "’s" if possessive else ""]
            end = match.end()
    return "".join(parts) + question[end:]


def _is_pronoun(word: str, after: str) -> bool:
    if word in _PERSON | _THING | _PLURAL:
        return True
    following = _WORD.match(after.lstrip())
    # "this article" and "that man" name what they mean; "that" before a clause is no pronoun.
    return word in _BARE and (
        following is None or following.group().lower() in {"is", "was", "were", "are", "happen", "mean"}
    )


def _antecedent(word: str, recent: Sequence[Turn]) -> str:
    """The last-named thing that agrees with the pronoun."""
    for turn in reversed(recent):
        answer = turn.answer
        context = " ".join([turn.question, answer.text, answer.trace.standalone_question])
        asked_who = re.match(r"\s*who\b", answer.trace.standalone_question or turn.question, re.IGNORECASE) is not None
        keys = [sentence.key for sentence in answer.sentences if sentence.key]
        spoken = names(answer.trace.standalone_question or turn.question)
        answered = [name for key in keys for name in names(key)]
        for name in spoken + answered:
            person = is_person(name, context) or (asked_who and (name in answered or len(spoken) == 1))
            if word in _PERSON and person:
                return name
            if word not in _PERSON and not person:
                return name
        if word in _PLURAL and keys:
            return keys[0]
        if word not in _PERSON and spoken:
            return spoken[-1]
    return ""


def names(text: str) -> list[str]:
    """Capitalised names in a question, in order; its first word only if it is no question or stop word."""
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
    """Whether the words around a name speak of a person: a title before it, or a verb of saying after it."""
    last = re.escape(name.split()[-1])
    full = re.escape(name)
    return bool(
        re.search(rf"\b{_TITLED}(?:[A-Z]\w+\s+)*{last}\b", context, re.IGNORECASE)
        or re.search(rf"\b(?:{full}|{last}){_SPOKE}", context)
    )


def _sentence_case(question: str) -> str:
    return question[:1].upper() + question[1:]
