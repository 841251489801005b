#!/usr/bin/env bash
# pypdf: two cells of one line become one number where the right one was drawn first.
#
# Expected: texts that stand far apart on a page are apart in `extract_text()`, whatever the order in which the file draws them. It is
#   known not to sort texts by their place; it does put a space into a gap.
# Instead: the gap is looked for to the right only. Where a file draws the right column first, the next text begins further left, and no
#   space is put between: a page that shows "10" and, far right of it, "20" gives "2010", a number that stands nowhere on it.
# Seen with: pypdf 5.1.0 to 7.1.1; up to 5.0.0 it is "20 10". PDFs that draw column by column, or totals before their labels, have it.
# What to do: `extract_text(extraction_mode="layout")`, which sorts by place.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pypdf==7.1.1 reportlab==5.1.0

"$folder/venv/bin/python" -I - <<'PYTHON'
import io
import sys

import pypdf
from reportlab.pdfgen.canvas import Canvas


def page(*cells):
    """A page with texts on one line, drawn in the order given.

    Args:
        cells: (points from the left, text).
    """
    file = io.BytesIO()
    canvas = Canvas(file)
    writing = canvas.beginText()
    writing.setFont("Helvetica", 12)
    for left, text in cells:
        writing.setTextOrigin(left, 700)
        writing.textOut(text)
    canvas.drawText(writing)
    canvas.save()
    return pypdf.PdfReader(file).pages[0]


usual, reverse = page((100, "10"), (300, "20")), page((300, "20"), (100, "10"))
print(f"pypdf {pypdf.__version__}")
print(f"the left one drawn first:  {usual.extract_text()!r}")
print(f"the right one drawn first: {reverse.extract_text()!r}")
print(f"the same, mode 'layout':   {reverse.extract_text(extraction_mode='layout').split()}")
if usual.extract_text().split() != ["10", "20"] or reverse.extract_text().strip() != "2010":
    sys.exit("changed: texts that stand apart are kept apart")
print("as described")
PYTHON
