"""Follow-ups made of questions that can be understood alone: a name that was said before becomes a pronoun, or is left out.

Of two questions about one paragraph, the second often names what the first one, its answer or the title has named already. People
would not name it again; what they would leave out is known exactly, so such pairs teach where to look for it.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.training.resolver.examples import Example
from assistant.understanding.followup.layout import Utterance
from assistant.understanding.followup.terms import WORD, content
from index.sentences import sentences

_LINK = frozenset("of in for by to with on at from about during against between".split())
_DETERMINERS = frozenset("the a an this that these those his her its their".split())
_MOST_TURNS = 5
_WHOLE = 0.15
"""Share of the questions that keep the name; they need nothing."""
_FROM_ONE = 2
"""Questions of one paragraph that are asked across paragraphs."""
_MADE_OF = ("squad", "nq", "quoref")


@dataclass(frozen=True, slots=True)
class _Phrase:
    """Words of a question that were said before: characters `start` to `end`, with a determiner before them."""

    start: int
    end: int
    text: str


def made(rows: Iterable[dict[str, Any]], rng: random.Random) -> Iterator[Example]:
    """Follow-ups ("made", "across" paragraphs) and whole questions among others ("whole") or after another article ("other").

    Args:
        rows: in the schema of the reader's data; sources of single sentences are left out.
        rng: chooses what is asked before and what is left out.
    """
    by_context: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        if row["answerable"] and row["source"].startswith(_MADE_OF):
            by_context[row["title"], row["context"]].append(row)
    groups = [group for _, group in sorted(by_context.items())]
    yield from _across(groups, rng)
    for n, group in enumerate(groups):
        rng.shuffle(group)
        before: list[Utterance] = []
        if rng.random() < 0.6:
            before.append(Utterance("topic", _title(group[0])))
        for row in group:
            if len(before) > 1:
                yield from _of(row, before, rng)
            elif rng.random() < 0.3:
                other = groups[rng.randrange(len(groups))] if rng.random() < 0.8 else groups[n - 1]
                if other[0]["title"] != row["title"]:
                    yield Example("other", _turns(other[: rng.randint(1, 3)], rng), row["question"], row["question"])
            before = [*before, *_turns([row], rng)][-2 * _MOST_TURNS :]


def _across(groups: Sequence[Sequence[dict[str, Any]]], rng: random.Random) -> Iterator[Example]:
    """Talks that go from paragraph to paragraph of one article, each answered with a passage, as those of TREC CAsT are."""
    by_title: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for group in groups:
        by_title[group[0]["title"]] += rng.sample(group, min(len(group), _FROM_ONE))
    for _, rows in sorted(by_title.items()):
        rng.shuffle(rows)
        before: list[Utterance] = []
        for row in rows:
            for example in _of(row, before, rng) if before else ():
                yield replace(example, kind="across" if example.kind == "made" else example.kind)
            if len(before) > 2 * _MOST_TURNS or rng.random() < 0.2:
                before = []
            before += _turns([row], rng, passage=True)


def _of(row: dict[str, Any], before: Sequence[Utterance], rng: random.Random) -> Iterator[Example]:
    question = " ".join(row["question"].split())
    if rng.random() < _WHOLE and any(word[:1].isupper() for word in question.split()[1:]):
        yield Example("whole", tuple(before), question, question)
    elif shorter := shortened(question, " ".join(piece.text for piece in before), row["context"], rng):
        yield Example("made", tuple(before), shorter, question)


def shortened(question: str, told: str, context: str, rng: random.Random) -> str:
    """A question without something that was said before; "" if there is nothing that could be left out.

    Args:
        question: that can be understood alone.
        told: what was said.
        context: tells which pronoun somebody goes by.
        rng: chooses.
    """
    phrases = list(_phrases(question, [_plain(word) for word in WORD.findall(told)]))
    return _without(question, rng.choice(phrases), context, rng) if phrases else ""


def _turns(rows: Sequence[dict[str, Any]], rng: random.Random, *, passage: bool = False) -> tuple[Utterance, ...]:
    """Questions with their answers: the answering sentence or a part of it, or all from there to the passage's end."""
    pieces = []
    for row in rows:
        answer = row["answers"][0]
        text = answer["text"]
        if passage or rng.random() < 0.6:
            start = answer["start"]
            around = [(a, b) for a, b in sentences(row["context"]) if a <= start < b]
            first, end = around[0] if around else (start, start + len(text))
            text = row["context"][first : len(row["context"]) if passage else end].strip()
        if rng.random() < 0.1:
            text = "I don't know."
        pieces += [Utterance("user", " ".join(row["question"].split())), Utterance("assistant", text)]
    return tuple(pieces)


def _phrases(question: str, said: Sequence[str]) -> Iterator[_Phrase]:
    """The longest runs of the question that were said before: a name, or a noun with "the"."""
    words = list(WORD.finditer(question))
    told = " " + " ".join(said) + " "
    n = 1
    while n < len(words):
        if not content(words[n].group()):
            n += 1
            continue
        end = n + 1
        while end < len(words) and words[end].start() - words[end - 1].end() == 1 and _said(words[n : end + 1], told):
            end += 1
        while end > n + 1 and not content(words[end - 1].group()):
            end -= 1
        run = words[n:end]
        if _said(run, told):
            first = n
            if words[n - 1].group().lower() in _DETERMINERS and words[n - 1].end() + 1 == words[n].start():
                first = n - 1
            named = any(w.group()[:1].isupper() for w in run)
            if named or (first < n and words[first].group().lower() == "the"):
                yield _Phrase(words[first].start(), run[-1].end(), question[words[first].start() : run[-1].end()])
        n = end


def _said(run: Sequence[re.Match[str]], told: str) -> bool:
    return f" {' '.join(_plain(w.group()) for w in run)} " in told


def _without(question: str, phrase: _Phrase, context: str, rng: random.Random) -> str:
    """The question with a pronoun in the phrase's place, or without it where a preposition led it in; "" if neither."""
    before, after = question[: phrase.start].rstrip(), question[phrase.end :]
    lead = before.rpartition(" ")[2].lower()
    after = after or " "
    at_end = after.strip() in {"", "?", "."}
    kept = _head(phrase, after, context, rng)
    if lead in _LINK and rng.random() < (0.6 if at_end else 0.25):
        shorter = before[: -len(lead)].rstrip() + after
    elif kept:
        shorter = f"{before} {kept}{after}"
    elif after[:1] in "-/" or after.lstrip()[:1].isupper():
        return ""  # A part of a longer name.
    else:
        shorter = (
            before + " " + _pronoun(phrase, context, as_object=lead in _LINK or bool(content(lead)), rng=rng) + after
        )
    told = [w for w in WORD.findall(shorter) if content(w)]
    return " ".join(shorter.split()) if len(told) >= 1 else ""


def _head(phrase: _Phrase, after: str, context: str, rng: random.Random) -> str:
    """What is left of a phrase that only its modifiers are left out of: "the Goliath frog" -> "that frog"; "" to leave out all.

    The noun may follow the phrase, where nothing but the noun was not said before: "the Jurassic Park" of "movie".
    """
    following = re.match(r" ([a-z]+)", after)
    determiner = rng.choice(["the", "the", "the", "this", "that"])
    if following and content(following[1]) and _plain(f"{phrase.text} {following[1]}") in _plain(context):
        return determiner
    words = phrase.text.split()
    if len(words) > 1 and words[-1].islower() and content(words[-2]) and rng.random() < 0.5:
        return f"{determiner} {words[-1]}"
    return ""


def _pronoun(phrase: _Phrase, context: str, *, as_object: bool, rng: random.Random) -> str:
    possessive = re.search(r"(?:['’]s|s['’])$", phrase.text) is not None
    name = re.sub(r"['’]s?$", "", phrase.text)
    he, she = (len(re.findall(rf"\b(?:{words})\b", context, re.I)) for words in ("he|his|him", "she|hers?"))
    if name[:1].isupper() and max(he, she) > 1:
        if possessive:
            return "his" if he > she else "her"
        return ("him" if as_object else "he") if he > she else ("her" if as_object else "she")
    they = "them" if as_object else "they"
    if name.endswith("s") and not name.endswith("ss") and not name[:1].isupper():
        return "their" if possessive else they
    if possessive:
        return "its" if rng.random() < 0.7 else "their"
    return rng.choice(["it", "it", "it", they, "this", "that"])


def _plain(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s")


def _title(row: dict[str, Any]) -> str:
    return str(row["title"]).replace("_", " ")
