"""The fixed sentences of our own that an answer may have beside its quotes: they say only how the quotes stand to each other.

Each is given only where the proven quotes make it true: `tests/test_remarks.py` holds them to that. One more is said of the
question, in the answer's notice.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

RemarkName = Literal[
    "others", "nothing", "counted", "first_larger", "second_larger", "equal", "some_articles", "in_context"
]

TEXTS: dict[RemarkName, str] = {
    "others": "Other articles say:",
    "nothing": "I found no sentence that answers this.",
    "counted": "The text counts {}; {} found.",
    "first_larger": "The first is larger.",
    "second_larger": "The second is larger.",
    "equal": "Both are equal.",
    "some_articles": "These are {} of {} articles.",
    "in_context": "So it stands in the article.",
}
"""Their words. `others` stands before the quotes that it is about, the other ones stand behind."""

ONLY_ENGLISH = "Only English questions are understood well."
"""Said where a question is in another language, with whatever is answered or refused."""


class Remark(NamedTuple):
    """A fixed sentence.

    Attributes:
        name: which one.
        values: the numbers in it.
    """

    name: RemarkName
    values: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """Its words."""
        return TEXTS[self.name].format(*self.values)
