"""Questions that say first what they are about."""

from __future__ import annotations

import pytest

from assistant.understanding.followup.fronting import fronted


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("And the mayor, what does she say?", "what does the mayor say?"),
        ("and the button, who says I shouldn't use it?", "who says I shouldn't use the button?"),
        ("And London, what is the limit there?", "what is the limit in London?"),
        ("And London, what's the limit there?", "what's the limit in London?"),
        ("What about Olav Lie, when was his accident?", "when was Olav Lie’s accident?"),
        ("The mayor, where is she from?", "where is The mayor from?"),
        ("And Ada Lund, when did they hire her?", "when did they hire Ada Lund?"),
        ("And Ada Lund, who saw her leave?", "who saw Ada Lund leave?"),
        ("And the police, do they get more?", "do the police get more?"),
    ],
)
def test_what_stands_before_a_question_takes_its_pronouns_place(question: str, whole: str) -> None:
    assert fronted(question) == whole


@pytest.mark.parametrize(
    "question",
    [
        "In 1920, who was he?",
        "And in 1920, who was he?",
        "Well, who was he?",
        "But first, who built it?",
        "And then, what did she say?",
        "So tell me, who built it?",
        "And two years later, what did she do?",
        "But if it rains, where do they go?",
        "The next day, what did she do?",
        "The mayor, the minister and her husband",
        "And the mayor, who is in Oslo?",
        "And the ferry, who did she sell it to?",
        "And Ada Lund, did Olav Lie say he knew her?",
        "And the island, is there a doctor?",
        "And the museum, how long does it take to get there?",
        "And the ferry, is it true that Ada Lund sold?",
    ],
)
def test_where_it_may_mean_something_else_nothing_is_put_in(question: str) -> None:
    assert fronted(question) == ""
