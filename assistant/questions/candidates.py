"""Article -> questions that it may answer, without a model: from its people, sentences, headings, glossaries and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, pairwise, zip_longest

from assistant.questions.inverting import questions_of
from assistant.questions.people import Person, people_of
from index.article import Article, Block
from index.blocks import blocks_of
from index.sentences import sentences
from index.spans import Span

_READ_CHARS = 20_000
"""How many characters of an article are looked at; people named further down are seldom what it is about."""
_MOST_HEADING_WORDS = 5
_LEAST_SECTION = 120
"""A section with fewer characters of sentences has nothing to be summed up."""

_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w’'-]+"
_DEFINED = re.compile(
    rf"(?P<the>The )?(?P<name>{_CAPITAL}(?: (?:of |of the )?{_CAPITAL}){{0,3}}) (?P<is>is|was) (?:an?|the|one of)\b"
)
_GLOSSED = re.compile(r"(?P<name>[A-Z]\w+(?: [a-z][\w-]+){0,3}): (?:An?|The|What) [^.]{20,}\.")
_ASKED = re.compile(r"[A-Z][^?.!\n“”\"]{8,90}\?")
_LEANING = frozenset("he she they it this that these those him her them his their its".split())
_YOU = frozenset("you your yours".split())
_NUMBERED = re.compile(r"(?:§ ?)?\d+(?:\.\d+)*[.)]? +(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Wordings:
    """Templates of the questions, in the user's language; `{name}` stands for a person, a thing or a heading.

    Attributes:
        said: asks what somebody said.
        who: asks who somebody is.
        about: asks what an article is about.
        published: asks when it was published.
        what: asks what something is.
        meaning: asks what a term means.
        section: asks for an overview of a section.
        row: asks for a row of a table.
    """

    said: str = "What did {name} say?"
    who: str = "Who is {name}?"
    about: str = "What is this about?"
    published: str = "When was it published?"
    what: str = "What is {name}?"
    meaning: str = "What does “{name}” mean?"
    section: str = "What does the section “{name}” say?"
    row: str = "What is listed for “{name}”?"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that an article may answer.

    Attributes:
        question: as it would be asked.
        start: first character of what answers it, if it is answered as it is meant: a sentence, a section, or all of the article.
        end: one past the last character.
    """

    question: str
    start: int
    end: int


def candidates(article: Article, wordings: Wordings) -> list[Candidate]:
    """Questions that the article may answer, each once: the first of each kind, then the second ones, and so on."""
    text = article.text[:_READ_CHARS]
    blocks = [block for block in article.blocks or blocks_of(article.text) if block.end <= len(text)]
    people = list(people_of(text))
    made = list(_of_sentences(text, blocks, [person.name for person in people]))
    kinds: list[Sequence[Candidate]] = [
        list(_asked(text, blocks)),
        [_of(one, wordings.said, text) for one in people if one.speaks],
        *([one for kind, one in made if kind == wanted] for wanted in ("why", "who")),
        [_of(one, wordings.who, text) for one in sorted(people, key=lambda one: (bool(one.speaks), not one.titled))],
        list(_defined(text, blocks, wordings)),
        list(_sections(article, blocks, wordings)),
        *([one for kind, one in made if kind == wanted] for wanted in ("number", "when")),
        list(_rows(text, blocks, wordings)),
        [Candidate(wordings.about, 0, len(article.text))],
        [Candidate(wordings.published, 0, len(article.text))] if article.published else [],
    ]
    found: dict[str, Candidate] = {}
    for one in filter(None, chain.from_iterable(zip_longest(*kinds))):
        found.setdefault(one.question, one)
    return list(found.values())


def _of(person: Person, wording: str, text: str) -> Candidate:
    return Candidate(wording.format(name=person.name), 0, len(text))


def _asked(text: str, blocks: Sequence[Block]) -> Iterator[Candidate]:
    """The questions that the article itself asks and then answers: headings, and paragraphs that begin with one.

    Who is asked as "you" outside of a heading is somebody else than the reader, as in an interview.
    """
    for n, block in enumerate(blocks[:-1]):
        found = _ASKED.match(text, block.start, block.end)
        if not found:
            continue
        words = set(re.findall(r"\w+", found[0].casefold()))
        whole = found.end() == block.end
        if block.kind == "heading" and whole and not words & _LEANING:
            yield Candidate(found[0], blocks[n + 1].start, _section_end(blocks, n))
        elif block.kind == "paragraph" and not words & (_LEANING | _YOU):
            end = blocks[n + 1].end if whole else block.end
            yield Candidate(found[0], blocks[n + 1].start if whole else found.end(), end)


def _of_sentences(text: str, blocks: Sequence[Block], people: Sequence[str]) -> Iterator[tuple[str, Candidate]]:
    """What single sentences answer, each with its kind."""
    for start, end in _prose(text, blocks):
        for kind, question in questions_of(text[start:end], partial(_lowered, text), people):
            yield kind, Candidate(question, start, end)


def _prose(text: str, blocks: Sequence[Block]) -> Iterator[Span]:
    for block in blocks:
        if block.kind in ("paragraph", "item"):
            yield from sentences(text, block.start, block.end)


def _defined(text: str, blocks: Sequence[Block], wordings: Wordings) -> Iterator[Candidate]:
    """What something is that a sentence defines, and what the terms of a glossary mean."""
    for start, end in _prose(text, blocks):
        found = _DEFINED.match(text, start, end)
        if found and (found["the"] or found["name"].isupper()):
            yield Candidate(wordings.what.format(name=f"{(found['the'] or '').lower()}{found['name']}"), start, end)
    glossed = [(block, _GLOSSED.match(text, block.start, block.end)) for block in blocks if block.kind == "item"]
    terms = [(block, found) for block, found in glossed if found]
    # One alone may be a remark, such as a correction.
    for block, found in terms if len(terms) > 1 else ():
        yield Candidate(wordings.meaning.format(name=found["name"]), block.start, block.end)


def _sections(article: Article, blocks: Sequence[Block], wordings: Wordings) -> Iterator[Candidate]:
    """What sections say that have sentences; of a table some rows would be no answer."""
    for n, block in enumerate(blocks):
        if block.kind != "heading" or n == 0 or n + 1 == len(blocks):
            continue
        heading = _NUMBERED.sub("", article.text[block.start : block.end])
        plain = len(heading.split()) <= _MOST_HEADING_WORDS and re.fullmatch(r"[A-Z][\w’'-]*(?:,? [\w’'-]+)*", heading)
        if not plain or heading == article.title or any(letter.isdigit() for letter in heading):
            continue
        end = _section_end(blocks, n)
        inside = [one for one in blocks[n + 1 :] if one.start < end]
        said = sum(one.end - one.start for one in inside if one.kind in ("paragraph", "item", "quote"))
        if said >= max(_LEAST_SECTION, (end - block.end) / 2):
            yield Candidate(wordings.section.format(name=heading), block.start, end)


def _section_end(blocks: Sequence[Block], n: int) -> int:
    """Where the section ends that begins with a heading."""
    for before, after in pairwise(blocks[n:]):
        if after.kind == "heading" and after.level <= blocks[n].level:
            return before.end
    return blocks[-1].end


def _rows(text: str, blocks: Sequence[Block], wordings: Wordings) -> Iterator[Candidate]:
    """What a table says in one of its rows: each has a name, and the names of the columns before its cells."""
    for block in blocks:
        name, colon, cells = text[block.start : block.end].partition(": ")
        if block.kind == "row" and colon and cells and re.fullmatch(r"[A-Z][a-z]+(?: [A-Za-z][a-z’'-]+){1,3}", name):
            yield Candidate(wordings.row.format(name=name), block.start, block.end)


def _lowered(text: str, words: str) -> str:
    """Words that begin a line or a sentence, as they are written inside one: a name keeps its capital."""
    first, _, rest = words.partition(" ")
    if first.isupper() or any(letter.isupper() for letter in first[1:]):
        return words
    if re.search(rf"\b{re.escape(first.lower())}\b", text) and not rest[:1].isupper():
        return f"{first.lower()} {rest}".strip()
    inside = re.search(rf"[a-z,;] {re.escape(first)}\b", text)
    return words if inside or rest[:1].isupper() else f"{first.lower()} {rest}".strip()
