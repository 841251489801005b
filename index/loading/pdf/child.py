"""Opens one PDF from standard input, in a process of its own: a PDF may be crafted to use up all memory or time, or to crash.

Writes a line of JSON to standard output, and after it the bytes of a picture if one was asked for.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

from index.loading.limits import limit

_MAX_OUTLINE = 5_000
_OCR_DPI = 200
_PASSWORD_ERROR = 4


class _RefusedError(Exception):
    """Why the document can't be read."""


def main() -> None:
    """Arguments of the process: limit of memory in MiB, of processor time in seconds, name of the task, its arguments as JSON."""
    memory_mb, seconds = int(sys.argv[1]), int(sys.argv[2])
    payload = b""
    gc.disable()  # The process ends before garbage counts.
    try:
        import pypdfium2  # noqa: F401  # its own memory is not the document's

        limit(memory_mb, seconds)
        result, payload = _TASKS[sys.argv[3]](_open(), json.loads(sys.argv[4]))
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
    import os

    os._exit(0)


def _open() -> Any:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD_ERROR or "password" in str(error).lower():
            raise _RefusedError("it is encrypted and needs a password; save a copy without one and add that") from error
        if getattr(error, "err_code", None) == 0:
            raise _RefusedError("it has no pages") from error
        raise _RefusedError(f"it is damaged or no PDF ({str(error)[:200]})") from error
    if not len(document):
        raise _RefusedError("it has no pages")
    if document.get_formtype():
        document.init_forms()
    return document


def _read(document: Any, arguments: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The pieces of the document, and which pages are pictures. Arguments: max_chars; ocr, a file with words of such pages."""
    from index.loading.pdf.assembling import pieces_of
    from index.loading.pdf.columns import in_reading_order
    from index.loading.pdf.furniture import without_furniture
    from index.loading.pdf.hyphens import vocabulary
    from index.loading.pdf.lines import rows_of
    from index.loading.pdf.paragraphs import Paragraphs
    from index.loading.pdf.words import PageReader

    read = json.loads(Path(arguments["ocr"]).read_text(encoding="utf-8")) if arguments.get("ocr") else {}
    reader = PageReader()
    pages, sizes, pictures = [], [], []
    left = arguments["max_chars"]
    for n in range(len(document)):
        page = _page(document, n)
        found = reader.words(page)
        words = found.words or _ocr_words(read.get(str(n), ()))
        if not words and _has_picture(page):
            pictures.append(n + 1)
        page.close()
        left -= sum(len(word.text) + 1 for word in words)
        if left < 0:
            return {"too_long": True}, b""
        pages.append(rows_of(words, n + 1, vocabulary))
        sizes.append((found.width, found.height))
    kept = without_furniture(pages, [height for _, height in sizes])
    rows = [row for page, (width, _) in zip(kept, sizes, strict=True) for row in in_reading_order(page, width)]
    outline = [(str(mark.get_title()), mark.level + 1) for mark in islice(document.get_toc(), _MAX_OUTLINE)]
    metadata = document.get_metadata_dict()
    pieces, shown, authors = pieces_of(Paragraphs(rows, len(pages)), outline, metadata.get("Author", ""))
    return {
        "pieces": [[piece.kind, piece.text, piece.level, piece.page, piece.group] for piece in pieces],
        "shown": shown,
        "title": metadata.get("Title", ""),
        "author": metadata.get("Author", ""),
        "authors": authors,
        "pictures": pictures,
        "pages": len(pages),
    }, b""


def _page(document: Any, number: int) -> Any:
    """A page with the values of its form fields drawn like other text."""
    import pypdfium2.raw as raw

    page = document[number]
    if document.formenv and raw.FPDFPage_GetAnnotCount(page) > 0:
        flattened = page.flatten() == raw.FLATTEN_SUCCESS
        if flattened:
            page.close()
            page = document[number]
    return page


def _has_picture(page: Any) -> bool:
    import pypdfium2.raw as raw

    kinds = (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM)
    return any(
        raw.FPDFPageObj_GetType(raw.FPDFPage_GetObject(page, n)) in kinds
        for n in range(raw.FPDFPage_CountObjects(page))
    )


def _ocr_words(boxes: Any) -> list[Any]:
    """Words read from a picture: [text, x0, y0, x1, y1], in points. Boxes are rough, so sizes near the usual one are the same."""
    from index.loading.pdf.words import Word, median

    if not boxes:
        return []
    usual = median(y1 - y0 for _, _, y0, _, y1 in boxes)
    words = []
    for text, x0, y0, x1, y1 in boxes:
        ratio = (y1 - y0) / usual if usual else 1.0
        size = usual * (1.0 if 0.6 < ratio < 1.4 else round(ratio * 2) / 2 or 0.5)
        words += [Word(text, x0, x1, (y0 + y1) / 2 + 0.3 * size, round(0.8 * size, 1))]
    return words


def _pixels(document: Any, arguments: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """A page as pixels. Arguments: page, from 1."""
    from index.loading.pdf.pictures import pixels_of, render, scale_of

    page = document[arguments["page"] - 1]
    pixels = pixels_of(render(page, _OCR_DPI))
    return {"shape": pixels.shape, "scale": scale_of(page, _OCR_DPI)}, pixels.tobytes()


def _mark(document: Any, arguments: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """A page as PNG with a quote marked. Arguments: page, from 1; quote."""
    from index.loading.pdf.pictures import marked_picture

    if not 0 < arguments["page"] <= len(document):
        raise _RefusedError(f"it has no page {arguments['page']}; its pages are 1 to {len(document)}")
    _page(document, arguments["page"] - 1).close()
    return {}, marked_picture(document, arguments["page"] - 1, arguments["quote"])


_TASKS: dict[str, Callable[[Any, dict[str, Any]], tuple[dict[str, Any], bytes]]] = {
    "read": _read,
    "pixels": _pixels,
    "mark": _mark,
}
