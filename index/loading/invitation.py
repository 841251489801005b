"""The event of an invitation by mail (text/calendar, RFC 5545) -> lines that say when and where it is, and who is invited."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from index.loading.mail_chunks import Chunk

_FOLD = re.compile(r"\r?\n[ \t]")
_PROPERTY = re.compile(r'([A-Za-z-]{1,40})((?:[^":]|"[^"]*")*):(.*)')
_PARAMETER = re.compile(r';(CN|TZID)=(?:"([^"]*)"|([^";:]*))', re.IGNORECASE)
_ESCAPED = re.compile(r"\\([nN,;\\])")
_RULE = re.compile(r"(FREQ|INTERVAL|COUNT|UNTIL|BYDAY)=([^;]*)")
_CLOCK = re.compile(r"\d[:.]\d\d")
_MAX_LINES = 5_000
_MAX_LINE = 20_000
_MAX_INVITED = 50
_GROUP = -1
"""No group of a mail's own text has this number."""

_Event = dict[str, list[tuple[str, dict[str, str]]]]
"""Name of a property -> its values, each with the parameters that are read."""


def event_chunks(text: str, said: str) -> list[Chunk]:
    """What the first event of a calendar says of itself, as items of one list.

    Args:
        text: the calendar.
        said: the mail's own text. If it says the event's place and a time, the event is not told again.
    """
    event = _event(text)
    place, name = _first(event, "LOCATION"), _first(event, "SUMMARY")
    told = " ".join(said.split())
    if not event or ((place or name) and (place or name) in told and _CLOCK.search(told)):
        return []
    fields = {
        "Event": name,
        "When": _when(event),
        "Repeats": _repeats(_first(event, "RRULE")),
        "Where": place,
        "Organizer": ", ".join(_people(event, "ORGANIZER")),
        "Invited": ", ".join(_people(event, "ATTENDEE")),
        "Status": _first(event, "STATUS").lower().replace("confirmed", ""),
    }
    items = [Chunk(0, (f"{label}: {value}",), "item", 1, _GROUP) for label, value in fields.items() if value]
    about = "" if told else _value(event, "DESCRIPTION")
    return items + [Chunk(0, (" ".join(line.split()),), wrapped=False) for line in about.split("\n") if line.strip()]


def _event(text: str) -> _Event:
    """The properties of the first event, without those of the parts in it."""
    event: _Event = {}
    inside = ""
    for line in _FOLD.sub("", text).splitlines()[:_MAX_LINES]:
        upper = line.strip().upper()
        if inside == "VEVENT" and upper == "END:VEVENT":
            break
        if upper.startswith("BEGIN:"):
            inside = upper.removeprefix("BEGIN:")
        elif upper.startswith("END:"):
            inside = "VEVENT" if event else ""
        elif inside == "VEVENT" and (found := _PROPERTY.match(line[:_MAX_LINE])):
            parameters = {key.upper(): quoted or plain for key, quoted, plain in _PARAMETER.findall(found[2])}
            event.setdefault(found[1].upper(), []).append((found[3], parameters))
    return event


def _value(event: _Event, name: str) -> str:
    value = event[name][0][0] if name in event else ""
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def _first(event: _Event, name: str) -> str:
    return " ".join(_value(event, name).split())


def _people(event: _Event, name: str) -> Iterator[str]:
    for value, parameters in event.get(name, [])[:_MAX_INVITED]:
        address = re.sub(r"^mailto:", "", value.strip(), flags=re.IGNORECASE)
        yield parameters.get("CN", "").strip("'\" ") or address


def _when(event: _Event) -> str:
    """The time in the zone that the event states: "2025-10-07, 10:00 to 11:30 (Europe/Stockholm)"."""
    if "DTSTART" not in event:
        return ""
    value, parameters = event["DTSTART"][0]
    start, end = _time(value), _time(event["DTEND"][0][0] if "DTEND" in event else "")
    if start is None:
        return ""
    if not isinstance(start, datetime):
        # The end of whole days is the day after the last one.
        last = end - timedelta(days=1) if end and not isinstance(end, datetime) and end > date.min else start
        return f"{start}" if last <= start else f"{start} to {last}"
    zone = " UTC" if value.strip().endswith("Z") else f" ({parameters['TZID']})" if parameters.get("TZID") else ""
    shown = f"{start:%Y-%m-%d, %H:%M}"
    if isinstance(end, datetime) and end > start:
        shown += f" to {end:%H:%M}" if end.date() == start.date() else f" to {end:%Y-%m-%d, %H:%M}"
    return shown + zone


def _time(value: str) -> date | datetime | None:
    value = value.strip().rstrip("Z")
    try:
        return datetime.strptime(value, "%Y%m%dT%H%M%S") if "T" in value else datetime.strptime(value, "%Y%m%d").date()
    except ValueError:
        return None


def _repeats(rule: str) -> str:
    """A rule of repetition in words: "every 2 weeks, on TU, until 2025-12-16"."""
    parts = dict(_RULE.findall(rule))
    unit = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}.get(parts.get("FREQ", ""))
    if unit is None:
        return ""
    every = parts.get("INTERVAL", "1")
    until = _time(parts.get("UNTIL", ""))
    return ", ".join(
        (
            f"every {unit}" if every == "1" else f"every {every} {unit}s",
            *([f"on {parts['BYDAY'].replace(',', ', ')}"] if "BYDAY" in parts else []),
            *([f"{parts['COUNT']} times"] if "COUNT" in parts else []),
            *([f"until {until:%Y-%m-%d}"] if until else []),
        )
    )
