#!/usr/bin/env bash
# sentencex: a unit of one letter in brackets, such as "(g)", ends a sentence, as if it were the mark of a list's next item.
#
# Expected: "Lentil stew: Protein (g) 38, Salt (g) 4.1" is one sentence: no stop and no line end stands in it.
# Instead: it is three, cut before each "(g)"; "(per l)" is even cut inside its brackets. "(kg)" and "(kcal)" cut nothing. So which rows of
#   a table stay whole depends on the units in its columns.
# Seen with: sentencex 1.0.32. Tables of food, of measurements and of prices a litre are full of such heads.
# What to do: join what was cut before a bracket, or inside one, where no stop stands before the cut.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check sentencex==1.0.32

"$folder/venv/bin/python" -I - <<'PYTHON'
import sys
from importlib.metadata import version

import sentencex

print(f"sentencex {version('sentencex')}")
found = {
    row: list(sentencex.segment("en", row))
    for row in (
        "Lentil stew: Protein (g) 38, Salt (g) 4.1",
        "Milk: Price (per l) 1, Fat (g) 2, Cost (per l) 3",
        "Flour: Weight (kg) 25, Energy (kcal) 348",
    )
}
for pieces in found.values():
    print(pieces)
if [len(pieces) for pieces in found.values()] != [3, 3, 1]:
    sys.exit("changed: units in brackets are cut in another way")
print("as described")
PYTHON
