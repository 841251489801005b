"""Measures reading PDFs: pages per second of our loader against pypdf's `extract_text`, on files that reportlab makes.

python -m tests.benchmarks.pdf_pages [--pages N] [--rounds N] [--before FOLDER] [--json]

Ours is everything up to typed pieces, with the start of the child process; pypdf's is its text alone, in this process. With
`--before`, the whole way of another checkout is the baseline, each in a process of its own.
"""

from __future__ import annotations

import io
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks import _common
from tests.index.loading.pdf_canvas import lines, prose, wrapped

_KINDS = ("whole lines", "two columns", "kerned, embedded font", "word by word", "table")


_ROOT = Path(__file__).parents[2]
_READ = """
import sys, time
sys.path.insert(0, sys.argv[1])
from index.loading.pdf import read_pdf
from index.settings import IndexSettings
with open(sys.argv[2], "rb") as file:
    start = time.perf_counter()
    read_pdf(file, "file.pdf", IndexSettings())
    print(time.perf_counter() - start)
"""


def main() -> None:
    """Run from the command line."""
    parser = _common.parser("pdf_pages", __doc__ or "")
    parser.add_argument("--pages", type=int, default=100, help="pages of each file")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each way in turn; the median counts")
    parser.add_argument("--before", type=Path, help="checkout of another commit, whose whole way is the baseline")
    arguments = parser.parse_args()
    baseline = "pypdf" if arguments.before is None else "before"
    rows = []
    for kind in _KINDS:
        data = _made(kind, arguments.pages)
        ways: dict[str, Callable[[], Any]] = {
            baseline: lambda data=data: _pypdf(data) if arguments.before is None else _read_by(arguments.before, data),
            "ours": lambda data=data: _ours(data) if arguments.before is None else _read_by(_ROOT, data),
        }
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(arguments.rounds):
            for name, way in ways.items():
                start = time.perf_counter()
                spent = way()
                seconds[name].append(spent if arguments.before else time.perf_counter() - start)
        rates = {name: arguments.pages / _common.median(values) for name, values in seconds.items()}
        rows += [
            {"file": kind, "way": name, "pages/s": rate, f"times {baseline}": rate / rates[baseline]}
            for name, rate in rates.items()
        ]
    lowest = min(row[f"times {baseline}"] for row in rows if row["way"] == "ours")
    _common.show(f"PDF, {arguments.pages} pages each", rows, as_json=arguments.json, lowest=lowest)


def _read_by(checkout: Path, data: bytes) -> float:
    """Seconds that the loader of a checkout takes, its child process included."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "file.pdf"
        file.write_bytes(data)
        command = [sys.executable, "-c", _READ, str(checkout.resolve()), str(file)]
        return float(subprocess.run(command, capture_output=True, check=True, text=True, cwd=folder).stdout)


def _ours(data: bytes) -> int:
    from index.loading.pdf import read_pdf
    from index.settings import IndexSettings

    return len(read_pdf(io.BytesIO(data), "file.pdf", IndexSettings()).pieces)


def _pypdf(data: bytes) -> int:
    from pypdf import PdfReader

    return sum(len(page.extract_text()) for page in PdfReader(io.BytesIO(data)).pages)


def _made(kind: str, pages: int) -> bytes:
    """A file of dense pages."""
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    for number in range(pages):
        canvas.drawString(280, 30, str(number + 1))
        if kind == "kerned, embedded font":
            _kerned(canvas, " ".join(prose((number + n) % 8) for n in range(14)))
        elif kind == "word by word":
            _word_by_word(canvas, " ".join(prose((number + n) % 8) for n in range(14)))
        elif kind == "table":
            canvas.setFont("Helvetica", 9)
            for row in range(50):
                for column in range(7):
                    text = f"Row {row} of {number}" if column == 0 else f"{(row * 37 + column * 91) % 997}"
                    canvas.drawString(60 + 70 * column, 770 - 14 * row, text)
        else:
            columns = 1 if kind == "whole lines" else 2
            width = 470 / columns - 10 * (columns - 1)
            for column in range(columns):
                text = " ".join(prose((number + n + column) % 8) for n in range(14 // columns))
                lines(canvas, wrapped(text, width, 10)[:52], x=60 + 250 * column, y=780, size=10)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _kerned(canvas: Any, text: str) -> None:
    """Lines with a correction of place after every few letters, as typesetting programs write them."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    if "Vera" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    out = canvas.beginText(60, 780)
    out.setFont("Vera", 9)
    for line in wrapped(text, 470, 9, "Vera")[:52]:
        out.textOut(line)  # Tells reportlab which letters the font needs.
        shown = out._code.pop()
        body = shown[shown.index("(") + 1 : shown.rindex(")")]
        pieces = [body[n : n + 3] for n in range(0, len(body), 3)] if "\\" not in body else [body]
        out._code.append("[" + " -8 ".join(f"({piece})" for piece in pieces) + "] TJ T*")
    canvas.drawText(out)


def _word_by_word(canvas: Any, text: str) -> None:
    canvas.setFont("Helvetica", 10)
    for n, line in enumerate(wrapped(text, 470, 10)[:52]):
        x = 60.0
        for word in line.split():
            canvas.drawString(x, 780 - 13 * n, word)
            x += canvas.stringWidth(f"{word} ", "Helvetica", 10)


if __name__ == "__main__":
    main()
