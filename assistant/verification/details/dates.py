"""Text -> the dates and weekdays in it: June 18, 2024 = 18 June 2024 = 18 juin 2024 = 2024-06-18."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_CAPITAL_MONTHS = (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "januar februar märz april mai juni juli august september oktober november dezember",
)
"""English and German capitalise months, which tells them from the verbs "may" and "march"."""
_SMALL_MONTHS = (
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maart april mei juni juli augustus september oktober november december",
)
_CAPITAL_DAYS = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "mon tue wed thu fri sat sun",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag",
)
_SMALL_DAYS = (
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "lunes martes miércoles jueves viernes sábado domingo",
    "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
)


def _table(capital: tuple[str, ...], small: tuple[str, ...]) -> dict[str, int]:
    """Each name, in the cases that it is written in -> its number, from 1."""
    found: dict[str, int] = {}
    for line in (*small, *capital):
        for n, name in enumerate(line.split(), 1):
            found |= {name.capitalize(): n, name.upper(): n}
            if line in small:
                found[name] = n
    return found


_MONTHS = _table(_CAPITAL_MONTHS, _SMALL_MONTHS) | {"Sept": 9, "SEPT": 9}
_WEEKDAYS = _table(_CAPITAL_DAYS, _SMALL_DAYS) | {"Tues": 2, "Thur": 4, "Thurs": 4}

_WORD = re.compile(r"[^\W\d_]+(?:-feira)?")
_DAY = r"\d{1,2}(?:st|nd|rd|th|er|º|\.)?"
_DAYS = rf"{_DAY}(?:\s?(?:[-–—,&]|to|and|or|through|until|und|bis|et|au|y|al|e)\s?{_DAY})*"
_BEFORE = re.compile(rf"(?<!\d)(?<!\d[.,:])({_DAYS})(?:\s(?:of|de|di))?[\s-]?\Z")
_AFTER = re.compile(rf"\.?,?[\s-]?(?:({_DAYS})(?![.,:]?\d))?,?[\s-]?(?:(?:of|de|del|di)\s)?(\d{{4}})?(?!\d)")
_NEAR = 40
"""A month's days and year stand within so many characters around it."""

_NUMERIC = (
    re.compile(r"(?<!\d)(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d\d?)(?P=sign)(?P<day>\d\d?)(?!\d)"),
    re.compile(r"(?:(?<!\d)(?P<year>\d{4})\s?年\s?)?(?<!\d)(?P<month>\d\d?)\s?月(?:\s?(?P<day>\d\d?)\s?日)?"),
    re.compile(r"(?<!\d)(?P<day>\d\d?)(?P<sign>[-/.])\s?(?P<month>\d\d?)(?P=sign)\s?(?P<year>\d{4})(?!\d)"),
    re.compile(r"(?<!\d)(?P<month>\d\d?)(?P<sign>[/-])(?P<day>\d\d?)(?P=sign)(?P<year>\d{4})(?!\d)"),
)


@dataclass(frozen=True, slots=True)
class Date:
    """A date, as far as it is given; "" = not given. Numbers as plain decimals."""

    month: str
    day: str = ""
    year: str = ""


@dataclass(frozen=True, slots=True)
class Dated:
    """A place in a text that names one or more dates.

    Attributes:
        start: first character of the place.
        end: one past its last character.
        rows: its possible readings, each of one date or several ("18 and 19 June").
    """

    start: int
    end: int
    rows: frozenset[tuple[Date, ...]]


def dates(text: str) -> list[Dated]:
    """The dates of a text that name a month, in order of their starts."""
    return sorted([*_named(text), *_numeric(text)], key=lambda found: (found.start, found.end))


def weekdays(text: str, shortest: int = 1) -> list[tuple[str, int]]:
    """The weekdays of a text: (word as it is written, number from 1 = Monday).

    Args:
        text: the text to search.
        shortest: shorter words don't count, since `Sun` and `Sat` may be other words.
    """
    return [(word, _WEEKDAYS[word]) for word in _WORD.findall(text) if word in _WEEKDAYS and len(word) >= shortest]


def is_calendar(word: str) -> bool:
    """Whether a word names a month or a weekday."""
    return word in _MONTHS or word in _WEEKDAYS


def _named(text: str) -> Iterator[Dated]:
    for word in _WORD.finditer(text):
        month = _MONTHS.get(word.group())
        if not month:
            continue
        start, end = word.span()
        before = _BEFORE.search(text, max(start - _NEAR, 0), start)
        after = _AFTER.match(text, end, end + _NEAR)
        days, year = (after[1], after[2]) if after else (None, None)
        if before:
            start, days = before.start(1), before[1]
        if after and (after[1] or after[2]):
            end = after.end(2) if after[2] else after.end(1)
        named = [str(int(day)) for day in re.findall(r"\d+", days or "")] or [""]
        row = tuple(Date(str(month), day, str(int(year)) if year else "") for day in named)
        yield Dated(start, end, frozenset({row}))


def _numeric(text: str) -> Iterator[Dated]:
    found: dict[tuple[int, int], set[tuple[Date, ...]]] = {}
    for pattern in _NUMERIC:
        for match in pattern.finditer(text):
            year, month, day = (int(match[name] or 0) for name in ("year", "month", "day"))
            if 1 <= month <= 12 and day <= 31:
                date = Date(str(month), str(day) if day else "", str(year) if year else "")
                found.setdefault(match.span(), set()).add((date,))
    yield from (Dated(*span, frozenset(rows)) for span, rows in found.items())
