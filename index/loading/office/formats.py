"""Number formats of spreadsheets: a cell's value as a person sees it."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

_MOST_DIGITS = 10
"""What a cell without a format shows of a fraction."""

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[\$([^\]-]*)(?:-[^\]]*)?\]|\[[^\]]*\]')
_PLACES = re.compile(r"[0#?][0#?,]*(?:\.[0#?]*)?,*|\.[0#?]+")
_EXPONENT = re.compile(r"E[+-][0#]+")
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_DATE_TOKEN = re.compile("y+|m+|d+|h+|s+|a(?:m/pm?)?")
_LAST_DAY = 2_958_466
_GENERAL = re.compile("general", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_HIDDEN = "\x00"
"""Stands for a literal, so that its characters are not taken for places."""

BUILT_IN = {
    **dict(enumerate(("General", "0", "0.00", "#,##0", "#,##0.00"))),
    **dict(enumerate(("0%", "0.00%", "0.00E+00", "# ?/?", "# ??/??"), 9)),
    **dict.fromkeys((5, 6, 37, 38, 41, 42), "#,##0"),
    **dict.fromkeys((7, 8, 39, 40, 43, 44), "#,##0.00"),
    **dict.fromkeys((14, 15, 16, *range(27, 32), 36, *range(50, 59)), "yyyy-mm-dd"),
    **dict.fromkeys((17,), "mmm-yy"),
    **dict.fromkeys((22,), "yyyy-mm-dd h:mm"),
    **dict(enumerate(("mm:ss", "[h]:mm:ss", "mm:ss.0", "##0.0E+0", "@"), 45)),
    **dict.fromkeys((18, 20, 32, 34), "h:mm"),
    **dict.fromkeys((19, 21, 33, 35), "h:mm:ss"),
}
"""The formats that every workbook has; those for money have the sign of the reader's own country, which isn't known here."""

SINCE_1900, SINCE_1904 = date(1899, 12, 30), date(1904, 1, 1)
"""The days that workbooks count from."""


def shown(value: float, form: str, since: date = SINCE_1900) -> str:
    """A number as its cell shows it: "12.5 %" stays a percentage, "1,234.50 €" money; dates are ISO dates, months "2024-03".

    Args:
        value: the number; days since `since` if it is a date.
        form: the number format, as in Excel: '#,##0.00 "€"'.
        since: see above.
    """
    parts = _date_parts(form)
    if parts:
        return _moment(value, parts, since) if 0 <= value < _LAST_DAY else _plain(value)
    return _number(value, form)


@lru_cache(maxsize=256)
def _date_parts(form: str) -> frozenset[str]:
    """Which of y, m, d, h, n (a minute), s a format shows, "[" for hours beyond 24; empty = it shows no date or time."""
    elapsed = {"[", "h"} if _ELAPSED.search(form) else set()
    tokens = _DATE_TOKEN.findall(_LITERAL.sub("", _ELAPSED.sub("h", _sections(form)[0])).lower())
    first = [token[0] for token in tokens]
    for n, letter in enumerate(first):
        if letter == "m" and (first[n - 1 : n] == ["h"] or first[n + 1 : n + 2] == ["s"]):
            first[n] = "n"
    return frozenset() if "general" in form.lower() else (frozenset(first) & set("ymdhns")) | elapsed


def _moment(value: float, parts: frozenset[str], since: date) -> str:
    seconds = round(value * 86_400)
    if "[" in parts:
        hours = f"{seconds // 3600}:{seconds // 60 % 60:02}"
        return f"{hours}:{seconds % 60:02}" if "s" in parts else hours
    # Excel's calendar has a 29 February 1900.
    missing = 1 if since == SINCE_1900 and value < 60 else 0
    moment = datetime.combine(since, time()) + timedelta(days=missing, seconds=seconds)
    timed = bool(parts & {"h", "n", "s"})
    if "d" in parts:
        day = moment.date().isoformat()
        return f"{day} {moment:%H:%M}" if timed and moment.time() != time() else day
    if timed:
        return moment.time().isoformat("seconds" if moment.second else "minutes")
    return f"{moment:%Y-%m}" if "m" in parts else f"{moment:%Y}"


def _number(value: float, form: str) -> str:
    if form.lower() == "general":
        return _plain(value)
    sections = _sections(form)
    section = sections[0]
    conditional = "[<" in form or "[>" in form or "[=" in form
    if value < 0 and len(sections) > 1 and not conditional:
        # The section for negative numbers has its own sign.
        value, section = -value, sections[1]
    elif value == 0 and len(sections) > 2:
        section = sections[2]
    literals: list[str] = []

    def keep(match: re.Match[str]) -> str:
        literals.append(match.group(1) or match.group(2) or match.group(3) or "")
        return _HIDDEN

    section = _LITERAL.sub(keep, section)
    section, scientific = _EXPONENT.subn("", section)
    places = _PLACES.search(section)
    if places is None or "/" in section or value != value or abs(value) > 1e15:
        # A section without a place shows only its words.
        bare = places is not None or not section or "@" in section
        text = _plain(value) if bare else _GENERAL.sub(lambda _: _plain(value), section)
    else:
        sign = "-" if value < 0 else ""
        number = _placed(abs(value), places.group(), "%" in section, bool(scientific))
        text = f"{sign}{section[: places.start()]}{number}{section[places.end() :]}"
    for literal in literals:
        text = text.replace(_HIDDEN, literal, 1)
    return text.replace(_HIDDEN, "").strip()


@lru_cache(maxsize=256)
def _sections(form: str) -> list[str]:
    """The parts between semicolons: for positive and negative numbers, zero and text."""
    whole = _QUOTED.sub(lambda quoted: quoted.group().replace(";", "\x01"), form)
    return [part.replace("\x01", ";") for part in whole.split(";")]


def _placed(value: float, places: str, percent: bool, scientific: bool) -> str:
    whole, _, fraction = places.rstrip(",").partition(".")
    exact = Decimal(repr(value)) * (100 if percent else 1) / 1000 ** (len(places) - len(places.rstrip(",")))
    if scientific:
        return f"{float(exact):.{len(fraction)}E}"
    rounded = exact.quantize(Decimal(1).scaleb(-len(fraction)), ROUND_HALF_UP)
    text = f"{rounded:,f}" if "," in whole else f"{rounded:f}"
    digits, _, decimals = text.partition(".")
    while decimals and fraction[len(decimals) - 1] in "#?" and decimals.endswith("0"):
        decimals = decimals[:-1]
    digits = digits.zfill(whole.count("0")) if digits != "0" or "0" in whole else ""
    return f"{digits}.{decimals}" if decimals else digits


def _plain(value: float) -> str:
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    return f"{value:.{_MOST_DIGITS}g}"
