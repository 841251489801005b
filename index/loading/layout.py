"""What the white space of a plain text means: items and facts that go on below their first words, levels of lists, columns."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from index.article import Block
from index.cleaning import normalise
from index.loading.row_texts import Across, row_texts
from index.spans import breaks_off

_MEANS_SOMETHING = re.compile(r"\n[ \t]+\S|\S(?: {2}|\t)")
_LINE_END = re.compile(r"\r\n|[\r\v\u2028]")
_MARK = re.compile(r" *(?:[-*+•‣◦▪–—·●○■□◆▶►➤➔→»]|\(?[0-9]{1,3}[.)]|\(?[a-zA-Z][.)]) +(?=\S|$)")
_LABEL = re.compile(r" *[^\s:][^:]{0,38}: +(?=\S)")
_PART = re.compile(r"\S+(?: \S+)*")
_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
_DRAWN = re.compile(r"[-=_─═+|: ]+")
_TAB = 8
_MIN_ROWS = 3
_MOST_ABOVE = 2
_MAX_CELL = 60
_MAX_WIDTH = 400
_MAX_ROWS = 2_000
_NARROWEST = 45
"""Lines that are all narrower are not full: their ends are meant."""

_CLOCK = re.compile(r"[0-9]{1,2}[:.][0-9]{2}(?: ?[ap]\.?m\.?)?(?: ?[-–] ?[0-9]{1,2}[:.][0-9]{2})?", re.IGNORECASE)

Cells = list[list[str]]


def laid_out(text: str) -> str:
    """A plain text in which no white space but line ends and the indents of items means anything.

    What goes on below its first words, as far to the right, is joined to them if it goes on with the sentence: that of an item,
    and that of a fact ("Present: Ann Lee,"). Three or more lines whose words stand in the same columns are rows of a table: with
    the column names, as in other files, where the first line clearly has names, else with " | " between the cells. A canonical
    text stays as it is.
    """
    return "\n".join(lines_of(text)) if _MEANS_SOMETHING.search(text) else text


class Row(str):
    """A line that is a row of a table."""

    __slots__ = ()


def lines_of(text: str) -> list[str]:
    """The lines of a plain text as `laid_out` sets them, those of tables as `Row`."""
    return [line for block in _blocks(text) for line in _tables(block)]


def with_levels(blocks: Sequence[Block], text: str, raw: str) -> tuple[Block, ...]:
    """The blocks of the canonical text that was made of `raw`, each item with its level, told by its indent."""
    found = list(_item_levels(raw))
    if all(level == 1 for _, level in found):
        return tuple(blocks)
    levels: dict[str, deque[int]] = defaultdict(deque)
    for line, level in found:
        levels[normalise(line).strip(" ")].append(level)
    told = ((block, levels.get(_line_at(text, block.start)) if block.kind == "item" else None) for block in blocks)
    return tuple(replace(block, level=known.popleft()) if known else block for block, known in told)


def _line_at(text: str, place: int) -> str:
    end = text.find("\n", place)
    return text[text.rfind("\n", 0, place) + 1 : len(text) if end < 0 else end]


def _item_levels(raw: str) -> Iterator[tuple[str, int]]:
    """The lines that begin items, each with the depth of its list; what is not indented ends a list."""
    indents: list[int] = []
    for line in raw.split("\n"):
        shown = line.strip()
        indent = _indent(line)
        if not _MARK.match(line):
            indents = indents if not shown or indent else []
            continue
        while indents and indents[-1] > indent:
            indents.pop()
        # Numbers set flush right differ by one.
        if not indents or indent > indents[-1] + 1:
            indents.append(indent)
        yield shown, len(indents)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _blocks(text: str) -> Iterator[list[str]]:
    """Runs of lines that are not blank, and the blank lines between them."""
    block: list[str] = []
    for line in _LINE_END.sub("\n", text).replace("\u00a0", " ").split("\n"):
        if line.strip():
            block.append(line.rstrip())
            continue
        if block:
            yield block
            block = []
        yield [""]
    if block:
        yield block


def _tables(lines: list[str]) -> Iterator[str]:
    """The lines of a block, with the tables in it as rows; those that name their columns stand apart from other lines."""
    plain: list[str] = []
    apart = False
    for is_table, run in _runs(lines):
        cells = _cells(run) if is_table else []
        if not cells:
            plain += run
            continue
        rows = _rows(cells, ruled=any(map(_DRAWN.fullmatch, run[1:2])))
        if apart and plain:
            yield ""
        yield from _joined(plain)
        named = " | " not in rows[0]
        if (named or apart or len(plain) > _MOST_ABOVE) and plain and not plain[-1].endswith(":"):
            yield ""
        plain, apart = [], named
        yield from map(Row, rows)
    if plain and apart:
        yield ""
    yield from _joined(plain)


def _runs(lines: Sequence[str]) -> Iterator[tuple[bool, list[str]]]:
    """Runs of lines that all have a wide gap between words, or are drawn; and the others."""
    run: list[str] = []
    wide = False
    for line in lines:
        mark = _MARK.match(line)
        has_gap = "\t" in line.strip() or bool(_GAP.search(line, mark.end() if mark else _indent(line)))
        has_gap = has_gap or (wide and bool(_DRAWN.fullmatch(line)))
        if run and has_gap != wide:
            yield wide, run
            run = []
        wide = has_gap
        run.append(line)
    yield wide, run


def _cells(lines: Sequence[str]) -> Cells:
    """The cells of a table; empty if the words do not stand in the same columns."""
    lines = [line for line in lines if not _DRAWN.fullmatch(line)]
    if not _MIN_ROWS <= len(lines) <= _MAX_ROWS:
        return []
    tabs = {line.count("\t") for line in lines}
    if len(tabs) == 1 and tabs != {0}:
        cells = [[cell.strip() for cell in line.split("\t")] for line in lines]
    elif max(map(len, lines)) > _MAX_WIDTH:
        return []
    else:
        cells = _placed([line.expandtabs(_TAB) for line in lines])
    if not cells or len(cells[0]) < 2 or any(len(cell) > _MAX_CELL for row in cells for cell in row):
        return []
    # In each line some cells have text, and so has each column in most lines.
    full = all(sum(map(bool, row)) > 1 for row in cells)
    filled = all(2 * sum(map(bool, column)) > len(cells) for column in zip(*cells, strict=True))
    listed = all(_MARK.fullmatch(f"{row[0]} ") for row in cells)
    # A time and what happens then are said in one breath.
    timed = len(cells[0]) == 2 and all(_CLOCK.fullmatch(row[0]) for row in cells)
    return cells if full and filled and not listed and not timed else []


def _placed(lines: Sequence[str]) -> Cells:
    """The cells of lines whose words stand in columns; empty if they do not."""
    parts = [[(match.start(), match.end()) for match in _PART.finditer(line)] for line in lines]
    most = max(map(len, parts))
    whole = [line for line, spans in zip(lines, parts, strict=True) if len(spans) == most]
    borders = _borders(whole)
    if 2 * len(whole) < len(lines) or len(whole) < 2 or len(borders) + 1 != most:
        return []
    cells: Cells = []
    for line, spans in zip(lines, parts, strict=True):
        row = [""] * most
        for start, end in spans:
            first, last = bisect_right(borders, start), bisect_left(borders, end)
            if any(row[first : last + 1]):
                return []
            text = line[start:end]
            row[first : last + 1] = [text] if first == last else [Across(text)] * (last + 1 - first)
        cells.append(row)
    return cells


def _borders(lines: Sequence[str]) -> list[int]:
    """Where columns begin: behind two or more places that are blank in all lines."""
    width = max(map(len, lines))
    used = [False] * width
    for line in lines:
        for n, character in enumerate(line):
            used[n] = used[n] or character != " "
    first = used.index(True)
    return [n for n in range(first + 2, width) if used[n] and not used[n - 1] and not used[n - 2]]


def _rows(cells: Cells, ruled: bool) -> list[str]:
    if ruled or _names_columns(cells):
        return row_texts(cells, 1)
    if len(cells[0]) == 2 and all(row[0].endswith(":") for row in cells):
        return [f"{label} {value}" for label, value in cells]
    return [" | ".join(text for text, _ in groupby(filter(None, row))) for row in cells]


def _names_columns(cells: Cells) -> bool:
    """Whether the first line names the columns: without digits, above each of them, and one has digits in most others."""
    first, *others = cells
    if len(others) < _MIN_ROWS - (len(first) > 2) or not all(first[1:]) or len({*first}) < len(first):
        return False
    if any(map(str.isdigit, "".join(first))) or first[0].endswith(":"):
        return False
    columns = ([any(map(str.isdigit, cell)) for cell in column] for column in zip(*others, strict=True))
    return any(2 * sum(digits) > len(digits) if len(first) > 2 else all(digits) for digits in columns)


def _joined(lines: Sequence[str]) -> Iterator[str]:
    """The lines with those that go on with the item or the fact above, below its first words."""
    parts: list[str] = []
    place, below = 0, 0
    width = max(map(len, lines), default=0)
    for before, line in pairwise(["", *lines]):
        begins = _MARK.match(line)
        indent = _indent(line)
        inside = not begins and not _LABEL.match(line) and place < indent <= below
        if inside and parts and _goes_on(before, line.strip(), width):
            parts.append(line.strip())
            continue
        if parts:
            yield " ".join(parts)
        parts = [line]
        start = begins or _LABEL.match(line)
        # Behind a line that does not go on, as in an address, no other does.
        place, below = indent, start.end() if start and not inside else 0
    if parts:
        yield " ".join(parts)


def _goes_on(before: str, after: str, width: int) -> bool:
    full = width >= _NARROWEST and len(before) + 1 + len(after.split(" ", 1)[0]) > width
    return full or breaks_off(before, after) or before[-1] in "-–—(" or before.count("(") > before.count(")")
