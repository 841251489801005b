"""Makes yes/no questions, whose answer is the sentence that decides: of plain statements, and of questions that ask for more.

`The network is part of X.` -> `Is the network part of X?`; `When did the king found the town?` -> `Did the king found the town?`;
`Who is the mayor?` with its answer -> `Is Anna Berg the mayor?`. A question that its context does not answer gives one that it
does not decide.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from assistant.training.reader import unanswerable
from assistant.training.reader.examples import Example
from assistant.training.reader.unanswerable import Paragraphs, sentence_spans

_COPULA = re.compile(
    r"^((?:The |A |An |[A-Z])[\w’', -]{2,60}?) (is|are|was|were|has|have|had|can|could|will|would|may|must) "
)
_OPENING = re.compile(
    r"\b(?:who|which|that|when|where|while|if|because|although|but|and|he|she|it|they|this|these|there)\b", re.I
)
_ADVERBIAL = re.compile(
    r"^(?:when|where|why|how|(?:in|on|at|by|to|from|since|for|during) (?:what|which|whom)(?: \w+)?) "
    r"((?:did|does|do|is|are|was|were|has|have|had|can|could|will|would|should) .+?)\s*\??$",
    re.I,
)
_COMPLEMENT = re.compile(r"^(?:who|what) (is|are|was|were) (?!the name\b|called\b|it\b|there\b)(.+?)\s*\??$", re.I)
_ANSWER_WORDS = 5
_LONGEST = 400
"""Characters of a sentence that can be quoted as a decision."""


def of_statements(
    contexts: Sequence[str],
    model: Example,
    paragraphs: Paragraphs,
    spans: dict[str, list[tuple[int, int]]],
    rng: random.Random,
) -> Iterator[Example]:
    """A question of one plain statement of each context; for half of them also one over a context without it."""
    for context in contexts:
        found = [(s, e, q) for s, e in sentence_spans(context, spans) if (q := as_question(context[s:e]))]
        if not found or len(spans[context]) < 2:
            continue
        start, end, question = rng.choice(found)
        example = replace(model, kind="decide", question=question, context=context, start=start, end=end)
        yield example
        other = unanswerable.near(example, paragraphs, rng)
        if other is not None and rng.random() < 0.5:
            yield other


def of_question(example: Example, spans: Sequence[tuple[int, int]]) -> Example | None:
    """The yes/no question in a question, decided by the sentence of the answer; by none if there is no answer.

    Args:
        example: the question.
        spans: the sentences of its context.
    """
    question = shortened(example.question, example.answer)
    if question is None:
        return None
    if not example.answerable:
        return replace(example, kind="decide", question=question)
    deciding = [(start, end) for start, end in spans if start <= example.start and example.end <= end]
    if not deciding or deciding[0][1] - deciding[0][0] > _LONGEST:
        return None
    return replace(example, kind="decide", question=question, start=deciding[0][0], end=deciding[0][1])


def as_question(statement: str) -> str | None:
    """`The network is part of X.` -> `Is the network part of X?`; None where that is not safe."""
    match = _COPULA.match(statement)
    if match is None or len(statement) > 160 or _OPENING.search(match.group(1)) or statement[-1] != ".":
        return None
    subject, verb = match.groups()
    rest = re.split(r"[,;(:]| who | which | that | because | although | while ", statement[match.end() : -1])[0]
    if len(rest.split()) < 2:
        return None
    subject = subject[0].lower() + subject[1:] if subject.startswith(("The ", "A ", "An ")) else subject
    return f"{verb.capitalize()} {subject} {rest.strip()}?"


def shortened(question: str, answer: str) -> str | None:
    """`When did it end?` -> `Did it end?`; `Who is the mayor?` -> `Is Anna Berg the mayor?`; None for other questions.

    Args:
        question: a question that asks for more than yes or no.
        answer: its answer; empty = it has none.
    """
    if (match := _ADVERBIAL.match(question)) and len(match.group(1).split()) > 2:
        asked = match.group(1)
        return f"{asked[0].upper()}{asked[1:]}?"
    match = _COMPLEMENT.match(question)
    if match and answer and len(answer.split()) <= _ANSWER_WORDS:
        verb, rest = match.groups()
        return f"{verb.capitalize()} {answer} {rest}?"
    return None
