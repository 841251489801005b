"""Turns that choose among what was said before: "the second one", "the other one", "which of them" -> with the names meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.core.turns import Turn
from assistant.understanding.followup.ellipsis import AUXILIARIES
from assistant.understanding.followup.history import asked_last, contexts_of, told
from assistant.understanding.followup.names import names, sort_of
from assistant.understanding.followup.terms import content_words

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
_LAST, _FORMER, _LATTER, _OTHER = "last", "former", "latter", "other"
_CHOICE = re.compile(
    rf"\bthe\s+({'|'.join((*_ORDINALS, _LAST, _FORMER, _LATTER, _OTHER))})(?:\s+one\b|(?=\W*$|’s\b|'s\b))",
    re.IGNORECASE,
)
"""What chooses: an ordinal, or "the other", with "one" behind it or with nothing, as in "and the second?"."""
_OF_TWO = r"of\s+(?:them|these|those|the\s+two)"
_BOTH = re.compile(rf"\bboth(?:\s+{_OF_TWO}\b|(?=\W*$|\s+(?:{'|'.join(sorted(AUXILIARIES))})\b))", re.IGNORECASE)
_WHICH = re.compile(rf"(?<=\bwhich)\s+(?:one|{_OF_TWO})\b([^,?]*)", re.IGNORECASE)
_DIFFERENCE = re.compile(r"\bthe\s+difference(?=\W*$)", re.IGNORECASE)

_JOINED = re.compile(r"\s*(?:[,;]|\band\b|\bor\b)\s*")


def chosen(question: str, turns: Sequence[Turn]) -> str:
    """A question with the names of what it chooses; "" if it chooses nothing, or if what was said leaves that open.

    Args:
        question: as it was asked.
        turns: that it can lean on, oldest first, at least one.
    """
    if match := _CHOICE.search(question):
        found = _meant(match.group(1).lower(), turns)
        return f"{question[: match.start()]}{found}{question[match.end() :]}" if found else ""
    match = _BOTH.search(question) or _WHICH.search(question) or _DIFFERENCE.search(question)
    pair = _pair(turns) if match else ()
    if not match or not pair:
        return ""
    one, other = pair
    before, words, behind = question[: match.start()], match.group().rstrip(), question[match.end() :]
    if match.re is _BOTH:
        return f"{before}{one} and {other}{behind}"
    if match.re is _WHICH:
        return f"{before}{match.group(1).rstrip()}, {one} or {other}{behind}"
    return f"{before}{words} between {one} and {other}{behind}"


def _meant(word: str, turns: Sequence[Turn]) -> str:
    asked = told(asked_last(turns))
    if word == _OTHER:
        return _other(asked, turns)
    lists = (items for turn in reversed(turns) if len(items := _listed(turn)) > 1)
    return "" if _CHOICE.search(asked) else _nth(word, next(lists, []))


def _pair(turns: Sequence[Turn]) -> tuple[str, str] | tuple[()]:
    """The two things that were talked of last: that an answer lists, that a question names, or one of each of two questions."""
    last = asked_last(turns)
    for two in (_listed(last), [_with_article(name, told(last)) for name in _named(told(last))]):
        if len(two) == 2:
            return two[0], two[1]
    before = [turn for turn in turns[: turns.index(last)] if told(turn) != told(last)]
    if not before:
        return ()
    asked = [told(before[-1]), told(last)]
    one, other = (
        [name for name in _named(mine) if not _words(name) <= _words(its)] for mine, its in (asked, asked[::-1])
    )
    if len(one) != 1 or len(other) != 1:
        return ()
    return _with_article(one[0], asked[0]), _with_article(other[0], asked[1])


def _named(question: str) -> list[str]:
    # Every question begins with a capital, which makes its first word no name.
    return names(question[:1].lower() + question[1:])


def _nth(word: str, items: Sequence[str]) -> str:
    if not items or (word in (_FORMER, _LATTER) and len(items) > 2):
        return ""
    if word in (_LAST, _LATTER):
        return items[-1]
    place = 0 if word == _FORMER else _ORDINALS.index(word)
    return items[place] if place < len(items) else ""


def _listed(turn: Turn) -> list[str]:
    """What a turn's answer lists: the words of its sentences, or the names that those of a single one join."""
    answer = turn.answer
    keys = [key for sentence in answer.sentences for key in sentence.keys]
    quotes = " ".join(citation.quote for citation in answer.citations)
    joined = [part for key in keys for part in _JOINED.split(key) if part]
    items = keys if len(keys) > 1 or not all(map(names, joined)) else joined
    return [_with_article(item, quotes) for item in dict.fromkeys(items)]


def _other(asked: str, turns: Sequence[Turn]) -> str:
    """The one name of the same sort that was said in one breath with a name of the last question; "" unless there is just one."""
    contexts = contexts_of(turns)
    for said in _quoted(turns):
        found = list(dict.fromkeys(names(said)))
        for name in _named(asked):
            others = [one for one in found if not _words(one) <= _words(asked)]
            alike = [one for one in others if sort_of(one, contexts) == sort_of(name, contexts)]
            if len(alike) == 1 and any(_words(name) <= _words(one) for one in found):
                return _with_article(alike[0], said)
    return ""


def _words(text: str) -> set[str]:
    return set(content_words(text))


def _quoted(turns: Sequence[Turn]) -> Iterator[str]:
    """The quotes and the questions, the latest first."""
    for turn in reversed(turns):
        yield from (citation.quote for citation in turn.answer.citations)
        yield told(turn)


def _with_article(item: str, text: str) -> str:
    """A name with "the" before it if the text has it so."""
    return f"the {item}" if re.search(rf"\bthe\s+{re.escape(item)}\b", text, re.IGNORECASE) else item
