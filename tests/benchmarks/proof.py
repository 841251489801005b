"""What the proof lets through and what it stops: thousands of replies made from real passages, right ones and wrong ones.

python -m tests.benchmarks.proof [--replies N] [--seed N] [--json]

Each reply has one to five sentences of the kinds in `tests/replies.py`, some replies are torn, and goes the whole way of an
answer: retrieval, reply, proof, perhaps repair, fallback. A wrong sentence that is shown counts as unproven, and so does a shown
sentence that an independent, simpler check of its quotes and numbers refuses. The plain baseline is what others do: a sentence is
shown if the passages that it names are there. Then the expected quotes of the sets in `tests/questions`, as perfect replies: none
of them may be dropped; and all questions of these sets with a model that gives them, beside the articles quoted without one.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from random import Random

from assistant import Answer, Assistant
from assistant.core.draft import DraftSentence, Quote
from assistant.core.turns import Turn
from assistant.questions import QuestionSet, Report, load, run
from assistant.questions.running.run import prepared
from assistant.questions.spec.cases import Expected
from assistant.verification.prover import Prover
from assistant.writing.model import Request
from index.article import Article, Passage
from index.sentences import sentences
from tests.benchmarks._common import parser, say, show
from tests.models import Said, ScriptedModel, json_reply, shown_passages
from tests.replies import HARD, RIGHT, WRONG, Made, Shown, made, replied

SETS = Path(__file__).resolve().parent.parent / "questions"
_TORN = 0.2
"""Share of the replies that are torn."""
_DIGITS = re.compile(r"\d+")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. Exit code 1 if an unproven sentence was shown."""
    options = _options(arguments)
    sets = [load(path) for path in sorted(SETS.glob("*.questions.yaml"))]
    tally = Tally()
    for n, one in enumerate(sets):
        share = options.replies // len(sets) + (n < options.replies % len(sets))
        say(f"{one.name}: {share} replies")
        replies(one, share, tally, options.seed)
    kept = [perfect(one) for one in sets]
    dropped, golden = sum(found[0] for found in kept), sum(found[1] for found in kept)
    beside = [beside_quoting(one) for one in sets]
    summary = {
        "replies": tally.replies,
        "sentences_made": sum(tally.made.values()),
        "unproven_shown": tally.unproven,
        "perfect_sentences": golden,
        "perfect_dropped": dropped,
        "perfect_dropped_share": dropped / golden,
        "right_quoting": sum(quoting for quoting, _ in beside),
        "right_perfect_model": sum(written for _, written in beside),
    }
    rows = [
        {
            "sentences": kind,
            "may be said": "yes" if kind in RIGHT else "no",
            "made": tally.made[kind],
            "shown": tally.shown[kind],
            "baseline shows": tally.baseline[kind],
        }
        for kind in (*RIGHT, *WRONG, *HARD)
    ]
    rows += [
        {
            "sentences": f"set {one.name}",
            "may be said": "right and cited",
            "made": f"quoting {a}",
            "shown": f"model {b}",
        }
        for one, (a, b) in zip(sets, beside, strict=True)
    ]
    notes = [f"{name}: {value}" for name, value in summary.items()]
    show("The proof of a language model's sentences", rows, as_json=options.json, notes=notes, **summary)
    return 1 if tally.unproven else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    options = parser("proof", "Measure what the proof lets through and what it stops.")
    options.add_argument("--replies", type=int, default=2_000, help="how many replies are made (2,000)")
    options.add_argument("--seed", type=int, default=7, help="of the draws: other replies for another number (7)")
    return options.parse_args(arguments)


@dataclass(slots=True)
class Tally:
    """What was made, what was shown, what the baseline would have shown: sentences by their kinds."""

    replies: int = 0
    unproven: int = 0
    made: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    baseline: Counter[str] = field(default_factory=Counter)

    def add(self, sentences: Sequence[Made], answer: Answer, assistant: Assistant, passages: int) -> None:
        """Count an answer and the sentences that its replies were made of."""
        said = {sentence.text for sentence in answer.sentences}
        right = {one.said[0] for one in sentences if one.kind in RIGHT}
        for one in sentences:
            text, quotes = one.said
            self.made[one.kind] += 1
            self.shown[one.kind] += text in said and (one.kind in RIGHT or text not in right)
            self.baseline[one.kind] += bool(quotes) and all(1 <= number <= passages for number, _ in quotes)
            self.unproven += one.kind in WRONG and text in said - right
        self.unproven += sum(
            not _holds(sentence.text, sentence.citations, answer, assistant) for sentence in answer.sentences
        )


def _holds(text: str, numbers: Sequence[int], answer: Answer, assistant: Assistant) -> bool:
    """A check of its own: the quotes stand where they are said to, and the numbers of the sentence in them or the question."""
    cited = [citation for citation in answer.citations if citation.number in numbers]
    verbatim = all(assistant.article(c.article_id).text[c.start : c.end] == c.quote for c in cited)
    known = _DIGITS.findall(" ".join([answer.question, *(citation.quote for citation in cited)]))
    return bool(cited) and verbatim and set(_DIGITS.findall(text)) <= set(known)


def replies(question_set: QuestionSet, count: int, tally: Tally, seed: int) -> None:
    """Ask a set's questions, again and again, of a model whose replies are made."""
    random = Random(seed)
    new: list[Made] = []
    passages = 0

    def script(request: Request) -> list[str]:
        nonlocal passages, new
        shown = Shown(shown_passages(request), question, foreign)
        passages = len(shown.passages)
        kinds = random.choices([*RIGHT, *WRONG, *HARD], k=random.randint(1, 5))
        sentences = [one for kind in kinds if (one := made(kind, shown, random))]
        tally.replies += 1
        form = "json" if request.schema else "lines"
        pieces = replied(sentences, form, random, torn=random.random() < _TORN)
        whole = "".join(pieces)
        new += [one for one in sentences if one.said[0] in whole]
        return pieces

    begun = tally.replies
    questions = [turn.question for case in question_set.cases for turn in case.turns[:1]]
    with prepared(question_set, llm=ScriptedModel(script)) as assistant:
        texts = [article.text for article in assistant.articles()]
        for question in cycle(questions):
            if tally.replies - begun >= count:
                break
            foreign = _foreign(texts, random)
            new = []
            answer = assistant.ask(question)
            tally.add(new, answer, assistant, passages)


_ELSEWHERE = (
    "The lighthouse of Brestholm was finished by Ottilie Karsten in 1887 after four winters of work. "
    "Its lamp burned whale oil until Ingeborg Falk brought electric light to the island in 1931. "
    "Every October the keeper Halvard counts the cormorants that sleep on the gallery of the tower."
)


def _foreign(texts: Sequence[str], random: Random) -> list[str]:
    """Some sentences that stand in no passage."""
    text = random.choice(texts)
    spans = sentences(text[-4_000:])
    return [_ELSEWHERE[slice(*span)] for span in sentences(_ELSEWHERE)] + [
        text[-4_000:][slice(*span)] for span in spans
    ]


def perfect(question_set: QuestionSet) -> tuple[int, int]:
    """Of the expected quotes of a set, each a sentence of its own on itself as its quote: how many are dropped, and how many
    there are.
    """
    dropped = total = 0
    with prepared(question_set) as assistant:
        for expected in question_set.expected:
            for quote in expected.evidence:
                found = next((a for a in assistant.articles() if quote in a.text), None)
                if found is None:
                    continue
                start = found.text.index(quote)
                passage = _passage(found.id, found.text, start, start + len(quote))
                prover = Prover(expected.question, assistant.article)
                total += 1
                proof = prover.prove(DraftSentence((Quote(passage, quote),), " ".join(quote.split()))).proof
                if proof.verdict != "proven":
                    dropped += 1
                    say(f"{expected.id}: {proof}: {quote}")
    return dropped, total


def _passage(article_id: str, text: str, start: int, end: int) -> Passage:
    return Passage("gold", article_id, start, end, text[start:end], 0)


def beside_quoting(question_set: QuestionSet) -> tuple[int, int]:
    """How many of a set's questions are answered rightly and cited: by quoting, and with a perfect model."""
    with prepared(question_set) as assistant:
        quoting = run(question_set, assistant)
    model = _Perfect(question_set)
    with prepared(question_set, llm=ScriptedModel(model)) as assistant:
        model.assistant = assistant
        written = run(question_set, model)
    return _right(quoting), _right(written)


def _right(report: Report) -> int:
    return sum(result.grade.right for result in report.results)


class _Perfect:
    """A model that knows what is expected: the expected quotes that stand in the passages it is shown, else "not found".

    It is asked through, too, so as to know which question comes: a standalone question is not always the one that was asked.
    """

    def __init__(self, question_set: QuestionSet) -> None:
        self.assistant: Assistant | None = None
        self._coming = iter(question_set.expected)
        self._now: Expected | None = None

    def ask(self, question: str, *, history: Sequence[Turn] = ()) -> Answer:
        """As `Assistant.ask`; the set's questions in their order."""
        self._now = next(self._coming)
        assert self._now.question == question
        assert self.assistant is not None
        return self.assistant.ask(question, history=history)

    def articles(self) -> tuple[Article, ...]:
        """As `Assistant.articles`."""
        assert self.assistant is not None
        return self.assistant.articles()

    def __call__(self, request: Request) -> str:
        """Its reply."""
        assert self._now is not None
        passages = shown_passages(request)
        said: list[Said] = []
        for quote in self._now.evidence if self._now.answerable else ():
            number = next((n for n, passage in enumerate(passages, 1) if quote in passage), 0)
            if number:
                said.append((" ".join(quote.split()), [(number, quote)]))
        return json_reply(*said)


if __name__ == "__main__":
    sys.exit(main())
