"""Passages -> the sentences of them that an overview may take: whole statements, from all parts of a long text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Literal

import numpy as np

from index.arrays import Vectors
from index.article import Passage
from index.heading import byline_author
from index.sentences import sentences
from index.spans import Span
from index.telling import telling_stems

Form = Literal["whole", "line", "poor"]
"""By its form a sentence may stand alone; or it is an item, a row or a fragment; or it is a question, the half of a quote, a
byline, or a repeat of the headline."""

FEWEST = 3
"""Whole statements that make an overview; where there are fewer, lines fill up to so many."""

_STRETCHES = 12
"""A longer text is cut into so many stretches of passages, and each is spoken for by one."""
_ROUNDS = 4
"""Where those have too few sentences, so many of each stretch speak for it."""
_SHORTEST, _LONGEST = 5, 60
"""A statement has so many words: fewer lean on what stands around, more are no overview."""
_REPEATS = 0.8
"""A sentence of which so many of the telling words stand in the headline says nothing new."""

_STOPPED = re.compile(r"[.!…。！](?:[^\w?]|[⁰¹²³⁴-⁹]|\[\d+\])*$")
"""Ends as a statement does, with the marks of quotes and notes that may stand behind its stop."""
_ASKED = re.compile(r"\?\W*$")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of a passage.

    Attributes:
        passage: that it stands in.
        start: its first character in the passage.
        end: one past its last.
        opens: it begins a line of the text, as the first sentence of a paragraph does.
        form: whether it may stand alone, as far as its form tells.
    """

    passage: Passage
    start: int
    end: int
    opens: bool
    form: Form

    @property
    def text(self) -> str:
        """Its words."""
        return self.passage.text[self.start : self.end]

    @property
    def place(self) -> int:
        """Its first character in the article."""
        return self.passage.start + self.start


def statements(passages: Sequence[Passage], vectors: Vectors, headline: str, limit: int) -> list[Statement]:
    """The sentences to choose from, in the order of the text.

    A long text is read in part: the passages that lie nearest to the mean of all, one in each stretch, and of each the first
    sentences of its paragraphs before the other ones. So all its parts are heard, and the cost is bounded however long it is.
    Lines are among them only where whole statements are few, and poor ones where there is nothing else.

    Args:
        passages: body passages, in order.
        vectors: theirs, shape (passages, dimension).
        headline: that of the article; empty = unknown.
        limit: the most sentences.
    """
    known = telling_stems(headline)
    # Neighbouring passages may share a sentence, and a page's foot may stand on every page.
    seen: set[str] = set()
    found: list[Statement] = []
    whole: list[Statement] = []
    for some in _rounds(passages, vectors):
        ranked = [_ranked(_of_passage(passage, known, seen)) for passage in some]
        found += [one for one in chain.from_iterable(zip_longest(*ranked)) if one is not None]
        whole = [one for one in found if one.form == "whole"]
        if len(whole) >= limit:
            break
    if len(whole) < FEWEST:
        whole += [one for one in found if one.form == "line"]
    return sorted((whole or found)[:limit], key=lambda one: one.place)


def _rounds(passages: Sequence[Passage], vectors: Vectors) -> Iterator[list[Passage]]:
    """All passages at once; of a long text the first, with those of each stretch nearest to the mean of all, then the next."""
    if len(passages) <= _STRETCHES:
        yield list(passages)
        return
    nearness = vectors @ vectors.mean(axis=0)
    stretches = np.array_split(np.arange(1, len(passages)), _STRETCHES - 1)
    ordered = [stretch[np.argsort(-nearness[stretch], kind="stable")] for stretch in stretches]
    for n in range(min(_ROUNDS, max(map(len, ordered)))):
        numbers = [int(stretch[n]) for stretch in ordered if n < len(stretch)]
        yield [passages[number] for number in ([0] if n == 0 else []) + numbers]


def _of_passage(passage: Passage, known: frozenset[str], seen: set[str]) -> list[Statement]:
    """Those that were not seen before, and have words."""
    found = []
    for start, end in sentences(passage.text):
        text = passage.text[start:end]
        if text in seen or _is_silent(passage, (start, end)) or not any(map(str.isalpha, text)):
            continue
        seen.add(text)
        opens = passage.text[:start].rstrip(" ")[-1:] in ("", "\n")
        found.append(Statement(passage, start, end, opens, _form(text, known)))
    return found


def _ranked(found: Sequence[Statement]) -> list[Statement]:
    """The first whole one, which may be the lead of the text; then those that open a paragraph; then the other ones."""
    first = next((one for one in found if one.form == "whole"), None)
    return sorted(found, key=lambda one: (one is not first, not one.opens))


def _is_silent(passage: Passage, span: Span) -> bool:
    return any(start < span[1] and span[0] < end for start, end in passage.silent)


def _form(text: str, known: frozenset[str]) -> Form:
    if _ASKED.search(text) or not _is_closed(text) or byline_author(text) or _repeats(text, known):
        return "poor"
    begins = next(letter for letter in text if letter.isalnum())
    fits = _SHORTEST <= len(text.split()) <= _LONGEST
    return "whole" if fits and _STOPPED.search(text) and not begins.islower() else "line"


def _is_closed(text: str) -> bool:
    """Whether all quotes and brackets in it are closed in it."""
    pairs = (("„", "“") if "„" in text else ("“", "”"), ("«", "»"), ("(", ")"), ("[", "]"))
    return text.count('"') % 2 == 0 and all(text.count(opening) == text.count(closing) for opening, closing in pairs)


def _repeats(text: str, known: frozenset[str]) -> bool:
    """Whether it says what the headline says."""
    said = telling_stems(text)
    return bool(said) and len(said & known) >= _REPEATS * len(said)
