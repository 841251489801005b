"""Sentence + quotes + question -> the first number, date, name or link of the sentence that stands in none of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from assistant.verification.details.dates import Date, dates, weekdays
from assistant.verification.details.names import Names
from assistant.verification.details.numbers import numbers
from assistant.verification.quotes.folding import Span

_LINK = re.compile(
    r"[a-z][a-z0-9+.-]{1,20}://\S*|https?:\S*|\bwww\.\S*|\b(?:mailto|javascript|vbscript|file):\S*|\bdata:\w+/\S*"
    r"|!?\[[^\[\]]{0,200}\][(\[][^)\]]*|!\[|</?[a-z!][^>]{0,200}",
    re.IGNORECASE,
)
"""Addresses, links and images in Markdown, tags in HTML."""
_MARKER = re.compile(r"[\[【［]\s*\^?\s*\d+(?:\s*[,;–-]\s*\d+)*\s*(?:[†:][^\[\]【】［］]{0,40})?[\]】］]")
"""Text that looks like the number of a citation."""
_DOMAIN = re.compile(r"(?<![\w.])(?:[a-z0-9-]{2,63}\.)+[a-z]{2,24}(?![\w])(?:/\S*)?")

_WEEKDAY = 5
"""Shorter weekdays are abbreviations; `lunes` has five letters."""
_INSIDE = re.compile(r"(?<=\d)[.,:/'’-](?=\d)")


def missing(sentence: str, quotes: Sequence[str], question: str, around: Sequence[str] = ()) -> str:
    """The first detail of a sentence that stands neither in its quotes nor in the question; empty if there is none.

    A link counts as missing even if a quote has it, since no article may put one into an answer. So does a number in brackets,
    which would pass for one of the answer's own markers.

    Args:
        sentence: the sentence, in a reader's own words.
        quotes: the quotes that must prove it, widened to whole words.
        question: the question that was asked.
        around: texts that prove nothing but show whether a word is a name: the quotes' articles.
    """
    sentence = unicodedata.normalize("NFC", sentence)
    texts = [unicodedata.normalize("NFC", text) for text in (*quotes, question)]
    return (
        _link(sentence, texts)
        or _marker(sentence)
        or _date_or_number(sentence, texts)
        or Names(texts, around).missing(sentence)
    )


def whole_words(text: str, span: Span) -> Span:
    """The span, widened to the words and numbers that it cuts: the `5` in `1,524` proves no five.

    Only letters with upper and lower case join their neighbours to words; scripts without case often write no spaces.
    """
    start, end = span
    while start > 0 and _joined(text, start):
        start -= 1
    while end < len(text) and _joined(text, end):
        end += 1
    return start, end


def _joined(text: str, place: int) -> bool:
    """Whether the characters before and after a place belong to one word or number."""
    before, after = text[place - 1], text[place]
    if _of_word(before) and _of_word(after):
        return True
    return bool(_INSIDE.match(text, place) or _INSIDE.match(text, place - 1))


def _of_word(letter: str) -> bool:
    return letter.isdigit() or letter.lower() != letter.upper()


def _link(sentence: str, texts: Sequence[str]) -> str:
    if found := _LINK.search(sentence):
        return found.group()
    for domain in _DOMAIN.finditer(sentence):
        if not any(domain.group().lower() in text.lower() for text in texts):
            return domain.group()
    return ""


def _marker(sentence: str) -> str:
    found = _MARKER.search(sentence)
    return found.group() if found else ""


def _date_or_number(sentence: str, texts: Sequence[str]) -> str:
    known = {value for text in texts for number in numbers(text) for value in number.values}
    dated = dates(sentence)
    proving = (
        {date for text in texts for found in dates(text) for row in found.rows for date in row} if dated else set()
    )
    for found in dated:
        if not any(all(_proven(date, proving, known) for date in row) for row in found.rows):
            return sentence[found.start : found.end].rstrip(".")
    for number in numbers(sentence):
        within = any(found.start <= number.start and number.end <= found.end for found in dated)
        if not (number.unsure or within or any(known.issuperset(reading) for reading in number.readings)):
            return sentence[number.start : number.end]
    days = {day for text in texts for _, day in weekdays(text)}
    return next((word for word, day in weekdays(sentence, _WEEKDAY) if day not in days), "")


def _proven(date: Date, proving: set[Date], known: set[str]) -> bool:
    """Whether one of the proving dates is the same; a day or year that it leaves out may stand among the known numbers."""

    def fits(wanted: str, given: str) -> bool:
        return not wanted or wanted == given or (not given and wanted in known)

    return any(date.month == p.month and fits(date.day, p.day) and fits(date.year, p.year) for p in proving)
