"""The kinds of question: what is asked for. Decided once, in `understanding.kinds`."""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "fact", "list", "yes_no", "why", "how", "definition", "overview", "comparison", "said", "newest", "oldest",
    "library", "beyond",
]  # fmt: skip
"""One thing; several things; whether something is so; a reason; a manner; what or who something is; what a text says in short;
named things set against each other; somebody's words or view; the present or the first state of something; the library itself;
and what no quote can answer, such as a translation, an opinion or a poem."""
