"""Invitations by mail say when and where an event is, even if only the calendar in them does."""

from __future__ import annotations

import io
import random
import time
from email.message import EmailMessage

import pytest

from index.loading.invitation import event_chunks
from index.loading.mail import read_eml
from index.settings import IndexSettings


def calendar(*lines: str) -> str:
    return "\r\n".join(("BEGIN:VCALENDAR", "METHOD:REQUEST", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""))


def said(*lines: str, text: str = "") -> list[str]:
    return [chunk.lines[0] for chunk in event_chunks(calendar(*lines), text)]


SITE = (
    "SUMMARY:Site meeting",
    "DTSTART;TZID=Europe/Stockholm:20251007T100000",
    "DTEND;TZID=Europe/Stockholm:20251007T113000",
    "LOCATION:Quay 2\\, by the",
    "  crane",
    'ORGANIZER;CN="Vind, Tora":mailto:tora@x.fi',
    "ATTENDEE;ROLE=REQ-PARTICIPANT;CN=Ulla Strand:mailto:ulla@x.fi",
    "ATTENDEE:MAILTO:nils@x.fi",
    "DESCRIPTION:Bring boots.\\nCoffee is there.",
    "BEGIN:VALARM",
    "DESCRIPTION:REMINDER",
    "END:VALARM",
    "STATUS:CONFIRMED",
)
TOLD = [
    "Event: Site meeting",
    "When: 2025-10-07, 10:00 to 11:30 (Europe/Stockholm)",
    "Where: Quay 2, by the crane",
    "Organizer: Vind, Tora",
    "Invited: Ulla Strand, nils@x.fi",
]


def test_an_event_says_when_and_where_it_is_and_who_is_invited() -> None:
    assert said(*SITE) == [*TOLD, "Bring boots.", "Coffee is there."]


@pytest.mark.parametrize(
    ("lines", "when"),
    [
        (("DTSTART:20251007T080000Z", "DTEND:20251008T093000Z"), "2025-10-07, 08:00 to 2025-10-08, 09:30 UTC"),
        (("DTSTART;VALUE=DATE:20251007", "DTEND;VALUE=DATE:20251008"), "2025-10-07"),
        (("DTSTART;VALUE=DATE:20251007", "DTEND;VALUE=DATE:20251010"), "2025-10-07 to 2025-10-09"),
        (("DTSTART:20251007T080000",), "2025-10-07, 08:00"),
        (("DTSTART:20251007", "DTEND:20251008T120000"), "2025-10-07"),
    ],
)
def test_times_are_told_as_the_event_states_them(lines: tuple[str, ...], when: str) -> None:
    assert said(*lines) == [f"When: {when}"]


def test_an_event_says_how_often_it_is() -> None:
    rule = "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20251216T000000Z"
    assert said(rule) == ["Repeats: every 2 weeks, on TU, TH, until 2025-12-16"]


@pytest.mark.parametrize("kind", ["alternative", "alone"])
def test_the_event_of_a_mail_is_read(kind: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Tora <tora@x.fi>", "Invitation"
    if kind == "alternative":
        mail.set_content("Please come.")
        mail.add_alternative(calendar(*SITE), subtype="calendar", params={"method": "REQUEST", "name": "meeting.ics"})
    else:
        mail.set_content(calendar(*SITE), subtype="calendar")
    loaded = read_eml(io.BytesIO(bytes(mail)), "mail.eml", IndexSettings())
    assert [piece.text for piece in loaded.pieces if piece.kind == "item"] == TOLD
    texts = [piece.text for piece in loaded.pieces if piece.kind == "paragraph"]
    assert texts == (["Please come."] if kind == "alternative" else ["Bring boots.", "Coffee is there."])
    assert loaded.notices == ()


def test_what_the_mail_says_itself_is_not_told_again() -> None:
    assert said(*SITE, text="When: Tue 7 Oct 10:00\nWhere: Quay 2, by\nthe crane") == []


@pytest.mark.parametrize(
    "text", ["A" * 1_000_000, 'A;X="' * 200_000, "A;CN=" * 200_000 + ":", "\n " * 300_000, "BEGIN:VEVENT\n" * 99_999]
)
def test_hostile_calendars_take_bounded_time(text: str) -> None:
    begun = time.process_time()
    event_chunks(f"BEGIN:VEVENT\nUID:1\n{text}", "")
    assert time.process_time() - begun < 10


def test_damaged_calendars_give_items_or_nothing() -> None:
    whole, chance = calendar(*SITE, "RRULE:FREQ=DAILY;COUNT=3"), random.Random(4)
    for n in range(300):
        letters = list(whole)
        for _ in range(n // 10):
            letters[chance.randrange(len(letters))] = chr(chance.randrange(128))
        event_chunks("".join(letters), "")
