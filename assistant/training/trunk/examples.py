"""What the trunk learns from: a question, a window of an article, and what in it answers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.training.reader.examples import read_rows
from assistant.training.trunk.written import Question, Span, Written, read
from index.passages import paragraphs, sentences

DEV = ("-6.txt", "messy-5.txt")
"""How the files end that are for choosing and calibrating, never for training."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question over a window.

    Attributes:
        kind: how it came about: "answer", "yesno", "trap" (the window has the bait), "elsewhere" (the article answers at another
            place), "none" (nothing near), or a source of `reading/train` with "/asked" or "/none" behind it.
        title: the article's.
        question: as it stands alone.
        context: the window's text.
        answers: where in it the parts of the answer stand.
        evidence: spans of the sentences that answer; empty if none does.
        yes: the verdict of a yes/no question.
    """

    kind: str
    title: str
    question: str
    context: str
    answers: tuple[Span, ...] = ()
    evidence: tuple[Span, ...] = ()
    yes: bool | None = None


def written_files(folder: Path, dev: bool) -> list[Path]:
    """The files of the dev part, or the others."""
    return [path for path in sorted(folder.glob("*-[0-9].txt")) if path.name.endswith(DEV) == dev]


def of_written(articles: Sequence[Written], rng: random.Random) -> Iterator[Example]:
    """Each question over a window with its evidence or its bait, and answerable ones over another window, too."""
    for article in articles:
        blocks = list(paragraphs(article.text))
        for question in (*article.questions, *article.turns):
            yield from _of_question(article, blocks, question, rng)


def _of_question(article: Written, blocks: Sequence[Span], question: Question, rng: random.Random) -> Iterator[Example]:
    text, most = article.text, rng.choice((250, 400, 600, 800, 900))
    if not question.answerable:
        near = question.bait or rng.choice(blocks)
        start, end = _window(blocks, near, most, rng)
        kind = "trap" if question.bait else "none"
        yield Example(kind, article.title, question.text, text[start:end])
        return
    whole = (min(s for s, _ in question.evidence), max(e for _, e in question.evidence))
    spans = question.evidence if whole[1] - whole[0] <= 1_000 else question.evidence[:1]
    start, end = _window(blocks, (min(s for s, _ in spans), max(e for _, e in spans)), most, rng)
    yield Example(
        "yesno" if question.kind == "yesno" else "answer",
        article.title,
        question.text,
        text[start:end],
        _moved(question.answers, start, end),
        _moved(spans, start, end),
        question.yes,
    )
    apart = [block for block in blocks if all(block[1] <= s or block[0] >= e for s, e in question.evidence)]
    if apart:
        start, end = _window(blocks, rng.choice(apart), most, rng, question.evidence)
        yield Example("elsewhere", article.title, question.text, text[start:end])


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


def of_rows(path: Path, rng: random.Random) -> Iterator[Example]:
    """The rows of `reading/train`."""
    for row in read_rows(path):
        title = row["title"].replace("_", " ") if rng.random() < 0.7 else ""
        if not row["answerable"]:
            yield Example(f"{row['source']}/none", title, row["question"], row["context"])
            continue
        start = row["answers"][0]["start"]
        span = (start, start + len(row["answers"][0]["text"]))
        touched = [(s, e) for s, e in sentences(row["context"]) if s < span[1] and e > span[0]]
        if touched:
            evidence = ((touched[0][0], touched[-1][1]),)
            yield Example(f"{row['source']}/asked", title, row["question"], row["context"], (span,), evidence)


def all_written(folder: Path, dev: bool) -> list[Written]:
    """The articles of the dev part, or the others."""
    return [article for path in written_files(folder, dev) for article in read(path)]
