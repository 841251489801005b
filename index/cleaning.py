"""Raw text -> canonical text: without boilerplate, with one kind of line end and space, and blank lines between paragraphs.

Every rule looks at one line, or one block of lines, alone. So cleaning twice gives the same as cleaning once: no rule can undo
another one's work or see its traces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.boilerplate import is_boilerplate

_LONG_LINE = 160
"""A longer line is a paragraph by itself: nobody wraps text wider than this, and no list item needs it."""

_MIN_WRAP = 55
"""Text wrapped narrower than this can't be told from verse."""

_MIN_WRAP_CJK = 20
_MAX_MARKS = 30
"""The most combining marks kept on one letter, the limit of Unicode's stream-safe text (UAX 15). Without a limit, normalising
takes time quadratic in their number."""

# Line separators; a form feed and a paragraph separator end paragraphs.
_LINE_BREAK = re.compile("\r\n|[\r\v\u2028]")
_PARAGRAPH_BREAK = re.compile("[\f\u2029]")
_SPACE = re.compile("[\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# The control characters U+0080 to U+009F are never meant: they come from Windows-1252 that was read as Latin-1.
_MISREAD = re.compile("[\x80-\x9f]")
# Invisible characters: controls, soft hyphen, zero-width spaces and word joiners, byte order marks, bidi overrides and
# isolates, interlinear marks, the object placeholder, surrogates, noncharacters. Joiners inside words and emoji stay.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f\u00ad\u200b\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffc\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane + last) for plane in range(0, 0x110000, 0x10000) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
# May contain a long run of combining marks: 64 characters that are neither ASCII nor plain East Asian letters.
_MARKS = re.compile("[^\x00-\x7f\u3001-\u3029\u3041-\u3096\u30a1-\u30fa\u3400-\u9fff\uac00-\ud7a3\uff01-\uff60]{64,}")
_SPACES = re.compile(" {2,}")
_LIST_ITEM = re.compile(r"(?:[-*+•‣◦▪–—·]|\(?[0-9]{1,3}[.)]|\(?[a-zA-Z][.)]) |\|")
_WRAPPED_HYPHEN = re.compile(r"[^\W\d_][-‐]$")


def clean(raw: str) -> str:
    r"""The canonical text of `raw`, in time linear in its length.

    Only "\n" ends lines, and exactly one blank line separates paragraphs; single line ends stay inside lists, tables and
    verse, while lines of wrapped prose are joined. No line starts or ends with a space or has two in a row. Unicode is in
    form NFC; controls, zero-width spaces and bidi overrides are removed. Quotation marks, dashes and all other visible
    characters stay as they are.

    `clean(clean(raw)) == clean(raw)`, and the result can be encoded as UTF-8, for every `raw`.
    """
    return "\n\n".join("\n".join(block) for block in _blocks(_normalise(raw)))


def is_cjk(character: str) -> bool:
    """Whether a character is a letter of Chinese or Japanese, which are written without spaces."""
    return "\u3041" <= character <= "\u3096" or "\u30a1" <= character <= "\u30fa" or "\u4e00" <= character <= "\u9fff"


def _normalise(text: str) -> str:
    """Apply all rules that look at single characters."""
    if _SURROGATE.search(text):
        # Surrogate pairs, as JSON escapes leave them, become one character; lone surrogates are removed.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    text = _MISREAD.sub(_reread, text)
    text = _LINE_BREAK.sub("\n", text)
    text = _PARAGRAPH_BREAK.sub("\n\n", text)
    text = _SPACE.sub(" ", _INVISIBLE.sub("", text))
    text = unicodedata.normalize("NFC", _MARKS.sub(_limit_marks, text))
    # Composing may give more marks than there were before (U+0344 becomes two).
    return _SPACES.sub(" ", _MARKS.sub(_limit_marks, text))


def _reread(match: re.Match[str]) -> str:
    return match.group().encode("latin-1").decode("cp1252", "ignore")


def _limit_marks(match: re.Match[str]) -> str:
    kept: list[str] = []
    run = 0
    for character in match.group():
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= _MAX_MARKS:
            kept.append(character)
    return "".join(kept)


def _blocks(text: str) -> Iterator[Sequence[str]]:
    """The paragraphs, each as a list of its lines."""
    for block in _raw_blocks(text):
        if not _is_wrapped(block):
            yield block
        elif not is_boilerplate(joined := join_wrapped(block)):
            yield [joined]


def _raw_blocks(text: str) -> Iterator[list[str]]:
    """Runs of lines between blank lines, boilerplate, or lines that are a paragraph themselves."""
    block: list[str] = []
    for raw_line in text.split("\n"):
        line = raw_line.strip(" ")
        alone = len(line) > _LONG_LINE
        if line and not is_boilerplate(line) and not alone:
            block.append(line)
            continue
        if block:
            yield block
            block = []
        if alone and not is_boilerplate(line):
            yield [line]
    if block:
        yield block


def _is_wrapped(lines: Sequence[str]) -> bool:
    """Whether a block is prose whose lines were broken at a fixed width.

    It needs two signs: the first word of each line would not have fitted on the line before, as in all greedily wrapped text;
    and enough lines break off in the middle of a sentence. Lists and tables are recognised by how their lines start.
    """
    if len(lines) < 2 or any(" | " in line for line in lines):
        return False
    # One line of prose may start with what looks like a marker: "24. The trip ..." after a line break.
    if _LIST_ITEM.match(lines[0]) or sum(bool(_LIST_ITEM.match(line)) for line in lines) > 1:
        return False
    width = max(len(line) for line in lines[:-1])
    pairs = list(pairwise(lines))
    if all(is_cjk(line[-1]) or is_cjk(line[0]) for line in lines):
        return width >= _MIN_WRAP_CJK and all(len(line) >= width - 2 for line in lines[:-1]) and len(lines[-1]) <= width
    if width < _MIN_WRAP or len(lines[-1]) > width + 2:
        return False
    full = sum(len(before) + 1 + len(after.split(" ", 1)[0]) > width for before, after in pairs)
    broken = sum(_breaks_off(before, after) for before, after in pairs)
    return full >= 0.85 * len(pairs) and broken >= 0.35 * len(pairs)


def _breaks_off(before: str, after: str) -> bool:
    return after[0].islower() or before[-1] in ",;" or bool(_WRAPPED_HYPHEN.search(before))


def join_wrapped(lines: Sequence[str]) -> str:
    """The lines as one, with spaces between them, but not after the hyphen of a compound, nor between Chinese or Japanese."""
    parts = [lines[0]]
    for before, after in pairwise(lines):
        hyphen = after[0].islower() and _WRAPPED_HYPHEN.search(before)
        parts.append(after if hyphen or (is_cjk(before[-1]) and is_cjk(after[0])) else f" {after}")
    return "".join(parts)
