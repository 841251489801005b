"""A draft with a title: what several parts of an answer are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assistant.core.draft import Draft
from index.evidence import Evidence


class TitledDraft(NamedTuple):
    """A draft that is made without reading for an answer.

    Attributes:
        title: what it is of: an article's title, and the section's heading; empty = nothing need be said.
        draft: what is said.
        evidence: the passages that it was made from.
    """

    title: str
    draft: Draft
    evidence: Sequence[Evidence]
