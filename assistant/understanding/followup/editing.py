"""Question + the network's prediction -> the standalone question.

Pronouns are replaced by their antecedents, spans are inserted at their places, and needed words without a place are added in
brackets at the end: the search and the reader can use them, and nobody takes them for a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.understanding.followup.ellipsis import QUESTION_WORDS
from assistant.understanding.followup.layout import SAID, TITLED, Layout
from assistant.understanding.followup.leaning import leans
from assistant.understanding.followup.names import DAYS, HE, PLURAL, PRONOUNS, SHE, THING
from assistant.understanding.followup.resolver_network import LINKS, Floats, Prediction, Thresholds
from assistant.understanding.followup.terms import WORD, content
from index.stopwords import STOP_WORDS

_LONGEST = 10
"""The most words of a span."""
_LONGEST_PUT_IN = 5
_IMPOSSIBLE = -4.0
_SURE = -2.5
"""A span that agrees no better than the first value is not used, unless the network gives it more than the second; both are
log-probabilities."""
_HEADLINE_WORDS = 5
_HEADLINE_SHARE = 0.8
"""A line of so many telling words, more than this share of them in capitals, is a headline."""
_RIVALS = 1.0
"""Two spans whose scores differ by at most so much may both be meant."""
_POSSESSIVE = frozenset("his her hers its their theirs my our your whose".split())
_ENDS = frozenset(".!?;")
_DASHES = frozenset("-–—")
_DETERMINERS = frozenset(
    "the a an this that these those my your our his her its their no all both each every some any".split()
)
"""What a span may begin with."""
_COMMON = re.compile(
    r"(?!(?:the|an?|this|that|these|those|some|any|all|both|each|every|no|my|your|our|his|her|its|their|other|one|two|three)\b)[a-z]+\b"
)
"""Matches a span that begins with a lower-case word that is no determiner."""
_OWN = re.compile(r"['’]s?$")

Fits = Callable[[int, int, int], float]
"""(word of the question, first and last word of a span of the history) -> how well the span can stand for the word; added to
its log-probability."""


@dataclass(frozen=True, slots=True)
class _Edit:
    """Replaces the characters from `start` to `end` of the question by a text."""

    start: int
    end: int
    text: str


def readings(
    layout: Layout, prediction: Prediction, thresholds: Thresholds, fits: Fits = lambda *_: 0.0
) -> tuple[str, ...]:
    """The question with the words that it needs, and another reading where a pronoun may as well mean something else.

    Args:
        layout: the question and its history.
        prediction: the network's, for this layout.
        thresholds: how probable each kind of change must be.
        fits: how well a span agrees with a word, known without the network.
    """
    question = edited(layout, prediction, thresholds, fits)
    if question == layout.question or _asks_of_both(layout):
        return (question,)
    for n, word in enumerate(layout.asked):
        best = _scored(layout, prediction, n, fits) if word.text.lower() in PRONOUNS else None
        if best:
            others = _without(layout, best[0], fits)
            rival = _scored(layout, prediction, n, others)
            if rival and best[1] - rival[1] <= _RIVALS:
                return tuple(dict.fromkeys([question, edited(layout, prediction, thresholds, others)]))
    return (question,)


def _without(layout: Layout, span: tuple[int, int], fits: Fits) -> Fits:
    """As some `fits`, but nothing fits in a word's place that has words of a span."""
    taken = _stems(layout, span)

    def fit(word: int, first: int, last: int) -> float:
        free = word < 0 or not taken & _stems(layout, (first, last))
        return fits(word, first, last) if free else -np.inf

    return fit


def _apart(layout: Layout, word: str, meant: Sequence[tuple[str, tuple[int, int]]], fits: Fits) -> Fits:
    """As some `fits`, but nothing fits that another pronoun of the question already stands for: "he" is not whom "her" means."""
    own = _sort_of_pronoun(word)
    for other, span in meant:
        if own and own is not (_sort_of_pronoun(other) or own):
            fits = _without(layout, span, fits)
    return fits


def _sort_of_pronoun(word: str) -> frozenset[str] | None:
    return next((sort for sort in (HE, SHE, THING, PLURAL) if word in sort), None)


def _named(layout: Layout) -> Fits:
    """What "both" may mean: two names."""
    return lambda _, first, last: 0.0 if layout.said[first].text[:1].isupper() else _IMPOSSIBLE


def _asks_of_both(layout: Layout) -> bool:
    return any(word.text.lower() == "both" for word in layout.asked)


def edited(layout: Layout, prediction: Prediction, thresholds: Thresholds, fits: Fits = lambda *_: 0.0) -> str:
    """The question with the words that it needs; unchanged if it needs none. The arguments are those of `readings`."""
    leaning = leans(layout.question)
    alone = thresholds.named if _names_what_was_said(layout) else thresholds.whole
    changed = prediction.changed >= (thresholds.changed if leaning else alone)
    if not layout.said or not (changed or leaning):
        return layout.question
    known = {word.stem for word in layout.asked if word.stem} | _rest_of_names(layout)
    if both := _asks_of_both(layout):
        fits = _named(layout)
    edits: list[_Edit] = []
    told: set[str] = set()
    meant: list[tuple[str, tuple[int, int]]] = []
    for first, last in _replaced(layout, prediction, thresholds):
        word = layout.asked[first].text.lower()
        free = _apart(layout, word, meant, fits)
        span = _meant(layout, prediction, first, free, certain=free is not fits)
        text = _text(layout, span) if span else ""
        if span and both and (second := _scored(layout, prediction, first, _without(layout, span, fits))):
            text = f"{text} and {_text(layout, second[0])}"
        # "When did she say that?": if both words point at the same text, only the first is replaced.
        # A pronoun is replaced even if the network takes the question for a standalone one.
        if span and text and text not in told and (changed or word in PRONOUNS):
            edits.append(_replacement(layout, first, last, text))
            told.add(text)
            meant.append((word, span))
            known |= _stems(layout, span)
    for slot in np.flatnonzero(1 - prediction.links[:, 0] >= thresholds.put_in) if changed else ():
        starts, ends = prediction.inner_starts[slot], prediction.inner_ends[slot]
        found = _best(layout, starts, ends, -1, fits)
        span = found[0] if found else None
        if span and _is_phrase(layout, span) and _stems(layout, span) - known:
            edits.append(_insertion(layout, int(slot), prediction.links[slot], _text(layout, span)))
            known |= _stems(layout, span)
    rest = [
        changed and bool(word.stem) and chance >= thresholds.needed and word.stem not in known
        for word, chance in zip(layout.said, prediction.needed, strict=True)
    ]
    question = _applied(layout.question, edits) if edits else layout.question
    terms = _phrases(layout, rest)
    return f"{question} ({', '.join(terms)})" if terms else question


def _names_what_was_said(layout: Layout) -> bool:
    """Whether a question has a word of the topic, or a name that was said before."""
    titled = any(layout.marks[word.token] == TITLED for word in layout.asked)
    return titled or any(w.text[:1].isupper() and layout.marks[w.token] == SAID for w in layout.asked[1:])


def _replaced(layout: Layout, prediction: Prediction, thresholds: Thresholds) -> Iterator[tuple[int, int]]:
    """The runs of words that are replaced; of one with a pronoun what stands before that stays: the "and" of "and his sister"."""
    for first, last in _runs((prediction.replaced >= thresholds.replaced).tolist()):
        pronouns = (n for n in range(first, last + 1) if layout.asked[n].text.lower() in PRONOUNS)
        yield next(pronouns, first), last


def _runs(flags: Iterable[bool]) -> list[tuple[int, int]]:
    """First and last index of each run of true values."""
    runs: list[tuple[int, int]] = []
    for n, flag in enumerate(flags):
        if flag and runs and runs[-1][1] == n - 1:
            runs[-1] = (runs[-1][0], n)
        elif flag:
            runs.append((n, n))
    return runs


def _meant(
    layout: Layout, prediction: Prediction, word: int, fits: Fits, *, certain: bool = False
) -> tuple[int, int] | None:
    """The span that a word of the question stands for; None if no span seems to fit: a pronoun is better than a wrong name.

    Where it is not the network's own choice, it must be `certain`.
    """
    starts, ends = prediction.starts[word], prediction.ends[word]
    found = _scored(layout, prediction, word, fits)
    if found is None:
        return None
    span = found[0]
    unsure = starts[span[0]] + ends[span[1]] < _SURE
    return None if unsure and (certain or fits(word, *span) <= _IMPOSSIBLE) else span


def _scored(layout: Layout, prediction: Prediction, word: int, fits: Fits) -> tuple[tuple[int, int], float] | None:
    """The likeliest span for a word of the question, with its score."""
    return _best(layout, prediction.starts[word], prediction.ends[word], word, fits)


def _best(layout: Layout, starts: Floats, ends: Floats, word: int, fits: Fits) -> tuple[tuple[int, int], float] | None:
    """The likeliest span of the history that lies in one sentence, has a content word and is not too long, with its score."""
    said = layout.said
    best, score = None, -np.inf
    for first in np.argsort(-starts)[:12]:
        for last in range(int(first), min(int(first) + _LONGEST, len(said))):
            asks = said[last].text.lower() in QUESTION_WORDS
            if said[last].utterance != said[first].utterance or said[last].text in _ENDS or asks:
                break
            if not any(w.stem for w in said[first : last + 1]):
                continue
            found = float(starts[first] + ends[last]) + fits(word, int(first), last)
            if found > score:
                best, score = (int(first), last), found
    return (_whole(layout, *best), float(score)) if best else None


def _whole(layout: Layout, first: int, last: int) -> tuple[int, int]:
    """A span without punctuation at its ends, extended to the whole name if it is part of one."""
    said = layout.said
    while first < last and not said[first].text[:1].isalnum():
        first += 1
    while last > first and not said[last].text[:1].isalnum():
        last -= 1
    while first and _one_name(layout, first - 1):
        first -= 1
    while last + 1 < len(said) and _one_name(layout, last):
        last += 1
    return _named_one(layout, first, last), last


def _named_one(layout: Layout, first: int, last: int) -> int:
    """Where the name begins in a span that says first who or where it is: in "the team's captain, Ada Lund", at "Ada"."""
    said = layout.said
    for n in range(last - 1, first, -1):
        comma = said[n].text == "," and said[n - 1].text.islower()
        dash = said[n].text in _DASHES and said[n - 1].text.isupper() and said[n].start > said[n - 1].end
        if (comma or dash) and all(word.text[:1].isupper() for word in said[n + 1 : last + 1]):
            return n + 1
    return first


def _one_name(layout: Layout, n: int) -> bool:
    """Whether a word and the next belong to one name: both are capitalised, with nothing but a space between.

    "On Friday Prince Emmanuel ..." is no name with a Friday.
    """
    one, other = layout.said[n], layout.said[n + 1]
    text = layout.history[one.utterance].text
    near = one.utterance == other.utterance and text[one.end : other.start] == " "
    capitals = near and all(word.text[:1].isupper() and word.stem for word in (one, other))
    ends = _OWN.search(one.text) or one.text in (*DAYS, other.text)
    headline = layout.history[one.utterance].role != "user" and _in_headline(text, one.start)
    return capitals and not ends and not headline


def _in_headline(text: str, place: int) -> bool:
    """Whether a line has capitals all over ("Putin Hails North Korea"): they then make no names."""
    line = text[text.rfind("\n", 0, place) + 1 :].partition("\n")[0]
    telling = [word for word in WORD.findall(line) if content(word)]
    capitals = sum(word[:1].isupper() for word in telling)
    return len(telling) >= _HEADLINE_WORDS and capitals > _HEADLINE_SHARE * len(telling)


def _rest_of_names(layout: Layout) -> set[str]:
    """Stems of all words of the names that the question has in part: a question with "Berg" has named Anna Berg."""
    own = {word.stem for word in layout.asked if word.stem}
    capitals = {word.stem for word in layout.asked if word.stem and word.text[:1].isupper()}
    found: set[str] = set()
    for first, last in _runs(_one_name(layout, n) for n in range(len(layout.said) - 1)):
        stems = [word.stem for word in layout.said[first : last + 2]]
        if stems[-1] in own or capitals & set(stems):
            found |= set(stems)
    return found


def _text(layout: Layout, span: tuple[int, int]) -> str:
    """The words of a span as they were written, without a possessive 's at the end."""
    first, last = layout.said[span[0]], layout.said[span[1]]
    return _OWN.sub("", layout.history[first.utterance].text[first.start : last.end])


def _is_phrase(layout: Layout, span: tuple[int, int]) -> bool:
    """Whether a span can be inserted into a question: a few words that don't begin with a pronoun, as a sentence would."""
    first = layout.said[span[0]].text.lower()
    return span[1] - span[0] < _LONGEST_PUT_IN and first not in PRONOUNS | {"i", "we", "you"}


def _stems(layout: Layout, span: tuple[int, int]) -> set[str]:
    return {word.stem for word in layout.said[span[0] : span[1] + 1] if word.stem}


def _replacement(layout: Layout, first: int, last: int, text: str) -> _Edit:
    old = layout.asked[last].text.lower()
    her = old == "her" and _ends_phrase(layout, last)
    owner = (old in _POSSESSIVE and not her) or _OWN.search(old) is not None
    # A common noun in a pronoun's place is definite: "the plant".
    article = "the " if _COMMON.match(text) else ""
    if layout.asked[first].start and text.startswith(("The ", "A ", "An ")):
        text = text[:1].lower() + text[1:]
    return _Edit(layout.asked[first].start, layout.asked[last].end, article + text + ("’s" if owner else ""))


def _ends_phrase(layout: Layout, n: int) -> bool:
    """Whether no content word follows: "her" is then no possessive."""
    following = layout.asked[n + 1] if n + 1 < len(layout.asked) else None
    return following is None or not following.stem


def _insertion(layout: Layout, slot: int, links: Floats, text: str) -> _Edit:
    """Inserts a span at a place, after the likeliest linking word; at the beginning as in "Besides the mayor, who ..."."""
    lead = LINKS[int(np.argmax(links[1:]))]
    if slot == 0:
        return _Edit(0, 0, f"{lead or 'besides'} {text}, ")
    lead = "other than" if lead == "than" else lead
    end = layout.asked[slot - 1].end
    return _Edit(end, end, f" {lead} {text}" if lead else f" {text}")


def _applied(question: str, edits: Sequence[_Edit]) -> str:
    # A text inserted at the beginning starts the sentence, so the old first word loses its capital.
    if any(edit.end == 0 for edit in edits) and question.partition(" ")[0].lower() in STOP_WORDS - {"i"}:
        question = question[:1].lower() + question[1:]
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True):
        question = question[: edit.start] + edit.text + question[edit.end :]
    return question[:1].upper() + question[1:]


def _phrases(layout: Layout, chosen: Sequence[bool]) -> list[str]:
    """Runs of chosen words as they were written; a run is left out if the other runs have all its words."""
    phrases: list[tuple[set[str], str]] = []
    for first, last in _runs(chosen):
        same = [w for w in layout.said[first : last + 1] if w.utterance == layout.said[first].utterance]
        stems = {w.stem for w in same}
        if stems - {stem for told, _ in phrases for stem in told}:
            phrases = [(told, text) for told, text in phrases if not told <= stems]
            phrases.append((stems, _text(layout, (first, first + len(same) - 1))))
    return [text for _, text in phrases]
