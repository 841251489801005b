"""Finds the head of a canonical text: its headline, its date line, and the publication date that the date line states."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

Span = tuple[int, int]

_HEAD_LINES = 8
"""The head is looked for in so many lines from the first."""

_MAX_TITLE = 200
_MAX_DATE_LINE = 160
_BODY_LINE = 300
"""A longer line is body text: the head ends before it."""

_MONTH_NAMES = "january february march april may june july august september october november december".split()
_MONTHS = {name[:length]: n for n, name in enumerate(_MONTH_NAMES, 1) for length in {3, len(name)}} | {"sept": 9}
_MONTH = r"(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?P<day>3[01]|[12][0-9]|0?[1-9])(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>1[5-9][0-9]{2}|2[01][0-9]{2})(?![0-9])"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 2024-06-18, 2024/6/18, 2024.06.18, 2024-06-18T10:30:00Z
        rf"(?<![0-9]){_YEAR}(?P<separator>[-/.])(?P<month>1[0-2]|0?[1-9])(?P=separator){_DAY}(?![0-9])",
        # 2024年6月18日
        rf"(?<![0-9]){_YEAR}\s?年\s?(?P<month>1[0-2]|0?[1-9])\s?月\s?{_DAY}\s?日",
        # June 18, 2024
        rf"\b{_MONTH}\s?{_DAY}\s?,?\s{_YEAR}",
        # 18 June 2024, 18-Jun-2024, the 18th of June, 2024
        rf"(?<![0-9]){_DAY}[\s-](?:of\s)?{_MONTH}[\s,-]\s?{_YEAR}",
        # 18.6.2024: the day comes first wherever dates have dots
        rf"(?<![0-9]){_DAY}\.\s?(?P<month>1[0-2]|0?[1-9])\.\s?{_YEAR}",
    )
)
_SLASHED = re.compile(rf"(?<![0-9])(?P<first>[0-3]?[0-9])[/-](?P<second>[0-3]?[0-9])[/-]{_YEAR}")

_WEEKDAY = r"\b(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\b\.?"
_ZONE = (
    r"(?:z|gmt|utc|bst|cest|cet|eet|ist|jst|kst|msk|hkt|sgt|pkt|gst|aest|aedt|[ecmp][sd]?t|local\stime)\b"
    r"|[+-][0-9]{2}:?[0-9]{2}\b"
)
_CLOCK = r"(?:[01]?[0-9]|2[0-3])[:.h][0-5][0-9](?:[:.][0-5][0-9](?:\.[0-9]{1,9})?)?"
_HALF_DAY = r"\s?[ap]\.?m\b\.?"
_TIME = (
    rf"t?(?<![0-9])(?:{_CLOCK}(?:{_HALF_DAY})?|(?:1[0-2]|[1-9]){_HALF_DAY}|[0-9]{{4}}(?=\s?(?:gmt|utc|hrs)))"
    rf"(?:\s?\(?(?:{_ZONE})\)?)?"
)
_LABEL = (
    r"\b(?:(?:first|last|originally)\s)?"
    r"(?:published|posted|updated|released|issued|modified|created|written|filed|publication|release)"
    r"(?:\s(?:date|time))?(?:\s(?:on|at))?\b|\b(?:date(?:line)?|at|on|updated?)\b"
    r"|\b[0-9]{1,3}\s?-?min(?:ute)?s?\s(?:read|ago)\b"
)
_NOISE = re.compile(rf"{_TIME}|{_WEEKDAY}|{_LABEL}", re.IGNORECASE)
_UPDATED = re.compile(rf"\b(?:updated?|modified)\b(?:[\s:,a-z]|{_TIME})*$", re.IGNORECASE)
_BYLINE = re.compile(r"(?:(?:written|reported|story|words|text)\s)?by:?\s", re.IGNORECASE)
_AUTHOR = re.compile(r"(?:(?:(?:written|reported|story|words|text) )?by|von|par|por)\b:? +([^,;|·•–—]+)", re.IGNORECASE)
_AND = re.compile(r"\s*(?:[&/]|\b(?:and|und|et|och|og)\b)\s*", re.IGNORECASE)
_BYLINE_CHARS = 100
_SMALL_WORDS = frozenset("by and of for in the de la le du da der den van von bin al el di".split())
_WORD = re.compile(r"[^\W\d_][\w.'’-]*")
_ABBREVIATION = re.compile(r"(?:\b[A-Za-z]\.[A-Za-z]\.|\b(?:Inc|Corp|Co|Ltd|Jr|Sr|St|No|vs|etc|Dr|Mr|Mrs)\.)$")
_LIST_ITEM = re.compile(r"(?:[-*+•‣▪–—]|[0-9]{1,3}[.)]) ")
_MAX_NAMES = 10
_SENTENCE = 60


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a text.

    Attributes:
        title: span of the headline; None = the text has none.
        date: span of the whole date line, byline included; None = there is none.
        published: the date that the date line states; None = there is none, or it can be read in two ways (05/06/2024).
        updated: the date of the last change that a date line states beside it; None = there is none.
        lines: spans of all date lines and of the byline, in order.
        author: who wrote it by the byline; may be empty.
    """

    title: Span | None = None
    date: Span | None = None
    published: datetime.date | None = None
    updated: datetime.date | None = None
    lines: tuple[Span, ...] = ()
    author: str = ""

    @property
    def authors(self) -> tuple[str, ...]:
        """The names in the byline, one by one."""
        return tuple(name for name in _AND.split(self.author) if name)


def find_head(text: str) -> Head:
    """The head of a canonical text.

    The headline is the first line, or the first paragraph after a date line, if it is short, is not a sentence, list item or
    byline, and something follows it. A date line stands before the body and has little but a date; a sentence with a date is
    none. Spans are offsets in `text`.
    """
    lines = list(_before_body(text))
    dated = [(span, found) for n, span in enumerate(lines) if (found := _date_line(text[slice(*span)], n == 0))]
    # "Updated" tells when the text was changed; another date line tells when it was published.
    dated.sort(key=lambda item: item[1].updated)
    date_span, published = (dated[0][0], dated[0][1].value) if dated else (None, None)
    title: Span | None = None
    for n, span in enumerate(lines[:3]):
        if any(span == other for other, _ in dated) or _BYLINE.match(text, span[0]):
            continue
        starts_paragraph = n == 0 or text[span[0] - 2 : span[0]] == "\n\n"
        if starts_paragraph and _is_headline(text, span):
            title = span
        break
    bylines = [(span, name) for span in lines if span != title and (name := byline_author(text[slice(*span)]))][:1]
    updated = next((found.changed for _, found in dated if found.changed), None)
    known = {span for span, _ in dated} | {span for span, _ in bylines}
    return Head(title, date_span, published, updated, tuple(sorted(known)), bylines[0][1] if bylines else "")


def byline_author(line: str) -> str:
    """The name in a byline: a short line that is no sentence, with a name behind "by"; empty if it is something else."""
    match = _AUTHOR.match(line)
    if match is None or len(line) > _BYLINE_CHARS or line.rstrip().endswith((".", "!", "?", ":")):
        return ""
    name = match.group(1).strip()
    words = name.split()
    named = [word[0].isupper() for word in words]
    particles = all(known or len(word) <= len("and") for known, word in zip(named, words, strict=True))
    return name if words and named[0] and named[-1] and particles else ""


def updated_span(line: str) -> Span | None:
    """Where a line states the date of a text's last change, as in "Updated 5 May 2024"; None = it doesn't."""
    return next(((found.start, found.end) for found in _dates(line[:_BODY_LINE]) if found.updated), None)


def parse_date(text: str) -> datetime.date | None:
    """The first date in a short text, such as a metadata field; None = there is none, or only ambiguous ones."""
    return next((found.value for found in _dates(text[:_BODY_LINE]) if found.value), None)


def is_date_line(line: str) -> bool:
    """Whether a line is little but a date, perhaps with a byline or a source's name beside it."""
    return _date_line(line, first=False) is not None


@dataclass(frozen=True, slots=True)
class _Date:
    start: int
    end: int
    value: datetime.date | None
    updated: bool = False
    changed: datetime.date | None = None


def _first_lines(text: str) -> Iterator[Span]:
    """Spans of the first lines that are not blank, up to the first line of body text."""
    start = 0
    found = 0
    while start < len(text) and found < _HEAD_LINES:
        end = text.find("\n", start, start + _BODY_LINE + 1)
        if end < 0:
            end = len(text)
            if end - start > _BODY_LINE:
                return
        if end > start:
            found += 1
            yield start, end
        start = end + 1


def _before_body(text: str) -> Iterator[Span]:
    """The first lines, up to the second one that is a whole sentence: a date behind it is one of the body."""
    sentences = 0
    for start, end in _first_lines(text):
        sentences += end - start >= _SENTENCE and text[end - 1] in '.!?”"'
        if sentences > 1:
            return
        yield start, end


def _is_headline(text: str, span: Span) -> bool:
    line = text[slice(*span)]
    following = text[span[1] : span[1] + 3].lstrip("\n")
    if not following or len(line) > _MAX_TITLE or _LIST_ITEM.match(line) or " | " in line[:40] or "@" in line:
        return False
    if text[span[1] : span[1] + 2] != "\n\n" and following[0].islower():
        return False
    if line.rstrip("\"'”’)»")[-1:] in (".", "。", ":", ";", ",") and not _ABBREVIATION.search(line):
        return False
    return any(character.isalpha() for character in line)


def _date_line(line: str, first: bool) -> _Date | None:
    """The date of a line that is little but a date; names may stand beside it, except in the first line, a headline."""
    if len(line) > _MAX_DATE_LINE:
        return None
    dates = _dates(line)
    if not dates:
        return None
    rest = line
    for found in reversed(dates):
        rest = f"{rest[: found.start]} | {rest[found.end :]}"
    rest = _NOISE.sub(" ", rest)
    words = _WORD.findall(rest)
    if any(character.isdigit() for character in rest) or len(words) > _MAX_NAMES:
        return None
    if words and first and not _BYLINE.match(line):
        return None
    if words and (not all(map(_is_name, words)) or line.endswith((".", "?", "!"))):
        return None
    changed = next((found.value for found in dates if found.updated), None)
    return replace(min(dates, key=lambda found: found.updated), changed=changed)


def _is_name(word: str) -> bool:
    """Whether a word may be part of a name, as all but plain lower-case words may."""
    return word.lower() in _SMALL_WORDS or not word[0].islower()


def _dates(line: str) -> list[_Date]:
    """All dates in a line, in order, without overlaps."""
    found: list[_Date] = []
    for pattern in (*_DATES, _SLASHED):
        for match in pattern.finditer(line):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            valid, value = _value(match)
            if valid:
                updated = bool(_UPDATED.search(line[: match.start()]))
                found.append(_Date(match.start(), match.end(), value, updated))
    return sorted(found, key=lambda item: item.start)


def _value(match: re.Match[str]) -> tuple[bool, datetime.date | None]:
    """Whether the match is a date in the calendar, and which one (None = it can be read in two ways)."""
    groups = match.groupdict()
    year = int(groups["year"])
    if "first" in groups:
        readings = {
            reading
            for day, month in ((groups["first"], groups["second"]), (groups["second"], groups["first"]))
            if (reading := _calendar(year, int(month), int(day)))
        }
        return bool(readings), readings.pop() if len(readings) == 1 else None
    month = groups["month"].lower()
    value = _calendar(year, int(month) if month.isdecimal() else _MONTHS[month], int(groups["day"]))
    return value is not None, value


def _calendar(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None
