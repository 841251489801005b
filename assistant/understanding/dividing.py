"""Question -> its parts where it is several questions in one, the things that it compares, and the words for what it is about.

Learned: `training.kinds` fits them to questions that were written and marked for it.
"""

from __future__ import annotations

from functools import cache
from itertools import groupby, pairwise
from pathlib import Path

from assistant.understanding.linear import Weights, load
from assistant.understanding.wording import Wording, features_of_cut, features_of_token
from index.spans import Span

CUTS, SIDES, TOPICS = (Path(__file__).with_name(name) for name in ("cuts.npz", "sides.npz", "topics.npz"))
CUT, MARKED = "cut", "marked"
_MOST_PARTS = 4
_LIKELY, CERTAIN = 0.5, 0.75
"""Words are marked and questions cut from this probability on; cuts that are certain, from that."""
_MOST_JOINING = 3
"""Between two things that are compared stand so many tokens at most that say nothing else, as in "the east, or the west"."""


_model = cache(load)


def parts_of(question: str, least: float = _LIKELY) -> tuple[str, ...]:
    """The questions in it, in order; it alone, if it is one.

    Args:
        question: as it stands alone.
        least: cuts that are less probable are not made.
    """
    wording, model = Wording(question), _model(CUTS)
    cut = model.classes.index(CUT)
    # Words of earlier turns stand in brackets behind the question.
    whole = question.rfind(" (") if question.endswith(")") else len(question)
    likely = [
        (float(model.probabilities(features_of_cut(wording, place))[cut]), place)
        for place in range(1, len(wording.starts))
        if wording.starts[place] < whole
    ]
    places = sorted(place for share, place in sorted(likely, reverse=True)[: _MOST_PARTS - 1] if share > least)
    ends = [0, *(wording.starts[place] for place in places), len(question)]
    parts = (question[start:end].strip() for start, end in pairwise(ends))
    return tuple(part for part in parts if any(letter.isalnum() for letter in part))


def sides_of(question: str) -> tuple[tuple[str, str], ...]:
    """The two things that a comparison sets against each other: the words for each, with the question without the other one.

    None if the question does not name two things.
    """
    surest = sorted(_marked(question, _model(SIDES)), key=lambda one: -one[1])[:2]
    spans = sorted(span for span, _ in surest)
    if len(spans) < 2:
        return ()
    first, second = spans
    # A few words between them only join them.
    joins = len(Wording(question[first[1] : second[0]]).starts) <= _MOST_JOINING
    left_out = ((first[1] if joins else second[0], second[1]), (first[0], second[0] if joins else first[1]))
    return tuple(
        (question[slice(*side)], " ".join(f"{question[:start]}{question[end:]}".split()))
        for side, (start, end) in zip(spans, left_out, strict=True)
    )


def topic_of(question: str) -> str:
    """The words for what a question is about, not for what is asked: of "summarise the report on eels" it is "eels".

    For overviews, definitions, and questions about the library; empty if it names nothing.
    """
    return " ".join(question[start:end] for (start, end), _ in _marked(question, _model(TOPICS)))


def _marked(question: str, model: Weights) -> list[tuple[Span, float]]:
    """The spans of words that a model marks, in order, and how sure it is of each."""
    wording = Wording(question)
    marked = model.classes.index(MARKED)
    likely = [
        float(model.probabilities(features_of_token(wording, place))[marked]) for place in range(len(wording.starts))
    ]
    found = []
    for is_marked, places in groupby(range(len(likely)), key=lambda place: likely[place] > _LIKELY):
        if is_marked:
            tokens = list(places)
            span = wording.starts[tokens[0]], wording.starts[tokens[-1]] + len(wording.written[tokens[-1]])
            found.append((span, sum(likely[place] for place in tokens) / len(tokens)))
    return found
