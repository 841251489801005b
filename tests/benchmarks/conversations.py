"""Measures follow-ups in conversations about the written articles' dev part, held with the product as a user would hold them.

python -m tests.benchmarks.conversations DATA [--every N] [--json]

DATA is the folder with `written/`. Each conversation is about its own article; what was answered stands in its history, right or
wrong. As by hand: is a follow-up answered with the same sentence first, or refused, as the standalone question that a person
wrote down for it? Added terms are those of `assistant.training.resolver.scoring`. Complete questions are the single questions of
all articles, resolved after a turn about another article: a changed one is spoilt. The baseline of each is to ask what was typed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant import Answer, Assistant
from assistant.core.turns import Turn
from assistant.training.reader.examples import all_written
from assistant.training.reader.written import Written
from assistant.training.resolver.scoring import Resolved, figures
from assistant.understanding.followup.leaning import leans
from assistant.understanding.followup.term_resolver import TermResolver
from index.article import Article
from tests.benchmarks import _common


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A follow-up, what was answered, and what is answered to the standalone question and to what was typed alone.

    Attributes:
        typed: as a person typed it.
        alone: as that person wrote it down to stand alone.
        answer: in the conversation.
        by_hand: to `alone`.
        untold: to `typed`, without a conversation.
    """

    typed: str
    alone: str
    answer: Answer
    by_hand: Answer
    untold: Answer


def main() -> None:
    """Run from the command line."""
    parser = _common.parser("conversations", __doc__ or "")
    parser.add_argument("data", type=Path, help="folder with written/")
    parser.add_argument("--every", type=int, default=1, help="hold every n-th article's conversation")
    arguments = parser.parse_args()
    written = all_written(arguments.data / "written", dev=True)
    with TemporaryDirectory() as folder, Assistant.open(folder) as assistant:
        assistant.add([Article(one.text, one.title, one.id) for one in written])
        found = list(_held(assistant, written[:: arguments.every]))
        turns = _unrelated_turns(assistant, written)
    _common.show("conversations, written dev part", [*_rows(found), *_complete(written, turns)], as_json=arguments.json)


def _held(assistant: Assistant, written: Sequence[Written]) -> Iterator[FollowUp]:
    """All follow-ups, in their conversations."""
    by_source = {article.source: article.id for article in assistant.articles()}
    for one in written:
        articles = [by_source[one.id]]
        conversation = assistant.conversation(articles=articles)
        for turn in one.turns:
            if not turn.history:
                conversation = assistant.conversation(articles=articles)
            answer = conversation.ask(turn.typed)
            if turn.history:
                alone, untold = (assistant.ask(text, articles=articles) for text in (turn.text, turn.typed))
                yield FollowUp(turn.typed, turn.text, answer, alone, untold)


def _rows(found: Sequence[FollowUp]) -> Iterator[dict[str, object]]:
    now = [alike(one.answer, one.by_hand) for one in found]
    yield _row("as by hand", now, [alike(one.untold, one.by_hand) for one in found])
    answered = [n for n, one in enumerate(found) if one.by_hand.citations]
    untold = [alike(found[n].untold, found[n].by_hand) for n in answered]
    yield _row("as by hand, where that is answered", [now[n] for n in answered], untold)
    resolved = figures(
        [Resolved(one.typed, one.alone, one.answer.trace.standalone_question or one.typed) for one in found]
    )
    for key in ("added_term_f1", "added_term_precision", "added_term_recall", "unchanged_follow_ups"):
        yield {"what": key.replace("_", " "), "questions": len(found), "now": round(resolved[key], 3), "as typed": ""}


def alike(answer: Answer, other: Answer) -> bool:
    """Whether two answers are of one sort, and begin with the same words of an article, if they quote any."""
    if not answer.citations or not other.citations:
        return bool(answer.citations) == bool(other.citations)
    return answer.citations[0].overlaps(other.citations[0])


def _unrelated_turns(assistant: Assistant, written: Sequence[Written]) -> list[Turn]:
    """A first turn about each article."""
    by_source = {article.source: article.id for article in assistant.articles()}
    firsts = [(one.id, one.turns[0].text) for one in written if one.turns]
    return [Turn(text, assistant.ask(text, articles=[by_source[name]])) for name, text in firsts]


def _complete(written: Sequence[Written], turns: Sequence[Turn]) -> Iterator[dict[str, object]]:
    """Of the single questions, those that are changed after a turn about another article; and how long a turn takes."""
    resolver, seconds = TermResolver(), []
    changed: dict[bool, list[bool]] = {False: [], True: []}
    resolver.warm()
    for number, one in enumerate(written):
        turn = turns[(number + 1) % len(turns)]
        for question in one.questions:
            started = time.perf_counter()
            found = resolver.resolve(question.text, [turn]).question
            changed[leans(question.text)].append(found != " ".join(question.text.split()))
            seconds.append(time.perf_counter() - started)
    yield _row("complete questions changed", changed[False])
    yield _row("changed, where words point at their own article", changed[True])
    spent = {"now": f"{1000 * _common.median(seconds):.1f} ms", "as typed": ""}
    yield {"what": "to resolve one, median", "questions": len(seconds), **spent}


def _row(what: str, values: Sequence[bool], baseline: Sequence[bool] | None = None) -> dict[str, object]:
    def share(found: Sequence[bool] | None) -> object:
        return round(sum(found) / len(found), 3) if found else ""

    return {"what": what, "questions": len(values), "now": share(values), "as typed": share(baseline)}


if __name__ == "__main__":
    main()
