"""The blocks of one paragraph of a plain text: what its lines are, as far as their form tells."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from index.article import Block, BlockKind
from index.cleaning import is_numbered_title
from index.spans import BULLET_MARK, NO_TITLE_ENDS, NUMBERED_TITLE, Span, line_spans

NUMBER = re.compile(r"\(?(?:[0-9]{1,3}|[a-zA-Z]|[ivxIVX]{2,5})[.)] ")
_LETTER = re.compile(r"\(?[a-zA-Z][.)] ")
_STEPS = re.compile(r"(?:[0-9]{1,2}(?:\.[0-9]{1,2})+\.?|\[[ xX✓]\]|[✓✔✗✘☐☑]) +\S")
_RULE = re.compile(r"([-=~_*#+.·–—])\1\1")
_SAYS = re.compile(r"[^\W_]|[\"'“”‘’()?!,;]")
_COLUMNS = re.compile(r"[-=_+|]{2,}(?: +[-=_+|]{2,})+")
_LEADER = re.compile(r"(.*?\S) ?\.{3,} ?([0-9]{1,4})")
_FIGURE = re.compile(r"[-−–+(]?[$€£]?[0-9][0-9.,:’']*[%)]?|[-–—]")
_FIELD = re.compile(r"(?:[0-9]{1,2}:[0-9]{2}|[^\s:])[^:]{0,38}: (?=\S).*[^.!?:,;…]")
_NOTE = re.compile(r"\[[0-9]{1,3}\] \S|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3} ?\w|[†‡§] ?\w")
_MAX_ROW = 100
_MAX_HEADING = 80
_MIN_STATEMENT = 20
_STATEMENT_ENDS = frozenset('.!…)”"')


def is_rule(line: str) -> bool:
    """Whether a line is drawn: it has no words, as those under headings and around tables."""
    return bool(_RULE.search(line)) and not _SAYS.search(line)


def is_shouted(line: str) -> bool:
    """Whether a short line is a heading by its capitals alone."""
    return (
        len(line) <= _MAX_HEADING
        and line[-1] not in NO_TITLE_ENDS
        and line.isupper()
        and sum(map(str.isalpha, line)) > 3
    )


def line_blocks(text: str, start: int, end: int, headings: Collection[str] = ()) -> Iterator[Block]:
    """The blocks of the paragraph `text[start:end]`: one for all of its prose, one for each heading, item, row and rule.

    Args:
        text: the canonical text.
        start: first character of the paragraph.
        end: one past its last one.
        headings: lines of the text; one of them with a page number behind it is an entry of a table of contents.
    """
    lines = list(line_spans(text, start, end))
    kinds = _kinds([text[a:b] for a, b in lines], headings)
    for (a, b), kind in _joined(lines, kinds):
        bullet = BULLET_MARK.match(text, a, b) if kind == "item" else None
        yield Block(bullet.end() if bullet else a, b, kind, {"item": 1, "heading": 2}.get(kind, 0))


def _joined(lines: Sequence[Span], kinds: Sequence[BlockKind | None]) -> Iterator[tuple[Span, BlockKind]]:
    """The lines with those that go on with the one before."""
    start, end, now = *lines[0], kinds[0] or "paragraph"
    for (a, b), kind in zip(lines[1:], kinds[1:], strict=True):
        if kind is not None:
            yield (start, end), now
            start, now = a, kind
        end = b
    yield (start, end), now


def _kinds(lines: Sequence[str], headings: Collection[str]) -> list[BlockKind | None]:
    """What each line is; None = it goes on with the line before."""
    drawn = [is_rule(line) for line in lines]
    shown = [line for line, rule in zip(lines, drawn, strict=True) if not rule]
    underlined = len(lines) > 1 and drawn[1] and not drawn[0] and not _COLUMNS.fullmatch(lines[1])
    if _are_contents(shown, headings):
        return ["furniture"] * len(lines)
    above = int(len(shown) > 2 and shown[0].endswith(":"))
    if not (underlined and sum(drawn) == 1) and _are_rows(shown[above:], any(map(_COLUMNS.fullmatch, lines))):
        kinds: list[BlockKind | None] = ["furniture" if rule else "row" for rule in drawn]
        return ["paragraph", *kinds[1:]] if above and not drawn[0] else kinds
    if len(lines) > 1 and len(lines[0]) <= _MAX_HEADING and (underlined or _is_title(lines)):
        return ["heading", *_plain(lines[1:])]
    return _plain(lines)


def _plain(lines: Sequence[str]) -> list[BlockKind | None]:
    marked = [bool(BULLET_MARK.match(line) or NUMBER.match(line) or _STEPS.match(line)) for line in lines]
    listed = sum(marked) > 1 or bool(lines and BULLET_MARK.match(lines[0]))
    prose = [line for line, mark in zip(lines, marked, strict=True) if not (is_rule(line) or (mark and listed))]
    stated = all(len(line) >= _MIN_STATEMENT and line[-1] in _STATEMENT_ENDS for line in prose)
    barred = sum(" | " in line for line in lines) > 1
    kinds: list[BlockKind | None] = []
    last: BlockKind = "furniture"
    for line, mark in zip(lines, marked, strict=True):
        kind: BlockKind = "furniture" if is_rule(line) else "item" if mark and listed else "paragraph"
        cells = barred and " | " in line and not (BULLET_MARK.match(line) or NUMBER.match(line))
        kind = "row" if cells else kind
        kind = "note" if kind == "paragraph" and _NOTE.match(line) else kind
        goes_on = kind == "paragraph" and (
            (last == "paragraph" and not stated and not listed) or (last in {"item", "note"} and line[0].islower())
        )
        kinds.append(None if goes_on else kind)
        last = last if goes_on else kind
    return kinds


def _is_title(lines: Sequence[str]) -> bool:
    """Whether the first line of a paragraph is a heading of the others, by its capitals or by its number."""
    line, after = lines[:2]
    if is_shouted(line):
        return not is_shouted(after) and any(map(str.isalpha, after))
    if line[-1] in NO_TITLE_ENDS or not NUMBERED_TITLE.match(line):
        return False
    if _LETTER.match(after):
        return _are_lettered(lines[1:])
    if NUMBER.match(after) or after[0].islower():
        return False
    return after[-1] in NO_TITLE_ENDS or bool(_STEPS.match(after)) or is_numbered_title(line, after)


def _are_lettered(lines: Sequence[str]) -> bool:
    """Whether lines are a list of letters, without a number that would make the line above one item of several."""
    return sum(bool(_LETTER.match(line)) for line in lines) > 1 and not any(map(NUMBERED_TITLE.match, lines))


def _are_contents(lines: Sequence[str], headings: Collection[str]) -> bool:
    found = [_LEADER.fullmatch(line) for line in lines]
    return sum(map(bool, found)) > 1 and all(
        match.group(1).rstrip(" .") in headings if match else n == 0 for n, match in enumerate(found)
    )


def _are_rows(lines: Sequence[str], ruled: bool) -> bool:
    """Whether lines are rows of one table: they end in figures, or have the same signs between their cells."""
    if len(lines) < 2 or max(map(len, lines)) > _MAX_ROW or any(line[-1] in ".!?" for line in lines):
        return False
    marks = {line.count(";") for line in lines}
    if ruled or all("...." in line for line in lines) or (len(marks) == 1 and min(marks) > 1):
        return True
    if len(lines) > 2 and all(map(_FIELD.fullmatch, lines[_names(lines) :])):
        return True
    if any(BULLET_MARK.match(line) or NUMBER.match(line) for line in lines):
        return False
    figures = min(map(_figures, lines[1:]))
    return (figures > 1 and len(lines) > 2) or (figures == 1 and len(lines) > 3)


def _names(lines: Sequence[str]) -> int:
    """How many lines name the columns of the others: one, if most of those have such a name in them."""
    names = re.split("[,;] ", lines[0])[1:]
    return int(2 * sum(any(name in line for name in names) for line in lines[1:]) > len(lines))


def _figures(line: str) -> int:
    """How many figures a line ends in, behind its label."""
    words = line.split(" ")
    n = 0
    while n < len(words) - 1 and _FIGURE.fullmatch(words[-1 - n]):
        n += 1
    return n
