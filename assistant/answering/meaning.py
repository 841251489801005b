"""Two readings of a follow-up, both answered: which answer is given, and whether the other reading is offered."""

from __future__ import annotations

from dataclasses import replace

from assistant.core.answer import Answer


def chosen_answer(mine: Answer, other: Answer, offered: str) -> Answer:
    """The answer to the likelier reading, with the other one offered if it is answered otherwise; if only that is, its answer.

    Args:
        mine: to the likelier reading.
        other: to the other one.
        offered: the other one's standalone question.
    """
    spent = {**mine.trace.timings}
    for stage, seconds in other.trace.timings.items():
        spent[stage] = spent.get(stage, 0.0) + seconds
    if other.citations and not mine.citations:
        return replace(other, trace=replace(other.trace, timings=spent, corrected=False))
    differs = bool(other.citations) and not same_words(mine, other)
    return replace(mine, trace=replace(mine.trace, timings=spent), did_you_mean=(offered,) if differs else ())


def same_words(one: Answer, other: Answer) -> bool:
    """Whether the first words that two answers quote overlap."""
    first, second = one.citations[0], other.citations[0]
    return first.article_id == second.article_id and first.start < second.end and second.start < first.end
