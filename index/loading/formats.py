"""The kinds of files that can be read, by their suffixes, and who reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import BinaryIO

from index.loading.office.refused import UNSUPPORTED
from index.loading.text import decode, plain
from index.pieces import Loaded
from index.settings import IndexSettings

Reader = Callable[[BinaryIO, str, IndexSettings], Loaded]
"""(open file, its name for messages, settings) -> the document; raises children of LoadError."""


def _bytes(file: BinaryIO, settings: IndexSettings) -> bytes:
    # A file may grow while it is read.
    return file.read(settings.max_file_bytes)


def _text(file: BinaryIO, name: str, settings: IndexSettings) -> Loaded:
    return Loaded(text=plain(decode(_bytes(file, settings), name)))


def _decoded(where: str, file: BinaryIO, name: str, settings: IndexSettings) -> Loaded:
    """By a reader of text; `where` as for `_here`."""
    text = decode(_bytes(file, settings), name, html=where.startswith("html"))
    loaded: Loaded = _found(where)(text)
    return loaded


def _here(where: str, file: BinaryIO, name: str, settings: IndexSettings) -> Loaded:
    """By a reader that is imported now; `where` is its module in `index.loading` and its function."""
    loaded: Loaded = _found(where)(file, name, settings)
    return loaded


def _found(where: str) -> Callable[..., Loaded]:
    module, _, function = where.partition(":")
    found: Callable[..., Loaded] = getattr(import_module(f"index.loading.{module}"), function)
    return found


def _apart(where: str, file: BinaryIO, name: str, settings: IndexSettings) -> Loaded:
    """The same, in a process of its own, since the packages for it were not made for hostile files."""
    from index.loading.apart import run_apart

    return run_apart(f"index.loading.{where}", file, name, settings)


_MARKDOWN: Reader = partial(_decoded, "markdown:read_markdown")
_HTML: Reader = partial(_decoded, "html:read_page")
_OPENDOCUMENT: Reader = partial(_apart, "office.opendocument:read_opendocument")
_XLSX: Reader = partial(_apart, "office.xlsx:read_xlsx")
_CSV: Reader = partial(_here, "tables:read_csv")
_JSON: Reader = partial(_here, "tables:read_json")
_IMAGE: Reader = partial(_here, "ocr:read_image")

FORMATS: Mapping[str, Reader] = {
    ".txt": _text,
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": _HTML,
    ".pdf": partial(_here, "pdf:read_pdf"),
    ".docx": partial(_apart, "office.docx:read_docx"),
    ".pptx": partial(_apart, "office.pptx:read_pptx"),
    ".xlsx": _XLSX,
    ".xlsm": _XLSX,
    ".odt": _OPENDOCUMENT,
    ".ods": _OPENDOCUMENT,
    ".odp": _OPENDOCUMENT,
    ".epub": partial(_apart, "office.epub:read_epub"),
    ".eml": partial(_here, "mail:read_eml"),
    ".msg": partial(_apart, "mail:read_msg"),
    ".csv": _CSV,
    ".tsv": _CSV,
    ".json": _JSON,
    ".jsonl": _JSON,
    ".ndjson": _JSON,
    ".srt": partial(_here, "subtitles:read_srt"),
    ".vtt": partial(_here, "subtitles:read_vtt"),
    ".png": _IMAGE,
    ".jpg": _IMAGE,
    ".jpeg": _IMAGE,
    ".tif": _IMAGE,
    ".tiff": _IMAGE,
    ".webp": _IMAGE,
}
"""Suffix -> reader, the best known first. Readers import what they need when they are called."""

REMEDIES: Mapping[str, str] = UNSUPPORTED
"""Suffix -> what to do with a file that can't be read."""
