"""Kinds of office files that are not read, and what to do instead."""

from __future__ import annotations

_DOCX = "open it in Word or LibreOffice, save it as .docx and add that"

UNSUPPORTED: dict[str, str] = {
    ".doc": _DOCX,
    ".dot": _DOCX,
    # No library leaves out both \deleted and \v: words that nobody sees would be quoted.
    ".rtf": f"deleted and hidden words can't be told from the others in it: {_DOCX}",
    ".wpd": _DOCX,
    ".wps": _DOCX,
    ".pages": "open it in Pages, export it as Word (.docx) or PDF and add that",
    ".xls": "open it in Excel or LibreOffice, save it as .xlsx and add that",
    ".xlsb": "open it in Excel, save it as .xlsx and add that",
    ".numbers": "open it in Numbers, export it as Excel (.xlsx) or CSV and add that",
    ".ppt": "open it in PowerPoint or LibreOffice, save it as .pptx and add that",
    ".pps": "open it in PowerPoint or LibreOffice, save it as .pptx and add that",
    ".key": "open it in Keynote, export it as PowerPoint (.pptx) or PDF and add that",
    ".mobi": "convert it to .epub (Calibre does) and add that",
    ".azw3": "convert it to .epub (Calibre does) and add that",
}
"""Suffix -> what to do, as the end of a sentence."""
