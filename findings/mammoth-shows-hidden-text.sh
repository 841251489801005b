#!/usr/bin/env bash
# mammoth: text that Word hides is shown, and a list that goes on behind a paragraph begins at 1 again.
#
# Expected: the HTML has what a reader of the document sees. mammoth is known to leave styles out; it has options to map styles, none to
#   leave text out, and it gives a message for what it does not understand.
# Instead: runs with the property "hidden" (w:vanish) stand in the HTML and in the raw text like any others, without a message, so an earlier
#   wording that was hidden, not deleted, reads as said. And a numbered list with a paragraph between its items becomes two lists: Word shows
#   "1." and "2.", the HTML "1." twice.
# Seen with: mammoth 1.13.0. Contracts and forms have hidden notes; minutes have remarks between numbered points.
# What to do: take the hidden runs out of the document's XML first, and number items by its numbering part.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check mammoth==1.13.0 python-docx==1.2.0

"$folder/venv/bin/python" -I - <<'PYTHON'
import io
import sys
from importlib.metadata import version

import docx
import mammoth

document = docx.Document()
fee = document.add_paragraph("The fee is 40 euros")
fee.add_run(", in the draft it was 60").font.hidden = True
fee.add_run(".")
document.add_paragraph("Open the gate.", style="List Number")
document.add_paragraph("It squeaks.")
document.add_paragraph("Ring the bell.", style="List Number")
file = io.BytesIO()
document.save(file)
file.seek(0)
result = mammoth.convert_to_html(file)
print(f"mammoth {version('mammoth')}")
print(result.value)
print(f"messages: {result.messages}")
if "60" not in result.value or result.messages:
    sys.exit("changed: hidden text is left out, or told")
if result.value.count("<ol>") != 2 or "start=" in result.value:
    sys.exit("changed: a list goes on behind a paragraph")
print("as described")
PYTHON
