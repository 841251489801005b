"""Written articles -> question sets: `python -m assistant.training.reader.question_sets DATA FOLDER` writes the dev part.

With `--documents` it is the dev part of the documents in other formats than text, which lie in `articles/`. Each article
becomes a file and a set of its own, so that `footnote test` asks each question over its own article, and with `--library` over
all that a library holds.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

from assistant.questions.spec.cases import Case, Expected, QuestionSet, Source
from assistant.questions.spec.writing import dumps
from assistant.training.reader.examples import ARTICLES, all_written
from assistant.training.reader.moving import moved
from assistant.training.reader.written import Question, Written
from index.loading.files import load_file
from index.settings import IndexSettings

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]')
"""Some system refuses these in a file's name."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the sets."""
    parser = argparse.ArgumentParser(description="Write the written dev part as question sets.")
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--documents", action="store_true", help="the documents in other formats than text")
    options = parser.parse_args(arguments)
    (options.folder / "articles").mkdir(parents=True, exist_ok=True)
    for article in all_written(ARTICLES if options.documents else options.data / "written", dev=True):
        path = options.folder / "articles" / _file_name(article)
        path.write_text(article.source or f"{article.title}\n\n{article.text}\n", encoding="utf-8")
        found = question_set(article, path)
        named = options.folder / f"{article.id}.questions.yaml"
        named.write_text(dumps(found, options.folder), encoding="utf-8")


def _file_name(article: Written) -> str:
    """As a person calls a file: many tables and records have no other title."""
    return f"{_NOT_IN_NAMES.sub('', article.title)}{article.format}" if article.loaded else f"{article.id}.txt"


def question_set(article: Written, path: Path) -> QuestionSet:
    """The questions of an article that lies in a file.

    Any of the sentences that answer may be cited, and any part of the answer said; a yes/no question needs no wording.
    """
    text = load_file(path, IndexSettings()).text
    cases = []
    for number, written in enumerate(article.questions, start=1):
        question = moved(written, article.text, text)
        name = f"{article.id}-{number:02}"
        expected = Expected(
            name,
            question.text,
            answers=tuple(dict.fromkeys(text[start:end] for start, end in question.answers)),
            evidence=tuple(text[start:end] for start, end in question.evidence),
            answerable=question.answerable,
            tags=_tags(question),
        )
        cases.append(Case(name, (expected,)))
    return QuestionSet(article.id, None, (Source(path),), tuple(cases))


def _tags(question: Question) -> tuple[str, ...]:
    """The kind of question, and of trap, and what is right of a yes/no question."""
    if not question.answerable:
        return (f"trap-{question.trap}",) if question.trap else ()
    if question.yes is not None:
        return ("yes-no", "yes" if question.yes else "no")
    return (question.kind,)


if __name__ == "__main__":
    main()
