"""Bytes become the text that was meant, whatever the encoding; what is no text is refused."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UnreadableFileError
from index.loading.text import decode

_ENGLISH = "He said: “We highly appreciate it,” and the claim—long denied—was made. It’s a café."
_GERMAN = "Die Größe der Bäume überraschte die Käufer, während die Straße völlig leer war."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (_ENGLISH, "utf-8"),
        (_ENGLISH, "utf-8-sig"),
        (_ENGLISH, "utf-16"),
        (_ENGLISH, "utf-16-le"),
        (_ENGLISH, "utf-16-be"),
        (_ENGLISH, "utf-32"),
        (_ENGLISH, "cp1252"),
        ("naïve", "cp1252"),
        ("It costs £5 a day", "cp1252"),
        (_GERMAN, "cp1252"),
        ("L’été dernier, les élèves étaient très fâchés. Ça suffit, disaient-ils.", "cp1252"),
        ("El niño comió mañana en la montaña. ¿Qué pasó? ¡Adiós!", "cp1252"),
        ("Президент прибыл в среду, это его первый визит за много лет.", "cp1251"),
        ("Президент прибыл в среду, это его первый визит за много лет.", "koi8-r"),
        ("これは日本語の文章です。東京は日本の首都です。とても大きい都市です。", "shift_jis"),
        ("总统周三抵达，这是他二十四年来首次访问这个孤立的国家。", "gb18030"),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy v létě na dvoře.", "cp1250"),
    ],
)
def test_row_14_encodings(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "file.txt").removeprefix("\ufeff") == text


def test_row_14_big_endian_with_a_mark() -> None:
    assert decode(b"\xfe\xff" + _ENGLISH.encode("utf-16-be"), "file.txt") == _ENGLISH


def test_row_14_utf8_that_is_cut_in_a_character_stays_utf8() -> None:
    assert decode(_GERMAN.encode()[:-1] + "é".encode()[:1], "file.txt") == _GERMAN[:-1] + "\ufffd"


def test_row_14_single_zero_bytes_are_let_in() -> None:
    assert decode(b"Hel\0lo wor\0ld, again", "file.txt") == "Hel\0lo wor\0ld, again"


def test_row_14_a_lone_surrogate_in_utf16_is_let_in() -> None:
    assert decode(b"\xff\xfea\x00\x00\xd8b\x00", "file.txt") == "a\ud800b"


def test_pages_may_declare_their_encoding() -> None:
    page = '<meta charset="windows-1251"><p>Да'
    assert decode(page.encode("cp1251"), "page.html", html=True) == page


def test_a_declared_encoding_that_is_none_is_not_used() -> None:
    page = '<meta charset="unicode_escape"><p>caf\\x65 é'
    assert decode(page.encode("cp1252"), "page.html", html=True) == page


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\0" * 100, id="zeros"),
        pytest.param(bytes(range(8)) * 20, id="controls"),
        pytest.param(random.Random(1).randbytes(4000), id="random"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + random.Random(2).randbytes(2000), id="png"),
        pytest.param(b"PK\x03\x04" + random.Random(3).randbytes(2000), id="zip"),
        pytest.param(b"\xff\xfea", id="half a character of UTF-16"),
    ],
)
def test_row_14_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFileError, match=r"file\.txt .*(binary|damaged)"):
        decode(data, "file.txt")


@given(st.binary(max_size=400), st.booleans())
def test_row_14_any_bytes_are_decoded_or_refused(data: bytes, html: bool) -> None:
    with suppress(UnreadableFileError):
        assert isinstance(decode(data, "file.txt", html=html), str)
