"""Turns that choose among what was said before: "the second one", "the other one", "which of them" -> with the names meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.core.turns import Turn
from assistant.understanding.followup.ellipsis import AUXILIARIES
from assistant.understanding.followup.history import asked_last, contexts_of, told
from assistant.understanding.followup.names import DAYS, names, sort_of
from assistant.understanding.followup.terms import content_words
from index.sentences import sentences

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
_LAST, _FORMER, _LATTER, _OTHER = "last", "former", "latter", "other"
_CHOICE = re.compile(
    rf"\bthe\s+({'|'.join((*_ORDINALS, _LAST, _FORMER, _LATTER, _OTHER))})"
    r"(?:\s+one\b(?!\s+(?:to|who|that|which|of)\b)|(?=\W*$|’s\b|'s\b))",
    re.IGNORECASE,
)
"""What chooses: an ordinal, or "the other", with "one" behind it or with nothing, as in "and the second?"."""
_COUNTS = re.compile(rf"\bthe\s+(?:{'|'.join((*_ORDINALS, _LAST))})\b", re.IGNORECASE)
_PREDICATE = re.compile(r"^\W*(?:who|which|what)\b(?:\s+[\w’'-]+)?\s+(?:is|are|was|were)\s*$", re.IGNORECASE)
"""Before "the last" in "Which ferry is the last?", which asks for it."""
_ONE_OF_TWO = re.compile(r"\b(?:one|each|either|neither|every)\b", re.IGNORECASE)
"""Before "the other" in "Did one side blame the other?", which needs nothing."""
_OF_TWO = r"of\s+(?:them|these|those|the\s+two)"
_BOTH = re.compile(rf"\bboth(?:\s+{_OF_TWO}\b|(?=\W*$|\s+(?:{'|'.join(sorted(AUXILIARIES))})\b))", re.IGNORECASE)
_WHICH = re.compile(rf"(?<=\bwhich)\s+(?:one(?!\s+of\b)|{_OF_TWO})\b([^,?]*)", re.IGNORECASE)
_DIFFERENCE = re.compile(r"(?<=\bwhat)(?:’s|'s|\s+is|\s+was)\s+the\s+difference(?=\W*$)", re.IGNORECASE)
_ALTERNATIVES = re.compile(r"\b(?:or|between)\b|(?<=\w\s)(?:who|that)\b", re.IGNORECASE)
_JOINED = re.compile(r"\s*(?:[,;]|\band\b|\bor\b)\s*")
_JOINS = re.compile(r"\s(?:or|and)\s+(?:the\s+)?(?=[A-Z])")


def chosen(question: str, turns: Sequence[Turn]) -> str:
    """A question with the names of what it chooses; "" if it chooses nothing, or if what was said leaves that open.

    A question that has a name of its own may be whole ("Was Ada Lund the first?"), unless it speaks of "the first one".

    Args:
        question: as it was asked.
        turns: that it can lean on, oldest first, at least one.
    """
    named = bool(_named(question))
    match = _CHOICE.search(question)
    if not match:
        return "" if named or _ALTERNATIVES.search(question) else _of_pair(question, turns)
    before, word = question[: match.start()], match.group(1).lower()
    whole = (named and not match.group().endswith("one")) or _PREDICATE.match(before)
    if whole or (word == _OTHER and _ONE_OF_TWO.search(before)):
        return ""
    found = _meant(word, turns)
    return f"{before}{found}{question[match.end() :]}" if found else ""


def _of_pair(question: str, turns: Sequence[Turn]) -> str:
    match = _BOTH.search(question) or _WHICH.search(question) or _DIFFERENCE.search(question)
    pair = _pair(turns) if match else ()
    if not match or not pair:
        return ""
    one, other = pair
    before, behind = question[: match.start()], question[match.end() :]
    if match.re is _BOTH:
        return f"{before}{one} and {other}{behind}"
    if match.re is _WHICH:
        return f"{before}{match.group(1).rstrip()}, {one} or {other}{behind}"
    return f"{before}{match.group()} between {one} and {other}{behind}"


def _meant(word: str, turns: Sequence[Turn]) -> str:
    asked = told(asked_last(turns))
    if word == _OTHER:
        return _other(asked, turns)
    items = _listed(turns[-1])
    if not items:  # A question about one of them may have come between.
        earlier = (_listed(turn) for turn in reversed(turns))
        items = next((found for found in earlier if any(_words(one) <= _words(asked) for one in found)), [])
    return "" if _COUNTS.search(asked) else _nth(word, items)


def _nth(word: str, items: Sequence[str]) -> str:
    if len(items) < 2 or (word in (_FORMER, _LATTER) and len(items) > 2):
        return ""
    if word in (_LAST, _LATTER):
        return items[-1]
    place = 0 if word == _FORMER else _ORDINALS.index(word)
    return items[place] if place < len(items) else ""


def _pair(turns: Sequence[Turn]) -> tuple[str, str] | tuple[()]:
    """The two that were talked of last: that an answer lists, that a question names side by side, or of two like questions."""
    last = asked_last(turns)
    items = [item for item in _listed(last) if names(item)]
    if items:
        return (items[0], items[1]) if len(items) == 2 else ()
    return _side_by_side(told(last)) or _of_like_questions(turns, last)


def _side_by_side(question: str) -> tuple[str, str] | tuple[()]:
    """The two names around an "or" or "and" of a question."""
    for joint in _JOINS.finditer(question):
        left, right = _named(question[: joint.start()]), names(question[joint.end() :])
        if (
            left
            and right
            and question[: joint.start()].endswith(left[-1])
            and question[joint.end() :].startswith(right[0])
        ):
            return _with_article(left[-1], question), _with_article(right[0], question)
    return ()


def _of_like_questions(turns: Sequence[Turn], last: Turn) -> tuple[str, str] | tuple[()]:
    """The names in which the last two questions differ, if they differ in nothing else; not two of a longer list."""
    mine = told(last)
    listed = {item for turn in turns for item in _listed(turn)}
    before = next((told(turn) for turn in reversed(turns) if told(turn) != mine), "")
    for one in _named(before):
        for other in _named(mine):
            pair = _with_article(one, before), _with_article(other, mine)
            if one != other and before.replace(one, other) == mine and not listed & {one, other, *pair}:
                return pair
    return ()


def _named(question: str) -> list[str]:
    # Every question begins with a capital, which makes its first word no name.
    return names(question[:1].lower() + question[1:])


def _listed(turn: Turn) -> list[str]:
    """What an answer lists: the words that its sentences mark, or the names that those of a single one join."""
    answer = turn.answer
    if answer.kind != "list":
        return []
    keys = [key for sentence in answer.sentences for key in sentence.keys]
    quotes = " ".join(citation.quote for citation in answer.citations)
    joined = [part for key in keys for part in _JOINED.split(key) if part]
    items = keys if len(keys) > 1 or not all(map(names, joined)) else joined
    return [_with_article(item, quotes) for item in dict.fromkeys(items)] if len(items) > 1 else []


def _other(asked: str, turns: Sequence[Turn]) -> str:
    """The one name of the same sort that was said in one breath with a name of the last question; "" unless there is just one."""
    contexts = contexts_of(turns)
    for said in _quoted(turns):
        found = [
            one
            for one in dict.fromkeys(part for name in _named(said) for part in name.split(" and "))
            if one not in DAYS
        ]
        for name in _named(asked):
            others = [one for one in found if not _words(one) <= _words(asked)]
            alike = [one for one in others if sort_of(one, contexts) == sort_of(name, contexts)]
            if len(alike) == 1 and any(_words(name) <= _words(one) for one in found):
                return _with_article(alike[0], said)
    return ""


def _words(text: str) -> set[str]:
    return set(content_words(text))


def _quoted(turns: Sequence[Turn]) -> Iterator[str]:
    """The sentences of the quotes and the questions, the latest turn's first."""
    for turn in reversed(turns):
        for citation in turn.answer.citations:
            yield from (citation.quote[start:end] for start, end in sentences(citation.quote))
        yield told(turn)


def _with_article(item: str, text: str) -> str:
    """A name with "the" before it if the text has it so."""
    return f"the {item}" if re.search(rf"\bthe\s+{re.escape(item)}\b", text, re.IGNORECASE) else item
