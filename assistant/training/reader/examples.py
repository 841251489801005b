"""What is learnt from: a question, a context and where in it the answer stands; read and written as JSON lines."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Example:
    """A question over a context.

    Attributes:
        kind: how it came about: "plain", "sentence" (QAMR among its neighbours), "history", "decide" (yes/no), or, for
            those without an answer, "asked" (by people), "near", "removed", "swapped", "opposite", "replaced".
        source: the data set, as in the file it was read from.
        title: of the article it belongs to.
        question: with the earlier turns before it, if any.
        context: the text that is read.
        start: the answer's first character in the context; -1 = the context holds no answer.
        end: one past its last; -1 likewise.
    """

    kind: str
    source: str
    title: str
    question: str
    context: str
    start: int = -1
    end: int = -1

    @property
    def answerable(self) -> bool:
        """Whether the context holds the answer."""
        return self.start >= 0

    @property
    def answer(self) -> str:
        """The answer's words; empty when there is none."""
        return self.context[self.start : self.end] if self.answerable else ""

    def moved(self, context: str, shift: int) -> Example:
        """The same question over another context, the answer `shift` characters later."""
        if not self.answerable:
            return replace(self, context=context)
        return replace(self, context=context, start=self.start + shift, end=self.end + shift)


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a (gzipped) JSON lines file in the schema `context, question, answers[{text,start}], answerable`."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def with_history(question: str, history: Iterable[dict[str, str]]) -> str:
    """The question with what was said before it, earliest first: `[earlier turns] [question]`."""
    return " ".join([*(turn["text"].strip() for turn in history), question.strip()])


def write(path: Path, examples: Iterable[Example]) -> None:
    """Write examples, gzipped, one a line."""
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=3) as file:
        file.writelines(json.dumps(asdict(example), ensure_ascii=False) + "\n" for example in examples)


def read(path: Path) -> list[Example]:
    """What `write` wrote."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [Example(**json.loads(line)) for line in file]
