"""The lines under the title that name the authors, where they work and how to reach them."""

from __future__ import annotations

import re

from index.loading.pdf.paragraphs import Draft

TYPE_CHECKING = False
if TYPE_CHECKING:  # The child process has no use for them.
    from collections.abc import Sequence

    from index.loading.pdf.lines import Row

_MAX_ROWS = 6
_MAX_CHARS = 200
_BETWEEN = 2
"""So many short pieces, such as a subtitle, may stand between the title and the names."""

_LISTED = 3
"""So many names, apart by commas, need no other sign that they are names: "Annual Report and Accounts" is none."""

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹*†‡§¶"
_MARKS = re.compile(rf"[{_RAISED}]+(?:[,;]? ?[{_RAISED}]+)*")
_APART = re.compile(r"\s*(?:[,;&]|\b(?:and|und|et|och|og|y|e)\b)\s*")
_CAPITAL = r"[^\W\d_a-zß-ÿ][^\W\d_]*(?:[.'’-]+[^\W\d_]+)*\.?"
_NAME = re.compile(rf"{_CAPITAL}(?: (?:{_CAPITAL}|[^\W\d_]{{1,3}})){{0,2}} {_CAPITAL}")
_EMAIL = re.compile(r"[(<]?[^\s@(<]{1,64}@[\w-]+(?:\.[\w-]+)+[)>]?")


def find_byline(drafts: Sequence[Draft], start: int, stated: str) -> tuple[list[Draft], tuple[str, ...]]:
    """The drafts with each line of the byline as furniture of its own, and the names in it; none if there is no byline.

    Names need a sign that they are some: raised marks, an e-mail address below, the author in the metadata, or their number.

    Args:
        drafts: the drafts of a document, with their texts.
        start: place of the first one behind the title.
        stated: the author in the metadata; may be empty.
    """
    for n in range(start, min(len(drafts), start + _BETWEEN + 1)):
        draft = drafts[n]
        if draft.kind != "paragraph" or draft.page != 1 or (n > start and len(drafts[n - 1].text) > _MAX_CHARS):
            break
        count, names = _names(draft)
        while (
            names
            and n + 1 < len(drafts)
            and count == len(draft.rows) <= _MAX_ROWS
            and drafts[n + 1].kind == "paragraph"
        ):
            # Names may stand under each other, in paragraphs of their own.
            more, others = _names(drafts[n + 1])
            if not others or more < len(drafts[n + 1].rows):
                break
            draft = Draft("paragraph", [*draft.rows, *drafts[n + 1].rows], text=f"{draft.text}, {drafts[n + 1].text}")
            drafts = [*drafts[:n], draft, *drafts[n + 2 :]]
            count, names = len(draft.rows), names + others
        if names:
            return _parted(drafts, n, count, names, stated)
    return list(drafts), ()


def _names(draft: Draft) -> tuple[int, tuple[str, ...]]:
    """How many rows at the start of a draft hold nothing but names, and the names."""
    for count in range(min(len(draft.rows), _MAX_ROWS), 0, -1):
        cells = [", ".join(cell.text for cell in row.cells) for row in draft.rows[:count]]
        for text in (" ".join(cells), ", ".join(cells)):
            parts = [part for part in _APART.split(_MARKS.sub(",", _EMAIL.sub(",", text)).strip()) if part]
            if parts and all(_NAME.fullmatch(part) for part in parts):
                return count, tuple(dict.fromkeys(parts))
    return 0, ()


def _parted(
    drafts: Sequence[Draft], n: int, count: int, names: tuple[str, ...], stated: str
) -> tuple[list[Draft], tuple[str, ...]]:
    rows = drafts[n].rows
    lines = [_furniture(draft) for draft in _rowwise(rows[:count])]
    after = n + 1
    if rows[count:]:
        rest = Draft("paragraph", rows[count:], " ".join([row.text for row in rows[count:]]))
        rest.last = drafts[n].last
        drafts, after = [*drafts[:n], drafts[n], rest, *drafts[n + 1 :]], n + 1
    while after < len(drafts) and _is_address(drafts[after]):
        lines += [_furniture(draft) for draft in _rowwise(drafts[after].rows)]
        after += 1
    marked = any(_MARKS.search(row.text) for row in rows[:count])
    known = any(name.split()[-1] in stated for name in names)
    if not (marked or known or len(names) >= _LISTED or any(_EMAIL.search(line.text) for line in lines)):
        return list(drafts), ()
    # A note may tell how to reach the author with its mark.
    behind = [
        _furniture(draft)
        if draft.kind == "note" and draft.page == 1 and len(draft.text) < _MAX_CHARS and _EMAIL.search(draft.text)
        else draft
        for draft in drafts[after:]
    ]
    return [*drafts[:n], *lines, *behind], names


def _is_address(draft: Draft) -> bool:
    """Whether a piece under the names is an e-mail address, or a place of work: it has commas or a mark, and is no sentence."""
    if draft.page != 1 or draft.kind not in ("paragraph", "note") or len(draft.rows) > _MAX_ROWS:
        return False
    if len(draft.text) > _MAX_CHARS:
        return False
    if draft.text[-1:] in ".!?" or ":" in draft.text:  # "Keywords: bees, hives" is no place.
        return _EMAIL.search(draft.text) is not None
    return "," in draft.text or _MARKS.match(draft.text) is not None or _EMAIL.search(draft.text) is not None


def _rowwise(rows: Sequence[Row]) -> list[Draft]:
    drafts = [Draft("paragraph", [row], row.text) for row in rows]
    for draft in drafts:
        draft.last = draft.page
    return drafts


def _furniture(draft: Draft) -> Draft:
    draft.kind = "furniture"
    return draft
