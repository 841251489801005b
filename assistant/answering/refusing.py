"""What is said where no sentence answers: what was looked for, and what of the question the nearest passages lack."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.understanding.analysis import analyse
from index.evidence import Evidence
from index.library.store import Library
from index.stemming import stem
from index.telling import telling_stems

NO_SENTENCE = "I found no sentence that answers this."
NOT_SAID = "The articles don't say."
BEYOND = "I can only answer with quotes from the articles."
UNCLEAR = "I can't tell what that refers to. Please name who or what you mean."

_SURELY_NOT = 0.05
"""Below this confidence the articles are said not to say it. Of the refused questions to written articles and documents that come
below it 92 % have no answer there, from .05 to .1 it is 85 %, from .1 to .2 61 %; cross-validated, as
`tests/benchmarks/confidence.py` prints it."""
_MOST = 50
"""So many passages that name the thing are looked up, no more."""


def refusal(
    question: str,
    read: Sequence[Evidence],
    shown: Sequence[str],
    confidence: float,
    library: Library,
    articles: Sequence[str] | None,
) -> str:
    """What to say: that the articles don't, if the reader is sure of it and read all passages that name what is asked about.

    Args:
        question: as it stands alone.
        read: the passages that were read, best first.
        shown: the closest quotes, which are shown with it: what one of them names is not said to be lacking.
        confidence: the probability that the best sentence of the passages answers, 0..1.
        library: that they are from.
        articles: ids that the search was limited to; None = all.
    """
    asked = analyse(question)
    pinned = [term for term in asked.terms if term in asked.names or any(letter.isdigit() for letter in term)]
    if not pinned or not read:
        return NO_SENTENCE
    near = [read[0].passage, *(one for one in (read[0].before, read[0].after) if one)]
    present = telling_stems(" ".join((read[0].title, *(one.text for one in near))))
    had = [term for term in pinned if stem(term) in present]
    named = present | telling_stems(" ".join(shown))
    lacking = [term for term in pinned if stem(term) not in named]
    # A year that stands elsewhere does not make the passages that name the person fewer.
    sought = [term for term in pinned if term in asked.names] or pinned
    if confidence < _SURELY_NOT and _all_read(sought, read, library, articles):
        return NOT_SAID if not lacking else f"{NOT_SAID} {_missing(had, lacking, question)}"
    return NO_SENTENCE if not lacking else f"{NO_SENTENCE} {_missing(had, lacking, question)}"


def _all_read(
    sought: Sequence[str], read: Sequence[Evidence], library: Library, articles: Sequence[str] | None
) -> bool:
    """Whether all passages that name all of some terms were read; if none does, one of the terms must stand nowhere at all."""
    naming = library.search(" AND ".join(f'"{term}"' for term in sought), _MOST, articles)
    if not naming:
        return any(not library.search(f'"{term}"', 1, articles) for term in sought)
    known = {item.passage.id for item in read}
    return len(naming) < _MOST and all(passage in known for passage, _ in naming)


def _missing(had: Sequence[str], lacking: Sequence[str], question: str) -> str:
    """Which of the names and numbers of a question the nearest passage has, and which it has not."""
    lacks = _listed(_as_asked(lacking, question), "or")
    if not had:
        return f"The closest passage does not name {lacks}."
    return f"The closest passage names {_listed(_as_asked(had, question), 'and')}, but not {lacks}."


def _as_asked(terms: Sequence[str], question: str) -> list[str]:
    """Terms as the question writes them; those that stand beside each other, as of a name of several words, are one."""
    spans: list[tuple[int, int]] = []
    plain = question.replace("’", "'")
    places = (_place(term.replace("’", "'"), plain) for term in terms)
    for span in sorted(place for place in places if place):
        joins = bool(spans) and question[spans[-1][1] : span[0]] == " "
        spans[-1:] = [(spans[-1][0], span[1])] if joins else [*spans[-1:], span]
    return [question[start:end] for start, end in spans] or list(terms)


def _place(term: str, question: str) -> tuple[int, int] | None:
    """Where a term stands as a word: "d" of "zone D" is no letter of "need", nor the end of "I'd"; "1990" may be of "1990s"."""
    ends = r"(?![^\W\d_])" if term[-1].isalpha() else ""
    found = re.search(rf"(?<![\w']){re.escape(term)}{ends}", question, re.IGNORECASE)
    return found.span() if found else None


def _listed(words: Sequence[str], last: str) -> str:
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), words[-1])))
