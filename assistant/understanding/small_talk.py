"""Small talk -> a short reply: thanks, greetings, "who are you?". Small talk is not searched for, so nothing is cited.

An utterance is small talk only if it consists entirely of the phrases in `small_talk.json`; a single other word makes it a
question. Since small talk is never searched for, an utterance that could be either is a question.

The file lists the kinds of small talk in order: an utterance gets the reply of the first kind that it has. Each kind has
- `reply`: the reply;
- `asked`: whether a phrase may end in a question mark ("Nice?" asks for something, "How are you?" does not);
- `phrases`: `a|b` stands for either, `[a|b]` for either or none, `a_b` for two words, `{A}` for a list of words under `words`;
- `first`: phrases that count only while nothing was asked before; later they refer to what was talked about.
The file also lists the words that may stand before or after a phrase (`before`, `after`), other spellings (`alike`), and
`names`: words that, alone and capitalised, more likely name a place, a firm or a person.
"""

from __future__ import annotations

import itertools
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).with_suffix(".json")

_MOST_CHARS = 200
"""Longer texts are not small talk."""

_QUOTED = re.compile(r"[\"“”„«»]")
"""Quotation marks enclose a title, or words that are asked about."""
_EMOTICON = re.compile(r"(?<!\w)[:;=]['-]?[()dpo/|*]+(?!\w)")
_DRAWN_OUT = re.compile(r"(.)\1\1|\w{2}(.)\2$")
"""A letter that is repeated three times or more, or doubled at the end."""


def reply(question: str, *, first: bool = True) -> str:
    """The reply to small talk.

    Args:
        question: the utterance.
        first: whether nothing was asked before that "this" and "it" could mean.

    Returns:
        One of `replies()`; empty if the utterance is not small talk, or not small talk alone.
    """
    if len(question) > _MOST_CHARS or _QUOTED.search(question) or _is_name(question):
        return ""
    kinds: set[str] = set()
    for words, asked in _sentences(question):
        found = _kinds(words, first)
        if not found or (asked and not _data()["kinds"][found[-1]]["asked"]):
            return ""
        kinds.update(found)
    return next((said for kind, said in replies().items() if kind in kinds), "")


def replies() -> dict[str, str]:
    """Kind of small talk -> its reply; if an utterance has several kinds, the first in this order counts."""
    return {kind: data["reply"] for kind, data in _data()["kinds"].items()}


@cache
def vocabulary() -> frozenset[str]:
    """All words of the phrases and their other spellings: lower-case, without apostrophes or drawn-out letters."""
    data = _data()
    lines = [data["before"], data["after"], *data["alike"].keys(), *data["alike"].values()]
    for kind in data["kinds"].values():
        lines += [_filled(line) for line in (*kind["phrases"], *kind.get("first", ()))]
    return frozenset(word for line in lines for word in _words(line))


@cache
def _data() -> Any:
    return json.loads(_DATA.read_text(encoding="utf-8"))


def _is_name(question: str) -> bool:
    word = question.strip().rstrip(".")
    return word != word.lower() and word.lower() in _data()["names"].split()


# An utterance


def _sentences(question: str) -> Iterator[tuple[list[str], bool]]:
    """The words of each sentence, spelt as in the phrases, and whether the sentence ends in a question mark."""
    text = unicodedata.normalize("NFKC", question).casefold().replace("&", " and ")
    text = re.sub(r"['’‘ʼ`´]", "", _EMOTICON.sub(" ", text))
    text = re.sub(r"\b(\w)\.(?=\w\b)", r"\1", text)  # o.k.
    text = re.sub(r"\.{2,}", " ", text)
    parts = re.split(r"([.!?;\n]+)", text)
    for sentence, end in itertools.zip_longest(parts[::2], parts[1::2], fillvalue=""):
        words = " ".join(_spelt(word) for word in _words(sentence)).split()
        if words or "?" in end:
            yield words, "?" in end


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


def _spelt(word: str) -> str:
    """A word as the phrases spell it, perhaps as two: "helloooo" and "hi" become "hello", "thats" becomes "that is"."""
    if word not in vocabulary() and _DRAWN_OUT.search(word):
        word = _by_squeezed().get(_squeezed(word), word)
    return _by_spelling().get(word, word)


def _squeezed(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


@cache
def _by_squeezed() -> dict[str, str]:
    return {_squeezed(word): word for word in sorted(vocabulary())}


@cache
def _by_spelling() -> dict[str, str]:
    return {spelling: word for word, alike in _data()["alike"].items() for spelling in alike.split()}


# Phrases


def _kinds(words: Sequence[str], first: bool) -> list[str]:
    """The kinds of the phrases that make up a sentence, in order; empty if a word belongs to no phrase."""
    # Nearly every question ends here, so the phrases need not be expanded for it.
    if not vocabulary().issuperset(words):
        return []
    phrases, longest = _phrases(first)
    before, after = _data()["before"].split(), _data()["after"].split()
    found: list[list[str]] = [[] for _ in range(len(words) + 1)]
    for start in range(len(words) - 1, -1, -1):
        if words[start] in before:
            found[start] = found[start + 1]
        # The longest phrase wins, since it is found last.
        for end in range(start + 1, min(start + longest, len(words)) + 1):
            if kind := phrases.get(" ".join(words[start:end])):
                past = next((n for n in range(end, len(words)) if words[n] not in after), len(words))
                for rest in (past, end):
                    if rest == len(words) or found[rest]:
                        found[start] = [kind, *found[rest]]
    return found[0]


@cache
def _phrases(first: bool) -> tuple[dict[str, str], int]:
    """(phrase -> its kind, number of words in the longest phrase)."""
    found: dict[str, str] = {}
    for kind, data in _data()["kinds"].items():
        for line in (*data["phrases"], *(data.get("first", ()) if first else ())):
            for chosen in itertools.product(*(_choices(part) for part in _filled(line).split())):
                found.setdefault(" ".join(" ".join(chosen).replace("_", " ").split()), kind)
    return found, max(len(phrase.split()) for phrase in found)


def _choices(part: str) -> list[str]:
    return ["", *part[1:-1].split("|")] if part.startswith("[") else part.split("|")


def _filled(line: str) -> str:
    """A line of phrases with its lists of words filled in."""
    while names := re.findall(r"\{(\w+)\}", line):
        for name in names:
            line = line.replace(f"{{{name}}}", _data()["words"][name])
    return line
