"""Finds a question's words in a passage, so that a reader sees why the passage was thought to be near."""

from __future__ import annotations

from assistant.understanding.followup.terms import WORD, content, content_words


def marks(question: str, text: str) -> list[tuple[int, int]]:
    """Where the content words of a question stand in a text, compared by their stems; stop words aside.

    Returns:
        (start, end) of each, in Unicode code points, end exclusive, in the text's order.
    """
    asked = content_words(question)
    return [found.span() for found in WORD.finditer(text) if content(found[0]) in asked]
