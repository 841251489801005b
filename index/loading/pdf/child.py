"""Opens one PDF from standard input, in a process of its own: a PDF may be crafted to use up all memory or time, or to crash.

Writes a line of JSON to standard output, and after it the bytes of a picture if one was asked for.
"""

from __future__ import annotations

import gc
import json
import os
import sys

from index.loading.limits import end_with_parent, limit
from index.loading.pdf.pdfium import Document, Pdfium, flattened, keep_heap

TYPE_CHECKING = False
if TYPE_CHECKING:  # The process has no use for them.
    from collections.abc import Callable
    from typing import Any

_MAX_OUTLINE = 5_000
_OCR_DPI = 200
_PASSWORD_ERROR = 4


class _RefusedError(Exception):
    """Why the document can't be read."""


def main() -> None:
    """Arguments of the process: limit of memory in MiB, of processor time in seconds, name of the task, its arguments as JSON."""
    memory_mb, seconds = int(sys.argv[1]), int(sys.argv[2])
    payload = b""
    end_with_parent()
    gc.disable()  # The process ends before garbage counts.
    try:
        result, payload = _TASKS[sys.argv[3]](json.loads(sys.argv[4]), memory_mb, seconds)
    except MemoryError:
        result = {
            "reason": f"reading it takes more than {memory_mb} MiB of memory",
            "setting": "FOOTNOTE_PDF_MEMORY_MB",
        }
    except _RefusedError as error:
        result = {"reason": str(error)}
    except Exception as error:
        # pdfium's wrapper and our layout may meet anything in a damaged file.
        result = {"reason": f"it is damaged or no PDF ({type(error).__name__}: {str(error)[:200]})"}
    sys.stdout.buffer.write(json.dumps(result).encode("utf-8") + b"\n" + payload)
    sys.stdout.flush()
    # pdfium's objects need not be closed one by one.
    os._exit(0)


def _opened(opens: Callable[[bytes], Any]) -> Any:
    """The document on standard input, if it has pages."""
    try:
        document = opens(sys.stdin.buffer.read())
    except RuntimeError as error:
        import pypdfium2

        if not isinstance(error, pypdfium2.PdfiumError):
            raise
        if getattr(error, "err_code", None) == _PASSWORD_ERROR or "password" in str(error).lower():
            raise _RefusedError("it is encrypted and needs a password; save a copy without one and add that") from error
        if getattr(error, "err_code", None) == 0:
            raise _RefusedError("it has no pages") from error
        raise _RefusedError(f"it is damaged or no PDF ({str(error)[:200]})") from error
    if not len(document):
        raise _RefusedError("it has no pages")
    return document


def _read(arguments: dict[str, Any], memory_mb: int, seconds: int) -> tuple[dict[str, Any], bytes]:
    """The pieces of the document, and which pages are pictures.

    Arguments: max_chars; ocr, a file with words of such pages; pdfium, the folder of the library.
    """
    pdfium = Pdfium(arguments.get("pdfium", ""))  # Its own memory is not the document's.
    keep_heap()
    limit(memory_mb, seconds)
    document = _opened(lambda data: Document(pdfium, data))
    from index.loading.pdf.pages import read_pages

    words = {}
    if arguments.get("ocr"):
        with open(arguments["ocr"], encoding="utf-8") as file:
            words = {int(number): boxes for number, boxes in json.load(file).items()}
    found = read_pages(document, words, arguments["max_chars"], (memory_mb, seconds))
    if found is None:
        return {"too_long": True}, b""
    from itertools import islice

    from index.loading.pdf.assembling import pieces_of
    from index.loading.pdf.paragraphs import Paragraphs

    rows, pictures = found
    author, title = document.stated("Author"), document.stated("Title")
    outline = list(islice(document.outline(), _MAX_OUTLINE))
    pieces, shown, authors = pieces_of(Paragraphs(rows, len(document)), outline, author, title)
    return {
        "pieces": pieces,
        "shown": shown,
        "title": title,
        "author": author,
        "authors": authors,
        "pictures": pictures,
        "pages": len(document),
    }, b""


def _wrapped(memory_mb: int, seconds: int) -> Any:
    """The document as `pypdfium2` has it, whose pages can be rendered."""
    import pypdfium2

    limit(memory_mb, seconds)
    document = _opened(pypdfium2.PdfDocument)
    if document.get_formtype():
        document.init_forms()
    return document


def _pixels(arguments: dict[str, Any], memory_mb: int, seconds: int) -> tuple[dict[str, Any], bytes]:
    """A page as pixels. Arguments: page, from 1."""
    from index.loading.pdf.pictures import pixels_of, render, scale_of

    page = _wrapped(memory_mb, seconds)[arguments["page"] - 1]
    pixels = pixels_of(render(page, _OCR_DPI))
    return {"shape": pixels.shape, "scale": scale_of(page, _OCR_DPI)}, pixels.tobytes()


def _mark(arguments: dict[str, Any], memory_mb: int, seconds: int) -> tuple[dict[str, Any], bytes]:
    """A page as PNG with a quote marked. Arguments: page, from 1; quote."""
    from index.loading.pdf.pictures import marked_picture

    document = _wrapped(memory_mb, seconds)
    if not 0 < arguments["page"] <= len(document):
        raise _RefusedError(f"it has no page {arguments['page']}; its pages are 1 to {len(document)}")
    flattened(document, arguments["page"] - 1).close()
    return {}, marked_picture(document, arguments["page"] - 1, arguments["quote"])


_TASKS: dict[str, Callable[[dict[str, Any], int, int], tuple[dict[str, Any], bytes]]] = {
    "read": _read,
    "pixels": _pixels,
    "mark": _mark,
}
