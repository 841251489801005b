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
from index.spans import NO_TITLE_ENDS, NUMBERED_TITLE, WRAPPED_HYPHEN, breaks_off

LONG_LINE = 160
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
_SENTENCE_ENDS = frozenset('.!?…”"')
_LIST_ITEM = re.compile(r"(?:[-*+•‣◦▪–—·●○■□◆▶►➤➔→»]|\(?[0-9]{1,3}[.)]|\(?[a-zA-Z][.)]) |\|")


def clean(raw: str) -> str:
    r"""The canonical text of `raw`, in time linear in its length.

    Only "\n" ends lines, and exactly one blank line separates paragraphs; single line ends stay inside lists, tables and
    verse, while lines of wrapped prose are joined. No line starts or ends with a space or has two in a row. Unicode is in
    form NFC; controls, zero-width spaces and bidi overrides are removed. Quotation marks, dashes and all other visible
    characters stay as they are.

    `clean(clean(raw)) == clean(raw)`, and the result can be encoded as UTF-8, for every `raw`.
    """
    return "\n\n".join("\n".join(block) for block in _blocks(normalise(raw)))


def is_cjk(character: str) -> bool:
    """Whether a character is a letter of Chinese or Japanese, which are written without spaces."""
    return "\u3041" <= character <= "\u3096" or "\u30a1" <= character <= "\u30fa" or "\u4e00" <= character <= "\u9fff"


def normalise(text: str) -> str:
    """The text after all rules that look at single characters."""
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
    for raw_block in _raw_blocks(text):
        for block in _parts(raw_block):
            if not _is_wrapped(block):
                yield block
            elif not is_boilerplate(joined := join_wrapped(block)):
                yield [joined]


def _parts(lines: list[str]) -> list[list[str]]:
    """A block, or its heading and the wrapped prose right below it."""
    head = _head_lines(lines)
    if head and _is_wrapped(lines[head:]):
        return [lines[:head], lines[head:]]
    if len(lines) > 2 and is_numbered_title(lines[0], lines[1]):
        runs = _runs(lines[1:])
        filled = [len(run) > 1 and _is_wrapped(run, headed=True) for run in runs]
        if any(filled) and all(done or len(run) == 1 for done, run in zip(filled, runs, strict=True)):
            joined = map(join_wrapped, runs)
            return [lines[:1], *([line] for line in joined if not is_boilerplate(line))]
    return [lines]


def is_numbered_title(line: str, after: str) -> bool:
    """Whether a short line begins with a number and a capital, and the long line below it does not go on with it.

    The next word would have fitted on the line if they were one paragraph.
    """
    return (
        bool(NUMBERED_TITLE.match(line))
        and line[-1] not in NO_TITLE_ENDS
        and len(after) >= _MIN_WRAP
        and not (after[0].islower() or _LIST_ITEM.match(after))
        and len(line) + 1 + len(after.split(" ", 1)[0]) <= len(after)
    )


def _runs(lines: Sequence[str]) -> list[list[str]]:
    """The paragraphs among wrapped lines: one ends with a sentence on a line that had room for the next word."""
    width = max(map(len, lines))
    runs = [[lines[0]]]
    for before, after in pairwise(lines):
        if before[-1] in _SENTENCE_ENDS and len(before) + 1 + len(after.split(" ", 1)[0]) <= width:
            runs.append([])
        runs[-1].append(after)
    return runs


def _head_lines(lines: Sequence[str]) -> int:
    """How many lines of a block are a heading in capitals, or one with the line that is drawn under it."""
    if len(lines) < 3:
        return 0
    if not any(map(str.isalnum, lines[1])):
        return 2
    return int(lines[0].isupper() and not lines[1].isupper())


def _raw_blocks(text: str) -> Iterator[list[str]]:
    """Runs of lines between blank lines, boilerplate, or lines that are a paragraph themselves."""
    block: list[str] = []
    indented = False
    for raw_line in text.split("\n"):
        line = raw_line.strip(" ")
        before, indented = indented, raw_line[:1] == " "
        if block and line and indented and not before and _begins(line, block):
            yield block
            block = []
        alone = len(line) > LONG_LINE
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


def _begins(line: str, block: Sequence[str]) -> bool:
    """Whether an indented line begins a paragraph behind one whose last line ends a sentence."""
    return line[0].isupper() and block[-1][-1] in '.!?”"' and not _LIST_ITEM.match(block[0])


def _is_wrapped(lines: Sequence[str], headed: bool = False) -> bool:
    """Whether a block is prose whose lines were broken at a fixed width.

    Below a heading (`headed`), a line also breaks off where it just ends no sentence.

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
    broken = sum(breaks_off(before, after) or (headed and before[-1] not in _SENTENCE_ENDS) for before, after in pairs)
    return full >= 0.85 * len(pairs) and broken >= 0.35 * len(pairs)


def join_wrapped(lines: Sequence[str]) -> str:
    """The lines as one, with spaces between them, but not after the hyphen of a compound, nor between Chinese or Japanese."""
    parts = [lines[0]]
    for before, after in pairwise(lines):
        hyphen = after[0].islower() and WRAPPED_HYPHEN.search(before)
        parts.append(after if hyphen or (is_cjk(before[-1]) and is_cjk(after[0])) else f" {after}")
    return "".join(parts)
