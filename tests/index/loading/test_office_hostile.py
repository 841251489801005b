"""Hostile and damaged office files: a reason or text, in bounded time and memory; nothing is fetched, run or written."""

from __future__ import annotations

import io
import random
import time
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import BinaryIO

import pytest
from docx import Document
from openpyxl import Workbook
from pptx import Presentation

from index.errors import ArticleTooLargeError, LoadError, UnreadableFileError
from index.loading.apart import run_apart
from index.loading.office.docx import read_docx
from index.loading.office.epub import read_epub
from index.loading.office.opendocument import read_opendocument
from index.loading.office.packages import Package
from index.loading.office.pptx import read_pptx
from index.loading.office.refused import UNSUPPORTED
from index.loading.office.xlsx import read_xlsx
from index.pieces import Loaded
from index.settings import IndexSettings
from tests.index.loading.office_files import docx_of, epub_of, members_of, opendocument_of, saved, zipped

_PACKAGE = "index.loading.office"
READERS: dict[str, Callable[[BinaryIO, str, IndexSettings], Loaded]] = {
    "docx": read_docx,
    "pptx": read_pptx,
    "xlsx": read_xlsx,
    "opendocument": read_opendocument,
    "epub": read_epub,
}


@cache
def sound(kind: str) -> bytes:
    """A small file of a kind that says "Korpo"."""
    if kind == "docx":
        document = Document()
        document.add_heading("Korpo", 1)
        return saved(document)
    if kind == "pptx":
        talk = Presentation()
        talk.slides.add_slide(talk.slide_layouts[5]).shapes.title.text = "Korpo"
        return saved(talk)
    if kind == "xlsx":
        book = Workbook()
        book.active.append(["Korpo", 1, 2])
        return saved(book)
    if kind == "epub":
        return epub_of({"a.xhtml": "<p>Korpo</p>"})
    return opendocument_of("text", "<text:p>Korpo</text:p>")


def read(kind: str, data: bytes) -> str:
    return " ".join(piece.text for piece in READERS[kind](io.BytesIO(data), f"file.{kind}", IndexSettings()).pieces)


def read_or_refused(kind: str, data: bytes) -> bool:
    """Whether a file is read or refused with a reason that names it; any other error passes through."""
    try:
        read(kind, data)
    except LoadError as error:
        return f"file.{kind}" in str(error)
    return True


@pytest.mark.parametrize("kind", READERS)
def test_truncated_and_flipped_files_give_a_reason_or_text(kind: str) -> None:
    data = sound(kind)
    assert "Korpo" in read(kind, data)
    chance = random.Random(7)
    began = time.monotonic()
    for n in range(60):
        if n % 3:
            broken = bytearray(data)
            for _ in range(chance.randint(1, 20)):
                broken[chance.randrange(len(data))] = chance.randrange(256)
        else:
            broken = bytearray(data[: chance.randrange(len(data))])
        assert read_or_refused(kind, bytes(broken))
    assert time.monotonic() - began < 60


@pytest.mark.parametrize("kind", READERS)
def test_members_damaged_inside_a_sound_zip_give_a_reason_or_text(kind: str) -> None:
    members = members_of(sound(kind))
    chance = random.Random(8)
    for n in range(60):
        name = chance.choice([name for name in members if members[name]])
        broken = bytearray(members[name])
        for _ in range(chance.randint(1, 9)):
            broken[chance.randrange(len(broken))] = chance.choice(b"<>&\"'/ 0A\x00\xff")
        changed = {**members, name: bytes(broken)}
        if n % 5 == 0:
            del changed[name]
        assert read_or_refused(kind, zipped(changed))


@pytest.mark.parametrize("kind", READERS)
def test_entities_are_not_resolved(kind: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("SECRET")
    external = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{tmp_path}/secret"><!ENTITY i "INNER">]>'
    members = members_of(sound(kind))
    for name, content in members.items():
        if b"Korpo" in content:
            text = content.decode()
            head = text.index("?>") + 2 if text.startswith("<?xml") else 0
            body = text[head:].replace("Korpo", "Korpo &e; &i;")
            members[name] = (
                text[:head] + external + body.replace('<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN"', "<!--")
            ).encode()
    try:
        found = read(kind, zipped(members))
    except LoadError:
        return
    assert "SECRET" not in found


@pytest.mark.parametrize("kind", READERS)
def test_names_that_lead_out_are_not_read_and_nothing_is_written(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    members: dict[str, str | bytes] = {
        **members_of(sound(kind)),
        "../evil.xml": "<x/>",
        "/evil.xml": "<x/>",
        "C:\\evil": "x",
    }
    data = zipped(
        {**members, "word/vbaProject.bin": b"\xd0\xcf macro", "word/embeddings/oleObject1.bin": b"\xd0\xcf ole"}
    )
    assert "Korpo" in read(kind, data)
    assert not [name for name in Package(io.BytesIO(data), "x", IndexSettings()).names if "evil" in name]
    assert not list(tmp_path.iterdir())


def test_references_to_the_outside_are_not_followed() -> None:
    link = (
        '<Relationship Id="x9" TargetMode="External" Target="http://127.0.0.1:9/a" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/></Relationships>'
    )
    members = members_of(sound("docx"))
    members["word/_rels/document.xml.rels"] = members["word/_rels/document.xml.rels"].replace(
        b"</Relationships>", link.encode()
    )
    data = zipped(members)
    assert read("docx", data) == "Korpo"
    parts = Package(io.BytesIO(data), "x", IndexSettings()).relations("word/document.xml")
    assert parts
    assert "x9" not in parts


@pytest.mark.parametrize("kind", READERS)
def test_zip_bombs_are_refused_before_they_are_unpacked(kind: str) -> None:
    bomb = zipped({**members_of(sound(kind)), "bomb.xml": b"<x>" + b" " * 40_000_000})
    began = time.monotonic()
    with pytest.raises(UnreadableFileError, match="more than is safe"):
        read(kind, bomb)
    with pytest.raises(ArticleTooLargeError, match="FOOTNOTE_MAX_FILE_BYTES"):
        READERS[kind](io.BytesIO(bomb), "x", IndexSettings(max_file_bytes=1_000_000))
    many = zipped({str(n): b"" for n in range(20_001)})
    with pytest.raises(UnreadableFileError, match="20,001"):
        read(kind, many)
    assert time.monotonic() - began < 10


def test_a_size_that_is_a_lie_gives_no_more_than_it_says() -> None:
    members = members_of(sound("docx"))
    members["word/document.xml"] += b" " * 5_000_000
    data = bytearray(zipped(members))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        size = package.getinfo("word/document.xml").file_size.to_bytes(4, "little")
    lied = bytes(data).replace(size, (1000).to_bytes(4, "little"))
    with pytest.raises(UnreadableFileError, match="damaged"):
        read("docx", lied)


@pytest.mark.parametrize("kind", READERS)
def test_files_of_another_kind_say_what_to_do(kind: str) -> None:
    for data in (b"", b"no zip", zipped({"a": "b"}), sound("epub" if kind == "docx" else "docx")):
        with pytest.raises(UnreadableFileError, match="damaged"):
            read(kind, data)
    with pytest.raises(UnreadableFileError, match="password"):
        read(kind, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)


def test_what_is_nested_without_end_is_refused() -> None:
    deep = "<w:sdt><w:sdtContent>" * 20_000 + "</w:sdtContent></w:sdt>" * 20_000
    with pytest.raises(UnreadableFileError):
        read("docx", docx_of(deep))


def test_kinds_that_are_not_read_have_a_remedy() -> None:
    assert UNSUPPORTED[".doc"].endswith("save it as .docx and add that")
    assert all(suffix.startswith(".") and "add" in remedy for suffix, remedy in UNSUPPORTED.items())


@pytest.mark.system
@pytest.mark.parametrize("kind", READERS)
def test_a_child_process_gives_the_same(kind: str) -> None:
    file = io.BytesIO(sound(kind))
    apart = run_apart(f"{_PACKAGE}.{kind}:read_{kind}", file, "a file", IndexSettings())
    assert apart == READERS[kind](io.BytesIO(sound(kind)), "a file", IndexSettings())


@pytest.mark.system
def test_errors_of_the_child_are_ours() -> None:
    with pytest.raises(UnreadableFileError, match="a file can't be read: it is damaged"):
        run_apart(f"{_PACKAGE}.docx:read_docx", io.BytesIO(b"no zip"), "a file", IndexSettings())
    with pytest.raises(ArticleTooLargeError, match="a file"):
        run_apart(
            f"{_PACKAGE}.docx:read_docx",
            io.BytesIO(docx_of("<w:p><w:r><w:t>long</w:t></w:r></w:p>" * 50)), "a file", IndexSettings(max_article_chars=100),
        )  # fmt: skip


@pytest.mark.system
def test_limits_of_time_and_memory_name_the_setting() -> None:
    large = docx_of("<w:p><w:r><w:t>word </w:t></w:r></w:p>" * 400_000)
    began = time.monotonic()
    with pytest.raises(UnreadableFileError, match="FOOTNOTE_PDF_SECONDS"):
        run_apart(f"{_PACKAGE}.docx:read_docx", io.BytesIO(large), "a file", IndexSettings(pdf_seconds=0.5))
    assert time.monotonic() - began < 5
    with pytest.raises(UnreadableFileError, match="FOOTNOTE_PDF_MEMORY_MB"):
        run_apart(f"{_PACKAGE}.docx:read_docx", io.BytesIO(large), "a file", IndexSettings(pdf_memory_mb=128))
