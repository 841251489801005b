"""Bytes -> text: by byte order mark, else strict UTF-8, else a careful guess; refuses binary data."""

from __future__ import annotations

import codecs
import re
from html import unescape

from index.errors import UnreadableFileError

# UTF-32 comes first: its little-endian mark starts with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 200_000
"""The most bytes that a guess reads."""

_CONTROLS = bytes(sorted({*range(0x20), 0x7F} - {*b"\t\n\r\f\v\x1b"}))
_MAX_CONTROLS_UTF8 = 0.3
"""Valid UTF-8 is binary from this share of control characters on. Binary data that is valid UTF-8 is rare."""

_MAX_CONTROLS = 0.03
"""The same for other bytes: compressed and random data have 10 %, text in any 8-bit encoding none."""

_MAX_FOREIGN = 0.25
"""Text of unknown encoding with at most this share of non-ASCII bytes is taken as Western European; Cyrillic has 80 %."""

_EURO = b"\xa4"
_PRINTABLE_WESTERN = bytes([*range(0x80), *range(0xA0, 0x100)])
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_REFERENCE = re.compile(r"&(?:[a-zA-Z][a-zA-Z0-9]{1,30}|#[0-9]{2,7}|#[xX][0-9a-fA-F]{2,6});")

_DECLARED = re.compile(
    rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})|<\?xml[^>]{1,100}encoding=[\"']([\w.:-]{1,40})"
)
# Encodings that web pages may declare; Python also has codecs that don't encode text.
_WEB_ENCODING = re.compile(
    r"(?:windows-|cp)(?:125[0-8]|874|949)|iso-8859-(?:[2-9]|1[0-6])|koi8-[ru]|gb(?:2312|k|18030)|big5(?:-hkscs)?"
    r"|shift[_-]jis|euc-(?:jp|kr)|iso-2022-jp|ks_c_5601-1987|macintosh"
)


def decode(data: bytes, name: str, *, html: bool = False) -> str:
    """The text of a file's bytes.

    Args:
        data: the bytes.
        name: the file's name, for messages.
        html: whether the file may declare its encoding in a meta tag.

    Raises:
        UnreadableFileError: the data is binary, or no encoding fits.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decode_marked(data, encoding, name)
    if wide := _wide_encoding(data):
        return _decode_marked(data, wide, name)
    controls = len(data) - len(data.translate(None, _CONTROLS))
    if controls > _MAX_CONTROLS_UTF8 * len(data):
        raise _binary(name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        if controls > _MAX_CONTROLS * len(data):
            raise _binary(name) from None
    if (text := _damaged_utf8(data)) is not None:
        return text
    declared = _declared(data) if html else None
    guess = _guess(data)
    if guess == "cp1252" and _EURO in data and not data.translate(None, _PRINTABLE_WESTERN):
        # Latin-9 has the euro sign where others have one for any currency, which nobody writes.
        guess = "iso-8859-15"
    for encoding in filter(None, (declared, guess, "cp1252")):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFileError(f"{name} is in no encoding that could be recognised. Save it as UTF-8 and add it again.")


def plain(text: str) -> str:
    """A plain text with the character references resolved ("&amp;") that a page left in it; one with tags stays as it is."""
    if _TAG.search(text) or not _REFERENCE.search(text):
        return text
    return _REFERENCE.sub(lambda match: unescape(match.group()), text)


def _decode_marked(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        pass
    try:
        # Lone surrogates are accepted here; cleaning removes them later.
        return data.decode(encoding, "surrogatepass")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(
            f"{name} starts as {encoding.upper()} text but is damaged at byte {error.start}. Save it as UTF-8 and add it again."
        ) from None


def _binary(name: str) -> UnreadableFileError:
    return UnreadableFileError(f"{name} holds binary data, not text. Check that its suffix says what it is.")


def _wide_encoding(data: bytes) -> str | None:
    """UTF-16 without a byte order mark, in which nearly every second byte is zero and nearly no other."""
    sample = data[: _SAMPLE // 2 * 2]
    if len(sample) < 4 or len(data) % 2:
        return None
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    half = len(sample) / 2
    if odd > 0.7 * half and even < 0.05 * half:
        return "utf-16-le"
    if even > 0.7 * half and odd < 0.05 * half:
        return "utf-16-be"
    return None


def _damaged_utf8(data: bytes) -> str | None:
    """Decode UTF-8 with a few broken characters, as a cut inside a character leaves them; None = more are broken than whole."""
    text = data.decode("utf-8", "replace")
    whole = sum(len(run) for run in re.findall("[^\x00-\x7f\ufffd]+", text))
    return text if whole > 3 * text.count("\ufffd") else None


def _declared(data: bytes) -> str | None:
    match = _DECLARED.search(data[:4096].lower())
    name = (match.group(1) or match.group(2)).decode("ascii", "ignore") if match else ""
    # Browsers read both as Windows-1252, and their authors mean it.
    if name in {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"}:
        return "cp1252"
    return name if _WEB_ENCODING.fullmatch(name) else None


def _guess(data: bytes) -> str | None:
    """charset-normalizer's guess; among equally good ones a Windows encoding, the Western one if the text is mostly ASCII."""
    from charset_normalizer import from_bytes

    sample = data[:_SAMPLE]
    matches = list(from_bytes(sample))
    foreign = len(sample.translate(None, bytes(range(0x80))))
    if foreign <= _MAX_FOREIGN * len(sample):
        western = [m for m in matches if "cp1252" in (m.encoding, *m.could_be_from_charset)]
        if not matches or (western and western[0].chaos <= matches[0].chaos):
            return "cp1252"
    # Old files come from Windows far more often than from a Macintosh or DOS.
    windows = [m for m in matches if m.encoding.startswith("cp125") and m.chaos <= matches[0].chaos]
    return next((m.encoding for m in (*windows, *matches)), None)
