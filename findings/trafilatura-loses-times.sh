#!/usr/bin/env bash
# trafilatura: what stands in a <time> element is cut out of its sentence.
#
# Expected: <time> is marked up text, like <abbr> or <data>; the words in it are a part of the sentence and stay in it.
# Instead: the element is removed with its text, from the middle of a paragraph too. "It opened on 5 May 1932 and closed in 1987"
#   comes out as "It opened on and closed in". There is no warning, and it is the dates, of all things, that are lost.
#   <abbr> and <data> keep their text.
# Seen with: trafilatura 1.6.4 to 2.3.1.
# What to do: parse the page with lxml, call `drop_tag()` on each <time>, and hand the tree to trafilatura: the last line shows it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check trafilatura==2.3.1 lxml==6.1.3 lxml-html-clean==0.4.6

"$folder/venv/bin/python" -I - <<'PYTHON'
import sys

import trafilatura
from lxml import html

PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>The old bridge</title></head><body><article><h1>The old bridge</h1>
<p>The bridge over the river was planned by two engineers of the town, who had built three others upstream before.</p>
<p>It opened on <{tag}>5 May 1932</{tag}> and closed in <{tag}>1987</{tag}>, when the motorway was ready and nobody paid its toll.</p>
<p>Today it carries a footpath, and in summer a small market that sells cheese, bread and flowers to those who walk by.</p>
</article></body></html>"""


def sentence(page):
    return next(line for line in trafilatura.extract(page).splitlines() if "opened" in line)


def mended(page):
    tree = html.document_fromstring(page)
    for element in list(tree.iter("time")):
        element.drop_tag()
    return tree


seen = {tag: sentence(PAGE.format(tag=tag)) for tag in ("abbr", "data", "time")}
print(f"trafilatura {trafilatura.__version__}")
for tag, text in seen.items():
    print(f"<{tag}>: {text}")
print(f"<time> dropped before: {sentence(mended(PAGE.format(tag='time')))}")
if "1932" not in seen["abbr"] or "1932" in seen["time"] or "1987" in seen["time"]:
    sys.exit("changed: the text of a <time> element stays in its sentence, or no element's does")
print("as described")
PYTHON
