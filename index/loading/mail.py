"""E-mails (.eml, .msg) -> pieces: the lines of the head, then the thread, each part under its sender and date."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.utils import format_datetime, getaddresses, parsedate_to_datetime
from functools import partial
from itertools import islice
from typing import Any, BinaryIO

from index.errors import LoadError, UnreadableFileError
from index.heading import parse_date
from index.loading.invitation import event_chunks
from index.loading.mail_chunks import Chunk, html_chunks, plain_chunks
from index.loading.mail_headings import with_headings
from index.loading.mail_thread import thread
from index.loading.text import decode
from index.pieces import Loaded, Piece
from index.settings import IndexSettings

_MAX_PARTS = 500
"""The most MIME parts that are looked at; real mails have some tens."""

_MAX_DEPTH = 12
_MAX_HEADER = 20_000
"""Parsing addresses and encoded words takes more than linear time; a longer line of the head is cut."""

_MAX_SHOWN = 1_000
_SHOWN = ("From", "To", "Cc", "Date")
_TAGS = re.compile(r"<(?:html|body|div|p|br|table|td|span)\b[^<>]*>", re.IGNORECASE)


def read_eml(file: BinaryIO, name: str, settings: IndexSettings) -> Loaded:
    """Read an e-mail as it is sent: its head, its own text, and the mails that it quotes or forwards.

    The subject is the title and a heading; From, To, Cc and Date stand under it as furniture. Each mail of the thread has a
    heading that says who wrote it and when, in the words of the mail. Attached files are named, not opened.

    Args:
        file: the mail.
        name: its name, for messages.
        settings: the settings with the limits.

    Raises:
        UnreadableFileError: it is binary, has no text, or its parts are nested too deeply.
    """
    data = file.read(settings.max_file_bytes).removeprefix(b"\xef\xbb\xbf")
    try:
        # The newer policies parse heads strictly: damaged ones raise all kinds of errors, long ones take minutes.
        message = message_from_bytes(data)
        if not message.keys():
            raise UnreadableFileError(
                f"{name} has no lines From, Date or Subject: it is no mail. Save the mail as .eml again."
            )
        return _Reading(name).loaded(message, lambda reading: reading.chunks(message, 0))
    except RecursionError:
        raise UnreadableFileError(f"{name} has parts nested too deeply. Save its text as .txt and add that.") from None


def read_msg(file: BinaryIO, name: str, settings: IndexSettings) -> Loaded:
    """Read an e-mail as Outlook saves it; otherwise as `read_eml`.

    Raises:
        UnreadableFileError: it is damaged, no Outlook mail, or has its text in no form that can be read.
    """
    from oxmsg import Message as OutlookMessage

    data = file.read(settings.max_file_bytes)
    try:
        _check_ole(data)
        mail = OutlookMessage.load(data)
        mail.properties.str_prop_value(0)
    except Exception as error:  # The package trusts the file: a damaged one may raise anything.
        raise UnreadableFileError(
            f"{name} is damaged or no Outlook mail ({type(error).__name__}). Open it in Outlook and save it again, or as .eml."
        ) from error

    def chunks(reading: _Reading) -> list[Chunk]:
        files = _tried(lambda: mail.attachments) or ()
        reading.attached = [_tried(partial(getattr, one, "file_name")) or "a file without a name" for one in files]
        plain, markup = _tried(lambda: mail.body) or "", _tried(lambda: mail.html_body) or ""
        if not (plain or markup).strip() and _tried(lambda: mail.properties.binary_prop_value(_RICH_TEXT)):
            raise UnreadableFileError(
                f"{name} has its text only as rich text. Open it in Outlook and save it as .eml or HTML."
            )
        return _better(list(with_headings(plain_chunks(plain))), markup, plain)

    return _Reading(name).loaded(_outlook_head(mail), chunks)


_RICH_TEXT = 0x1009


def _check_ole(data: bytes) -> None:
    """Refuse a file whose streams are together larger than itself: they lie over each other."""
    from olefile import OleFileIO

    with OleFileIO(data) as ole:
        if sum(ole.get_size(path) for path in ole.listdir()) > 2 * len(data):
            raise ValueError("its streams lie over each other")


def _tried(read: Callable[[], Any]) -> Any:
    """A value of an Outlook mail, or None if it is damaged."""
    with suppress(Exception):
        return read()
    return None


def _outlook_head(mail: Any) -> Message:
    """The head of an Outlook mail as that of other mails: the one that it was sent with, completed from its properties."""
    head = Message()
    for key, value in (_tried(lambda: mail.message_headers) or {}).items():
        if key.title() in (*_SHOWN, "Subject"):
            head[key] = str(value)
    to = (f"{one.name} <{one.email_address}>" for one in _tried(lambda: mail.recipients) or ())
    found = {
        "From": lambda: mail.sender,
        "To": lambda: ", ".join(to),
        "Date": lambda: format_datetime(mail.sent_date),
        "Subject": lambda: mail.subject,
    }
    for key, read in found.items():
        if not head.get(key) and (value := _tried(read)):
            head[key] = re.sub(r" <[^@>]*>", "", value)
    return head


@dataclass
class _Reading:
    """One file that is being read.

    Attributes:
        name: its name, for messages.
        attached: the names of the files attached to it.
        parts: how many parts were looked at.
        said: the texts of the parts that were read.
    """

    name: str
    attached: list[str] = field(default_factory=list)
    parts: int = 0
    said: list[str] = field(default_factory=list)

    def loaded(self, message: Message, chunks: Callable[[_Reading], list[Chunk]]) -> Loaded:
        """The whole mail, from its head and the text that `chunks` reads."""
        head = _Head.of(message, self.name)
        pieces = head.pieces() + thread(chunks(self), head.label, head.subject)
        if self.attached:
            pieces += [Piece("furniture", f"Attached: {_cut(', '.join(self.attached))} (not read)")]
        return Loaded(
            pieces=tuple(pieces),
            title=head.subject,
            published=head.published,
            authors=head.authors,
            notices=(f"attached files were not read: {_cut(', '.join(self.attached))}",) if self.attached else (),
        )

    def chunks(self, message: Message, depth: int) -> list[Chunk]:
        """The text of a message or of a part of it."""
        self.parts += 1
        if self.parts > _MAX_PARTS or depth > _MAX_DEPTH:
            return []
        kind = message.get_content_type()
        payload = message.get_payload()
        children = [part for part in payload if isinstance(part, Message)] if isinstance(payload, list) else []
        if kind == "message/rfc822" and children:
            return self._forwarded(children[0], depth)
        if kind == "multipart/alternative":
            return self._alternative(list(_leaves(message)))
        if children:
            return [chunk for child in children for chunk in self.chunks(child, depth + 1)]
        filename = _words(message.get_filename() or "", self.name)
        inline = message.get_content_disposition() != "attachment"
        if kind in ("text/plain", "text/html") and inline and not (filename and depth and kind == "text/html"):
            return html_chunks(self._text(message)) if kind == "text/html" else self._plain(message)
        if kind == "text/calendar" and inline:
            return self._event(message)
        if filename and not (inline and message.get("Content-ID")) and not kind.endswith("-signature"):
            self.attached.append(filename)
        return []

    def _forwarded(self, message: Message, depth: int) -> list[Chunk]:
        head = _Head.of(message, self.name)
        return [Chunk(0, (), mail=tuple(head.pieces(level=2)), label=head.label), *self.chunks(message, depth + 1)]

    def _alternative(self, leaves: list[Message]) -> list[Chunk]:
        plain = [leaf for leaf in leaves if leaf.get_content_type() == "text/plain"]
        markup = [leaf for leaf in leaves if leaf.get_content_type() == "text/html"]
        self.attached += [
            _words(leaf.get_filename() or "", self.name)
            for leaf in leaves
            if leaf.get_content_disposition() == "attachment" and leaf.get_filename()
        ]
        text = self._text(plain[0]) if plain else ""
        shown = _better(self._plain(plain[0]) if plain else [], self._text(markup[0]) if markup else "", text)
        events = (leaf for leaf in leaves if leaf.get_content_type() == "text/calendar")
        return shown + [chunk for event in islice(events, 1) for chunk in self._event(event)]

    def _event(self, message: Message) -> list[Chunk]:
        return event_chunks(self._decoded(message), " ".join(self.said))

    def _plain(self, message: Message) -> list[Chunk]:
        flowed = str(message.get_param("format", "")).lower() == "flowed"
        text = self._text(message)
        if _is_markup(text):
            return html_chunks(text)
        delsp = str(message.get_param("delsp", "")).lower() == "yes"
        return list(with_headings(plain_chunks(text, flowed=flowed, delsp=delsp)))

    def _text(self, message: Message) -> str:
        """The text of a part."""
        text = self._decoded(message)
        self.said.append(text)
        return text

    def _decoded(self, message: Message) -> str:
        """The text in the encoding that the part states, if its bytes are so encoded."""
        payload = message.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
        # Mails often state Latin-1 or ASCII for what is UTF-8; other text with foreign letters is hardly ever valid UTF-8.
        if not data.isascii():
            with suppress(UnicodeDecodeError):
                return data.decode("utf-8")
        charset = message.get_content_charset("")
        if charset and charset not in ("us-ascii", "iso-8859-1"):
            with suppress(LookupError, UnicodeError, ValueError):
                return data.decode(_known(charset))
        try:
            return decode(data, self.name, html=True)
        except LoadError:
            self.attached.append("a part that is no text")
            return ""


def _known(charset: str) -> str:
    """The charset, unless it encodes the names of hosts: decoding those takes quadratic time."""
    name = codecs.lookup(charset).name
    if name in ("punycode", "idna"):
        raise LookupError(name)
    return name


def _leaves(message: Message) -> Iterator[Message]:
    for n, part in enumerate(message.walk()):
        if n > _MAX_PARTS:
            return
        if not part.is_multipart():
            yield part


def _better(plain: list[Chunk], markup: str, text: str) -> list[Chunk]:
    """The plain text of a mail, unless it stands only for "your program can't show this" or lacks the rows of a table."""
    if not markup.strip():
        return plain
    shown = html_chunks(markup)
    rows = any(chunk.kind == "row" for chunk in shown)
    lacking = 2 * sum(map(len, text.split())) < sum(len(line) for chunk in shown for line in chunk.lines)
    return shown if shown and (rows or lacking or not plain or _is_markup(text)) else plain


def _is_markup(text: str) -> bool:
    return len(_TAGS.findall(text[:100_000])) > 3


@dataclass(frozen=True)
class _Head:
    """What the head of a mail says; `shown` has its lines, `label` its sender and date."""

    subject: str
    shown: dict[str, str]
    published: date | None
    authors: tuple[str, ...]

    @classmethod
    def of(cls, message: Message, name: str) -> _Head:
        raw: dict[str, str] = {}
        for key, value in message.raw_items():
            raw.setdefault(key.title(), str(value)[:_MAX_HEADER])
        names = (_words(one or address, name).strip("'\" ") for one, address in getaddresses([raw.get("From", "")]))
        shown = {key: _words(raw[key], name) for key in _SHOWN if key in raw}
        authors = tuple(dict.fromkeys(filter(None, names))) or tuple(filter(None, [shown.get("From", "")]))
        return cls(_cut(_words(raw.get("Subject", ""), name)), shown, _day(raw.get("Date", "")), authors[:20])

    @property
    def label(self) -> str:
        return _cut(", ".join(filter(None, (*self.authors[:3], self.shown.get("Date", "")))))

    def pieces(self, level: int = 1) -> list[Piece]:
        title = self.subject or (self.label if level > 1 else "")
        heading = [Piece("heading", title, level=level)] if title else []
        return heading + [
            Piece("furniture", f"{key}: {_cut(value)}", group=1) for key, value in self.shown.items() if value
        ]


def _words(value: str, name: str) -> str:
    """A line of the head in one line, its encoded words decoded."""
    # Letters that are not encoded at all were read as lone surrogates.
    with suppress(UnicodeError, LoadError):
        value = value if value.isprintable() else decode(value.encode("utf-8", "surrogateescape"), name)
    with suppress(MessageError, LookupError, ValueError):
        parts = decode_header(re.sub(r"\r?\n(?=[ \t])", "", value)[:_MAX_HEADER])
        value = "".join(part if isinstance(part, str) else _part(part, charset) for part, charset in parts)
    return " ".join(value.split())


def _part(data: bytes, charset: str | None) -> str:
    if charset is None:
        return data.decode("raw-unicode-escape", "replace")
    try:
        return data.decode(charset)
    except (LookupError, UnicodeError):
        return data.decode("utf-8", "replace")


def _day(value: str) -> date | None:
    """The day in the zone that the mail states."""
    try:
        return parsedate_to_datetime(value).date()
    except (TypeError, ValueError, OverflowError, IndexError):
        return parse_date(" ".join(value.split())[:100])


def _cut(line: str) -> str:
    return line if len(line) <= _MAX_SHOWN else line[:_MAX_SHOWN].rsplit(" ", 1)[0] + " …"
