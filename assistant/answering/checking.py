"""What can be asked: the limits, and what is said to words that are no question."""

from __future__ import annotations

MAX_QUESTION_CHARS = 2_000

NO_QUESTION = "Please ask a question in words."
TOO_LONG = f"That question is too long; please ask it in at most {MAX_QUESTION_CHARS:,} characters."


def not_a_question(question: str) -> str:
    """Why the question can't be asked, as a polite message; empty if it can."""
    if len(question) > MAX_QUESTION_CHARS:
        return TOO_LONG
    return "" if any(letter.isalnum() for letter in question) else NO_QUESTION
