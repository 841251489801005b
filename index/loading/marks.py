"""The marks of notes that are letters: which raised letters are marks, and how they are written."""

from __future__ import annotations

import re

_LETTERS = re.compile(r"[a-z](?:\s?[,;]\s?[a-z]){0,5}|[A-Z]")
_WORD = re.compile(r"[^\W\d_]{2,}$")
_ENDING_WORD = re.compile(r"(?:[^\W\d_]{4}|[0-9])[.,;:!?]$")
_CLOSED = frozenset(")]%‰”’\"'*†‡§€£$")
_ROMAN = re.compile(r"(?<![^\W_])[IVXLC]+$")
_SHORT_NUMBER = re.compile(r"(?<![0-9.,])[0-9]{1,2}$")
_VARIABLES = frozenset("kmntxyz")
_ENDS_OF_SHORT_WORDS = frozenset("derst")
"""Old abbreviations such as "Ste" have their last letter raised."""


def letter_mark(text: str, before: str, after: str | None = None, *, linked: bool = False) -> str:
    """The mark "[a]" that a raised letter is, or "[a, b]"; empty = it belongs to the word or number before it, or is no letter.

    Such belong: "1a vez", "4e", "12h30", "no 5", "MMe", "x^n". Brackets keep a mark apart from its word for whoever searches it.

    Args:
        text: what is raised.
        before: the text before it in its block.
        after: the text right behind it; None = it isn't known.
        linked: whether it leads to a note.
    """
    if not _LETTERS.fullmatch(text) or "o" in text:
        return ""
    letters = re.findall(r"\w", text)
    mark = f"[{', '.join(letters)}]"
    glued = (after or "")[:1].isalnum()
    if linked:
        return mark
    if not before or before[-1].isspace():
        # The note itself begins with its mark.
        return "" if before and letters[0] in _VARIABLES else f"{mark} " if glued else mark
    return "" if glued or not _may_have_mark(letters, before, after) else mark


def _may_have_mark(letters: list[str], before: str, after: str | None) -> bool:
    letter = letters[0]
    if len(letters) > 1:
        return before[-1].isalnum() or before[-1] in _CLOSED
    if before[-1].isdecimal():
        return not (_SHORT_NUMBER.search(before) and _ends_number(letter, after))
    if letter.isupper() or letter in _VARIABLES:
        return False
    if word := _WORD.search(before):
        short = len(word.group()) == 2 and letter in _ENDS_OF_SHORT_WORDS
        return not short and not _ROMAN.search(before)
    return before[-1] in _CLOSED or bool(_ENDING_WORD.search(before))


def _ends_number(letter: str, after: str | None) -> bool:
    """Whether a letter behind a short number ends an ordinal ("4e", "1a vez", "2d Regiment"), or is a unit ("12h")."""
    return letter in {"e", "h"} or (letter in {"a", "d"} and bool(re.match(r"\s\w", after or "")))
