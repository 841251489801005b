"""The functions of pdfium that reading needs, called with addresses as numbers.

`pypdfium2` brings the library, but importing its wrapper takes longer than reading many a document, and its objects take longer
than the calls. So the library is loaded from its folder; the wrapper opens what is rare: forms, and files that pdfium refuses.
"""

from __future__ import annotations

import ctypes
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:  # The child process has no use for typing.
    from collections.abc import Iterator
    from typing import Any

_MAX_DEPTH = 15
"""An outline deeper than this is cut."""

_TOP_PAD = -2
_HEAP_STEP = 16 * 1024 * 1024
"""Bytes by which the heap grows. In smaller steps, each page would give its memory back and ask for it again."""

_NAMES = {"win32": "pdfium.dll", "cygwin": "pdfium.dll", "darwin": "libpdfium.dylib"}
_IMAGE, _FORM_OBJECT = 3, 5


class PdfiumError(Exception):
    """pdfium refuses a page."""


class Pdfium:
    """The library.

    The functions whose names end in `_at` are called for each word. They take the address of a page's text as `argument` makes
    it, the number of a character, and references: arguments that ctypes need not convert take half the time.
    """

    def __init__(self, folder: str = "") -> None:
        """Load the library.

        Args:
            folder: where it is; empty, or not there: as `pypdfium2` finds it.
        """
        get = _functions(folder)
        address, number, size = ctypes.c_void_p, ctypes.c_int, ctypes.c_ulong

        def plain(name: str, result: Any = number) -> Any:
            function = get(name)
            function.restype = result
            return function

        def call(name: str, result: Any, *kinds: Any) -> Any:
            function = plain(name, result)
            function.argtypes = kinds
            return function

        self.object_at = plain("FPDFText_GetTextObject", address)
        self.size_at = plain("FPDFText_GetFontSize", ctypes.c_double)
        self.code_at = plain("FPDFText_GetUnicode", ctypes.c_uint)
        self.origin_at = plain("FPDFText_GetCharOrigin")
        self.box_at = plain("FPDFText_GetLooseCharBox")
        self.matrix_at = plain("FPDFText_GetMatrix")
        self.load_document = call("FPDF_LoadMemDocument64", address, ctypes.c_char_p, ctypes.c_size_t, address)
        self.page_count = call("FPDF_GetPageCount", number, address)
        self.form_type = call("FPDF_GetFormType", number, address)
        self.meta_text = call("FPDF_GetMetaText", size, address, ctypes.c_char_p, address, size)
        self.first_child = call("FPDFBookmark_GetFirstChild", address, address, address)
        self.next_sibling = call("FPDFBookmark_GetNextSibling", address, address, address)
        self.bookmark_title = call("FPDFBookmark_GetTitle", size, address, address, size)
        self.load_page = call("FPDF_LoadPage", address, address, number)
        self.close_page = call("FPDF_ClosePage", None, address)
        self.box = call("FPDF_GetPageBoundingBox", number, address, address)
        self.count_objects = call("FPDFPage_CountObjects", number, address)
        self.get_object = call("FPDFPage_GetObject", address, address, number)
        self.object_type = call("FPDFPageObj_GetType", number, address)
        self.load_text = call("FPDFText_LoadPage", address, address)
        self.close_text = call("FPDFText_ClosePage", None, address)
        self.count_chars = call("FPDFText_CountChars", number, address)
        self.text_index = call("FPDFText_GetTextIndexFromCharIndex", number, address, number)
        self.get_text = call("FPDFText_GetText", number, address, number, number, address)
        self.font = call("FPDFTextObj_GetFont", address, address)
        self.font_name = call("FPDFFont_GetBaseFontName", ctypes.c_size_t, address, address, ctypes.c_size_t)
        self.font_weight = call("FPDFFont_GetWeight", number, address)
        self.glyph_width = call("FPDFFont_GetGlyphWidth", number, address, ctypes.c_uint32, ctypes.c_float, address)
        # Version 2 of the settings, all of them usual; nothing happens if the wrapper did it before.
        plain("FPDF_InitLibraryWithConfig", None)(ctypes.byref((ctypes.c_void_p * 8)(2)))

    @staticmethod
    def argument(value: int) -> Any:
        """An address as the functions whose names end in `_at` take it."""
        return ctypes.c_void_p.from_param(value)

    def text(self, text_page: int) -> str:
        """The text of a page, one character for each of pdfium's."""
        count = max(self.count_chars(text_page), 0)
        if not count:
            return ""
        if self.text_index(text_page, 0) == 0 and self.text_index(text_page, count - 1) == count - 1:
            buffer = ctypes.create_string_buffer(2 * count + 2)
            written = self.get_text(text_page, 0, count, ctypes.addressof(buffer))
            text = buffer.raw[: 2 * (written - 1)].decode("utf-16-le", "ignore")
            if len(text) == count:
                return text
        # Characters without meaning, or beyond 16 bits, shift the places: take them one by one.
        get, page = self.code_at, self.argument(text_page)
        codes = (get(page, n) for n in range(count))
        return "".join(chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\0" for code in codes)


def _functions(folder: str) -> Any:
    """What gives a new object for a function of the library by its name."""
    path = os.path.join(folder, _NAMES.get(sys.platform, "libpdfium.so"))
    if folder and os.path.isfile(path):
        return ctypes.PyDLL(path).__getitem__
    import pypdfium2.raw as raw

    kind = ctypes.PYFUNCTYPE(ctypes.c_int)
    return lambda name: kind(ctypes.cast(getattr(raw, name), ctypes.c_void_p).value or 0)


def keep_heap() -> None:
    """Let the heap grow in large steps, where the system can."""
    try:
        ctypes.CDLL(None).mallopt(_TOP_PAD, _HEAP_STEP)
    except (AttributeError, OSError, TypeError):
        return  # Only the C library of GNU has it.


class Document:
    """An open document.

    Attributes:
        pdfium: the library.
        size: bytes of the file.
        has_forms: whether form fields are drawn into its pages.
    """

    def __init__(self, pdfium: Pdfium, data: bytes) -> None:
        """Open the document.

        Args:
            pdfium: the library.
            data: the bytes of the file.

        Raises:
            pypdfium2.PdfiumError: pdfium refuses it, or it has no pages.
        """
        self.pdfium, self.size = pdfium, len(data)
        self._data = data  # pdfium reads on in it.
        self._address = pdfium.load_document(data, len(data), None)
        self.has_forms = False
        if not self._address or pdfium.page_count(self._address) < 1 or pdfium.form_type(self._address):
            import pypdfium2

            self._wrapped = pypdfium2.PdfDocument(data)
            self._wrapped.init_forms()
            self._address = ctypes.cast(self._wrapped.raw, ctypes.c_void_p).value
            self.has_forms = True

    def __len__(self) -> int:
        return int(self.pdfium.page_count(self._address))

    def page(self, number: int) -> Page:
        """A page, counted from 0, with the values of its form fields drawn like other text.

        Raises:
            PdfiumError: it can't be loaded.
        """
        if self.has_forms:
            return Page(self.pdfium, *_flattened(self._wrapped, number))
        address = self.pdfium.load_page(self._address, number)
        if not address:
            raise PdfiumError("Failed to load page.")
        return Page(self.pdfium, address)

    def stated(self, key: str) -> str:
        """What the document states about itself, such as its "Title"; empty if it states nothing."""
        return _utf16(lambda at, size: self.pdfium.meta_text(self._address, key.encode(), at, size))

    def outline(self) -> Iterator[tuple[str, int]]:
        """The titles of the outline in order, each with its level, from 1."""
        return self._outline(None, 1, set())

    def _outline(self, parent: int | None, level: int, seen: set[int]) -> Iterator[tuple[str, int]]:
        mark = self.pdfium.first_child(self._address, parent)
        while mark and mark not in seen:
            seen.add(mark)
            yield _utf16(lambda at, size, mark=mark: self.pdfium.bookmark_title(mark, at, size)), level
            if level < _MAX_DEPTH:
                yield from self._outline(mark, level + 1, seen)
            mark = self.pdfium.next_sibling(self._address, mark)


class Page:
    """A page of a document."""

    def __init__(self, pdfium: Pdfium, address: int, wrapped: Any = None) -> None:
        """Take a page that is loaded.

        Args:
            pdfium: the library.
            address: the page's.
            wrapped: the page as `pypdfium2` has it, if it has loaded it.
        """
        self._pdfium, self._address, self._wrapped = pdfium, address, wrapped

    def close(self) -> None:
        """Free its memory."""
        if self._wrapped is not None:
            self._wrapped.close()
        else:
            self._pdfium.close_page(self._address)

    def box(self) -> tuple[float, float, float, float]:
        """Its left, bottom, right and top, in points.

        Raises:
            PdfiumError: it has none.
        """
        box = (ctypes.c_float * 4)()
        if not self._pdfium.box(self._address, ctypes.addressof(box)):
            raise PdfiumError("Failed to get page bounding box.")
        left, top, right, bottom = box
        return left, bottom, right, top

    def load_text(self) -> int:
        """The address of its text, to be closed with `close_text`.

        Raises:
            PdfiumError: it can't be loaded.
        """
        text_page = self._pdfium.load_text(self._address)
        if not text_page:
            raise PdfiumError("Failed to load text page.")
        return int(text_page)

    def has_picture(self) -> bool:
        """Whether it shows a picture, or what is drawn apart and may hold one."""
        pdfium, page = self._pdfium, self._address
        return any(
            pdfium.object_type(pdfium.get_object(page, n)) in (_IMAGE, _FORM_OBJECT)
            for n in range(pdfium.count_objects(page))
        )


def flattened(document: Any, number: int) -> Any:
    """A page of a document of `pypdfium2`, counted from 0, with the values of its form fields drawn like other text."""
    import pypdfium2.raw as raw

    page = document[number]
    if document.formenv and raw.FPDFPage_GetAnnotCount(page) > 0:
        changed = page.flatten() == raw.FLATTEN_SUCCESS
        if changed:
            page.close()
            page = document[number]
    return page


def _flattened(document: Any, number: int) -> tuple[int, Any]:
    page = flattened(document, number)
    return ctypes.cast(page.raw, ctypes.c_void_p).value or 0, page


def _utf16(read: Any) -> str:
    """What a function writes to an address as UTF-16 if told the size of the buffer; it gives the bytes that it needs."""
    size = read(None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    read(ctypes.addressof(buffer), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")
