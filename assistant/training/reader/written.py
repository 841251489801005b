"""Written articles with their questions, as the README of `articles/` says -> articles and questions.

A piece of text is given by its words; where it stands is found here: an answer in the sentence of its anchor, as whole words. An
article may be the source of a file of another format, such as HTML; its text is then what is loaded from that.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from index.article import Article
from index.loading.files import load_file
from index.sentences import sentences
from index.settings import IndexSettings

Span = tuple[int, int]


class WrittenError(ValueError):
    """A line that does not keep to the format; the message has file and line."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of an article.

    Attributes:
        text: as it would be asked alone.
        kind: who, what, when, ..., "yesno", or "none" if the article does not say.
        answers: where the parts of the answer stand; empty for yes/no questions and unanswerable ones.
        evidence: spans of the sentences that answer; empty for unanswerable ones.
        yes: the verdict of a yes/no question.
        trap: why an unanswerable question looks answerable.
        bait: what a careless reader would answer.
        typed: as it was typed in a conversation.
        history: the turns before, as typed, with the answers given.
        series: "reworded" of the second, behind a line "R": hardly a word of the question stands in the sentence that answers;
            "pairs" of the third, behind a line "P": yes and no over one sentence, and lists over several; "" of the first.
    """

    text: str
    kind: str
    answers: tuple[Span, ...] = ()
    evidence: tuple[Span, ...] = ()
    yes: bool | None = None
    trap: str = ""
    bait: Span | None = None
    typed: str = ""
    history: tuple[str, ...] = ()
    series: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the article says it."""
        return bool(self.evidence)


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence about an article: whether it is so, and the sentences that decide it."""

    text: str
    supported: bool
    evidence: tuple[Span, ...]


@dataclass(slots=True)
class Written:
    """An article and what is asked and said of it; `id` is the file's name and the article's number.

    Of an article in another format than plain text, `format` is the suffix of such files, `source` is what stands in the file,
    and `loaded` is the article with its blocks, which has this `text`.
    """

    id: str
    title: str
    kind: str
    date: str
    text: str
    questions: list[Question] = field(default_factory=list)
    turns: list[Question] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    format: str = ".txt"
    source: str = ""
    loaded: Article | None = None


def read(path: Path) -> list[Written]:
    """The articles of a file.

    Raises:
        WrittenError: a line does not keep to the format.
    """
    parts = re.split(r"^### ARTICLE$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [_article(f"{path.stem}-{n}", part) for n, part in enumerate(parts[1:], start=1)]


def _article(name: str, source: str) -> Written:
    head, body, asked = re.split(r"^---$", source.strip(), maxsplit=2, flags=re.MULTILINE)
    known = dict(line.split(":", 1) for line in head.strip().splitlines() if ":" in line)
    article = Written(name, known["title"].strip(), known["kind"].strip(), known["date"].strip(), "")
    if "format" in known:
        article.format, article.source = f".{known['format'].strip()}", body.lstrip("\n")
        article.loaded = _loaded(article)
        article.text = article.loaded.text
    else:
        article.text = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in body.strip().splitlines()))
    text = article.text
    spans = sentences(text)
    history: list[str] = []
    series = ""
    for line in asked.strip().splitlines():
        tag, *fields = [part.strip() for part in line.split("|")]
        try:
            match tag.split():
                case ["Q", kind]:
                    article.questions.append(replace(_answerable(text, spans, kind, *fields), series=series))
                case ["Y", "yes" | "no" as verdict]:
                    evidence = _evidence(text, spans, fields[1])
                    yes = verdict == "yes"
                    article.questions.append(Question(fields[0], "yesno", (), evidence, yes, series=series))
                case ["N", trap]:
                    bait = _place(text, fields[1]) if len(fields) > 1 and fields[1] else None
                    article.questions.append(Question(fields[0], "none", trap=trap, bait=bait, series=series))
                case ["R" | "P" as begins]:
                    series = "reworded" if begins == "R" else "pairs"
                case ["C", "+" | "-" as sign]:
                    evidence = _evidence(text, spans, fields[1])
                    article.claims.append(Claim(fields[0], sign == "+", evidence))
                case ["D"]:
                    history = []
                case ["T"]:
                    article.turns.append(_turn(text, spans, history, fields))
                    history += [fields[0], fields[2]]
                case []:
                    continue
                case _:
                    raise ValueError("a line begins with Q and a kind, Y yes|no, N and a kind, R, P, C +|-, D or T")
        except (IndexError, ValueError, TypeError) as error:
            raise WrittenError(f"{name}: {line!r}: {error}") from error
    return article


def _loaded(article: Written) -> Article:
    """What is loaded from the article's source, as from a file that is called by its title."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"article{article.format}")
        path.write_text(article.source, encoding="utf-8")
        return load_file(path, IndexSettings(), article.title + article.format)


def _answerable(text: str, spans: Sequence[Span], kind: str, question: str, answer: str, anchor: str) -> Question:
    evidence = _evidence(text, spans, anchor)
    answers = tuple(_inside(text, piece, evidence) for piece in _pieces(answer))
    return Question(question, kind, answers, evidence)


def _turn(text: str, spans: Sequence[Span], history: Sequence[str], fields: Sequence[str]) -> Question:
    typed, alone, answer, *anchors = fields
    anchor = anchors[0] if anchors else ""
    before = tuple(history)
    if answer == "NONE":
        return Question(alone, "none", typed=typed, history=before)
    evidence = _evidence(text, spans, anchor)
    if answer in ("YES", "NO"):
        return Question(alone, "yesno", evidence=evidence, yes=answer == "YES", typed=typed, history=before)
    answers = tuple(_inside(text, piece, evidence) for piece in _pieces(answer))
    return Question(alone, "turn", answers, evidence, typed=typed, history=before)


def _pieces(joined: str) -> list[str]:
    return [piece.strip() for piece in joined.split("&&")]


def _evidence(text: str, spans: Sequence[Span], anchors: str) -> tuple[Span, ...]:
    """The sentences that hold the anchors, in their order."""
    found = []
    for anchor in _pieces(anchors):
        start, end = _place(text, anchor)
        touched = [span for span in spans if span[0] < end and span[1] > start]
        found.append((touched[0][0], touched[-1][1]))
    return tuple(dict.fromkeys(found))


def _place(text: str, piece: str) -> Span:
    """Where a piece stands first as whole words, or stands at all."""
    found = next(_places(text, piece), None)
    if found is None:
        raise ValueError(f"{piece!r} does not stand in the article")
    return found


def _inside(text: str, piece: str, evidence: Sequence[Span]) -> Span:
    """Where a piece stands in the sentences that answer, or nearest to them."""
    for start, end in evidence:
        if found := next((at for at in _places(text, piece) if at[0] >= start and at[1] <= end), None):
            return found
    near = sorted(_places(text, piece), key=lambda at: min(abs(at[0] - start) for start, _ in evidence))
    if not near:
        raise ValueError(f"{piece!r} does not stand in the article")
    return near[0]


def _places(text: str, piece: str) -> Iterator[Span]:
    """Where a piece stands: as whole words first."""
    left = r"(?<!\w)" if piece[0].isalnum() else ""
    right = r"(?!\w)" if piece[-1].isalnum() else ""
    whole = [match.span() for match in re.finditer(left + re.escape(piece) + right, text)]
    yield from whole
    yield from (span for match in re.finditer(re.escape(piece), text) if (span := match.span()) not in whole)
