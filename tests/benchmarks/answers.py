"""Measures answers by kind on the dev part of the written articles, each question asked of its own article, as a user asks it.

python -m tests.benchmarks.answers DATA [--every N] [--json]

DATA is the folder with `written/`. Lists: are all items in cited sentences, and is no sentence cited that has none? Yes/no: how
often is a verdict said, and how often is it right? Why and how: is the sentence cited that has the clause? Bold words: token F1
with the expected ones, where they are marked in a sentence that answers. The baseline of each is what the best sentence alone
would give, as before answers went by kind; of bold words, what the whole sentence would.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from assistant import Answer, Assistant, Citation
from assistant.core.squad_scores import f1
from assistant.training.reader.examples import all_written
from assistant.training.reader.moving import moved
from assistant.training.reader.written import Question
from index.article import Article
from tests.benchmarks import _common

Asked = tuple[Question, Answer, str]
"""A question with its answer, and the text of the article."""


def main() -> None:
    """Run from the command line."""
    parser = _common.parser("answers", __doc__ or "")
    parser.add_argument("data", type=Path, help="folder with written/")
    parser.add_argument("--every", type=int, default=1, help="ask every n-th question")
    arguments = parser.parse_args()
    asked = list(_asked(arguments.data, arguments.every))
    rows = [*_lists(asked), *_yes_no(asked), *_clauses(asked), *_words(asked)]
    _common.show("answers by kind, written dev part", rows, as_json=arguments.json)


def _asked(data: Path, every: int) -> Iterator[Asked]:
    """The answerable questions, each with what is answered."""
    written = all_written(data / "written", dev=True)
    with TemporaryDirectory() as folder, Assistant.open(folder) as assistant:
        assistant.add([Article(one.text, one.title, one.id) for one in written])
        by_source = {article.source: article for article in assistant.articles()}
        questions = [(by_source[one.id], one, question) for one in written for question in one.questions]
        for article, one, question in questions[::every]:
            if question.answerable:
                here = moved(question, one.text, article.text)
                yield here, assistant.ask(here.text, articles=[article.id]), article.text


def _lists(asked: Sequence[Asked]) -> Iterator[dict[str, object]]:
    lists = [one for one in asked if one[0].kind == "list"]
    items = [[_stands(span, answer.citations) for span in question.answers] for question, answer, _ in lists]
    first = [[_stands(span, answer.citations[:1]) for span in question.answers] for question, answer, _ in lists]
    clean = [_nothing_besides(question, answer.citations) for question, answer, _ in lists]
    whole = [all(found) and ok for found, ok in zip(items, clean, strict=True)]
    yield _row("lists: all items cited, none besides", whole, [all(found) for found in first])
    yield _row("lists: items cited", [*chain(*items)], [*chain(*first)])
    answered = [ok for ok, (_, answer, _) in zip(whole, lists, strict=True) if answer.citations]
    yield _row("lists: all items, none besides, of the answered", answered)


def _yes_no(asked: Sequence[Asked]) -> Iterator[dict[str, object]]:
    told = [(question.yes, answer.verdict) for question, answer, _ in asked if question.yes is not None]
    yield _row("yes/no: said", [bool(verdict) for _, verdict in told])
    yield _row("yes/no: right of the said", [(verdict == "yes") == yes for yes, verdict in told if verdict])


def _clauses(asked: Sequence[Asked]) -> Iterator[dict[str, object]]:
    clauses = [
        (any(_stands(span, answer.citations) for span in question.evidence), bool(answer.citations))
        for question, answer, _ in asked
        if question.kind in ("why", "how")
    ]
    yield _row("why and how: right sentence cited", [right for right, _ in clauses])
    yield _row("why and how: right sentence, of the answered", [right for right, answered in clauses if answered])


def _words(asked: Sequence[Asked]) -> Iterator[dict[str, object]]:
    scores, marked, whole = [], [], []
    for question, answer, text in asked:
        right = any(_stands(span, answer.citations) for span in question.evidence)
        if right and question.answers:
            golds = [text[start:end] for start, end in question.answers]
            golds.append(" ".join(golds))
            keys = [" ".join(sentence.keys) for sentence in answer.sentences]
            marked.append(any(keys))
            said = " ".join(key for key in keys if key)
            if said:
                scores.append(max(f1(gold, said) for gold in golds))
            whole.append(max(f1(gold, answer.citations[0].quote) for gold in golds))
    yield _row("bold words: token F1 where marked", scores, whole)
    yield _row("bold words: marked where rightly answered", marked)


def _stands(span: tuple[int, int], citations: Sequence[Citation]) -> bool:
    return any(span[0] < citation.end and span[1] > citation.start for citation in citations)


def _nothing_besides(question: Question, citations: Sequence[Citation]) -> bool:
    """Whether every cited sentence has an item or is one of those that prove it."""
    wanted = (*question.answers, *question.evidence)
    return all(any(span[0] < c.end and span[1] > c.start for span in wanted) for c in citations)


def _row(what: str, values: Sequence[float], baseline: Sequence[float] | None = None) -> dict[str, object]:
    def share(found: Sequence[float] | None) -> object:
        return round(float(np.mean([float(value) for value in found])), 3) if found else ""

    return {"what": what, "questions": len(values), "now": share(values), "best sentence alone": share(baseline)}


if __name__ == "__main__":
    main()
