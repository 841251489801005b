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
    differs = bool(other.citations) and not mine.citations[0].overlaps(other.citations[0])
    return replace(mine, trace=replace(mine.trace, timings=spent), did_you_mean=(offered,) if differs else ())
