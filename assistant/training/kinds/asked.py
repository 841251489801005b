"""Questions with their kinds: those that were written for it, and the written questions, whose kinds are coarser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from assistant.core.kinds import Kind
from assistant.training.reader.examples import ARTICLES, written_files
from assistant.understanding.followup.acts import ActKind

QUESTIONS = Path(__file__).with_name("questions")
TRAINING = tuple(QUESTIONS / f"{name}.txt" for name in ("one", "two", "three", "four", "five", "six"))
MARKED_SIDES, MARKED_TOPICS = QUESTIONS / "sides.txt", QUESTIONS / "topics.txt"
MARKED_SIDES_DEV, MARKED_TOPICS_DEV = QUESTIONS / "sides-dev.txt", QUESTIONS / "topics-dev.txt"
"""In these the things that are compared, or what a question is about, stand in square brackets."""
DEV = QUESTIONS / "dev.txt"
"""For judging, never for training; another hand wrote it."""
WRITTEN_DEV = QUESTIONS / "written-dev.txt"
"""The questions of the dev part of the written articles, each with the kind that a careful reader took it for, from its words
alone; where two are equally fair, with both, the better first. For judging, too."""

TURNS = QUESTIONS / "turns.txt"
"""Utterances in a conversation, each with what it does; what it is about stands in square brackets, a question behind it after
`||`."""

_KINDS: dict[str, Kind] = {"why": "why", "how": "how", "list": "list", "quote": "said"}
"""Kinds of the written questions; all others ask for one thing."""
_BETWEEN = "||"


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question with its kind.

    Attributes:
        text: as it is asked.
        kinds: the kind of each part; one, unless it is several questions.
        cuts: where the second part and further ones begin in the text.
    """

    text: str
    kinds: tuple[Kind, ...]
    cuts: tuple[int, ...] = ()


def read_questions(path: Path) -> list[AskedQuestion]:
    """Read lines `kind | question`; of several questions in one `kind + kind | part || part`.

    Raises:
        ValueError: a line is none of them; the message names it.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        named, _, rest = line.partition("|")
        kinds = tuple(kind.strip() for kind in named.split("+"))
        parts = [part.strip() for part in rest.split(_BETWEEN)]
        if len(kinds) != len(parts) or not set(kinds) <= set(get_args(Kind)) or not all(parts):
            raise ValueError(f"{path.name}, line {number}: {line!r} is no `kind | question`.")
        found.append(_joined(parts, kinds))  # type: ignore[arg-type]
    return found


def _joined(parts: Sequence[str], kinds: tuple[Kind, ...]) -> AskedQuestion:
    text, cuts = parts[0], []
    for part in parts[1:]:
        text += "" if part[0] in ",;.?!" else " "
        cuts.append(len(text))
        text += part
    return AskedQuestion(text, kinds, tuple(cuts))


def read_marked(path: Path) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
    """Read questions with words in square brackets: the question without the brackets, and where the words stand."""
    found = []
    for line in filter(str.strip, path.read_text(encoding="utf-8").splitlines()):
        text, spans = "", []
        for n, piece in enumerate(re.split(r"[\[\]]", line.strip())):
            if n % 2:
                spans.append((len(text), len(text) + len(piece)))
            text += piece
        found.append((text, tuple(spans)))
    return found


@dataclass(frozen=True, slots=True)
class Turn:
    """An utterance in a conversation.

    Attributes:
        text: as it was typed.
        act: what it does; one of `ActKind`.
        topic: where the words stand for what it is about; empty = nowhere.
        rest: where the question behind them begins; the text's length, if there is none.
    """

    text: str
    act: str
    topic: tuple[int, int]
    rest: int


def read_turns(path: Path) -> list[Turn]:
    """Read lines `act | utterance`, as in `TURNS`.

    Raises:
        ValueError: a line is none of them; the message names it.
    """
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        act, between, text = (piece.strip() for piece in line.partition(" | "))
        if not between or act not in get_args(ActKind) or text.count("[") > 1 or text.count("[") != text.count("]"):
            raise ValueError(f"{path.name}, line {number}: {line!r} is no `act | utterance`.")
        start = text.find("[")
        end = text.replace("[", "").find("]")
        text = text.replace("[", "").replace("]", "")
        rest = text.find(_BETWEEN)
        text = " ".join(text.replace(_BETWEEN, " ").split())
        found.append(Turn(text, act, (start, end) if start >= 0 else (0, 0), rest if rest >= 0 else len(text)))
    return found


def typed_turns(paths: Sequence[Path]) -> list[str]:
    """What was typed in the conversations about written articles, once each."""
    lines = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    fields = (line.split("|") for line in lines if line.startswith("T |"))
    return list(dict.fromkeys(field[1].strip() for field in fields))


def written_questions(paths: Sequence[Path]) -> Iterator[AskedQuestion]:
    """The lines Q and Y of written articles, but those of the third series: behind a line "P" every other question is a list."""
    for path in paths:
        listed = False
        for line in path.read_text(encoding="utf-8").splitlines():
            tag, *fields = (field.strip() for field in line.split("|"))
            listed = line != "### ARTICLE" and (listed or line == "P")
            if listed:
                continue
            if tag.startswith("Q ") and fields:
                yield AskedQuestion(fields[0], (_KINDS.get(tag.split()[1], "fact"),))
            elif tag in ("Y yes", "Y no") and fields:
                yield AskedQuestion(fields[0], ("yes_no",))


def written_dev(data: Path) -> list[AskedQuestion]:
    """The questions of the dev part of the written articles."""
    return list(written_questions(written_files(data / "written", dev=True)))


def written_training(data: Path) -> tuple[list[AskedQuestion], list[AskedQuestion]]:
    """Those of the training part, and those of the articles that were written for training the reader."""
    first = written_questions(written_files(data / "written", dev=False))
    return list(first), list(written_questions(written_files(ARTICLES, dev=False)))
