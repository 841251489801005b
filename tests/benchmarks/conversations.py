"""Measures follow-ups in conversations about the written articles' dev part, held with the product as a user would hold them.

python -m tests.benchmarks.conversations DATA [--every N] [--json]

DATA is the folder with `written/`. Each conversation is about its own article; what was answered stands in its history, right or
wrong. As by hand: is a follow-up answered with the same sentence first, or refused, as the standalone question that a person
wrote down for it? Right: is the first quote one that the article is meant to be answered with, or is that refused which it
doesn't say? Added terms are those of `assistant.training.resolver.scoring`. Complete questions are the single questions of all
articles, and those of all question sets of the project, resolved after a turn about another article: a changed one is spoilt. The
baseline of each is to ask what was typed.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from assistant import Answer, Assistant
from assistant.core.turns import Turn
from assistant.questions.spec.files import find_sets, load_sets
from assistant.training.reader.examples import all_written
from assistant.training.reader.written import Written
from assistant.training.resolver.scoring import Resolved, figures
from assistant.understanding.followup.leaning import leans
from assistant.understanding.followup.term_resolver import TermResolver
from index.article import Article
from tests.benchmarks import _common

_SETS = Path(__file__).parents[1] / "questions"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A follow-up, what was answered, and what is answered to the standalone question and to what was typed alone.

    Attributes:
        typed: as a person typed it.
        alone: as that person wrote it down to stand alone.
        answer: in the conversation.
        by_hand: to `alone`.
        untold: to `typed`, without a conversation.
        evidence: the sentences that answer it; none if the article doesn't.
    """

    typed: str
    alone: str
    answer: Answer
    by_hand: Answer
    untold: Answer
    evidence: tuple[str, ...]


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
    rows = [*_rows(found), *_offers(found), *_complete(written, turns)]
    _common.show("conversations, written dev part", rows, as_json=arguments.json)


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
                evidence = tuple(one.text[start:end] for start, end in turn.evidence)
                yield FollowUp(turn.typed, turn.text, answer, alone, untold, evidence)


def _rows(found: Sequence[FollowUp]) -> Iterator[dict[str, object]]:
    now = [alike(one.answer, one.by_hand) for one in found]
    yield _row("as by hand", now, [alike(one.untold, one.by_hand) for one in found])
    answered = [n for n, one in enumerate(found) if one.by_hand.citations]
    untold = [alike(found[n].untold, found[n].by_hand) for n in answered]
    yield _row("as by hand, where that is answered", [now[n] for n in answered], untold)
    yield _row("right", [right(one.answer, one) for one in found], [right(one.untold, one) for one in found])
    yield _row("right by hand", [right(one.by_hand, one) for one in found])
    resolved = figures(
        [Resolved(one.typed, one.alone, one.answer.trace.standalone_question or one.typed) for one in found]
    )
    for key in ("added_term_f1", "added_term_precision", "added_term_recall", "unchanged_follow_ups"):
        yield {"what": key.replace("_", " "), "questions": len(found), "now": round(resolved[key], 3), "as typed": ""}


def _offers(found: Sequence[FollowUp]) -> Iterator[dict[str, object]]:
    """How often another reading is offered, and how often the answer given is right then."""
    offering = [one for one in found if one.answer.did_you_mean]
    yield _row("another reading is offered", [bool(one.answer.did_you_mean) for one in found])
    yield _row("right, where one is", [right(one.answer, one) for one in offering])


def right(answer: Answer, asked: FollowUp) -> bool:
    """Whether an answer begins with a quote that is meant, or refuses what the article doesn't say."""
    if not asked.evidence or not answer.citations:
        return not asked.evidence and not answer.citations
    quote = answer.citations[0].quote
    return any(quote in said or said in quote for said in asked.evidence)


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
    resolver.warm()
    asked = [(n, "written", one.text) for n, article in enumerate(written) for one in article.questions]
    asked += [(n, "set", question) for n, question in enumerate(_singles())]
    changed: dict[tuple[str, bool], list[bool]] = defaultdict(list)
    for number, source, question in asked:
        turn = turns[(number + 1) % len(turns)]
        started = time.perf_counter()
        found = resolver.resolve(question, [turn]).question
        changed[source, leans(question)].append(found != " ".join(question.split()))
        seconds.append(time.perf_counter() - started)
    for source, of in {"written": "of the written articles", "set": "of the question sets"}.items():
        yield _row(f"complete questions changed, {of}", changed[source, False])
        yield _row("changed, where words point at their own article", changed[source, True])
    spent = {"now": f"{1000 * _common.median(seconds):.1f} ms", "as typed": ""}
    yield {"what": "to resolve one, median", "questions": len(seconds), **spent}


def _singles() -> list[str]:
    """The single questions of the project's sets; those made of the written articles are counted there."""
    sets = [one for one in load_sets(find_sets([_SETS])) if one.path is None or one.path.parent.name != "written"]
    return list(dict.fromkeys(case.turns[0].question for one in sets for case in one.cases if not case.dialogue))


def _row(what: str, values: Sequence[bool], baseline: Sequence[bool] | None = None) -> dict[str, object]:
    def share(found: Sequence[bool] | None) -> object:
        return round(sum(found) / len(found), 3) if found else ""

    return {"what": what, "questions": len(values), "now": share(values), "as typed": share(baseline)}


if __name__ == "__main__":
    main()
