"""Reads one PDF from standard input and writes its text as JSON. `index/loading/pdf.py` runs it in a child process.

A PDF may be crafted to use up all memory or time, so it is read in a process with limits. This file imports only the standard
library and pypdf: it is run by its path, and need not know where the package is.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def main() -> None:
    """Read standard input; write `{"pages": [...], "title": ...}` or `{"reason": ...}` to standard output.

    Arguments of the process: memory limit in MiB, processor time limit in seconds, most characters to return.
    """
    memory_mb, seconds, max_chars = (int(argument) for argument in sys.argv[1:4])
    try:
        import pypdf  # noqa: F401  # its own memory is not the document's

        _limit(memory_mb, seconds)
        result = _read(max_chars)
    except MemoryError:
        result = {
            "reason": f"reading it takes more than {memory_mb} MiB of memory",
            "setting": "FOOTNOTE_PDF_MEMORY_MB",
        }
    except Exception as error:
        # pypdf raises its own errors and, on damaged files, many of Python's.
        bomb = type(error).__name__ == "LimitReachedError"
        what = "it unpacks to more than is safe to read" if bomb else "it is damaged or no PDF"
        result = {"reason": f"{what} ({type(error).__name__}: {str(error)[:200]})"}
    sys.stdout.write(json.dumps(result))


def _limit(memory_mb: int, seconds: int) -> None:
    try:
        import resource
    except ImportError:
        return  # Windows: the parent's time limit is what is left.
    limits = ((resource.RLIMIT_AS, memory_mb * 1024 * 1024), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0))
    for kind, value in limits:
        hard = resource.getrlimit(kind)[1]
        try:
            resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
        except (ValueError, OSError):
            continue  # macOS refuses a limit of address space.


def _read(max_chars: int) -> dict[str, Any]:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    reader = PdfReader(sys.stdin.buffer)
    if reader.is_encrypted:
        try:
            opened = reader.decrypt("")
        except DependencyError:
            return {"reason": "it is encrypted with AES; save a copy without protection and add that"}
        if not opened:
            return {"reason": "it is encrypted and needs a password; save a copy without one and add that"}
    if not reader.pages:
        return {"reason": "it has no pages"}
    pages: list[str] = []
    left = max_chars
    for page in reader.pages:
        text = page.extract_text()
        pages.append(text)
        left -= len(text)
        if left < 0:
            return {"too_long": True}
    return {"pages": pages, "title": _title(reader)}


def _title(reader: Any) -> str:
    try:
        return str(reader.metadata.title or "") if reader.metadata else ""
    except Exception:
        # Damaged metadata is no reason to refuse the text.
        return ""


if __name__ == "__main__":
    main()
