"""A mail is read with who wrote what and when: the head, the new text, and each mail that it quotes or forwards."""

from __future__ import annotations

import io
import random
import struct
import time
from contextlib import suppress
from datetime import date
from email.message import EmailMessage
from itertools import pairwise

import pytest

from index.errors import LoadError, UnreadableFileError
from index.loading.mail import read_eml, read_msg
from index.loading.mail_chunks import Chunk, plain_chunks
from index.loading.mail_thread import thread
from index.pieces import Loaded
from index.settings import IndexSettings

_SETTINGS = IndexSettings()
_HEAD = b"From: Anna Berg <anna@x.fi>\nTo: bo@x.fi\nDate: Tue, 3 Mar 2026 23:12:00 +0200\nSubject: Re: Budget\n"


def _read(raw: bytes) -> Loaded:
    return read_eml(io.BytesIO(raw), "mail.eml", _SETTINGS)


def _body(loaded: Loaded) -> list[tuple[str, str]]:
    """Kinds and texts after the lines of the head."""
    return [(piece.kind, piece.text) for piece in loaded.pieces if piece.group != 1][1:]


def _html(markup: str, text: str = "") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Anna Berg <anna@x.fi>", "Re: Budget"
    if text:
        mail.set_content(text)
        mail.add_alternative(markup, subtype="html")
    else:
        mail.set_content(markup, subtype="html")
    return bytes(mail)


def test_the_head_is_title_date_and_author_and_stands_in_the_text() -> None:
    raw = b'From: =?utf-8?q?Anna_Bj=C3=B6rk?= <a@x.fi>, "Lind, Bo" <b@x.fi>\nSubject: =?iso-8859-1?q?F=E4rja?=\n till Korpo\n'
    loaded = _read(raw + b"Date: Tue, 3 Mar 2026 23:12:00 -1100\n\nHi.\n")
    assert loaded.title == "Färja till Korpo"
    assert loaded.authors == ("Anna Björk", "Lind, Bo")
    assert loaded.published == date(2026, 3, 3)
    assert [(piece.kind, piece.text) for piece in loaded.pieces] == [
        ("heading", "Färja till Korpo"),
        ("furniture", 'From: Anna Björk <a@x.fi>, "Lind, Bo" <b@x.fi>'),
        ("furniture", "Date: Tue, 3 Mar 2026 23:12:00 -1100"),
        ("paragraph", "Hi."),
    ]


def test_a_sender_without_a_name_is_known_by_the_address() -> None:
    assert _read(b"From: anna@x.fi\n\nHi.\n").authors == ("anna@x.fi",)


@pytest.mark.parametrize(
    "head", [b"Subject: x\n", b"From: \nDate: yesterday\nSubject: x\n", b"Subject: x\nDate: 99 Foo\n"]
)
def test_missing_and_broken_lines_of_the_head_are_left_out(head: bytes) -> None:
    loaded = _read(head + b"\nHi there.\n")
    assert (loaded.title, loaded.published, loaded.authors) == ("x", None, ())
    assert loaded.pieces[-1].text == "Hi there."


def test_quoted_mails_are_parts_under_their_sender_and_date() -> None:
    text = (
        b"\nIt is 12 euros.\nOn Mon, 2 Mar 2026 at 10:12, Bo Lind <bo@x.fi>\nwrote:\n> How much is it?\n>\n"
        b"> Am 1. 3. 2026 schrieb Cleo:\n>> Ask Anna.\n> Thanks\n\nAnd not more.\n\n-- \nAnna Berg\nHarbour office\n"
    )
    assert _body(_read(_HEAD + text)) == [
        ("paragraph", "It is 12 euros."),
        ("heading", "On Mon, 2 Mar 2026 at 10:12, Bo Lind <bo@x.fi> wrote:"),
        ("paragraph", "How much is it?"),
        ("heading", "Am 1. 3. 2026 schrieb Cleo:"),
        ("paragraph", "Ask Anna."),
        ("heading", "On Mon, 2 Mar 2026 at 10:12, Bo Lind <bo@x.fi> wrote:"),
        ("paragraph", "Thanks"),
        ("heading", "Anna Berg, Tue, 3 Mar 2026 23:12:00 +0200"),
        ("paragraph", "And not more."),
        ("furniture", "Anna Berg\nHarbour office"),
    ]


def test_words_quoted_from_nobody_are_a_quote() -> None:
    assert _body(_read(_HEAD + b"\nLike this\n\n> To be or not\n\nI think.\n"))[1] == ("quote", "To be or not")


@pytest.mark.parametrize("rule", [b"-----Original Message-----\n", b"________________________________\n"])
@pytest.mark.parametrize("labels", [(b"From", b"Sent", b"To", b"Subject"), (b"Von", b"Gesendet", b"An", b"Betreff")])
def test_outlooks_block_of_lines_begins_the_next_mail(rule: bytes, labels: tuple[bytes, ...]) -> None:
    lines = zip(labels, (b"Bo Lind", b"Monday, March 2, 2026 10:12 AM", b"Anna", b"Budget"), strict=True)
    block = b"".join(label + b": " + value + b"\n" for label, value in lines)
    body = _body(_read(_HEAD + b"\nSee below.\n\n" + rule + block + b"\nIt is 12.\n"))
    assert body[:2] == [("paragraph", "See below."), ("heading", "Bo Lind, Monday, March 2, 2026 10:12 AM")]
    assert [kind for kind, _ in body[2:]] == ["furniture"] * 4 + ["paragraph"]


def test_lines_with_labels_are_not_taken_for_a_mail() -> None:
    assert [kind for kind, _ in _body(_read(_HEAD + b"\nTime: 10:30\nPlace: Korpo\nRoom: 3\n"))] == ["paragraph"]


def test_wrapped_lines_are_joined_and_meant_line_ends_stay() -> None:
    text = (
        b"\nThe ferry carried 41,000 cars last year, which is the most since the year\n2004 by far.\n\n"
        b"Times:\n- at ten\n- at\n  noon\n\nHarbour street 1\nKorpo\n"
    )
    assert _body(_read(_HEAD + text)) == [
        ("paragraph", "The ferry carried 41,000 cars last year, which is the most since the year 2004 by far."),
        ("paragraph", "Times:"),
        ("item", "at ten"),
        ("item", "at noon"),
        ("paragraph", "Harbour street 1\nKorpo"),
    ]


def test_flowed_text_is_joined_as_it_says() -> None:
    head = _HEAD + b"Content-Type: text/plain; charset=utf-8; format=flowed\n"
    assert _body(_read(head + b"\nOne \nline.\nTwo.\n\n> quoted \n> on\n"))[:2] == [
        ("paragraph", "One line.\nTwo."),
        ("quote", "quoted on"),
    ]


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("iso-8859-1", "utf-8"),
        ("utf-8", "cp1252"),
        ("no-such", "utf-8"),
        ("us-ascii", "cp1252"),
        ("koi8-r", "utf-8"),
        ("utf-8", "utf-8"),
    ],
)
@pytest.mark.parametrize("packed", ["8bit", "base64"])
def test_a_wrong_charset_is_seen_through(declared: str, encoding: str, packed: str) -> None:
    import base64

    data = "Die Größe der Bäume überraschte die Käufer, während die Straße völlig leer war.".encode(encoding)
    head = _HEAD + f"Content-Type: text/plain; charset={declared}\nContent-Transfer-Encoding: {packed}\n\n".encode()
    loaded = _read(head + (base64.encodebytes(data) if packed == "base64" else data))
    assert loaded.pieces[-1].text.startswith("Die Größe der Bäume")


def test_html_with_its_quotations_signature_and_hidden_lines() -> None:
    markup = (
        '<div style="display:none">Preheader</div><div>It is <b>12</b> euros.<br>Really.<br><br>Bye.</div>'
        '<div class="gmail_signature">Anna</div><div class="gmail_quote"><div>On 2 Mar 2026, Bo wrote:<br></div>'
        "<blockquote><div>How much?</div><ul><li>a</li></ul></blockquote></div>"
    )
    assert _body(_read(_html(markup, "Your program can't show this."))) == [
        ("paragraph", "It is 12 euros.\nReally."),
        ("paragraph", "Bye."),
        ("furniture", "Anna"),
        ("heading", "On 2 Mar 2026, Bo wrote:"),
        ("paragraph", "How much?"),
        ("item", "a"),
    ]


def test_a_head_in_html_may_have_a_paragraph_for_each_line() -> None:
    lines = (("From", "Bo"), ("Date", "2 March 2026 at 10:12"), ("To", "Anna"), ("Subject", "Budget"))
    body = _body(
        _read(
            _html(
                "<p>Look.</p>"
                + "".join(f"<p><b>{label}:</b> {value}</p>" for label, value in lines)
                + "<p>12 euros.</p>"
            )
        )
    )
    assert body[1] == ("heading", "Bo, 2 March 2026 at 10:12")
    assert body[-1] == ("paragraph", "12 euros.")


def test_plain_text_goes_before_html_but_for_tables() -> None:
    assert _body(_read(_html("<p>It costs 12 euros.</p>", "It costs 12 euros!"))) == [
        ("paragraph", "It costs 12 euros!")
    ]
    table = "<table border=1><tr><th>Place</th><th>2021</th></tr><tr><td>Korpo</td><td>214</td></tr></table>"
    assert ("row", "Korpo: 2021 214") in _body(_read(_html(table, "Place 2021 Korpo 214")))


def test_forwarded_mails_are_read_and_attached_files_named() -> None:
    inner = EmailMessage()
    inner["From"], inner["Subject"], inner["Date"] = "Cleo <c@x.fi>", "Inner", "Sun, 1 Mar 2026 10:00:00 +0000"
    inner.set_content("The inner text.")
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "Anna <a@x.fi>", "Outer"
    mail.set_content("The outer text.")
    mail.add_attachment(b"%PDF secret", maintype="application", subtype="pdf", filename="bä.pdf")
    mail.add_attachment("secret words", filename="notes.txt")
    mail.add_attachment(inner)
    loaded = _read(bytes(mail))
    texts = [piece.text for piece in loaded.pieces]
    assert [text for text in texts if "text" in text or text == "Inner"] == [
        "The outer text.",
        "Inner",
        "The inner text.",
    ]
    assert texts[-1] == "Attached: bä.pdf, notes.txt (not read)"
    assert "secret" not in " ".join(texts)
    assert loaded.notices == ("attached files were not read: bä.pdf, notes.txt",)


@pytest.mark.parametrize(
    "raw",
    [
        b"Content-Type: message/rfc822\n\n" * 20_000 + b"\nHi",
        b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3_000)),
        _HEAD + b'Content-Type: multipart/mixed; boundary="a"\n\n' + b"--a\n\nx\n" * 50_000,
        _HEAD + b"\n" + b">" * 1_000_000 + b"x",
        _HEAD + b"\n" + b"".join(b">" * n + b" On 3 May 2026:\n" for n in range(1_500)),
        _HEAD + b"\n" + b"-" * 500_000 + b"a" + b"-" * 500_000 + b"b\n" + b"From: x@y\n" * 50_000,
        _HEAD + b"Content-Type: text/html\n\n" + b"<blockquote>" * 20_000 + b"x",
        b"From: " + b"<a@x>,(" * 200_000 + b"\nSubject: " + b"=?utf-8?q?" * 100_000 + b"\n\nHi",
        b"Subject: " + b"Re: " * 300_000 + b"\n\nFrom: a\nb: 10:10\nc: d\n",
    ],
    ids=["rfc822", "multipart", "parts", "marks", "levels", "rules", "blockquotes", "head", "subject"],
)
def test_hostile_mails_take_bounded_time(raw: bytes) -> None:
    begun = time.process_time()
    with suppress(LoadError):
        _read(raw)
    assert time.process_time() - begun < 20


def test_damaged_mails_give_text_or_a_reason() -> None:
    whole = _html("<p>It is <b>12</b></p><blockquote>x</blockquote>", "On 3 May 2026 Bo wrote:\n> x") + _HEAD
    chance = random.Random(5)
    for n in range(150):
        data = bytearray(whole[: chance.randrange(len(whole))] if n % 2 else whole)
        for _ in range(n // 5):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        for read in (read_eml, read_msg):
            with suppress(LoadError):
                read(io.BytesIO(bytes(data)), "mail", _SETTINGS)


@pytest.mark.parametrize("raw", [b"", b"no mail at all", bytes(range(256)) * 40])
def test_what_is_no_mail_is_refused(raw: bytes) -> None:
    for read in (read_eml, read_msg):
        with pytest.raises(UnreadableFileError, match="mail"):
            read(io.BytesIO(raw), "a.mail", _SETTINGS)


def test_groups_of_html_pieces_stay_together() -> None:
    made = thread(
        [Chunk(0, ("Costs:",), group=7), Chunk(0, ("a",), "item", 1, 7), *plain_chunks("- b\n- c")], "Anna", ""
    )
    assert made[0].group == made[1].group != made[2].group == made[3].group


# Outlook's files: a small writer, as there is no free one.


def _ole(streams: dict[str, bytes]) -> bytes:
    """A compound file (MS-CFB) with streams at "name" or "storage/name"."""
    sectors: list[bytes] = []
    fat: list[int] = []
    mini: list[bytes] = []  # Streams under 4096 bytes lie in sectors of 64 bytes, which are a stream themselves.
    mini_fat: list[int] = []

    def store(data: bytes, small: bool = False) -> int:
        size, into, table = (64, mini, mini_fat) if small else (512, sectors, fat)
        first = len(into)
        parts = [data[n : n + size].ljust(size, b"\0") for n in range(0, len(data), size)] or [b"\0" * size]
        into.extend(parts)
        table.extend([*range(first + 1, first + len(parts)), 0xFFFFFFFE])
        return first

    nodes: list[tuple[str, int, int, int, int]] = []  # name, type, child, start, size
    nodes.append(("Root Entry", 5, 0, 0xFFFFFFFE, 0))
    siblings: dict[int, list[int]] = {0: []}
    storages: dict[str, int] = {}
    for path, data in streams.items():
        folder, _, name = path.rpartition("/")
        if folder and folder not in storages:
            storages[folder] = len(nodes)
            siblings[0].append(len(nodes))
            siblings[len(nodes)] = []
            nodes.append((folder, 1, 0, 0, 0))
        siblings[storages.get(folder, 0)].append(len(nodes))
        nodes.append((name, 2, 0, store(data, len(data) < 4096), len(data)))
    nodes[0] = ("Root Entry", 5, 0, store(b"".join(mini)), 64 * len(mini))
    links = b"".join(struct.pack("<I", entry) for entry in mini_fat)
    mini_start = store(links.ljust(-(-len(links) // 512) * 512, b"\xff"))
    right = {one: other for row in siblings.values() for one, other in pairwise(row)}
    none = 0xFFFFFFFF
    entries = b""
    for n, (name, kind, _, start, size) in enumerate(nodes):
        spelled = name.encode("utf-16-le") + b"\0\0"
        child = siblings.get(n, [])[:1]
        entries += spelled.ljust(64, b"\0") + struct.pack("<HBB", len(spelled), kind, 1)
        entries += struct.pack("<III", none, right.get(n, none), child[0] if child else none)
        entries += b"\0" * 36 + struct.pack("<IQ", start, size)
    folder_start = store(entries)
    fat_sectors = len(fat) // 127 + 1
    fat_start = len(sectors)
    fat.extend([0xFFFFFFFD] * fat_sectors)
    table = b"".join(struct.pack("<I", entry) for entry in fat).ljust(512 * fat_sectors, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack(
        "<IIIIIIIII", 0, fat_sectors, folder_start, 0, 4096, mini_start, -(-len(links) // 512), 0xFFFFFFFE, 0
    )
    places = [*range(fat_start, fat_start + fat_sectors)]
    header += b"".join(struct.pack("<I", place) for place in [*places, *[none] * (109 - len(places))])
    return header + b"".join(sectors) + table


def _msg(strings: dict[int, str], html: bytes = b"", attached: str = "") -> bytes:
    streams: dict[str, bytes] = {}

    def add(folder: str, values: dict[int, tuple[int, bytes]], head: int) -> None:
        rows = b""
        for pid, (kind, data) in values.items():
            rows += struct.pack("<HHIQ", kind, pid, 6, len(data) + (2 if kind == 0x1F else 0))
            streams[f"{folder}__substg1.0_{pid:04X}{kind:04X}"] = data
        streams[f"{folder}__properties_version1.0"] = b"\0" * head + rows

    values = {pid: (0x1F, text.encode("utf-16-le")) for pid, text in strings.items()}
    add("", {**values, **({0x1013: (0x102, html)} if html else {})}, 32)
    if attached:
        add("__attach_version1.0_#00000000/", {0x3707: (0x1F, attached.encode("utf-16-le"))}, 8)
    return _ole(streams)


_TRANSPORT = (
    "From: Anna Berg <anna@x.fi>\r\nTo: bo@x.fi\r\nDate: Tue, 3 Mar 2026 23:12:00 +0200\r\nSubject: Re: Budget\r\n\r\n"
)


def test_an_outlook_mail_is_read_as_other_mails_are() -> None:
    text = "It is 12 euros.\r\n\r\n-----Original Message-----\r\nFrom: Bo\r\nSent: 2 March 2026 10:12\r\nTo: Anna\r\n\r\nHow?\r\n"
    loaded = read_msg(
        io.BytesIO(_msg({0x37: "Re: Budget", 0x7D: _TRANSPORT, 0x1000: text}, attached="b.pdf")), "a.msg", _SETTINGS
    )
    assert (loaded.title, loaded.published, loaded.authors) == ("Re: Budget", date(2026, 3, 3), ("Anna Berg",))
    body = _body(loaded)
    assert body[:2] == [("paragraph", "It is 12 euros."), ("heading", "Bo, 2 March 2026 10:12")]
    assert body[-2:] == [("paragraph", "How?"), ("furniture", "Attached: b.pdf (not read)")]


def test_an_outlook_mail_without_a_head_of_its_own() -> None:
    data = _msg(
        {0x37: "Budget", 0xC1A: "Anna Berg", 0xC1F: "/O=EXCHANGE/CN=ANNA"}, html=b"<p>It is <b>12</b> euros.</p>"
    )
    loaded = read_msg(io.BytesIO(data), "a.msg", _SETTINGS)
    assert (loaded.title, loaded.authors) == ("Budget", ("Anna Berg",))
    assert [piece.text for piece in loaded.pieces] == ["Budget", 'From: "Anna Berg"', "It is 12 euros."]


def test_an_outlook_file_whose_streams_lie_over_each_other_is_refused() -> None:
    whole = bytearray(_msg(dict.fromkeys(range(4096, 4160), "word " * 2000)))
    for place in range(0, len(whole), 64):
        spelled = whole[place : place + 40].decode("utf-16-le", "ignore")
        if spelled.startswith("__substg1.0_") and whole[place + 66] == 2:
            whole[place + 116 : place + 124] = struct.pack("<II", 0, 600_000)
    begun = time.process_time()
    with pytest.raises(UnreadableFileError, match="damaged"):
        read_msg(io.BytesIO(bytes(whole)), "a.msg", _SETTINGS)
    assert time.process_time() - begun < 5


def test_a_part_that_is_no_text_is_left_out() -> None:
    data = (
        _HEAD
        + b'Content-Type: multipart/mixed; boundary="a"\n\n--a\n\nIt is 12.\n--a\n\n'
        + b"\0\1\2\3\xff" * 90
        + b"\n--a--\n"
    )
    assert _body(_read(data)) == [
        ("paragraph", "It is 12."),
        ("furniture", "Attached: a part that is no text (not read)"),
    ]


def test_damaged_outlook_mails_give_text_or_a_reason() -> None:
    whole = _msg({0x37: "Re: Budget", 0x7D: _TRANSPORT, 0x1000: "It is 12 euros. " * 50}, attached="b.pdf")
    chance = random.Random(7)
    for n in range(200):
        data = bytearray(whole[: chance.randrange(len(whole))] if n % 4 == 0 else whole)
        for _ in range(1 + n // 20):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        with suppress(LoadError):
            read_msg(io.BytesIO(bytes(data)), "a.msg", _SETTINGS)
