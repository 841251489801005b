"""What the trunk learns from: a question, a window of an article, and what in it answers."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.training.reader.written import Claim, Question, Span, Written, read
from assistant.training.shared.rows import read_rows
from index.sentences import sentences
from index.spans import paragraphs

ARTICLES = Path(__file__).with_name("articles")
"""More articles, written for training after those of the data."""

DEV = ("-6.txt", "messy-5.txt")
"""How the files end that are for choosing and calibrating, never for training."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question over a window.

    Attributes:
        kind: how it came about: "answer", "yesno", "trap" (the window has the bait), "elsewhere" (the article answers at another
            place), "library" (another article), "none" (nothing near), "claim" and "checked" (claims as questions), or a source
            of `reading/train` with "/asked" or "/none" behind it; "reworded/" or "pairs/" stands before the kind of a question of
            that series.
        title: the article's.
        question: as it stands alone.
        context: the window's text.
        answers: where in it the parts of the answer stand.
        evidence: spans of the sentences that answer; empty if none does.
        yes: the verdict of a yes/no question.
        about: the sentence that answers or looks as if it did; questions about one sentence differ in little. Empty if unknown.
    """

    kind: str
    title: str
    question: str
    context: str
    answers: tuple[Span, ...] = ()
    evidence: tuple[Span, ...] = ()
    yes: bool | None = None
    about: str = ""


Group = tuple[Example, ...]
"""A question over one window or several, the first of which has what answers, if any does."""

Nearest = Callable[[str, Written, bool], list[tuple[Written, Span]]]
"""(question, its article, of other articles?) -> windows that do not answer and look as if they did."""

MOST_CHARS = 900
"""A window that is read has so many characters, if its first block has no more."""

_SIZES = (250, 400, 600, 800, 900)
_SIZES_OF_PAIRS = (250, 400)
"""Pairs are told apart by one sentence; what else stands around it takes time to read and teaches other things."""
_STARTS = frozenset(
    "the a an this that these those it he she they we there his her its their in on at by for all no some".split()
)
_AUXILIARIES = frozenset("is are was were has have had will would can could may might must should did does do".split())


def written_files(folder: Path, dev: bool) -> list[Path]:
    """The files of the dev part, or the others."""
    return [path for path in sorted(folder.glob("*-[0-9].txt")) if path.name.endswith(DEV) == dev]


def of_written(
    articles: Sequence[Written], rng: random.Random, near: Nearest | None = None, shares: Mapping[str, float] = {}
) -> Iterator[Group]:
    """Each question over a window with its evidence or its bait, and at times over windows that only look like it.

    Args:
        articles: what to read.
        rng: chooses the windows.
        near: the windows that a search finds for a question; without one, random ones of the article are taken.
        shares: how often a question comes with a window of the same article that does not answer ("elsewhere"), and with one of
            another article ("library"); 1 = always.
    """
    seed = rng.random()
    for article in articles:
        blocks = blocks_of(article)
        asked = [*article.questions, *article.turns, *(_claimed(claim, rng) for claim in article.claims)]
        for question in asked:
            about = _about(article, question)
            # Questions about one sentence are read over one window, so that only what is asked tells them apart.
            group = [_of_question(article, blocks, question, random.Random(f"{seed} {about}") if about else rng, about)]
            for kind in ("elsewhere", "library"):
                if rng.random() < shares.get(kind, 0.0):
                    group += _beside(kind, article, blocks, question, near, rng)
            yield tuple(group)


def blocks_of(article: Written) -> list[Span]:
    """Where its blocks stand; those of a text are its paragraphs."""
    if article.loaded is None:
        return list(paragraphs(article.text))
    return [(block.start, block.end) for block in article.loaded.blocks]


def head_of(article: Written, start: int) -> str:
    """What tells where a window stands that begins at `start`, as the reader is told: the title, and the headings above."""
    if article.loaded is None:
        return article.title
    above: list[tuple[int, str]] = []
    for block in article.loaded.blocks:
        if block.start >= start:
            break
        name = article.text[block.start : block.end]
        if block.kind == "heading" and name != article.loaded.title:
            above = [
                *((level, other) for level, other in above if level < (block.level or 2)),
                (block.level or 2, name),
            ]
    return " › ".join([article.loaded.title, *(name for _, name in above)])


def _about(article: Written, question: Question) -> str:
    """Which sentence answers, or looks as if it did."""
    spans = question.evidence or ((question.bait,) if question.bait else ())
    found = next((start for start, end in sentences(article.text) if spans and start <= spans[0][0] < end), None)
    return "" if found is None else f"{article.id} {found}"


def _of_question(
    article: Written, blocks: Sequence[Span], question: Question, rng: random.Random, about: str
) -> Example:
    text, before = article.text, f"{question.series}/" if question.series else ""
    most = rng.choice(_SIZES_OF_PAIRS if question.series == "pairs" else _SIZES)
    if not question.answerable:
        start, end = _window(blocks, question.bait or rng.choice(blocks), most, rng)
        kind = "trap" if question.bait else "none"
        return Example(before + kind, head_of(article, start), question.text, text[start:end], about=about)
    whole = (min(s for s, _ in question.evidence), max(e for _, e in question.evidence))
    spans = question.evidence if whole[1] - whole[0] <= 1_000 else question.evidence[:1]
    start, end = _window(blocks, (min(s for s, _ in spans), max(e for _, e in spans)), most, rng)
    return Example(
        before + (question.kind if question.kind in ("yesno", "claim") else "answer"),
        head_of(article, start),
        question.text,
        text[start:end],
        _moved(question.answers, start, end),
        _moved(spans, start, end),
        question.yes,
        about,
    )


def _beside(
    kind: str,
    article: Written,
    blocks: Sequence[Span],
    question: Question,
    near: Nearest | None,
    rng: random.Random,
) -> Iterator[Example]:
    """A window that does not answer: one of those that a search finds first, or a random one of the article."""
    if near is not None:
        found = near(question.text, article, kind == "library")
        if found:
            other, (start, end) = rng.choice(found)
            yield Example(kind, head_of(other, start), question.text, other.text[start:end])
        return
    apart = [block for block in blocks if not touches(block, question)]
    if apart and kind == "elsewhere":
        start, end = _window(blocks, rng.choice(apart), rng.choice(_SIZES), rng, question.evidence)
        yield Example(kind, head_of(article, start), question.text, article.text[start:end])


def touches(span: Span, question: Question) -> bool:
    """Whether a piece of the article has a part of what answers."""
    return any(span[0] < e and span[1] > s for s, e in question.evidence)


def _claimed(claim: Claim, rng: random.Random) -> Question:
    """A claim as a yes/no question, in one of the ways in which people check one."""
    words = claim.text.rstrip(". ").split(" ")
    first = words[0] if words[0][:1].isupper() and words[0].lower() not in _STARTS else words[0].lower()
    said = " ".join([first, *words[1:]])
    turned = next((n for n, word in enumerate(words[:9]) if n and word in _AUXILIARIES), None)
    if turned is not None and rng.random() < 0.7:
        text = " ".join([words[turned].capitalize(), first, *words[1:turned], *words[turned + 1 :]]) + "?"
    else:
        text = rng.choice((f"Is it true that {said}?", f"Is it right that {said}?", f"{claim.text.rstrip('. ')}?"))
    return Question(text, "claim", evidence=claim.evidence, yes=claim.supported)


def windows(article: Written) -> Iterator[Span]:
    """Consecutive blocks, up to `MOST_CHARS` characters."""
    first, last = 0, 0
    for start, end in blocks_of(article):
        if last and end - first > MOST_CHARS:
            yield first, last
            first = start
        first, last = (first if last else start), end
    if last:
        yield first, last


def _window(blocks: Sequence[Span], wanted: Span, most: int, rng: random.Random, avoided: Sequence[Span] = ()) -> Span:
    """Consecutive blocks around what is wanted, up to a number of characters, that touch nothing to be avoided."""
    touched = [n for n, (s, e) in enumerate(blocks) if s < wanted[1] and e > wanted[0]]
    first, last = touched[0], touched[-1]
    sides = ["left", "right"]
    while sides:
        side = rng.choice(sides)
        left, right = (first - 1, last) if side == "left" else (first, last + 1)
        fits = left >= 0 and right < len(blocks) and blocks[right][1] - blocks[left][0] <= most
        if fits and all(blocks[right][1] <= s or blocks[left][0] >= e for s, e in avoided):
            first, last = left, right
        else:
            sides.remove(side)
    return blocks[first][0], blocks[last][1]


def _moved(spans: Sequence[Span], start: int, end: int) -> tuple[Span, ...]:
    return tuple((s - start, e - start) for s, e in spans if s >= start and e <= end)


def of_support(path: Path, rng: random.Random) -> Iterator[Group]:
    """The claims of `support/train` that their evidence supports or contradicts, as yes/no questions."""
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        row = json.loads(line)
        if row["source"].startswith("fever"):
            claim = Claim(row["claim"], row["supported"], ((0, len(row["evidence"])),))
            asked = _claimed(claim, rng)
            yield (Example("checked", "", asked.text, row["evidence"], (), claim.evidence, asked.yes),)


def of_rows(path: Path, rng: random.Random) -> Iterator[Group]:
    """The rows of `reading/train`."""
    for row in read_rows(path):
        title = row["title"].replace("_", " ") if rng.random() < 0.7 else ""
        if not row["answerable"]:
            yield (Example(f"{row['source']}/none", title, row["question"], row["context"]),)
            continue
        start = row["answers"][0]["start"]
        span = (start, start + len(row["answers"][0]["text"]))
        touched = [(s, e) for s, e in sentences(row["context"]) if s < span[1] and e > span[0]]
        if touched:
            evidence = ((touched[0][0], touched[-1][1]),)
            yield (Example(f"{row['source']}/asked", title, row["question"], row["context"], (span,), evidence),)


def all_written(folder: Path, dev: bool) -> list[Written]:
    """The articles of the dev part, or the others."""
    return [article for path in written_files(folder, dev) for article in read(path)]
