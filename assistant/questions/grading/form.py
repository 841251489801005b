"""What is expected of an answer beside its words and its evidence: the verdict, nothing besides, the order, the kind.

Each function says in words what is not as expected, "" if it is so or if nothing is expected.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.core.answer import Answer, Citation
from assistant.questions.grading.ground_truth import overlaps, place_of
from assistant.questions.reports import Place
from assistant.questions.spec.cases import Expected

_MOST_CHARS = 80


def contrary(expected: Expected, answer: Answer) -> str:
    """That the verdict is the opposite of the expected one: the worst that an answer to a yes/no question can say."""
    if not expected.verdict or answer.verdict in ("", expected.verdict):
        return ""
    return f"the verdict is “{answer.verdict}”, and “{expected.verdict}” is expected"


def undecided(expected: Expected, answer: Answer) -> str:
    """That there is no verdict where one is expected."""
    return (
        f"there is no verdict, and “{expected.verdict}” is expected" if expected.verdict and not answer.verdict else ""
    )


def besides(expected: Expected, answer: Answer, places: Sequence[Sequence[Place]]) -> str:
    """That something is cited which touches no expected quote, where nothing but these may be cited.

    Args:
        expected: what is expected.
        answer: any.
        places: of each expected quote.
    """
    if not expected.only_evidence:
        return ""
    wanted = [place for quote in places for place in quote]
    others = [one for one in answer.citations if not any(overlaps(place_of(one), place) for place in wanted)]
    if not others:
        return ""
    told = ", ".join(f"[{one.number}] “{_short(one.quote)}”" for one in others)
    return f"other words than the expected quotes are cited: {told}"


def disordered(expected: Expected, answer: Answer, places: Sequence[Sequence[Place]]) -> str:
    """That the expected quotes are cited in another order. The first citation of each counts; those not cited don't.

    Args:
        expected: what is expected.
        answer: any.
        places: of each expected quote, in the expected order.
    """
    if not expected.in_order:
        return ""
    shown = [place_of(one) for one in in_order_of_the_answer(answer)]
    first = [_first(quote, shown) for quote in places]
    cited = [number for number, at in enumerate(first) if at >= 0]
    # Sorting keeps the order of quotes that share a citation: neither comes before the other.
    came = sorted(cited, key=first.__getitem__)
    if came == cited:
        return ""
    return f"the expected quotes are cited in the order {', '.join(str(number + 1) for number in came)}"


def misunderstood(expected: Expected, answer: Answer) -> str:
    """That the question was understood as another kind than the expected one."""
    if expected.kind in (None, answer.kind):
        return ""
    return f"understood as the kind “{answer.kind}”, and “{expected.kind}” is expected"


def in_order_of_the_answer(answer: Answer) -> list[Citation]:
    """The citations as a reader meets them: sentence by sentence, each once; those that no sentence names come last."""
    numbered = {one.number: one for one in answer.citations}
    met = dict.fromkeys(number for sentence in answer.sentences for number in sentence.citations)
    return [numbered[number] for number in dict.fromkeys([*met, *numbered]) if number in numbered]


def _first(quote: Sequence[Place], shown: Sequence[Place]) -> int:
    """Number of the first citation that touches a quote; -1 if none does."""
    touching = (n for n, one in enumerate(shown) if any(overlaps(one, place) for place in quote))
    return next(touching, -1)


def _short(quote: str) -> str:
    line = " ".join(quote.split())
    return line if len(line) <= _MOST_CHARS else f"{line[:_MOST_CHARS]}…"
