"""Matches accepted and forbidden wordings of a question set: plain text, or a regular expression between slashes."""

from __future__ import annotations

import re
import unicodedata
import warnings
from typing import Literal

YesNo = Literal["yes", "no", ""]
"""As `assistant.core.answer.YesNo`, which would bring all that an answer is made of along; empty = no verdict."""

_POSSESSIVE = re.compile(r"['’]s\b")
_THOUSANDS = re.compile(r"(?<=\d)[,\u00a0\u2009\u202f](?=\d{3}(?!\d))")
_MINUS = re.compile(r"(?<![\w)])[-−](?=\d)")
_PERCENT = re.compile(r"%|\bper cent\b")
_INSIDE_WORD = re.compile(r"['’]|(?<=\b[^\W\d])\.(?=[^\W\d]\b)")
_WORD = re.compile(r"(?<![\w-])-?\d+(?:[.,]\d+)+|(?<![\w-])-\d\w*|\d+(?:[.,]\d+)+|\w+")
_ARTICLE_WORDS = frozenset({"a", "an", "the"})


def tokens(text: str) -> list[str]:
    """Split a text into lower-case words without punctuation, possessive endings and a/an/the, as SQuAD's scorer does.

    Unlike there, dashes and hyphens separate words, and numbers keep their value: 3.5 is not 35, -5 not 5, 10 % not 10; 1,000
    is 1000.
    """
    text = unicodedata.normalize("NFC", text).lower()
    text = _THOUSANDS.sub("", _POSSESSIVE.sub("", text))
    text = _INSIDE_WORD.sub("", _PERCENT.sub(" percent ", _MINUS.sub(" -", text)))
    return [word for word in _WORD.findall(text) if word not in _ARTICLE_WORDS]


def pattern(wording: str) -> re.Pattern[str] | None:
    """The regular expression of a wording between slashes, ignoring case; None for plain text.

    Raises:
        re.error: the text between the slashes is not a regular expression.
    """
    if len(wording) > 2 and wording.startswith("/") and wording.endswith("/"):
        return re.compile(wording[1:-1], re.IGNORECASE)
    return None


def literal(text: str) -> str:
    """A wording that matches exactly this text, even if it looks like a regular expression."""
    return f"/{re.escape(text)}/" if len(text) > 2 and text.startswith("/") and text.endswith("/") else text


def problem(wording: str) -> str:
    """Why a wording can't be used, as the end of a sentence that starts with it; "" if it can."""
    try:
        with warnings.catch_warnings():
            # Python warns of expressions whose meaning may change ("[[a]"); a test must not depend on that.
            warnings.simplefilter("error")
            found = pattern(wording)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        return f"is not a regular expression: {error}. Mend it, or take the slashes off if it is plain text."
    if found is not None:
        return "matches everything, even nothing: it tells no answers apart." if found.search("") else ""
    if not tokens(wording):
        return "has no word that counts (punctuation and a, an, the don't). Give words, or a regular expression: /%/."
    return ""


def verdict_of(text: str) -> YesNo:
    """The verdict that a text is, if it says yes or no and nothing else; "" otherwise."""
    words: dict[tuple[str, ...], YesNo] = {("yes",): "yes", ("no",): "no"}
    return words.get(tuple(tokens(text)), "")


def holds(text: str, wording: str) -> bool:
    """Whether a usable wording occurs in a text: its regular expression, or its words in a row."""
    if (found := pattern(wording)) is not None:
        return bool(found.search(text))
    return f" {' '.join(tokens(wording))} " in f" {' '.join(tokens(text))} "
