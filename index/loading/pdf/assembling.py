"""Drafts -> pieces: headings with levels, notes after the paragraph that has their mark, and the title in the largest type."""

from __future__ import annotations

import re
from functools import cache

from index.loading.pdf.bylines import find_byline
from index.loading.pdf.paragraphs import NOTE_MARK, Draft, Paragraphs

TYPE_CHECKING = False
if TYPE_CHECKING:  # The child process has no use for them.
    from collections.abc import Sequence

    from index.article import BlockKind

    PieceFields = tuple[BlockKind, str, int, int, int]
    """The fields of a `Piece`, in their order."""

_MAX_HEADING = 200
_LARGER = 1.09
_TITLE_SIZE = 1.15
_HUGE = 2.0
"""Type of so many sizes of the body's is a headline, even if text stands above it."""

_LONG = 150
"""With a paragraph of so many characters the document has begun: it is no address or kicker above a headline."""

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_RAISED_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_ENDS = re.compile(r"[.;,:]$")
_QUOTED = re.compile(r"[“„«\"].*[”“»\"]\W*")
"""In large type, a quote that is set apart."""

_NEXT_NOTE = re.compile(r"(?<=[.!?”\"’)]) (?=([0-9]{1,3}) [^\W\d_])")
_LETTERS = re.compile(r"[\W_]+")


def pieces_of(
    paragraphs: Paragraphs, outline: Sequence[tuple[str, int]], author: str = "", stated: str = ""
) -> tuple[list[PieceFields], str, tuple[str, ...]]:
    """The fields of a document's pieces in reading order, and the title and the authors that it shows; empty if none stand out.

    Args:
        paragraphs: its rows, as paragraphs.
        outline: the titles of the outline (bookmarks) and their levels, from 1.
        author: the author in the metadata; may be empty.
        stated: the title in the metadata; may be empty.
    """
    drafts = paragraphs.drafts()
    entries = {_plain(title): level for title, level in outline if _plain(title)}
    headings = [n for n, draft in enumerate(drafts) if _is_heading(draft, paragraphs.body, entries)]
    shown = _title(drafts, headings, paragraphs.body)
    title = " ".join(drafts[n].text for n in shown)[:300]
    if len(shown) > 1 and _plain(title) == _plain(stated):
        drafts = _with_joined(drafts, shown, title)
        shown = shown[:1]
        headings = [n for n, draft in enumerate(drafts) if _is_heading(draft, paragraphs.body, entries)]
    authors: tuple[str, ...] = ()
    if shown:
        drafts, authors = find_byline(drafts, shown[-1] + 1, author)
        # Names in bold or larger type looked like headings.
        headings = [n for n, draft in enumerate(drafts) if _is_heading(draft, paragraphs.body, entries)]
    styles = sorted({_style(drafts[n]) for n in headings}, reverse=True)
    for draft in drafts:
        if (
            draft.kind == "paragraph"
            and draft.rows[0].size > _TITLE_SIZE * paragraphs.body
            and _QUOTED.fullmatch(draft.text)
        ):
            draft.kind = "quote"
    # The document's title is seldom an entry of its outline, whose first level then stands below it.
    below = int(bool(title) and _plain(title) not in entries)
    for n in headings:
        draft = drafts[n]
        level = entries.get(_plain(draft.text))
        draft.kind, draft.level = "heading", min(6, level + below if level else styles.index(_style(draft)) + 1)
    return [(d.kind, d.text, d.level, d.page, d.group) for d in _with_notes(drafts)], title, authors


@cache
def _plain(text: str) -> str:
    return _LETTERS.sub("", text).casefold()


def _style(draft: Draft) -> tuple[float, bool]:
    return round(draft.rows[0].size * 2) / 2, draft.rows[0].bold


def _is_heading(draft: Draft, body: float, entries: dict[str, int]) -> bool:
    if draft.kind != "paragraph" or len(draft.text) > _MAX_HEADING or len(draft.rows) > 4:
        return False
    larger = all(row.size > _LARGER * body for row in draft.rows)
    bold = all(row.bold for row in draft.rows) and draft.rows[0].size > 0.9 * body
    if not (larger or bold or entries):
        return False
    plain = _plain(draft.text)
    if not plain.strip("0123456789"):
        return False
    if plain in entries:
        return True
    if _QUOTED.fullmatch(draft.text):
        return False
    much = larger and draft.rows[0].size > 1.25 * body
    return (larger or bold) and (much or not _ENDS.search(draft.text))


def _title(drafts: Sequence[Draft], headings: Sequence[int], body: float) -> list[int]:
    """Which drafts are the title: the first headings of the largest type on page one, at its top."""
    first = [n for n in headings if drafts[n].page == 1 and drafts[n].rows[0].size > _TITLE_SIZE * body]
    first = [n for n in first if drafts[n].rows[0].size > _HUGE * body or not _is_below_text(drafts, n)]
    if not first:
        return []
    largest = max(drafts[n].rows[0].size for n in first)
    chosen = [n for n in first if drafts[n].rows[0].size > 0.97 * largest]
    run = chosen[:1]
    while run[-1] + 1 in chosen and _is_close(drafts[run[-1]], drafts[run[-1] + 1]):
        run.append(run[-1] + 1)
    return run


def _is_below_text(drafts: Sequence[Draft], n: int) -> bool:
    """Whether a heading stands below running text: then it is that of a section."""
    top = drafts[n].rows[0].base
    return any(
        draft.kind == "paragraph" and len(draft.text) >= _LONG and draft.rows[0].base < top for draft in drafts[:n]
    )


def _with_joined(drafts: Sequence[Draft], shown: Sequence[int], title: str) -> list[Draft]:
    """The drafts with those of the title, which follow each other, as one."""
    first, end = shown[0], shown[-1] + 1
    one = Draft("paragraph", [row for draft in drafts[first:end] for row in draft.rows], title)
    one.last = drafts[end - 1].last
    return [*drafts[:first], one, *drafts[end:]]


def _is_close(one: Draft, other: Draft) -> bool:
    return other.page == one.last and 0 < other.rows[0].base - one.rows[-1].base < 1.4 * one.rows[-1].size


def _with_notes(drafts: Sequence[Draft]) -> list[Draft]:
    """The drafts with each note moved to its paragraph."""
    placed: dict[int, list[Draft]] = {}
    by_page: dict[int, list[int]] = {}
    for n, draft in enumerate(drafts):
        if draft.kind != "note":
            for page in range(draft.page, draft.last + 1):
                by_page.setdefault(page, []).append(n)
    for draft in drafts:
        for note in _split(draft) if draft.kind == "note" else ():
            here = by_page.get(note.page, [])
            host = next(
                (n for n in here if drafts[n].kind != "furniture" and _has_mark(drafts[n].text, note.text)), None
            )
            if host is None:
                host = _marked(drafts, here, note.text)
            placed.setdefault(here[-1] if host is None and here else -1 if host is None else host, []).append(note)
    result = placed.pop(-1, [])
    for n, draft in enumerate(drafts):
        if draft.kind != "note":
            result += [draft, *placed.get(n, ())]
    return result


def _marked(drafts: Sequence[Draft], here: Sequence[int], note: str) -> int | None:
    """The draft with the note's mark as a plain digit behind a word's comma or full stop, which is raised there."""
    match = NOTE_MARK.match(note)
    plain = re.compile(f'(?<=[^\\W\\d_][.,;:!?”"’)]){re.escape(match.group(1))}(?=\\s|$)') if match else None
    for n in here:
        if plain and match and drafts[n].kind in ("paragraph", "item", "quote") and plain.search(drafts[n].text):
            drafts[n].text = plain.sub(match.group(1).translate(_RAISED), drafts[n].text, count=1)
            return n
    return None


def _split(note: Draft) -> list[Draft]:
    """Several notes in one row, as notes of their own: each has the number after the one before."""
    mark = NOTE_MARK.match(note.text)
    number = _number(mark.group(1)) if mark else None
    texts, start = [], 0
    for match in _NEXT_NOTE.finditer(note.text):
        if number is not None and int(match.group(1)) == number + 1:
            texts.append(note.text[start : match.start()])
            start, number = match.end(), number + 1
    texts.append(note.text[start:])
    return [Draft("note", note.rows, text=text) for text in texts]


def _number(mark: str) -> int | None:
    digits = "".join(str(_RAISED_DIGITS.index(c)) if c in _RAISED_DIGITS else c for c in mark)
    return int(digits) if digits.isdecimal() else None


def _has_mark(text: str, note: str) -> bool:
    match = NOTE_MARK.match(note)
    if match is None:
        return False
    mark = match.group(1).translate(_RAISED)
    return re.search(f"(?<![{_RAISED_DIGITS}]){re.escape(mark)}(?![{_RAISED_DIGITS}])", text) is not None
