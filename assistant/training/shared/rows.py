"""Rows of the public data, as JSON lines."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a (gzipped) JSON lines file in the schema `context, question, answers[{text,start}], answerable`."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def with_history(question: str, history: Iterable[dict[str, str]]) -> str:
    """The question with what was said before it, earliest first: `[earlier turns] [question]`."""
    return " ".join([*(turn["text"].strip() for turn in history), question.strip()])
