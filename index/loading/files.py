"""Files, folders and texts -> Articles; one small function per format."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from index.article import Article
from index.cleaning import clean
from index.errors import (
    ArticleTooLargeError,
    EmptyArticleError,
    LoadError,
    UnreadableFileError,
    UnsupportedFormatError,
)
from index.heading import find_head, parse_date
from index.loading.html import Page, read_page
from index.loading.markdown import read_markdown
from index.loading.pdf import read_pdf
from index.loading.text import decode
from index.settings import IndexSettings

_MAX_TITLE = 300
_NAME_CHARS = 60
_HEAD_LINES = 6
_HEAD_CHARS = 1_000
_MIN_COMMON = 8
"""Two titles must share so many letters to be forms of the same one."""

_ARCHIVES = frozenset({".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst", ".epub", ".jar"})
_RAW_FACTOR = 4
"""A raw text longer than so many times the limit is refused before it is cleaned."""


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file with another name than its path, such as an upload in a temporary folder.

    Attributes:
        path: where the file lies.
        name: its name with the suffix; becomes the article's source, which decides its id.
    """

    path: Path
    name: str


def load_file(path: Path, settings: IndexSettings, name: str = "") -> Article:
    """Load one file as an article. Its source is the file's absolute path, or the given name.

    The title is the one that the file states (HTML metadata, front matter), else its headline, else the file's name without
    suffix. A stated title or date that does not stand at the head of the text is put there, so that it can be cited.

    Args:
        path: a .txt, .md, .html, .htm or .pdf file. A symbolic link is followed; only `find_files` keeps to a folder.
        settings: the settings with the limits.
        name: the file's name (see `NamedFile`); empty = its path.

    Raises:
        UnsupportedFormatError: there is no loader for this suffix.
        UnreadableFileError: the file is missing, no plain file, binary, encrypted or damaged.
        EmptyArticleError: nothing is left to read after cleaning.
        ArticleTooLargeError: the file is over `max_file_bytes` or its text over `max_article_chars`.
    """
    suffix = Path(name or path).suffix.lower()
    label = printable(name or path)
    reader = _READERS.get(suffix)
    if reader is None:
        raise UnsupportedFormatError(f"{label} can't be added: {_unsupported(suffix)}.")
    try:
        with _open(path, label, settings) as file:
            page = reader(file, label, settings)
        source = printable(name or path.parent.resolve() / path.name)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableFileError(f"{label} can't be read: {reason}. Check that it exists and may be read.") from error
    text = _cleaned(page.text, source, settings)
    return _article(text, _stated_title(page.title, text), source, parse_date(page.published), settings)


def article_from_text(
    text: str, *, title: str = "", source: str = "", published: date | None = None, settings: IndexSettings
) -> Article:
    """Make an article from a text. An article's own text and attributes give the same article again.

    Args:
        text: the text, which is cleaned here.
        title: the headline; put at the head of the text unless it is there. Empty = the text's own, or its first words.
        source: a path, a URL or a name; decides the article's id. Empty = the text decides it.
        published: the publication date; put under the title unless the text has a date line. None = the text's own.
        settings: the settings with the limits.

    Raises:
        LoadError: `text` is not a string.
        EmptyArticleError: nothing is left to read after cleaning.
        ArticleTooLargeError: the text is over `max_article_chars`.
    """
    if not isinstance(text, str):
        raise LoadError(f"An article's text must be a string, not a {type(text).__name__}.")
    source = printable(source)
    stated = "" if _same(title, _name(source)) else title
    return _article(_cleaned(text, source or title, settings), stated, source, published, settings)


def article_from_document(document: Any, settings: IndexSettings) -> Article:
    """Make an article from a llama-index Document (anything with `.text`, `.metadata` and `.id_`).

    The source is the first of file_path, source and url in the metadata, else the document's own id unless that is random.
    If the metadata has a "page_label", the source has it too: some readers give each page of a file as a document.

    Raises:
        LoadError: the document's text is not a string.
        EmptyArticleError: nothing is left to read after cleaning.
        ArticleTooLargeError: the text is over `max_article_chars`.
    """
    metadata = document.metadata if isinstance(document.metadata, dict) else {}

    def first(*keys: str) -> str:
        return next((str(metadata[key]) for key in keys if isinstance(metadata.get(key), (str, int, Path, date))), "")

    source = first("file_path", "source", "url") or _own_id(document)
    if source and (page := first("page_label", "page")):
        source = f"{source}#page={page}"
    return article_from_text(
        document.text,
        title=first("title"),
        source=source,
        published=parse_date(first("published", "date", "publish_date", "pubdate")),
        settings=settings,
    )


def find_files(path: Path) -> tuple[list[Path], list[tuple[str, str]]]:
    """The file at `path`, or all files in that folder and its sub-folders, sorted.

    Hidden files and folders are skipped silently. Files that can't be an article are not opened: other formats, links that
    lead out of the folder, pipes, sockets and devices.

    Returns:
        The files that can be loaded, and (path, reason) for the others.

    Raises:
        LoadError: the path does not exist or can't be reached.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise LoadError(f"{printable(path)} can't be added: {reason}. Check the path.") from error
    files: list[Path] = []
    skipped: list[tuple[str, str]] = []
    candidates = _walk(path, skipped) if stat.S_ISDIR(mode) else iter([path])
    root = path.resolve() if stat.S_ISDIR(mode) else None
    for candidate in candidates:
        if reason := _refusal(candidate, root):
            skipped.append((printable(candidate), reason))
        else:
            files.append(candidate)
    return files, skipped


def printable(path: Path | str) -> str:
    r"""A path as text that can be stored and shown: bytes that are not UTF-8 become "\udcff" and the like."""
    return str(path).encode("utf-8", "backslashreplace").decode("utf-8")


def _walk(folder: Path, skipped: list[tuple[str, str]]) -> Iterator[Path]:
    def failed(error: OSError) -> None:
        skipped.append((printable(error.filename or folder), f"the folder can't be read: {error.strerror}"))

    for parent, folders, names in os.walk(folder, onerror=failed, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        linked = [name for name in folders if Path(parent, name).is_symlink()]
        skipped += [(printable(Path(parent, name)), "a symbolic link to a folder is not followed") for name in linked]
        yield from (Path(parent, name) for name in sorted(names) if not name.startswith("."))


def _refusal(path: Path, root: Path | None) -> str:
    """Why a file won't be loaded, found without opening it; empty = it will be. `root` is the folder that it must be in."""
    try:
        mode = path.stat().st_mode
        if root is not None and path.is_symlink() and not path.resolve().is_relative_to(root):
            return "it is a symbolic link that leads out of the folder"
    except (OSError, RuntimeError) as error:
        return f"it can't be reached: {getattr(error, 'strerror', None) or error}"
    if not stat.S_ISREG(mode):
        return "it is a folder, a pipe, a socket or a device, not a plain file"
    suffix = path.suffix.lower()
    return "" if suffix in _READERS else _unsupported(suffix)


def _unsupported(suffix: str) -> str:
    suffix = printable(suffix)
    known = ", ".join(_READERS)
    if suffix in _ARCHIVES:
        return f"{suffix} archives are not opened: unpack it and add the folder (readable: {known})"
    what = f"{suffix} files" if suffix else "files without a suffix"
    return f"{what} can't be read: save it as one of {known}"


def _open(path: Path, label: str, settings: IndexSettings) -> BinaryIO:
    """Open a file for reading, after checking that it is a plain file within the size limit."""
    # Check before opening, since opening a pipe waits for a writer and opening a device may act on it; and again after, since
    # the path may mean another file by then.
    _check(path.stat(), label, settings)
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    file = os.fdopen(os.open(path, flags), "rb")
    try:
        _check(os.fstat(file.fileno()), label, settings)
    except BaseException:
        file.close()
        raise
    return file


def _check(status: os.stat_result, label: str, settings: IndexSettings) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise UnreadableFileError(f"{label} is no plain file. Add a .txt, .md, .html or .pdf file.")
    if status.st_size > settings.max_file_bytes:
        raise ArticleTooLargeError(
            f"{label} has {status.st_size:,} bytes; the limit is {settings.max_file_bytes:,}. "
            "Split it, or raise FOOTNOTE_MAX_FILE_BYTES."
        )


def _read_text(file: BinaryIO, name: str, settings: IndexSettings) -> Page:
    return Page(decode(_bytes(file, settings), name))


def _read_markdown(file: BinaryIO, name: str, settings: IndexSettings) -> Page:
    return read_markdown(decode(_bytes(file, settings), name))


def _read_html(file: BinaryIO, name: str, settings: IndexSettings) -> Page:
    return read_page(decode(_bytes(file, settings), name, html=True))


def _bytes(file: BinaryIO, settings: IndexSettings) -> bytes:
    # A file may grow while it is read.
    return file.read(settings.max_file_bytes)


_READERS: dict[str, Callable[[BinaryIO, str, IndexSettings], Page]] = {
    ".txt": _read_text,
    ".md": _read_markdown,
    ".html": _read_html,
    ".htm": _read_html,
    ".pdf": read_pdf,
}


def _cleaned(raw: str, label: str, settings: IndexSettings) -> str:
    """The canonical text; `label` names it in messages."""
    label = label or "The text"
    if len(raw) > _RAW_FACTOR * settings.max_article_chars:
        raise _too_large(label, len(raw), settings)
    text = clean(raw)
    if not text:
        raise EmptyArticleError(
            f"{label} holds no text after cleaning: there is nothing to answer from. Check what is in it."
        )
    if len(text) > settings.max_article_chars:
        raise _too_large(label, len(text), settings)
    return text


def _article(text: str, title: str, source: str, published: date | None, settings: IndexSettings) -> Article:
    """Make an article of a canonical text, with a stated title and date at its head.

    Without a stated title, the title is its headline, its source's name, or its first words.
    """
    title = _one_line(title)
    text = _with_head(text, title, published)
    if len(text) > settings.max_article_chars:
        raise _too_large(source or title or "The text", len(text), settings)
    head = find_head(text)
    title = title or (text[slice(*head.title)] if head.title else "") or _name(source) or _first_words(text)
    return Article(text=text, title=title, source=source, published=published or head.published)


def _with_head(text: str, title: str, published: date | None) -> str:
    """The text, with the title and the date put before it if its own head lacks them."""
    if title and not _begins_with(text, title):
        text = clean(f"{title}\n\n{text}")
    head = find_head(text)
    if published is None or head.date is not None or _begins_with(text, published.isoformat()):
        return text
    # The title may stand there without looking like a headline ("It was enough.").
    end = head.title[1] if head.title else len(title) if title and text.startswith(f"{title}\n") else 0
    return clean(f"{text[:end]}\n\n{published.isoformat()}\n\n{text[end:]}")


def _begins_with(text: str, title: str) -> bool:
    """Whether a title or date is one of the first lines, or the title consists of the words that `_first_words` took."""
    lines = text[:_HEAD_CHARS].split("\n")[:_HEAD_LINES]
    return any(_same(line, title) for line in lines) or (title.endswith("…") and title == _first_words(text))


def _stated_title(title: str, text: str) -> str:
    """The title of a page's metadata, or the visible headline if one of the two is a part of the other."""
    head = find_head(text)
    if not title or not head.title:
        return title
    headline = text[slice(*head.title)]
    shorter, longer = sorted((_folded(headline), _folded(title)), key=len)
    return headline if len(shorter) >= _MIN_COMMON and shorter in longer else title


def _one_line(title: str) -> str:
    return " ".join(clean(title[: 4 * _MAX_TITLE]).split())[:_MAX_TITLE].strip()


def _name(source: str) -> str:
    """The title of an article that has no other: the name of its file, without suffix."""
    return _one_line(Path(source).stem) if source else ""


def _same(one: str, other: str) -> bool:
    """Whether two titles say the same, case, spaces and the shape of quotation marks aside."""
    return _folded(one) == _folded(other)


def _folded(title: str) -> str:
    plain = title.translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "-"})
    return " ".join(plain.casefold().split())


def _first_words(text: str) -> str:
    dated = find_head(text).date
    body = text[dated[1] :].lstrip("\n") if dated and dated[0] == 0 else text
    line = (body or text).split("\n", 1)[0]
    if len(line) <= _NAME_CHARS:
        return line
    return f"{line[:_NAME_CHARS].rsplit(' ', 1)[0].rstrip()}…"


def _too_large(label: str, characters: int, settings: IndexSettings) -> ArticleTooLargeError:
    return ArticleTooLargeError(
        f"{label} has {characters:,} characters; the limit is {settings.max_article_chars:,}. "
        "Split it, or raise FOOTNOTE_MAX_ARTICLE_CHARS."
    )


def _own_id(document: Any) -> str:
    """The id of a document if its maker chose one; llama-index gives others a random UUID, new each time."""
    own = str(getattr(document, "id_", "") or "")
    try:
        UUID(own)
    except ValueError:
        return own
    return ""
