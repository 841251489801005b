"""The pages of a document -> their rows in reading order: by one process, or, if they are many, by several."""

from __future__ import annotations

import os

from index.loading.limits import limit
from index.loading.pdf.columns import in_reading_order
from index.loading.pdf.furniture import PageEdges, edges_of, furniture_of
from index.loading.pdf.lines import Cell, Row, rows_of
from index.loading.pdf.sharing import Team, TeamError
from index.loading.pdf.words import PageReader, Word, median

TYPE_CHECKING = False
if TYPE_CHECKING:  # The child process has no use for them.
    from collections.abc import Mapping, Sequence
    from typing import Any

    from index.loading.pdf.pdfium import Document
    from index.loading.pdf.sharing import Ask

    Counts = Sequence[tuple[int, int]]
    """How many rows at the top, and at the foot, of each page are no part of the text."""

_MIN_SHARE = 12
"""A process of its own is worth its start for so many pages."""

_MAX_PROCESSES = 4
_MIN_MEMORY_MB = 200


class PageRows:
    """What one page shows.

    Attributes:
        rows: its rows from top to bottom, not yet parted into columns.
        width: of the page as it is read, in points.
        height: of the page as it is read, in points.
        chars: how many characters it has.
        is_picture: whether it has a picture, and no text.
    """

    __slots__ = ("chars", "height", "is_picture", "rows", "width")

    def __init__(self, rows: list[Row], width: float, height: float, chars: int, is_picture: bool) -> None:
        """Take them as they are."""
        self.rows, self.width, self.height, self.chars, self.is_picture = rows, width, height, chars, is_picture


def read_pages(
    document: Document, ocr: Mapping[int, Sequence[Any]], max_chars: int, limits: tuple[int, int]
) -> tuple[list[Row], list[int]] | None:
    """The rows of all pages in reading order, without running heads and feet; and which pages are pictures, from 1.

    Args:
        document: the open document.
        ocr: words read from pictures, by the number of the page, from 0; each [text, x0, y0, x1, y1], in points.
        max_chars: how many characters the document may have.
        limits: of this process: memory in MiB, and processor time in seconds.

    Returns:
        None if it has more characters.

    Raises:
        PdfiumError: a page can't be loaded.
    """
    memory_mb, seconds = limits
    count = len(document)
    number = 1 if ocr or document.has_forms else _processes(count, memory_mb, document.size)
    if number > 1:
        shares = [(n * count // number, (n + 1) * count // number) for n in range(number)]
        # All of them together, with this one, have the memory that one may have.
        limit(memory_mb // (number + 1), seconds)
        try:
            return _read_by_team(document, shares, max_chars)
        except TeamError:
            pass  # For want of memory, or at a damaged page: this process tells what is wrong.
        finally:
            limit(memory_mb, seconds)
    pages = _read(document, (0, count), ocr, max_chars)
    if sum([page.chars for page in pages]) > max_chars:
        return None
    counts = furniture_of([edges_of(page.rows) for page in pages], [page.height for page in pages])
    return _ordered(pages, counts), [n for n, page in enumerate(pages, 1) if page.is_picture]


def _processes(pages: int, memory_mb: int, size: int) -> int:
    """How many processes read a document of `size` bytes."""
    if not hasattr(os, "sched_getaffinity"):
        return 1  # Linux alone ends a process with the one that started it.
    number = min(len(os.sched_getaffinity(0)), _MAX_PROCESSES, pages // _MIN_SHARE)
    while number > 1 and memory_mb // (number + 1) < _MIN_MEMORY_MB + (size >> 18):
        number -= 1
    return max(1, number)


def _read_by_team(
    document: Document, shares: Sequence[tuple[int, int]], max_chars: int
) -> tuple[list[Row], list[int]] | None:
    """As `read_pages`: the pages of each share are read by a process, and, when the furniture is known, put in order there."""

    def work(share: tuple[int, int], ask: Ask) -> list[Any]:
        pages = _read(document, share, {}, max_chars)
        counts = ask([(_packed_edges(edges_of(page.rows)), page.height, page.chars, page.is_picture) for page in pages])
        return list(map(_packed, _ordered(pages, counts)))

    with Team(work, shares) as team:
        import index.loading.pdf.assembling  # noqa: F401  # while they read

        heard = team.hear()
        told = [page for pages in heard for page in pages]
        if sum([chars for _, _, chars, _ in told]) > max_chars:
            return None
        counts = furniture_of([_unpacked_edges(edges) for edges, *_ in told], [height for _, height, *_ in told])
        team.answer([counts[first:end] for first, end in shares])
        rows = [_unpacked(row) for rows in team.hear() for row in rows]
    return rows, [n for n, (*_, is_picture) in enumerate(told, 1) if is_picture]


def _read(
    document: Document, share: tuple[int, int], ocr: Mapping[int, Sequence[Any]], max_chars: int
) -> list[PageRows]:
    """Pages, from the first of a share to the one before its end, or to the one that goes over `max_chars`."""
    reader = PageReader(document.pdfium)
    pages: list[PageRows] = []
    for n in range(*share):
        page = document.page(n)
        found = reader.words(page)
        words = found.words or _ocr_words(ocr.get(n, ()))
        is_picture = not words and page.has_picture()
        page.close()
        chars = sum([len(word.text) for word in words]) + len(words)
        max_chars -= chars
        rows = rows_of(words, n + 1, _known) if max_chars >= 0 else []
        pages.append(PageRows(rows, found.width, found.height, chars, is_picture))
        if max_chars < 0:
            break
    return pages


def _known() -> frozenset[str]:
    from index.loading.pdf.hyphens import vocabulary

    return vocabulary()


def _ordered(pages: Sequence[PageRows], counts: Counts) -> list[Row]:
    """The rows in reading order, without the furniture."""
    ordered: list[Row] = []
    for page, (head, foot) in zip(pages, counts, strict=True):
        ordered += in_reading_order(page.rows[head : max(head, len(page.rows) - foot)], page.width)
    return ordered


def _ocr_words(boxes: Sequence[Any]) -> list[Word]:
    """Words read from a picture: boxes are rough, so sizes near the usual one are the same."""
    if not boxes:
        return []
    usual = median(y1 - y0 for _, _, y0, _, y1 in boxes)
    words = []
    for text, x0, y0, x1, y1 in boxes:
        ratio = (y1 - y0) / usual if usual else 1.0
        size = usual * (1.0 if 0.6 < ratio < 1.4 else round(ratio * 2) / 2 or 0.5)
        words += [Word(text, x0, x1, (y0 + y1) / 2 + 0.3 * size, round(0.8 * size, 1))]
    return words


def _packed(row: Row) -> tuple[Any, ...]:
    """The row in plain values, to be sent to another process."""
    cells = [(cell.text, cell.x0, cell.x1, cell.size, cell.bold, cell.counts) for cell in row.cells]
    return cells, row.base, row.size, row.bold, row.page, row.first, row.column


def _unpacked(packed: tuple[Any, ...]) -> Row:
    cells, base, size, bold, page, first, column = packed
    row = Row([Cell(*cell) for cell in cells], base, size, bold, page, first)
    row.column = column
    return row


def _packed_edges(edges: PageEdges) -> tuple[Any, ...]:
    return list(map(_packed, edges.tops)), list(map(_packed, edges.feet)), edges.leading, edges.sizes


def _unpacked_edges(packed: tuple[Any, ...]) -> PageEdges:
    tops, feet, leading, sizes = packed
    return PageEdges(list(map(_unpacked, tops)), list(map(_unpacked, feet)), leading, sizes)
